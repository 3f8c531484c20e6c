"""Fake orders: placed in a show to make it look busy, and cancelled or refunded once it is over."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from math import fsum
from sys import intern
from typing import ClassVar, Final

import msgspec

from streams.alerts import MAX_EVIDENCE, Counterfactual, Evidence, Impact, Suspect, Window, rounded
from streams.events import Event, Order
from streams.evidence.keeping import CLOCKS, GOODS, INNOCENT, LINKS, Kept, Placed, keep
from streams.evidence.links import MAX_KIND_BITS, TRIED_BITS
from streams.evidence.minutes import NONE, Minutes, same_minutes
from streams.evidence.profile import weights
from streams.evidence.returns import EarlierShows, Returned, undone_by
from streams.evidence.saying_returns import acts_of_order, counter_evidence, signals, title
from streams.evidence.strata import Population, Stratum, Tuning, rows_of, strongest
from streams.evidence.surprise import kl_bits, poisson_bits, score_of
from streams.finding import Finding
from streams.show import ShowState

MAX_STRATA: Final = 3  # of one look, whose buyers' links and minutes are looked at; bounds the cost
MAX_KNOWN: Final = 20  # of one look, with which it is said what would have cleared it
COUNTED: Final = 2  # orders of one account that count: who orders much often decides once; guess
PROFILE_MS: Final = 300_000  # those who came in the same five minutes have that in common
IN_STRATUM, AROUND, UNMARKED = 0.03, 0.5, 0.5
"""How likely an order must be the crew's so that its buyer is named: undone and of the stratum, undone and not of it,
not undone. From the trials."""
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


class Suspicion(msgspec.Struct, frozen=True):
    """The orders of a stratum that were undone, and what else ties their buyers."""

    people: Population
    strata: tuple[Stratum, ...]  # the strongest of the look
    stratum: Stratum
    rows: tuple[int, ...]  # of the orders undone, in the order in which they were so
    shared: tuple[tuple[str, int, float, float], ...]  # link, how many have one value of it, expected, bits
    moments: Minutes  # how close in time they were undone

    @property
    def bits(self) -> float:
        return self.stratum.bits + self._others_bits(self.stratum.bits)

    def bits_without(self, count: int) -> float:
        """The bits of the strongest stratum where the last `count` of the orders were not undone."""
        last = sum(1 << row for row in self.rows[len(self.rows) - count :])
        others = [stratum.bits_with(stratum.marked - (stratum.rows & last).bit_count()) for stratum in self.strata]
        bits = max(others)
        return bits + self._others_bits(bits) * (1 - count / len(self.rows))

    def _others_bits(self, stratum_bits: float) -> float:
        """Links and minutes bear out what orders say; they do not outweigh it."""
        return max(0.0, min(stratum_bits, self.link_bits + self.moments.bits))

    @property
    def link_bits(self) -> float:
        return fsum(bits for *_, bits in self.shared)


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
    usual_cancel_lag_ms: int = 2_400_000  # from placing to cancelling, half of them; guess
    usual_weight_orders: float = 300.0  # what is usual counts as so many orders of the room's earlier shows; guess
    fire_bits: float = 12.0  # from the trials
    least_lift_ratio: float = 2.0  # so many times what is expected; guess
    min_accounts: int = 5  # whose orders were undone
    min_orders: int = 7  # that were; from the trials
    link_cap_bits: float = 12.0  # links count for no more; guess
    moments_cap_bits: float = 10.0  # cancelling at the same time counts for no more; guess
    on_air_bits: float = 3.0  # more cancelled on air than usual, from which on it is looked at there
    judged_bits: float = 6.0  # below it there is no near miss
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

    def wake_ms(self, state: Orders, now_ms: int) -> int | None:
        due_ms = self._due_ms(state)
        return None if due_ms is None else max(due_ms, now_ms + 1)

    def judge(self, state: Orders, show: ShowState, now_ms: int) -> list[Finding]:
        due_ms = self._due_ms(state)
        if due_ms is None or now_ms < due_ms:
            return []
        state.looked, state.looked_ms = state.undone, now_ms
        if not show.is_over and not self._more_than_usual(state, state.undone):
            return []
        kept = state.kept or self._kept(state, show)
        suspicions = self._suspicions(kept, state, show, now_ms)
        if not suspicions:
            return []
        best = max(suspicions, key=lambda s: (round(s.bits, 6), -s.stratum.count))
        if best.bits < self.judged_bits:
            return []
        return [self._finding(best, kept, state, show)]

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

    def _due_ms(self, state: Orders) -> int | None:
        """When to look: soon after a fifth more was undone, later after less; None where nothing was."""
        fresh = state.undone - state.looked
        if not fresh or state.undone < self.min_accounts:
            return None
        return state.looked_ms + (self.look_every_ms if 5 * fresh >= state.looked else self.rest_ms)

    def _more_than_usual(self, state: Orders, undone: int) -> bool:
        orders = len(state.kept.groups) if state.kept else len(state.placed)
        return poisson_bits(undone, self.usual_cancel_share * orders) >= self.on_air_bits

    # -- what is suspected ---------------------------------------------------------------------------------------

    def _suspicions(self, kept: Kept, state: Orders, show: ShowState, now_ms: int) -> list[Suspicion]:
        """What was undone after the end; and what was so at any time, where much was before it."""
        ended_ms = show.ended_ms or 0
        before = sum(1 for r in state.returned.values() if 0 < r.undone_ms <= ended_ms) if ended_ms else 0
        found = self._after(kept, state, show, now_ms, ended_ms)
        if ended_ms and before >= self.min_accounts and self._more_than_usual(state, before):
            found += self._after(kept, state, show, now_ms, 0)
        return found

    def _after(self, kept: Kept, state: Orders, show: ShowState, now_ms: int, since_ms: int) -> list[Suspicion]:
        people = self._population(kept, state, show, now_ms, since_ms)
        accounts = kept.accounts_of_rows()
        found = []
        strata = strongest(people, self._tuning(), MAX_KNOWN)
        for stratum in strata[:MAX_STRATA]:
            rows = tuple(sorted(rows_of(stratum.rows & people.marked), key=lambda row: state.returned[row].undone_ms))
            if len({accounts[row] for row in rows}) < self.min_accounts:
                continue
            moments = NONE
            if not stratum.of_goods(GOODS):  # those who hear at the same time that a thing is bad
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
            found.append(Suspicion(people, tuple(strata), stratum, rows, self._shared(stratum, rows, kept), moments))
        return found

    def _population(self, kept: Kept, state: Orders, show: ShowState, now_ms: int, since_ms: int) -> Population:
        """The orders that were not undone by `since_ms`, marked where they are so now."""
        past: EarlierShows = show.past[self.SCHEME]
        share = past.share(self.usual_cancel_share, self.usual_weight_orders, now_ms, 86_400_000)
        ordered, accounts = kept.clock("ordered"), kept.accounts_of_rows()
        counted = marked = 0
        of_account: Counter[int] = Counter()
        usual = []
        for row, after_ms in enumerate(ordered):
            placed_ms = kept.begins_ms + after_ms
            before = share * undone_by(since_ms - placed_ms, self.usual_cancel_lag_ms)
            by_now = share * undone_by(now_ms - placed_ms, self.usual_cancel_lag_ms)
            usual.append((by_now - before) / (1.0 - before))
            returned = state.returned.get(row)
            if returned is not None and (returned.gone or 0 < returned.undone_ms <= since_ms):
                continue
            of_account[accounts[row]] += 1
            if of_account[accounts[row]] > COUNTED:
                continue
            counted |= 1 << row
            if returned is not None and returned.undone_ms:
                marked |= 1 << row
        clocks = {name: kept.clock(name) for name in CLOCKS}
        return Population(clocks, kept.columns, kept.groups, accounts, usual, counted, marked)

    def _shared(self, stratum: Stratum, rows: Sequence[int], kept: Kept) -> tuple[tuple[str, int, float, float], ...]:
        """Which links the buyers share, against the other buyers; not those by which the stratum was found."""
        accounts = kept.accounts_of_rows()
        suspects = {accounts[row] for row in rows}
        found, left = [], self.link_cap_bits
        for link in LINKS:
            column = kept.columns.get(link)
            if column is None or any(condition.name.endswith(link) for condition in stratum.conditions):
                continue
            of_account = dict(zip(accounts, column, strict=True))
            inside = Counter(of_account[account] for account in sorted(suspects))
            everybody = Counter(of_account.values())
            count, value = max(((count, -value) for value, count in inside.items() if value), default=(0, 0))
            if count < 3:
                continue
            usual = (everybody[-value] - count + 1) / (len(of_account) - len(suspects) + 2)
            bits = min(MAX_KIND_BITS, left, kl_bits(count, len(suspects), min(1.0, usual)) - TRIED_BITS)
            if bits > 0:
                left -= bits
                found.append((link, count, usual * len(suspects), bits))
        return tuple(found)

    def _fires(self, s: Suspicion) -> bool:
        lift = s.stratum.marked / max(s.stratum.expected, 1e-9)
        return s.bits >= self.fire_bits and lift >= self.least_lift_ratio

    # -- what is said --------------------------------------------------------------------------------------------

    def _finding(self, s: Suspicion, kept: Kept, state: Orders, show: ShowState) -> Finding:
        ids, accounts, amounts = kept.account_ids(), kept.accounts_of_rows(), kept.amounts_minor()
        named = self._crew(s, accounts) if self._fires(s) else s.rows
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
            score=rounded(score_of(s.bits, self.fire_bits)),
            title=title(s.stratum, kept, undone_ms, show.ended_ms),
            window=Window(min(act.ts for act in acts), max(act.ts for act in acts)),
            signals=signals(s.stratum, s.shared, s.moments),
            accounts=[Suspect(ids[account], each_bits, len(acts_of[account])) for account in suspects],
            evidence=acts[:MAX_EVIDENCE],
            evidence_total=len(acts),
            counter_evidence=counter_evidence(s.stratum, s.rows, s.shared, kept, state.returned),
            counterfactual=self._counterfactual(s),
            impact=Impact(
                viewers=show.presence.here,
                orders=len(rows),
                amount_minor=sum(amounts[row] for row in rows),
                currency=None if state.mixed else state.currency,
            ),
        )

    def _crew(self, s: Suspicion, accounts: Sequence[int]) -> Sequence[int]:
        """The orders whose buyers are named: of the stratum and around it those that look like the others of it."""
        people = s.people
        columns: dict[str, Sequence[int]] = dict(people.columns)
        for name, times in people.clocks.items():
            columns[name] = [1 + ms // PROFILE_MS for ms in times]
        everybody, marked = list(rows_of(people.counted)), list(rows_of(people.marked))
        by_chance = len(marked) - s.stratum.marked + s.stratum.expected
        of_stratum = dict.fromkeys(s.rows, True)
        named = [
            row
            for row, weight in weights(columns, everybody, marked, s.rows, by_chance).items()
            if weight >= (IN_STRATUM if row in of_stratum else AROUND if people.marked >> row & 1 else UNMARKED)
        ]
        return named if len({accounts[row] for row in named}) >= self.min_accounts else s.rows

    def _counterfactual(self, s: Suspicion) -> Counterfactual:
        """How many fewer cancels, the last ones first, would have cleared it, by what all strata would be worth."""
        fewer = bisect_left(range(len(s.rows)), True, key=lambda count: s.bits_without(count) < self.fire_bits)
        numbers = {
            "bits": rounded(s.bits),
            "threshold_bits": self.fire_bits,
            "without_links_bits": rounded(s.bits - s.link_bits),
            "without_same_minutes_bits": rounded(s.bits - s.moments.bits),
            "orders_fewer": float(fewer),
        }
        if not fewer:
            return Counterfactual(f"It is at {s.bits:.1f} bits; {self.fire_bits:g} are needed.", numbers)
        which = "1 order" if fewer == 1 else f"{fewer} orders"
        return Counterfactual(f"With {which} fewer undone it would have stayed below {self.fire_bits:g} bits.", numbers)

    def _tuning(self) -> Tuning:
        return Tuning(least_marked=self.min_orders, goods=GOODS, passed_over=INNOCENT)
