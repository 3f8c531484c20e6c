"""A share learned from shows of which some are staged."""

import pytest
from usual_histories import counts

from streams.usual.shares import fit_share

RATES = pytest.mark.parametrize(("share", "trials", "lift"), [(0.08, 150, 6), (0.3, 300, 0.25), (0.02, 400, 8)])


@RATES
def test_a_share_is_recovered_within_its_interval(share, trials, lift):
    within = 0
    for seed in range(10):
        fit = fit_share(counts(seed, 60, share, trials))
        within += fit.low <= share <= fit.high
        assert fit.share == pytest.approx(share, rel=0.25)

    assert within >= 8


@RATES
def test_with_a_fifth_of_the_shows_staged_it_moves_by_less_than_a_tenth(share, trials, lift):
    moved = []
    for seed in range(7):
        clean = counts(seed, 60, share, trials)
        staged = counts(seed, 60, share, trials, staged=0.2, lift=lift)
        moved.append(fit_share(staged).share / fit_share(clean[12:]).share - 1)

    assert sorted(map(abs, moved))[3] < 0.1  # the median of seven histories
    assert max(map(abs, moved)) < 0.25


def test_staged_shows_are_set_aside_by_name():
    fit = fit_share(counts(3, 60, 0.08, 150, staged=0.2, lift=6))

    assert max(fit.honest[:12]) < 0.2
    assert min(fit.honest[12:]) > 0.8
    assert fit.staged == pytest.approx(12, abs=1.5)


def test_the_more_shows_differ_the_less_firm_is_the_share():
    alike, unlike = (fit_share(counts(5, 80, 0.08, 200, spread=spread)) for spread in (0.1, 0.6))

    assert alike.firm > 3 * unlike.firm


def test_a_small_show_says_little():
    alone = fit_share([(8, 100)] * 10)
    beside = fit_share([(8, 100)] * 10 + [(3, 4)])

    assert beside.share == pytest.approx(alone.share, rel=0.1)


def test_no_show_has_it_and_every_show_has_it():
    assert fit_share([(0, 100)] * 10).share < 0.005
    assert fit_share([(100, 100)] * 10).share > 0.995


def test_the_order_of_shows_does_not_matter():
    seen = counts(1, 40, 0.1, 100, staged=0.2)

    assert fit_share(seen).share == pytest.approx(fit_share(seen[::-1]).share, rel=1e-6)
