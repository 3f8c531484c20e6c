"""Figures from pairs: recall, accounts, delay, false alerts, what scores are worth; each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Final

import msgspec

from trials.intervals import Figure, mean, over_seeds, rate, share
from trials.pairs import Pair
from trials.reliability import Reliability, reliability
from worlds.recording import STRENGTHS

SIZES: Final = ((0, 150), (150, 500), (500, 2_000), (2_000, 10**9))  # audiences, from and below


class Cell(msgspec.Struct, frozen=True):
    """What one group of staged shows came to."""

    recall: Figure  # of shows
    precision: Figure  # of accounts, mean over found shows
    account_recall: Figure
    delay_s: Figure  # median, from a third of the planted acts


class Scheme(msgspec.Struct, frozen=True):
    """One scheme over all evenings."""

    cells: dict[str, Cell]  # by strength
    disguises: dict[str, Figure]  # recall by disguise
    sizes: dict[str, Figure]  # recall by audience
    false_pairs: Figure  # share of clean shows with an alert
    false_by_negative: dict[str, Figure]
    false_per_1000_hours: Figure  # incidents; a show may have several
    clean_hours: float
    mistaken: Figure  # share of shows with an alert that name another scheme's crew
    reliability: Reliability
    false_shows: list[tuple[int, str]]  # seed, show
    missed_shows: list[tuple[int, str, str]]  # seed, show, strength


def figures(pairs: Iterable[Pair]) -> dict[str, Scheme]:
    """All figures, by scheme, in the order in which the schemes come."""
    by_scheme: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_scheme.setdefault(pair.scheme, []).append(pair)
    return {scheme: _scheme(of) for scheme, of in by_scheme.items()}


def _scheme(pairs: list[Pair]) -> Scheme:
    staged = [pair for pair in pairs if not pair.is_clean]
    clean = [pair for pair in pairs if pair.is_clean]
    false = [pair for pair in clean if pair.is_found]
    found = [pair for pair in pairs if pair.is_found]
    hours = sum(pair.hours for pair in clean)
    return Scheme(
        cells={strength: cell([p for p in staged if p.strength == strength]) for strength in STRENGTHS},
        disguises=_by(staged, lambda pair: pair.disguises),
        sizes=_by(staged, lambda pair: (size_of(pair.audience),)),
        false_pairs=share(len(false), len(clean)),
        false_by_negative={k: v for k, v in _by(clean, lambda pair: pair.negatives).items() if v.value},
        false_per_1000_hours=rate(sum(pair.incidents for pair in clean), hours / 1_000),
        clean_hours=hours,
        mistaken=share(sum(1 for pair in found if pair.taken_from), len(found)),
        reliability=reliability(pairs),
        false_shows=[(pair.seed, pair.show_id) for pair in false],
        missed_shows=[(p.seed, p.show_id, p.strength or "") for p in staged if not p.is_found],
    )


def cell(staged: Sequence[Pair]) -> Cell:
    """What a group of staged shows came to."""
    found = [pair for pair in staged if pair.is_found]
    naming = [pair for pair in found if pair.named and pair.planted]
    return Cell(
        recall=share(len(found), len(staged)),
        precision=over_seeds(_by_seed(naming, lambda pair: pair.right / pair.named), mean),
        account_recall=over_seeds(_by_seed(naming, lambda pair: pair.right / pair.planted), mean),
        delay_s=over_seeds(_by_seed(found, lambda pair: (pair.delay_ms or 0) / 1_000), median),
    )


def size_of(audience: int) -> str:
    """The group of an audience, as it is shown."""
    for low, high in SIZES:
        if low <= audience < high:
            return f"{low:,} to {high:,}" if high < 10**9 else f"{low:,} and more"
    raise ValueError(f"An audience of {audience} is impossible.")


def _by(pairs: Iterable[Pair], groups: Callable[[Pair], Iterable[str]]) -> dict[str, Figure]:
    of: dict[str, list[bool]] = {}
    for pair in pairs:
        for group in groups(pair):
            of.setdefault(group, []).append(pair.is_found)
    return {group: share(sum(of[group]), len(of[group])) for group in sorted(of)}


def _by_seed(pairs: Iterable[Pair], value: Callable[[Pair], float]) -> dict[int, Sequence[float]]:
    of: dict[int, list[float]] = {}
    for pair in pairs:
        of.setdefault(pair.seed, []).append(value(pair))
    return dict(of)
