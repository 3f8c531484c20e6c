"""Bits: nothing where nothing is unusual, more where more is, bounded everywhere."""

from math import log2

import pytest

from streams.evidence.surprise import MAX_BITS, burst_bits, kl_bits, poisson_bits, score_of


def test_what_is_usual_is_worth_nothing():
    assert kl_bits(2, 10, 0.2) == 0
    assert poisson_bits(3, 3.0) == 0
    assert burst_bits(40, 40) == 0


def test_all_of_ten_where_half_is_usual_is_worth_ten_bits():
    assert kl_bits(10, 10, 0.5) == pytest.approx(10)


def test_a_poisson_count_is_worth_its_chernoff_bound():
    assert poisson_bits(8, 2.0) == pytest.approx(8 * 2 - 6 / 0.6931471805599453)


def test_a_burst_of_four_among_128_is_worth_five_bits():
    assert burst_bits(128, 4) == log2(32)


def test_the_impossible_is_worth_much_but_not_everything():
    assert kl_bits(3, 3, 0.0) == MAX_BITS
    assert poisson_bits(3, 0.0) == MAX_BITS
    assert kl_bits(0, 0, 0.5) == 0


def test_a_score_is_a_half_at_the_threshold_and_grows_with_the_bits():
    scores = [score_of(bits, 20.0) for bits in (0.0, 10.0, 19.9, 20.0, 20.1, 40.0, 400.0)]

    assert scores == sorted(scores)
    assert scores[0] == 0
    assert score_of(20.0, 20.0) == 0.5
    assert score_of(40.0, 20.0) == 0.75
    assert scores[-1] <= 1
