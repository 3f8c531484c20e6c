"""Coordinated purchases in shops and under briefs of other habits: nothing here was drawn by a simulated world."""

from dataclasses import replace
from random import Random

import pytest
from builders import accounts_of, alerts, join, order
from foremen import Brief, Shop, crew_names, crew_of, price_list, public

from streams.alerts import Alert
from streams.detectors.coordinated_purchases import CoordinatedPurchases
from streams.events import Event
from streams.partition import Partition

SHOPS = {
    "usual": Shop(),
    "cheap": Shop(median_minor=1_200),
    "large baskets": Shop(more_things=0.6, more_pieces=0.4),
    "few things": Shop(kinds=6),
    "wide": Shop(spread=1.1, kinds=60),
    "one favourite": Shop(favourite=0.6),
}
BRIEFS = {
    "all at once, within 5 %": Brief(waves=1, noise=0.05),
    "three waves, a third split, half linked, within 12 %": Brief(waves=3, splits=0.33, linked=0.5),
    "over half an hour, a third split, no links, within 12 %": Brief(splits=0.33),
    "over half an hour, all split minutes apart, within 12 %": Brief(people=18, splits=1.0),
}


def found(*groups: list[Event]) -> list[Alert]:
    return alerts(*groups, partition=Partition(detectors=[CoordinatedPurchases]))


def told(brief: Brief, shop: Shop, seed: int) -> Brief:
    """The brief with a sum that this shop's prices make of two or three things."""
    prices = sorted(price_list(shop, Random(f"public/{seed}")))
    return replace(brief, spend_minor=round(3.2 * prices[len(prices) // 2] / 1_000) * 1_000 or 2_000)


@pytest.mark.parametrize("shop", SHOPS.values(), ids=SHOPS)
def test_honest_buyers_are_silent_in_any_shop(shop: Shop):
    assert [found(public(shop, seed)) for seed in range(4)] == [[]] * 4


@pytest.mark.parametrize("shop", SHOPS.values(), ids=SHOPS)
@pytest.mark.parametrize("brief", BRIEFS.values(), ids=BRIEFS)
def test_a_crew_is_found_in_any_shop_and_mostly_the_crew_is_named(shop: Shop, brief: Brief):
    said = told(brief, shop, 3)
    raised = found(public(shop, 3), crew_of(said, shop, 3))

    assert raised
    named = set(accounts_of(raised[-1]))
    assert len(named & crew_names(said)) >= 0.6 * len(named)
    assert len(named & crew_names(said)) >= 0.5 * said.people


@pytest.mark.parametrize("share", [0.6, 0.9])
def test_a_small_show_that_is_mostly_crew_is_found_without_a_rest_to_compare_with(share: float):
    brief = Brief(people=20, spend_minor=16_000, comes_s=(60, 1_500))
    honest = round(brief.people * (1 - share) / share)

    assert found(public(Shop(buyers=0.5), 5, people=honest, length_s=2_400), crew_of(brief, Shop(), 5))


def test_a_family_s_a_village_s_and_a_school_s_first_show_are_silent():
    for seed in range(6):
        shop = Shop(buyers=0.7, kinds=8)
        village = public(shop, seed, people=30, length_s=1_800)
        assert found(village) == []
        assert found(public(Shop(buyers=0.9, kinds=4), seed, people=14, length_s=900)) == []
        school = [
            e for i in range(40) for e in (join(f"s{i}", 10 + i, ip_prefix="school"), order(f"s{i}", 90 + 7 * i, 2_500))
        ]
        assert found(school) == []
