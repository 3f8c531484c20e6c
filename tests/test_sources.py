"""Whether an input is still what the log has of it, told from offsets alone."""

import pytest
from logs import COMMENTS, JOINS

from streams.events import RuleSet
from streams.log import LogReader, Record
from streams.merging import Clock
from streams.sources import LogEnd, Start, end_of, reset, start_of

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
