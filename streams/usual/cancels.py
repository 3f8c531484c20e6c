"""How many orders their buyers cancel or have refunded, and how long after placing them: for `fake_orders`."""

from typing import Any, ClassVar, Final

import msgspec

from streams.events import Complaint, Event, Order
from streams.evidence.known import hash_of
from streams.evidence.returns import LEAST_BACK, undone_by
from streams.show import ShowState
from streams.usual.lags import Lags, fit_median
from streams.usual.learned import LEAST_SHOWS, Rate, Unknown, firmness, rests_on, signed_off, too_few
from streams.usual.learner import MAX_ORDERS, Learner
from streams.usual.shares import fit_share

LEAST_OPEN_MS: Final = 6 * 3_600_000  # a show that the history follows for less says little; guess
LEAST_UNDONE: Final = 30  # orders, from which on their lag is learned; guess


class Placed(msgspec.Struct, array_like=True, gc=False):
    """One order, as long as it may be undone."""

    placed_ms: int
    amount_minor: int
    back_minor: int = 0


class Undone(msgspec.Struct):
    """The sums of one show."""

    orders: int = 0  # less those that the seller or the system cancelled
    undone: int = 0
    placed_sum_ms: int = 0
    lags: Lags = msgspec.field(default_factory=Lags)


class OpenOrders(msgspec.Struct):
    """The orders of one show that may still be undone, by hash."""

    orders: dict[int, Placed] = {}
    sums: Undone | None = None


class Cancels(Learner):
    """The share of orders that are undone by their buyers' will, its spread over shows, and the median lag.

    An order counts as undone when half of its amount came back. Blind to orders beyond the bound of a show. A share is
    that of all orders in the end: what the end of the history cuts off is added by the law of the lags (log-logistic,
    as the detector takes it).
    """

    OF: ClassVar[str] = "fake_orders"
    FIELDS: ClassVar[tuple[str, ...]] = ("usual_cancel_share", "usual_cancel_lag_ms", "usual_weight_orders")
    SCHEME: ClassVar[str] = "usual_cancels"
    READS: ClassVar[tuple[type[Event], ...]] = (Order, Complaint)  # complaints only say how far the history goes
    State: ClassVar[type] = OpenOrders
    after_ms: int = 7 * 86_400_000

    def take(self, state: OpenOrders, show: ShowState, event: Any) -> None:
        if type(event) is not Order or event.status == "paid":
            return
        key = hash_of(event.order_id)
        known = state.orders.get(key)
        if state.sums is None:
            state.sums = Undone()
            self.keep(state.sums)
        sums = state.sums
        if event.status == "placed":
            if known is not None:
                known.amount_minor += event.amount_minor
            elif len(state.orders) < MAX_ORDERS and not show.is_over:
                state.orders[key] = Placed(event.ts, event.amount_minor)
                sums.orders += 1
                sums.placed_sum_ms += event.ts
        elif known is not None:
            if event.cancelled_by is not None and event.cancelled_by != "buyer":
                del state.orders[key]
                sums.orders -= 1
                sums.placed_sum_ms -= known.placed_ms
                return
            known.back_minor += event.amount_minor if event.refund_minor is None else event.refund_minor
            if known.back_minor >= LEAST_BACK * known.amount_minor:
                del state.orders[key]
                sums.undone += 1
                sums.lags.add(event.ts - known.placed_ms)

    def rates(self) -> dict[str, Rate]:
        shows = [row for row in self.rows if row.orders and self._open_ms(row) >= LEAST_OPEN_MS]
        if len(shows) < LEAST_SHOWS:
            missing: Rate = too_few(len(shows), "orders that the history follows for six hours")
            return dict.fromkeys(self.FIELDS, missing)
        undone = sum(row.undone for row in shows)
        if undone < LEAST_UNDONE:
            missing = Unknown(f"only {undone} orders were undone, {LEAST_UNDONE} are needed")
            return dict.fromkeys(self.FIELDS, missing)
        for row in shows:
            row.lags.open_ms, row.lags.weight = self._open_ms(row), 1.0
        lag = fit_median([row.lags for row in shows], undone_by)
        for _ in range(2):  # who is set aside by the share says nothing of the lag either
            fit = fit_share([(row.undone, row.orders * undone_by(self._open_ms(row), lag[0])) for row in shows])
            for row, honest in zip(shows, fit.honest, strict=True):
                row.lags.weight = honest
            lag = fit_median([row.lags for row in shows], undone_by)
        rests = rests_on(len(shows), sum(row.orders for row in shows), "orders")
        return {
            "usual_cancel_share": signed_off(fit.share, fit.low, fit.high, rests, fit.staged),
            "usual_cancel_lag_ms": signed_off(*lag, rests_on(len(shows), undone, "orders undone"), fit.staged),
            "usual_weight_orders": firmness(fit.firm, fit.firm_low, fit.firm_high, rests, fit.of_spread, fit.staged),
        }

    def _open_ms(self, row: Undone) -> int:
        return min(self.after_ms, self.newest_ms - row.placed_sum_ms // row.orders)
