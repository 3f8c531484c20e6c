"""Counts against a rate that is known roughly: what a surge is worth, and that honest counts seldom look like one."""

from math import exp, factorial, lgamma, log, log2
from random import Random

import pytest

from streams.evidence.surge import LIFTS, Usual, Watch, lift_bits, mean_of_powers, surge_bits, usual_of

USUAL = Usual(15.0, 1_500.0)


def log_likelihood(count, exposure, usual):
    """Of a negative binomial: a Poisson whose rate is gamma distributed."""
    a, b = usual.count, usual.exposure
    return (
        lgamma(a + count)
        - lgamma(a)
        - lgamma(count + 1)
        + a * log(b / (b + exposure))
        + count * log(exposure / (b + exposure))
    )


@pytest.mark.parametrize(("count", "exposure"), [(0, 100.0), (7, 300.0), (40, 2_000.0)])
def test_a_lift_is_worth_the_ratio_of_two_negative_binomials(count, exposure):
    lifted = Usual(USUAL.count, USUAL.exposure / 3)
    ratio = log_likelihood(count, exposure, lifted) - log_likelihood(count, exposure, USUAL)

    assert lift_bits(count, exposure, USUAL, 3.0) == pytest.approx(ratio / log(2))


def test_what_is_usual_is_worth_nothing_and_more_is_worth_more():
    assert surge_bits(10, 1_000.0, USUAL) < 0
    assert surge_bits(30, 1_000.0, USUAL) < surge_bits(60, 1_000.0, USUAL)


def test_a_rate_that_is_known_less_firmly_makes_less_of_a_surge():
    loose = Usual(3.0, 300.0)

    assert surge_bits(40, 1_000.0, loose) < surge_bits(40, 1_000.0, USUAL)
    low, high = loose.band(1_000.0)
    assert (low, high) == (0.0, pytest.approx(10 + 2 * (10 * (1 + 1_000 / 300)) ** 0.5))


def test_earlier_counts_make_it_firmer():
    assert USUAL.and_seen(5, 500) == Usual(20.0, 2_000.0)
    assert USUAL.rate == 0.01


def test_looked_at_after_each_count_it_passes_a_hundred_in_fewer_than_one_of_a_hundred_honest_runs():
    random = Random(1)
    passed = 0
    for _ in range(1_000):
        rate, count, most = random.gammavariate(USUAL.count, 1 / USUAL.exposure), 0, 0.0
        at = random.expovariate(rate)
        while at < 3_000:
            count += 1
            most = max(most, surge_bits(count, at, USUAL))
            at += random.expovariate(rate)
        passed += most >= log2(100)

    assert passed <= 10


def test_the_mean_of_powers_does_not_overflow():
    assert mean_of_powers([5_000.0, 5_000.0]) == 5_000.0
    assert mean_of_powers([1.0, 3.0]) == pytest.approx(log2(5))


def test_a_watch_rises_in_a_surge_falls_after_it_and_is_held_down():
    watch, usual = Watch(), Usual(20.0, 10.0)
    quiet = [watch.take(2, usual, 8.0) for _ in range(30)][-1]
    surge = [watch.take(9, usual, 8.0) for _ in range(6)][-1]
    after = [watch.take(2, usual, 8.0) for _ in range(6)][-1]

    assert quiet < 3 < 7 < surge <= 8
    assert after < 4
    assert len(watch.sums) == len(LIFTS)


def test_what_is_usual_is_drawn_from_earlier_counts_and_one_outbreak_among_them_changes_little():
    calm = [2, 3, 1, 2, 4, 2, 1, 3, 2, 2] * 5
    with_outbreak = [*calm[:-2], 60, 80]

    assert usual_of(calm).rate == pytest.approx(2.2, abs=0.2)
    assert usual_of(with_outbreak).rate < 3
    assert usual_of([0, 0, 9, 0, 0, 8, 0, 7]).exposure < usual_of([3] * 8).exposure


def poisson(mean, count):
    return exp(-mean) * mean**count / factorial(count)


def test_with_a_firm_rate_it_is_nearly_the_poisson_ratio():
    firm = Usual(1e7, 1e9)
    ratio = log2(poisson(30.0, 25) / poisson(10.0, 25))

    assert lift_bits(25, 1_000.0, firm, 3.0) == pytest.approx(ratio, abs=0.01)
