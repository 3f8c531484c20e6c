"""The recorded evening that every scenario plays: events in their order of arrival, with poison among them."""

import functools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from evenings import PLANTED, shuffled
from fault_detectors import FAULT_DETECTORS
from poison import Poison, poison

import worlds
from agents.player import partition_of
from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.events import decode
from streams.partition import Partition
from streams.rules import Rules
from worlds.recording import Arrival

POISON = 31
INPUTS = ("live.joins", "live.comments", "live.orders", "live.shows", "live.complaints")
APART_MS = 5_400_000  # from the end of one evening to the end of the next
ALL_AT_THE_END_MS = 600_000
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
    large = worlds.evening(22, shows=size.large, viewers=(50, 700), hours=1, tail_hours=0.1, plants=PLANTED)
    both = [event for event in small.events + large.events if event[2].get("action") != "status"]
    return worlds.Evening(sorted(both, key=lambda event: event[0]), {"schemes": {}, "shows": []})


def recorded(size: Size, seed: int = 1) -> list[Arrival]:
    """The evening as if it had just ended, out of order by less than the lateness."""
    moved = worlds.ending_at(_evening(size), int(time.time() * 1000))
    return shuffled(moved.events, seed)


def backlogs(size: Size) -> list[tuple[str, list[Arrival]]]:
    """An evening for each input, one after the other: an hour in which that input alone has events, then all have."""
    stretches = []
    now_ms = int(time.time() * 1000)
    for number, topic in enumerate(INPUTS):
        small = worlds.evening(31 + number, shows=size.small // 4, viewers=(3, 12), hours=1, tail_hours=0.1, plants=())
        large = worlds.evening(41 + number, shows=1, viewers=(50, 700), hours=1, tail_hours=0.1, plants=PLANTED)
        events = small.events + large.events
        events += [
            _complaint_of(event) for event in events if event[1] == "live.orders" and event[2]["status"] == "placed"
        ]
        both = worlds.Evening(sorted(events, key=lambda event: event[0]), {"schemes": {}, "shows": []})
        ended_ms = now_ms - (len(INPUTS) - 1 - number) * APART_MS
        moved = worlds.ending_at(both, ended_ms).events
        events = [event for event in moved if event[1] == topic or event[2]["ts"] > ended_ms - ALL_AT_THE_END_MS]
        stretches.append((topic, shuffled([event for event in events if event[2].get("action") != "status"], number)))
    return stretches


def _complaint_of(order: Arrival) -> Arrival:
    """One that comes with it; the simulator's come days later."""
    arrival, _, value = order
    fields = {name: value[name] for name in ("ts", "room_id", "show_id", "account_id", "order_id")}
    event_id = f"{value['event_id']}-complaint"
    return arrival, "live.complaints", fields | {"event_id": event_id, "complaint_id": event_id, "reason": "quality"}


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


class Said(NamedTuple):
    """What scan says, and from which event time on: 0 where an event brought it, not the passing of time at the end."""

    alert: Alert
    not_before_ms: int


def scanned(events: Sequence[Arrival], rules: Rules | None = None) -> list[Said]:
    """What scan says of the evening as a file, with the harness's detectors.

    Where the file ends time goes on, until all that is open is over; a log stops at its last record.
    """
    partition = Partition(detectors=FAULT_DETECTORS, rules=rules)
    arrivals = Arrivals(partition)
    said = [
        Said(output.body, 0)
        for _, topic, value in events
        for output in arrivals.take(decode(topic, _json(value)))
        if isinstance(output.body, Alert)
    ]
    while (due_ms := partition.next_due_ms()) is not None:
        said += [Said(output.body, due_ms) for output in partition.move_to(due_ms) if isinstance(output.body, Alert)]
    return said


_json: Callable[[Any], bytes] = msgspec.json.encode
