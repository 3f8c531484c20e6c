"""Records that are no events: every reason there is, and what a hostile or broken producer may send."""

import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any, NamedTuple

import msgspec

from streams.topics import SOURCES

ROOM = b"poison"
_JOIN = {"event_id": "p", "ts": 1, "room_id": "poison", "show_id": "s", "account_id": "a", "action": "join"}


class Poison(NamedTuple):
    """A record for a topic; `reason` is what it should be refused for."""

    topic: str
    key: bytes | None
    value: bytes | None
    reason: str


def _join(**fields: Any) -> bytes:
    return msgspec.json.encode(_JOIN | {"ts": int(time.time() * 1000) - 600_000} | fields)


def _without(name: str) -> bytes:
    return msgspec.json.encode({field: value for field, value in msgspec.json.decode(_join()).items() if field != name})


def kinds() -> list[Poison]:
    """One of each kind."""
    future = int(time.time() * 1000) + 3_600_000
    rows = [
        (ROOM, b"{", "not_json"),
        (ROOM, b"", "not_json"),
        (ROOM, None, "not_json"),
        (ROOM, b'{"ts": NaN}', "not_json"),
        (ROOM, _join().replace(b'"a"', b'"\xff\xfe"'), "not_json"),
        (ROOM, _join()[:-1] + b',"unknown":"\xff\xfe"}', "not_json"),
        (ROOM, _join()[:-1] + b',"unknown":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "not_json"),
        (ROOM, _join()[:-1] + b',"unknown":"\\ud800"}', "not_json"),
        (ROOM, _without("account_id"), "missing_field"),
        (ROOM, _join(ts="now"), "wrong_type"),
        (ROOM, _join(action="stroll"), "bad_value"),
        (ROOM, _join(ts=1_760_000_000), "bad_value"),
        (ROOM, _join(device_id="d" * 70_000), "too_large"),
        (ROOM, _join(device_id="d" * 600 * 1024), "too_large"),
        (ROOM, _join(ts=future), "future"),
        (None, _join(), "wrong_partition"),
        (b"another", _join(), "wrong_partition"),
    ]
    return [Poison("live.joins", *row) for row in rows]


def poison(count: int) -> Iterator[Poison]:
    """So many, kind by kind; what is refused whatever the topic also goes to the other inputs."""
    topics = [topic for topic in SOURCES if topic not in ("live.rules", "live.crews")]
    for number, one in enumerate(islice(cycle(kinds()), count)):
        anywhere = one.reason == "not_json"
        yield one._replace(topic=topics[number % len(topics)]) if anywhere else one
