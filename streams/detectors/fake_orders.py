"""Fake orders: placed in a show to make it look busy, and cancelled or refunded once it is over."""

from bisect import bisect_right
from collections.abc import Sequence
from math import log2
from sys import intern
from typing import ClassVar, Final

import msgspec

from streams.alerts import MAX_EVIDENCE, Evidence, Impact, Suspect, Window, rounded
from streams.events import Event, Order
from streams.evidence.keeping import GOODS, INNOCENT, Kept, Placed, keep
from streams.evidence.minutes import NONE, same_minutes
from streams.evidence.returns import EarlierShows, Returned
from streams.evidence.saying_returns import acts_of_order, counter_evidence, signals, title
from streams.evidence.strata import Population, Tuning, rows_of, strongest
from streams.evidence.surprise import poisson_bits, score_of
from streams.evidence.taken_back import Suspicion
from streams.evidence.undone import as_refunds, likely_crew, shared_links, undone_since
from streams.finding import Finding, wakes_at_ms
from streams.show import ShowState

MAX_STRATA: Final = 3  # of one look, whose buyers' links and minutes are looked at; bounds the cost
MAX_KNOWN: Final = 20  # of one look, with which it is said what would have cleared it
DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
LATER_MS: Final = (0, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS)  # after the end, from when on it is looked at what was undone
AT_ONCE_MS: Final = 2_400_000  # half of those who cancel at once have done so; guess
MAX_EARLIER: Final = 20  # shows of the room that are remembered


class Orders(msgspec.Struct):
    """The orders of a show, by number in the order in which they were placed, and what came back of them."""

    placed: dict[str, Placed] = {}  # by order id; empty once the show is over
    kept: Kept | None = None  # once it is over
    returned: dict[int, Returned] = {}  # by number
    currency: str = ""
    mixed: bool = False  # there are orders in another currency
    undone: int = 0  # orders that their buyers cancelled or had refunded
    looked: int = 0  # how many of them were looked at
    looked_ms: int = 0


class FakeOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Orders whose buyers go together, and that are cancelled or refunded when those of others are not.

    Reads orders, for `after_ms` beyond the end of the show; who joined when and who shares what it reads from the
    show's presence. State: one row an order, at most `max_orders`, about 150 bytes on air and 45 after it, and the
    cancels. Looks when a fifth more was cancelled, at most every `look_every_ms`, and when the rest has waited for
    `rest_ms`; on air only where more is cancelled than usual.
    Blind to crews of fewer than five accounts, to orders that stay unpaid (the system cancels them), and to those who
    share nothing: neither the time of joining nor a link, an item or a habit.
    Source: a count against what is usual, with overdispersion (Kleinman 1973); scan over windows (Kulldorff 1997);
    the windows of joining are from a pilot's trials.
    """

    SCHEME: ClassVar[str] = "fake_orders"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = Orders
    Past: ClassVar[type] = EarlierShows

    after_ms: int = 7 * 86_400_000  # cancels and refunds go on for days
    usual_cancel_share: float = 0.08  # of orders, that their buyers cancel or have refunded; guess
    usual_cancel_lag_ms: int = 43_200_000  # from placing to cancelling, half of them; guess, rather slow than fast
    usual_weight_orders: float = 300.0  # what is usual counts as so many orders of the room's earlier shows; guess
    fire_bits: float = 16.0  # from the trials
    whole_fire_bits: float = 14.0  # of all orders of the show together, which are not looked for; from the trials
    least_lift_ratio: float = 2.0  # so many times what is expected; guess
    min_accounts: int = 5  # whose orders were undone
    min_orders: int = 7  # that were; from the trials
    link_cap_bits: float = 12.0  # links count for no more; guess
    moments_cap_bits: float = 10.0  # cancelling at the same time counts for no more; guess
    on_air_bits: float = 3.0  # more cancelled on air than usual, from which on it is looked at there
    judged_ratio: float = 0.5  # of the bits that are needed; below it there is no near miss
    look_every_ms: int = 60_000  # of event time
    rest_ms: int = 3_600_000
    max_orders: int = 8_000

    def observe(self, state: Orders, show: ShowState, event: Order) -> None:
        if event.status == "placed":
            self._place(state, show, event)
        elif event.status != "paid":
            self._take_back(state, show, event)

    def ended(self, state: Orders, show: ShowState) -> None:
        ended_ms = show.ended_ms or show.newest_ms
        past: EarlierShows = show.past[self.SCHEME]
        past.ended(show.show_id, ended_ms, len(state.placed), state.undone, MAX_EARLIER)
        state.kept = self._kept(state, show)
        state.placed = {}

    def due_ms(self, state: Orders) -> int | None:
        """When to look: soon after a fifth more was undone, later after less; None where nothing was."""
        fresh = state.undone - state.looked
        if not fresh or state.undone < self.min_accounts:
            return None
        return state.looked_ms + (self.look_every_ms if 5 * fresh >= state.looked else self.rest_ms)

    def wake_ms(self, state: Orders, now_ms: int) -> int | None:
        return wakes_at_ms(self.due_ms(state), now_ms)

    def judge(self, state: Orders, show: ShowState, now_ms: int) -> list[Finding]:
        due_ms = self.due_ms(state)
        if due_ms is None or now_ms < due_ms:
            return []
        state.looked, state.looked_ms = state.undone, now_ms
        if not show.is_over and not self._more_than_usual(state, state.undone):
            return []
        kept = state.kept or self._kept(state, show)
        suspicions = self._suspicions(kept, state, show, now_ms)
        if not suspicions:
            return []
        best = max(suspicions, key=lambda s: (round(s.bits / s.needed_bits, 6), -s.stratum.count))
        if best.bits < self.judged_ratio * best.needed_bits:
            return []
        return [self._finding(best, kept, state, show, now_ms)]

    # -- what is kept -------------------------------------------------------------------------------------------

    def _place(self, state: Orders, show: ShowState, event: Order) -> None:
        if show.is_over or "\0" in event.account_id:  # the ids are kept with \0 between
            return
        known = state.placed.get(event.order_id)
        if known is not None:
            known.amount_minor += event.amount_minor
        elif len(state.placed) < self.max_orders:
            state.currency = state.currency or intern(event.currency)
            state.placed[event.order_id] = Placed(
                len(state.placed),
                event.account_id,
                event.ts,
                intern(event.sku),
                event.amount_minor,
                intern(event.pay_type or ""),
                intern(event.coupon_id or ""),
            )
        state.mixed = state.mixed or event.currency != state.currency

    def _take_back(self, state: Orders, show: ShowState, event: Order) -> None:
        if state.kept is not None:
            number = state.kept.row_of(event.order_id)
            amount_minor = 0 if number is None else state.kept.amount_of(number)
        else:
            placed = state.placed.get(event.order_id)
            amount_minor = placed.amount_minor if placed else 0
            number = placed.number if placed else None
        if number is None:
            return
        returned = state.returned.get(number)
        if returned is None:
            returned = state.returned[number] = Returned()
        if returned.add(event, amount_minor):
            state.undone += 1
            if state.kept is not None:
                show.past[self.SCHEME].undo(show.show_id)

    def _kept(self, state: Orders, show: ShowState) -> Kept:
        return keep(state.placed.items(), show.presence, show.started_ms, show.ended_ms or show.newest_ms)

    def _more_than_usual(self, state: Orders, undone: int) -> bool:
        orders = len(state.kept.groups) if state.kept else len(state.placed)
        return poisson_bits(undone, self.usual_cancel_share * orders) >= self.on_air_bits

    # -- what is suspected ---------------------------------------------------------------------------------------

    def _suspicions(self, kept: Kept, state: Orders, show: ShowState, now_ms: int) -> list[Suspicion]:
        """What was undone after the end, and long after it; and at any time, where much was so before the end.

        Honest buyers mostly think better of it soon: the later, the more a few who go together stand out.
        """
        undone_ms = sorted(r.undone_ms for r in state.returned.values() if r.undone_ms)
        if not show.ended_ms:
            return self._since(0, kept, state, show, now_ms)
        sinces_ms = [show.ended_ms + ms for ms in LATER_MS if not ms or now_ms > show.ended_ms + 2 * ms]
        before = bisect_right(undone_ms, show.ended_ms)
        if before >= self.min_orders and self._more_than_usual(state, before):
            sinces_ms.append(0)
        tried_bits = log2(len(sinces_ms))
        found: list[Suspicion] = []
        for since_ms in sinces_ms:
            if len(undone_ms) - bisect_right(undone_ms, since_ms) >= self.min_orders:
                found += self._since(since_ms, kept, state, show, now_ms, tried_bits)
        return found

    def _since(
        self, since_ms: int, kept: Kept, state: Orders, show: ShowState, now_ms: int, tried_bits: float = 0.0
    ) -> list[Suspicion]:
        """What is suspected of the orders that were undone after `since_ms`."""
        people = self._population(kept, state, show, now_ms, since_ms)
        accounts = kept.accounts_of_rows()
        found = []
        # who cancels at once says how much this show is regretted; only then all of it can be judged
        later = show.ended_ms is not None and since_ms > show.ended_ms
        tried = strongest(people, self._tuning(), MAX_KNOWN)
        strata = [as_refunds(stratum.paying(tried_bits), people, state.returned) for stratum in tried]
        told = [one for one in strata if one.marked >= self.min_orders and (one.conditions or later)]
        for stratum in [*told[:MAX_STRATA], *(s for s in told[MAX_STRATA:] if not s.conditions)]:
            rows = tuple(sorted(rows_of(stratum.rows & people.marked), key=lambda row: state.returned[row].undone_ms))
            if len({accounts[row] for row in rows}) < self.min_accounts:
                continue
            moments = NONE
            # who only bought one thing may hear at the same time that it is bad
            if not all(condition.name in GOODS for condition in stratum.conditions):
                ordered = kept.clock("ordered")
                moments = same_minutes(
                    [kept.begins_ms + ordered[row] for row in rows],
                    [state.returned[row].undone_ms for row in rows],
                    sorted(state.returned[row].undone_ms for row in rows_of(people.marked & ~stratum.rows)),
                    since_ms,
                    now_ms,
                    self.usual_cancel_lag_ms,
                )
                moments = moments._replace(bits=min(self.moments_cap_bits, moments.bits))
            shared = shared_links(stratum, rows, kept, self.link_cap_bits)
            found.append(Suspicion(tuple(told), stratum, rows, shared, moments, self.fire_bits, self.whole_fire_bits))
        return found

    def _population(self, kept: Kept, state: Orders, show: ShowState, now_ms: int, since_ms: int) -> Population:
        past: EarlierShows = show.past[self.SCHEME]
        share = past.share(self.usual_cancel_share, self.usual_weight_orders, now_ms, DAY_MS)
        # before the end only those count who cancel at once
        lag_ms = self.usual_cancel_lag_ms if since_ms else min(self.usual_cancel_lag_ms, AT_ONCE_MS)
        return undone_since(since_ms, now_ms, kept, state.returned, share, lag_ms)

    def _fires(self, s: Suspicion) -> bool:
        lift = s.stratum.marked / max(s.stratum.expected, 1e-9)
        return s.bits >= s.needed_bits and lift >= self.least_lift_ratio

    # -- what is said --------------------------------------------------------------------------------------------

    def _finding(self, s: Suspicion, kept: Kept, state: Orders, show: ShowState, now_ms: int) -> Finding:
        ids, accounts, amounts = kept.account_ids(), kept.accounts_of_rows(), kept.amounts_minor()
        named = self._named(s, kept, state, show, now_ms) if self._fires(s) else s.rows
        suspects = dict.fromkeys(accounts[row] for row in named)
        rows = [row for row, r in sorted(state.returned.items()) if r.undone_ms and accounts[row] in suspects]
        acts_of: dict[int, list[Evidence]] = {account: [] for account in suspects}
        for row in rows:
            acts_of[accounts[row]] += acts_of_order(kept, row, ids[accounts[row]], state.returned[row], show.ended_ms)
        acts = [act for of_one in acts_of.values() for act in of_one]
        each_bits = rounded(s.bits / len(suspects))
        undone_ms = [state.returned[row].undone_ms for row in s.rows]
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(s),
            score=rounded(score_of(s.bits, s.needed_bits)),
            title=title(s.stratum, kept, undone_ms, show.ended_ms),
            window=Window(min(act.ts for act in acts), max(act.ts for act in acts)),
            signals=signals(s.stratum, s.shared, s.moments),
            accounts=[Suspect(ids[account], each_bits, len(acts_of[account])) for account in suspects],
            evidence=acts[:MAX_EVIDENCE],
            evidence_total=len(acts),
            counter_evidence=counter_evidence(s.stratum, s.rows, s.shared, kept, state.returned),
            counterfactual=s.counterfactual(),
            impact=Impact(
                viewers=show.presence.here,
                orders=len(rows),
                amount_minor=sum(amounts[row] for row in rows),
                currency=None if state.mixed else state.currency,
            ),
        )

    def _named(self, s: Suspicion, kept: Kept, state: Orders, show: ShowState, now_ms: int) -> Sequence[int]:
        since_ms = show.ended_ms or 0
        people = self._population(kept, state, show, now_ms, since_ms)
        begins_ms = since_ms or show.started_ms
        law = self.usual_cancel_lag_ms
        return likely_crew(people, s.stratum, self.min_accounts, state.returned, kept, begins_ms, law) or s.rows

    def _tuning(self) -> Tuning:
        return Tuning(least_marked=self.min_orders, goods=GOODS, passed_over=INNOCENT)
