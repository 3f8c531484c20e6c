"""What must be true of a deployment at rest, whatever was done to it; each difference is counted.

1. What the log's readers accept, by source and offset, is every event of the inputs, each once.
2. The log stepped in memory gives the rooms that were saved, and what was written: alerts, failures, checkpoints;
   every reject was filed.
3. No event was late, and the alerts are those that scan finds in the evening as a file.

Where rules change in the middle, the third holds up to there; where the code does, see `two_codes`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from counted import SHOWN, Differences
from evenings import told
from fault_detectors import FAULT_DETECTORS
from floods import range_of, wrong_in
from recorded import Said
from stage import Stage
from two_codes import what_it_gives

from agents.player import partition_of
from agents.saved import Table
from agents.version import code
from streams.alerts import Alert, decode_alert
from streams.log import LogReader, Record
from streams.partition import Output, Partition, decode_checkpoint, encode_checkpoint
from streams.room import Room
from streams.rules import rules_of
from streams.topics import ALERTS, CHECKPOINTS, FAILED, REJECTED, SOURCES

INPUTS = [source for source in SOURCES if source not in ("live.rules", "live.crews")]
DIVERGED = "sent before and not made again"  # what a worker says of each
Log = Mapping[int, list[Record]]
Refused = tuple[str, int, int, str]  # source, partition, offset, reason


async def differences(stage: Stage, scanned: Sequence[Said] | None) -> Differences:
    """All three truths, and what the scenario checks beside them. `scanned` None: the file cannot tell the alerts."""
    found = Differences()
    log = await stage.cluster.log()
    await _inputs_are_in_the_log(stage, log, found)
    outputs = await _the_log_gives_what_was_written(stage, log, found)
    if (resets := _resets(log)) != stage.resets:
        found.add("resets", f"{resets} instead of {stage.resets}", abs(resets - stage.resets))
    if scanned is not None:
        _alerts_are_those_of_the_file(stage, log, outputs, scanned, found)
    if stage.change is None:
        for path in stage.cluster.folder.glob("*.log"):
            said = path.read_text(errors="replace").count(DIVERGED)
            if said:
                found.add("divergences", path.name, said)
    for check in stage.checks:
        await check(found)
    return found


# -- the first truth --------------------------------------------------------------------------------------------------


async def _inputs_are_in_the_log(stage: Stage, log: Log, found: Differences) -> None:
    there = [sent for sent in stage.was_sent if sent not in stage.gone]
    events = [(sent.source, sent.partition, sent.offset, sent.event_id) for sent in there if sent.event_id]
    accepted = [event for number, records in log.items() for event in _accepted(number, records)]
    found.compare("events", accepted, events)
    rejects = [(sent.source, sent.partition, sent.offset, sent.reason) for sent in there if not sent.event_id]
    found.compare("rejects", await _filed(stage, rejects, found), rejects)


async def _filed(stage: Stage, rejects: Sequence[Refused], found: Differences) -> set[Refused]:
    """What was filed by itself or by a summary, at least once each; a summary must be right."""
    refused: dict[tuple[str, int], dict[int, str]] = defaultdict(dict)
    for source, partition, offset, reason in rejects:
        refused[source, partition][offset] = reason
    filed: set[Refused] = set()
    alone: dict[tuple[str, int], set[int]] = defaultdict(set)
    summaries = []
    for record in await stage.cluster.read(REJECTED):
        reject = msgspec.json.decode(record.value)
        if reject["reason"] == "flood":
            summaries.append(reject)
        else:
            filed.add((reject["topic"], reject["partition"], reject["offset"], reject["reason"]))
            alone[reject["topic"], reject["partition"]].add(reject["offset"])
    for summary in summaries:
        where = summary["topic"], summary["partition"]
        if wrong := wrong_in(summary, refused[where], alone[where]):
            found.add("floods told wrongly", f"{where}, {wrong}")
        filed |= {(*where, offset, refused[where][offset]) for offset in range_of(summary) if offset in refused[where]}
    if summaries:
        stage.says(f"{len(summaries)} summaries of floods, of {sum(each['count'] for each in summaries):,} records")
    return filed


def _accepted(number: int, records: Iterable[Record]) -> Iterable[tuple[str, int, int, str]]:
    """What a reader takes from a partition of the log, with the source offsets."""
    reader = LogReader()
    for record in records:
        batch = reader.read(record)
        if record.kind != "events":
            continue
        offsets = record.offsets if record.offsets is not None else range(record.first, record.last + 1)
        count = len(batch.events)  # the others came before them, and were dropped
        for offset, event in zip(offsets[len(offsets) - count :], batch.events, strict=True):
            yield record.source, number, offset, event.event_id


# -- the second -------------------------------------------------------------------------------------------------------


async def _the_log_gives_what_was_written(stage: Stage, log: Log, found: Differences) -> dict[int, list[Output]]:
    """-> what each partition of it gives."""
    table = await stage.cluster.table()
    outputs: dict[int, list[Output]] = {}
    change = stage.change
    for number, records in log.items():
        pure = Partition(code=code(), checkpoints=True, detectors=FAULT_DETECTORS)
        outputs[number] = _stepped(number, pure, records, found)
        if found.counts["late"]:
            (stage.cluster.folder / f"log-{number}.txt").write_text(_told(records))
        if change is not None:
            pure, outputs[number] = what_it_gives(number, change, records, found)
        _rooms_are(number, table[number], pure, found)
    made = [output for some in outputs.values() for output in some]
    alerts = [decode_alert(record.value) for record in await stage.cluster.read(ALERTS)]
    before = change.written if change is not None else {}
    right = [output.body for output in made if isinstance(output.body, Alert)]
    found.compare("alerts", told(alerts), told([*map(decode_alert, before.get(ALERTS, ())), *right]))
    for topic in (FAILED, CHECKPOINTS):
        written = [record.value for record in await stage.cluster.read(topic)]
        right_ones = [*before.get(topic, ()), *(output.value() for output in made if output.topic == topic)]
        alike = _without_an_empty_room if topic == CHECKPOINTS else bytes
        found.compare(topic, map(alike, written), map(alike, right_ones))
    return outputs


def _without_an_empty_room(value: bytes) -> bytes:
    """A checkpoint; a worker drops a room that has nothing worth keeping when it saves, and pure code never does."""
    checkpoint = decode_checkpoint(value)
    rules = rules_of(checkpoint.header.rules, FAULT_DETECTORS)
    if checkpoint.room is not None:
        room = Room.decode(checkpoint.room, rules)
        if room.is_empty(checkpoint.header.watermark, rules):
            checkpoint = msgspec.structs.replace(checkpoint, room=None)
    return encode_checkpoint(checkpoint)


def _stepped(number: int, pure: Partition, records: Iterable[Record], found: Differences) -> list[Output]:
    outputs: list[Output] = []
    late_in: list[str] = []
    reader = LogReader()
    for offset, record in enumerate(records):
        before = reader.watermark
        oldest = min((event.ts for event in reader.read(record).events), default=before)
        if oldest < before:
            late_in.append(f"{number}/{offset} of {record.source}, {before - oldest} ms")
        outputs += pure.step(offset, record)
    counts = pure.take_counts()
    for what, count in (("late", counts.late), ("holes", counts.holes), ("unreadable", counts.unreadable)):
        if count:
            found.add(what, late_in[:SHOWN] if what == "late" else f"partition {number}", count)
    return outputs


def _told(records: Iterable[Record]) -> str:
    """The log, a line a record, for whoever looks why an event was late."""
    lines = (
        f"{offset} {one.kind} {one.source} {one.first}-{one.last} watermark {one.watermark} newest {one.newest}"
        for offset, one in enumerate(records)
    )
    return "\n".join(lines) + "\n"


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


def _resets(log: Log) -> int:
    """How often the log says that an input was trimmed or made anew."""
    readers = {number: LogReader() for number in log}
    return sum(readers[n].read(record).kind == "reset" for n, records in log.items() for record in records)


# -- the third --------------------------------------------------------------------------------------------------------


def _alerts_are_those_of_the_file(
    stage: Stage, log: Log, outputs: Mapping[int, Iterable[Output]], scanned: Iterable[Said], found: Differences
) -> None:
    """By id, of what is to be said by the time at which the log ends.

    Where a rule set came in the middle, those that were made for certain before it.
    """
    settings = stage.cluster.settings
    ends_ms = {number: _time_at_end(records, stage.rules_change) for number, records in log.items()}
    margin_ms = settings.pane_ms + settings.lateness_ms

    def counts(said: Said) -> bool:
        until_ms = ends_ms.get(partition_of(said.alert.room_id, settings.partitions), 0)
        if stage.rules_change:
            return max(said.alert.event_ts, said.not_before_ms) + margin_ms < until_ms
        return said.not_before_ms <= until_ms

    wanted = {said.alert.alert_id for said in scanned if counts(said)}
    made = {output.id for some in outputs.values() for output in some if isinstance(output.body, Alert)}
    # an alert of after a change of rules is judged by the second truth
    found.compare("alerts of scan", made & wanted if stage.rules_change else made, wanted)


def _time_at_end(records: Sequence[Record], before_rules: bool) -> int:
    """The watermark at which the log ends; `before_rules`: that before its first rule set."""
    watermark = 0
    for record in records:
        if before_rules and record.kind == "rules":
            break
        watermark = record.watermark
    return watermark
