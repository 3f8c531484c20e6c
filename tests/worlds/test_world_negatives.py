"""What is innocent but looks suspicious is there when it is asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from worlds import NEGATIVES, evening
from worlds.bazaar.laws import MINUTE

Values = list[tuple[str, dict[str, Any]]]


def show_with(*names: str, seed: int = 3, viewers: int = 500) -> Values:
    made = evening(seed, shows=1, viewers=(viewers, viewers), plants=(), negatives=names, tail_hours=1.0)
    assert made.truth["shows"][0]["negatives"] == [name for name in NEGATIVES if name in names]
    return [(topic, value) for _, topic, value in made.events]


def markers(values: Values, action: str) -> list[dict[str, Any]]:
    return [value for topic, value in values if topic == "live.shows" and value["action"] == action]


def sharing(values: Values, name: str) -> int:
    """How many accounts have the commonest value of a field."""
    who: dict[str, set[str]] = defaultdict(set)
    for _, value in values:
        if name in value:
            who[value[name]].add(value["account_id"])
    return max(map(len, who.values()))


def placed(values: Values) -> list[dict[str, Any]]:
    return [value for topic, value in values if topic == "live.orders" and value["status"] == "placed"]


def totals(values: Values) -> Counter[str]:
    sums: Counter[str] = Counter()
    for value in placed(values):
        sums[value["order_id"]] += value["amount_minor"]
    return sums


def sum_of(values: Values, coupon_id: str) -> dict[str, int]:
    """What each order with this coupon came to."""
    sums: dict[str, int] = defaultdict(int)
    for value in placed(values):
        if value.get("coupon_id") == coupon_id:
            sums[value["order_id"]] += value["amount_minor"]
    return sums


def busiest_minute(values: Values, chosen: Callable[[str, dict[str, Any]], bool]) -> int:
    return max(Counter(v["ts"] // MINUTE for t, v in values if chosen(t, v)).values(), default=0)


def test_a_flash_sale_has_its_marker_and_a_rush_for_its_item() -> None:
    values = show_with("flash_sale")
    [*sales] = markers(values, "flash_sale")

    assert 1 <= len(sales) <= 3
    for sale in sales:
        rush = [v for v in placed(values) if v["sku"] == sale["sku"] and sale["ts"] <= v["ts"] <= sale["until_ts"]]
        assert len(rush) >= 2
    assert any("until_ts" in sale for sale in sales)


def test_a_lottery_has_its_words_and_a_third_of_the_room_types_them() -> None:
    values = show_with("lottery")

    assert all(marker["text"] and marker["until_ts"] for marker in markers(values, "lottery"))
    assert busiest_minute(values, lambda t, v: t == "live.comments") >= 15


def test_a_prompting_host_asks_every_few_minutes() -> None:
    assert len(markers(show_with("prompt"), "prompt")) >= len(markers(show_with(), "prompt")) + 5


def test_prompted_praise_is_asked_for_in_a_marker() -> None:
    assert len(markers(show_with("prompted_praise"), "prompt")) > len(markers(show_with(), "prompt"))


def test_a_tier_makes_honest_baskets_bunch_just_above_it() -> None:
    bunched = others = 0
    for seed in range(5):
        values = show_with("promotion_tier", seed=seed, viewers=1_500)
        [tier] = markers(values, "promotion")
        m = tier["threshold_minor"]
        for total in totals(values).values():
            bunched += 0.85 * m <= total <= 1.15 * m
        for total in totals(show_with(seed=seed, viewers=1_500)).values():
            others += 0.85 * m <= total <= 1.15 * m
    assert bunched > 1.8 * others


def test_a_group_buy_brings_groups_that_order_one_item() -> None:
    values = show_with("group_buy")
    [marker] = markers(values, "group_buy")

    window = [v for v in placed(values) if marker["ts"] <= v["ts"] <= marker["ts"] + 22 * MINUTE]
    assert sum(value["sku"] == marker["sku"] for value in window) >= 6


def test_a_raid_brings_a_crowd_within_a_minute_that_says_where_it_comes_from() -> None:
    values = show_with("raid")

    assert busiest_minute(values, lambda t, v: v.get("source") == "raid") >= 50


def test_the_front_page_brings_a_broad_wave() -> None:
    assert sum(value.get("source") == "front_page" for _, value in show_with("front_page")) >= 100


def test_a_fan_club_has_badges_and_comes_at_the_opening() -> None:
    values, plain = show_with("fan_club"), show_with()

    def fans(of: Values) -> int:
        return len({v["account_id"] for t, v in of if t == "live.comments" and v.get("badge", 0) >= 5})

    assert fans(values) >= fans(plain) + 10


def test_families_share_an_address_and_a_network() -> None:
    values = show_with("family")

    assert sharing(values, "ip_prefix") >= 3
    assert len(values) > len(show_with())


def test_a_campus_shares_one_network() -> None:
    assert sharing(show_with("campus"), "ip_prefix") >= 30


def test_a_show_of_one_price_sells_one_item() -> None:
    assert len({value["sku"] for value in placed(show_with("one_price", viewers=1_500))}) == 1


def test_an_office_orders_to_one_address_and_books_in_bulk() -> None:
    values = show_with("office_order")

    assert sharing(values, "address_id") >= 5
    assert max(value["quantity"] for value in placed(values)) >= 20


def test_one_price_leaves_out_what_it_excludes() -> None:
    made = evening(1, shows=1, viewers=(60, 60), plants=(), negatives=["one_price", "flash_sale", "raid"])

    assert made.truth["shows"][0]["negatives"] == ["raid", "one_price"]


@pytest.mark.parametrize("name", NEGATIVES)
def test_every_look_alike_works_in_the_smallest_room(name: str) -> None:
    assert show_with(name, viewers=20)


def test_a_code_makes_honest_baskets_bunch_and_only_the_orders_tell_of_it() -> None:
    bunched = others = 0
    for seed in range(5):
        values = show_with("coupon_code", seed=seed, viewers=1_500)
        assert not markers(values, "promotion")
        plain = {value.get("coupon_id") for value in placed(show_with(seed=seed, viewers=1_500))}
        code = {value.get("coupon_id") for value in placed(values)} - plain
        assert len(code) == 1
        spent = sorted(sum_of(values, *code).values())
        low, high = spent[0], 1.25 * spent[0]
        bunched += sum(low <= total <= high for total in spent)
        others += sum(low <= total <= high for total in totals(show_with(seed=seed, viewers=1_500)).values())
    assert bunched > 1.5 * others


def test_colleagues_who_have_it_sent_home_share_a_network_and_no_address() -> None:
    values, plain = show_with("home_office"), show_with()

    assert sharing(values, "ip_prefix") >= 8
    assert sharing(values, "address_id") == sharing(plain, "address_id")


def test_invited_fans_share_one_inviter() -> None:
    assert sharing(show_with("invited_fans"), "inviter_id") >= 10


def test_parcels_that_go_free_from_a_sum_on_are_told_by_nothing_but_the_sums() -> None:
    values, plain = show_with("free_shipping", viewers=1_500), show_with(viewers=1_500)

    assert len(markers(values, "promotion")) == len(markers(plain, "promotion"))
    assert sum(totals(values).values()) > sum(totals(plain).values())
