"""Draws from a seeded `random()` alone, so that they are the same on every version of Python."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, exp, log, pi, sqrt
from random import Random
from typing import TypeVar

T = TypeVar("T")
MAX_BY_PRODUCT = 30.0  # above it a Poisson draw is rounded from a normal one


def stream(*path: object) -> Random:
    """The random source of one part of one show: no part's draws move another's."""
    return Random("/".join(map(str, ("county", *path))))


def expo(rng: Random, mean: float) -> float:
    return -mean * log(1.0 - rng.random())


def normal(rng: Random) -> float:
    return sqrt(-2.0 * log(1.0 - rng.random())) * cos(2.0 * pi * rng.random())


def lognormal(rng: Random, median: float, sigma: float) -> float:
    return median * exp(sigma * normal(rng))


def poisson(rng: Random, mean: float) -> int:
    if mean <= 0.0:
        return 0
    if mean > MAX_BY_PRODUCT:
        return max(0, round(mean + sqrt(mean) * normal(rng)))
    floor, product, count = exp(-mean), rng.random(), 0
    while product > floor:
        product *= rng.random()
        count += 1
    return count


def between(rng: Random, low: float, high: float) -> float:
    return low + (high - low) * rng.random()


def whole(rng: Random, low: int, high: int) -> int:
    """A whole number of low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def spread(rng: Random, low: float, high: float) -> float:
    """Uniform in the logarithm."""
    return low * (high / low) ** rng.random()


def pick(rng: Random, values: Sequence[T]) -> T:
    return values[int(rng.random() * len(values))]


def weighted(rng: Random, values: Sequence[tuple[T, float]]) -> T:
    """One of (value, weight)."""
    left = rng.random() * sum(weight for _, weight in values)
    for value, weight in values:
        left -= weight
        if left < 0.0:
            return value
    return values[-1][0]


def some(rng: Random, values: Sequence[T], count: int) -> list[T]:
    """`count` different ones (all, where there are fewer), in random order."""
    pool = list(values)
    count = min(count, len(pool))
    for at in range(count):
        other = at + int(rng.random() * (len(pool) - at))
        pool[at], pool[other] = pool[other], pool[at]
    return pool[:count]


def shuffled(rng: Random, values: Sequence[T]) -> list[T]:
    return some(rng, values, len(values))
