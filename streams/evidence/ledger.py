"""A ledger of orders: what came in for each line, what it cost, and what an order with all its lines is left with.

The lines of an order are summed: a line of amount 0 is a gift of its order, and how a bundle's price is split over its
lines means nothing. The seller's own subsidy is no income, the platform's is. A line that was cancelled or refunded
whole is reversed; a refund of a part is a return of a part and changes nothing.
"""

from bisect import insort
from collections.abc import Iterable
from typing import Final, Protocol

import msgspec

from streams.events import Order
from streams.wording import money

MAX_PRICES: Final = 64  # what was paid for a unit of one item
LEAST_PRICES: Final = 5  # so many say what is usual
LEAST_SIBLINGS: Final = 5  # items whose cost and price are known, from which on they tell of the others; guess
CHEAPEST: Final = 0.1  # share of them that may cost less of what is paid; guess
MAX_ITEMS: Final = 2_000  # whose costs or prices are kept; more in one show is no shop
MAX_REMEMBERED: Final = 500  # items of a room, from show to show
ASKED: Final = (LEAST_PRICES, 16, MAX_PRICES)  # prices of an item, after which it is asked what it costs of them
REWEIGHED: Final = (8, 32)  # orders of an item whose cost is not told, after which all are weighed again
MAX_GUESSED: Final = 512  # orders of one item that are weighed again when its cost is told
OTHERS: Final = ""  # stands for items beyond MAX_ITEMS


class Line(msgspec.Struct, array_like=True, gc=False):
    """One line of an order. Money in minor units; `None` is unknown. `at`: it was the so many-th sale of its item."""

    event_id: str
    placed_ms: int
    key: str
    sku: str
    quantity: int
    amount_minor: int
    platform_minor: int
    unit_cost_minor: int | None
    list_price_minor: int | None
    bundle_id: str | None
    gone: bool = False  # cancelled, or refunded whole
    at: int = 0


class Sale(msgspec.Struct, array_like=True, gc=False):
    """One order by its lines. `at`: it was the so many-th order of its show, 0 while its lines are still coming in."""

    order_id: str
    account_id: str
    placed_ms: int
    currency: str
    lines: list[Line]
    at: int = 0
    loses: bool = False


class Sum(msgspec.Struct, frozen=True):
    """What lines came to. `cost_minor` is the least that they can have cost; `sure`: the cost of all was told."""

    income_minor: int
    cost_minor: int
    sure: bool

    @property
    def loss_minor(self) -> int:
        return self.cost_minor - self.income_minor


class Costs(msgspec.Struct):
    """What items cost: as it was told last, else at least a share of what is usually paid for them.

    That share is the usual one, or what the cheapest of the shop's own items cost of theirs, where that is more.
    """

    told: dict[str, int] = {}  # by item, minor units
    paid: dict[str, list[int]] = {}  # by item, what was paid for a unit, sorted
    siblings_share: float = 0.0  # of what is paid, that most items of this shop cost at least; 0 is unknown

    def learn(self, event: Order) -> None:
        """Take from an order's line what it tells of its item."""
        sku, unit_cost_minor = event.sku, event.unit_cost_minor
        if unit_cost_minor is not None and (sku in self.told or len(self.told) < MAX_ITEMS):
            self.told[sku] = unit_cost_minor
        if not event.amount_minor or event.status != "placed" or event.bundle_id is not None:
            return
        prices = self.paid.get(sku)
        if prices is None:
            if len(self.paid) >= MAX_ITEMS:
                return
            prices = self.paid[sku] = []
        if len(prices) < MAX_PRICES:
            insort(prices, event.amount_minor // event.quantity)
            if len(prices) in ASKED and sku in self.told:
                self._ask_siblings()

    def of(self, line: Line, least_share: float) -> tuple[int, bool]:
        """The least that a line can have cost, and whether that was told; 0 where nothing is known of its item."""
        unit = line.unit_cost_minor
        if unit is None:
            unit = self.told.get(line.sku)
        if unit is not None:
            return unit * line.quantity, True
        prices = self.paid.get(line.sku, ())
        if len(prices) < LEAST_PRICES:
            return 0, False
        return int(max(least_share, self.siblings_share) * prices[len(prices) // 2]) * line.quantity, False

    def sum_of(self, lines: Iterable[Line], least_share: float) -> Sum:
        """What these lines come to."""
        income = cost = 0
        sure = True
        for line in lines:
            least, told = self.of(line, least_share)
            income += line.amount_minor + line.platform_minor
            cost += least
            sure = sure and told
        return Sum(income, cost, sure)

    def _ask_siblings(self) -> None:
        shares = sorted(
            self.told[sku] / prices[len(prices) // 2]
            for sku, prices in self.paid.items()
            if len(prices) >= LEAST_PRICES and sku in self.told
        )
        if len(shares) >= LEAST_SIBLINGS:
            self.siblings_share = min(1.0, shares[int(CHEAPEST * len(shares))])


class Catalogue(msgspec.Struct):
    """What is remembered of a room's items from show to show: what they cost, and their highest list price lately."""

    told: dict[str, int] = {}
    listed: dict[str, int] = {}

    def remember(self, ledger: "Ledger") -> None:
        """Keep what a show told; the items told longest ago are forgotten first."""
        for mine, shown in ((self.told, ledger.costs.told), (self.listed, ledger.listed)):
            for sku, minor in shown.items():
                mine.pop(sku, None)
                mine[sku] = minor
            while len(mine) > MAX_REMEMBERED:
                del mine[next(iter(mine))]


class Terms(Protocol):
    """The settings that a ledger is kept by."""

    @property
    def usual_least_cost_share(self) -> float: ...  # of what is usually paid for an item, that it costs at least
    @property
    def least_loss_ratio(self) -> float: ...  # of its cost, that an order must lose to count
    @property
    def settle_ms(self) -> int: ...  # until then the lines of an order are still coming in
    @property
    def max_orders(self) -> int: ...  # beyond it the oldest are forgotten


class Ledger(msgspec.Struct):
    """The orders of a show by their lines, what items cost, and which orders lost money."""

    sales: dict[str, Sale] = {}  # by order, in the order in which they were placed
    costs: Costs = msgspec.field(default_factory=Costs)
    listed: dict[str, int] = {}  # by item, its highest list price
    sold: dict[str, int] = {}  # by item, orders that hold it
    orders: int = 0  # whose lines are all in
    coming: list[tuple[int, str]] = []  # when the lines of an order count as complete, and which order
    guessed: dict[str, list[str]] = {}  # by item whose cost was not told, the orders that hold it
    losing: dict[str, bool] = {}  # orders that lost money; a dict for its order
    changed: bool = False  # some order lost money, or does so no more, since the last look
    next_ms: int = 0  # no look before it

    def take(self, event: Order, terms: Terms, past: Catalogue | None) -> None:
        """Take one step of one line. A line counts from when it was placed, and once."""
        sku, sale = event.sku, self.sales.get(event.order_id)
        if past is not None and sku not in self.costs.told and sku in past.told:
            self.costs.told[sku] = past.told[sku]
        self.costs.learn(event)
        if event.unit_cost_minor is not None and (waiting := self.guessed.pop(sku, None)):
            self._weigh_again(waiting, terms)
        if event.status == "placed":
            if sale is None:
                sale = self._open(event, terms)
            self._place(sale, event, terms, past)
        elif sale is not None and reverses(event):
            key = event.line()
            for line in sale.lines:
                if line.key == key:
                    line.gone = True
            if sale.loses:
                self._weigh(sale, terms)

    def settle(self, until_ms: int, terms: Terms) -> None:
        """Orders whose lines are all in by now get their number, and are weighed."""
        while self.coming and self.coming[0][0] <= until_ms:
            sale = self.sales.get(self.coming.pop(0)[1])
            if sale is not None:
                self.orders += 1
                sale.at = self.orders
                self._count(sale, 0, terms)
                self._weigh(sale, terms)

    def name_of(self, sku: str) -> str:
        """The item as it is counted: beyond the bound all are one."""
        return sku if sku in self.sold or len(self.sold) < MAX_ITEMS else OTHERS

    def _open(self, event: Order, terms: Terms) -> Sale:
        if len(self.sales) >= terms.max_orders:
            oldest = next(iter(self.sales))
            del self.sales[oldest]
            self.losing.pop(oldest, None)
        sale = Sale(event.order_id, event.account_id, event.ts, event.currency, [])
        self.sales[event.order_id] = sale
        self.coming.append((event.ts + terms.settle_ms, event.order_id))
        return sale

    def _place(self, sale: Sale, event: Order, terms: Terms, past: Catalogue | None) -> None:
        line = line_of(event)
        if any(line.key == known.key for known in sale.lines):
            return
        sale.lines.append(line)
        if event.list_price_minor is not None:
            sku = event.sku
            before = self.listed.get(sku) or (past.listed.get(sku, 0) if past is not None else 0)
            if sku in self.listed or len(self.listed) < MAX_ITEMS:
                self.listed[sku] = max(before, event.list_price_minor)
        if sale.at:  # it comes late, after the others
            self._count(sale, len(sale.lines) - 1, terms)
            self._weigh(sale, terms)

    def _count(self, sale: Sale, begin: int, terms: Terms) -> None:
        """Number an order's lines from the `begin`-th on among the sales of their items."""
        for i, line in enumerate(sale.lines[begin:], begin):
            name = self.name_of(line.sku)
            if all(line.sku != other.sku for other in sale.lines[:i]):
                self.sold[name] = self.sold.get(name, 0) + 1
            line.at = self.sold[name]
            if line.unit_cost_minor is None and line.sku not in self.costs.told:
                waiting = self.guessed.setdefault(name, [])
                if len(waiting) < MAX_GUESSED and (not waiting or waiting[-1] != sale.order_id):
                    waiting.append(sale.order_id)
                    if len(waiting) in REWEIGHED:
                        self._weigh_again(waiting, terms)

    def _weigh_again(self, order_ids: list[str], terms: Terms) -> None:
        for order_id in order_ids:
            sale = self.sales.get(order_id)
            if sale is not None and sale.at:
                self._weigh(sale, terms)

    def _weigh(self, sale: Sale, terms: Terms) -> None:
        """Whether an order loses money."""
        loses = self._loses(sale, terms)
        if not loses and not sale.loses:
            return
        self.changed, sale.loses = True, loses
        if loses:
            self.losing[sale.order_id] = True
        else:
            self.losing.pop(sale.order_id, None)

    def _loses(self, sale: Sale, terms: Terms) -> bool:
        """As it was placed and as it stands now: a part that was taken back makes no loss of the rest.

        An order that brings in nothing at all is no sale: a prize, a sample, a replacement.
        """
        share, ratio = terms.usual_least_cost_share, terms.least_loss_ratio
        placed = self.costs.sum_of(sale.lines, share)
        if not placed.income_minor or placed.loss_minor <= ratio * placed.cost_minor:
            return False
        if not any(line.gone for line in sale.lines):
            return True
        stands = self.costs.sum_of((line for line in sale.lines if not line.gone), share)
        return stands.loss_minor > ratio * stands.cost_minor


def line_of(event: Order) -> Line:
    """The line that an order step names, as it is kept."""
    platform = event.subsidy_minor if event.subsidy_minor and event.subsidy_by != "seller" else 0
    return Line(
        event.event_id,
        event.ts,
        event.line(),
        event.sku,
        event.quantity,
        event.amount_minor,
        platform,
        event.unit_cost_minor,
        event.list_price_minor,
        event.bundle_id,
    )


def reverses(event: Order) -> bool:
    """Whether a step takes its whole line back."""
    if event.status == "cancelled":
        return True
    if event.status != "refunded":
        return False
    return event.refund_minor is None or event.refund_minor >= event.amount_minor


def arithmetic(line: Line, cost_minor: int, told: bool, currency: str) -> str:
    """What a line brought in, what it cost, and what is left, as a person writes it."""
    paid = f"paid {money(line.amount_minor, currency)}" if line.amount_minor else "a gift"
    if line.platform_minor:
        paid += f" + platform {money(line.platform_minor, currency)}"
    left = line.amount_minor + line.platform_minor - cost_minor
    of = f"cost {money(cost_minor, currency)}" if told else f"cost at least {money(cost_minor, currency)}"
    sign = "-" if left < 0 else "+"
    return f"{paid} - {of} = {sign}{money(abs(left), currency)}"
