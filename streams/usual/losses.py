"""How many orders lose money unannounced, and what goods cost at least of what is paid for them: for `loss_selling`."""

from typing import Any, ClassVar, Final

import msgspec

from streams.detectors.loss_selling import LossSelling
from streams.events import Event, Order
from streams.evidence.known import hash_of
from streams.show import ShowState
from streams.usual.learned import LEAST_SHOWS, Rate, rests_on, signed_off, too_few
from streams.usual.learner import MAX_ORDERS, Learner
from streams.usual.middles import quantile, quantile_with_interval
from streams.usual.surges import fit_rate

ANNOUNCING: Final = ("flash_sale", "lottery", "promotion", "group_buy")  # what explains a low price
LEAST_LOSS_RATIO: Final = 0.07  # of its cost, that an order must lose to count; as in the detector
LEAST_ORDERS: Final = 20  # of a show, with known costs; guess
MAX_ITEMS: Final = 500  # of one show
MAX_PRICES: Final = 32  # of one item
LEAST_PRICES: Final = 3
ASSUMED_SHARE: Final = LossSelling().usual_loss_share  # about what is learned where a history tells little
LIFTS: Final = (5.0, 15.0, 40.0, 100.0, 300.0)  # of the usual share, in a show that sells at a loss: up to a third
CHEAPEST: Final = 0.1  # share of a show's items whose cost may lie below what is learned; guess


class Balance(msgspec.Struct, array_like=True, gc=False):
    """One order: what came in, what it cost, whether that is known of all lines and nothing explains it."""

    income_minor: int = 0
    cost_minor: int = 0
    counts: bool = True


class Item(msgspec.Struct, array_like=True, gc=False):
    """What an item costs, and what was paid for one."""

    cost_minor: int
    paid_minor: list[int] = []


class Books(msgspec.Struct):
    """The orders of one show, and the items whose cost is told."""

    orders: dict[int, Balance] = {}
    lines: dict[int, bool] = {}
    items: dict[str, Item] = {}


class Lost(msgspec.Struct):
    """The sums of one show. `cost_share`: of what is paid, that its cheapest goods cost; None where too few tell."""

    orders: int = 0
    losing: int = 0
    items: int = 0
    cost_share: float | None = None


class Losses(Learner):
    """The share of unannounced orders that lose money, and the cost of the cheapest goods of a show, its middle.

    Counts orders all of whose costs are told, placed while nothing was announced that covers them.
    """

    OF: ClassVar[str] = "loss_selling"
    FIELDS: ClassVar[tuple[str, ...]] = ("usual_loss_share", "usual_least_cost_share")
    SCHEME: ClassVar[str] = "usual_losses"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = Books

    def take(self, state: Books, show: ShowState, event: Any) -> None:
        if event.status != "placed":
            return
        key = hash_of(event.order_id)
        line = hash_of(f"{event.order_id}\0{event.line()}")
        if line in state.lines or (key not in state.orders and len(state.orders) >= MAX_ORDERS):
            return
        state.lines[line] = True
        balance = state.orders.setdefault(key, Balance())
        platform_minor = event.subsidy_minor or 0 if event.subsidy_by != "seller" else 0
        balance.income_minor += event.amount_minor + platform_minor
        balance.counts = balance.counts and not _explained(show, event)
        cost_minor, item = event.unit_cost_minor, state.items.get(event.sku)
        if cost_minor is None and item is not None:
            cost_minor = item.cost_minor
        if cost_minor is None:
            balance.counts = False
            return
        balance.cost_minor += cost_minor * event.quantity
        if item is None and len(state.items) < MAX_ITEMS:
            item = state.items[event.sku] = Item(cost_minor)
        if item is not None and event.amount_minor and event.bundle_id is None and len(item.paid_minor) < MAX_PRICES:
            item.paid_minor.append(event.amount_minor // event.quantity)

    def ended(self, state: Books, show: ShowState) -> None:
        counted = [order for order in state.orders.values() if order.counts and order.income_minor]
        losing = sum(o.cost_minor - o.income_minor > LEAST_LOSS_RATIO * o.cost_minor for o in counted)
        shares = [
            item.cost_minor / quantile(item.paid_minor, 0.5)
            for item in state.items.values()
            if len(item.paid_minor) >= LEAST_PRICES
        ]
        cheapest = quantile(shares, CHEAPEST) if len(shares) >= LEAST_PRICES else None
        self.keep(Lost(len(counted), losing, len(shares), cheapest))
        state.orders, state.lines, state.items = {}, {}, {}

    def rates(self) -> dict[str, Rate]:
        shows = [row for row in self.rows if row.orders >= LEAST_ORDERS]
        missing: Rate = too_few(len(shows), f"{LEAST_ORDERS} orders or more whose costs are told")
        found = dict.fromkeys(self.FIELDS, missing)
        if len(shows) >= LEAST_SHOWS:
            fit = fit_rate([(row.losing, float(row.orders)) for row in shows], ASSUMED_SHARE, LIFTS)
            rests = rests_on(len(shows), sum(row.orders for row in shows), "orders")
            found["usual_loss_share"] = signed_off(fit.rate, fit.low, fit.high, rests, fit.staged)
        told = [row for row in self.rows if row.cost_share is not None]
        if len(told) >= LEAST_SHOWS:
            middle = quantile_with_interval([row.cost_share for row in told], 0.5)
            rests = rests_on(len(told), sum(row.items for row in told), "items")
            found["usual_least_cost_share"] = signed_off(*middle, rests)
        else:
            found["usual_least_cost_share"] = too_few(len(told), f"{LEAST_PRICES} items or more whose costs are told")
        return found


def _explained(show: ShowState, event: Order) -> bool:
    """Whether something was announced by then that may cover the line."""
    return any(
        marker.action in ANNOUNCING and marker.ts <= event.ts < marker.until_ms and marker.sku in (None, event.sku)
        for marker in show.markers
    )
