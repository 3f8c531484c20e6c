"""The promise of 500 clean room-hours: what is counted, and what is said of it."""

import pytest

from trials.pairs import Pair, pairs_of, said_of
from trials.promise import LEAST_HOURS, checks, clean_evenings, promises


def pair(hours, incidents=0, strength=None):
    return Pair(world="w", seed=1, show_id="s", scheme="praise", strength=strength, hours=hours, incidents=incidents)


def verdict(hours, incidents):
    return promises([pair(hours, incidents)])["praise"].verdict


def test_incidents_of_clean_shows_are_counted_and_their_hours_on_air():
    found = promises([pair(600, 2), pair(400), pair(500, 3, "faint")])["praise"]

    assert (found.alerts, found.shows, found.hours, found.rate.value) == (2, 1, 1_000, 2.0)


def test_on_fewer_hours_than_were_promised_nothing_is_said():
    assert verdict(LEAST_HOURS - 1, 0) == "not measured"
    assert checks(promises([pair(LEAST_HOURS - 1)])) == []


@pytest.mark.parametrize(
    ("hours", "incidents", "said"),
    [
        (1_500, 0, "kept, but the interval goes beyond it"),
        (1_845, 0, "kept"),
        (1_500, 3, "kept, but the interval goes beyond it"),
        (1_500, 4, "not kept, but the interval reaches it"),
        (1_500, 8, "not kept"),
    ],
)
def test_what_is_said_hangs_on_the_rate_and_its_exact_interval(hours, incidents, said):
    assert verdict(hours, incidents) == said


def test_the_floor_is_held_to_the_rate():
    assert [check.ok for check in checks(promises([pair(1_500, 3)]))] == [True]
    assert [check.ok for check in checks(promises([pair(1_500, 4)]))] == [False]


def test_clean_evenings_are_staged_by_nobody_and_are_no_evening_that_is_judged_otherwise():
    plans = clean_evenings("bazaar", 9_001, 3, laws="quiet")

    assert [plan.seed for plan in plans] == [9_001_000, 9_001_001, 9_001_002]
    assert {(plan.options["plants"], plan.options["laws"]) for plan in plans} == {((), "quiet")}


def alert(incident):
    return {
        "show_id": "s", "scheme": "praise", "event_ts": 5, "score": 0.9, "accounts": [], "incident_id": incident,
    }  # fmt: skip


def test_two_incidents_of_a_show_are_two_and_two_alerts_of_one_are_one():
    said = said_of([alert("i1"), alert("i1"), alert("i2")])
    truth = {"shows": [{"show_id": "s", "start": 0, "end": 10, "negatives": []}], "schemes": {"s": {}}}

    [made] = pairs_of(truth, said, ["praise"], world="w", seed=1, audiences={})
    assert made.incidents == 2
