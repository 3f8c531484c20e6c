"""Disguises and laws by name, packed houses, honest small shows, and crews that come back."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

import pytest

from worlds import DISGUISES, LAWS, PLANTS, STRENGTHS, Evening, evening
from worlds.bazaar import packed_house, returning, small_show, together
from worlds.bazaar.laws import HOUR

KNOWN = {
    "coordinated_purchases": {"jitter", "splitting", "slow_drip", "mixed_in"},
    "paid_praise": {"jitter", "paraphrase", "slow_drip", "taking_turns"},
    "fake_orders": {"jitter", "spread_cancels", "mixed_in"},
    "loss_selling": {"splitting", "partial_costs", "slow_drip"},
    "inflated_viewers": {"jitter", "slow_drip", "chatty_bots", "mixed_in"},
    "complaint_surge": {"slow_drip", "mixed_in"},
}


def staged(scheme: str, **options: Any) -> dict[str, Any]:
    """What is planted in one show."""
    made = evening(
        2, shows=1, viewers=(500, 500), plants=(scheme,), share=1.0, negatives=(), **{"strength": "moderate"} | options
    )
    [found] = made.truth["schemes"].values()
    return found[scheme]


def viewers(made: Evening) -> set[str]:
    return {value["account_id"] for _, topic, value in made.events if topic == "live.joins"}


def test_every_scheme_and_every_disguise_is_known_to_another() -> None:
    assert set(KNOWN) == set(PLANTS)
    assert set().union(*KNOWN.values()) == set(DISGUISES)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("scheme", PLANTS)
def test_a_plant_wears_the_disguises_that_are_asked_for_and_that_it_knows(scheme: str, strength: str) -> None:
    assert staged(scheme, strength=strength, disguises=())["disguises"] == []
    assert set(staged(scheme, strength=strength, disguises=tuple(DISGUISES))["disguises"]) == KNOWN[scheme]
    assert set(staged(scheme, strength=strength)["disguises"]) <= KNOWN[scheme]


def test_a_disguise_changes_what_is_done() -> None:
    for scheme, disguise, hours in (
        ("coordinated_purchases", "slow_drip", 24),
        ("paid_praise", "jitter", 24),
        ("fake_orders", "spread_cancels", 240),
        ("inflated_viewers", "slow_drip", 24),
        ("complaint_surge", "slow_drip", 600),
    ):
        plain = staged(scheme, strength="blatant", disguises=(), tail_hours=hours)
        worn = staged(scheme, strength="blatant", disguises=(disguise,), tail_hours=hours)
        assert worn["disguises"] == [disguise]
        assert (worn["start"], worn["third"], worn["end"]) != (plain["start"], plain["third"], plain["end"])


def numbers(laws: str) -> dict[str, float]:
    """What an evening without plants looks like under these laws."""
    made = evening(3, shows=10, viewers=(300, 1_500), plants=(), negatives=(), tail_hours=400, laws=laws)
    counts = Counter(value.get("status", topic) for _, topic, value in made.events)
    ends = {show["show_id"]: show["end"] for show in made.truth["shows"]}
    baskets: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    bought: set[str] = set()
    for _, topic, value in made.events:
        if topic == "live.orders" and value["status"] == "placed":
            baskets[value["order_id"]] += value["amount_minor"]
            lines[value["order_id"]] += value["quantity"]
            bought.add(value["order_id"])
    lags = [
        v["ts"] - ends[v["show_id"]]
        for _, t, v in made.events
        if t == "live.complaints" and v["ts"] > ends[v["show_id"]]
    ]
    by_buyers = sum(v.get("cancelled_by") == "buyer" for _, _, v in made.events)
    return {
        "cancels": by_buyers / counts["paid"],
        "complaint_hours": median(lags) / HOUR,
        "units": sum(lines.values()) / len(lines),
        "comments": counts["live.comments"] / len(viewers(made)),
        "audience": len(viewers(made)),
    }


def test_laws_differ_in_what_they_are_named_for() -> None:
    usual = numbers("usual")

    assert numbers("regretful")["cancels"] > 1.7 * usual["cancels"] > 3 * numbers("resolute")["cancels"]
    assert numbers("slow_parcels")["complaint_hours"] > 1.8 * usual["complaint_hours"]
    assert numbers("same_day")["complaint_hours"] < 0.6 * usual["complaint_hours"]
    assert numbers("wholesale")["units"] > 3 * usual["units"]
    assert numbers("talkative")["comments"] > 1.4 * usual["comments"] > 1.9 * numbers("quiet")["comments"]
    assert numbers("crowded")["audience"] > 3 * usual["audience"]
    assert len(LAWS) >= 5


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("scheme", ["coordinated_purchases", "paid_praise"])
@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_crew_of_a_packed_house_is_the_share_that_was_asked_for(share: float, scheme: str, strength: str) -> None:
    made = packed_house(4, share, scheme, strength)
    [found] = made.truth["schemes"].values()

    assert found[scheme]["strength"] == strength
    assert len(found[scheme]["accounts"]) / len(viewers(made)) == pytest.approx(share, abs=0.03)
    assert 20 <= len(viewers(made)) <= 420


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="give one between 0 and 1"):
        packed_house(1, 60)


@pytest.mark.parametrize("kind", ["village_show", "family_show", "school_show"])
def test_an_honest_small_show_is_clean_and_close_together(kind: str) -> None:
    made = small_show(5, kind)
    networks = Counter(value.get("ip_prefix") for _, topic, value in made.events if topic == "live.joins")

    assert list(made.truth["schemes"].values()) == [{}]
    assert made.truth["shows"][0]["negatives"] == [kind]
    assert 10 <= len(viewers(made)) <= 160
    assert networks.most_common(1)[0][1] >= 5


@pytest.mark.parametrize("scheme", ["coordinated_purchases", "paid_praise", "fake_orders", "inflated_viewers"])
def test_a_crew_comes_back_on_other_days_and_to_another_room(scheme: str) -> None:
    evenings = returning(6, scheme, "moderate", days=(0, 1, 5), shows=3)
    crews = [
        (show["room_id"], set(made.truth["schemes"][show["show_id"]][scheme]["accounts"]))
        for made in evenings
        for show in made.truth["shows"]
        if made.truth["schemes"][show["show_id"]]
    ]

    assert len(crews) == 4
    assert len({room for room, _ in crews}) == 2
    for _, crew in crews[1:]:
        assert len(crew & crews[0][1]) >= 0.6 * min(len(crew), len(crews[0][1]))


def test_evenings_of_one_world_can_be_read_as_one() -> None:
    evenings = returning(7, "paid_praise", days=(0, 2), shows=2)
    made = together(evenings)

    assert len(made.events) == sum(len(one.events) for one in evenings)
    assert [arrival for arrival, _, _ in made.events] == sorted(arrival for arrival, _, _ in made.events)
    assert len(made.truth["schemes"]) == len(made.truth["shows"]) == 4


def test_audiences_may_be_as_large_as_twenty_thousand() -> None:
    made = evening(8, shows=1, viewers=(20_000, 20_000), plants=(), negatives=(), hours=1)

    assert 19_000 < len(viewers(made)) < 20_500
