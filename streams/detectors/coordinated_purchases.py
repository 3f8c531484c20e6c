"""Coordinated purchases: accounts told to come and spend a sum."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from math import fsum, log2
from operator import attrgetter
from sys import intern
from typing import Any, ClassVar, Final

import msgspec

from streams.alerts import MAX_EVIDENCE, Counterfactual, Evidence, Impact, Signal, Suspect, Window, rounded
from streams.events import Event, Order
from streams.evidence.hug import LEAST_ACCOUNTS, Band, Sums, between, can_hug
from streams.evidence.links import Tie, ties
from streams.evidence.presence import Viewer
from streams.evidence.purses import Purse
from streams.evidence.saying import against_age, against_ties, how_they_came, joined_signal, tie_signals
from streams.evidence.surprise import kl_bits, poisson_bits, score_of
from streams.evidence.together import Together, together
from streams.finding import Finding
from streams.show import Marker, ShowState
from streams.wording import money, span

MAX_BANDS: Final = 8  # of one look, the strongest, that are looked at closely; bounds the cost
MAX_CREWS: Final = 3  # of one look
MAX_KNOWN_CREWS: Final = 20
COHORT_LINKS: Final = ("inviter_id", "device_id", "ip_prefix")
COHORT_TOLERANCE: Final = 1.12
SAME_BASKET: Final = 3  # accounts with the very same basket that count when it is asked who came together


class Purchases(msgspec.Struct):
    """A purse for each account that ordered; which of them changed since the last look."""

    purses: dict[str, Purse] = {}
    changed: dict[str, bool] = {}  # account -> whether it changed; a dict for its order
    crews: list[list[str]] = []  # the accounts of those found
    next_ms: int = 0  # no look before it
    unknown: int = 0  # orders of accounts beyond the bound


class Suspicion(msgspec.Struct, frozen=True):
    """One band of sums, who of it is suspected, and the evidence by kind."""

    band: Band
    members: tuple[Purse, ...]
    hug_bits: float  # 0 where a declared promotion explains the band
    joined: Together
    ties: tuple[Tie, ...]
    declared: bool  # a declared promotion explains the band
    cohort: str  # the link by which the members were found; "" where it was by their sums

    link_bits: float
    joined_bits: float

    @property
    def bits(self) -> float:
        return self.hug_bits + self.joined_bits + self.link_bits


class CoordinatedPurchases(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts told to come and spend: their sums of the show hug one sum, and they came together or share a link.

    Reads orders; who joined when and who shares what it reads from the show's presence. State: one purse for each
    account that ordered, at most `max_buyers`, about 150 bytes a line. Looks when sums have changed, at most every
    `look_every_ms`. Blind to crews below five accounts, to crews that all buy one basket, and to sums spread over
    more than a quarter.
    Source: lockstep behaviour, CopyCatch (WWW 2013); the test of sums is our own, see the trials in the README.
    """

    SCHEME: ClassVar[str] = "coordinated_purchases"
    READS: ClassVar[tuple[type[Event], ...]] = (Order,)
    State: ClassVar[type] = Purchases

    fire_bits: float = 17.0  # evidence of all kinds that fires, of two kinds or of sums alone; from the trials
    kind_bits: float = 3.0  # what a kind of evidence must be worth to count as one; guess
    kind_cap_bits: float = 40.0  # no kind counts for more; guess
    slack_ms: int = 600_000  # who came so long before or after the others is at most still one of them; guess
    least_ways_share: float = 0.35  # of the accounts in a band that are different ways to it; from the trials
    band_bits: float = 2.0  # from here on a band of sums is looked at closely
    judged_bits: float = 4.0  # below it there is no near miss
    look_every_ms: int = 20_000  # of event time
    min_cohort: int = 5  # accounts that share a link and spend one sum; guess
    min_sum_minor: int = 300  # smaller sums are not told to anyone; guess
    max_buyers: int = 5_000

    def observe(self, state: Purchases, show: ShowState, event: Any) -> None:
        if type(event) is not Order or event.status != "placed" or event.amount_minor <= 0:
            return
        purse = state.purses.get(event.account_id)
        if purse is None:
            if len(state.purses) >= self.max_buyers:
                state.unknown += 1
                return
            viewer = show.presence.viewers.get(event.account_id)  # its id is held already
            account_id = viewer.account_id if viewer else event.account_id
            purse = state.purses[account_id] = Purse(account_id, intern(event.currency))
        if purse.add(event):
            state.changed[purse.account_id] = True

    def wake_ms(self, state: Purchases, now_ms: int) -> int | None:
        return max(state.next_ms, now_ms + 1) if state.changed else None

    def judge(self, state: Purchases, show: ShowState, now_ms: int) -> list[Finding]:
        if not state.changed or now_ms < state.next_ms:
            return []
        state.next_ms = now_ms + self.look_every_ms
        changed = [state.purses[account_id] for account_id in state.changed]
        state.changed = {}
        if len(state.purses) < LEAST_ACCOUNTS:
            return []
        findings = []
        for currency in dict.fromkeys(purse.currency for purse in changed):
            purses = [p for p in state.purses.values() if p.currency == currency and p.sum_minor >= self.min_sum_minor]
            if len(purses) < LEAST_ACCOUNTS:
                continue
            purses.sort(key=_sum_of)
            sums = sorted({purse.sum_minor for purse in changed if purse.currency == currency})
            for suspicion in self._suspicions(purses, sums, show):
                if self._fires(suspicion):
                    suspicion = self._grown(suspicion, state, show)
                elif suspicion.bits < self.judged_bits:
                    continue
                findings.append(self._finding(suspicion, purses, show))
        return findings

    # -- what is suspected ------------------------------------------------------------------------------------

    def _suspicions(self, purses: Sequence[Purse], changed: Sequence[int], show: ShowState) -> list[Suspicion]:
        """The strongest suspicions whose members do not overlap, strongest first."""
        sums = [purse.sum_minor for purse in purses]
        suspicions = self._hugging(purses, sums, [s for s in changed if can_hug(sums, s)], show)
        suspicions += self._cohorts(purses, sums, changed, show)
        if not suspicions:
            return []
        # those found by their sums first: a cohort is only those who share the link
        suspicions.sort(
            key=lambda s: (
                not self._fires(s),
                s.cohort,
                -round(s.bits, 6),
                -len(s.members),
                s.band.low_minor,
                s.band.high_minor,
            )
        )
        kept: list[Suspicion] = []
        taken: dict[str, int] = {}
        for suspicion in suspicions:
            overlapped = [taken[p.account_id] for p in suspicion.members if p.account_id in taken]
            if not overlapped:
                taken.update((purse.account_id, len(kept)) for purse in suspicion.members)
                kept.append(suspicion)
            elif suspicion.cohort and self._fires(suspicion) and 2 * len(overlapped) >= len(suspicion.members):
                place = overlapped[0]
                more = tuple(p for p in suspicion.members if p.account_id not in taken)
                taken.update((purse.account_id, place) for purse in more)
                kept[place] = msgspec.structs.replace(kept[place], members=kept[place].members + more)
        return kept[:MAX_CREWS]

    def _hugging(
        self, purses: Sequence[Purse], sums: Sequence[int], changed: Sequence[int], show: ShowState
    ) -> list[Suspicion]:
        """Bands of sums by different ways; those that a declared promotion explains, without that evidence."""
        if not changed:
            return []
        table = Sums(sums, [purse.composition for purse in purses], [purse.single for purse in purses])
        bands: dict[tuple[int, int], Band] = {}
        for sum_minor in changed:
            for band in table.bands_with(sum_minor):
                bands[band.first, band.last] = band
        if not bands:
            return []
        thresholds = [m for m in show.markers if m.action == "promotion" and m.threshold_minor]
        hugging = [b for b in bands.values() if b.bits >= self.band_bits and not _declared(b, thresholds)]
        hugging.sort(key=_strongest_first)
        suspicions = [self._suspect(band, purses, show, False) for band in hugging[:MAX_BANDS]]
        if thresholds:
            explained = [b for b in bands.values() if b.ways >= 1.5 * b.expected and _declared(b, thresholds)]
            explained.sort(key=_strongest_first)
            suspicions += [self._suspect(band, purses, show, True) for band in explained[:MAX_BANDS]]
        return suspicions

    def _grown(self, s: Suspicion, state: Purchases, show: ShowState) -> Suspicion:
        """The suspicion with those of its crew who were found before: each look sees only some of the bands."""
        named = {purse.account_id: True for purse in s.members}
        before: dict[str, bool] = {}
        others = []
        for crew in state.crews:
            both = sum(1 for account in crew if account in named)
            if 2 * both >= min(len(crew), len(named)):
                before.update(dict.fromkeys(crew, True))
            else:
                others.append(crew)
        more = tuple(
            purse
            for purse in (state.purses[account] for account in before if account not in named)
            if self._still_fits(purse, s, show)
        )
        state.crews = [*others, [*named, *(purse.account_id for purse in more)]][-MAX_KNOWN_CREWS:]
        return msgspec.structs.replace(s, members=s.members + more)

    def _still_fits(self, purse: Purse, s: Suspicion, show: ShowState) -> bool:
        """Whether an account found before has about the same sum, or came with the others."""
        if 0.97 * s.band.low_minor <= purse.sum_minor <= 1.03 * s.band.high_minor:
            return True
        came_ms = show.presence.viewers[purse.account_id].seen_ms
        return s.joined_bits >= 2 * self.kind_bits and s.joined.start_ms <= came_ms <= s.joined.end_ms

    def _suspect(self, band: Band, purses: Sequence[Purse], show: ShowState, declared: bool) -> Suspicion:
        """Who of a band is suspected: those who came together, where that is telling; else all."""
        presence = show.presence
        inside = [purse for purse in purses[band.first : band.last] if purse.account_id in presence.viewers]
        seen: dict[str, int] = {}
        telling: list[Viewer] = []  # of the very same basket only a few count: one item for all says nothing
        for purse in inside:
            seen[purse.composition] = seen.get(purse.composition, 0) + 1
            if seen[purse.composition] <= SAME_BASKET:
                telling.append(presence.viewers[purse.account_id])
        joined = together(sorted(v.seen_ms for v in telling), presence.came)
        members = inside
        if joined.bits >= 2 * self.kind_bits:
            slack_ms = min(self.slack_ms, 60_000 + 2 * (joined.end_ms - joined.start_ms))
            start_ms, end_ms = joined.start_ms - slack_ms, joined.end_ms + slack_ms
            members = [p for p in inside if start_ms <= presence.viewers[p.account_id].seen_ms <= end_ms]
        shared = [tie for tie in ties(telling, presence) if _by_different_ways(tie, inside, presence.viewers)]
        # a link of a few says less of the whole
        worth = [tie.bits * min(1.0, 2.0 * tie.members / len(telling)) for tie in shared]
        return Suspicion(
            band=band,
            members=tuple(members),
            hug_bits=0.0 if declared else max(0.0, min(self.kind_cap_bits, band.bits)),
            joined=joined,
            ties=tuple(shared),
            declared=declared,
            cohort="",
            link_bits=min(self.kind_cap_bits, fsum(worth)),
            joined_bits=min(self.kind_cap_bits, joined.bits),
        )

    def _cohorts(
        self, purses: Sequence[Purse], sums: Sequence[int], changed: Sequence[int], show: ShowState
    ) -> list[Suspicion]:
        """Accounts that share an inviter, a device or a network and nearly all spend one sum, which others do not.

        It needs no different ways to the sum, so it also sees a crew where everything has one price. Those who have
        things sent to one address are colleagues, a dormitory or a family, and are passed over; so are those who buy
        nothing but what was announced to groups or to all for a while.
        """
        presence = show.presence
        viewers = presence.viewers
        values: dict[tuple[str, str], None] = {}
        for sum_minor in changed:
            first, last = between(sums, sum_minor, sum_minor)
            for purse in purses[first:last]:
                if viewer := viewers.get(purse.account_id):
                    for link in COHORT_LINKS:
                        value = getattr(viewer, link)
                        if value and presence.sharing(link, value) >= self.min_cohort:
                            values[link, value] = None
        if not values:
            return []
        known = [(purse, viewers[purse.account_id]) for purse in purses if purse.account_id in viewers]
        tried_bits = log2(1 + len(purses))
        found = []
        for link, value in values:
            members = [purse for purse, viewer in known if getattr(viewer, link) == value]
            if len(members) >= self.min_cohort:
                members = _unannounced(members, show.markers)
            if len(members) < self.min_cohort:
                continue
            low, high = _fullest(members)
            inside = [p for p in members if low <= p.sum_minor <= high]
            here = presence.sharing(link, value)
            first, last = between(sums, low, high)
            others = last - first - len(inside)
            usual = (others + 1) / (len(viewers) - here + 2)
            bits = kl_bits(len(inside), here, min(1.0, usual)) - tried_bits
            people = [viewers[p.account_id] for p in inside]
            if len(inside) < self.min_cohort or bits < self.judged_bits or _one_address(people):
                continue
            came = sorted(viewer.seen_ms for viewer in people)
            joined = together(came, presence.came)
            shared = ties(people, presence)
            found.append(
                Suspicion(
                    band=Band(low, high, first, last, float(len(inside)), usual * here, bits),
                    members=tuple(inside),
                    hug_bits=min(self.kind_cap_bits, bits),
                    joined=joined,
                    ties=tuple(shared),
                    declared=False,
                    cohort=link,
                    link_bits=min(self.kind_cap_bits, fsum(tie.bits for tie in shared)),
                    joined_bits=min(self.kind_cap_bits, joined.bits),
                )
            )
        return found

    def _fires(self, s: Suspicion) -> bool:
        """Two kinds of evidence, one of them more than a shared network or address; or sums alone that say it all."""
        if s.bits < self.fire_bits:
            return False
        if s.cohort:
            return min(s.hug_bits, s.joined_bits) >= self.kind_bits
        if s.band.ways < self.least_ways_share * s.band.count:
            return False
        kinds = sum(bits >= self.kind_bits for bits in (s.hug_bits, s.joined_bits, s.link_bits))
        return kinds >= 2 or s.hug_bits >= self.fire_bits

    # -- what is said -----------------------------------------------------------------------------------------

    def _finding(self, s: Suspicion, purses: Sequence[Purse], show: ShowState) -> Finding:
        viewers = show.presence.viewers
        bits_of = {purse.account_id: self._bits_of(purse, s, viewers[purse.account_id]) for purse in s.members}
        members = sorted(s.members, key=lambda purse: -bits_of[purse.account_id])
        acts_of = {purse.account_id: _acts(purse, viewers[purse.account_id]) for purse in members}
        acts = [act for of_one in acts_of.values() for act in of_one]
        lines = [line for purse in members for line in purse.lines]
        currency = members[0].currency
        return Finding(
            scheme=self.SCHEME,
            fires=self._fires(s),
            score=rounded(score_of(s.bits, self.fire_bits)),
            title=_title(s, members, purses, currency),
            window=Window(min(act.ts for act in acts), max(act.ts for act in acts)),
            signals=_signals(s),
            accounts=[Suspect(p.account_id, bits_of[p.account_id], len(acts_of[p.account_id])) for p in members],
            evidence=acts[:MAX_EVIDENCE],
            evidence_total=len(acts),
            counter_evidence=self._counter_evidence(s, members, show),
            counterfactual=self._counterfactual(s),
            impact=Impact(
                viewers=show.presence.here,
                orders=len({line.order_id for line in lines}),
                amount_minor=sum(purse.sum_minor for purse in members),
                currency=currency,
            ),
        )

    def _bits_of(self, purse: Purse, s: Suspicion, viewer: Viewer) -> float:
        """What one account adds: its share of the sums' evidence, of the coming together, of the links it has."""
        bits = [s.hug_bits / s.band.count]
        if s.joined.members and s.joined.start_ms <= viewer.seen_ms <= s.joined.end_ms:
            bits.append(s.joined_bits / s.joined.members)
        bits += [tie.bits / tie.members for tie in s.ties if getattr(viewer, tie.link) == tie.value]
        return rounded(fsum(bits))

    def _counter_evidence(self, s: Suspicion, members: Sequence[Purse], show: ShowState) -> list[str]:
        said = []
        start_ms, end_ms = members[0].lines[0].ts, max(purse.lines[-1].ts for purse in members)
        for action, name in (("flash_sale", "A flash sale"), ("group_buy", "A group buy"), ("lottery", "A lottery")):
            if any(m.action == action and m.ts <= end_ms and m.until_ms > start_ms for m in show.markers):
                said.append(f"{name} was running while they bought.")
        if s.declared:
            said.append("A promotion was declared whose threshold lies near these sums; the sums were not counted.")
        said += against_age([show.presence.viewers[p.account_id] for p in members], show.newest_ms)
        said += against_ties(s.ties, s.bits - s.link_bits >= self.fire_bits)
        coupons = sum(purse.coupon for purse in members)
        if 2 * coupons > len(members):
            said.append(f"{coupons} of {len(members)} used a coupon, which may have a minimum of its own.")
        return said

    def _counterfactual(self, s: Suspicion) -> Counterfactual:
        """How many fewer accounts at the sum would have cleared it, and what remains without each kind."""
        tried_bits = poisson_bits(s.band.ways, s.band.expected) - s.band.bits
        fewer = 0
        bits = s.bits
        while bits >= self.fire_bits and fewer < s.band.count - 1 and s.hug_bits > 0:
            fewer += 1
            ways = s.band.ways * (s.band.count - fewer) / s.band.count
            hug_bits = max(0.0, min(self.kind_cap_bits, poisson_bits(ways, s.band.expected) - tried_bits))
            rest = (s.band.count - fewer) / s.band.count
            bits = hug_bits + (s.joined_bits + s.link_bits) * rest
        numbers = {
            "bits": rounded(s.bits),
            "threshold_bits": self.fire_bits,
            "without_links_bits": rounded(s.bits - s.link_bits),
            "without_joining_together_bits": rounded(s.bits - s.joined_bits),
            "without_sums_bits": rounded(s.bits - s.hug_bits),
            "accounts_fewer": float(fewer),
        }
        if fewer:
            who = "1 account" if fewer == 1 else f"{fewer} accounts"
            sentence = f"With {who} fewer at this sum it would have stayed below {self.fire_bits:g} bits."
        else:
            sentence = f"It is at {s.bits:.1f} bits; {self.fire_bits:g} are needed."
        if s.link_bits:
            sentence += f" Without the shared {s.ties[0].name} it is at {s.bits - s.link_bits:.0f} bits."
        return Counterfactual(sentence, numbers)


_sum_of: Final = attrgetter("sum_minor")


def _strongest_first(band: Band) -> tuple[float, int, int]:
    return -band.bits, band.low_minor, band.high_minor


def _acts(purse: Purse, viewer: Viewer) -> list[Evidence]:
    """The acts of one account that count: its join, then its lines."""
    acts = []
    if viewer.join_event_id:
        source = f" from {viewer.source}" if viewer.source else ""
        acts.append(
            Evidence(viewer.join_event_id, "live.joins", viewer.joined_ms, purse.account_id, f"joined{source}"[:200])
        )
    for line in purse.lines:
        said = f"{line.quantity} x {line.sku[:80]}, {money(line.amount_minor, purse.currency[:40])}"
        acts.append(Evidence(line.event_id, "live.orders", line.ts, purse.account_id, said[:200]))
    return acts


def _title(s: Suspicion, members: Sequence[Purse], purses: Sequence[Purse], currency: str) -> str:
    """One sentence: how many spent how much, how they came, what the others did."""
    amount = span(min(p.sum_minor for p in members), max(p.sum_minor for p in members), currency)
    others = len(purses) - len(members)
    usual = max(0, round(100 * (s.band.count - len(members)) / others)) if others else 0
    came = how_they_came(s.joined, s.joined_bits, s.ties)
    return f"{len(members)} accounts spent {amount}{came}; of the {others} other buyers {usual} % did"


def _signals(s: Suspicion) -> list[Signal]:
    return [
        Signal(
            "sums_hug",
            float(s.band.count),
            rounded(s.band.expected * s.band.count / s.band.ways),
            "accounts",
            bits=rounded(s.hug_bits),
        ),
        joined_signal(s.joined, s.joined_bits),
        *tie_signals(s.ties),
    ]


def _fullest(members: Sequence[Purse]) -> tuple[int, int]:
    """The band [m, COHORT_TOLERANCE m] that holds most of the sums (ascending); of equals the lowest."""
    sums = [purse.sum_minor for purse in members]
    low = max(sums, key=lambda m: (bisect_right(sums, int(m * COHORT_TOLERANCE)) - bisect_left(sums, m), -m))
    return low, int(low * COHORT_TOLERANCE)


def _one_address(people: Sequence[Viewer]) -> bool:
    """Whether many have things sent to the same address."""
    counts: dict[str, int] = {}
    for viewer in people:
        if viewer.address_id:
            counts[viewer.address_id] = counts.get(viewer.address_id, 0) + 1
    return 3 * max(counts.values(), default=0) > len(people)


def _unannounced(members: Sequence[Purse], markers: Sequence[Marker]) -> list[Purse]:
    """Those who bought something that was not announced to groups or to all for a while."""
    announced = {m.sku for m in markers if m.action in ("group_buy", "flash_sale") and m.sku}
    if not announced:
        return list(members)
    return [purse for purse in members if not all(line.sku in announced for line in purse.lines)]


def _by_different_ways(tie: Tie, inside: Sequence[Purse], viewers: Mapping[str, Viewer]) -> bool:
    """Whether those who share a link bought different things: colleagues and dormitories order the same."""
    return len({p.composition for p in inside if getattr(viewers[p.account_id], tie.link) == tie.value}) >= 3


def _declared(band: Band, promotions: Sequence[Marker]) -> bool:
    """Whether a declared "spend this much, get something off" explains the band; with 16 % off sums end below it."""
    return any(
        band.low_minor <= 1.3 * (m.threshold_minor or 0) and band.high_minor >= 0.84 * (m.threshold_minor or 0)
        for m in promotions
    )
