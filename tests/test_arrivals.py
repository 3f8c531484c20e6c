"""Events without a log: their own clock, and what the end of the input means."""

import pytest
import xxhash
from doubles import DOUBLES, Buyers
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import ROOM, SHOW, alerts, arrive, at, comment, crew, evening, join, marker, order, play, told

from streams.arrivals import Arrivals
from streams.events import KnownCrew
from streams.partition import Partition
from streams.rules import make_rule_set, rules_of


def arrivals(*detectors, **room_rules) -> Arrivals:
    rules = rules_of(make_rule_set({"room": room_rules}, version=1, detectors=detectors), detectors)
    return Arrivals(Partition(rules=rules, detectors=detectors))


def take(arriving: Arrivals, *events) -> list:
    return [output for event in events for output in arriving.take(event)]


def watermark(arriving: Arrivals) -> float:
    return (arriving.partition.reader.watermark - at(0)) / 1000


# -- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ((10, 20), 8),
        ((20, 10), 8),
        ((10, 20, 30), 18),
        ((30, 20, 10), 18),
        ((10, 10), 8),
        ((10, 20, 20), 18),
        ((10, 9_999), 8),
        ((10, 9_999, 11), 9),
        ((10, 9_999, 11, 9_998), 9_996),
    ],
)
def test_the_watermark_is_the_second_newest_event_time_less_the_lateness(seconds, expected):
    arriving = arrivals()

    take(arriving, *(join(when, event_id=f"e{n}") for n, when in enumerate(seconds)))

    assert watermark(arriving) == expected


def test_one_event_moves_no_time():
    arriving = arrivals()
    take(arriving, join(10))

    assert arriving.partition.reader.watermark == 0


def test_every_topic_moves_time():
    arriving = arrivals()
    take(arriving, marker(10, "started"), comment(20))

    assert watermark(arriving) == 8


@given(st.lists(st.integers(0, 500), max_size=30))
@settings(max_examples=60, deadline=None)
def test_time_never_goes_back(seconds):
    arriving, before = arrivals(), 0
    for n, when in enumerate(seconds):
        take(arriving, join(when, event_id=f"e{n}"))
        assert arriving.partition.reader.watermark >= before
        before = arriving.partition.reader.watermark


def test_one_wrong_clock_moves_nothing():
    arriving = arrivals(Buyers)

    take(arriving, order(0, "a"), order(90_000, "clock of tomorrow", room_id="r2"), order(0.1, "b"), order(0.2, "c"))
    said = alerts(arriving.end())

    first = next(alert for alert in said if alert.room_id == ROOM)
    assert (first.status, first.accounts_total) == ("open", 3)
    assert arriving.partition.counts.late == 0


def test_an_event_beyond_the_lateness_is_late_and_counted():
    arriving = arrivals()

    take(arriving, join(10, "a"), join(10.5, "b"), join(5.9, "late"))
    arriving.end()

    assert arriving.partition.counts.late == 1


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_time_may_stand_still_between_events_that_are_filed(seed, size):
    came = sorted(evening(seed), key=lambda event: (event.ts // 5_000, event.event_id))
    one, many = arrivals(*DOUBLES), arrivals(*DOUBLES)

    said = take(one, *came) + one.end()
    also = []
    for number, begin in enumerate(range(0, len(came), size)):
        many.file(came[begin : begin + size])
        if number % 7 == 6:
            also += many.move()
    also += many.move() + many.end()

    assert told(also) == told(said)
    assert many.partition.counts == one.partition.counts
    assert {name: room.encode() for name, room in many.partition.rooms.items()} == {
        name: room.encode() for name, room in one.partition.rooms.items()
    }


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_events_that_are_taken_together_are_taken_as_one_by_one(seed, size):
    came = sorted(
        evening(seed),
        key=lambda event: (event.ts + xxhash.xxh3_64_intdigest(event.event_id.encode()) % 3_000, event.event_id),
    )
    one, many = arrivals(*DOUBLES), arrivals(*DOUBLES)

    said = take(one, *came) + one.end()
    also = [output for at in range(0, len(came), size) for output in many.take_all(came[at : at + size])] + many.end()

    assert told(also) == told(said)
    assert many.partition.counts == one.partition.counts
    assert {name: room.encode() for name, room in many.partition.rooms.items()} == {
        name: room.encode() for name, room in one.partition.rooms.items()
    }


# -- the end of the input ---------------------------------------------------------------------------------------------


def test_at_the_end_every_open_pane_and_show_is_closed():
    arriving = arrivals(Buyers)

    assert take(arriving, *crew(3, 0)) == []
    said = alerts(arriving.end())

    assert [(alert.status, alert.resolved_reason) for alert in said] == [
        ("open", None),
        ("resolved", "quiet"),
    ]
    assert arriving.partition.rooms[ROOM].on_air == {}
    assert arriving.partition.rooms[ROOM].ended == {SHOW: at(1_802)}
    assert arriving.partition.next_due_ms() is None


def test_the_end_comes_once():
    arriving = arrivals(Buyers)
    take(arriving, *crew(3, 0))
    arriving.end()

    assert arriving.end() == []


def test_an_empty_input_says_nothing():
    assert arrivals(Buyers).end() == []


def test_the_end_of_the_input_moves_time_room_by_room_in_order():
    arriving = arrivals(Buyers)
    for room_id in ("r2", "r1"):
        take(arriving, *(order(n / 10, f"a{n}", room_id=room_id) for n in range(3)))

    said = alerts(arriving.end())

    assert [(alert.status, alert.room_id) for alert in said] == [
        ("open", "r1"),
        ("open", "r2"),
        ("resolved", "r1"),
        ("resolved", "r2"),
    ]


# -- the same as a log ------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_events_in_order_give_what_a_log_of_them_gives(seed):
    came = evening(seed)
    arriving = arrivals(*DOUBLES)

    said = take(arriving, *came) + arriving.end()
    rules = arriving.partition.rules
    also = play(Partition(rules=rules, detectors=DOUBLES), arrive(came, seed).tick(100_000).records)

    assert told(said) == told(also)
    assert arriving.partition.counts.late == 0


@given(st.integers(0, 2**32))
@settings(max_examples=15, deadline=None)
def test_the_result_depends_on_the_order_in_the_file_alone(seed):
    came = sorted(evening(seed), key=lambda event: event.event_id)
    once, again = arrivals(*DOUBLES), arrivals(*DOUBLES)

    assert told(take(once, *came) + once.end()) == told(take(again, *came) + again.end())


# -- broadcast records in a file --------------------------------------------------------------------------------------


def test_a_rule_set_in_a_file_is_in_force_from_its_line_on_and_moves_no_time():
    arriving = arrivals(Buyers)
    stricter = make_rule_set({"buyers": {"min_buyers": 4}}, version=2, detectors=(Buyers,))

    take(arriving, *crew(3, 0), order(10, "x"), order(11, "y"))
    before = watermark(arriving)
    assert take(arriving, stricter) == []
    take(arriving, *crew(3, 12))

    assert watermark(arriving) > before
    assert {alert.ruleset.version for alert in alerts(arriving.end())} <= {2}
    assert arriving.partition.rules.in_force.version == 2


def test_a_known_crew_in_a_file_is_taken():
    assert take(arrivals(), KnownCrew(crew_id="c1", revision=1, accounts=[], bits=1.0, seen=[])) == []
