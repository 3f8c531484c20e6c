"""What explains that sums bunch: a declared promotion, or a coupon that all of them used."""

import pytest
from builders import marker, order

from streams.evidence.explained import LEAST_USERS, Explained
from streams.evidence.hug import Band
from streams.evidence.purses import Purse
from streams.show import ShowState


def spent(name: str, amount: int, coupon: str | None = None) -> Purse:
    purse = Purse(name, "CNY")
    purse.add(order(name, 1, amount, name, coupon_id=coupon))
    return purse


def band(low: int, high: int) -> Band:
    return Band(low, high, 0, 1, 1.0, 0.1, 20.0)


def with_a_code(count: int) -> list[Purse]:
    """So many who filled up to 200 to get 20 off by a code."""
    return [spent(f"p{i}", 18_000 + 150 * i, "code") for i in range(count)]


def test_a_declared_promotion_explains_sums_at_its_threshold_and_just_below_and_no_others():
    show = ShowState("room", "show", 0)
    show.taker_of(type(marker("promotion", 1)), ())(marker("promotion", 1, threshold_minor=20_000))
    explained = Explained(show.markers, [])

    assert not explained.explains(band(5_000, 6_000), [])
    assert explained.explains(band(20_000, 21_000), [])
    assert explained.explains(band(16_500, 17_000), [])
    assert not explained.explains(band(30_000, 31_000), [])


@pytest.mark.parametrize(("count", "known"), [(LEAST_USERS - 1, False), (LEAST_USERS, True)])
def test_the_least_that_was_spent_with_a_coupon_is_its_threshold(count: int, known: bool):
    users = with_a_code(count)

    assert Explained([], users).explains(band(18_000, 19_500), users) is known


def test_a_coupon_that_half_of_a_band_did_not_use_explains_nothing():
    users, others = with_a_code(8), [spent(f"c{i}", 18_200 + i) for i in range(8)]

    assert Explained([], users).explains(band(18_000, 19_500), [*users, *others])
    assert not Explained([], users).explains(band(18_000, 19_500), [*users, *others, spent("c8", 18_300)])


def test_a_coupon_that_is_given_from_a_small_sum_on_explains_no_large_one():
    users = [spent(f"p{i}", 5_000 + 40 * i, "code") for i in range(20)]
    crew = [spent(f"c{i}", 20_000 + 40 * i, "code") for i in range(10)]

    assert not Explained([], [*users, *crew]).explains(band(20_000, 20_400), crew)


def test_without_promotions_and_coupons_nothing_is_explained():
    assert not Explained([], [spent("a", 1_000)]).explains(band(900, 1_100), [])
