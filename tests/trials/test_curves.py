"""What the pictures show, as numbers that can be counted by hand."""

from trials.curves import NOBODY, OWN, Point, at_recall, confusion, found_within, precision_recall
from trials.pairs import Pair


def pair(show, strength=None, score=0.0, **fields):
    return Pair(world="w", seed=1, show_id=show, scheme="praise", strength=strength, score=score, **fields)


PAIRS = [
    pair("s1", "blatant", 0.9),
    pair("s2", None, 0.8),
    pair("s3", "faint", 0.8),
    pair("s4", "faint", 0.0),
    pair("s5", None, 0.1),
    pair("s6"),
]


def test_one_point_for_each_score_and_equal_scores_are_one_threshold():
    assert precision_recall(PAIRS) == [
        Point(0.9, 1.0, 1 / 3, 0),
        Point(0.8, 2 / 3, 2 / 3, 1),
        Point(0.1, 0.5, 2 / 3, 2),
    ]


def test_what_got_no_score_is_found_at_no_threshold():
    assert at_recall(PAIRS, 1.0) is None


def test_the_highest_threshold_that_finds_as_much():
    assert at_recall(PAIRS, 0.34).threshold == 0.8
    assert at_recall(PAIRS, 1 / 3).threshold == 0.9


def test_without_staged_shows_nothing_is_found():
    assert [point.recall for point in precision_recall([pair("s", None, 0.5)])] == [0.0]


def test_what_is_never_found_keeps_the_line_below_one():
    staged = [
        pair("s1", "faint", third_ms=1_000, found_ms=3_000),
        pair("s2", "faint", third_ms=5_000, found_ms=4_000),
        pair("s3", "faint"),
        pair("s4", "faint"),
    ]

    assert found_within(staged) == [(-1.0, 0.25), (2.0, 0.5)]


def test_whose_crew_an_alert_names():
    alerts = [
        pair("s1", "blatant", found_ms=1),
        pair("s2", None, found_ms=1),
        pair("s3", None, found_ms=1, taken_from="fake_orders"),
        pair("s4", "faint", found_ms=1, taken_from="fake_orders"),
        pair("s5", "faint"),
    ]

    assert confusion(alerts) == {"praise": {OWN: 1, NOBODY: 1, "fake_orders": 2}}
