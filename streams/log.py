"""One record of `live.activity`, and how the log is read.

The log is the only thing that decides: up to 1,000 events of one input partition, each the JSON it came as,
with the watermark. The same range of an input may stand in it twice (a crash between write and commit);
`LogReader` drops what it has seen, the same for detect, scan and replay.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, get_args

import msgspec

from streams.events import BY_TOPIC, Broadcast, Event, KnownCrew, Rejected, RuleSet, decode, decoder_of_lines

FORMAT: Final = 1
MAX_EVENTS: Final = 1_000
MAX_BYTES: Final = 512 * 1024

Kind = Literal["events", "tick", "rules", "crews", "reset"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
KIND_OF_BROADCAST: Final[Mapping[str, Kind]] = {RuleSet.TOPIC: "rules", KnownCrew.TOPIC: "crews"}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the log. `first` and `last` are the range of source offsets consumed (headers `from`, `to`)."""

    kind: Kind
    watermark: int  # ms of event time before which nothing more is expected
    value: bytes = b""  # one event a line; for rules and crews the record as published
    source: str = ""  # input topic; empty for a tick
    first: int = 0
    last: int = -1
    offsets: tuple[int, ...] | None = None  # of the events, where they are not the whole range
    newest: dict[str, int] = {}  # event time by source, ms
    received: int = 0  # newest time at which the broker received one of these events, ms
    # by source, with this record: how often it was made anew, and the last offset in the log; empty in old records
    covered: dict[str, tuple[int, int]] = {}
    format: int = FORMAT

    @property
    def life(self) -> int:
        """How often the source had been made anew: which of its lives the range belongs to."""
        return self.covered[self.source][0] if self.source in self.covered else 0


class BadRecord(ValueError):
    """A record of the log that this version cannot read; the message is a sentence for a person."""


def headers_of(record: Record) -> list[tuple[str, bytes]]:
    """Kafka headers, all as text."""
    headers = [
        ("kind", record.kind.encode()),
        ("watermark", b"%d" % record.watermark),
        ("newest", msgspec.json.encode(record.newest)),
        ("received", b"%d" % record.received),
        ("format", b"%d" % record.format),
    ]
    if record.source:
        headers += [("source", record.source.encode()), ("from", b"%d" % record.first), ("to", b"%d" % record.last)]
    if record.covered:
        headers.append(("covered", msgspec.json.encode(record.covered)))
    if record.offsets is not None:
        headers.append(("offsets", msgspec.json.encode(record.offsets)))
    return headers


_decode_newest = msgspec.json.Decoder(dict[str, int]).decode
_decode_covered = msgspec.json.Decoder(dict[str, tuple[int, int]]).decode
_decode_offsets = msgspec.json.Decoder(tuple[int, ...]).decode


def record_of(headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Record:
    """The inverse of `headers_of`; raises BadRecord."""
    found = dict(headers)
    try:
        if (version := int(found["format"])) > FORMAT:
            raise NewerFormat(
                f"the log has a record of format {version}, this version reads up to {FORMAT}: upgrade it"
            )
        return Record(
            kind=found["kind"].decode(),  # type: ignore[arg-type]  # an unknown kind is refused below
            watermark=int(found["watermark"]),
            value=value or b"",
            source=found.get("source", b"").decode(),
            first=int(found.get("from", b"0")),
            last=int(found.get("to", b"-1")),
            offsets=_decode_offsets(found["offsets"]) if "offsets" in found else None,
            newest=_decode_newest(found["newest"]),
            received=int(found["received"]),
            covered=_decode_covered(found["covered"]) if "covered" in found else {},
            format=version,
        )
    except BadRecord:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as error:  # the last two: a header without a value
        raise BadRecord(f"not a record of live.activity: {error!r}") from error


class NewerFormat(BadRecord):
    """A record that a newer version wrote: passing over it would lose what it holds."""


class Batch(msgspec.Struct, frozen=True):
    """What is new in one record: events not seen before (in log order) or a broadcast record, and the watermark."""

    kind: Kind
    events: Sequence[Event]
    watermark: int
    received: int
    broadcast: Broadcast | None = None
    hole: bool = False  # the range began after a gap that nothing explains: a bug, counted
    unreadable: int = 0  # lines that today's code cannot read
    repeated: int = 0  # events that stood in the log before


class LogReader(msgspec.Struct):
    """Reads records of one partition of the log in order and drops ranges that it has read before.

    `covered`: last source offset read, by source. `watermark` never goes back. `lives`: how often a source was made
    anew. A source that was trimmed goes on in the same life, further on; one that was made anew begins the next. So a
    `reset` that stands in the log twice is one, and what a zombie still writes of a former life is dropped.
    """

    covered: dict[str, int] = {}
    newest: dict[str, int] = {}
    watermark: int = 0
    lives: dict[str, int] = {}

    def copy(self) -> "LogReader":
        return LogReader(dict(self.covered), dict(self.newest), self.watermark, dict(self.lives))

    def read(self, record: Record) -> Batch:
        """The new part of `record`; raises NewerFormat for a kind that this version does not know."""
        if record.kind not in KINDS:
            raise NewerFormat(f"the log has a record of kind {record.kind!r}, which this version does not know")
        if record.watermark > self.watermark:
            self.watermark = record.watermark
        for source, ts in record.newest.items():
            if ts > self.newest.get(source, 0):
                self.newest[source] = ts
        if record.kind == "tick":
            return Batch("tick", (), self.watermark, record.received)
        seen, life = self.covered.get(record.source), self.lives.get(record.source, 0)
        if record.kind == "reset":
            if seen is not None and (record.life, record.first - 1) <= (life, seen):
                return Batch("tick", (), self.watermark, record.received)  # known: it says what time it is
            self._go_on(record, record.first - 1)
            return Batch("reset", (), self.watermark, record.received)
        hole = seen is not None and (record.life, record.first) > (life, seen + 1)
        if seen is not None and (record.life, record.last) <= (life, seen):
            repeated = record.value.count(b"\n") + 1 if record.value else 0
            return Batch(record.kind, (), self.watermark, record.received, repeated=repeated)
        if record.life > life:
            seen = None  # offsets of another life say nothing of this one
        self._go_on(record, record.last)
        if record.kind != "events":
            broadcast, unreadable = _broadcast_of(record)
            return Batch(record.kind, (), self.watermark, record.received, broadcast, hole, unreadable)
        found, all_readable = _events_of(record)
        repeated = unreadable = 0
        if seen is not None and record.first <= seen:
            offsets = record.offsets if record.offsets is not None else range(record.first, record.last + 1)
            fresh = [event for event, offset in zip(found, offsets, strict=False) if offset > seen]
            repeated, found = len(found) - len(fresh), fresh
        if not all_readable:
            readable = [event for event in found if event is not None]
            unreadable, found = len(found) - len(readable), readable
        return Batch("events", found, self.watermark, record.received, None, hole, unreadable, repeated)

    def _go_on(self, record: Record, offset: int) -> None:
        self.covered[record.source] = offset
        if record.life:
            self.lives[record.source] = record.life


def _broadcast_of(record: Record) -> tuple[Broadcast | None, int]:
    """The broadcast record (`None` for a tombstone), and 1 where today's code cannot read it."""
    if not record.value:
        return None, 0
    found = decode(record.source, record.value) if record.source in KIND_OF_BROADCAST else None
    return (found, 0) if isinstance(found, RuleSet | KnownCrew) else (None, 1)


def _events_of(record: Record) -> tuple[list[Any], bool]:
    """Events by line, None for a line that today's code cannot read, and whether there is no such line."""
    if not record.value:
        return [], True
    known = record.source in BY_TOPIC and record.source not in KIND_OF_BROADCAST
    if known:
        try:
            return decoder_of_lines(record.source)(record.value), True
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
    lines = [line for line in record.value.split(b"\n") if line and not line.isspace()]
    found = [decode(record.source, line) if known else None for line in lines]
    return [None if isinstance(event, Rejected) else event for event in found], False
