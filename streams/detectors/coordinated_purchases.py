"""Coordinated purchases: accounts told to come and spend a sum."""

from collections.abc import Sequence
from math import fsum
from operator import attrgetter
from sys import intern
from typing import Any, ClassVar, Final

import msgspec

from streams.alerts import MAX_EVIDENCE, Impact, Suspect, Window, rounded
from streams.events import Event, Order
from streams.evidence.accusing import against, bits_of, signals_of, title_of
from streams.evidence.alike import alike
from streams.evidence.clearing import what_would_clear
from streams.evidence.explained import Explained
from streams.evidence.hug import LEAST_ACCOUNTS, Band, between, can_hug
from streams.evidence.linked import linked, one_address
from streams.evidence.prices import Prices, usual_sizes
from streams.evidence.purses import Purse, acts_of, few_things
from streams.evidence.standing_out import StandingOut, standing_out
from streams.evidence.surprise import poisson_bits, score_of
from streams.evidence.suspicion import Suspicion, meant, suspicion
from streams.finding import Finding, wakes_at_ms
from streams.show import ShowState

MAX_BANDS: Final = 5  # of one look, the strongest, that are looked at closely; bounds the cost
MAX_CREWS: Final = 3  # of one look
MAX_KNOWN_CREWS: Final = 20
FEW_ACCOUNTS: Final = 8
BESIDE_BITS: Final = 4.0  # of other kinds: with less the sums speak alone
PLACES: Final = ("ip_prefix", "address_id")
WAIT_MS: Final = 100  # for each buyer: a look costs more and one account says less where there are many
MOST_WAIT_MS: Final = 40_000
USUAL_DOUBT: Final = 1.5  # and the usual rates may be off by so much; guess
WITHOUT_RATIO: Final = 2.0  # bits by sums count for so many without those whom one thing brought there; from the trials
DOUBT: Final = 1.15  # what prices explain may be so much more: people do not draw things like lots; guess


class Purchases(msgspec.Struct):
    """A purse for each account that ordered; which of them changed since the last look."""

    purses: dict[str, Purse] = {}
    changed: dict[str, bool] = {}  # account -> whether it changed; a dict for its order
    crews: list[list[str]] = []  # the accounts of those found
    next_ms: int = 0  # no look before it
    unknown: int = 0  # orders of accounts beyond the bound


class CoordinatedPurchases(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts told to come and spend: their sums of the show hug one sum, and they came together or share a link.

    Reads orders; who joined when and who shares what it reads from the show's presence. State: one purse for each
    account that ordered, at most `max_buyers`, about 150 bytes a line. Looks when sums have changed, at most every
    `look_every_ms`. Blind to crews below five accounts, to a handful in a room of hundreds of buyers, and to sums
    spread over more than a quarter.
    Source: lockstep behaviour, CopyCatch (WWW 2013); the tests of sums are our own, see the trials in the README.
    """

    SCHEME: ClassVar[str] = "coordinated_purchases"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = Purchases

    fire_bits: float = 9.5  # evidence of all kinds that fires; from the trials
    cohort_fire_bits: float = 17.0  # of those found by their link; from the trials
    alike_fire_bits: float = 12.0  # of those who bought the very same, more than one piece of it; from the trials
    alike_cap_bits: float = 12.0  # what its being unusual is worth at most; guess
    declared_bits: float = 8.0  # as many more where a declared promotion or a coupon explains the sums; guess
    few_bits: float = 1.0  # as many more for each account below FEW_ACCOUNTS: families and friends are few; guess
    kind_bits: float = 3.0  # what a kind of evidence must be worth to count as one; guess
    alone_bits: float = 4.0  # as many more where sums speak alone: a threshold that nobody declares does that; guess
    least_hug_bits: float = 2.0  # without it nothing fires, whoever came with whom; from the trials
    least_wide_hug_bits: float = 5.0  # the same where the sums spread over a quarter; from the trials
    price_ratio: float = 3.0  # bits by sums around count for so many by prices; from the trials
    least_ways_share: float = 0.45  # of the accounts in a band that are different ways to it; from the trials
    band_bits: float = 2.0  # from here on a band of sums is looked at closely
    judged_bits: float = 4.0  # below it there is no near miss
    look_every_ms: int = 20_000  # of event time
    min_cohort: int = 5  # accounts that share a link and spend one sum; guess
    min_sum_minor: int = 300  # smaller sums are not told to anyone; guess
    max_buyers: int = 5_000
    usual_more_things_share: float = 0.38  # of buyers who take a second thing, of these a third; guess
    usual_more_pieces_share: float = 0.25  # of things that are taken twice, of these a third time; guess

    def observe(self, state: Purchases, show: ShowState, event: Any) -> None:
        if type(event) is not Order or event.status != "placed" or event.amount_minor <= 0:
            return
        purse = state.purses.get(event.account_id)
        if purse is None:
            viewer = show.presence.viewers.get(event.account_id)
            if viewer is None or len(state.purses) >= self.max_buyers:
                state.unknown += 1
                return
            purse = state.purses[viewer.account_id] = Purse(viewer.account_id, intern(event.currency))
        if purse.add(event):
            state.changed[purse.account_id] = True

    def due_ms(self, state: Purchases) -> int | None:
        return state.next_ms if state.changed else None

    def wake_ms(self, state: Purchases, now_ms: int) -> int | None:
        return wakes_at_ms(self.due_ms(state), now_ms)

    def judge(self, state: Purchases, show: ShowState, now_ms: int) -> list[Finding]:
        if not state.changed or now_ms < state.next_ms:
            return []
        state.next_ms = now_ms + self.look_every_ms + min(MOST_WAIT_MS, WAIT_MS * len(state.purses))
        changed = [state.purses[account_id] for account_id in state.changed]
        state.changed = {}
        findings = []
        for currency in dict.fromkeys(purse.currency for purse in changed):
            purses = [
                purse
                for purse in state.purses.values()
                if purse.currency == currency and purse.sum_minor >= self.min_sum_minor
            ]
            if len(purses) < LEAST_ACCOUNTS:
                continue
            purses.sort(key=_sum_of)
            sums = _with_crews(sorted({purse.sum_minor for purse in changed if purse.currency == currency}), state)
            for s in self._strongest(self._suspicions(purses, sums, show)):
                if self._fires(s):
                    s = self._grown(s, state, purses, show)
                elif s.bits < self.judged_bits:
                    continue
                findings.append(self._finding(s, purses, show))
        return findings

    # -- what is suspected ------------------------------------------------------------------------------------

    def _suspicions(self, purses: Sequence[Purse], changed: Sequence[int], show: ShowState) -> list[Suspicion]:
        """Bands of sums that hug one, and cohorts, with a sum that changed."""
        sums = [purse.sum_minor for purse in purses]
        announced = {m.sku: True for m in show.markers if m.action in ("group_buy", "flash_sale") and m.sku}
        found = linked(purses, sums, changed, show.presence, announced, self.min_cohort)
        near = [sum_minor for sum_minor in changed if can_hug(sums, sum_minor)]
        if not near:
            return found
        explained, prices, tried_bits = Explained(show.markers, purses), Prices(purses), 0.0
        for of in standing_out(purses, near, announced, self.least_ways_share):
            tried_bits = tried_bits or of.tried_bits
            found += self._open(of, purses, prices, explained, show)
            if of.purses is purses:
                found += self._explained(of, explained, show)
        usual = usual_sizes(self.usual_more_things_share, self.usual_more_pieces_share)
        for inside, then_bits in alike(purses, sums, near, show.presence, announced, self.kind_bits):
            low, high = inside[0].sum_minor, inside[-1].sum_minor
            expected = USUAL_DOUBT * prices.usual_share(low, high, usual) * len(purses)
            bits = max(then_bits, poisson_bits(len(inside), expected))
            if bits - tried_bits >= self.kind_bits:
                band = Band(low, high, *between(sums, low, high), float(len(inside)), expected, bits)
                hug_bits = min(self.alike_cap_bits, bits - tried_bits)
                others = [*purses[: band.first], *purses[band.last :]]
                found.append(suspicion(band, hug_bits, expected, inside, others, show.presence, alike=True))
        return found

    def _open(
        self, of: StandingOut, purses: Sequence[Purse], prices: Prices, explained: Explained, show: ShowState
    ) -> list[Suspicion]:
        """The strongest bands that nothing declared explains, and the room's prices do not either."""
        bands = [band for band in of.bands if band.bits >= of.tried_bits + self.band_bits]
        bands = [band for band in bands if not explained.explains(band, of.inside(band))]
        if not bands:
            return []
        found, of_some = list[Suspicion](), prices.of(of.purses)
        for band in sorted(bands, key=_strongest_first)[:MAX_BANDS]:
            expected = DOUBT * of_some.expected(band.low_minor, band.high_minor)
            hug_bits = min(band.bits, self.price_ratio * poisson_bits(band.count, expected)) - of.tried_bits
            hug_bits = min(hug_bits, WITHOUT_RATIO * of.without_one_thing(band) - of.tried_bits)
            if hug_bits >= self.band_bits and not few_things(of.inside(band), purses):
                found.append(_suspected(band, hug_bits, expected, of.purses, show))
        return found

    def _explained(self, of: StandingOut, explained: Explained, show: ShowState) -> list[Suspicion]:
        """The strongest bands at a sum that something asks for: their sums are worth nothing."""
        bands = [b for b in of.bands if b.ways >= 1.5 * b.expected and explained.explains(b, of.inside(b))]
        found: list[Suspicion] = []
        for band in sorted(bands, key=_strongest_first)[:MAX_BANDS]:
            inside = of.inside(band)
            if not few_things(inside, of.purses) and not one_address(
                [show.presence.viewers[p.account_id] for p in inside]
            ):
                s = _suspected(band, 0.0, float(band.count), of.purses, show)
                found.append(msgspec.structs.replace(s, declared=True))
        return found

    def _strongest(self, suspicions: list[Suspicion]) -> list[Suspicion]:
        """Those whose members do not overlap, strongest first."""
        # those found by their sums first: a cohort is only those who share the link
        suspicions.sort(
            key=lambda s: (not self._fires(s), s.cohort, -round(s.bits, 6), -len(s.members), *_strongest_first(s.band))
        )
        kept: list[Suspicion] = []
        taken: dict[str, int] = {}
        for s in suspicions:
            overlapped = [taken[p.account_id] for p in s.members if p.account_id in taken]
            if not overlapped:
                taken.update((purse.account_id, len(kept)) for purse in s.members)
                kept.append(s)
            elif s.cohort and self._fires(s) and 2 * len(overlapped) >= len(s.members):
                place = overlapped[0]
                more = tuple(p for p in s.members if p.account_id not in taken)
                taken.update((purse.account_id, place) for purse in more)
                kept[place] = msgspec.structs.replace(kept[place], members=kept[place].members + more)
        return kept[:MAX_CREWS]

    def _grown(self, s: Suspicion, state: Purchases, purses: Sequence[Purse], show: ShowState) -> Suspicion:
        """Those meant, with those of the crew who were found before: each look sees only some of the bands."""
        named = {purse.account_id: True for purse in s.members}
        before: dict[str, bool] = {}
        others = []
        for crew in state.crews:
            both = sum(1 for account in crew if account in named)
            if 2 * both >= min(len(crew), len(named)):
                before.update(dict.fromkeys(crew, True))
            else:
                others.append(crew)
        more = [
            purse
            for purse in (state.purses[account] for account in before if account not in named)
            if self._still_fits(purse, s, show)
        ]
        members = (*s.members, *more) if s.cohort else meant(s, more, purses, show.presence)
        state.crews = [*others, [purse.account_id for purse in members]][-MAX_KNOWN_CREWS:]
        return msgspec.structs.replace(s, members=members)

    def _still_fits(self, purse: Purse, s: Suspicion, show: ShowState) -> bool:
        """Whether an account found before has about the same sum, or came with the others."""
        if 0.97 * s.band.low_minor <= purse.sum_minor <= 1.03 * s.band.high_minor:
            return True
        came_ms = show.presence.viewers[purse.account_id].seen_ms
        return s.joined_bits >= 2 * self.kind_bits and s.joined.start_ms <= came_ms <= s.joined.end_ms

    def _needed_bits(self, s: Suspicion) -> float:
        if s.cohort:
            return self.cohort_fire_bits
        if s.alike:
            return self.alike_fire_bits
        more_bits = self.few_bits * max(0, FEW_ACCOUNTS - s.band.count) + (self.declared_bits if s.declared else 0.0)
        if not s.most and s.bits - s.hug_bits < BESIDE_BITS:
            more_bits += self.alone_bits
        return self.fire_bits + more_bits

    def _fires(self, s: Suspicion) -> bool:
        """Enough bits, and of them some for the sums; without those, or of one basket, of two other kinds."""
        if s.bits < self._needed_bits(s):
            return False
        if s.cohort:
            return min(s.hug_bits, s.joined_bits) >= self.kind_bits
        if s.alike:
            return s.joined_bits >= self.kind_bits
        if not s.declared:
            return s.hug_bits >= (self.least_wide_hug_bits if s.band.is_wide else self.least_hug_bits)
        ties_bits = fsum(tie.bits for tie in s.ties if tie.link not in PLACES)  # a dormitory answers promotions, too
        return sum(bits >= self.kind_bits for bits in (s.joined_bits, ties_bits, s.called_bits)) >= 2

    # -- what is said -----------------------------------------------------------------------------------------

    def _finding(self, s: Suspicion, purses: Sequence[Purse], show: ShowState) -> Finding:
        viewers = show.presence.viewers
        bits = {purse.account_id: bits_of(s, viewers[purse.account_id]) for purse in s.members}
        members = sorted(s.members, key=lambda purse: -bits[purse.account_id])
        acts = {purse.account_id: acts_of(purse, viewers[purse.account_id]) for purse in members}
        evidence = [act for of_one in acts.values() for act in of_one]
        currency = members[0].currency
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(s),
            score=rounded(score_of(s.bits, self._needed_bits(s))),
            title=title_of(s, members, purses, currency),
            window=Window(min(act.ts for act in evidence), max(act.ts for act in evidence)),
            signals=signals_of(s),
            accounts=[Suspect(p.account_id, bits[p.account_id], len(acts[p.account_id])) for p in members],
            evidence=evidence[:MAX_EVIDENCE],
            evidence_total=len(evidence),
            counter_evidence=against(s, members, show, self._needed_bits(s)),
            counterfactual=what_would_clear(s, self._needed_bits(s)),
            impact=Impact(
                viewers=show.presence.here,
                orders=len({line.order_id for purse in members for line in purse.lines}),
                amount_minor=sum(purse.sum_minor for purse in members),
                currency=currency,
            ),
        )


_sum_of: Final = attrgetter("sum_minor")


def _with_crews(changed: Sequence[int], state: Purchases) -> list[int]:
    """The sums that changed, and one of each crew found near them: else a weaker band would be looked at instead."""
    sums = dict.fromkeys(changed)
    for crew in state.crews:
        of_crew = sorted(state.purses[account_id].sum_minor for account_id in crew)
        middle = of_crew[len(of_crew) // 2]
        if any(0.64 * middle <= sum_minor <= 1.56 * middle for sum_minor in changed):
            sums[middle] = None
    return sorted(sums)


def _strongest_first(band: Band) -> tuple[float, int, int]:
    return -band.bits, band.low_minor, band.high_minor


def _suspected(band: Band, hug_bits: float, honest: float, purses: Sequence[Purse], show: ShowState) -> Suspicion:
    others = [*purses[: band.first], *purses[band.last :]]
    return suspicion(band, hug_bits, honest, purses[band.first : band.last], others, show.presence)
