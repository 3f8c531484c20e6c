"""What the tests of the second world share: an evening with and without its plants, and what lies between them."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

from worlds import Evening, county
from worlds.recording import Arrival

HOUR = 3_600_000
SCHEMES = county.PLANTS
STRENGTHS = ("blatant", "moderate", "faint")


@cache
def staged(scheme: str, strength: str, seed: int = 41, disguises: tuple[str, ...] = ()) -> Evening:
    """Four shows, each with this scheme at this strength, and nothing that only looks like one."""
    return county.evening(**_asked(seed), plants=(scheme,), strength=strength, disguises=disguises)


@cache
def clean(seed: int = 41) -> Evening:
    return county.evening(**_asked(seed), plants=())


def _asked(seed: int) -> dict[str, Any]:
    return {"seed": seed, "shows": 4, "viewers": (250, 2_500), "negatives": (), "share": 1.0, "tail_hours": 240}


@cache
def planted(scheme: str, strength: str, seed: int = 41) -> dict[str, list[Arrival]]:
    """What the plant added, by show."""
    honest = {value["event_id"] for _, _, value in clean(seed).events}
    added: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in staged(scheme, strength, seed).events:
        if arrival[2]["event_id"] not in honest:
            added[arrival[2]["show_id"]].append(arrival)
    return added


def without_counter(evening: Evening) -> list[Arrival]:
    """The counter that the audience sees counts hired accounts too; all else that is honest does not notice them."""
    return [one for one in evening.events if one[2].get("action") != "status"]


def of(events: list[Arrival], topic: str) -> list[dict[str, Any]]:
    return [value for _, name, value in events if name == topic]


def orders(events: list[Arrival]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Order id -> status -> its lines."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for value in of(events, "live.orders"):
        found[value["order_id"]][value["status"]].append(value)
    return found


def spent(events: list[Arrival]) -> dict[str, int]:
    """What each account ordered, in minor units."""
    total: dict[str, int] = defaultdict(int)
    for value in of(events, "live.orders"):
        if value["status"] == "placed":
            total[value["account_id"]] += value["amount_minor"]
    return total
