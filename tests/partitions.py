"""A partition with the test detectors and rules that make shows end and be forgotten within a short log."""

from collections.abc import Sequence

from doubles import DOUBLES

from streams.events import RuleSet
from streams.log import Record
from streams.partition import Output, Partition
from streams.rules import make_rule_set, rules_of


def rule_set(version: int, **sections) -> RuleSet:
    return make_rule_set(sections, version=version, detectors=DOUBLES)


QUICK = rules_of(
    rule_set(1, room={"show_silence_ms": 12_000, "ended_kept_ms": 20_000, "quiet_ms": 8_000, "past_kept_ms": 25_000}),
    DOUBLES,
)
CHANGES = [
    rule_set(
        2,
        buyers={"min_buyers": 2},
        room={"show_silence_ms": 6_000, "ended_kept_ms": 45_000, "past_kept_ms": 9_000},
    ),
    RuleSet(version=3, hash="h", author="li", reason="", rules={"room": {"quiet_ms": 0}}),  # cannot be used
    rule_set(4, buyers={"window_ms": 4_000}, room={"show_silence_ms": 20_000, "ended_kept_ms": 10_000}),
]


def partition(**settings) -> Partition:
    return Partition(**{"rules": QUICK, "detectors": DOUBLES, "code": "c1", **settings})


def saved(partition: Partition) -> dict[str, bytes]:
    return {room_id: room.encode() for room_id, room in partition.rooms.items()}


def steps(partition: Partition, records: Sequence[Record], first: int = 0) -> list[tuple[int, Output]]:
    """What was said, with the offset of the record that made it."""
    return [
        (offset, output) for offset, record in enumerate(records, first) for output in partition.step(offset, record)
    ]
