"""Planted accounts cannot be told by the form of their events: fields, ids, formats."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from math import log
from typing import Any

import pytest

from worlds import Evening
from worlds.bazaar.laws import PRESENCE

FIELDS = sorted({name for fields in PRESENCE.values() for name, _ in fields})
IDS = ("event_id", "account_id", "device_id", "ip_prefix", "inviter_id", "pay_account_id", "address_id", "order_id")


def labelled(made: Evening, topic: str) -> Iterator[tuple[bool, dict[str, Any]]]:
    """The events of a topic, and whether a planted account sent them."""
    planted = {
        (show_id, account)
        for show_id, found in made.truth["schemes"].items()
        for scheme in found.values()
        for account in scheme["accounts"]
    }
    for _, of, value in made.events:
        if of == topic:
            yield (value["show_id"], value["account_id"]) in planted, value


def form(value: dict[str, Any]) -> Iterator[str]:
    """What the form of an event shows: which fields it has, in which order, and the spelling of its ids."""
    for name in FIELDS:
        yield f"{name} {name in value}"
    yield "order " + " ".join(name for name in value if name in (*FIELDS, "account_id", "ts"))[:40]
    for name in IDS:
        if name in value:
            text = value[name]
            yield f"{name} length {len(text)}"
            for place in (0, 1, 2, -2, -1):
                yield f"{name} {place} {text[place]}"
    if "account_created_ts" in value:
        yield f"created {value['account_created_ts'] % 10}"


@pytest.mark.parametrize("topic", ["live.joins", "live.comments", "live.orders"])
def test_fields_are_as_often_present_with_planted_accounts_as_with_others(staged: list[Evening], topic: str) -> None:
    for name, _ in PRESENCE[topic]:
        seen: dict[bool, list[int]] = {True: [0, 0], False: [0, 0]}
        for made in staged:
            for planted, value in labelled(made, topic):
                seen[planted][0] += name in value
                seen[planted][1] += 1
        (hired, of_hired), (others, of_others) = seen[True], seen[False]
        together = (hired + others) / (of_hired + of_others)
        error = (together * (1 - together) * (1 / of_hired + 1 / of_others)) ** 0.5
        assert abs(hired / of_hired - others / of_others) < 4 * error, name


def test_ids_of_planted_accounts_have_the_format_of_all(staged: list[Evening]) -> None:
    for made in staged:
        for topic in PRESENCE:
            for _, value in labelled(made, topic):
                for name in IDS:
                    assert name not in value or re.fullmatch(r"[a-z][0-9a-f]{14}", value[name]), (name, value[name])


@pytest.mark.parametrize("topic", ["live.joins", "live.comments", "live.orders"])
def test_a_classifier_of_forms_learns_nothing(staged: list[Evening], topic: str) -> None:
    learned, tried = staged
    counts: dict[bool, dict[str, int]] = {True: defaultdict(int), False: defaultdict(int)}
    size = {True: 1, False: 1}
    for planted, value in labelled(learned, topic):
        size[planted] += 1
        for feature in form(value):
            counts[planted][feature] += 1

    def weight(feature: str) -> float:
        return log((counts[True][feature] + 1) / size[True]) - log((counts[False][feature] + 1) / size[False])

    scores = [(sum(map(weight, form(value))), planted) for planted, value in labelled(tried, topic)]

    assert 0.45 < area(scores) < 0.55


def area(scores: list[tuple[float, bool]]) -> float:
    """The chance that a planted event scores higher than another one."""
    scores.sort()
    hired = sum(planted for _, planted in scores)
    ranks = sum(rank for rank, (_, planted) in enumerate(scores, 1) if planted)
    return (ranks - hired * (hired + 1) / 2) / (hired * (len(scores) - hired))


def test_accounts_are_as_old_as_others(staged: list[Evening]) -> None:
    ages: dict[bool, list[int]] = {True: [], False: []}
    for made in staged:
        for planted, value in labelled(made, "live.joins"):
            if "account_created_ts" in value:
                ages[planted].append(value["ts"] - value["account_created_ts"])
    for quantile in (0.25, 0.5, 0.75):
        young, old = (sorted(each)[int(len(each) * quantile)] for each in (ages[True], ages[False]))
        assert 0.75 < young / old < 1.35


def test_hired_people_talk_leave_and_come_back_like_others(staged: list[Evening]) -> None:
    for made in staged:
        sources, leaves = set(), 0
        talks: dict[str, set[str]] = defaultdict(set)
        for planted, value in labelled(made, "live.joins"):
            if planted:
                sources.add(value.get("source"))
                leaves += value["action"] == "leave"
        for planted, value in labelled(made, "live.comments"):
            if planted:
                talks[value["show_id"]].add(value["account_id"])
        buyers_only = [
            (show_id, found["coordinated_purchases"])
            for show_id, found in made.truth["schemes"].items()
            if list(found) == ["coordinated_purchases"] and found["coordinated_purchases"]["strength"] != "blatant"
        ]
        chatting = sum(len(talks[show_id] & set(scheme["accounts"])) for show_id, scheme in buyers_only)

        assert len(sources) >= 5
        assert leaves > 50
        assert chatting > 0.15 * sum(len(scheme["accounts"]) for _, scheme in buyers_only)
