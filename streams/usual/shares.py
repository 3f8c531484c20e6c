"""A share that differs from show to show, learned from counts of shows of which some are staged.

Each show has a share of its own. Among honest shows its log odds are normal: their middle is what is usual, their
spread how much shows differ (overdispersion). Some shows may be of another kind, whose log odds lie apart; how many,
and how far, is learned too. So a staged show is not averaged in but set aside, the more surely so the farther off it
is: a trimmed fit whose trimming follows from the data (a mixture of two normals over binomial counts, by expectation
and maximisation; Dempster, Laird, Rubin 1977). A small show says little of its share and is drawn towards the whole.

Shares are looked for on a grid of log odds around where most shows are, which makes it a few sums a show.
"""

from collections.abc import Sequence
from math import exp, fsum, log, sqrt
from typing import Final

import msgspec

MOST_TRIALS: Final = 400.0  # no show counts for more: its acts are not independent; guess
STEP, REACH = 0.15, 27  # of the grid of log odds
LEAST_SPREAD, MOST_SPREAD = 0.1, 0.6  # of log odds
PRIOR_SPREAD, PRIOR_SHOWS = 0.35, 6.0  # what is assumed of the spread, and as how many shows it counts; guess
APART, APART_SPREADS = 1.0, 2.5  # log odds, and spreads, by which the other kind of shows lies apart at least; guess
OTHER_SPREAD: Final = 0.5  # of the log odds of the other kind; guess
MOST_STAGED: Final = 0.4  # share of shows that may be of the other kind; more would be what is usual
STARTS: Final = ((0.0, 1.5), (-1.0, 1.5), (-2.0, 2.0), (0.0, -1.5), (0.7, -1.5))  # from the pooled share; the others
WORTH: Final = -1.0  # of log likelihood: in doubt there are two kinds of shows, as a staged one does more harm; guess
TRIED: Final = 100  # shows with which all starts are tried; the best goes on with all
TURNS: Final = 40


class Fit(msgspec.Struct, frozen=True):
    """The share of the middle show, with an interval of 95 %, and how firm it is.

    `firm`: shows differ as if each knew its share from so many trials of its own. `of_spread`: how many shows tell it.
    """

    share: float
    low: float
    high: float
    firm: float
    firm_low: float
    firm_high: float
    of_spread: float
    spread: float  # of the log odds of shows
    honest: tuple[float, ...]  # by show, how surely it is of the usual kind

    @property
    def staged(self) -> float:
        """How many shows were set aside."""
        return fsum(1.0 - honest for honest in self.honest)


class _Mixture(msgspec.Struct, frozen=True):
    """Where one climb is: honest shows around `middle`, the others around `middle + apart`."""

    middle: float
    apart: float
    spread: float = PRIOR_SPREAD
    staged: float = 0.15
    alone: bool = False  # there are no others
    bits: float = 0.0  # log likelihood, with what is assumed
    honest: tuple[float, ...] = ()


def fit_share(counts: Sequence[tuple[float, float]]) -> Fit:
    """Fit (how many, of how many) by show, each of more than nothing; needs one show at least."""
    bounded = [_bounded(count, of) for count, of in counts]
    about = log_odds(_pooled(bounded))
    grid = [about + STEP * at for at in range(-REACH, REACH + 1)]
    shares = [odds_share(point) for point in grid]
    likely = [_likelihoods(count, of, shares) for count, of in bounded]
    some = likely[:: 1 + (len(likely) - 1) // TRIED]
    tops = [_climb(grid, some, _Mixture(about + begin, apart)) for begin, apart in STARTS]
    best = max(tops, key=lambda top: (round(top.bits, 6), -round(top.middle, 6)))
    alone = _climb(grid, some, _Mixture(about, APART, staged=0.0, alone=True))
    if best.bits < alone.bits + WORTH:
        best = alone
    return _described(bounded, _climb(grid, likely, best), grid, shares)


def _climb(grid: Sequence[float], likely: Sequence[Sequence[float]], at: _Mixture) -> _Mixture:
    """Expectation and maximisation in turns."""
    for _ in range(TURNS):
        before, at = at, _turn(grid, likely, at)
        if abs(at.middle - before.middle) < 1e-4 and abs(at.spread - before.spread) < 1e-3:
            break
    return at


def _turn(grid: Sequence[float], likely: Sequence[Sequence[float]], at: _Mixture) -> _Mixture:
    usual, other = _normal(grid, at.middle, at.spread), _normal(grid, at.middle + at.apart, OTHER_SPREAD)
    held, held_other = [0.0] * len(grid), [0.0] * len(grid)
    honest = []
    bits = [] if at.alone else [4.0 * log(1.0 - at.staged), log(at.staged)]
    bits.append(-PRIOR_SHOWS * (log(at.spread) + PRIOR_SPREAD**2 / (2.0 * at.spread**2)))
    for row in likely:
        alike = [weight * chance for weight, chance in zip(usual, row, strict=True)]
        unlike = [weight * chance for weight, chance in zip(other, row, strict=True)]
        one, two = (1.0 - at.staged) * fsum(alike), at.staged * fsum(unlike)
        total = max(1e-300, one + two)
        bits.append(log(total))
        honest.append(1.0 - two / total)
        scale, scale_other = (1.0 - at.staged) / total, at.staged / total
        held = [sofar + scale * part for sofar, part in zip(held, alike, strict=True)]
        held_other = [sofar + scale_other * part for sofar, part in zip(held_other, unlike, strict=True)]
    many, others = fsum(held), fsum(held_other)
    middle = fsum(map(_times, held, grid)) / max(many, 1e-9)
    around = fsum(part * (point - middle) ** 2 for part, point in zip(held, grid, strict=True))
    spread = sqrt((around + PRIOR_SHOWS * PRIOR_SPREAD**2) / (many + PRIOR_SHOWS))
    spread = min(MOST_SPREAD, max(LEAST_SPREAD, spread))
    apart = fsum(map(_times, held_other, grid)) / others - middle if others > 1e-6 else at.apart
    least = max(APART, APART_SPREADS * spread)
    apart = max(least, apart) if at.apart > 0 else min(-least, apart)
    staged = 0.0 if at.alone else min(MOST_STAGED, (others + 1.0) / (many + others + 5.0))
    return _Mixture(middle, apart, spread, staged, at.alone, fsum(bits), tuple(honest))


def _described(
    counts: Sequence[tuple[float, float]], top: _Mixture, grid: Sequence[float], shares: Sequence[float]
) -> Fit:
    normal, spread, share = _normal(grid, top.middle, top.spread), top.spread, odds_share(top.middle)
    mean = fsum(map(_times, normal, shares))
    variance = fsum(weight * (one - mean) ** 2 for weight, one in zip(normal, shares, strict=True))
    noise = [1.0 / (of * share * (1.0 - share)) for _, of in counts]
    known = fsum(weight / (spread**2 + one) for weight, one in zip(top.honest, noise, strict=True))
    of_spread = fsum(
        weight * (spread**2 / (spread**2 + one)) ** 2 for weight, one in zip(top.honest, noise, strict=True)
    )
    wide, ratio = 1.96 / sqrt(max(known, 1e-9)), exp(2 * 1.96 / sqrt(2.0 * (of_spread + PRIOR_SHOWS)))
    firm = max(1.0, mean * (1.0 - mean) / variance - 1.0)
    low, high = odds_share(top.middle - wide), odds_share(top.middle + wide)
    return Fit(share, low, high, firm, firm / ratio, firm * ratio, of_spread, spread, top.honest)


def log_odds(share: float) -> float:
    """The log odds of a share between 0 and 1."""
    return log(share / (1.0 - share))


def odds_share(log_odds: float) -> float:
    """The share of these log odds."""
    return 1.0 / (1.0 + exp(-log_odds))


def _bounded(count: float, of: float) -> tuple[float, float]:
    scale = min(1.0, MOST_TRIALS / of)
    return min(count, of) * scale, of * scale


def _pooled(counts: Sequence[tuple[float, float]]) -> float:
    """About where most shows are: all together, but for the tenth with the highest shares and that with the lowest."""
    by_share = sorted(counts, key=lambda one: (one[0] / one[1], one[1]))
    cut = len(by_share) // 10
    kept = by_share[cut : len(by_share) - cut]
    return (fsum(count for count, _ in kept) + 0.5) / (fsum(of for _, of in kept) + 1.0)


def _likelihoods(count: float, of: float, shares: Sequence[float]) -> list[float]:
    """How likely a count is by share, as parts of the likeliest."""
    logs = [count * log(share) + (of - count) * log(1.0 - share) for share in shares]
    most = max(logs)
    return [exp(one - most) for one in logs]


def _normal(grid: Sequence[float], middle: float, spread: float) -> list[float]:
    weights = [exp(-0.5 * ((point - middle) / spread) ** 2) for point in grid]
    total = fsum(weights)
    return [weight / total for weight in weights] if total else [1.0 / len(grid)] * len(grid)


def _times(left: float, right: float) -> float:
    return left * right
