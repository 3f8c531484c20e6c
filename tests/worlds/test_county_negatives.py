"""Each innocent look-alike of the second world does what its name says, in every show that has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from county import HOUR, of, orders

from worlds import county
from worlds.county.talk.other_words import PRAISE_ANSWERS
from worlds.recording import Arrival

MINUTE = 60_000
ASKED: dict[str, Any] = {"seed": 61, "shows": 2, "viewers": (900, 2_500), "plants": (), "tail_hours": 400}
Events = list[Arrival]


def marks(events: Events, action: str) -> list[dict[str, Any]]:
    return [value for value in of(events, "live.shows") if value["action"] == action]


def during(events: Events, topic: str, mark: dict[str, Any]) -> list[dict[str, Any]]:
    until = mark.get("until_ts", mark["ts"] + 2 * MINUTE) + MINUTE
    return [value for value in of(events, topic) if mark["ts"] <= value["ts"] <= until]


def joins(events: Events, source: str) -> list[int]:
    return sorted(
        value["ts"] for value in of(events, "live.joins") if value["action"] == "join" and value.get("source") == source
    )


def flash_sale(events: Events, before: Events) -> None:
    [mark] = marks(events, "flash_sale")
    bought = [v for v in during(events, "live.orders", mark) if v["sku"] == mark["sku"] and v["status"] == "placed"]
    price, count = Counter(v["amount_minor"] for v in bought if v["quantity"] == 1).most_common(1)[0]
    assert count >= 8
    assert all(price > v.get("unit_cost_minor", 0) for v in bought)


def one_price(events: Events, before: Events) -> None:
    prices = {
        (v["amount_minor"] + v.get("subsidy_minor", 0)) // v["quantity"]
        for v in of(events, "live.orders")
        if v["status"] == "placed" and "coupon_id" not in v and v["amount_minor"]
    }
    assert len(prices) == 1


def campus_network(events: Events, before: Events) -> None:
    def largest(some: Events) -> tuple[str, int]:
        return Counter(
            v["ip_prefix"] for v in of(some, "live.joins") if v["action"] == "join" and "ip_prefix" in v
        ).most_common(1)[0]

    _, count = largest(events)
    assert count > 3 * largest(before)[1]
    assert count > 0.08 * len([v for v in of(events, "live.joins") if v["action"] == "join"])


def group_buy(events: Events, before: Events) -> None:
    [mark] = marks(events, "group_buy")
    bought = [v for v in during(events, "live.orders", mark) if v["sku"] == mark["sku"] and v["status"] == "placed"]
    inviters = {v["account_id"]: v.get("inviter_id") for v in of(events, "live.joins") if v.get("inviter_id")}
    leaders = Counter(inviters.get(v["account_id"]) for v in bought)
    assert sum(count >= 2 for leader, count in leaders.items() if leader) >= 3


def type_1(events: Events, before: Events) -> None:
    for mark in marks(events, "prompt"):
        word = mark["text"].removeprefix("想要的打")
        same = [v for v in during(events, "live.comments", mark) if v["text"].startswith(word)]
        assert len(same) >= 3
    assert len(of(events, "live.comments")) > 1.05 * len(of(before, "live.comments"))


def lottery(events: Events, before: Events) -> None:
    [mark] = marks(events, "lottery")
    word = mark["text"].removeprefix("抽奖口令：")
    same = {v["account_id"] for v in during(events, "live.comments", mark)}
    assert len(same) >= 10
    assert any(v["text"] == word for v in during(events, "live.comments", mark))


def praise_prompt(events: Events, before: Events) -> None:
    answers = {text for some in PRAISE_ANSWERS for text in some}
    for mark in marks(events, "prompt"):
        assert sum(v["text"] in answers for v in during(events, "live.comments", mark)) >= 2
    assert marks(events, "prompt")


def fans(events: Events, before: Events) -> None:
    def devoted(some: Events) -> int:
        lines = Counter(v["account_id"] for v in of(some, "live.comments") if v.get("badge", 0) >= 5)
        return sum(count >= 3 for count in lines.values())

    assert devoted(events) >= devoted(before) + 6


def goods_praise(events: Events, before: Events) -> None:
    assert len(of(events, "live.comments")) > len(of(before, "live.comments")) + 20


def stock_out(events: Events, before: Events) -> None:
    hit = [v for v in of(events, "live.orders") if v.get("cancelled_by") in ("seller", "system")]
    told = Counter(v["ts"] // (10 * MINUTE) for v in hit)
    usual = Counter(v["ts"] // (10 * MINUTE) for v in of(before, "live.orders") if v.get("cancelled_by") == "system")
    assert told.most_common(1)[0][1] >= max(4, usual.most_common(1)[0][1])


def impulse_buyers(events: Events, before: Events) -> None:
    def cancelled(some: Events) -> int:
        return len({v["order_id"] for v in of(some, "live.orders") if v.get("cancelled_by") == "buyer"})

    assert cancelled(events) > 1.5 * cancelled(before)


def bulk_booking(events: Events, before: Events) -> None:
    usual = orders(before)
    undone: dict[str, list[int]] = defaultdict(list)
    for order_id, steps in orders(events).items():
        if steps["cancelled"] and order_id not in usual:
            undone[steps["cancelled"][0]["account_id"]].append(steps["cancelled"][0]["ts"])
    assert any(len(times) >= 5 and max(times) - min(times) <= 10 * MINUTE for times in undone.values())


def promotion_budget(events: Events, before: Events) -> None:
    [mark] = marks(events, "promotion")
    below = [
        v
        for v in during(events, "live.orders", mark)
        if v["sku"] == mark["sku"] and v["status"] == "placed" and v["amount_minor"] < v.get("unit_cost_minor", 0)
    ]
    lost = sum(v["unit_cost_minor"] - v["amount_minor"] for v in below)
    assert 4 <= len(below) <= mark["units"]
    assert lost <= mark["budget_minor"]


def bundles(events: Events, before: Events) -> None:
    costs = {v["sku"]: v["unit_cost_minor"] for v in of(events, "live.orders") if "unit_cost_minor" in v}
    bundled = [steps["placed"] for steps in orders(events).values() if "bundle_id" in steps["placed"][0]]
    assert len(bundled) >= 4
    for lines in bundled:
        assert len(lines) == 2
        assert sum(line["amount_minor"] for line in lines) > sum(costs.get(line["sku"], 0) for line in lines)


def refunds(events: Events, before: Events) -> None:
    def refunded(some: Events) -> int:
        return len([v for v in of(some, "live.orders") if v["status"] == "refunded"])

    assert refunded(events) > 1.8 * refunded(before)


def tier_promotion(events: Events, before: Events) -> None:
    [mark] = marks(events, "promotion")
    m, usual = mark["threshold_minor"], orders(before)
    totals = [
        sum(line["amount_minor"] + line.get("subsidy_minor", 0) for line in steps["placed"])
        for order_id, steps in orders(events).items()
        if order_id not in usual
    ]
    assert len(totals) >= 5
    assert sum(m <= total <= 1.31 * m for total in totals) >= 0.6 * len(totals)


def raid(events: Events, before: Events) -> None:
    times = joins(events, "raid")
    assert len(times) >= 20
    assert times[-1] - times[0] < 4 * MINUTE


def front_page(events: Events, before: Events) -> None:
    assert len(joins(events, "front_page")) >= 20


def hosted_joins(events: Events, before: Events) -> None:
    _, count = Counter(
        v["inviter_id"] for v in of(events, "live.joins") if v.get("source") == "share" and "inviter_id" in v
    ).most_common(1)[0]
    assert count >= 10


def late_complaints(events: Events) -> list[int]:
    return sorted(v["ts"] for v in of(events, "live.complaints") if v["reason"] != "other")


def delivery_wave(events: Events, before: Events) -> None:
    assert len(marks(events, "flash_sale")) >= 2
    times = late_complaints(events)
    assert times[-1] - times[0] < 72 * HOUR


def holidays(events: Events, before: Events) -> None:
    assert late_complaints(events)[0] >= marks(events, "ended")[0]["ts"] + 24 * HOUR


def courier_outage(events: Events, before: Events) -> None:
    more = Counter(v["reason"] for v in of(events, "live.complaints"))
    usual = Counter(v["reason"] for v in of(before, "live.complaints"))
    assert more["other"] >= usual["other"] + 5
    assert sum(more.values()) - more["other"] == sum(usual.values()) - usual["other"]


def small(low: int, high: int) -> Callable[[Events, Events], None]:
    def check(events: Events, before: Events) -> None:
        there = {v["account_id"] for v in of(events, "live.joins")}
        assert low <= len(there) <= high + 3
        assert len(of(events, "live.comments")) / len(there) > 1.0
        assert of(events, "live.orders")

    return check


CHECKS: dict[str, Callable[[Events, Events], None]] = {
    "flash_sale": flash_sale,
    "one_price": one_price,
    "campus_network": campus_network,
    "group_buy": group_buy,
    "type_1": type_1,
    "lottery": lottery,
    "praise_prompt": praise_prompt,
    "fans": fans,
    "goods_praise": goods_praise,
    "stock_out": stock_out,
    "impulse_buyers": impulse_buyers,
    "bulk_booking": bulk_booking,
    "promotion_budget": promotion_budget,
    "clearance": promotion_budget,
    "bundles": bundles,
    "refunds": refunds,
    "tier_promotion": tier_promotion,
    "raid": raid,
    "front_page": front_page,
    "hosted_joins": hosted_joins,
    "delivery_wave": delivery_wave,
    "courier_outage": courier_outage,
    "holidays": holidays,
    "village_first_show": small(24, 120),
    "family_show": small(9, 40),
    "school_show": small(40, 160),
}


def by_show(**asked: Any) -> tuple[dict[str, Events], Any]:
    made = county.evening(**{**ASKED, **asked})
    found: dict[str, Events] = defaultdict(list)
    for arrival in made.events:
        found[arrival[2]["show_id"]].append(arrival)
    return found, made.truth


@pytest.fixture(scope="module")
def before() -> dict[str, Events]:
    return by_show(negatives=())[0]


@pytest.mark.parametrize("name", county.NEGATIVES)
def test_a_look_alike_does_what_its_name_says(before, name) -> None:
    share = 0.0 if name.endswith("_show") else 1.0
    found, truth = by_show(negatives=(name,), share=share)

    for show in truth["shows"]:
        assert show["negatives"] == [name]
        assert truth["schemes"][show["show_id"]] == {}
        CHECKS[name](found[show["show_id"]], before[show["show_id"]])


def test_every_look_alike_is_checked() -> None:
    assert set(CHECKS) == set(county.NEGATIVES)


def test_left_alone_the_evenings_hold_all_of_them_and_no_staged_show_is_a_small_one() -> None:
    told: Counter[str] = Counter()
    for seed in (71, 72, 73):
        made = county.evening(seed=seed, shows=60, viewers=(50, 120), hours=0.5)
        for show in made.truth["shows"]:
            told.update(show["negatives"])
            if made.truth["schemes"][show["show_id"]]:
                assert not {"village_first_show", "family_show", "school_show"} & set(show["negatives"])

    assert set(told) == set(county.NEGATIVES)


def test_what_is_named_comes_in_turn() -> None:
    made = county.evening(seed=74, shows=6, viewers=(50, 80), negatives=("raid", "lottery", "fans"), plants=())
    told = Counter(show["negatives"][0] for show in made.truth["shows"])

    assert told == {"raid": 2, "lottery": 2, "fans": 2}
