"""What must be true of a deployment at rest, whatever was done to it; each difference is counted.

1. What the log's readers accept, by source and offset, is every event of the inputs, each once.
2. The log stepped in memory gives the rooms that were saved, and what was written: alerts, failures, checkpoints;
   every reject was filed.
3. No event was late, and the alerts are those that scan finds in the evening as a file.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from cluster import Cluster
from evenings import told
from fault_detectors import FAULT_DETECTORS
from recorded import BY_REASON

from agents.saved import Table
from agents.version import code
from streams.alerts import Alert, decode_alert
from streams.log import LogReader, Record
from streams.partition import Output, Partition
from streams.topics import ALERTS, CHECKPOINTS, FAILED, REJECTED, SOURCES

INPUTS = [source for source in SOURCES if source not in ("live.rules", "live.crews")]
SHOWN = 3  # differences of a kind that are told


class Differences:
    """How much is missing, there twice or different, by what it is, with the first few of each kind."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    @property
    def total(self) -> int:
        return self.counts.total()

    def add(self, what: str, example: object, count: int = 1) -> None:
        self.counts[what] += count
        examples = self.examples.setdefault(what, [])
        if len(examples) < SHOWN:
            examples.append(str(example)[:200])

    def compare(self, what: str, found: Iterable[Any], right: Iterable[Any]) -> None:
        """As multisets."""
        found, right = Counter(found), Counter(right)
        for name, more, less in (("missing", right, found), ("too many", found, right)):
            for item, count in (more - less).items():
                self.add(f"{what} {name}", item, count)

    def __str__(self) -> str:
        return "; ".join(f"{count} {what} (as {self.examples[what]})" for what, count in self.counts.items())


async def differences(cluster: Cluster, scanned: Sequence[Alert] | None) -> Differences:
    """All three truths. `scanned` None: rules or input changed in the middle, truth 2 decides about alerts."""
    found = Differences()
    log = await cluster.log()
    alerts = [decode_alert(record.value) for record in await cluster.read(ALERTS)]
    await _inputs_are_in_the_log(cluster, log, found)
    await _the_log_gives_what_was_written(cluster, log, alerts, found)
    if scanned is not None:
        found.compare("alerts of scan", {a.alert_id for a in alerts}, {a.alert_id for a in scanned})
    return found


async def _inputs_are_in_the_log(cluster: Cluster, log: Mapping[int, list[Record]], found: Differences) -> None:
    events, rejects = [], []
    for source in INPUTS:
        for record in await cluster.read(source):
            where = (source, record.partition, record.offset)
            if reason := dict(record.headers).get(BY_REASON):
                rejects.append((*where, reason.decode()))
            else:
                events.append((*where, msgspec.json.decode(record.value)["event_id"]))
    found.compare("events", (event for number, records in log.items() for event in _accepted(number, records)), events)
    filed = [msgspec.json.decode(record.value) for record in await cluster.read(REJECTED)]
    fields = ("topic", "partition", "offset", "reason")
    found.compare("rejects", {tuple(reject[name] for name in fields) for reject in filed}, rejects)


def _accepted(number: int, records: Iterable[Record]) -> Iterable[tuple[str, int, int, str]]:
    """What a reader takes from a partition of the log, with the source offsets."""
    reader = LogReader()
    for record in records:
        seen = reader.covered.get(record.source, -1)
        batch = reader.read(record)
        if record.kind != "events":
            continue
        offsets = record.offsets if record.offsets is not None else range(record.first, record.last + 1)
        fresh = [offset for offset in offsets if offset > seen] if record.value else []
        for offset, event in zip(fresh, batch.events, strict=True):
            yield record.source, number, offset, event.event_id


async def _the_log_gives_what_was_written(
    cluster: Cluster, log: Mapping[int, list[Record]], alerts: list[Alert], found: Differences
) -> None:
    outputs: list[Output] = []
    table = await cluster.table()
    for number, records in log.items():
        pure = Partition(code=code(), checkpoints=True, detectors=FAULT_DETECTORS)
        late_in: list[str] = []
        for offset, record in enumerate(records):
            if behind_ms := _behind_ms(pure, record):
                late_in.append(f"{number}/{offset} of {record.source}, {behind_ms} ms")
            outputs += pure.step(offset, record)
        counts = pure.take_counts()
        for what, count in (("late", counts.late), ("holes", counts.holes), ("unreadable", counts.unreadable)):
            if count:
                found.add(what, late_in[:SHOWN] if what == "late" else f"partition {number}", count)
        _rooms_are(number, table[number], pure, found)
    found.compare("alerts", told(alerts), told(o.body for o in outputs if isinstance(o.body, Alert)))
    for topic in (FAILED, CHECKPOINTS):
        written = [record.value for record in await cluster.read(topic)]
        found.compare(topic, written, (output.value() for output in outputs if output.topic == topic))


def _behind_ms(pure: Partition, record: Record) -> int:
    """How far the oldest new event of a record lies behind what was said of time before it; 0 for none."""
    if record.kind != "events" or record.last <= pure.reader.covered.get(record.source, -1) or not record.value:
        return 0
    oldest_ms = min(msgspec.json.decode(line)["ts"] for line in record.value.split(b"\n"))
    return max(0, pure.reader.watermark - oldest_ms)


def _rooms_are(number: int, saved: Table, pure: Partition, found: Differences) -> None:
    """Every room that was saved is the room as it was stepped in memory, byte by byte."""
    if saved.header is None:
        found.add("headers", f"{number} has none")
    elif saved.header != pure.header():
        pairs = zip(msgspec.structs.astuple(saved.header), msgspec.structs.astuple(pure.header()), strict=True)
        found.add("headers", [number, *(pair for pair in pairs if pair[0] != pair[1])])
    for name in sorted(pure.rooms.keys() | saved.rooms.keys()):
        room = pure.rooms.get(name)
        right = room.encode() if room is not None else b""
        state = saved.rooms[name][1] if name in saved.rooms else None
        if state is None:  # a room with nothing worth keeping may be dropped at any time
            is_right = room is not None and room.is_empty(pure.reader.watermark, pure.rules)
        else:
            is_right = state == right
        if not is_right:
            found.add("rooms", f"{name}, partition {number}")
