"""What the second world says is planted is there, and nothing honest changes because of it."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from county import SCHEMES, STRENGTHS, clean, of, orders, planted, staged, without_counter

from worlds import county

PAIRS = [(scheme, strength) for scheme in SCHEMES for strength in STRENGTHS]
FIELDS = {"accounts", "start", "end", "strength", "third", "acts", "disguises"}


def acts(scheme: str, events: list[Any]) -> list[tuple[int, str]]:
    """(when, who) of the planted acts, read from what the plant added to the recording."""
    if scheme in ("coordinated_purchases", "loss_selling"):
        return [(steps["placed"][0]["ts"], steps["placed"][0]["account_id"]) for steps in orders(events).values()]
    if scheme == "fake_orders":
        undone = [steps["cancelled"] or steps["refunded"] for steps in orders(events).values()]
        return [(lines[0]["ts"], lines[0]["account_id"]) for lines in undone if lines]
    if scheme == "inflated_viewers":
        return [(v["ts"], v["account_id"]) for v in of(events, "live.joins") if v["action"] == "join"]
    topic = "live.comments" if scheme == "paid_praise" else "live.complaints"
    return [(value["ts"], value["account_id"]) for value in of(events, topic)]


@pytest.mark.parametrize(("scheme", "strength"), PAIRS)
def test_what_is_honest_is_the_same_with_and_without_the_plant(scheme, strength) -> None:
    honest = {value["event_id"]: value for _, _, value in without_counter(clean())}
    kept = [value for _, _, value in without_counter(staged(scheme, strength)) if value["event_id"] in honest]

    assert kept == list(honest.values())


@pytest.mark.parametrize(("scheme", "strength"), PAIRS)
def test_the_truth_is_what_was_done(scheme, strength) -> None:
    made = staged(scheme, strength)
    for show in made.truth["shows"]:
        said = made.truth["schemes"][show["show_id"]][scheme]
        done = sorted(acts(scheme, planted(scheme, strength)[show["show_id"]]))

        assert set(said) == FIELDS
        assert said["strength"] == strength
        if scheme != "paid_praise":  # a crew that praises also says other things
            assert said["acts"] == len(done)
            assert said["third"] == done[ceil(len(done) / 3) - 1][0]
            assert said["end"] == done[-1][0]
        assert said["acts"] <= len(done)
        assert said["start"] <= said["third"] <= said["end"]
        if scheme in ("loss_selling", "complaint_surge"):  # ordinary viewers buy, ordinary buyers complain
            assert said["accounts"] == []
        else:
            assert set(said["accounts"]) == {who for _, who in done}


def test_every_show_is_a_key_and_a_clean_one_is_empty() -> None:
    made = county.evening(seed=12, shows=20, viewers=(50, 400), share=0.5)
    shows = {show["show_id"] for show in made.truth["shows"]}

    assert set(made.truth["schemes"]) == shows == {value["show_id"] for _, _, value in made.events}
    assert sum(not found for found in made.truth["schemes"].values()) == 10


def test_all_schemes_and_strengths_come_in_turn() -> None:
    made = county.evening(seed=13, shows=18, viewers=(50, 1_500), share=1.0, tail_hours=240, negatives=())
    first = [next(iter(found.items())) for found in made.truth["schemes"].values()]

    assert {(scheme, said["strength"]) for scheme, said in first} == set(PAIRS)


def test_a_scheme_whose_acts_would_not_be_recorded_is_not_planted() -> None:
    made = county.evening(seed=14, shows=30, viewers=(50, 300), share=1.0, tail_hours=4, negatives=())
    found = {(scheme, said["strength"]) for one in made.truth["schemes"].values() for scheme, said in one.items()}

    assert {strength for scheme, strength in found if scheme == "fake_orders"} == {"blatant"}
    assert "complaint_surge" not in {scheme for scheme, _ in found}


def test_the_counter_sees_who_is_hired() -> None:
    def seen(made: Any) -> int:
        return max(value["viewers_shown"] for value in of(made.events, "live.shows") if value["action"] == "status")

    assert seen(staged("inflated_viewers", "blatant")) > 2 * seen(clean())


@pytest.mark.parametrize("topic", ["live.joins", "live.orders"])
def test_hired_accounts_send_the_fields_that_others_send(topic) -> None:
    def shares(events: list[Any]) -> dict[str, float]:
        values = of(events, topic)
        names = ("device_id", "ip_prefix", "address_id", "pay_account_id", "account_created_ts", "source", "line_id")
        return {name: sum(name in value for value in values) / len(values) for name in names}

    honest = shares(clean().events)
    for scheme in ("coordinated_purchases", "fake_orders", "inflated_viewers"):
        if topic == "live.orders" and scheme == "inflated_viewers":
            continue
        added = [one for some in planted(scheme, "moderate").values() for one in some]
        for name, share in shares(added).items():
            assert abs(share - honest[name]) < 0.25, (scheme, name)
            assert (share == 0) == (honest[name] == 0), (scheme, name)
