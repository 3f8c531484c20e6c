"""Writes an evening to files, moves it in time, and plays it at another speed."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from worlds.recording import Arrival, Evening

TIMES = ("ts", "until_ts", "ends_at_ts", "account_created_ts")


def write_events(events: Iterable[Arrival], path: str) -> int:
    """Write events as JSON Lines {"topic", "value"} in order of arrival; gives how many.

    `.gz` and `.zst` are compressed, `-` is standard output. The bytes depend on the events alone.
    """
    encoder = msgspec.json.Encoder()
    count = 0
    with _opened(path) as file:
        for _, topic, value in events:
            file.write(encoder.encode({"topic": topic, "value": value}) + b"\n")
            count += 1
    return count


def write_truth(truth: dict[str, Any], path: str) -> None:
    """Write the truth as JSON, indented so that it can be read."""
    with _opened(path) as file:
        file.write(msgspec.json.format(msgspec.json.encode(truth), indent=1) + b"\n")


def write(evening: Evening, events_path: str, truth_path: str | None = None) -> int:
    """Write an evening, and its truth where a path for it is given; gives the number of events."""
    count = write_events(evening.events, events_path)
    if truth_path is not None:
        write_truth(evening.truth, truth_path)
    return count


def shift(evening: Evening, by_ms: int) -> Evening:
    """The same evening at another time: every time in events and truth moves by the same."""
    events = [(arrival + by_ms, topic, _moved(value, by_ms)) for arrival, topic, value in evening.events]
    schemes = {
        show_id: {
            scheme: found | {name: found[name] + by_ms for name in ("start", "end", "third")}
            for scheme, found in schemes.items()
        }
        for show_id, schemes in evening.truth["schemes"].items()
    }
    shows = [show | {name: show[name] + by_ms for name in ("start", "end")} for show in evening.truth["shows"]]
    return Evening(events, {"schemes": schemes, "shows": shows})


def ending_at(evening: Evening, ends_at_ms: int) -> Evening:
    """The same evening, moved so that its last event happens at this time."""
    return shift(evening, ends_at_ms - max(value["ts"] for _, _, value in evening.events))


def beginning_at(evening: Evening, begins_at_ms: int) -> Evening:
    """The same evening, moved so that its first event happens at this time."""
    return shift(evening, begins_at_ms - min(value["ts"] for _, _, value in evening.events))


def scale(
    evening: Evening, speed: float = 1.0, *, begins_at_ms: int | None = None, ends_at_ms: int | None = None
) -> Iterator[tuple[float, str, dict[str, Any]]]:
    """What a player needs: (milliseconds of wall time after its start, topic, value), in order of arrival.

    At `speed` 10 an hour takes six minutes. Event times are moved as asked but never compressed: a burst of 20 s stays
    one of 20 s, it only arrives in two.
    """
    if speed <= 0:
        raise ValueError(f"The speed is {speed}; give a number above 0.")
    if begins_at_ms is not None and ends_at_ms is not None:
        raise ValueError("Give begins_at_ms or ends_at_ms, not both.")
    if not evening.events:
        return
    by_ms = 0
    if begins_at_ms is not None:
        by_ms = begins_at_ms - min(value["ts"] for _, _, value in evening.events)
    elif ends_at_ms is not None:
        by_ms = ends_at_ms - max(value["ts"] for _, _, value in evening.events)
    first = evening.events[0][0]
    for arrival, topic, value in evening.events:
        yield (arrival - first) / speed, topic, _moved(value, by_ms)


def _moved(value: dict[str, Any], by_ms: int) -> dict[str, Any]:
    if not by_ms:
        return value
    return value | {name: value[name] + by_ms for name in TIMES if name in value}


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif path.endswith(".gz"):
        with Path(path).open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
            yield packed  # type: ignore[misc]
    elif path.endswith(".zst"):
        import zstandard  # only who writes such a file needs it

        with Path(path).open("wb") as raw, zstandard.ZstdCompressor(6).stream_writer(raw) as packed:
            yield packed
    else:
        with Path(path).open("wb") as file:
            yield file
