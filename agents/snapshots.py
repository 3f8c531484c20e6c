"""A partition's snapshots, room by room: what is written, and in what order. Pure; the caller commits.

A snapshot begins at the applied offset H. Its header is copied then. Every room's record is its state at H or later,
stamped with the offset that it includes; the header is written last. The caller must commit nothing of it before all
that was made up to its stamps was sent.
"""

from collections import deque

from agents.saved import HEADER_KEY, Pair, empty_pairs, room_pairs, tombstones
from streams.partition import Header, Partition, encode_header


class Snapshots:
    """The snapshots of one partition, one after the other.

    A room that is dropped gets its tombstone with a header at or past its last offset, never before: without it a
    restart would build half of the room anew. Until then an empty stamped record stands for it.
    """

    def __init__(self, partition: Partition, parts: dict[str, int]) -> None:
        self.partition = partition
        self.header: Header | None = None  # of the snapshot under way
        self.waiting: deque[str] = deque()  # rooms that it has still to save
        self._parts = parts  # records of each room, where there are more than one
        self._gone: dict[str, int] = {}  # rooms dropped, by the offset; their tombstones are still to be written

    def begin(self) -> None:
        """A snapshot as of now; it will save the rooms that changed since they were saved last."""
        partition = self.partition
        self.header = partition.header()
        idle = [room_id for room_id in partition.long_idle() if room_id not in partition.ahead]
        self.waiting = deque(sorted(partition.changed.union(idle)))
        partition.changed = set()

    def next_room(self) -> list[Pair]:
        """The next room as it is now: records that belong into one transaction."""
        partition, room_id = self.partition, self.waiting.popleft()
        partition.changed.discard(room_id)
        self._gone.pop(room_id, None)
        parts_before = self._parts.get(room_id, 1)
        if partition.drop_if_empty(room_id):
            self._gone[room_id] = partition.offset
            if self.header is not None and partition.offset <= self.header.offset:
                return []  # its tombstone comes with this snapshot's header
            self._parts.pop(room_id, None)
            return empty_pairs(room_id, partition.offset, parts_before)
        pairs, parts = room_pairs(room_id, partition.offset, partition.rooms[room_id].encode(), parts_before)
        if parts > 1:
            self._parts[room_id] = parts
        else:
            self._parts.pop(room_id, None)
        return pairs

    def end(self) -> list[Pair]:
        """The last records of the snapshot: tombstones that the header allows, and the header."""
        assert self.header is not None
        assert not self.waiting
        header, self.header = self.header, None
        gone = [room_id for room_id, offset in self._gone.items() if offset <= header.offset]
        pairs: list[Pair] = []
        for room_id in gone:
            del self._gone[room_id]
            pairs += tombstones(room_id, self._parts.pop(room_id, 1))
        return [*pairs, (HEADER_KEY, encode_header(header))]

    def abandon(self) -> None:
        """Begin anew another time; what was saved of it stands."""
        self.partition.changed.update(self.waiting)
        self.waiting.clear()
        self.header = None
