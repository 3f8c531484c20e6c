"""A rate that differs from show to show, learned from counts of shows in some of which there are many more.

Each show has a rate of its own: gamma distributed, so its count is negative binomial (overdispersed). In a staged show
it is some times that, and never less: so many complaints do not become what is usual, and few are not taken for
staged. How high the rate is, how much honest shows differ and how many are staged are weighed together over a grid,
by how likely they make what was counted and by what is assumed beforehand; where little was counted, that decides.
"""

from collections.abc import Sequence
from math import exp, fsum, lgamma, log, sqrt
from typing import Final

import msgspec

STEP, REACH = 0.15, 16  # of the grid of log rates, around where most shows are
SHAPES: Final = ((4.0, 0.1), (6.0, 0.2), (9.0, 0.25), (13.0, 0.25), (20.0, 0.15), (40.0, 0.05))  # with weights; guess
STAGED: Final = ((0.05, 0.4), (0.15, 0.4), (0.3, 0.2))  # shares of shows that are staged, with weights; guess
LIFTS: Final = (2.0, 3.0, 5.0, 8.0, 16.0, 40.0)  # of the rate, in a staged show; ALGORITHMS, and small shows
ASSUMED_SPREAD: Final = 1.0  # of the log rate around what is assumed
MOST_SHOWS: Final = 200  # that are weighed, spread over all


class RateFit(msgspec.Struct, frozen=True):
    """The rate of the middle show with its interval of 95 %, and how firm it is.

    `firm`: what the rate of a next show is taken to be known from, in counts; shows differ, and the rate is not known
    for sure. `honest`: by show, how surely it is of the usual kind.
    """

    rate: float
    low: float
    high: float
    firm: float
    firm_low: float
    firm_high: float
    honest: tuple[float, ...]

    @property
    def staged(self) -> float:
        """How many shows were set aside."""
        return fsum(1.0 - honest for honest in self.honest)


def fit_rate(counts: Sequence[tuple[int, float]], assumed: float, lifts: Sequence[float] = LIFTS) -> RateFit:
    """Fit (how many, in how much exposure) by show; `assumed` is about what the rate is where nothing is known.

    `lifts`: how many times the rate a staged show may have, one as likely as the other.
    """
    some = counts[:: 1 + (len(counts) - 1) // MOST_SHOWS]
    about = log(_pooled(some, assumed))
    chances: list[tuple[float, float, float, float]] = []  # log chance, log rate, shape, share staged
    for shape, of_shape in SHAPES:
        base = [lgamma(shape + count) - lgamma(shape) - lgamma(count + 1.0) for count, _ in some]
        for at in range(-REACH, REACH + 1):
            log_rate = about + STEP * at
            prior = log(of_shape) - 0.5 * ((log_rate - log(assumed)) / ASSUMED_SPREAD) ** 2
            pairs = [
                _both(count, exp(log_rate) * of, shape, known, lifts)
                for (count, of), known in zip(some, base, strict=True)
            ]
            for share, of_share in STAGED:
                said = fsum(log((1.0 - share) * usual + share * lifted) for usual, lifted in pairs)
                chances.append((prior + log(of_share) + said, log_rate, shape, share))
    most = max(chance for chance, *_ in chances)
    weights = [(exp(chance - most), log_rate, shape, share) for chance, log_rate, shape, share in chances]
    whole = fsum(weight for weight, *_ in weights)
    middle = fsum(weight * log_rate for weight, log_rate, _, _ in weights) / whole
    unsure = fsum(weight * (log_rate - middle) ** 2 for weight, log_rate, _, _ in weights) / whole
    differ = fsum(weight / shape for weight, _, shape, _ in weights) / whole
    spread = sqrt(fsum(weight * (1.0 / shape - differ) ** 2 for weight, _, shape, _ in weights) / whole)
    share = fsum(weight * share for weight, _, _, share in weights) / whole
    firm, wide = 1.0 / (differ + unsure), 1.96 * sqrt(unsure + STEP**2 / 12.0)
    return RateFit(
        exp(middle),
        exp(middle - wide),
        exp(middle + wide),
        firm,
        1.0 / (differ + 1.96 * spread + unsure),
        1.0 / (max(differ / 4.0, differ - 1.96 * spread) + unsure),
        tuple(_honest(count, exp(middle) * of, 1.0 / differ, share, lifts) for count, of in counts),
    )


def _both(count: int, mean: float, shape: float, known: float, lifts: Sequence[float]) -> tuple[float, float]:
    """How likely a count is in an honest show that leads one to expect so many, and in a staged one."""
    usual = _likely(count, mean, shape, known)
    return usual, fsum(_likely(count, lift * mean, shape, known) for lift in lifts) / len(lifts)


def _likely(count: int, mean: float, shape: float, known: float) -> float:
    """The negative binomial; never quite 0."""
    return 1e-300 + exp(known + shape * log(shape / (shape + mean)) + count * log(mean / (shape + mean)))


def _honest(count: int, mean: float, shape: float, share: float, lifts: Sequence[float]) -> float:
    usual, lifted = _both(count, mean, shape, lgamma(shape + count) - lgamma(shape) - lgamma(count + 1.0), lifts)
    return (1.0 - share) * usual / ((1.0 - share) * usual + share * lifted)


def _pooled(counts: Sequence[tuple[int, float]], assumed: float) -> float:
    """About where most shows are: all together, but for the fifth with the highest rates, with what is assumed."""
    by_rate = sorted(counts, key=lambda one: (one[0] / one[1], one[1]))
    kept = by_rate[: len(by_rate) - len(by_rate) // 5]
    return (fsum(count for count, _ in kept) + 1.0) / (fsum(of for _, of in kept) + 1.0 / assumed)
