"""What sets the silent apart: cohorts (one network, one day of birth, one minute of joining, ...) that are larger among
those who stay and do nothing than among those who act.

The active accounts of the same room are the measure: bots do not act, so what the active have in common is what honest
viewers have in common. Where few are active the usual shares stand in for them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import sub
from typing import Final

import msgspec

from streams.evidence.mixture import Cells
from streams.evidence.presence import Presence, Viewer
from streams.evidence.stays import (
    AGE,
    AGE_EDGES_DAYS,
    DAY_MS,
    EXPLAINED,
    FEATURES,
    GROUPS,
    IN_GROUP,
    LONGEST,
    MAX_CLASSES,
    SLOT_MS,
    SOURCES,
    STAGES_MS,
    Counts,
    Stays,
    age,
    silent_of,
    size_of,
    source,
    stage,
    unpacked,
)
from streams.evidence.surprise import kl_bits

TRIED_BITS: Final = 6.0  # what is paid for having looked at every class, stay and cohort
LEAST_GROUP: Final = {"device": 2, "network": 8, "birthday": 8}  # accounts; smaller ones are usual
SURE: Final = 1e9  # accounts that a usual share is worth that is compared with as it is
BUSY: Final = (1.5, 2.5, 4.0)  # times the usual joins of a slot, the one before and the one after
FOLLOW: Final = SOURCES.index("follow")
UNEXPLAINED: Final = tuple(code for code, name in enumerate(SOURCES) if name not in EXPLAINED)
ROOM: Final = ("silence", "idle", "listless", "stranger")
ROOM_TRIED_BITS: Final = 3.0  # what is paid for the two stays and four kinds by which a room is judged
LEAST_SLOTS: Final = 6
CROWDS: Final = ((1, 3.0, 6.0), (6, 2.0, 15.0))  # slots; times the usual and accounts more that make a crowd; guess


class Usual(msgspec.Struct, frozen=True):
    """What is usual among honest viewers who stay, where a room shows too little of it."""

    groups: tuple[float, ...]  # share that is in a group of LEAST_GROUP or more, by kind
    source: float  # share of any one source
    burst: float  # share that joined in a crowded slot that nothing explains
    age_ms: int  # median age of an account
    active_left: float  # share of those who stay for half a minute, but not for three, that act
    active_3min: float  # share of those who stay for three minutes that act in them
    active_12min: float
    idle_3min: float  # share of all who come that stay for three minutes and do nothing in them
    idle_12min: float
    stranger: float  # share of those who stay and do nothing that did not come by following the room
    prior: float  # active accounts that all of this is worth
    least: int  # silent accounts; smaller cohorts are passed over
    ratio: float  # odds of having something, of honest silent viewers, against those of active ones; at most
    room_ratio: float  # how much honest rooms differ from what is usual, in odds; at most


class Crowd(msgspec.Struct, frozen=True):
    """When more joined than is usual in this show."""

    slots: frozenset[int] = frozenset()
    first: int = 0
    unexplained: Sequence[float] = ()  # joins by slot from `first` on, less those that others explain
    usual: float = 1.0  # joins of a slot

    def busy(self) -> dict[int, int]:
        """By slot how many joined around it, beside the usual: the place in BUSY."""
        around = [0.0, *self.unexplained, 0.0]
        return {
            self.first + at: bisect_right(BUSY, sum(around[at : at + 3]) / (3 * self.usual))
            for at in range(len(self.unexplained))
        }


class Cohort(msgspec.Struct, frozen=True):
    """Accounts that have one thing in common and that stand out among the silent."""

    name: str  # one of GROUPS, or source, age, burst; of ROOM where it is the whole room
    least: int  # least size of the group; the source's place in SOURCES; greatest class of age; stage of the room
    silent: int
    active: int
    expected: float  # silent ones that would be in it, were it as common as among the active
    all_silent: int
    compared: float  # with so many active accounts, the usual ones included
    bits: float

    def without(self, fewer: int, usual: "Usual") -> float:
        """The bits it would have with so many silent accounts fewer."""
        ratio, tried_bits = (usual.room_ratio, ROOM_TRIED_BITS) if self.name in ROOM else (usual.ratio, TRIED_BITS)
        left = self.all_silent - fewer
        share = self.expected / self.all_silent
        return set_apart(self.silent - fewer, left, share, self.compared, ratio, tried_bits) if left > 0 else 0.0


def with_odds(share: float, ratio: float) -> float:
    """The share whose odds are `ratio` times those of `share`."""
    return ratio * share / (1.0 + (ratio - 1.0) * share)


def set_apart(count: int, of: int, share: float, compared: float, ratio: float, tried_bits: float) -> float:
    """Evidence that `count` of `of` is more than `ratio` times (in odds) a share learned from `compared` others.

    Both sides are samples, so they weigh as much as the smaller allows: of compared / (of + compared).
    """
    if count <= 0:
        return 0.0
    return max(0.0, kl_bits(count, of, min(1.0, with_odds(share, ratio))) * compared / (of + compared) - tried_bits)


def standing_out(counts: Counts, crowd: Crowd, usual: Usual, least_bits: float) -> list[Cohort]:
    """The cohort of each kind (and of each source) that stands out most, of `least_bits` or more; strongest first."""
    total = unpacked(counts.total)
    best: dict[tuple[str, int], Cohort] = {}

    def look(kind: str, least: int, packed: int, usual_share: float, slot: int = 0) -> None:
        if silent_of(packed, 0) < usual.least:
            return
        for (silent, active), (all_silent, all_active) in zip(unpacked(packed), total, strict=True):
            if silent < usual.least:
                break  # of those who stayed longer there are fewer
            compared = all_active + usual.prior
            share = min(1.0, (active + usual.prior * usual_share) / compared)
            if silent <= all_silent * with_odds(share, usual.ratio):
                continue
            bits = set_apart(silent, all_silent, share, compared, usual.ratio, TRIED_BITS)
            if bits >= least_bits and ((kind, slot) not in best or bits > best[kind, slot].bits):
                best[kind, slot] = Cohort(kind, least, silent, active, share * all_silent, all_silent, compared, bits)

    for kind, name in enumerate(GROUPS):
        packed, first = 0, LEAST_GROUP[name].bit_length()
        for size in range(MAX_CLASSES - 1, first - 1, -1):
            if counts.sizes[kind][size]:
                packed += counts.sizes[kind][size]
                look(name, 1 << (size - 1), packed, usual.groups[kind])
    for code, name in enumerate(SOURCES):
        if name and name not in EXPLAINED and counts.sources[code]:
            look("source", code, counts.sources[code], usual.source, code)
    packed = 0
    for place, days in enumerate(AGE_EDGES_DAYS[:-2], 1):
        packed += counts.ages[place]
        if counts.ages[place]:
            look("age", place, packed, 1.0 - 2.0 ** (-days * DAY_MS / usual.age_ms))
    if crowd.slots:
        look("burst", 0, sum(counts.slots.get(slot, 0) for slot in crowd.slots), usual.burst)
    return sorted(best.values(), key=lambda cohort: (-round(cohort.bits, 6), cohort.name, cohort.least))


def silent_room(stays: Stays, counts: Counts, now_ms: int, usual: Usual, least_bits: float) -> list[Cohort]:
    """Whether too many of the whole room stay and do nothing, by what is usual: many bots are the room.

    Four kinds: of those who stay, too few act; of all who come, too many stay and do nothing; those who stay act
    hardly more than those who soon leave (people act the more, the longer they stay); of the silent too few follow.
    """
    best: dict[str, Cohort] = {}
    if max(stays.by_then[1][0], silent_of(counts.total, 1)) < usual.least or not stays.tells_leaves():
        return []

    def look(name: str, at: int, silent: int, of: int, share: float, compared: float) -> None:
        if silent < usual.least:
            return
        bits = set_apart(silent, of, share, compared, usual.room_ratio, ROOM_TRIED_BITS)
        if bits >= least_bits and (name not in best or bits > best[name].bits):
            best[name] = Cohort(name, at, silent, of - silent, share * of, of, compared, bits)

    left_silent, left_active = stays.by_then[-1]
    slots = sorted(stays.joins)
    for at, active, idle in ((1, usual.active_3min, usual.idle_3min), (2, usual.active_12min, usual.idle_12min)):
        silent, acted = stays.by_then[at]
        long_since = bisect_left(slots, (now_ms - STAGES_MS[at]) // SLOT_MS)  # slots that were over by then
        came = sum(map(stays.joins.__getitem__, slots[:long_since]))
        look("silence", at, silent, silent + acted, 1.0 - active, SURE)
        look("idle", at, silent, came, idle, SURE)
        left = left_silent + left_active + usual.prior
        early = (left_active + usual.prior * usual.active_left) / left
        ratio = active * (1.0 - usual.active_left) / (1.0 - active) / usual.active_left
        look("listless", at, silent, silent + acted, 1.0 - with_odds(early, ratio), left)
        quiet = silent_of(sum(map(counts.sources.__getitem__, UNEXPLAINED)), at)
        look("stranger", at, quiet - silent_of(counts.sources[FOLLOW], at), quiet, usual.stranger, SURE)
    return list(best.values())


def kind_of(name: str) -> str:
    """Cohorts of one kind say the same of the same accounts, and count once."""
    return {"birthday": "age", "source": "burst"}.get(name, name)


def crowded(stays: Stays) -> Crowd:
    """The slots in which more joined than is usual in this show and than raids, front page and ads explain.

    Judged by slot and by stretch.
    """
    if len(stays.joins) < LEAST_SLOTS:
        return Crowd()
    first, came, unexplained = stays.by_slot()
    usual = max(0.5, sorted(came)[len(came) // 2])
    slots: dict[int, bool] = {}
    until = list(accumulate(unexplained, initial=0.0))  # exact: they are halves
    for width, times, least in CROWDS:
        enough = times * width * usual + least
        held = unexplained if width == 1 else list(map(sub, until[width:], until))
        if max(held, default=0.0) >= enough:
            for at, n in enumerate(held, first):
                if n >= enough:
                    slots.update(dict.fromkeys(range(at, at + width), True))
    return Crowd(frozenset(slots), first, unexplained, usual)


class Alike:
    """Accounts in the same cohorts and with the same features."""

    __slots__ = ("cell", "did", "names", "number")

    def __init__(self, names: Sequence[str], did: int, cell: tuple[int, ...]) -> None:
        self.names = names  # of the cohorts that they are in
        self.did = did  # whether they said or bought something
        self.cell = cell  # how long they stayed, then a code for each kind that stands out
        self.number = 0


class Membership:
    """Tells of an account in which cohorts it is, and what features it has; works it out once for those who are alike.

    Accounts are alike by stay, source, age (where that stands out), by when they joined, how large their groups are,
    and by whether they did anything.
    """

    def __init__(self, cohorts: Sequence[Cohort], crowd: Crowd, counts: Counts) -> None:
        least = {cohort.name: cohort.least for cohort in cohorts}
        self._groups = [(*IN_GROUP[kind], counts.groups[kind]) for kind, name in enumerate(GROUPS) if name in least]
        self._least = [(name, least[name].bit_length()) for name in GROUPS if name in least]
        self._sources = [cohort.least for cohort in cohorts if cohort.name == "source"]
        self._age = least.get("age", 0)
        self._room = [(name, least[name]) for name in ROOM if name in least]
        crowded_slots = crowd.slots if "burst" in least else frozenset[int]()
        self._joined = {slot: 2 * busy + (slot in crowded_slots) for slot, busy in crowd.busy().items()}
        self._features = FEATURES if self._age else FEATURES & ~AGE
        self.alike: dict[tuple[int, ...], Alike] = {}

    def of_all(self, rows: Mapping[str, int], viewers: Mapping[str, Viewer]) -> dict[str, Alike]:
        """By account the accounts that it is like, itself among them."""
        like, known_alike, joined_of, features = {}, self.alike, self._joined.get, self._features
        of_groups = self._groups
        for account_id, packed in rows.items():
            viewer = viewers[account_id]
            joined = joined_of(viewer.joined_ms // SLOT_MS, 0)
            did = 1 if viewer.comments or viewer.orders else 0
            sizes = [
                size_of(groups[shared(viewer)]).bit_length() if packed & bit else 0 for bit, shared, groups in of_groups
            ]
            key = (packed & features, joined, did, *sizes)
            alike = known_alike.get(key)
            if alike is None:
                alike = known_alike[key] = self._worked_out(packed, joined, did, sizes)
            alike.number += 1
            like[account_id] = alike
        return like

    def _worked_out(self, packed: int, joined: int, did: int, sizes: Sequence[int]) -> Alike:
        # the least sizes are powers of two, so lengths in bits tell
        names: list[str] = [name for (name, least), size in zip(self._least, sizes, strict=True) if size >= least]
        code = source(packed)
        cell = [stage(packed), *sizes, code]
        if code in self._sources:
            names.append("source")
        if self._age:
            code = age(packed)
            if 0 < code <= self._age:
                names.append("age")
            cell.append(code)
        if joined & 1:
            names.append("burst")
        cell.append(joined >> 1)
        if not did:
            follows = source(packed) == FOLLOW
            names += [name for name, at in self._room if stage(packed) > at and not (follows and name == "stranger")]
        return Alike(names, did, tuple(cell))


class Seen:
    """One look at everybody who stayed: who is in which cohorts, how silent they are, how long they stay."""

    def __init__(self, cohorts: Sequence[Cohort], crowd: Crowd, stays: Stays, presence: Presence) -> None:
        counts = stays.counts(presence)
        self.all = unpacked(counts.total)
        self.tells_leaves = stays.tells_leaves()
        self.both = [[0, 0] for _ in self.all]  # silent and active accounts in two cohorts or more, by stay
        self.stayed = [sum(both) for both in self.all]
        self.stayed_in = {cohort.name: [0] * LONGEST for cohort in cohorts}  # by name, by stay
        self.cells = Cells()
        self.kinds_of: dict[tuple[int, ...], int] = {}  # in how many kinds of cohorts those of a cell are
        member = Membership(cohorts, crowd, counts)
        self.like = member.of_all(stays.rows, presence.viewers)
        self.alike = list(member.alike.values())
        for alike in self.alike:
            cell, did, number = alike.cell, alike.did, alike.number
            kinds = len(set(map(kind_of, alike.names)))
            for at in range(cell[0]):
                if kinds >= 2:
                    self.both[at][did] += number
                for name in alike.names:
                    self.stayed_in[name][at] += number
            held = self.cells.acted if did else self.cells.silent
            held[cell] = held.get(cell, 0) + number
            self.kinds_of[cell] = max(kinds, self.kinds_of.get(cell, 0))
