"""Intervals, against values from the textbooks."""

import pytest

from trials.intervals import NOTHING, mean, over_seeds, rate, share, shown


def test_wilsons_interval_of_a_share():
    figure = share(8, 10)

    assert (figure.value, figure.of) == (0.8, 10)
    assert (figure.low, figure.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 0.2775), (10, 0.7225, 1.0)])
def test_none_and_all_have_one_sided_intervals(count, low, high):
    figure = share(count, 10)

    assert (figure.low, figure.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_of_nothing_there_is_no_figure():
    assert share(0, 0) == rate(0, 0.0) == over_seeds({1: []}, mean) == NOTHING
    assert shown(NOTHING) == "-"


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)])
def test_garwoods_interval_of_a_count(count, low, high):
    figure = rate(count, 2.0)

    assert figure.value == count / 2
    assert (figure.low, figure.high) == (pytest.approx(low / 2, abs=1e-3), pytest.approx(high / 2, abs=1e-3))


def test_what_is_the_same_in_every_evening_has_no_width():
    figure = over_seeds({1: [2.0, 2.0], 2: [2.0]}, mean)

    assert (figure.value, figure.low, figure.high, figure.of) == (2.0, 2.0, 2.0, 3)


def test_evenings_are_drawn_and_not_shows():
    figure = over_seeds({1: [0.0] * 100, 2: [1.0] * 100}, mean)

    assert (figure.low, figure.high) == (0.0, 1.0)


def test_the_draws_repeat():
    values = {seed: [float(seed), seed * 2.0] for seed in range(9)}

    assert over_seeds(values, mean) == over_seeds(values, mean)


def test_a_figure_as_text():
    assert shown(share(8, 10)) == "0.80 (0.49 to 0.94)"
