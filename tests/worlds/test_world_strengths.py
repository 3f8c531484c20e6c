"""What is planted lies within the ranges that were agreed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from math import ceil
from random import Random

import pytest

from worlds.bazaar.laws import MINUTE, SECOND
from worlds.bazaar.plants import PLANTS, Planted
from worlds.bazaar.plants.coordinated_purchases import STRENGTHS as PURCHASES
from worlds.bazaar.plants.coordinated_purchases import spend
from worlds.bazaar.show import Show

SEEDS = range(12)


def plant(show: Show, scheme: str, strength: str) -> tuple[Planted, list[dict]]:
    """What a plant says that it did, and the events it wrote."""
    scribe = show.scribe(scheme)
    planted = PLANTS[scheme](show, strength, scribe, show.random(scheme))
    return planted, [value for _, _, value in scribe.events]


def joins(show: Show) -> dict[str, int]:
    first: dict[str, int] = {}
    for visit in show.hired:
        first.setdefault(visit.account.account_id, visit.at)
    return first


def orders(events: list[dict]) -> dict[str, dict[str, int]]:
    """Amount placed by account and order."""
    placed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for value in events:
        if value["status"] == "placed":
            placed[value["account_id"]][value["order_id"]] += value["amount_minor"]
    return placed


@pytest.mark.parametrize(
    ("strength", "smallest", "largest"), [("blatant", 12, 60), ("moderate", 8, 40), ("faint", 6, 20)]
)
def test_crews_that_buy_have_the_agreed_size(
    make_show: Callable[..., Show], strength: str, smallest: int, largest: int
) -> None:
    sizes = [len(plant(make_show(seed), "coordinated_purchases", strength)[0].accounts) for seed in SEEDS]

    assert smallest <= min(sizes)
    assert max(sizes) <= largest
    assert len(set(sizes)) > 3


@pytest.mark.parametrize(("strength", "band"), [("blatant", 0.05), ("moderate", 0.12), ("faint", 0.25)])
@pytest.mark.parametrize("one_price", [False, True])
def test_totals_hug_one_round_sum(make_show: Callable[..., Show], strength: str, band: float, one_price: bool) -> None:
    for seed in SEEDS:
        show = make_show(seed, one_price=one_price)
        planted, events = plant(show, "coordinated_purchases", strength)
        totals = sorted(sum(by_order.values()) for by_order in orders(events).values())
        disobedient = round(len(planted.accounts) / 10) if strength == "moderate" else 0
        sums = [total - total % step for total in totals for step in (500, 1_000, 5_000, 10_000, 50_000, 100_000)]
        inside = max(sum(m <= total <= m * (1 + band) + 1 for total in totals) for m in sums if m)
        assert inside >= len(totals) - disobedient


def test_a_blatant_crew_joins_within_two_minutes_and_buys_within_three(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        show = make_show(seed)
        planted, _ = plant(show, "coordinated_purchases", "blatant")
        came = sorted(joins(show).values())
        assert came[-1] - came[0] <= 2 * MINUTE
        assert max(planted.acts) - min(planted.acts) <= 3 * MINUTE
        assert len(planted.acts) == len(planted.accounts)


def test_a_moderate_crew_takes_five_to_thirty_minutes(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        show = make_show(seed)
        planted, _ = plant(show, "coordinated_purchases", "moderate")
        came = sorted(joins(show).values())
        assert 5 * MINUTE <= max(planted.acts) - came[0] <= 30 * MINUTE


def test_a_third_of_a_moderate_crew_splits_its_sum(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        planted, events = plant(make_show(seed), "coordinated_purchases", "moderate")
        split = sum(len(by_order) > 1 for by_order in orders(events).values())
        assert split <= ceil(len(planted.accounts) / 3)
        assert split >= len(planted.accounts) / 3 - 1


def test_a_faint_crew_takes_its_time_over_the_show(make_show: Callable[..., Show]) -> None:
    spans = []
    for seed in SEEDS:
        show = make_show(seed)
        plant(show, "coordinated_purchases", "faint")
        came = sorted(joins(show).values())
        spans.append(came[-1] - came[0])
    assert sorted(spans)[len(spans) // 2] > 20 * MINUTE


@pytest.mark.parametrize(
    ("strength", "least", "most"), [("blatant", 0.8, 1), ("moderate", 0.4, 0.6), ("faint", 0, 0.3)]
)
def test_links_are_shared_by_the_agreed_part(
    make_show: Callable[..., Show], strength: str, least: float, most: float
) -> None:
    for seed in SEEDS:
        show = make_show(seed)
        planted, _ = plant(show, "coordinated_purchases", strength)
        accounts = list({visit.account.account_id: visit.account for visit in show.hired}.values())
        shared = 0
        for name in ("inviter_id", "ip_prefix", "device_id", "address_id"):
            counts = Counter(getattr(account, name) for account in accounts)
            linked = sum(count for count in counts.values() if count > 1)
            shared = max(shared, linked)
        assert least * len(planted.accounts) - 1 <= shared <= most * len(planted.accounts) + 2


def test_the_sum_is_one_that_the_prices_can_reach(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        shop = make_show(seed, viewers=50).stage.shop
        for row in PURCHASES.values():
            assert spend(shop, row.band, Random(seed)) % 500 == 0


@pytest.mark.parametrize(
    ("strength", "crew", "lines"),
    [("blatant", (15, 60), (5, 8)), ("moderate", (10, 40), (3, 5)), ("faint", (8, 25), (2, 3))],
)
def test_praisers_are_as_many_and_say_as_much_as_agreed(
    make_show: Callable[..., Show], strength: str, crew: tuple[int, int], lines: tuple[int, int]
) -> None:
    for seed in SEEDS:
        planted, events = plant(make_show(seed), "paid_praise", strength)
        said = Counter(value["account_id"] for value in events)
        assert crew[0] <= len(planted.accounts) <= crew[1]
        assert set(said) == set(planted.accounts)
        assert lines[0] <= min(said.values())
        assert max(said.values()) <= lines[1]
        assert sorted(value["ts"] for value in events) == sorted(planted.acts)


def test_blatant_praise_comes_within_twenty_seconds_of_its_cue(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        planted, _ = plant(make_show(seed), "paid_praise", "blatant")
        acts = sorted(planted.acts)
        began = acts[0]
        for before, act in pairwise(acts):
            if act - before > 25 * SECOND:
                began = act
            assert act - began <= 20 * SECOND


def test_moderate_praise_is_jittered_and_faint_praise_drips(make_show: Callable[..., Show]) -> None:
    busiest = {}
    for strength in ("blatant", "moderate", "faint"):
        shares = []
        for seed in SEEDS:
            planted, _ = plant(make_show(seed), "paid_praise", strength)
            by_slot = Counter(act // (20 * SECOND) for act in planted.acts)
            shares.append(max(by_slot.values()) / len(planted.accounts))
        busiest[strength] = sorted(shares)[len(shares) // 2]
    assert busiest["blatant"] > busiest["moderate"] > busiest["faint"]


def test_nobody_of_a_faint_crew_speaks_twice_before_the_others_have_spoken(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        planted, events = plant(make_show(seed), "paid_praise", "faint")
        speakers = [value["account_id"] for value in sorted(events, key=lambda value: value["ts"])]
        assert set(speakers[: len(planted.accounts)]) == set(planted.accounts)


def test_scripts_are_typed_off_in_blatant_crews_and_own_words_are_found_in_faint_ones(
    make_show: Callable[..., Show],
) -> None:
    repeated = {}
    for strength in ("blatant", "moderate", "faint"):
        lines = []
        for seed in SEEDS:
            _, events = plant(make_show(seed), "paid_praise", strength)
            texts = Counter(value["text"] for value in events)
            lines.append(sum(count for count in texts.values() if count > 1) / len(events))
        repeated[strength] = sum(lines) / len(lines)
    assert repeated["blatant"] > 0.3
    assert repeated["moderate"] < 0.3
    assert repeated["faint"] < 0.1


def test_hired_praisers_are_no_fans_and_stay_in_the_room_for_their_lines(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        show = make_show(seed)
        _, events = plant(show, "paid_praise", "moderate")
        stays = {visit.account.account_id: visit for visit in reversed(show.hired)}
        for value in events:
            visit = stays[value["account_id"]]
            assert value.get("badge", 0) < 5
            assert visit.at < value["ts"] <= visit.until
