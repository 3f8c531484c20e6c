"""Fake orders, sales at a loss, bought viewers and surges of complaints lie within the ranges that were agreed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from worlds.bazaar.buying import buy
from worlds.bazaar.laws import DAY, HOUR, MINUTE, SECOND
from worlds.bazaar.plants import PLANTS, Planted
from worlds.bazaar.show import Show

SEEDS = range(8)
Values = list[dict[str, Any]]


def plant(show: Show, scheme: str, strength: str) -> tuple[Planted, Values]:
    """What a plant says that it did once the honest visitors have bought, and the events it wrote."""
    buy(show, show.visits, show.scribe("honest"), show.random("buying"))
    show.stage.horizon = show.stage.end + 20 * DAY
    scribe = show.scribe(scheme)
    planted = PLANTS[scheme](show, strength, scribe, show.random(scheme))
    return planted, [value for _, _, value in scribe.events]


def steps(events: Values, *status: str) -> dict[str, Values]:
    """The events of these states by order."""
    found: dict[str, Values] = defaultdict(list)
    for value in events:
        if value.get("status") in status:
            found[value["order_id"]].append(value)
    return found


@pytest.mark.parametrize(
    ("strength", "least", "most", "undone", "within_ms"),
    [("blatant", 40, 200, 0.9, 9 * HOUR), ("moderate", 25, 120, 0.7, DAY), ("faint", 16, 60, 0.5, 4 * DAY)],
)
def test_fake_orders_are_taken_back_in_the_agreed_number_and_time(
    make_show: Callable[..., Show], strength: str, least: int, most: int, undone: float, within_ms: int
) -> None:
    for seed in SEEDS:
        show = make_show(seed, viewers=600)
        planted, events = plant(show, "fake_orders", strength)
        accounts = {value["account_id"] for value in events if value.get("status") == "placed"}
        placed = len(steps(events, "placed"))
        assert least <= placed <= most
        assert accounts == set(planted.accounts)
        assert len(planted.acts) == round(undone * placed)
        assert show.stage.end <= min(planted.acts)
        assert max(planted.acts) <= show.stage.end + within_ms


def test_blatant_fake_orders_are_cancelled_in_the_same_minutes_and_faint_ones_over_days(
    make_show: Callable[..., Show],
) -> None:
    together = {}
    for strength in ("blatant", "faint"):
        shares = []
        for seed in SEEDS:
            planted, _ = plant(make_show(seed), "fake_orders", strength)
            busiest = max(Counter(act // (5 * MINUTE) for act in planted.acts).values())
            shares.append(busiest / len(planted.acts))
        together[strength] = sorted(shares)[len(shares) // 2]
    assert together["blatant"] > 0.2 > together["faint"]


def test_refunds_are_among_the_moderate_and_faint_ones(make_show: Callable[..., Show]) -> None:
    for strength, some in (("blatant", False), ("moderate", True), ("faint", True)):
        refunded = sum(
            value["ts"] in planted.acts and value["status"] == "refunded"
            for seed in SEEDS
            for planted, events in [plant(make_show(seed), "fake_orders", strength)]
            for value in events
            if "status" in value
        )
        assert bool(refunded) == some


@pytest.mark.parametrize(
    ("strength", "share", "dearest"), [("blatant", 1 / 3, 0.56), ("moderate", 1 / 5, 0.76), ("faint", 1 / 10, 0.93)]
)
def test_the_agreed_part_of_an_items_orders_is_sold_below_cost(
    make_show: Callable[..., Show], strength: str, share: float, dearest: float
) -> None:
    tried = 0
    for seed in range(14):
        show = make_show(seed, viewers=2_500)
        if not show.stage.shop.tells_costs:
            continue
        tried += 1
        planted, events = plant(show, "loss_selling", strength)
        costs = {item.sku: item.unit_cost_minor for item in show.stage.shop.items}
        lost = steps(events, "placed")
        assert planted.accounts == []
        assert sorted(planted.acts) == sorted(lines[0]["ts"] for lines in lost.values())
        for lines in lost.values():
            cost = sum((costs[line["sku"]] or 0) * line["quantity"] for line in lines)
            assert sum(line["amount_minor"] for line in lines) <= dearest * cost
        common = Counter(line["sku"] for lines in lost.values() for line in lines[:1]).most_common(1)[0][0]
        honest = sum(any(line.item.sku == common for line in sold.order.lines) for sold in show.sold)
        if honest >= 40:
            assert len(lost) / (len(lost) + honest) == pytest.approx(share, abs=0.03)
    assert tried >= 5


def test_a_faint_loss_hides_behind_gifts_sets_subsidies_and_missing_costs(make_show: Callable[..., Show]) -> None:
    seen: Counter[str] = Counter()
    for seed in range(24):
        show = make_show(seed, viewers=1_500)
        if show.stage.shop.tells_costs:
            _, events = plant(show, "loss_selling", "faint")
            for lines in steps(events, "placed").values():
                seen["gift"] += any(line["amount_minor"] == 0 for line in lines)
                seen["set"] += any("bundle_id" in line for line in lines)
                seen["subsidy"] += any(line.get("subsidy_by") == "seller" for line in lines)
                seen["no cost"] += any("unit_cost_minor" not in line for line in lines)
    assert min(seen[name] for name in ("gift", "set", "subsidy", "no cost")) >= 5


@pytest.mark.parametrize(
    ("strength", "least", "most"), [("blatant", 500, 5_000), ("moderate", 200, 2_000), ("faint", 150, 700)]
)
def test_farms_have_the_agreed_size_and_come_while_the_show_is_on(
    make_show: Callable[..., Show], strength: str, least: int, most: int
) -> None:
    sizes = set()
    for seed in SEEDS:
        show = make_show(seed, viewers=1_000)
        planted, events = plant(show, "inflated_viewers", strength)
        assert events == []
        assert len(set(planted.accounts)) == len(planted.accounts) == len(planted.acts)
        assert show.stage.start < min(planted.acts) <= max(planted.acts) < show.stage.end
        sizes.add(len(planted.accounts))
    assert least <= min(sizes)
    assert max(sizes) <= most
    assert len(sizes) > 5


def test_blatant_farms_come_in_bursts_and_share_devices_or_networks(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        show = make_show(seed, viewers=1_000)
        planted, _ = plant(show, "inflated_viewers", "blatant")
        bots = [visit.account for visit in show.hired]
        shared = max(
            sum(count for count in Counter(getattr(bot, name) for bot in bots).values() if count >= 8)
            for name in ("device_id", "ip_prefix")
        )
        acts = sorted(planted.acts)
        gaps = [after - before for before, after in pairwise(acts)]
        assert shared > 0.5 * len(bots)
        assert sum(gap > 41 * SECOND for gap in gaps) <= 6
        assert all(visit.talks == visit.keen == 0 for visit in show.hired)


def test_some_of_a_moderate_farm_chat_and_a_faint_one_comes_over_the_whole_show(
    make_show: Callable[..., Show],
) -> None:
    for seed in SEEDS:
        show = make_show(seed, viewers=1_000)
        plant(show, "inflated_viewers", "moderate")
        assert 0.04 < sum(visit.talks > 0 for visit in show.hired) / len(show.hired) < 0.18
        quiet = make_show(seed, viewers=1_000)
        planted, _ = plant(quiet, "inflated_viewers", "faint")
        assert len({act // (5 * MINUTE) for act in planted.acts}) >= 7
        assert len({visit.account.device_id for visit in quiet.hired}) == len(quiet.hired)


@pytest.mark.parametrize(("strength", "times", "more"), [("blatant", 5, 24), ("moderate", 3, 16), ("faint", 2, 12)])
def test_complaints_are_so_many_times_the_usual_and_so_many_more(
    make_show: Callable[..., Show], strength: str, times: int, more: int
) -> None:
    for seed in SEEDS:
        show = make_show(seed, viewers=6_000)
        planted, events = plant(show, "complaint_surge", strength)
        usual = sum(sold.paid_at > 0 for sold in show.sold) * show.stage.room.complaints
        assert len(planted.acts) >= more
        assert len(planted.acts) >= (times - 1) * usual * 0.9
        assert sorted(planted.acts) == sorted(value["ts"] for value in events)
        assert {value["reason"] for value in events} <= {"quality", "counterfeit", "after_sales"}
        assert min(planted.acts) >= show.stage.end
        assert planted.accounts == []


def test_complaints_come_over_days_and_each_order_is_complained_of_once(make_show: Callable[..., Show]) -> None:
    for seed in SEEDS:
        show = make_show(seed, viewers=3_000)
        planted, events = plant(show, "complaint_surge", "moderate")
        acts = sorted(planted.acts)
        orders = Counter(value["order_id"] for value in events)
        assert HOUR < acts[len(acts) // 2] - show.stage.end < 8 * DAY
        assert max(orders.values()) == 1


def test_an_evening_that_is_cut_off_crowds_what_comes_afterwards_into_it(make_show: Callable[..., Show]) -> None:
    for scheme in ("fake_orders", "complaint_surge"):
        for strength in ("blatant", "faint"):
            show = make_show(3)
            buy(show, show.visits, show.scribe("honest"), show.random("buying"))
            show.stage.horizon = show.stage.end + HOUR
            planted = PLANTS[scheme](show, strength, show.scribe(scheme), show.random(scheme))
            assert show.stage.end <= min(planted.acts) <= max(planted.acts) <= show.stage.horizon
