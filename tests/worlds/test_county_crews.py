"""Crews of the second world come back on other days and in other rooms, and fill small shows."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest
from county import of

from worlds import county

DAY = 86_400_000


def crews(day: int) -> tuple[dict[str, set[str]], set[str]]:
    """Hired accounts by room on one day, and everybody who joined."""
    made = county.evening(
        seed=31, shows=10, viewers=(100, 400), plants=("coordinated_purchases", "paid_praise"), strength="moderate",
        share=0.5, negatives=(), day=day,
    )  # fmt: skip
    found: dict[str, set[str]] = defaultdict(set)
    for show in made.truth["shows"]:
        for said in made.truth["schemes"][show["show_id"]].values():
            found[show["room_id"]] |= set(said["accounts"])
    return found, {value["account_id"] for value in of(made.events, "live.joins")}


def test_crews_return_for_weeks_to_the_same_room_and_to_others() -> None:
    days = [crews(day)[0] for day in range(0, 28, 4)]
    same = other = 0
    for before, after in pairwise(days):
        for room, accounts in before.items():
            for again, later in after.items():
                shared = len(accounts & later)
                if shared >= 5:
                    same += room == again
                    other += room != again

    assert same >= 2
    assert other >= 5


def test_weeks_are_their_days_in_one_recording() -> None:
    asked: dict[str, Any] = {"shows": 3, "viewers": (50, 200), "tail_hours": 100, "share": 1.0}
    made = county.weeks(31, days=(7, 0, 2), **asked)
    events = list(made)
    days = [county.evening(31, day=day, **asked) for day in (0, 2, 7)]

    assert [arrival for arrival, _, _ in events] == sorted(arrival for arrival, _, _ in events)
    assert {value["event_id"] for _, _, value in events} == {v["event_id"] for day in days for _, _, v in day.events}
    assert made.truth["schemes"] == {show: found for day in days for show, found in day.truth["schemes"].items()}
    assert [show["show_id"] for show in made.truth["shows"]] == [
        show["show_id"] for day in days for show in day.truth["shows"]
    ]


def test_days_are_evenings_of_the_same_rooms_and_regulars() -> None:
    one, other = (county.evening(seed=31, shows=4, viewers=(300, 900), plants=(), day=day) for day in (0, 7))
    rooms = [{show["room_id"] for show in made.truth["shows"]} for made in (one, other)]
    shows = [{show["show_id"] for show in made.truth["shows"]} for made in (one, other)]
    joined = [{value["account_id"] for value in of(made.events, "live.joins")} for made in (one, other)]

    assert rooms[0] == rooms[1]
    assert not shows[0] & shows[1]
    assert 0.02 < len(joined[0] & joined[1]) / len(joined[0]) < 0.5
    assert 6.9 * DAY < other.events[0][0] - one.events[0][0] < 7.1 * DAY


def test_one_crew_may_do_two_schemes_and_both_are_said() -> None:
    made = county.evening(seed=32, shows=80, viewers=(60, 150), share=1.0, negatives=())
    both = [found for found in made.truth["schemes"].values() if len(found) == 2]

    assert both
    for found in both:
        one, other = (set(said["accounts"]) for said in found.values())
        assert len(one & other) >= 0.5 * min(len(one), len(other))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("scheme", ["coordinated_purchases", "paid_praise"])
def test_a_packed_house_is_packed_by_so_much(scheme, share) -> None:
    made = county.packed_house(seed=7, share=share, scheme=scheme, strength="blatant", shows=3)
    joined: dict[str, set[str]] = defaultdict(set)
    for value in of(made.events, "live.joins"):
        joined[value["show_id"]].add(value["account_id"])

    assert len(joined) == 3
    for show_id, found in made.truth["schemes"].items():
        crew = set(found[scheme]["accounts"])
        assert abs(len(crew) / len(joined[show_id]) - share) < 0.05
        assert crew <= joined[show_id]


def test_a_packed_house_is_small_and_may_be_staged_twice_over() -> None:
    made = county.packed_house(seed=8, share=0.9, scheme=("coordinated_purchases", "paid_praise"), strength="moderate")
    [found] = made.truth["schemes"].values()

    assert len({value["account_id"] for value in of(made.events, "live.joins")}) <= 50
    assert set(found) == {"coordinated_purchases", "paid_praise"}


def test_who_works_for_two_schemes_comes_in_once_and_says_nothing_after_leaving() -> None:
    made = county.packed_house(
        seed=9, share=0.6, scheme=("coordinated_purchases", "paid_praise"), strength="blatant", shows=4
    )
    for show_id, found in made.truth["schemes"].items():
        crew = set(found["paid_praise"]["accounts"]) & set(found["coordinated_purchases"]["accounts"])
        assert len(crew) >= 5
        for who in crew:
            there = False
            acts = [one for one in made.events if one[2].get("account_id") == who and one[2]["show_id"] == show_id]
            for _, topic, value in sorted(acts, key=lambda one: (one[2]["ts"], one[1] != "live.joins")):
                if topic == "live.joins":
                    there = value["action"] == "join"
                elif topic == "live.comments":
                    assert there


def test_what_no_crew_does_is_refused() -> None:
    asked: list[tuple[dict[str, Any], str]] = [
        ({"scheme": "loss_selling"}, "No crew does 'loss_selling'"),
        ({"share": 1.0}, "share=1.0 is no share"),
        ({"negatives": ("family_show",)}, "not innocent in a packed house"),
        ({"scheme": "fake_orders", "strength": "faint"}, "72 hours after a show"),
    ]
    for wrong, said in asked:
        with pytest.raises(ValueError, match=said):
            county.packed_house(seed=1, **wrong)


def test_platforms_differ_by_their_laws() -> None:
    def told(name: str | None) -> dict[str, float]:
        made = county.evening(
            seed=33, shows=6, viewers=(600, 2_400), plants=(), negatives=(), tail_hours=500, laws=name
        )
        ends = {show["show_id"]: show["end"] for show in made.truth["shows"]}
        joined = len({(v["show_id"], v["account_id"]) for v in of(made.events, "live.joins")})
        placed = {v["order_id"]: v for v in of(made.events, "live.orders") if v["status"] == "placed"}
        undone = {v["order_id"] for v in of(made.events, "live.orders") if v.get("cancelled_by") == "buyer"}
        late = sorted(v["ts"] - ends[v["show_id"]] for v in of(made.events, "live.complaints"))
        return {
            "viewers": joined,
            "lines said": len(of(made.events, "live.comments")) / joined,
            "orders": len(placed) / joined,
            "cancelled": len(undone) / len(placed),
            "complaint delay": late[len(late) // 2],
            "basket": sum(v["amount_minor"] for v in placed.values()) / len(placed),
        }

    usual = told(None)
    assert told("same_day")["cancelled"] > 1.3 * usual["cancelled"]
    assert told("same_day")["complaint delay"] < 0.4 * usual["complaint delay"]
    assert told("slow_post")["complaint delay"] > 2 * usual["complaint delay"]
    assert told("wholesale")["basket"] > 2 * usual["basket"]
    assert told("talkative")["lines said"] > 2 * usual["lines said"]
    assert told("talkative")["orders"] < 0.6 * usual["orders"]
    assert told("metropolis")["viewers"] > usual["viewers"]
