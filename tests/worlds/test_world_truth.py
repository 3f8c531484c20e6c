"""The truth says what is in the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

from worlds import DISGUISES, NEGATIVES, PLANTS, STRENGTHS, Evening, evening, lazily
from worlds.bazaar.negatives import BY_NAME, SMALL
from worlds.bazaar.plants import Planted


def test_every_show_is_a_key_and_half_of_them_are_clean(usual: Evening) -> None:
    schemes = usual.truth["schemes"]

    assert set(schemes) == {show["show_id"] for show in usual.truth["shows"]}
    assert sum(not found for found in schemes.values()) == 12


def test_schemes_and_strengths_are_planted_in_even_numbers() -> None:
    first: Counter[tuple[str, str]] = Counter()
    second = 0
    for seed in range(3):
        made = lazily(seed=seed, shows=36, viewers=(50, 60), hours=0.5, tail_hours=0.0)
        for bill in made.billings:
            first.update(bill.plants[:1])
            second += len(bill.plants) > 1
    assert set(first) == {(scheme, level) for scheme in PLANTS for level in STRENGTHS}
    assert set(first.values()) == {3}
    assert 3 <= second <= 9


def test_what_is_about_sales_is_planted_where_much_is_sold() -> None:
    for seed in range(3):
        for bill in lazily(seed=seed).billings:
            if {"complaint_surge", "loss_selling"} & {scheme for scheme, _ in bill.plants}:
                assert bill.audience >= 400


def test_planted_accounts_join_their_show_and_the_acts_are_in_the_events(staged: list[Evening]) -> None:
    for made in staged:
        by_show: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for _, topic, value in made.events:
            by_show[value["show_id"]].append((topic, value))
        shows = {show["show_id"]: show for show in made.truth["shows"]}
        for show_id, found in made.truth["schemes"].items():
            values = by_show[show_id]
            joined = {value["account_id"] for topic, value in values if topic == "live.joins"}
            for scheme, planted in found.items():
                assert planted["accounts"] == sorted(set(planted["accounts"]))
                assert set(planted["accounts"]) <= joined
                assert bool(planted["accounts"]) != (scheme in ("loss_selling", "complaint_surge"))
                assert shows[show_id]["start"] < planted["start"] <= planted["third"] <= planted["end"]
                after = scheme in ("fake_orders", "complaint_surge")
                assert (planted["start"] >= shows[show_id]["end"]) == after
                assert after or planted["end"] <= shows[show_id]["end"]
                times = acts_seen(scheme, planted, values)
                assert sum(planted["start"] <= ts <= planted["end"] for ts in times) >= planted["acts"]
                assert sum(planted["start"] <= ts <= planted["third"] for ts in times) >= ceil(planted["acts"] / 3)
                assert set(planted["disguises"]) <= set(DISGUISES)


def acts_seen(scheme: str, planted: dict[str, Any], values: list[tuple[str, dict[str, Any]]]) -> list[int]:
    """Times of the events of a show that may be acts of a plant: those of its accounts, or of all where it has none."""
    kinds: dict[str, Callable[[str, dict[str, Any]], bool]] = {
        "coordinated_purchases": lambda topic, value: value.get("status") == "placed",
        "paid_praise": lambda topic, value: topic == "live.comments",
        "fake_orders": lambda topic, value: value.get("status") in ("cancelled", "refunded"),
        "loss_selling": lambda topic, value: value.get("status") == "placed",
        "inflated_viewers": lambda topic, value: value.get("action") == "join" and topic == "live.joins",
        "complaint_surge": lambda topic, value: topic == "live.complaints" and value["reason"] != "other",
    }
    accounts = set(planted["accounts"])
    return [
        value["ts"]
        for topic, value in values
        if kinds[scheme](topic, value) and (not accounts or value["account_id"] in accounts)
    ]


@pytest.mark.parametrize(("acts", "third"), [([5], 5), ([9, 1, 5], 1), ([4, 3, 2, 1], 2), ([1, 2, 3, 4, 5, 6, 7], 3)])
def test_a_third_of_the_acts_is_rounded_up(acts: list[int], third: int) -> None:
    assert Planted(["a"], acts).truth("faint")["third"] == third


def test_one_scheme_and_one_strength_can_be_asked_for() -> None:
    made = evening(seed=1, shows=4, viewers=(50, 90), plants=["paid_praise"], strength="faint", share=1.0)

    for found in made.truth["schemes"].values():
        assert list(found) == ["paid_praise"]
        assert found["paid_praise"]["strength"] == "faint"


def test_nothing_is_planted_where_nothing_is_asked_for() -> None:
    made = evening(seed=1, shows=4, viewers=(50, 90), plants=())

    assert list(made.truth["schemes"].values()) == [{}] * 4


def test_look_alikes_are_dealt_out_evenly() -> None:
    counts: Counter[str] = Counter()
    for seed in range(4):
        for bill in lazily(seed=seed).billings:
            counts.update(bill.negatives)
            assert bill.audience <= 150 or not SMALL.keys() & set(bill.negatives)

    assert set(counts) == set(NEGATIVES) - set(BY_NAME)
    assert min(count for name, count in counts.items() if name not in SMALL) >= 3
    assert max(counts.values()) <= 24


@pytest.mark.parametrize(
    "wrong",
    [
        {"plants": ["brushing"]},
        {"strength": "strong"},
        {"negatives": ["rain"]},
        {"disguises": ["hat"]},
        {"laws": "none"},
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"There is no .*; there are "):
        evening(seed=1, shows=1, **wrong)  # type: ignore[arg-type]
