"""How sure a figure is: intervals of 95 %, by textbook formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, sqrt
from random import Random
from typing import TypeVar

import msgspec

T = TypeVar("T")

Z = 1.959964  # of the normal distribution at 97.5 %


class Figure(msgspec.Struct, frozen=True):
    """A value with its interval of 95 % and how many cases it rests on; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    of: int


NOTHING = Figure(None, None, None, 0)


def share(count: int, of: int) -> Figure:
    """A share with Wilson's score interval (Wilson 1927)."""
    if not of:
        return NOTHING
    p = count / of
    middle = (p + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * sqrt(p * (1 - p) / of + Z * Z / (4 * of * of))
    return Figure(p, max(0.0, middle - half), min(1.0, middle + half), of)


def rate(count: int, exposure: float) -> Figure:
    """Events for each unit of exposure, with the exact Poisson interval (Garwood 1936), found by halving."""
    if exposure <= 0:
        return NOTHING
    low = 0.0 if count == 0 else _where(lambda mean: 1 - _cdf(count - 1, mean), 0.025, count)
    high = _where(lambda mean: 1 - _cdf(count, mean), 0.975, count)
    return Figure(count / exposure, low / exposure, high / exposure, count)


def over_seeds(values: Mapping[int, Sequence[T]], statistic: Callable[[Sequence[T]], float]) -> Figure:
    """A statistic of all values, with the interval of resampled seeds (bootstrap by cluster, 1,000 draws).

    `values` by seed: shows of one evening share a world, so evenings are drawn and not shows.
    """
    seeds = [seed for seed in sorted(values) if values[seed]]
    if not seeds:
        return NOTHING
    everything = [value for seed in seeds for value in values[seed]]
    random = Random("bootstrap")
    drawn = sorted(
        statistic([value for seed in random.choices(seeds, k=len(seeds)) for value in values[seed]])
        for _ in range(1_000)
    )
    return Figure(statistic(everything), drawn[25], drawn[974], len(everything))


def _cdf(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson variable."""
    if count < 0:
        return 0.0
    term = total = exp(-mean)
    for k in range(1, count + 1):
        term *= mean / k
        total += term
    return min(1.0, total)


def _where(rising: Callable[[float], float], level: float, count: int) -> float:
    """The mean at which a rising function of it reaches a level."""
    low, high = 0.0, 10.0 + 4.0 * count
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return low


def mean(values: Sequence[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)


def shown(figure: Figure, form: str = "{:.2f}", scale: float = 1.0) -> str:
    """`0.95 (0.83 to 0.99)`, or a dash where there is nothing."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "-"
    value, low, high = (form.format(part * scale) for part in (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high})"
