"""Event order: by time, topic and id, so that the order of arrival does not matter; and each id once."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec
import xxhash

from streams.events import Event

_hash = xxhash.xxh3_64_intdigest
_time = attrgetter("ts")
_topic = attrgetter("TOPIC")
_id = attrgetter("event_id")
_in_order = attrgetter("ts", "TOPIC", "event_id")
_encode_json = msgspec.json.Encoder().encode


def put_in_order(events: list[Event]) -> None:
    """Sort them. One key after the other: making tuples costs more, and few times are equal."""
    events.sort(key=_time)
    if len({event.ts for event in events}) < len(events):
        events.sort(key=_id)
        events.sort(key=_topic)
        events.sort(key=_time)


def runs_of(events: list[Event]) -> Sequence[list[Event]]:
    """Events in order, cut where the show or the type changes."""
    if len(events) == 1:  # most panes of an evening
        return (events,)
    runs, begin, kind, show_id = [], 0, None, ""
    for at, event in enumerate(events):
        if type(event) is not kind or event.show_id != show_id:
            if at:
                runs.append(events[begin:at])
            begin, kind, show_id = at, type(event), event.show_id
    if events:
        runs.append(events[begin:] if begin else events)
    return runs


def hash_of(event: Event) -> int:
    """The 64-bit hash of an event's id."""
    return _hash(event.event_id.encode())


def hashes_of(events: Sequence[Event]) -> list[int]:
    """Of each event the 64-bit hash of its id."""
    return [_hash(event.event_id.encode()) for event in events]


def smallest_of_each_id(events: Iterable[Event]) -> list[Event]:
    """Of the events with one id the one with the smallest bytes, so that the order of arrival does not matter.

    In event order.
    """
    kept: dict[str, Event] = {}
    for event in events:
        other = kept.get(event.event_id)
        if other is None or (event.TOPIC, _encode_json(event)) < (other.TOPIC, _encode_json(other)):
            kept[event.event_id] = event
    return sorted(kept.values(), key=_in_order)
