"""Who stayed for a while, what they have in common with others, and who of them did anything.

Counted as it happens: by size of the group that shares a device, a network or a birthday, by source, by age of the
account, by when they joined. Each count is of those who stayed for half a minute, three minutes, twelve, and of silent
and active ones among them, packed into one integer, so that who comes or acts costs a few additions. Whoever says or
buys something is active from then on; only of half a minute it is asked who had acted by then, so that people who have
just come are compared with people who had just come.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

import msgspec

from streams.evidence.presence import Presence, Viewer

STAGES_MS: Final = (30_000, 180_000, 720_000)
LONGEST: Final = len(STAGES_MS)
SLOT_MS: Final = 20_000  # joins are counted in slots of this length
DAY_MS: Final = 86_400_000
SOURCES: Final = ("", "feed", "follow", "search", "share", "direct", "raid", "front_page", "ad", "other")
EXPLAINED: Final = ("raid", "front_page", "ad", "other")  # sources that explain why many come at once
AGE_EDGES_DAYS: Final = (1, 3, 7, 14, 30, 60, 90, 180, 365, 730, 1_460)
GROUPS: Final = ("device", "network", "birthday")  # what is shared: of birthday, the day on which an account was made
LEAST_LEAVES_SHARE: Final = 0.1  # of those who joined; guess
MAX_CLASSES: Final = 18  # of sizes of a group, by powers of two

_NEVER: Final = 2**63 - 1
_BITS, _MASK = 20, (1 << 20) - 1
# where things stand in a row: its stage, whether it acted, and did so by the first stage, what is known of it
_STAGE, _ACTED, _EARLY, _DEVICE, _NETWORK, _BIRTHDAY, _SOURCE, _AGE = 3, 4, 8, 16, 32, 64, 7, 11
AGE: Final = 15 << _AGE
FEATURES: Final = _STAGE | 15 << _SOURCE | AGE  # of a row: stage, source and age
_CODES: Final = {source: code for code, source in enumerate(SOURCES)}
_OTHER: Final = len(SOURCES) - 1
_EXPLAINS: Final = tuple(source in EXPLAINED for source in SOURCES)
_SIZE: Final = 2 * _BITS * LONGEST  # above the counts by stage: all who stayed for the first
_PAIR: Final = 2 << _SIZE
_ALONE: Final[dict[int, int]] = {}  # the few numbers that stand for one account
_STEP: Final = [
    [(1 << _BITS * (2 * stage + acted)) + (0 if stage else 1 << _SIZE) for acted in (0, 1)] for stage in range(LONGEST)
]
_MOVE: Final = [sum(step[1] - step[0] for step in _STEP[1:stage]) for stage in range(LONGEST + 1)]


def _birthday(viewer: Viewer) -> int:
    return viewer.created_ms // DAY_MS


IN_GROUP: Final[Sequence[tuple[int, Callable[[Viewer], Any]]]] = (
    (_DEVICE, attrgetter("device_id")),
    (_NETWORK, attrgetter("ip_prefix")),
    (_BIRTHDAY, _birthday),
)
"""For each of GROUPS the bit of a row that says that its account was counted in one, and what those in it share."""


class Counts:
    """What follows from the rows and the show's presence; each number packs six counts, and how many there are."""

    __slots__ = ("ages", "groups", "sizes", "slots", "sources", "total")

    def __init__(self) -> None:
        self.total = 0
        self.groups: tuple[dict[Any, int], ...] = ({}, {}, {})  # by kind, by value
        self.sizes = tuple([0] * MAX_CLASSES for _ in GROUPS)  # by kind, by size of the group (its bit length)
        self.sources = [0] * len(SOURCES)
        self.ages = [0] * (len(AGE_EDGES_DAYS) + 2)
        self.slots: dict[int, int] = {}

    def add(self, viewer: Viewer, row: int, change: int) -> None:
        """Count one account where it belongs: it has stayed, or it acted."""
        self.total += change
        self.sources[row >> _SOURCE & 15] += change
        self.ages[row >> _AGE & 15] += change
        slots, slot = self.slots, viewer.joined_ms // SLOT_MS
        slots[slot] = slots.get(slot, 0) + change
        if row & _DEVICE:
            _grow(self.groups[0], self.sizes[0], viewer.device_id, change)
        if row & _NETWORK:
            _grow(self.groups[1], self.sizes[1], viewer.ip_prefix, change)
        if row & _BIRTHDAY:
            _grow(self.groups[2], self.sizes[2], viewer.created_ms // DAY_MS, change)


def _grow(groups: dict[Any, int], sizes: list[int], value: Any, change: int) -> None:
    """A group grows, or one of it acts; with a power of two more it is of the next size."""
    before = groups.get(value)
    if before is None:
        groups[value] = change
        sizes[1] += change
        return
    after = before + change
    if after < _PAIR:  # most devices are one account's: what is counted of those is kept once
        after = _ALONE.setdefault(after, after)
    groups[value] = after
    size = (after >> _SIZE).bit_length()
    if change >> _SIZE and size != (was := (before >> _SIZE).bit_length()):
        sizes[was] -= before
        sizes[size] += after
    else:
        sizes[size] += change


class Stays(msgspec.Struct, dict=True):
    """Rows of those who stayed, those who may still stay longer, and how many joined when. Bounded by the presence.

    `Counts` is derived and not encoded: made when it is first asked for, kept up after.
    """

    rows: dict[str, int] = {}  # packed; of those who stayed for STAGES_MS[0]
    here: tuple[dict[str, int], dict[str, int], dict[str, int]] = msgspec.field(default_factory=lambda: ({}, {}, {}))
    joins: dict[int, int] = {}  # by slot, first joins whose source explains nothing
    explained: dict[int, int] = {}  # by slot, first joins by raid, front page or ad
    # silent and active at the end of each stage, and left before the second: of those whose source explains nothing
    by_then: tuple[list[int], list[int], list[int], list[int]] = msgspec.field(
        default_factory=lambda: ([0, 0], [0, 0], [0, 0], [0, 0])
    )
    leaves: int = 0  # seen; without them nothing is known of stays
    changes: int = 0  # how often somebody stayed or acted

    def join(self, viewer: Viewer, explains: bool) -> None:
        """The first join of an account."""
        joined_ms = viewer.joined_ms
        slot, joins = joined_ms // SLOT_MS, self.explained if explains else self.joins
        joins[slot] = joins.get(slot, 0) + 1
        if slot < self.__dict__.get("_unknown_from", _NEVER):
            self.__dict__["_unknown_from"] = slot
        self.here[0][viewer.account_id] = joined_ms

    def leave(self, account_id: str, ts: int, presence: Presence) -> None:
        """An account leaves; only its first stay counts."""
        stage = self.rows.get(account_id, 0) & _STAGE
        self.leaves += stage < LONGEST and account_id in self.here[stage]
        while stage < LONGEST:
            joined_ms = self.here[stage].pop(account_id, None)
            if joined_ms is None:
                return
            if ts - joined_ms < STAGES_MS[stage]:
                if stage == 1 and not _EXPLAINS[source(self.rows[account_id])]:
                    viewer = presence.viewers[account_id]
                    self.by_then[-1][bool(viewer.comments or viewer.orders)] += 1
                return
            self._stayed(account_id, stage, joined_ms, presence)
            stage += 1

    def act(self, account_id: str, presence: Presence) -> None:
        """An account said or bought something."""
        row = self.rows.get(account_id)
        if row is None or row & _ACTED:
            return
        counts = self.counts(presence)  # before the row changes
        self.changes += 1
        self.rows[account_id] = row = row | _ACTED
        if change := _MOVE[row & _STAGE]:
            counts.add(presence.viewers[account_id], row, change)

    def tells_leaves(self) -> bool:
        """Whether this platform says who leaves; where it does not, nothing is known of stays."""
        return self.leaves >= LEAST_LEAVES_SHARE * (sum(self.joins.values()) + sum(self.explained.values()))

    def pass_time(self, now_ms: int, presence: Presence) -> None:
        """Who is still there by now has stayed."""
        for stage, here in enumerate(self.here):
            if not here:
                continue
            since_ms = now_ms - STAGES_MS[stage]
            due = []
            for account_id, joined_ms in here.items():
                if joined_ms > since_ms:
                    break
                due.append(account_id)
            for account_id in due:
                self._stayed(account_id, stage, here.pop(account_id), presence)

    def counts(self, presence: Presence) -> Counts:
        counts: Counts | None = self.__dict__.get("_counts")
        if counts is None:
            counts = self.__dict__["_counts"] = Counts()
            for account_id, row in self.rows.items():
                early, later = row & _EARLY > 0, row & _ACTED > 0
                steps = (_STEP[at][later if at else early] for at in range(row & _STAGE))
                counts.add(presence.viewers[account_id], row, sum(steps))
        return counts

    def by_slot(self) -> tuple[int, list[int], list[float]]:
        """The first slot with a join; from it on how many joined in each, and how many less those that others explain.

        Who comes along with a raid often names no source, so many who come by one explain half as many who do not.
        Derived and not encoded: only what changed since it was last asked for is worked out again.
        """
        kept: tuple[int, list[int], list[float]] | None = self.__dict__.get("_by_slot")
        begin = self.__dict__.pop("_unknown_from", _NEVER)
        if kept is None or begin < kept[0]:
            begin = min(self.joins)
            kept = self.__dict__["_by_slot"] = (begin, [], [])
        first, came, unexplained = kept
        begin, end = min(begin, first + len(came)), max(self.joins) + 1
        fresh = list(map(self.joins.get, range(begin, end), repeat(0)))
        others = list(map(self.explained.get, range(begin - 1, end), repeat(0)))
        came[begin - first :] = fresh
        unexplained[begin - first :] = [
            n - (before + now) / 2 if n else 0.0 for n, before, now in zip(fresh, others, others[1:], strict=False)
        ]
        return kept

    def _stayed(self, account_id: str, at: int, joined_ms: int, presence: Presence) -> None:
        """An account has stayed for STAGES_MS[at]."""
        counts = self.counts(presence)  # before the row changes
        self.changes += 1
        viewer = presence.viewers[account_id]
        row = (self.rows[account_id] if at else _row_of(viewer)) + 1
        acted = row & _ACTED > 0
        self.rows[account_id] = row
        counts.add(viewer, row, _STEP[at][acted])
        if not _EXPLAINS[row >> _SOURCE & 15]:
            self.by_then[at][acted] += 1
        if at + 1 < LONGEST:
            self.here[at + 1][account_id] = joined_ms


def unpacked(packed: int) -> list[tuple[int, int]]:
    """(silent, active) accounts by stage."""
    return [
        (packed & _MASK, packed >> _BITS & _MASK),
        (packed >> 2 * _BITS & _MASK, packed >> 3 * _BITS & _MASK),
        (packed >> 4 * _BITS & _MASK, packed >> 5 * _BITS & _MASK),
    ]


def silent_of(packed: int, stage: int) -> int:
    """Silent accounts that stayed for STAGES_MS[stage]."""
    return packed >> 2 * _BITS * stage & _MASK


def size_of(packed: int) -> int:
    """Accounts that stayed for the shortest of STAGES_MS."""
    return packed >> _SIZE


def stage(packed: int) -> int:
    """How many of STAGES_MS an account stayed for."""
    return packed & _STAGE


def source(packed: int) -> int:
    """Where an account came from, as its place in SOURCES."""
    return packed >> _SOURCE & 15


def age(packed: int) -> int:
    """The class of an account's age; 0 where it is not known."""
    return packed >> _AGE & 15


def _row_of(viewer: Viewer) -> int:
    """An account as it is known now: what is learned of it later does not count."""
    row = _CODES.get(viewer.source, _OTHER) << _SOURCE
    if viewer.comments or viewer.orders:
        row |= _ACTED | _EARLY
    if viewer.device_id:
        row |= _DEVICE
    if viewer.ip_prefix:
        row |= _NETWORK
    if created_ms := viewer.created_ms:
        days = (viewer.joined_ms - created_ms) // DAY_MS
        row |= _BIRTHDAY | (1 + bisect_right(AGE_EDGES_DAYS, days)) << _AGE
    return row
