"""Every event that the world makes is one that the contract describes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec
import pytest

from worlds import Evening, evening
from worlds.bazaar.laws import DELAY_MAX_MS, MINUTE

COMMON = {"event_id": str, "ts": int, "room_id": str, "show_id": str}
WHO = {
    "device_id": str,
    "ip_prefix": str,
    "inviter_id": str,
    "pay_account_id": str,
    "address_id": str,
    "account_created_ts": int,
}
REQUIRED: dict[str, dict[str, type]] = {
    "live.joins": {"account_id": str, "action": str},
    "live.comments": {"account_id": str, "text": str},
    "live.orders": {
        "order_id": str,
        "account_id": str,
        "status": str,
        "sku": str,
        "quantity": int,
        "amount_minor": int,
        "currency": str,
    },
    "live.shows": {"action": str},
    "live.complaints": {"complaint_id": str, "account_id": str, "reason": str},
}
OPTIONAL: dict[str, dict[str, type]] = {
    "live.joins": {"source": str} | WHO,
    "live.comments": {"badge": int} | WHO,
    "live.orders": {
        **dict.fromkeys(("line_id", "seller_id", "subsidy_by", "coupon_id", "bundle_id", "pay_type", "category"), str),
        **dict.fromkeys(("unit_cost_minor", "list_price_minor", "subsidy_minor", "refund_minor"), int),
        "cancelled_by": str,
    }
    | WHO,
    "live.shows": {
        **dict.fromkeys(("seller_id", "host_id", "category", "text", "sku"), str),
        **dict.fromkeys(("until_ts", "ends_at_ts", "units", "budget_minor", "threshold_minor", "viewers_shown"), int),
    },
    "live.complaints": {"order_id": str, "seller_id": str, "sku": str, "text": str} | WHO,
}
CLOSED = {
    ("live.joins", "action"): {"join", "leave"},
    ("live.orders", "status"): {"placed", "paid", "cancelled", "refunded"},
    ("live.orders", "subsidy_by"): {"platform", "seller"},
    ("live.orders", "cancelled_by"): {"buyer", "seller", "system"},
    ("live.shows", "action"): {
        *("started", "ended", "prompt", "flash_sale", "lottery", "promotion", "group_buy", "status"),
    },
    ("live.complaints", "reason"): {"quality", "counterfeit", "after_sales", "other"},
}


def test_every_event_has_the_fields_of_its_topic_and_no_others(usual: Evening) -> None:
    for _, topic, value in usual.events:
        required, optional = COMMON | REQUIRED[topic], OPTIONAL[topic]
        for name, kind in required.items():
            assert type(value[name]) is kind, (topic, name, value)
        for name in value.keys() - required.keys():
            assert type(value[name]) is optional[name], (topic, name, value)


def test_words_from_closed_lists_are_on_them(usual: Evening) -> None:
    for _, topic, value in usual.events:
        for name in value:
            known = CLOSED.get((topic, name))
            assert known is None or value[name] in known


def test_numbers_are_possible_and_texts_short(usual: Evening) -> None:
    for _, topic, value in usual.events:
        if topic == "live.orders":
            assert value["quantity"] >= 1
            assert value["amount_minor"] >= 0
            assert value.get("unit_cost_minor", 1) > 0
            assert value.get("subsidy_minor", 1) > 0
        if topic == "live.comments":
            assert 1 <= len(value["text"]) <= 2_000
            assert value["text"] == value["text"].strip()
            assert not set("{}_*|∅") & set(
                value["text"].replace("mike_t", "").replace("big_al", "").replace("Nana_J", "")
            )
        assert value.get("account_created_ts", 0) < value["ts"]
        assert len(msgspec.json.encode(value)) < 4_096


def test_events_arrive_in_order_of_arrival_less_than_two_seconds_late(usual: Evening) -> None:
    arrivals = [arrival for arrival, _, _ in usual.events]
    delays = sorted(arrival - value["ts"] for arrival, _, value in usual.events)

    assert arrivals == sorted(arrivals)
    assert delays[0] >= 0
    assert delays[-1] <= DELAY_MAX_MS < 2_000
    assert delays[len(delays) // 20] >= 20
    assert delays[len(delays) * 19 // 20] <= 300


def test_no_two_events_share_an_id(usual: Evening) -> None:
    ids = [value["event_id"] for _, _, value in usual.events]

    assert len(set(ids)) == len(ids)


def test_an_evening_of_24_shows_has_the_size_that_was_asked_for(usual: Evening) -> None:
    assert 80_000 <= len(usual.events) <= 250_000
    assert len({value["room_id"] for _, _, value in usual.events}) == 24


def test_a_show_is_opened_by_its_marker_and_closed_by_another(usual: Evening) -> None:
    shows = {show["show_id"]: show for show in usual.truth["shows"]}
    for _, topic, value in usual.events:
        show = shows[value["show_id"]]
        assert value["room_id"] == show["room_id"]
        if topic == "live.shows" and value["action"] == "started":
            assert value["ts"] == show["start"]
        elif topic == "live.shows" and value["action"] == "ended":
            assert value["ts"] == show["end"]
        else:
            assert value["ts"] > show["start"] or topic == "live.complaints"
        if topic == "live.comments" or value.get("action") == "join" or value.get("status") == "placed":
            assert value["ts"] <= show["end"] + MINUTE


def test_an_account_says_and_orders_only_while_it_is_in_the_room(usual: Evening) -> None:
    joined: dict[tuple[str, str], int] = {}
    for _, topic, value in usual.events:
        if topic == "live.joins" and value["action"] == "join":
            key = (value["show_id"], value["account_id"])
            joined[key] = min(joined.get(key, value["ts"]), value["ts"])
    for _, topic, value in usual.events:
        if topic == "live.comments" or value.get("status") == "placed":
            assert joined[value["show_id"], value["account_id"]] < value["ts"]


def test_each_step_of_an_order_names_the_lines_that_were_placed(usual: Evening) -> None:
    placed: dict[str, set[Any]] = defaultdict(set)
    steps: dict[str, set[str]] = defaultdict(set)
    for _, topic, value in sorted(usual.events, key=lambda event: event[2]["ts"]):
        if topic != "live.orders":
            continue
        line = (value["sku"], value["quantity"], value["amount_minor"], value.get("line_id"))
        if value["status"] == "placed":
            placed[value["order_id"]].add(line)
        else:
            assert line in placed[value["order_id"]]
        steps[value["order_id"]].add(value["status"])
    paid = sum("paid" in done for done in steps.values()) / len(steps)
    cancelled = sum("cancelled" in done for done in steps.values()) / len(steps)
    assert 0.9 < paid < 0.99
    assert 0.05 < cancelled < 0.2


def test_audiences_are_spread_over_the_range_in_logarithm() -> None:
    made = evening(seed=5, shows=12, viewers=(50, 1_000), plants=(), negatives=())
    sizes: dict[str, set[str]] = defaultdict(set)
    for _, topic, value in made.events:
        if topic == "live.joins":
            sizes[value["show_id"]].add(value["account_id"])
    ordered = sorted(len(accounts) for accounts in sizes.values())

    assert 45 <= ordered[0] <= 80
    assert 130 <= ordered[5] <= 320
    assert 700 <= ordered[-1] <= 1_050


@pytest.mark.parametrize("name", ["device_id", "ip_prefix", "account_created_ts"])
def test_an_account_is_the_same_wherever_it_turns_up(name: str) -> None:
    made = evening(seed=6, shows=12, viewers=(100, 1_500), plants=(), negatives=())
    seen: dict[str, Any] = {}
    rooms: dict[str, set[str]] = defaultdict(set)
    for _, _, value in made.events:
        if name in value:
            assert seen.setdefault(value["account_id"], value[name]) == value[name]
            rooms[value["account_id"]].add(value["room_id"])
    assert sum(len(visited) > 1 for visited in rooms.values()) > 50
