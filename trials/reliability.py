"""How far scores are from what they say: calibration error, Brier score, and the reliability curve behind them.

The plain error of bins of equal width rises with every bin that holds few shows: scores that say exactly what is true
have one of 0.04 where 150 shows are split into ten. So the error is taken over bins that hold as many shows each
(Nixon and others, CVPR Workshops 2019), and what chance alone adds to it is taken off (Kumar, Liang and Ma, NeurIPS
2019). The plain error stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import erf, exp, fsum, pi, sqrt
from typing import Final

import msgspec

from trials.intervals import NOTHING, Figure, mean, over_seeds
from trials.pairs import Pair

BINS: Final = 10  # of the reliability curve, of equal width; and of the error, of as many shows each, at most
LEAST_OF_BIN: Final = 12  # shows of a bin of the error; with fewer there are fewer bins


class Bin(msgspec.Struct, frozen=True):
    """Scores of one tenth of the scale: how high they were on average, and how many shows were staged."""

    score: float
    staged: float
    of: int


class Reliability(msgspec.Struct, frozen=True):
    """Of the shows of a scheme that got a score, near misses included."""

    error: Figure = NOTHING  # expected calibration error, what chance adds taken off; interval over evenings
    plain_error: float | None = None  # of ten bins of equal width, with what chance adds
    brier: float | None = None
    brier_of_a_constant: float | None = None  # that knows the share of staged shows
    curve: Sequence[Bin] = ()


def reliability(pairs: Sequence[Pair]) -> Reliability:
    """Everything about the scores of one scheme's pairs; nothing where none got a score."""
    scored = [pair for pair in pairs if pair.score > 0]
    if not scored:
        return Reliability()
    curve = _curve(scored)
    staged = mean([_is_staged(pair) for pair in scored])
    by_seed: dict[int, list[Pair]] = {}
    for pair in scored:
        by_seed.setdefault(pair.seed, []).append(pair)
    return Reliability(
        error=_with_the_value(over_seeds(by_seed, calibration_error)),
        plain_error=fsum(abs(bin.score - bin.staged) * bin.of for bin in curve) / len(scored),
        brier=mean([(pair.score - _is_staged(pair)) ** 2 for pair in scored]),
        brier_of_a_constant=staged * (1 - staged),
        curve=curve,
    )


def _with_the_value(error: Figure) -> Figure:
    """Evenings that are drawn anew add chance of their own, which may lift the interval above the value."""
    if error.value is None or error.low is None:
        return error
    return msgspec.structs.replace(error, low=min(error.low, error.value))


def calibration_error(scored: Sequence[Pair]) -> float:
    """The expected calibration error over bins of as many shows each, less what chance adds to it; 0 at least."""
    ranked = sorted(scored, key=lambda pair: (pair.score, pair.seed, pair.show_id))
    bins = max(1, min(BINS, len(ranked) // LEAST_OF_BIN))
    edges = [round(number * len(ranked) / bins) for number in range(bins + 1)]
    errors = []
    for low, high in pairwise(edges):
        of = ranked[low:high]
        score, staged = mean([pair.score for pair in of]), mean([_is_staged(pair) for pair in of])
        errors.append(len(of) * _without_chance(staged - score, _deviation(staged, score, len(of))))
    return max(0.0, fsum(errors) / len(ranked))


def _without_chance(difference: float, deviation: float) -> float:
    """A bin's error, less what chance is expected to have added: the mean of |x|, where x is normal around it."""
    if not deviation:
        return abs(difference)
    z = difference / deviation
    by_chance = deviation * sqrt(2 / pi) * exp(-z * z / 2) + difference * erf(z / sqrt(2))
    return 2 * abs(difference) - by_chance


def _deviation(staged: float, score: float, of: int) -> float:
    """How far chance moves a bin's share. The score counts as one show: where all were staged there is chance, too."""
    share = (staged * of + score) / (of + 1)
    return sqrt(share * (1 - share) / of)


def _curve(scored: Sequence[Pair]) -> list[Bin]:
    bins: list[list[Pair]] = [[] for _ in range(BINS)]
    for pair in scored:
        bins[min(BINS - 1, int(pair.score * BINS))].append(pair)
    return [Bin(mean([p.score for p in of]), mean([_is_staged(p) for p in of]), len(of)) for of in bins if of]


def _is_staged(pair: Pair) -> float:
    return float(not pair.is_clean)
