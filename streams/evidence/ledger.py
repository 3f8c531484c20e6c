"""A ledger of orders: what came in for each line, what it cost, and what an order with all its lines is left with.

The lines of an order are summed: a line of amount 0 is a gift of its order, and how a bundle's price is split over its
lines means nothing. The seller's own subsidy is no income, the platform's is. A line that was cancelled or refunded
whole is reversed; a refund of a part is a return of a part and changes nothing.
"""

from bisect import insort
from collections.abc import Iterable
from typing import Final

import msgspec

from streams.events import Order
from streams.wording import money

MAX_PRICES: Final = 64  # what was paid for a unit of one item, kept where its cost is not told
LEAST_PRICES: Final = 5  # so many say what is usual
MAX_ITEMS: Final = 2_000  # whose costs or prices are kept; more in one show is no shop


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
    blamed: str = ""  # the item at which it lost money, "" where it did not


class Sum(msgspec.Struct, frozen=True):
    """What lines came to. `cost_minor` is the least that they can have cost; `sure`: the cost of all was told."""

    income_minor: int
    cost_minor: int
    sure: bool

    @property
    def loss_minor(self) -> int:
        return self.cost_minor - self.income_minor


class Costs(msgspec.Struct):
    """What items cost: as it was told last, else at least a share of what is usually paid for them."""

    told: dict[str, int] = {}  # by item, minor units
    paid: dict[str, list[int]] = {}  # by item whose cost was never told, what was paid for a unit, sorted

    def learn(self, event: Order) -> None:
        """Take from an order's line what it tells of its item."""
        sku = event.sku
        if event.unit_cost_minor is not None:
            if sku in self.told or len(self.told) < MAX_ITEMS:
                self.told[sku] = event.unit_cost_minor
                self.paid.pop(sku, None)
        elif sku not in self.told and event.amount_minor and event.status == "placed" and event.bundle_id is None:
            prices = self.paid.get(sku)
            if prices is None:
                if len(self.paid) >= MAX_ITEMS:
                    return
                prices = self.paid[sku] = []
            if len(prices) < MAX_PRICES:
                insort(prices, event.amount_minor // event.quantity)

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
        return int(least_share * prices[len(prices) // 2]) * line.quantity, False

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

    def worst(self, lines: Iterable[Line], least_share: float) -> str:
        """The item that is to blame for a loss: what was paid for and lost most; gifts are not paid for."""
        return max(
            ((line.amount_minor > 0, self._loss(line, least_share), line.sku) for line in lines), default=(0, 0, "")
        )[2]

    def _loss(self, line: Line, least_share: float) -> int:
        return self.of(line, least_share)[0] - line.amount_minor - line.platform_minor


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
