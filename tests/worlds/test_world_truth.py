"""The truth says what is in the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import ceil

import pytest

from worlds import NEGATIVES, STRENGTHS, Evening, evening
from worlds.bazaar.plants import Planted


def test_every_show_is_a_key_and_half_of_them_are_clean(usual: Evening) -> None:
    schemes = usual.truth["schemes"]

    assert set(schemes) == {show["show_id"] for show in usual.truth["shows"]}
    assert sum(not found for found in schemes.values()) == 12


def test_schemes_and_strengths_are_planted_in_even_numbers() -> None:
    first: Counter[tuple[str, str]] = Counter()
    second = 0
    for seed in range(3):
        made = evening(seed=seed, viewers=(50, 60), hours=0.5, tail_hours=0.0)
        for found in made.truth["schemes"].values():
            for scheme, planted in found.items():
                first[scheme, planted["strength"]] += 1
            second += len(found) > 1
    assert set(first) == {(s, level) for s in ("coordinated_purchases", "paid_praise") for level in STRENGTHS}
    assert min(first.values()) >= 6
    assert second == 6


def test_planted_accounts_join_their_show_and_their_acts_lie_between_start_and_end(staged: list[Evening]) -> None:
    for made in staged:
        joined: dict[str, set[str]] = defaultdict(set)
        ordered: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        said: dict[tuple[str, str], list[int]] = defaultdict(list)
        for _, topic, value in made.events:
            key = (value["show_id"], value.get("account_id", ""))
            if topic == "live.joins":
                joined[value["show_id"]].add(value["account_id"])
            elif topic == "live.comments":
                said[key].append(value["ts"])
            elif topic == "live.orders" and value["status"] == "placed":
                ordered[key][value["order_id"]] = value["ts"]
        shows = {show["show_id"]: show for show in made.truth["shows"]}
        for show_id, found in made.truth["schemes"].items():
            for scheme, planted in found.items():
                assert planted["accounts"] == sorted(set(planted["accounts"]))
                assert set(planted["accounts"]) <= joined[show_id]
                assert shows[show_id]["start"] < planted["start"] <= planted["third"] <= planted["end"]
                assert planted["end"] <= shows[show_id]["end"]
                if scheme == "coordinated_purchases":
                    acts = sorted(ts for a in planted["accounts"] for ts in ordered[show_id, a].values())
                    assert planted["acts"] == len(acts)
                    assert (planted["start"], planted["end"]) == (acts[0], acts[-1])
                    assert planted["third"] == acts[ceil(len(acts) / 3) - 1]
                else:
                    lines = [ts for a in planted["accounts"] for ts in said[show_id, a]]
                    assert sum(planted["start"] <= ts <= planted["third"] for ts in lines) >= ceil(planted["acts"] / 3)
                    assert sum(planted["start"] <= ts <= planted["end"] for ts in lines) >= planted["acts"]
                    assert all(said[show_id, a] for a in planted["accounts"])


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


def test_look_alikes_are_dealt_out_evenly(usual: Evening) -> None:
    counts = Counter(name for show in usual.truth["shows"] for name in show["negatives"])

    assert set(counts) <= set(NEGATIVES)
    assert len(counts) >= len(NEGATIVES) - 1
    assert max(counts.values()) <= 6


@pytest.mark.parametrize("wrong", [{"plants": ["brushing"]}, {"strength": "strong"}, {"negatives": ["rain"]}])
def test_an_unknown_name_is_answered_with_the_known_ones(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"There is no .*; there are "):
        evening(seed=1, shows=1, **wrong)  # type: ignore[arg-type]
