"""Saving a partition at any record and going on from there; checkpoints, and shows replayed from them."""

from collections.abc import Sequence
from random import Random

import pytest
from doubles import DOUBLES
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import ROOM, SHOW, LogWriter, at, comment, complaint, crew, join, marker, only, order, play, rough_log, told
from partitions import CHANGES, partition, rule_set, saved, steps

from streams.alerts import Alert
from streams.partition import Output, Partition, decode_checkpoint, decode_header, encode_header

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


def test_a_room_that_is_ahead_is_left_alone_until_its_record():
    """It lived through a change of rules that the header does not know: by the old ones it would be judged sooner."""
    wider = rule_set(2, buyers={"window_ms": 60_000})
    writer = LogWriter().write([order(0, "a"), order(0.1, "b")], 4).rules(wider, upto=5).tick(30).tick(40)
    running = partition(rules=None)
    play(running, writer.records[:2])
    header = running.header()
    play(running, writer.records[2:], 2)

    restored = partition(rules=None)
    restored.restore(header, {ROOM: (running.offset, running.rooms[ROOM].encode())})
    play(restored, writer.records[2:], 2)

    assert saved(restored) == saved(running)
    assert restored.next_due_ms() == running.next_due_ms() == at(60)


def test_a_show_forgotten_by_the_old_rules_stays_forgotten_whether_its_room_was_dropped_or_not():
    longer = rule_set(2, room={"ended_kept_ms": 1_000_000})
    for drops in (False, True):
        running = partition()  # 20 s
        writer = LogWriter().write([join(0), marker(1, "ended")], 2).tick(100)
        play(running, writer.records)
        assert not drops or running.drop_if_empty(ROOM)

        play(running, writer.rules(longer, upto=101).write([join(102, event_id="again")], 104).records[4:], 4)

        assert list(running.rooms[ROOM].on_air) == [SHOW]


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


def test_a_room_is_long_idle_when_its_last_show_is_no_longer_known_and_not_before():
    running = partition()
    writer = LogWriter().write([join(0), marker(3, "ended")], 6)
    play(running, writer.records)
    kept_ms = 60_000  # as long as ids are known; shows that ended, shorter here
    closed_ms = running.rooms[ROOM].closed_ms

    running.move_to(closed_ms + kept_ms)
    assert running.long_idle() == []

    running.move_to(closed_ms + kept_ms + 1)
    assert running.long_idle() == [ROOM]
    assert running.drop_if_empty(ROOM)


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
