"""Which events a room has seen of late, so that each counts once: the hashes of their ids, by the end of their pane."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Final

from streams.events import Event
from streams.order import hash_of, hashes_of, smallest_of_each_id

DUPLICATE_MS: Final = 60_000  # the same id within it is one event
FORGET_EVERY_MS: Final = 10_000  # older ones are let go together: one by one, each would be looked up in cold memory

Recent = list[tuple[int, list[int]]]  # end of a closed pane, 64-bit hashes of its event ids; as it is saved


class Seen:
    """The hashes of a room's event ids of the last 60 s; some that are older may still be there, and count for nothing.

    Panes are taken in order of their ends. The hashes stand in the order in which they came.
    """

    __slots__ = ("_ends", "_forget_ms")

    def __init__(self, recent: Recent = []) -> None:  # noqa: B006  # it is only read
        self._ends = {id_hash: end_ms for end_ms, hashes in recent for id_hash in hashes}
        self._forget_ms = 0  # the next pane end at which old ones are let go

    def fresh(self, events: list[Event], end_ms: int) -> list[Event]:
        """Of a pane's events, in event order, those not seen before and each id once. From here on they are seen."""
        if end_ms >= self._forget_ms:
            self._forget(end_ms)
        ends = self._ends
        if len(events) == 1:  # most panes of an evening
            id_hash = hash_of(events[0])
            if id_hash not in ends:
                ends[id_hash] = end_ms
                return events
        else:
            hashes = hashes_of(events)
            new = dict.fromkeys(hashes, end_ms)
            if len(new) == len(hashes) and ends.keys().isdisjoint(hashes):
                ends.update(new)
                return events
        return self._fresh_among(events, end_ms)

    def recent(self, closed_ms: int) -> Recent:
        """What is to be saved after the pane that ended at `closed_ms`: whatever may still come again."""
        oldest_ms = closed_ms - DUPLICATE_MS
        return [
            (end_ms, [id_hash for id_hash, _ in pane])
            for end_ms, pane in groupby(self._ends.items(), key=itemgetter(1))
            if end_ms >= oldest_ms
        ]

    def may_come_again(self, now_ms: int) -> bool:
        """Whether anything was seen within the last 60 s."""
        newest_ms = next(reversed(self._ends.values()), None)
        return newest_ms is not None and newest_ms > now_ms - DUPLICATE_MS

    def _fresh_among(self, events: Iterable[Event], end_ms: int) -> list[Event]:
        """The same, where some hash is there already or is of two of these events."""
        ends, oldest_ms = self._ends, end_ms - DUPLICATE_MS
        once = smallest_of_each_id(events)
        by_hash = dict(zip(hashes_of(once), once, strict=True))
        fresh = {h: event for h, event in by_hash.items() if h not in ends or ends[h] < oldest_ms}
        for id_hash in fresh:
            ends.pop(id_hash, None)  # seen too long ago; it takes its place behind the others
            ends[id_hash] = end_ms
        return list(fresh.values())

    def _forget(self, end_ms: int) -> None:
        """Let go of what is too old to come again."""
        oldest_ms = end_ms - DUPLICATE_MS
        old = []
        for id_hash, seen_ms in self._ends.items():
            if seen_ms >= oldest_ms:
                break
            old.append(id_hash)
        for id_hash in old:
            del self._ends[id_hash]
        self._forget_ms = end_ms + FORGET_EVERY_MS
