"""A stretch of marked acts: found wherever it is, and worth less the more acts are not marked."""

from math import log2

import pytest

from streams.evidence.stretch import NO_STRETCH, SHARES, stretch

USUAL = 0.003


def test_nothing_marked_is_no_stretch():
    assert stretch([], USUAL) == NO_STRETCH


def test_acts_in_a_row_are_worth_the_same_wherever_they_are():
    assert stretch([1, 2, 3, 4], USUAL).bits == stretch([901, 902, 903, 904], USUAL).bits


def test_all_of_a_row_marked_are_worth_their_likelihood_ratio_less_the_shares_tried():
    found = stretch([7, 8, 9], USUAL)

    assert found.bits == pytest.approx(3 * log2(0.8 / USUAL) - log2(len(SHARES)))
    assert (found.first, found.last, found.count, found.acts) == (7, 9, 3, 3)


def test_marks_far_from_each_other_are_worth_less():
    rare, dense = stretch(range(100, 1_100, 100), USUAL), stretch(range(10, 110, 10), USUAL)

    assert rare.bits < 14 < dense.bits


def test_the_stretch_ends_with_its_last_mark_and_begins_anew_after_a_long_pause():
    found = stretch([10, *range(5_001, 5_009)], USUAL)

    assert (found.first, found.last, found.count) == (5_001, 5_008, 8)


def test_where_marks_are_usual_they_are_worth_nothing():
    assert stretch(range(2, 200, 2), 0.5).bits < 1
    assert stretch(range(1, 200), 0.9) == NO_STRETCH
