"""Rates learned from counts, a part of whose shows is staged and has many more."""

from math import exp
from random import Random

import pytest

from streams.usual.surges import fit_rate


def counted(seed, shows, rate, *, orders=300, shape=9.0, staged=0, lift=4.0):
    """(how many, of how many) of shows whose rates differ; the first ones have `lift` times as many."""
    random, found = Random(seed), []
    for number in range(shows):
        mean = rate * orders * random.gammavariate(shape, 1.0 / shape) * (lift if number < staged else 1.0)
        found.append((_poisson(random, mean), float(orders)))
    return found


def _poisson(random, mean):
    limit, product, count = exp(-mean), random.random(), 0
    while product > limit:
        product, count = product * random.random(), count + 1
    return count


@pytest.mark.parametrize("rate", [0.004, 0.02, 0.08])
def test_the_rate_of_honest_shows_is_recovered(rate):
    fit = fit_rate(counted(1, 60, rate), 0.01)

    assert fit.low <= rate <= fit.high
    assert fit.firm_low <= 9.0 <= fit.firm_high


@pytest.mark.parametrize("seed", range(5))
def test_shows_with_many_more_are_set_aside(seed):
    fit = fit_rate(counted(seed, 24, 0.03, staged=6, lift=6.0), 0.01)

    assert fit.rate == pytest.approx(0.03, rel=0.35)
    assert sum(fit.honest[:6]) < 3 < 15 < sum(fit.honest[6:])


def test_where_shows_differ_more_the_rate_is_less_firm():
    alike, unlike = (fit_rate(counted(2, 80, 0.05, shape=shape), 0.01) for shape in (40.0, 4.0))

    assert unlike.firm < 7.0 < alike.firm


def test_where_little_was_counted_what_is_assumed_decides_and_it_is_not_firm():
    fit = fit_rate([(0, 20.0)] * 8, 0.01)

    assert 0.002 < fit.rate < 0.01
    assert fit.firm < 4.0


def test_few_complaints_in_some_shows_are_no_other_kind_of_show():
    fit = fit_rate([(0, 60.0)] * 10 + [(6, 300.0)] * 10, 0.01)

    assert fit.rate == pytest.approx(0.017, rel=0.25)
    assert fit.staged < 3
