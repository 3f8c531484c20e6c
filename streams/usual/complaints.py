"""How many orders are complained of, how long after they were placed, and how much shows differ: `complaint_surge`."""

from math import exp
from typing import Any, ClassVar, Final

import msgspec

from streams.detectors.complaint_surge import ComplaintSurge
from streams.events import Complaint, Event, Order
from streams.evidence.known import hash_of
from streams.show import ShowState
from streams.usual.lags import Lags, fit_mean
from streams.usual.learned import LEAST_SHOWS, Rate, Unknown, rests_on, signed_off, too_few
from streams.usual.learner import MAX_ORDERS, Learner
from streams.usual.surges import fit_rate

LEAST_OPEN_MS: Final = 86_400_000  # a show that the history follows for less says nothing; guess
LEAST_COMPLAINTS: Final = 20  # from which on rate and delay are learned; guess
ASSUMED_SHARE: Final = ComplaintSurge().usual_complaint_share  # about what is learned where a history tells little


class Complained(msgspec.Struct):
    """The sums of one show."""

    orders: int = 0  # kept
    complaints: int = 0  # of buyers of this show, the first of each
    placed_sum_ms: int = 0
    delays: Lags = msgspec.field(default_factory=Lags)


class Sales(msgspec.Struct):
    """Whose order may still be complained of, by hash: when orders were placed, and who complained."""

    orders: dict[int, int] = {}
    buyers: dict[int, int] = {}  # their first order
    said: dict[int, bool] = {}
    sums: Complained | None = None


class Complaints(Learner):
    """Complaints for each order kept, in the end; the mean delay; and as how firm a rate it is to be taken.

    Counts as the detector does: the first complaint of each buyer, none of reason `other`, none about orders of other
    shows. Strangers' complaints are left out. What the end of the history cuts off is added as if delays were
    exponential, as the detector takes them.
    """

    OF: ClassVar[str] = "complaint_surge"
    FIELDS: ClassVar[tuple[str, ...]] = ("usual_complaint_share", "usual_delay_ms", "usual_firm_accounts")
    SCHEME: ClassVar[str] = "usual_complaints"
    READS: ClassVar[tuple[type[Event], ...]] = (Order, Complaint)
    State: ClassVar[type] = Sales
    after_ms: int = 30 * 86_400_000

    def take(self, state: Sales, show: ShowState, event: Any) -> None:
        if type(event) is Complaint:
            self._complained(state, event)
            return
        if event.status not in ("placed", "cancelled"):
            return
        if state.sums is None:
            state.sums = Complained()
            self.keep(state.sums)
        sums, key = state.sums, hash_of(event.order_id)
        if event.status == "placed":
            if key not in state.orders and len(state.orders) < MAX_ORDERS and not show.is_over:
                state.orders[key] = event.ts
                state.buyers.setdefault(hash_of(event.account_id), event.ts)
                sums.orders += 1
                sums.placed_sum_ms += event.ts
        elif key in state.orders and (placed_ms := state.orders[key]) > 0:
            state.orders[key] = -placed_ms  # cancelled, and still an order of this show
            sums.orders -= 1
            sums.placed_sum_ms -= placed_ms

    def _complained(self, state: Sales, event: Complaint) -> None:
        buyer = hash_of(event.account_id)
        if event.reason == "other" or state.sums is None or buyer in state.said:
            return
        placed_ms = state.buyers.get(buyer)
        if event.order_id is not None:
            placed_ms = state.orders.get(hash_of(event.order_id))
        if placed_ms is None:
            return
        state.said[buyer] = True
        state.sums.complaints += 1
        state.sums.delays.add(event.ts - abs(placed_ms))

    def rates(self) -> dict[str, Rate]:
        shows = [row for row in self.rows if row.orders > 0 and self._open_ms(row) >= LEAST_OPEN_MS]
        if len(shows) < LEAST_SHOWS:
            missing: Rate = too_few(len(shows), "orders that the history follows for a day")
            return dict.fromkeys(self.FIELDS, missing)
        said = sum(row.complaints for row in shows)
        if said < LEAST_COMPLAINTS:
            missing = Unknown(f"only {said} buyers complained, {LEAST_COMPLAINTS} are needed")
            return dict.fromkeys(self.FIELDS, missing)
        honest = [1.0] * len(shows)
        for _ in range(2):  # who is set aside by the rate says nothing of the delay either
            for row, weight in zip(shows, honest, strict=True):
                row.delays.open_ms, row.delays.weight = self._open_ms(row), weight
            delay = fit_mean([row.delays for row in shows])
            if delay is None:
                missing = Unknown("the history ends before most complaints have come: give it more of what came after")
                return dict.fromkeys(self.FIELDS, missing)
            mean_ms, least_ms, most_ms = delay
            exposures = [row.orders * (1.0 - exp(-self._open_ms(row) / mean_ms)) for row in shows]
            said_of = [row.complaints for row in shows]
            fit = fit_rate(list(zip(said_of, exposures, strict=True)), ASSUMED_SHARE)
            honest = list(fit.honest)
        rests = rests_on(len(shows), sum(row.orders for row in shows), "orders")
        return {
            "usual_complaint_share": signed_off(fit.rate, fit.low, fit.high, rests, fit.staged),
            "usual_delay_ms": signed_off(
                mean_ms, least_ms, most_ms, rests_on(len(shows), said, "complaints"), fit.staged
            ),
            "usual_firm_accounts": signed_off(fit.firm, fit.firm_low, fit.firm_high, rests, fit.staged),
        }

    def _open_ms(self, row: Complained) -> int:
        return min(self.after_ms, self.newest_ms - row.placed_sum_ms // row.orders)
