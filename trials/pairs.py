"""What is judged: one scheme in one show, what was planted of it and what was said. All figures follow from these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """One scheme in one show. Times are event time, ms."""

    world: str
    seed: int
    show_id: str
    scheme: str
    strength: str | None = None  # None: the show is clean of it
    disguises: tuple[str, ...] = ()
    negatives: tuple[str, ...] = ()
    audience: int = 0  # accounts that joined
    hours: float = 0.0  # on air
    planted: int = 0  # accounts
    third_ms: int = 0  # when a third of the planted acts were done
    found_ms: int | None = None  # event time of the first alert
    score: float = 0.0  # the highest that was given, near misses included
    incidents: int = 0  # that were opened
    named: int = 0  # accounts, by the last revision of each incident that says any
    right: int = 0  # of them, planted for this scheme
    taken_from: str | None = None  # scheme whose crew most of the named are, where that is another's

    @property
    def is_clean(self) -> bool:
        return self.strength is None

    @property
    def is_found(self) -> bool:
        return self.found_ms is not None

    @property
    def delay_ms(self) -> int | None:
        return None if self.found_ms is None or self.is_clean else self.found_ms - self.third_ms


class Said(msgspec.Struct):
    """What a detector or a rule said of one scheme in one show."""

    found_ms: int | None = None
    score: float = 0.0
    accounts: dict[str, list[str]] = {}  # by incident, of its last revision that names any
    crews: dict[str, str] = {}  # by incident, of its last revision that names a crew: its id
    incidents: dict[str, bool] = {}  # that were opened; a dict for its order


def said_of(alerts: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Said]:
    """Alert values, in order -> what was said, by show and scheme."""
    said: dict[tuple[str, str], Said] = {}
    for alert in alerts:
        if alert.get("mode") == "shadow":
            continue
        of = said.setdefault((alert["show_id"], alert["scheme"]), Said())
        if of.found_ms is None:
            of.found_ms = alert["event_ts"]
        of.score = max(of.score, alert["score"])
        of.incidents[alert["incident_id"]] = True
        if alert["accounts"]:
            of.accounts[alert["incident_id"]] = [account["account_id"] for account in alert["accounts"]]
        if alert.get("crew_id"):
            of.crews[alert["incident_id"]] = alert["crew_id"]
    return said


def pairs_of(
    truth: Mapping[str, Any],
    said: Mapping[tuple[str, str], Said],
    schemes: Iterable[str],
    *,
    world: str,
    seed: int,
    audiences: Mapping[str, int],
) -> list[Pair]:
    """The truth of an evening and what was said -> a pair for every show and scheme. `audiences`: joined, by show."""
    names = list(schemes)
    return [
        _pair(
            truth["schemes"][show["show_id"]], show, scheme, said.get((show["show_id"], scheme)), world, seed, audiences
        )
        for show in truth["shows"]
        for scheme in names
    ]


def _pair(
    planted: Mapping[str, Any],
    show: Mapping[str, Any],
    scheme: str,
    said: Said | None,
    world: str,
    seed: int,
    audiences: Mapping[str, int],
) -> Pair:
    said = said or Said()
    plant = planted.get(scheme)
    named = {account for accounts in said.accounts.values() for account in accounts}
    crew = set(plant["accounts"]) if plant else set()
    of_others = {other: len(named & set(of["accounts"])) for other, of in sorted(planted.items()) if other != scheme}
    most = max(of_others, key=lambda other: of_others[other], default=None)
    taken = (
        most if most is not None and 2 * of_others[most] > len(named) and 2 * len(named & crew) < len(named) else None
    )
    return Pair(
        world=world,
        seed=seed,
        show_id=show["show_id"],
        scheme=scheme,
        strength=plant["strength"] if plant else None,
        disguises=tuple(plant.get("disguises", ())) if plant else (),
        negatives=tuple(show["negatives"]),
        audience=audiences.get(show["show_id"], 0),
        hours=(show["end"] - show["start"]) / 3_600_000,
        planted=len(crew),
        third_ms=plant["third"] if plant else 0,
        found_ms=said.found_ms,
        score=said.score,
        incidents=len(said.incidents),
        named=len(named),
        right=len(named & crew),
        taken_from=taken,
    )
