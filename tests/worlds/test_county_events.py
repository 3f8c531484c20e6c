"""The second world's events are the contract's, arrive within the lateness, and people stay who they are."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from county import of, orders

from streams.events import Rejected, decode
from worlds import Evening, county

LATENESS_MS = 2_000


@pytest.fixture(scope="module")
def usual() -> Evening:
    return county.evening(seed=20, shows=24, viewers=(50, 1_500), tail_hours=200, share=0.7)


def test_every_event_is_one_that_the_contract_allows(usual) -> None:
    refused = [
        found
        for _, topic, value in usual.events
        if isinstance(found := decode(topic, msgspec.json.encode(value)), Rejected)
    ]

    assert refused == []


def test_every_id_is_given_once(usual) -> None:
    ids = [value["event_id"] for _, _, value in usual.events]

    assert len(ids) == len(set(ids))


def test_events_arrive_in_order_and_no_later_than_readers_allow(usual) -> None:
    arrivals = [arrival for arrival, _, _ in usual.events]
    newest, disorder = 0, 0
    for arrival, _, value in usual.events:
        assert 0 < arrival - value["ts"] < LATENESS_MS
        disorder = max(disorder, newest - value["ts"])
        newest = max(newest, value["ts"])

    assert arrivals == sorted(arrivals)
    assert 500 < disorder < LATENESS_MS


def test_each_show_starts_ends_and_is_counted_every_minute(usual) -> None:
    marks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for value in of(usual.events, "live.shows"):
        marks[value["show_id"]].append(value)
    for show in usual.truth["shows"]:
        found = {value["action"]: value["ts"] for value in marks[show["show_id"]]}
        counted = sorted(value["ts"] for value in marks[show["show_id"]] if value["action"] == "status")

        assert (found["started"], found["ended"]) == (show["start"], show["end"])
        assert {after - before for before, after in pairwise(counted)} == {60_000}


def test_people_act_only_while_their_show_is_on_and_orders_only_once_they_are_placed(usual) -> None:
    ends = {show["show_id"]: show["end"] for show in usual.truth["shows"]}
    joined: dict[tuple[str, str], int] = {}
    for value in of(usual.events, "live.joins"):
        if value["action"] == "join":
            key = value["show_id"], value["account_id"]
            joined[key] = min(value["ts"], joined.get(key, value["ts"]))
            assert value["ts"] < ends[value["show_id"]]
    for value in of(usual.events, "live.comments"):
        assert joined[value["show_id"], value["account_id"]] <= value["ts"] < ends[value["show_id"]]
    for steps in orders(usual.events).values():
        [placed] = {line["ts"] for line in steps["placed"]}
        line = steps["placed"][0]
        assert joined[line["show_id"], line["account_id"]] <= placed < ends[line["show_id"]]
        for status in ("paid", "cancelled", "refunded"):
            assert all(line["ts"] > placed for line in steps[status])


@pytest.mark.parametrize("name", ["device_id", "account_created_ts"])
def test_an_account_is_the_same_wherever_it_turns_up(usual, name) -> None:
    seen: dict[str, Any] = {}
    for _, _, value in usual.events:
        if name in value:
            assert seen.setdefault(value["account_id"], value[name]) == value[name]


def test_no_account_is_younger_than_its_first_act(usual) -> None:
    for _, _, value in usual.events:
        assert value.get("account_created_ts", 0) < value["ts"]


def test_honest_people_share_networks_addresses_and_at_times_a_device() -> None:
    made = county.evening(seed=3, shows=6, viewers=(1_000, 2_000), plants=(), negatives=())
    users: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for _, _, value in made.events:
        for name in ("ip_prefix", "device_id", "address_id", "inviter_id"):
            if name in value:
                users[name][value[name]].add(value["account_id"])

    for name in users:
        assert max(map(len, users[name].values())) >= 2, name
    assert max(map(len, users["ip_prefix"].values())) > 30  # a carrier's gateway


def test_audiences_are_spread_over_the_range_up_to_twenty_thousand() -> None:
    small = county.evening(seed=9, shows=12, viewers=(50, 1_000), plants=(), negatives=())
    sizes: dict[str, set[str]] = defaultdict(set)
    for value in of(small.events, "live.joins"):
        sizes[value["show_id"]].add(value["account_id"])
    ordered = sorted(map(len, sizes.values()))
    large = county.evening(seed=9, shows=1, viewers=(20_000, 20_000), plants=(), negatives=())

    assert ordered[0] >= 50
    assert ordered[-1] <= 1_020  # somebody of the household may come on top
    assert ordered[0] < 200 < ordered[-3]
    assert 20_000 <= len({value["account_id"] for value in of(large.events, "live.joins")}) <= 20_300


def test_lines_of_an_order_reach_every_step_and_costs_are_below_prices() -> None:
    made = county.evening(seed=10, shows=4, viewers=(500, 900), plants=(), negatives=())
    paid = cancelled = 0
    found = orders(made.events)
    for steps in found.values():
        paid += bool(steps["paid"])
        cancelled += bool(steps["cancelled"])
        for status in ("paid", "cancelled"):
            assert len(steps[status]) in (0, len(steps["placed"]))
        income = sum(line["amount_minor"] + line.get("subsidy_minor", 0) for line in steps["placed"])
        assert income > sum(line.get("unit_cost_minor", 0) * line["quantity"] for line in steps["placed"])

    assert 0.9 < paid / len(found) < 0.99
    assert 0.05 < cancelled / len(found) < 0.25
