"""Simulated evenings for tests of the effects: the same events as a file, in another order, and as the log."""

import functools
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import msgspec

import worlds
from agents.player import partition_of
from agents.recordings import Arrived
from agents.scan import Scan
from streams.alerts import Alert
from streams.events import decode
from streams.log import Record
from streams.merging import Clock, cut, tick
from streams.rules import Rules, default_rules
from worlds.recording import Arrival

LATENESS_MS = 2_000
DAY_MS = 86_400_000
PLANTED = ("coordinated_purchases", "paid_praise")


class Read(msgspec.Struct):
    """A record of an input as a Kafka client hands it over."""

    offset: int
    key: bytes
    value: bytes
    timestamp: int


@functools.cache
def evening(seed: int, shows: int = 8) -> worlds.Evening:
    """An hour of shows with two or three alerts in it, about 15,000 events."""
    return worlds.evening(seed, shows=shows, viewers=(50, 1_500), hours=1, plants=PLANTED)


def scanned(events: Iterable[Arrival], rules: Rules | None = None) -> tuple[list[Alert], Scan]:
    """What scan says of events in this order of arrival."""
    alerts: list[Alert] = []
    scan = Scan(rules or default_rules(), pane_ms=2_000, lateness_ms=LATENESS_MS, emit=alerts.append)
    scan.take_all(Arrived(None, decode(topic, msgspec.json.encode(value))) for _, topic, value in events)
    return alerts, scan


def shuffled(events: Sequence[Arrival], seed: int) -> list[Arrival]:
    """The events in another order of arrival: none comes after one that is more than the lateness younger."""
    random = Random(seed)
    return sorted(events, key=lambda arrival: (arrival[2]["ts"] + random.uniform(0, LATENESS_MS), random.random()))


def log_of(events: Sequence[Arrival], partitions: int, seed: int = 1, longest: int = 400) -> dict[int, list[Record]]:
    """The log as ingest writes it: pieces of what was read at once, then time moves; at the end it is a day on."""
    random = Random(seed)
    logs: dict[int, list[Record]] = {number: [] for number in range(partitions)}
    clocks = {number: Clock(LATENESS_MS) for number in logs}
    offsets: dict[tuple[int, str], int] = {}
    begin = 0
    while begin < len(events):
        size = random.randint(1, longest)
        read: dict[tuple[int, str], list[Read]] = {}
        for arrival, topic, value in events[begin : begin + size]:
            where = (partition_of(value["room_id"], partitions), topic)
            offset = offsets[where] = offsets.get(where, -1) + 1
            record = Read(offset, value["room_id"].encode(), msgspec.json.encode(value), int(arrival))
            read.setdefault(where, []).append(record)
        begin += size
        for number, log in logs.items():
            fetched = [(topic, records) for (at, topic), records in read.items() if at == number]
            log += _written(clocks[number], fetched)
    for number, log in logs.items():
        clock = clocks[number]
        clock.watermark += DAY_MS
        log.append(tick(clock))
    return logs


def _written(clock: Clock, fetched: list[tuple[str, list[Read]]]) -> list[Record]:
    pieces = [
        piece for topic, records in fetched for piece in cut(topic, records[0].offset, records[-1].offset, records)[0]
    ]
    made = []
    for piece in pieces:
        clock.saw(piece.source, piece.newest, 0)
        if piece is pieces[-1]:
            clock.advance((), False, 0)
        made.append(piece.record(clock))
    return made


def told(alerts: Iterable[Alert]) -> list[bytes]:
    """Alerts without what may differ between live and replay, for comparing."""
    return [msgspec.json.encode(msgspec.structs.replace(alert, detected_at=None, mode="replay")) for alert in alerts]


def until_the_middle_alert(events: Sequence[Arrival]) -> int:
    """How many events come until about half of the alerts are due."""
    due = sorted(alert.event_ts for alert in scanned(events)[0])
    return sum(1 for arrival, _, _ in events if arrival <= due[len(due) // 2])


def ids(alerts: Iterable[Any]) -> list[str]:
    return sorted(alert.alert_id for alert in alerts)
