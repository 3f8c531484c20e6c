"""Sums that hug one sum: by different ways, above what the neighbourhood has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.hug import LEAST_ACCOUNTS, LEAST_WAYS, TOLERANCES, Band, Sums, can_hug


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
    assert band.bits > 18


def test_evenly_spread_sums_are_not():
    table = sums(SPREAD)
    band = best(table, SPREAD[30])

    assert band is None or band.bits < table.tried_bits


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


@given(st.lists(st.integers(300, 2_000), min_size=1, max_size=20), st.data())
def test_bands_are_those_of_the_plain_search_and_there_are_none_where_they_cannot_be(values: list[int], data):
    values.sort()
    baskets = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=len(values), max_size=len(values)))
    table, sum_minor = Sums(values, baskets, [basket < "c" for basket in baskets]), data.draw(st.sampled_from(values))
    plain = plain_bands(table, baskets, sum_minor)

    assert [(b.low_minor, b.high_minor, b.first, b.last) for b in table.bands_with(sum_minor)] == plain
    assert can_hug(values, sum_minor) or not plain


def plain_bands(table: Sums, baskets: list[str], sum_minor: int) -> list[tuple[int, int, int, int]]:
    """Every band that begins at a sum and holds `sum_minor`, with enough accounts that bought different things."""
    found = []
    for low in dict.fromkeys(table.sums):
        for tolerance in TOLERANCES:
            high = int(low * tolerance)
            inside = [place for place, value in enumerate(table.sums) if low <= value <= high]
            kinds = sum(1 / baskets.count(baskets[place]) for place in inside)
            if low <= sum_minor <= high and len(inside) >= LEAST_ACCOUNTS and kinds >= LEAST_WAYS - 1e-6:
                found.append((low, high, inside[0], inside[-1] + 1))
    return found


def test_without_those_in_it_nothing_is_left_of_a_band_and_without_nobody_all():
    table = sums([*SPREAD, *range(10_000, 10_500, 50)])
    band = best(table, 10_000)

    assert band is not None
    assert table.bits_without(band, lambda at: False) == pytest.approx(band.bits, rel=0.01)
    assert table.bits_without(band, lambda at: band.first <= at < band.last) == 0.0
    fewer = table.bits_without(band, lambda at: band.first <= at < band.first + 4)
    assert 0.0 < fewer < band.bits
