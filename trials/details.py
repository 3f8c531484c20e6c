"""What the detectors said in the shows that went wrong, kept small: for the worst misses and false alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from streams.alerts import Alert, Signal
from streams.finding import Finding
from trials.pairs import Pair
from worlds.recording import STRENGTHS

MOST_SIGNALS: Final = 12
MOST_SENTENCES: Final = 6
MOST_CHARS: Final = 400  # of a sentence
MOST_SHOWN: Final = 20  # misses, and false alarms, of a scheme


class Saying(msgspec.Struct, frozen=True):
    """The strongest that was said of one scheme in one show, as an alert or as a near miss. `at_ms`: event time."""

    scheme: str
    is_alert: bool
    score: float
    at_ms: int
    title: str
    signals: list[Signal]
    counter_evidence: list[str]
    counterfactual: str
    accounts: int


class Planted(msgspec.Struct, frozen=True):
    """What was staged in a show. Times are event time, ms."""

    strength: str
    disguises: list[str]
    accounts: int
    acts: int
    start: int
    third: int
    end: int


class Detail(msgspec.Struct, frozen=True):
    """One show in which something went wrong: the truth, and what was said."""

    seed: int
    show_id: str
    start: int
    end: int
    audience: int
    negatives: list[str]
    planted: dict[str, Planted]  # by scheme
    sayings: list[Saying]  # alerts and near misses, by scheme


class Strongest:
    """Hears all that is said and keeps of each show and scheme the strongest alert and the strongest near miss."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[tuple[str, bool], Saying]] = {}  # by show; by scheme and whether it is an alert

    def hear_alert(self, alert: Alert) -> None:
        """An alert; one that resolves says nothing new."""
        if alert.status != "resolved":
            self._keep(alert.show_id, alert, is_alert=True, at_ms=alert.event_ts, accounts=alert.accounts_total)

    def hear_near_miss(self, show_id: str, finding: Finding) -> None:
        """A finding that did not fire."""
        self._keep(show_id, finding, is_alert=False, at_ms=finding.window.end, accounts=len(finding.accounts))

    def of(self, show_id: str) -> list[Saying]:
        """What was kept of a show: by scheme, the alert before the near miss."""
        kept = self._kept.get(show_id, {})
        return [kept[key] for key in sorted(kept, key=lambda key: (key[0], not key[1]))]

    def _keep(self, show_id: str, of: Alert | Finding, *, is_alert: bool, at_ms: int, accounts: int) -> None:
        kept = self._kept.setdefault(show_id, {})
        key = (of.scheme, is_alert)
        if (before := kept.get(key)) is None or of.score > before.score:
            kept[key] = Saying(
                of.scheme,
                is_alert,
                of.score,
                at_ms,
                of.title[:MOST_CHARS],
                of.signals[:MOST_SIGNALS],
                [sentence[:MOST_CHARS] for sentence in of.counter_evidence[:MOST_SENTENCES]],
                of.counterfactual.sentence[:MOST_CHARS],
                accounts,
            )


def details_of(truth: Mapping[str, Any], pairs: Sequence[Pair], strongest: Strongest) -> list[Detail]:
    """A detail for each show of an evening in which a scheme was missed or falsely said."""
    wrong = {pair.show_id: pair for pair in pairs if pair.is_clean == pair.is_found}
    return [
        Detail(
            wrong[show["show_id"]].seed,
            show["show_id"],
            show["start"],
            show["end"],
            wrong[show["show_id"]].audience,
            list(show["negatives"]),
            {scheme: _planted(plant) for scheme, plant in truth["schemes"][show["show_id"]].items()},
            strongest.of(show["show_id"]),
        )
        for show in truth["shows"]
        if show["show_id"] in wrong
    ]


def _planted(plant: Mapping[str, Any]) -> Planted:
    return Planted(
        plant["strength"],
        list(plant.get("disguises", ())),
        len(plant["accounts"]),
        plant.get("acts", 0),
        plant["start"],
        plant["third"],
        plant["end"],
    )


def worst_misses(pairs: Iterable[Pair]) -> list[Pair]:
    """What was not found, the plainest first: by strength, then by how little it was suspected."""
    missed = [pair for pair in pairs if not pair.is_clean and not pair.is_found]
    return sorted(missed, key=lambda pair: (STRENGTHS.index(pair.strength or ""), pair.score, pair.seed, pair.show_id))


def worst_false(pairs: Iterable[Pair]) -> list[Pair]:
    """What was said of clean shows, the surest first."""
    false = [pair for pair in pairs if pair.is_clean and pair.is_found]
    return sorted(false, key=lambda pair: (-pair.score, pair.seed, pair.show_id))
