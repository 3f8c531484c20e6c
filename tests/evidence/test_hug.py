"""Sums that hug one sum: by different ways, above what the neighbourhood has."""

import pytest

from streams.evidence.hug import LEAST_ACCOUNTS, Band, Sums


def sums(values: list[int], *, same: bool = False) -> Sums:
    values = sorted(values)
    return Sums(values, ["one basket" if same else f"basket {i}" for i in range(len(values))], [False] * len(values))


def best(table: Sums, sum_minor: int) -> Band | None:
    return max(table.bands_with(sum_minor), key=lambda band: band.bits, default=None)


SPREAD = [int(3_000 * 1.05**i) for i in range(60)]  # honest sums, evenly on a logarithmic scale


def test_ten_accounts_just_above_one_sum_are_surprising():
    band = best(sums([*SPREAD, *range(10_000, 10_500, 50)]), 10_000)

    assert band is not None
    assert 9_500 <= band.low_minor <= 10_000
    assert band.count >= 10
    assert band.bits > 12


def test_evenly_spread_sums_are_not():
    band = best(sums(SPREAD), SPREAD[30])

    assert band is None or band.bits < 0


def test_ten_accounts_with_one_basket_count_as_one_way():
    assert sums([*range(10_000, 10_500, 50)], same=True).bands_with(10_000) == []


@pytest.mark.parametrize(("count", "found"), [(LEAST_ACCOUNTS - 1, False), (LEAST_ACCOUNTS, True)])
def test_a_band_needs_five_accounts(count: int, found: bool):
    assert bool(sums([10_000 + i for i in range(count)]).bands_with(10_000)) is found


def test_only_bands_with_the_sum_that_changed_are_looked_at():
    table = sums([*SPREAD, *range(10_000, 10_500, 50)])

    assert all(band.low_minor <= 4_000 <= band.high_minor for band in table.bands_with(4_000))


def test_a_basket_of_one_thing_counts_half():
    values = sorted([*range(10_000, 10_500, 50)])
    singles = Sums(values, [f"basket {i}" for i in range(10)], [True] * 10)

    assert singles.ways(0, 10) == pytest.approx(5)
    assert sums(values).ways(0, 10) == pytest.approx(10)
