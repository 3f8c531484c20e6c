"""Recorded input: files of JSON Lines, plain, .gz or .zst, `-` for standard input; and records of the log as lines.

Each line is an event, `{"topic", "value"}` (and `partition`, where known), or a record of the log,
`{"topic": "live.activity", "partition", "offset", "headers", "value"}`.
"""

import gzip
import heapq
import io
import select
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Union

import msgspec
import zstandard

from agents.errors import ClaquewatchError, UsageError
from streams.events import BY_TOPIC, EVENTS, MAX_EVENT_BYTES, MAX_NESTING, Event, Rejected, decode, is_nested_too_deep
from streams.log import NewerFormat, Record, record_of
from streams.topics import LOG

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
CHUNK_BYTES: Final = 128 * 1024  # of lines that are read together

Progress = Callable[[int], None]  # bytes of the files read since the last call


class _Line(msgspec.Struct):
    """What a line may hold beside an event of its own."""

    topic: str | None = None
    value: msgspec.Raw = msgspec.Raw(b"")
    partition: int | None = None
    offset: int | None = None
    headers: dict[str, str] | None = None


class LoggedRecord(msgspec.Struct, frozen=True):
    """A record of the log as a line has it."""

    partition: int
    offset: int
    record: Record


class NoMoreYet(msgspec.Struct, frozen=True):
    """Standard input has no more for the moment: what was read need not wait for it."""


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """An event as a line has it; `partition` is None where none is given."""

    partition: int | None
    event: Any = msgspec.field(name="value")


def _arrived_of(kind: type[Event]) -> Any:
    """A line `{"topic", "value"}` with an event of one type, as what it is read into."""
    fields = [
        ("event", kind, msgspec.field(name="value")),
        ("partition", int | None, None),
        ("offset", int | None, None),  # means nothing here, but is no line where it is something else
        ("headers", dict[str, str] | None, None),
    ]
    name = f"Arrived{kind.__name__}"
    return msgspec.defstruct(
        name, fields, bases=(Arrived,), kw_only=True, frozen=True, gc=False, tag_field="topic", tag=kind.TOPIC
    )


class BadLine(msgspec.Struct, frozen=True, gc=False):
    """A line that is no event, and where it stands."""

    where: str
    why: Rejected


Read = LoggedRecord | Arrived | BadLine | NoMoreYet

_decode_arrived = msgspec.json.Decoder(Union[tuple(map(_arrived_of, EVENTS))]).decode_lines  # noqa: UP007  # made here
_BEGINS: Final = {ord("{")}
_ENDS: Final = {ord("}")}
_decode_line = msgspec.json.Decoder(_Line).decode
_well_formed = msgspec.json.Decoder(msgspec.Raw).decode
# a bare event says its topic by the fields that only this topic has
_TELLING: Final = (
    ("live.complaints", ("complaint_id",)),
    ("live.orders", ("order_id", "status")),
    ("live.verdicts", ("incident_id",)),
    ("live.comments", ("account_id", "text")),
    ("live.joins", ("account_id", "action")),
    ("live.shows", ("action",)),
)
_decode_any = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def read_files(names: Iterable[str], progress: Progress | None = None) -> Iterator[Read]:
    """Several files as one: merged by event time, each in its own order. Raises UsageError where one is missing."""
    files = [_numbered(name, progress) for name in names]
    if len(files) == 1:
        return iter(files[0])
    return (read for _, read in heapq.merge(*(_with_time(file) for file in files), key=lambda pair: pair[0]))


def line_of(partition: int, offset: int, record_headers: Iterable[tuple[str, bytes]], value: bytes | None) -> bytes:
    """A record of the log as a line of a recording, without the line's end."""
    return msgspec.json.encode(
        {
            "topic": LOG,
            "partition": partition,
            "offset": offset,
            "headers": {name: (header or b"").decode(errors="replace") for name, header in record_headers},
            "value": (value or b"").decode(errors="replace"),  # what ingest wrote is UTF-8
        }
    )


@contextmanager
def open_output(name: str) -> Iterator[IO[bytes]]:
    """A file to write lines to: plain, .gz or .zst by its ending, `-` for standard output."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with open(name, "wb") as file:
            if name.endswith(".gz"):
                with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed:
                    yield packed  # type: ignore[misc]  # a GzipFile is an IO in all that is used here
            elif name.endswith(".zst"):
                with zstandard.ZstdCompressor().stream_writer(file) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield file
    except OSError as error:
        raise UsageError(f"{name} cannot be written: {error.strerror or error}") from error


def size_of(names: Iterable[str]) -> int | None:
    """Bytes of all files as they lie there; None where one is standard input."""
    total = 0
    for name in names:
        if name == "-" or not Path(name).is_file():
            return None
        total += Path(name).stat().st_size
    return total


# -- reading ------------------------------------------------------------------------------------------------------


def _numbered(name: str, progress: Progress | None) -> Iterator[Read]:
    shown, number = "standard input" if name == "-" else name, 0
    with _open(name, progress) as file:
        for lines in _as_they_come(file) if name == "-" else iter(lambda: file.readlines(CHUNK_BYTES), []):
            yield from parse_if_good(lines) or _parse_each(lines, shown, number)
            number += len(lines)
            if name == "-" and not _more_is_there(sys.stdin):
                yield NoMoreYet()


def _as_they_come(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Lines as soon as they are there: `readlines` would wait for as many as it was asked for."""
    rest = b""
    while piece := file.read1(CHUNK_BYTES):  # type: ignore[attr-defined]  # all that `_open` gives have it
        *lines, rest = (rest + piece).split(b"\n")
        if lines:
            yield [line + b"\n" for line in lines]
    if rest:
        yield [rest]


def _more_is_there(file: IO[Any]) -> bool:
    """Whether reading would not wait; true where that cannot be told."""
    try:
        return bool(select.select([file], [], [], 0)[0])
    except (OSError, ValueError):
        return True


def _parse_each(lines: list[bytes], shown: str, before: int) -> Iterator[Read]:
    for number, line in enumerate(lines, before + 1):
        if not line.isspace():
            yield parse(line.rstrip(b"\r\n"), f"{shown}:{number}")


@contextmanager
def _open(name: str, progress: Progress | None) -> Iterator[IO[bytes]]:
    try:
        raw: Any = sys.stdin.buffer if name == "-" else open(name, "rb")  # noqa: SIM115  # closed below
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or error}") from error
    counted = io.BufferedReader(_Counted(raw, progress), 1 << 18)
    try:
        magic = counted.peek(4)[:4]
        if magic.startswith(GZIP_MAGIC):
            yield io.BufferedReader(gzip.GzipFile(fileobj=counted), 1 << 18)  # type: ignore[type-var,misc]
        elif magic == ZSTD_MAGIC:
            yield io.BufferedReader(_Unpacked(counted), 1 << 18)  # type: ignore[misc]
        else:
            yield counted
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise UsageError(f"{name} is cut off or damaged: {error}") from error
    finally:
        if name != "-":
            raw.close()


class _Counted(io.RawIOBase):
    """A file that says how much of it was read."""

    def __init__(self, raw: Any, progress: Progress | None) -> None:
        self._raw = raw
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data: bytes = self._raw.read1(len(buffer)) if hasattr(self._raw, "read1") else self._raw.read(len(buffer))
        buffer[: len(data)] = data
        if self._progress is not None:
            self._progress(len(data))
        return len(data)


class _Unpacked(io.RawIOBase):
    """The content of zstd frames; raises EOFError where the last one is cut off, which zstandard's reader does not."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._frame: Any = None  # the one under way
        self._rest = b""  # packed bytes after the last frame
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            chunk, self._rest = self._rest or self._packed.read(1 << 16), b""
            if not chunk:
                if self._frame is not None:
                    raise EOFError("it ends in the middle of a zstd frame")
                return 0
            frame = self._frame or zstandard.ZstdDecompressor().decompressobj()
            self._ready = memoryview(frame.decompress(chunk))
            self._frame, self._rest = (None, frame.unused_data) if frame.eof else (frame, b"")
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count


def parse_if_good(lines: list[bytes]) -> list[Arrived] | None:
    """Lines `{"topic", "value"}` (with their ends), all at once; None where any of them is something else, or bad.

    The same answers as `parse` one by one, at a third of its cost: each is read once.
    """
    # what stands on one line begins and ends there (see `streams.events.decode_lines_if_good`)
    if {line[0] for line in lines} != _BEGINS or not {line[-2] for line in lines[:-1]} <= _ENDS:
        return None
    if not lines[-1].rstrip(b"\n").endswith(b"}"):
        return None
    text = b"".join(lines)
    # Without a list each level takes five bytes. Asking whether a byte is there is much cheaper than counting it.
    # What may be nested deeper than an event may be is looked at by `parse`.
    may_be_deep = [line for line in lines if len(line) > 5 * MAX_NESTING or b"[" in line]
    if any(line.count(b"{") + line.count(b"[") > MAX_NESTING for line in may_be_deep):
        return None
    if max(map(len, lines)) > MAX_EVENT_BYTES:
        return None
    try:
        if not text.isascii():
            text.decode()
        found: list[Arrived] = _decode_arrived(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if len(found) == len(lines) else None


def parse(line: bytes, where: str) -> Read:
    """One line -> what it holds."""
    try:
        line.decode()
        if is_nested_too_deep(line, MAX_NESTING + 1):  # an event, and what wraps it
            return BadLine(where, Rejected("not_json", f"nested deeper than {MAX_NESTING} levels"))
        try:
            wrapped = _decode_line(line)
        except msgspec.ValidationError as error:
            _well_formed(line)  # what is no JSON further on is that first of all
            if _topic_of(line) is None or _names_a_topic(line):
                return BadLine(where, Rejected("wrong_type", str(error).replace("`", "")))
            wrapped = _Line()  # an event of its own, with fields that mean nothing to us
    except UnicodeDecodeError as error:
        return BadLine(where, Rejected("not_json", f"not UTF-8 at byte {error.start}"))
    except RecursionError:
        return BadLine(where, Rejected("not_json", "nested too deep to read"))
    except msgspec.DecodeError as error:
        return BadLine(where, Rejected("not_json", str(error)))
    if wrapped.topic == LOG:
        return _logged(wrapped, where)
    if wrapped.topic is None:
        topic = _topic_of(line)
        if topic is None:
            return BadLine(where, Rejected("missing_field", "neither `topic` nor the fields of any event"))
        return _event(topic, line, None, where)
    if wrapped.topic not in BY_TOPIC:
        return BadLine(where, Rejected("bad_value", f"`topic`: {wrapped.topic!r} is no input topic"))
    return _event(wrapped.topic, bytes(wrapped.value), wrapped.partition, where)


def _event(topic: str, value: bytes, partition: int | None, where: str) -> Read:
    event = decode(topic, value)
    return BadLine(where, event) if isinstance(event, Rejected) else Arrived(partition, event)


def _logged(wrapped: _Line, where: str) -> Read:
    if wrapped.partition is None or wrapped.offset is None or wrapped.headers is None:
        return BadLine(where, Rejected("missing_field", "a record of the log needs partition, offset and headers"))
    try:
        value = msgspec.json.decode(bytes(wrapped.value), type=str).encode() if wrapped.value else b""
        record = record_of(((name, text.encode()) for name, text in wrapped.headers.items()), value)
    except NewerFormat as error:  # passing over it would lose what it holds
        raise ClaquewatchError(f"{where}: {error}") from error
    except (msgspec.DecodeError, ValueError) as error:
        return BadLine(where, Rejected("bad_value", f"a record of the log: {error}"))
    return LoggedRecord(wrapped.partition, wrapped.offset, record)


def _topic_of(line: bytes) -> str | None:
    try:
        fields = _decode_any(line).keys()
    except (msgspec.DecodeError, RecursionError):
        return None
    return next((topic for topic, telling in _TELLING if all(name in fields for name in telling)), None)


def _names_a_topic(line: bytes) -> bool:
    return bytes(_decode_any(line).get("topic", msgspec.Raw())).startswith(b'"')


def _with_time(reads: Iterable[Read]) -> Iterator[tuple[int, Read]]:
    """Each thing read with its event time; one without takes the time of what stands before it."""
    newest = 0
    for read in reads:
        if isinstance(read, Arrived):
            newest = getattr(read.event, "ts", newest)
        elif isinstance(read, LoggedRecord):
            newest = read.record.watermark
        yield newest, read
