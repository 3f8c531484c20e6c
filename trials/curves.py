"""What the pictures show, as numbers: precision and recall by threshold, found by when, whose crew was named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from trials.pairs import Pair

OWN: Final = "its own crew"
NOBODY: Final = "nobody's crew"


class Point(msgspec.Struct, frozen=True):
    """What an alarm at and above `threshold` would be worth."""

    threshold: float
    precision: float
    recall: float
    false: int


def precision_recall(pairs: Iterable[Pair]) -> list[Point]:
    """A point for each score that was given, highest first; of one scheme. Precision holds for this mix of shows."""
    ranked = sorted((pair for pair in pairs if not pair.is_clean or pair.score > 0), key=lambda pair: -pair.score)
    staged = sum(1 for pair in ranked if not pair.is_clean)
    points: list[Point] = []
    right = false = 0
    for i, pair in enumerate(ranked):
        if pair.score <= 0:
            break
        right += not pair.is_clean
        false += pair.is_clean
        if i + 1 == len(ranked) or ranked[i + 1].score != pair.score:
            points.append(Point(pair.score, right / (right + false), right / staged if staged else 0.0, false))
    return points


def at_recall(pairs: Iterable[Pair], least: float) -> Point | None:
    """The highest threshold at which this much is found; None where no threshold finds it."""
    return next((point for point in precision_recall(pairs) if point.recall >= least), None)


def found_within(staged: Sequence[Pair]) -> list[tuple[float, float]]:
    """Seconds after a third of the acts -> share of the staged shows found by then; never found counts, too."""
    delays = sorted((pair.delay_ms or 0) / 1_000 for pair in staged if pair.is_found)
    return [(delay, (i + 1) / len(staged)) for i, delay in enumerate(delays)]


def confusion(pairs: Iterable[Pair]) -> dict[str, dict[str, int]]:
    """Shows with an alert, by the alert's scheme and by whose crew most of the accounts are that it names."""
    counted: dict[str, dict[str, int]] = {}
    for pair in pairs:
        of = counted.setdefault(pair.scheme, {})
        if pair.is_found:
            whose = pair.taken_from or (NOBODY if pair.is_clean else OWN)
            of[whose] = of.get(whose, 0) + 1
    return counted
