"""Each scheme of the second world keeps to the ranges of its strength, and disguises do what they are called."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import pytest
from county import HOUR, STRENGTHS, clean, of, orders, planted, spent, staged

from worlds import county

MINUTE = 60_000
SEEDS = (41, 42)


def each(scheme: str, strength: str) -> list[tuple[dict[str, Any], list[Any], dict[str, Any]]]:
    """(truth of the plant, what it added, the show) of every staged show of two evenings."""
    found = []
    for seed in SEEDS:
        made = staged(scheme, strength, seed)
        for show in made.truth["shows"]:
            said = made.truth["schemes"][show["show_id"]][scheme]
            found.append((said, planted(scheme, strength, seed)[show["show_id"]], show))
    return found


def sums_hugged(totals: list[int], tolerance: float) -> int:
    """How many totals at most lie just above one round sum."""
    best = 0
    for m in {total // 100 * 100 - step * 100 for total in totals for step in range(total // 400 + 2)}:
        if m > 0:
            best = max(best, sum(m <= total <= m * (1 + tolerance) for total in totals))
    return best


@pytest.mark.parametrize(
    ("strength", "crew", "tolerance", "obey"),
    [("blatant", (12, 60), 0.05, 1.0), ("moderate", (8, 40), 0.12, 0.85), ("faint", (6, 20), 0.25, 1.0)],
)
def test_staff_spend_a_sum(strength, crew, tolerance, obey) -> None:
    for said, added, _ in each("coordinated_purchases", strength):
        totals = list(spent(added).values())

        assert crew[0] <= len(said["accounts"]) <= crew[1]
        assert sums_hugged(totals, tolerance + 0.001) >= obey * len(totals) - 1


def test_staff_meet_their_sum_also_where_everything_costs_the_same() -> None:
    made = county.evening(
        seed=43, shows=4, viewers=(100, 300), plants=("coordinated_purchases",), strength="blatant", share=1.0,
        negatives=("one_price",),
    )  # fmt: skip
    for show_id, found in made.truth["schemes"].items():
        crew = set(found["coordinated_purchases"]["accounts"])
        added = [one for one in made.events if one[2]["show_id"] == show_id and one[2].get("account_id") in crew]
        totals = list(spent(added).values())
        assert sums_hugged(totals, 0.051) == len(totals)


def test_staff_that_are_blatant_come_within_two_minutes_and_buy_within_three() -> None:
    for _, added, _ in each("coordinated_purchases", "blatant"):
        joins = [value["ts"] for value in of(added, "live.joins") if value["action"] == "join"]
        bought = [value["ts"] for value in of(added, "live.orders") if value["status"] == "placed"]
        networks = Counter(value.get("ip_prefix") for value in of(added, "live.joins") if value["action"] == "join")

        assert max(joins) - min(joins) <= 2 * MINUTE
        assert max(bought) - min(bought) <= 3 * MINUTE
        assert networks.most_common(1)[0][1] >= 0.4 * len(joins)


def test_moderate_staff_take_five_to_thirty_minutes_and_a_third_split_their_sum() -> None:
    several = everybody = linked = 0
    for said, added, _ in each("coordinated_purchases", "moderate"):
        bought = [
            (value["ts"], value["account_id"]) for value in of(added, "live.orders") if value["status"] == "placed"
        ]
        span = max(bought)[0] - min(value["ts"] for value in of(added, "live.joins"))
        placed = Counter(steps["placed"][0]["account_id"] for steps in orders(added).values())
        several += sum(count > 1 for count in placed.values())
        everybody += len(said["accounts"])
        for name in ("ip_prefix", "inviter_id", "address_id", "pay_account_id"):
            shared = Counter({value["account_id"]: value.get(name) for _, _, value in added if name in value}.values())
            linked += sum(count for count in shared.values() if count > 2)

        assert 4 * MINUTE <= span <= 31 * MINUTE

    assert 0.15 < several / everybody < 0.5
    assert 0.3 < linked / everybody < 0.8


def test_faint_staff_share_next_to_nothing() -> None:
    for said, added, show in each("coordinated_purchases", "faint"):
        for name in ("ip_prefix", "inviter_id", "device_id"):
            shared = Counter({value["account_id"]: value.get(name) for _, _, value in added if name in value}.values())
            assert max(shared.values(), default=0) <= max(3, 0.4 * len(said["accounts"]))
        bought = [value["ts"] for value in of(added, "live.orders") if value["status"] == "placed"]
        assert max(bought) - min(bought) > 0.25 * (show["end"] - show["start"])


@pytest.mark.parametrize(
    ("strength", "crew", "lines"),
    [("blatant", (15, 60), (5, 10)), ("moderate", (10, 40), (3, 7)), ("faint", (8, 25), (2, 5))],
)
def test_praisers_say_as_many_lines_as_they_are_paid_for(strength, crew, lines) -> None:
    for said, added, _ in each("paid_praise", strength):
        spoken = Counter(value["account_id"] for value in of(added, "live.comments"))

        assert crew[0] <= len(said["accounts"]) <= crew[1]
        assert lines[0] <= min(spoken.values())
        assert max(spoken.values()) <= lines[1]  # two of them about something else


def test_blatant_praise_is_copied_and_on_cue_and_moderate_praise_is_neither() -> None:
    copied: dict[str, list[float]] = defaultdict(list)
    for strength in ("blatant", "moderate"):
        for said, added, _ in each("paid_praise", strength):
            texts = Counter(value["text"] for value in of(added, "live.comments"))
            copied[strength].append(sum(count for count in texts.values() if count > 2) / sum(texts.values()))
            if strength == "blatant":
                times = sorted(value["ts"] for value in of(added, "live.comments"))
                together = max(sum(at <= other < at + 20_000 for other in times) for at in times)
                assert together >= 0.6 * len(said["accounts"])

    assert min(copied["blatant"]) > 0.6
    assert max(copied["moderate"]) < 0.3


@pytest.mark.parametrize(
    ("strength", "count", "gone", "within_h"),
    [("blatant", (40, 200), 0.9, 4), ("moderate", (25, 120), 0.7, 24), ("faint", (16, 60), 0.5, 72)],
)
def test_fake_orders_are_undone_in_time(strength, count, gone, within_h) -> None:
    refunded = 0
    for said, added, show in each("fake_orders", strength):
        found = orders(added)
        undone = [steps for steps in found.values() if steps["cancelled"] or steps["refunded"]]
        refunded += sum(bool(steps["refunded"]) for steps in undone)
        made = round(said["acts"] / gone)

        assert count[0] <= made <= count[1]
        assert abs(len(found) - made) <= 1 or strength == "faint"  # where they also buy what they keep
        for steps in undone:
            at = (steps["cancelled"] or steps["refunded"])[0]["ts"]
            assert show["end"] < at <= show["end"] + within_h * HOUR

    assert (refunded > 0) == (strength != "blatant")


@pytest.mark.parametrize(("strength", "share"), [("blatant", 1 / 3), ("moderate", 1 / 5), ("faint", 1 / 10)])
def test_a_part_of_an_items_orders_is_sold_at_a_loss(strength, share) -> None:
    for seed in SEEDS:
        made = staged("loss_selling", strength, seed)
        costs = {
            value["sku"]: value["unit_cost_minor"]
            for value in of(made.events, "live.orders")
            if "unit_cost_minor" in value
        }
        for show in made.truth["shows"]:
            added = orders(planted("loss_selling", strength, seed)[show["show_id"]])
            skus = Counter(line["sku"] for steps in added.values() for line in steps["placed"])
            sku = skus.most_common(1)[0][0]
            honest = [
                steps
                for steps in orders(clean(seed).events).values()
                if any(line["sku"] == sku and line["show_id"] == show["show_id"] for line in steps["placed"])
            ]
            for steps in added.values():
                income = sum(
                    line["amount_minor"] + (line.get("subsidy_minor", 0) if line.get("subsidy_by") == "platform" else 0)
                    for line in steps["placed"]
                )
                cost = sum(costs[line["sku"]] * line["quantity"] for line in steps["placed"] if line["sku"] in costs)
                assert income < cost or not all(line["sku"] in costs for line in steps["placed"])
            assert len(added) == max(3, round(len(honest) * share / (1 - share)))


@pytest.mark.parametrize(
    ("strength", "count"), [("blatant", (500, 5_000)), ("moderate", (200, 2_000)), ("faint", (150, 700))]
)
def test_bought_viewers_come_in_number(strength, count) -> None:
    for said, added, show in each("inflated_viewers", strength):
        joins = [value for value in of(added, "live.joins") if value["action"] == "join"]
        devices = Counter(value["device_id"] for value in joins if "device_id" in value)
        talked = {value["account_id"] for value in of(added, "live.comments")}
        times = sorted(value["ts"] for value in joins)

        assert count[0] <= len(said["accounts"]) <= count[1]
        assert not of(added, "live.orders")
        if strength == "blatant":
            assert not talked
            assert sum(number for number in devices.values() if number > 2) > 0.5 * len(joins)
            assert min(b - a for a, b in zip(times, times[len(times) // 5 :], strict=False)) <= MINUTE
        if strength == "faint":
            assert devices.most_common(1)[0][1] == 1
            assert times[-1] - times[0] > 0.6 * (show["end"] - show["start"])


@pytest.mark.parametrize(("strength", "lift"), [("blatant", 5.0), ("moderate", 3.0), ("faint", 2.0)])
def test_complaints_are_as_many_times_the_usual(strength, lift) -> None:
    often = replace(county.LAWS["county"], complaint_rate=0.12)  # so that a count of few shows says something
    asked: dict[str, Any] = {
        "seed": 51, "shows": 4, "viewers": (3_000, 4_000), "negatives": (), "share": 1.0, "tail_hours": 500,
        "laws": often,
    }  # fmt: skip
    usual = [v for v in of(county.evening(**asked, plants=()).events, "live.complaints") if v["reason"] != "other"]
    made = county.evening(**asked, plants=("complaint_surge",), strength=strength)
    more = sum(found["complaint_surge"]["acts"] for found in made.truth["schemes"].values())

    assert all(found["complaint_surge"]["acts"] >= 12 for found in made.truth["schemes"].values())
    assert 1 + more / len(usual) >= lift * 0.75  # of a count that is itself drawn
    assert strength == "blatant" or 1 + more / len(usual) <= lift * 1.35


@pytest.mark.parametrize("strength", STRENGTHS)
def test_disguises_are_told(strength) -> None:
    made = county.evening(
        seed=44, shows=18, viewers=(150, 900), strength=strength, share=1.0, tail_hours=240, disguises=county.DISGUISES
    )
    worn = {name for found in made.truth["schemes"].values() for said in found.values() for name in said["disguises"]}

    assert worn == set(county.DISGUISES)


def test_a_disguise_can_be_put_on_a_blatant_crew() -> None:
    def made(*disguises: str) -> Any:
        return staged("paid_praise", "blatant", 41, disguises)

    honest = {value["event_id"] for _, _, value in clean().events}
    kinds = {}
    for name in ("jitter", "paraphrase"):
        added = [value for value in of(made(name).events, "live.comments") if value["event_id"] not in honest]
        kinds[name] = len({value["text"] for value in added}) / len(added)
        assert all(found["paid_praise"]["disguises"] == [name] for found in made(name).truth["schemes"].values())

    assert kinds["jitter"] < 0.4 < kinds["paraphrase"]


def test_chatty_bots_chat_and_split_sums_are_split() -> None:
    bots = staged("inflated_viewers", "moderate", 41, ("chatty_bots",))
    staff = staged("coordinated_purchases", "blatant", 41, ("splitting",))
    hired = {who for found in bots.truth["schemes"].values() for who in found["inflated_viewers"]["accounts"]}
    talked = {value["account_id"] for value in of(bots.events, "live.comments")} & hired
    acts = [(found["coordinated_purchases"]["acts"], len(found["coordinated_purchases"]["accounts"]))
            for found in staff.truth["schemes"].values()]  # fmt: skip

    assert 0.06 < len(talked) / len(hired) < 0.14
    assert all(made > 1.3 * accounts for made, accounts in acts)
