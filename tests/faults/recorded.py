"""The recorded evening that every scenario plays: events in their order of arrival, with poison among them."""

import functools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from evenings import shuffled
from fault_detectors import FAULT_DETECTORS
from poison import Poison, poison

import worlds
from agents.player import partition_of
from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.events import decode
from streams.partition import Partition
from streams.rules import Rules
from worlds.show import Arrival

POISON = 31
AFTERWARDS_MS = 3_600_000  # how long after the last event everything is said


class Size(NamedTuple):
    """How large an evening is: small shows for many rooms, and larger ones in which something is found."""

    small: int
    large: int


QUICK = Size(small=30, large=4)
FULL = Size(small=500, large=10)


class ToSend(NamedTuple):
    """One record for an input."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    reason: str | None = None  # for which it should be refused; None: it is an event
    event_id: str | None = None
    ts: int = 0


@functools.cache
def _evening(size: Size) -> worlds.Evening:
    """An hour; without the audience counter, of which small shows have more than of anything else."""
    small = worlds.evening(21, shows=size.small, viewers=(3, 12), hours=1, tail_hours=0.1, plants=())
    large = worlds.evening(22, shows=size.large, viewers=(50, 700), hours=1, tail_hours=0.1)
    both = [event for event in small.events + large.events if event[2].get("action") != "status"]
    return worlds.Evening(sorted(both, key=lambda event: event[0]), {"schemes": {}, "shows": []})


def recorded(size: Size, seed: int = 1) -> list[Arrival]:
    """The evening as if it had just ended, out of order by less than the lateness."""
    moved = worlds.ending_at(_evening(size), int(time.time() * 1000))
    return shuffled(moved.events, seed)


def to_send(events: Sequence[Arrival], partitions: int, bad: Iterable[Poison] = ()) -> list[ToSend]:
    """The records of the inputs in order, the bad ones spread evenly over them."""
    records = [
        ToSend(
            topic,
            partition_of(value["room_id"], partitions),
            value["room_id"].encode(),
            _json(value),
            event_id=value["event_id"],
            ts=value["ts"],
        )
        for _, topic, value in events
    ]
    bad = list(bad)
    for number, one in enumerate(reversed(bad)):
        at = len(records) * (len(bad) - number) // (len(bad) + 1)
        records.insert(at, ToSend(one.topic, number % partitions, one.key, one.value, one.reason))
    return records


def usual_poison() -> list[Poison]:
    return list(poison(POISON))


def scanned(events: Sequence[Arrival], rules: Rules | None = None) -> list[Alert]:
    """What scan says of the evening as a file, with the harness's detectors."""
    arrivals = Arrivals(Partition(detectors=FAULT_DETECTORS, rules=rules))
    outputs = [output for _, topic, value in events for output in arrivals.take(decode(topic, _json(value)))]
    return [output.body for output in outputs + arrivals.end() if isinstance(output.body, Alert)]


def without(events: Sequence[Arrival], left_out: Callable[[Arrival], bool]) -> list[Arrival]:
    return [event for event in events if not left_out(event)]


_json: Callable[[Any], bytes] = msgspec.json.encode
