"""One partition stepped through its log: saving at any record, checkpoints, rules, and the order of what is said."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec
import pytest
from doubles import DOUBLES, Brittle, Buyers, Echoes
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import (
    ROOM,
    SHOW,
    LogWriter,
    alerts,
    arrive,
    at,
    bodies,
    comment,
    complaint,
    crew,
    evening,
    join,
    marker,
    only,
    order,
    play,
    rough_log,
    told,
)

from streams.alerts import Alert, decode_alert, without_clock
from streams.events import RuleSet
from streams.log import BadRecord, Record
from streams.partition import Output, Partition, decode_checkpoint, decode_header, encode_header
from streams.room import Room
from streams.rules import make_rule_set, rules_of


def rule_set(version: int, **sections) -> RuleSet:
    return make_rule_set(sections, version=version, detectors=DOUBLES)


QUICK = rules_of(rule_set(1, room={"show_silence_ms": 12_000, "ended_kept_ms": 20_000, "quiet_ms": 8_000}), DOUBLES)
CHANGES = [
    rule_set(2, buyers={"min_buyers": 2}, room={"show_silence_ms": 6_000, "ended_kept_ms": 45_000}),
    RuleSet(version=3, hash="h", rules={"room": {"quiet_ms": 0}}),  # cannot be used
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


def test_the_generated_logs_have_everything_in_them():
    """Else the tests below would prove little."""
    counts, said = [], []
    for seed in range(5):
        running = partition(checkpoints=True)
        said += play(running, rough_log(seed, CHANGES))
        counts.append(running.counts)

    assert all(c.late and c.duplicates and c.repeated and c.panes and c.bad_rules == 1 for c in counts)
    assert {alert.scheme for alert in alerts(said)} == {"buyers", "echoes", "brittle"}
    assert {alert.status for alert in alerts(said)} == {"open", "update", "resolved"}
    assert {alert.resolved_reason for alert in alerts(said)} == {None, "quiet", "show_ended"}
    assert {alert.ruleset.version for alert in alerts(said)} == {1, 2, 4}
    assert {output.topic for output in said} == {"live.alerts", "live.failed", "live.checkpoints"}


# -- saving at any record ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_saved_and_restored_at_any_record_it_says_the_same_and_ends_the_same(seed):
    records = rough_log(seed, CHANGES, events=100)
    running = partition(checkpoints=True)
    said: list[list[Output]] = []
    states = []
    for offset, record in enumerate(records):
        states.append((encode_header(running.header()), saved(running)))
        said.append(running.step(offset, record))

    for offset, (header, rooms) in enumerate(states):
        restored = partition(checkpoints=True, rules=None)
        restored.restore(decode_header(header), {room_id: (offset - 1, state) for room_id, state in rooms.items()})
        again = play(restored, records[offset:], offset)
        assert told(again) == told(output for some in said[offset:] for output in some)
        assert saved(restored) == saved(running)
        assert encode_header(restored.header()) == encode_header(running.header())


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_rooms_saved_later_than_the_header_skip_what_they_include(seed):
    """What a snapshot promises: a header as of H, every room at H or later, nothing before H."""
    random = Random(seed)
    records = rough_log(seed, CHANGES, events=100)
    running = partition(checkpoints=True)
    header_at = random.randrange(len(records))
    last = random.randrange(header_at, len(records))
    header = b""
    saved_at: dict[str, tuple[int, bytes]] = {}
    said = []
    for offset, record in enumerate(records):
        said += [(offset, output) for output in running.step(offset, record)]
        if offset == header_at:
            header = encode_header(running.header())
            saved_at = {room_id: (offset, state) for room_id, state in saved(running).items()}
        elif header_at < offset <= last:
            saved_at |= {name: (offset, room.encode()) for name, room in running.rooms.items() if random.random() < 0.2}

    restored = partition(checkpoints=True, rules=None)
    restored.restore(decode_header(header), saved_at)
    again = steps(restored, records[header_at + 1 :], header_at + 1)

    def is_new(offset: int, output: Output) -> bool:
        return offset > saved_at.get(output.room_id, (header_at, b""))[0]

    assert told(output for _, output in again) == told(
        o for offset, o in said if offset > header_at and is_new(offset, o)
    )
    assert saved(restored) == saved(running)
    assert restored.ahead == {}


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_when_rooms_are_dropped_is_nobodys_business(seed):
    """Whether and when an empty room is dropped hangs on the wall clock of a snapshot: it must change nothing."""
    random = Random(seed)
    records = rough_log(seed, CHANGES)
    kept, dropping = partition(checkpoints=True), partition(checkpoints=True)
    dropped = 0
    for offset, record in enumerate(records):
        one, other = kept.step(offset, record), dropping.step(offset, record)
        assert [(output.id, output.value()) for output in one if output.topic != "live.checkpoints"] == [
            (output.id, output.value()) for output in other if output.topic != "live.checkpoints"
        ]
        assert [output.id for output in one] == [output.id for output in other]
        if random.random() < 0.5:
            dropped += sum(dropping.drop_if_empty(room_id) for room_id in list(dropping.rooms))


def test_a_header_comes_back_as_it_was():
    running = partition()
    play(running, rough_log(1, CHANGES))
    header = running.header()

    assert decode_header(encode_header(header)) == header
    assert (header.code, header.pane_ms, header.rules.version) == ("c1", 2_000, 4)


def test_a_restored_partition_keeps_its_rules_whatever_the_code_has_now():
    running = partition()
    play(running, LogWriter().rules(CHANGES[0], upto=1).records)

    restored = Partition(detectors=DOUBLES)
    restored.restore(running.header(), {})

    assert restored.rules.in_force == running.rules.in_force
    assert restored.rules.detectors[0].min_buyers == 2


def test_the_rooms_that_changed_are_known_until_they_are_taken():
    running = partition()
    writer = LogWriter().write([join(0), join(0, room_id="r2")], 2)
    play(running, writer.records)
    assert running.changed == {"r1", "r2"}

    running.changed = set()
    play(running, writer.write([join(5)], 5).records[2:], 2)

    assert running.changed == {"r1"}


def test_a_dropped_room_is_gone_and_a_kept_one_stays():
    running = partition()
    play(running, LogWriter().write([complaint(0), join(100, room_id="r2")], 62).records)

    assert running.drop_if_empty("r1")
    assert not running.drop_if_empty("r2")
    assert list(running.rooms) == ["r2"]
    assert running.next_due_ms() == at(102)


# -- checkpoints ------------------------------------------------------------------------------------------------------


def checkpoints(outputs: Sequence[Output]) -> list:
    return [decode_checkpoint(output.value()) for output in outputs if output.topic == "live.checkpoints"]


def test_a_checkpoint_holds_the_room_as_it_was_before_the_record_of_the_first_event():
    running = partition(checkpoints=True)
    writer = LogWriter().write([join(0), comment(1)], 4)
    play(running, writer.records)
    header, before = running.header(), running.rooms[ROOM].encode()

    written = writer.write([comment(5, room_id="r2"), comment(5), comment(6, show_id="s2")]).records
    said = play(running, written[3:], 3)

    made = {(checkpoint.room_id, checkpoint.show_id): checkpoint for checkpoint in checkpoints(said)}
    assert list(made) == [("r2", SHOW), (ROOM, "s2")]
    assert made[ROOM, "s2"].room == before
    assert made["r2", SHOW].room is None
    assert all(checkpoint.header == header for checkpoint in made.values())


def test_a_checkpoint_comes_once_for_a_show_and_before_its_alerts():
    running = partition(checkpoints=True)

    said = play(running, LogWriter().write(crew(3, 0)).write(crew(3, 1.5), 30).write([join(31)], 34).records)

    assert [output.topic for output in said].count("live.checkpoints") == 1
    assert said[0].topic == "live.checkpoints"


def test_what_opens_no_show_makes_no_checkpoint():
    running = partition(checkpoints=True)
    ended = [join(0), marker(1, "ended")]
    writer = LogWriter().write(ended, 4)
    play(running, writer.records)

    said = play(
        running,
        writer.write([join(5), complaint(5, show_id="s9"), marker(5, "prompt", show_id="s9")], 8).records[2:],
        2,
    )

    assert said == []


def test_a_show_whose_first_event_was_a_duplicate_is_announced_when_it_opens():
    running = partition(checkpoints=True)
    writer = LogWriter().write([join(0, event_id="x")], 2)
    writer.write([comment(3, event_id="x", show_id="s2")], 4)
    writer.write([comment(5, event_id="y", show_id="s2")], 6)

    said = play(running, writer.records)

    assert [checkpoint.show_id for checkpoint in checkpoints(said)] == [SHOW, "s2", "s2"]
    assert checkpoints(said)[-1].header.watermark == at(4)


def test_without_checkpoints_none_is_made():
    assert checkpoints(play(partition(), rough_log(0))) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_show_replayed_from_its_checkpoint_gives_the_same_alerts(seed):
    records = rough_log(seed, CHANGES)
    said = steps(partition(checkpoints=True), records)
    made = {}
    for offset, output in said:
        if output.topic == "live.checkpoints":
            made[output.id] = (offset, decode_checkpoint(output.value()))  # the last one stands

    assert made
    for offset, checkpoint in made.values():
        replaying = Partition(detectors=DOUBLES, code="another")
        state = checkpoint.room
        replaying.restore(checkpoint.header, {checkpoint.room_id: (offset - 1, state)} if state else {})
        again = play(replaying, [only(record, [checkpoint.room_id]) for record in records[offset:]], offset)

        def of_the_show(outputs: Sequence[Output], show_id: str = checkpoint.show_id) -> list[bytes]:
            return [
                output.value()
                for output in outputs
                if isinstance(output.body, Alert) and output.body.show_id == show_id
            ]

        assert checkpoint.header.offset == offset - 1
        assert of_the_show(again) == of_the_show([output for at, output in said if at >= offset])


# -- rules ------------------------------------------------------------------------------------------------------------


def test_a_rule_set_is_in_force_from_its_record_on():
    writer = LogWriter().write(crew(2, 0), 1.999)

    before = play(partition(), writer.tick(2).records)
    running = partition()
    writer = LogWriter().write(crew(2, 0), 1.999).rules(CHANGES[0], upto=2)
    after = alerts(play(running, writer.records))

    assert before == []
    assert [(alert.status, alert.ruleset.version) for alert in after] == [("open", 2)]


def test_a_rule_set_that_cannot_be_used_leaves_the_one_in_force_and_is_counted():
    running = partition()

    play(running, LogWriter().rules(CHANGES[0], upto=0).rules(CHANGES[1], upto=1).records)

    assert running.rules.in_force.version == 2
    assert running.counts.bad_rules == 1


@pytest.mark.parametrize(
    "rules",
    [
        {"room": {"quiet_ms": "soon"}},
        {"room": {"quiet_ms": 10**30}},
        {"a section of tomorrow": {"x": 2**64}},
        {"room": {"quiet_ms": None}},
    ],
)
def test_a_rule_set_that_could_not_be_saved_or_used_is_not_taken(rules):
    running = partition()

    play(running, LogWriter().rules(RuleSet(version=9, hash="h", rules=rules), upto=0).records)

    assert running.rules.in_force.version == 1
    encode_header(running.header())


def test_a_repeated_rule_set_is_not_taken_again():
    running = partition()
    writer = LogWriter().rules(CHANGES[0]).rules(CHANGES[2])

    play(running, [*writer.records, writer.records[0]])

    assert running.rules.in_force.version == 4


def test_a_shorter_silence_ends_a_silent_show_with_the_record_that_says_so():
    running = partition(rules=None)
    writer = LogWriter().write([join(0.2)], 100)
    play(running, writer.records)

    [resolved] = alerts(play(running, writer.rules(CHANGES[0]).records[2:], 2))

    assert resolved.resolved_reason == "show_ended"
    assert running.rooms[ROOM].ended == {SHOW: at(8)}  # the first pane end 6 s after 0.2 s


def test_a_longer_silence_keeps_a_silent_show_on_air():
    running = partition(rules=rules_of(CHANGES[0], DOUBLES))
    writer = LogWriter().write([join(0)], 5).rules(CHANGES[2]).tick(19.999)
    play(running, writer.records)
    assert list(running.rooms[ROOM].on_air) == [SHOW]

    play(running, writer.tick(20).records[4:], 4)
    assert list(running.rooms[ROOM].on_air) == []


# -- the order of what is said ----------------------------------------------------------------------------------------


def test_outputs_come_by_pane_end_then_room_then_scheme_then_alert_id():
    rooms = ["r10", "r2", "r1"]
    came = []
    for seconds in (0, 4, 2):
        for room_id in rooms:
            came += [order(seconds + n / 10, f"a{n}", room_id=room_id, show_id=f"s{seconds}") for n in range(3)]
            for text in ("x", "y", "z"):
                came += [
                    comment(seconds + n / 10, text, f"{text}{n}", room_id=room_id, show_id=f"s{seconds}")
                    for n in range(3)
                ]

    said = alerts(play(partition(rules=None), LogWriter().write(came, 10).records))

    keys = [(alert.show_id, alert.room_id, alert.scheme, alert.alert_id) for alert in said]
    assert len(keys) == 3 * 3 * 4
    assert keys == sorted(keys)


def test_one_record_or_many_close_the_same_panes_in_the_same_order():
    writer = arrive(evening(3), 3)
    events = writer.records[:-1]
    jump = [msgspec.structs.replace(record, watermark=0) for record in events]

    def closing(records: list[Record]) -> list:
        return told(play(partition(), [*records, Record(kind="tick", watermark=at(500))]))

    slowly = partition()
    said = play(slowly, jump)
    for offset, seconds in enumerate(range(501), len(jump)):
        said += slowly.step(offset, Record(kind="tick", watermark=at(seconds)))

    assert closing(jump) == told(said)


def test_an_output_has_its_key_its_id_and_when_its_evidence_was_received():
    writer = LogWriter().write(crew(3, 0), 2)
    running = partition()

    [output] = play(running, writer.records)

    assert output.topic == "live.alerts"
    assert (output.id, output.key, output.room_id) == (output.body.alert_id, output.body.incident_id, ROOM)
    assert output.received == at(0.2) + 150
    assert decode_alert(output.value()) == output.body


def test_only_the_clock_and_the_mode_may_differ_in_a_replay():
    [alert] = alerts(play(partition(), LogWriter().write(crew(3, 0), 2).records))
    live = msgspec.structs.replace(alert, detected_at=5, mode="live")
    other = msgspec.structs.replace(alert, score=0.1)

    assert without_clock(msgspec.json.encode(live)) == without_clock(msgspec.json.encode(alert))
    assert without_clock(msgspec.json.encode(other)) != without_clock(msgspec.json.encode(alert))


def test_a_failure_says_which_code_raised_it():
    said = play(partition(), LogWriter().write([comment(0, "observe")], 2).records)

    assert [failed["code"] for failed in bodies(said, "live.failed")] == ["c1"]


# -- what a record may be ---------------------------------------------------------------------------------------------


def test_what_came_is_counted():
    running = partition()
    writer = LogWriter().write([join(0), join(1, "b"), comment(1)], 2)

    play(running, [*writer.records, writer.records[0]])

    assert running.counts.events == {"live.joins": 2, "live.comments": 1}
    assert running.counts.repeated == 2
    assert running.take_counts().panes == 1
    assert running.counts.panes == 0


def test_a_record_of_an_unknown_kind_is_refused():
    with pytest.raises(BadRecord, match="hologram"):
        partition().step(0, Record(kind="hologram", watermark=0))


def test_something_that_is_no_record_is_passed_over_and_counted():
    running = partition()
    running.skip(7)

    assert (running.offset, running.counts.unreadable) == (7, 1)


def test_an_unreadable_line_does_not_cost_the_events_beside_it():
    [record, tick] = LogWriter().write(crew(3, 0), 2).records
    damaged = msgspec.structs.replace(record, value=record.value + b"\nnonsense", last=record.last + 1)
    running = partition()

    assert len(alerts(play(running, [damaged, tick]))) == 1
    assert running.counts.unreadable == 1


def test_a_hole_and_a_reset_are_counted_and_the_events_are_taken():
    first, *_ = LogWriter().write(crew(2, 0)).records
    after_a_hole = msgspec.structs.replace(LogWriter().write(crew(1, 1)).records[0], first=9, last=9)
    reset = Record(kind="reset", watermark=0, source="live.orders", first=0, last=-1)
    anew = LogWriter().write([order(1.5, "z")]).records[0]
    running = partition()

    play(running, [first, after_a_hole, reset, anew])

    assert (running.counts.holes, running.counts.resets) == (1, 1)
    assert len(running.rooms[ROOM].panes[at(2)]) == 4


def test_rooms_are_found_when_they_are_due_and_only_then():
    running = partition(rules=rules_of(QUICK.published, ()), detectors=())
    play(running, LogWriter().write([join(0), join(3, room_id="r2")]).records)
    assert running.next_due_ms() == at(2)

    running.move_to(at(2))
    assert running.next_due_ms() == at(4)
    running.move_to(at(4))
    assert running.next_due_ms() == at(12)  # silence
    running.move_to(at(16))
    assert running.next_due_ms() is None


# -- the same on every day --------------------------------------------------------------------------------------------

TELL = """
import hashlib, sys
sys.path.insert(0, "tests")
from test_partition import CHANGES, DOUBLES, partition, saved, told
from logs import play, rough_log
from streams.detectors import DETECTORS
from streams.partition import encode_header
for detectors in (DOUBLES, DETECTORS):
    running = partition(checkpoints=True, rules=None, detectors=detectors)
    said = told(play(running, rough_log(5, CHANGES)[:-1]))
    print(len(said), hashlib.sha256(repr((said, saved(running), encode_header(running.header()))).encode()).hexdigest())
"""


def test_two_hash_seeds_give_the_same_bytes():
    def tell(seed: str) -> str:
        root = Path(__file__).resolve().parents[1]
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        return subprocess.run(
            [sys.executable, "-c", TELL], env=env, cwd=root, capture_output=True, text=True, check=True
        ).stdout

    one, other = tell("1"), tell("2")

    assert int(one.split()[0]) > 10
    assert one == other


def test_a_partition_without_detectors_or_with_one_says_no_more_than_these():
    records = rough_log(2)

    assert told(play(partition(rules=None, detectors=()), records)) == []
    assert {alert.scheme for alert in alerts(play(partition(rules=None, detectors=(Echoes,)), records))} == {"echoes"}


def test_rooms_do_not_know_of_each_other():
    records = rough_log(6)
    together = play(partition(), records)

    for room_id in ("r0", "r1", "r2"):
        alone = play(partition(), [only(record, [room_id]) for record in records])
        assert told(alone) == told(output for output in together if output.room_id == room_id)


def test_the_doubles_read_what_they_say():
    assert [kind.SCHEME for kind in DOUBLES] == [Buyers.SCHEME, Echoes.SCHEME, Brittle.SCHEME]
    assert Room("r1").due_ms(QUICK) is None
