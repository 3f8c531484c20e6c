"""The second truth where the detectors' code was changed between a crash and the restart.

Exact up to the header as the old code, from there on as the new one. What the old code had sent past the header
stands; of it the new code does not send again what it makes too.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from counted import Differences
from evenings import told
from fault_detectors import CHANGED_DETECTORS, FAULT_DETECTORS, NEW_CODE

from agents.owned import listed_as
from agents.saved import Sent, Table
from agents.version import code
from streams.alerts import Alert, decode_alert
from streams.log import Record
from streams.partition import Output, Partition
from streams.topics import ALERTS


class Change(NamedTuple):
    """What the killed worker left: the table, and what was written by then, by topic."""

    table: Mapping[int, Table]
    written: Mapping[str, Sequence[bytes]]

    def owed(self, number: int) -> dict[str, Sent]:
        """What was sent past the header, or past the room's own later stamp; the new code may not make it again."""
        table = self.table[number]
        start = table.header.offset if table.header is not None else -1
        stamps = {room_id: max(stamp, start) for room_id, (stamp, _) in table.rooms.items()}
        return {id: sent for id, sent in table.sent.items() if sent.offset > stamps.get(sent.room_id, start)}


def what_it_gives(
    number: int, change: Change, records: Sequence[Record], found: Differences
) -> tuple[Partition, list[Output]]:
    """The partition as the new code leaves it, and what is to be written after the change."""
    table = change.table[number]
    _is_exact_up_to_the_header(number, change, records, found)
    pure = started_anew(table)
    steps = range(pure.offset + 1, len(records))
    outputs = [(offset, output) for offset in steps for output in pure.step(offset, records[offset])]
    return pure, [output for offset, output in outputs if listed_as(output.id, output.topic, offset) not in table.sent]


def started_anew(table: Table) -> Partition:
    """A partition of the new code as a worker takes it up."""
    pure = Partition(code=NEW_CODE, checkpoints=True, detectors=CHANGED_DETECTORS)
    if table.header is not None:
        pure.restore(table.header, table.rooms)
    return pure


def _is_exact_up_to_the_header(number: int, change: Change, records: Sequence[Record], found: Differences) -> None:
    """What the old code had made by then is written, and nothing that it had not made; its header is right."""
    table = change.table[number]
    start = table.header.offset if table.header is not None else -1
    stamps = {room_id: stamp for room_id, (stamp, _) in table.rooms.items() if stamp > start}
    old = Partition(code=code(), checkpoints=True, detectors=FAULT_DETECTORS)
    made: dict[str, bytes] = {}
    due: set[str] = set()
    for offset, record in enumerate(records):
        for output in old.step(offset, record):
            if isinstance(output.body, Alert):
                made[output.id] = told([output.body])[0]
                if offset <= stamps.get(output.room_id, start):
                    due.add(output.id)
        if offset == start and table.header != old.header():
            found.add("headers before the change", number)
    here = old.rooms.keys() | table.rooms.keys()
    there = [alert for alert in map(decode_alert, change.written[ALERTS]) if alert.room_id in here]
    found.compare("alerts before the change", {alert.alert_id for alert in there} & due, due)
    for alert in there:
        if made.get(alert.alert_id) != told([alert])[0]:
            found.add("alerts before the change that are none", alert.alert_id)
