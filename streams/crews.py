"""Crews that are remembered: what a room keeps of its own, and what moderators confirmed anywhere.

A crew keeps its id while its accounts stay together: from pane to pane of a show, from show to show of its room, and,
once a moderator has confirmed it, from room to room. Evidence loses half of its worth in 14 days. All of it follows
from the log: a room remembers when a show ends, a confirmed crew is known from its record of `live.crews` on.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import msgspec

from streams.alerts import rounded
from streams.events import CrewSeen, KnownCrew
from streams.evidence.surprise import kl_bits

HALF_LIFE_MS: Final = 14 * 86_400_000
MAX_CREWS: Final = 50  # of one room; beyond it the weakest is forgotten
MAX_MEMBERS: Final = 500  # of one crew; the strongest are kept
MAX_SEEN: Final = 20  # shows of one crew; the newest are kept
MAX_CONFIRMED: Final = 1_000  # crews known to a partition; beyond it the one seen longest ago is forgotten
MAX_CONFIRMED_MEMBERS: Final = 20_000  # of all of them together: they stand in the table's header
LEAST_BITS: Final = 1.0  # with less, nothing of a crew is worth keeping
LEAST_IN_COMMON: Final = 3  # accounts of two forms of one crew
LEAST_MEETING_BITS: Final = 14.0  # of few in common: by chance with one of 50 crews once in 300 findings; guess


class RememberedCrew(msgspec.Struct):
    """A crew of one room. `bits` by kind of evidence, as of `at_ms`."""

    crew_id: str
    accounts: list[str]  # sorted
    bits: dict[str, float]
    at_ms: int
    seen: list[CrewSeen]  # oldest first
    incidents: list[str]  # by which verdicts name it
    came_from: list[str] = []  # crews that went into it
    published: int = 0  # the last revision on `live.crews`; 0 where there was none
    confirmed_by: str | None = None  # the verdict that stands


class Before(msgspec.Struct, frozen=True):
    """What is known of a crew from before a show."""

    crew_id: str
    overlap: float  # of the accounts asked for with the crew
    bits: float  # worth now
    shows: int
    rooms: int
    since_ms: int
    is_confirmed: bool


class Confirmed(msgspec.Struct):
    """Crews that moderators confirmed, as a partition heard of them; its rooms share it."""

    crews: dict[str, KnownCrew] = {}
    of_account: dict[str, list[str]] = {}  # crews by account; follows from the rest

    def hear(self, crew: KnownCrew) -> None:
        """Take a record of `live.crews`. Whatever the order of two of the same revision, the same one stays."""
        known = self.crews.get(crew.crew_id)
        if known is not None and _rank(known) >= _rank(crew):
            return
        if known is not None:
            self._unlist(known)
        self.crews.pop(crew.crew_id, None)
        self.crews[crew.crew_id] = crew  # an empty one, too: an older revision must not bring it back
        for account in crew.accounts:
            self.of_account.setdefault(account, []).append(crew.crew_id)
        while len(self.crews) > MAX_CONFIRMED or len(self.of_account) > MAX_CONFIRMED_MEMBERS:
            self._unlist(self.crews.pop(min(self.crews, key=lambda id: (_newest(self.crews[id]), id))))

    def sharing(self, accounts: Iterable[str]) -> list[KnownCrew]:
        """Crews that have one of these accounts, in the order of the accounts."""
        ids = dict.fromkeys(id for account in accounts for id in self.of_account.get(account, ()))
        return [self.crews[id] for id in ids]

    def _unlist(self, crew: KnownCrew) -> None:
        for account in crew.accounts:
            ids = [id for id in self.of_account.get(account, ()) if id != crew.crew_id]
            if ids:
                self.of_account[account] = ids
            else:
                self.of_account.pop(account, None)


class KnownCrews(msgspec.Struct):
    """What a show knows of crews: those of its room, and those that were confirmed anywhere."""

    room: list[RememberedCrew] = []
    confirmed: Confirmed = msgspec.field(default_factory=Confirmed)

    def before(
        self, accounts: Sequence[str], now_ms: int, least_overlap: float, here: Collection[str] = ()
    ) -> Before | None:
        """The known crew that these accounts overlap most, if any overlaps enough. `here`: who came to the show."""
        members = set(accounts)
        best: Before | None = None
        for crew in self.room:
            if (overlap := overlap_of(members, crew.accounts, here)) < least_overlap or not overlap:
                continue
            worth = total(worth_at(crew.bits, crew.at_ms, now_ms))
            elsewhere = self.confirmed.crews.get(crew.crew_id)
            seen = [*crew.seen, *(elsewhere.seen if elsewhere else ())]
            best = _better(best, _before(crew.crew_id, overlap, worth, seen, crew.confirmed_by is not None))
        for known in self.confirmed.sharing(accounts):
            overlap = overlap_of(members, known.accounts, here)
            if overlap and overlap >= least_overlap:
                worth = total(worth_at({"": known.bits}, _newest(known), now_ms))
                best = _better(best, _before(known.crew_id, overlap, worth, known.seen, True))
        return best

    def remember(
        self, crew_id: str, accounts: Sequence[str], bits: dict[str, float], seen: CrewSeen, incident_id: str
    ) -> RememberedCrew:
        """A crew was seen in a show: a new one, or more of one that is known. The same incident again adds nothing."""
        known = next((crew for crew in self.room if crew.crew_id == crew_id), None)
        if known is None:
            known = RememberedCrew(crew_id, [], {}, seen.ts, [], [])
            self.room.append(known)
        before = {} if incident_id in known.incidents else worth_at(known.bits, known.at_ms, seen.ts)
        kinds = dict.fromkeys([*before, *bits])
        known.bits = {kind: rounded(before.get(kind, 0.0) + bits.get(kind, 0.0)) for kind in kinds}
        known.at_ms = max(known.at_ms, seen.ts)
        newcomers = list(accounts[:MAX_MEMBERS])
        new = set(newcomers)
        stayed = [account for account in known.accounts if account not in new]
        known.accounts = sorted([*newcomers, *stayed[: MAX_MEMBERS - len(newcomers)]])
        if incident_id not in known.incidents:
            known.incidents = [*known.incidents, incident_id][-MAX_SEEN:]
            known.seen = [*known.seen, seen][-MAX_SEEN:]
        self._merge_into(known)
        return known

    def by_incident(self, incident_id: str) -> RememberedCrew | None:
        """The crew of which an incident told."""
        return next((crew for crew in self.room if incident_id in crew.incidents), None)

    def disown(self, incident_id: str) -> None:
        """An incident was none: what is remembered of it alone is forgotten."""
        crew = self.by_incident(incident_id)
        if crew is None:
            return
        crew.incidents = [id for id in crew.incidents if id != incident_id]
        if not crew.incidents and crew.confirmed_by is None:
            self.room.remove(crew)

    def forget(self, now_ms: int) -> None:
        """Forget what is worth nothing any more, and the weakest where there are too many."""
        worth = {crew.crew_id: total(worth_at(crew.bits, crew.at_ms, now_ms)) for crew in self.room}
        kept = [crew for crew in self.room if worth[crew.crew_id] >= LEAST_BITS]
        if len(kept) > MAX_CREWS:
            strongest = sorted(kept, key=lambda crew: (-worth[crew.crew_id], crew.crew_id))[:MAX_CREWS]
            kept = [crew for crew in kept if crew in strongest]
        self.room[:] = kept

    def _merge_into(self, crew: RememberedCrew) -> None:
        """Crews that lie wholly inside this one have gone into it."""
        members = set(crew.accounts)
        inside = [other for other in self.room if other is not crew and members.issuperset(other.accounts)]
        for other in inside:
            if other.confirmed_by is not None:
                continue  # a moderator named it; it stays as it was named
            self.room.remove(other)
            older = worth_at(other.bits, other.at_ms, crew.at_ms)
            kinds = dict.fromkeys([*crew.bits, *older])
            crew.bits = {kind: max(crew.bits.get(kind, 0.0), older.get(kind, 0.0)) for kind in kinds}
            crew.seen = sorted([*other.seen, *crew.seen], key=lambda seen: (seen.ts, seen.show))[-MAX_SEEN:]
            crew.incidents = [*other.incidents, *crew.incidents][-MAX_SEEN:]
            crew.came_from = [*crew.came_from, *other.came_from, other.crew_id][-MAX_SEEN:]


def publication(crew: RememberedCrew, confirmed: Confirmed, *, take_back: bool = False) -> KnownCrew:
    """The next record of a crew for `live.crews`; without accounts where it is taken back."""
    known = confirmed.crews.get(crew.crew_id)
    crew.published = max(crew.published, known.revision if known else 0) + 1
    seen = [*(known.seen if known else ()), *crew.seen]
    once = {(one.room, one.show, one.scheme): one for one in seen}
    return KnownCrew(
        crew_id=crew.crew_id,
        revision=crew.published,
        accounts=[] if take_back else sorted({*crew.accounts, *(known.accounts if known else ())})[:MAX_MEMBERS],
        bits=rounded(total(crew.bits)),
        seen=sorted(once.values(), key=lambda one: (one.ts, one.room, one.show, one.scheme))[-MAX_SEEN:],
    )


def overlap_of(members: set[str], accounts: Sequence[str], here: Collection[str] = ()) -> float:
    """How much two sets of accounts are one crew: the share of the smaller one that is in the other.

    Nothing where they have fewer than 3 accounts in common. Nothing either where these are less than a fifth of all
    (three that are also in a farm of thousands do not make it theirs), unless chance is no reason: among those who came
    to the show, so few are of the known crew that so many of them would not be met.
    """
    both = sum(1 for account in accounts if account in members)
    if both < LEAST_IN_COMMON:
        return 0.0
    if 5 * both < len(members) + len(accounts) - both:
        came = sum(1 for account in accounts if account in here)
        if not came or kl_bits(both, len(members), came / len(here)) < LEAST_MEETING_BITS:
            return 0.0
    return both / min(len(members), len(accounts))


def worth_at(bits: dict[str, float], at_ms: int, now_ms: int) -> dict[str, float]:
    """Evidence of `at_ms` as it counts now: half after 14 days."""
    share = 0.5 ** (max(0, now_ms - at_ms) / HALF_LIFE_MS)
    return {kind: rounded(worth * share) for kind, worth in bits.items()}


def total(bits: dict[str, float]) -> float:
    """All kinds together; each is there once."""
    return rounded(sum(sorted(bits.values())))


def _before(crew_id: str, overlap: float, worth: float, seen: Sequence[CrewSeen], is_confirmed: bool) -> Before:
    return Before(
        crew_id=crew_id,
        overlap=overlap,
        bits=worth,
        shows=len({(one.room, one.show) for one in seen}),
        rooms=len({one.room for one in seen}),
        since_ms=min((one.ts for one in seen), default=0),
        is_confirmed=is_confirmed,
    )


def _better(one: Before | None, other: Before) -> Before:
    if one is None or _strength(other) > _strength(one):
        return other
    return one


def _strength(before: Before) -> tuple[float, bool, float]:
    """Of crews that are the same to it, the first one asked stays."""
    return before.overlap, before.is_confirmed, before.bits


def _newest(crew: KnownCrew) -> int:
    return max((one.ts for one in crew.seen), default=0)


def _rank(crew: KnownCrew) -> tuple[int, bytes]:
    return crew.revision, msgspec.json.encode(crew, order="deterministic")


def as_saved(confirmed: Confirmed) -> list[Any]:
    """What of the confirmed crews is to be saved, in an order of its own."""
    return [confirmed.crews[id] for id in sorted(confirmed.crews)]
