"""How inputs become one log: batches of what was read, and the event time up to which all of it is there.

Pure: `ingest` tells it what was read and when, it says what to write.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from operator import gt
from types import MappingProxyType
from typing import Final, Protocol

import msgspec

from streams.events import (
    FUTURE_MS,
    LEADING,
    Rejected,
    Show,
    decode,
    decode_batch,
    decode_lines_if_good,
    placed_wrongly,
)
from streams.log import KIND_OF_BROADCAST, MAX_BYTES, MAX_EVENTS, Record

SHOWS: Final = Show.TOPIC
NOTHING: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({})


class Fetched(Protocol):
    """One record of an input as a Kafka client hands it over."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int  # ms


class Refused(msgspec.Struct, frozen=True, gc=False):
    """A record that is no event, and why."""

    record: Fetched
    why: Rejected


class Clock(msgspec.Struct):
    """The event time of one partition: nothing older than `watermark` is expected.

    It reflects only what was written: `saw` is called for a batch when the batch is sent. It never goes back.
    """

    lateness_ms: int
    watermark: int = 0
    newest: dict[str, int] = {}  # by input, ms of event time
    newest_at_ms: int = 0  # our clock (monotonic) when the newest event of all inputs was read

    def saw(self, source: str, ts: int, now_ms: int) -> None:
        """An input has come to `ts` (already cut to the time of its receipt)."""
        if ts > max(self.newest.values(), default=0):
            self.newest_at_ms = now_ms
        if ts > self.newest.get(source, 0):
            self.newest[source] = ts

    def advance(self, quiet: Collection[str], shows_unread: bool, now_ms: int, speed: float = 1.0) -> int:
        """The watermark, moved as far as it may.

        The slowest of joins, comments and orders holds it, unless that input is quiet; `live.shows` holds it only
        while it is known to have unread records. When all are quiet, time goes on from the newest event of all.
        """
        leading = [self.newest.get(source) for source in LEADING if source not in quiet]
        if shows_unread:
            leading.append(self.newest.get(SHOWS))
        if not self.newest or None in leading:
            return self.watermark
        if leading:
            reached = min(ts for ts in leading if ts is not None)
        else:
            reached = max(self.newest.values()) + int((now_ms - self.newest_at_ms) * speed)
        self.watermark = max(self.watermark, reached - self.lateness_ms)
        return self.watermark

    def ahead(self, quiet: Collection[str], ahead_ms: int) -> list[str]:
        """Inputs so far ahead of the slowest that is not quiet that they should wait for it."""
        behind = [self.newest.get(source, 0) for source in LEADING if source not in quiet]
        if not behind:
            return []
        limit = min(behind) + ahead_ms
        return [source for source in LEADING if self.newest.get(source, 0) > limit]


class Piece(msgspec.Struct):
    """One record of the log in the making: events of a range of one input partition, without the watermark."""

    source: str
    first: int
    last: int
    lines: list[bytes] = []
    offsets: list[int] = []
    newest: int = 0  # event time, cut to the time of receipt, ms
    received: int = 0

    def record(self, clock: Clock, covered: Mapping[str, tuple[int, int]] = NOTHING) -> Record:
        """The record as it is written, with the clock and what the log then covers."""
        whole = len(self.offsets) == self.last - self.first + 1
        return Record(
            kind=KIND_OF_BROADCAST.get(self.source, "events"),
            watermark=clock.watermark,
            value=b"\n".join(self.lines),
            source=self.source,
            first=self.first,
            last=self.last,
            offsets=None if whole else tuple(self.offsets),
            newest=dict(clock.newest),
            received=self.received,
            covered=dict(covered),
        )


def tick(clock: Clock, covered: Mapping[str, tuple[int, int]] = NOTHING) -> Record:
    """A record that only says what time it is."""
    return Record(kind="tick", watermark=clock.watermark, newest=dict(clock.newest), covered=dict(covered))


def cut(
    source: str, first: int, last: int, records: Sequence[Fetched], clock_ms: int | None = None
) -> tuple[list[Piece], list[Refused]]:
    """What was read of one input partition, offsets `first` to `last` -> pieces of the log and what was refused.

    The pieces cover the whole range, without a gap: also rejects, markers of transactions, compacted offsets.
    `clock_ms`: our own time, for a topic that the broker does not stamp on append.
    """
    if source in KIND_OF_BROADCAST:
        return _cut_broadcast(source, first, last, records)
    pieces = cut_if_good(source, first, last, records, clock_ms)
    return (pieces, []) if pieces else cut_one_by_one(source, first, last, records, clock_ms)


def cut_one_by_one(
    source: str, first: int, last: int, records: Sequence[Fetched], clock_ms: int | None = None
) -> tuple[list[Piece], list[Refused]]:
    """`cut` for records of which any may be bad."""
    found = decode_batch(source, [record.value for record in records])
    pieces, refused = [Piece(source, first, last)], []
    piece, size = pieces[0], 0
    for record, event in zip(records, found, strict=True):
        received = record.timestamp if clock_ms is None else clock_ms
        why = event if isinstance(event, Rejected) else placed_wrongly(event, record.key, received)
        if why is not None:
            refused.append(Refused(record, why))
            continue
        line = record.value or b""
        if b"\n" in line:
            line = _on_one_line(line)
        if len(piece.lines) >= MAX_EVENTS or size + len(line) > MAX_BYTES:
            piece.last = record.offset - 1
            piece, size = Piece(source, record.offset, last), 0
            pieces.append(piece)
        piece.lines.append(line)
        piece.offsets.append(record.offset)
        size += len(line) + 1
        piece.newest = max(piece.newest, min(event.ts, received))
        piece.received = max(piece.received, received)
    return pieces, refused


def cut_if_good(
    source: str, first: int, last: int, records: Sequence[Fetched], clock_ms: int | None = None
) -> list[Piece]:
    """What `cut_one_by_one` gives where every record is good (a test says so), at a third of its cost; else nothing.

    Column by column. A piece at a time, so that the memory of one's events is still in the cache for the next.
    """
    pieces: list[Piece] = []
    begin = 0
    while begin < len(records):
        some = records[begin : begin + MAX_EVENTS]
        values = [record.value or b"" for record in some]
        if (count := _fitting(values)) < len(some):
            some, values = some[:count], values[:count]
        events = decode_lines_if_good(source, values) if values else None
        if not events:
            return []
        keys = [record.key for record in some]
        rooms = "\0".join([event.room_id for event in events]).encode()
        # no room has a NUL in it, so they equal one by one what they equal joined
        if None in keys or rooms.count(b"\0") != len(keys) - 1 or rooms != b"\0".join(keys):  # type: ignore[arg-type]
            return []
        times = [event.ts for event in events]
        received = [record.timestamp for record in some] if clock_ms is None else [clock_ms]
        newest, oldest = max(times), min(received)
        if newest > oldest:  # else none is ahead of its receipt
            received *= len(times) // len(received)
            if newest > oldest + FUTURE_MS and any(map(gt, times, [ms + FUTURE_MS for ms in received])):
                return []
            newest = max(map(min, times, received))
        offsets = [record.offset for record in some]
        if pieces:
            first = offsets[0]
            pieces[-1].last = first - 1
        pieces.append(Piece(source, first, last, values, offsets, max(0, newest), max(0, *received)))
        begin += len(some)
    return pieces


def _fitting(values: Sequence[bytes]) -> int:
    """How many of these lines one record of the log takes."""
    if sum(map(len, values)) + len(values) - 1 <= MAX_BYTES:
        return len(values)
    return bisect_right(list(accumulate(len(value) + 1 for value in values)), MAX_BYTES + 1)


def _cut_broadcast(source: str, first: int, last: int, records: Sequence[Fetched]) -> tuple[list[Piece], list[Refused]]:
    """Broadcast records stand alone in the log, each as it was published; a tombstone is passed over."""
    pieces: list[Piece] = []
    refused: list[Refused] = []
    begin = first
    for record in records:
        if record.value is None:
            continue
        found = decode(source, record.value)
        if isinstance(found, Rejected):
            refused.append(Refused(record, found))
            continue
        pieces.append(Piece(source, begin, record.offset, [record.value], [record.offset], 0, record.timestamp))
        begin = record.offset + 1
    if begin <= last:
        pieces.append(Piece(source, begin, last))
    return pieces, refused


def _on_one_line(value: bytes) -> bytes:
    """A JSON text that spans lines, written compactly: numbers and strings stay as they are."""
    return msgspec.json.format(value, indent=-1)
