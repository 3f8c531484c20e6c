"""Whether an input is still what the log has of it, told from offsets alone."""

import msgspec
import pytest
from logs import COMMENTS, JOINS

from streams.events import RuleSet
from streams.log import LogReader, Record
from streams.merging import Clock
from streams.sources import APART_MS, LOOKS, SLOW_MS, Doubt, LogEnd, Start, end_of, reset, start_of

HAS_TEN = LogEnd(covered={COMMENTS: (0, 9)}, empty=False)


@pytest.mark.parametrize(
    ("committed", "begin", "end", "start"),
    [
        (10, 0, 10, Start(10, 0)),  # all is read
        (7, 0, 25, Start(7, 0)),  # written, not committed: read again, readers drop it
        (7, 10, 25, Start(10, 0)),  # trimmed, and all that is gone is in the log
        (7, 11, 25, Start(11, 0, reset=True)),  # trimmed: offset 10 is lost
        (10, 50, 50, Start(50, 0, reset=True)),
        (10, 0, 9, Start(0, 1, reset=True)),  # made anew, or its end was lost
        (7, 0, 9, Start(0, 1, reset=True)),
        (None, 0, 3, Start(0, 1, reset=True)),  # made anew: what was committed went with the topic
        (None, 0, 99, Start(0, 1, reset=True)),
        (None, 10, 12, Start(10, 0)),  # nothing is missing
    ],
)
def test_an_input_of_which_the_log_has_ten_records(committed, begin, end, start):
    assert start_of(COMMENTS, HAS_TEN, committed, begin, end) == start


def test_a_new_deployment_begins_where_its_inputs_begin():
    assert start_of(COMMENTS, LogEnd(), None, 4, 9) == Start(4, 0)
    assert start_of(COMMENTS, LogEnd(), 4, 4, 9) == Start(4, 0)


def test_an_input_that_never_had_a_record_is_the_same_when_it_is_made_anew():
    assert start_of(COMMENTS, LogEnd(covered={COMMENTS: (0, -1)}, empty=False), None, 0, 3) == Start(0, 0)


def test_a_reset_that_was_written_and_not_committed_is_not_written_again():
    after_a_crash = LogEnd(covered={COMMENTS: (1, -1)}, empty=False)

    assert start_of(COMMENTS, after_a_crash, None, 0, 3) == Start(0, 1)


def test_each_time_an_input_is_made_anew_begins_another_life():
    assert start_of(COMMENTS, LogEnd(covered={COMMENTS: (1, 4)}, empty=False), None, 0, 3) == Start(0, 2, reset=True)


def test_records_of_before_there_was_a_header_for_it_say_by_event_times_what_they_had():
    old = end_of([Record(kind="tick", watermark=5, newest={COMMENTS: 7})])

    assert start_of(COMMENTS, old, None, 0, 3) == Start(0, 1, reset=True)
    assert start_of(RuleSet.TOPIC, old, None, 0, 3) == Start(0, 1, reset=True)
    assert start_of(JOINS, old, None, 0, 3) == Start(0, 0)
    assert start_of(COMMENTS, old, 3, 0, 2) == Start(0, 1, reset=True)
    assert start_of(COMMENTS, old, 3, 5, 9) == Start(5, 0, reset=True)


def test_a_zombies_last_record_does_not_hide_what_stands_before_it():
    end = end_of(
        [
            Record(kind="tick", watermark=9, newest={COMMENTS: 8}, covered={COMMENTS: (1, 2), JOINS: (0, 5)}),
            Record(kind="tick", watermark=7, newest={COMMENTS: 6}, covered={COMMENTS: (0, 90), JOINS: (0, 4)}),
        ]
    )

    assert end == LogEnd(9, {COMMENTS: 8}, {COMMENTS: (1, 2), JOINS: (0, 5)}, empty=False)


def test_an_empty_log_knows_nothing():
    assert end_of([]) == LogEnd()


def test_a_reader_goes_on_where_the_reset_says():
    reader = LogReader({COMMENTS: 9})
    start = start_of(COMMENTS, HAS_TEN, None, 3, 12)

    batch = reader.read(reset(COMMENTS, start, Clock(0), HAS_TEN.covered))

    assert batch.kind == "reset"
    assert (reader.covered, reader.lives) == ({COMMENTS: 2}, {COMMENTS: 1})


# -- looks that must agree ------------------------------------------------------------------------------------------

GOES_ON, ANEW, TRIMMED = Start(10, 0), Start(0, 1, reset=True), Start(50, 0, reset=True)


def looks(*seen: tuple[int, Start], slow_ms: int = 0) -> list[bool]:
    """What is believed at each of these looks (when, what it says), each answered so long after it."""
    doubt = Doubt()
    return [doubt.believes(start, at_ms, at_ms + slow_ms) for at_ms, start in seen]


def test_a_reset_is_believed_at_the_third_look_that_says_so():
    assert LOOKS == 3
    assert looks((0, ANEW), (APART_MS, ANEW), (2 * APART_MS, ANEW)) == [False, False, True]
    assert looks((0, TRIMMED), (APART_MS, TRIMMED), (2 * APART_MS, TRIMMED)) == [False, False, True]


def test_a_look_that_comes_one_millisecond_too_early_does_not_count():
    assert looks((0, ANEW), (APART_MS, ANEW), (2 * APART_MS - 1, ANEW)) == [False, False, False]
    assert looks((0, ANEW), (APART_MS - 1, ANEW), (APART_MS, ANEW), (2 * APART_MS, ANEW)) == [False, False, False, True]


def test_the_time_between_looks_begins_with_an_answer():
    assert looks((0, ANEW), (APART_MS, ANEW), (2 * APART_MS, ANEW), slow_ms=1) == [False, False, False]
    assert looks((0, ANEW), (APART_MS + 1, ANEW), (2 * APART_MS + 2, ANEW), slow_ms=1) == [False, False, True]


def test_what_is_no_reset_is_believed_at_once():
    assert looks((0, GOES_ON)) == [True]
    assert looks((0, GOES_ON), slow_ms=60_000) == [True]


def test_an_end_that_was_too_low_for_a_moment_is_no_reset_and_what_comes_after_it_begins_anew():
    step = APART_MS
    seen = looks((0, ANEW), (step, ANEW), (2 * step, GOES_ON), (3 * step, ANEW), (4 * step, ANEW), (5 * step, ANEW))

    assert seen == [False, False, True, False, False, True]


def test_looks_that_say_different_things_do_not_agree():
    step = APART_MS

    assert looks((0, ANEW), (step, TRIMMED), (2 * step, ANEW), (3 * step, ANEW)) == [False, False, False, False]


def test_an_input_that_is_trimmed_further_meanwhile_goes_on_where_it_begins_last():
    further = msgspec.structs.replace(TRIMMED, offset=60)

    assert looks((0, TRIMMED), (APART_MS, TRIMMED), (2 * APART_MS, further)) == [False, False, True]


@pytest.mark.parametrize(("slow_ms", "believed"), [(SLOW_MS, True), (SLOW_MS + 1, False)])
def test_a_broker_that_answers_slowly_is_coming_back_and_not_believed(slow_ms, believed):
    seen = [(n * 2 * (APART_MS + SLOW_MS), ANEW) for n in range(6)]

    assert any(looks(*seen, slow_ms=slow_ms)) == believed


def test_one_slow_answer_begins_the_looks_anew():
    doubt = Doubt()
    answers = [0, 0, SLOW_MS + 1, 0, 0, 0]

    seen = [doubt.believes(ANEW, n * 10_000, n * 10_000 + slow_ms) for n, slow_ms in enumerate(answers)]

    assert seen == [False, False, False, False, False, True]


def test_the_next_look_is_due_when_it_counts():
    doubt = Doubt()
    assert doubt.due_ms(7) == 7 + APART_MS
    doubt.believes(ANEW, 100, 103)
    assert doubt.due_ms(2_000) == 103 + APART_MS
