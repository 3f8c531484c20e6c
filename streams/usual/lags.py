"""How long after one thing another comes, learned from lags of shows of which some are staged, cut off by the end.

Lags are counted in steps of a twelfth of an octave, so a show takes a few numbers however many it has. Each show
weighs at most as much as `MOST_LAGS` lags, and less where it was set aside: one show cannot say what is usual.
"""

from collections.abc import Callable, Sequence
from math import fsum, log2, sqrt
from typing import Final

import msgspec

STEPS: Final = 12  # of an octave
LEAST_MS: Final = 1_000
MOST_MS: Final = 1e11
MOST_LAGS: Final = 12.0  # of one show; guess
WINSOR: Final = 4.0  # times the mean: longer lags count as so long; guess
CUT_OFF_RATIO: Final = 1.25  # at most so much is added for what the end of the history cut off; guess
STILL_COMING: Final = 0.15  # share of lags in the last quarter of what could be seen, from which on more follow; guess
OPEN_RATIO: Final = 1.6  # times the mean that a show must be open to say what it is; guess


class Lags(msgspec.Struct):
    """Lags of one show, and its weight. `open_ms`: how long they could be seen at most."""

    counts: dict[int, int] = {}
    open_ms: int = 0
    weight: float = 1.0

    def add(self, lag_ms: int) -> None:
        step = round(STEPS * log2(max(lag_ms, LEAST_MS) / LEAST_MS))
        self.counts[step] = self.counts.get(step, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def each(self) -> float:
        """What one lag of the show weighs."""
        total = self.total
        return self.weight * min(1.0, MOST_LAGS / total) if total else 0.0

    def pairs(self) -> list[tuple[float, int]]:
        """(lag in ms, how many), from the shortest on."""
        return [(LEAST_MS * 2.0 ** (step / STEPS), self.counts[step]) for step in sorted(self.counts)]


Law = Callable[[float, float], float]  # (lag, median) -> the share that has come by then
Interval = tuple[float, float, float]  # a value, and an interval of 95 % around it


def fit_median(shows: Sequence[Lags], by: Law) -> Interval:
    """The median of lags that follow a law, and its interval.

    By the law lags lie on the average in the middle of what could be seen of them, and a quarter of them in its first
    quarter. Where the law is wrong because lags have two scales (at once; or days later), the two differ, and the
    shorter one is taken: else those who are quick would always be more than usual.
    """

    def middle(show: Lags, median: float) -> float:
        seen = by(show.open_ms, median)
        return show.each * fsum(count * (0.5 - min(1.0, by(lag, median) / seen)) for lag, count in show.pairs())

    def first_quarter(show: Lags, median: float) -> float:
        end = 0.25 * by(show.open_ms, median)
        return show.each * fsum(count * ((by(lag, median) <= end) - 0.25) for lag, count in show.pairs())

    return min(_solved(shows, middle), _solved(shows, first_quarter))


def _solved(shows: Sequence[Lags], score: Callable[[Lags, float], float]) -> Interval:
    """Where the scores of all shows, which rise with the median, add up to nothing; and to as much as chance may."""

    def solve(target: float) -> float:
        begin, end = float(LEAST_MS), MOST_MS
        for _ in range(60):
            median = sqrt(begin * end)
            if fsum(score(show, median) for show in shows) < target:
                begin = median
            else:
                end = median
        return sqrt(begin * end)

    found = solve(0.0)
    wide = 1.96 * sqrt(fsum(score(show, found) ** 2 for show in shows))
    return found, min(found, solve(-wide)), max(found, solve(wide))


def fit_mean(shows: Sequence[Lags]) -> Interval | None:
    """The mean lag and its interval of 95 %; None where shows were not open long enough to say.

    They were where few lags lie in the last quarter of what could be seen. Nobody can know of what has not come yet.
    Of what the end of the history cut off a part is added, as if lags were exponential.
    """
    mean = 0.0
    for _ in range(6):
        old_enough = [show for show in shows if show.open_ms >= OPEN_RATIO * mean and show.each > 0.0]
        many = fsum(show.each * show.total for show in old_enough)
        if not many:
            return None
        most = WINSOR * mean if mean else 1e12
        sums = [show.each * fsum(count * min(lag, most) for lag, count in show.pairs()) for show in old_enough]
        mean = fsum(sums) / many
    coming = fsum(show.each * count for show in old_enough for lag, count in show.pairs() if lag > 0.75 * show.open_ms)
    if coming > STILL_COMING * many:
        return None
    parts = [show.each * show.total for show in old_enough]
    spread = sqrt(fsum((total - mean * part) ** 2 for total, part in zip(sums, parts, strict=True))) / many
    open_ms = fsum(part * show.open_ms for part, show in zip(parts, old_enough, strict=True)) / many
    whole = min(CUT_OFF_RATIO, _whole(mean, open_ms) / mean)
    return mean * whole, (mean - 1.96 * spread) * whole, (mean + 1.96 * spread) * whole


def _whole(mean_ms: float, open_ms: float) -> float:
    """The mean of an exponential of which only what came within `open_ms` was seen, with this mean."""
    begin, end = mean_ms, 3.0 * mean_ms
    for _ in range(40):
        middle = (begin + end) / 2.0
        gone = 2.0 ** (-open_ms / middle * 1.4426950408889634)
        if middle - open_ms * gone / (1.0 - gone) < mean_ms:
            begin = middle
        else:
            end = middle
    return (begin + end) / 2.0
