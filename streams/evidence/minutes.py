"""The same minutes: whether some orders were undone closer in time than people who decide for themselves would.

Those who come together order together, and cancel after about the same time: so what is usual is taken from when each
was ordered, and from when others cancel, whichever says more.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import fsum, log2
from typing import Final, NamedTuple

from streams.evidence.returns import undone_by
from streams.evidence.surprise import kl_bits

WIDTHS_MS: Final = (60_000, 120_000, 300_000)
LEAST: Final = 4
FEW: Final = 20  # of fewer others the times say nothing


class Minutes(NamedTuple):
    """The stretch in which the most surprising number was undone."""

    bits: float  # after paying for the stretches that were tried
    members: int
    expected: float
    width_ms: int


NONE: Final = Minutes(0.0, 0, 0.0, 0)


def same_minutes(
    placed_ms: Sequence[int],
    undone_ms: Sequence[int],
    others_ms: Sequence[int],
    since_ms: int,
    now_ms: int,
    median_ms: int,
) -> Minutes:
    """When the members' orders were placed and undone (side by side), and when others' were undone (sorted).

    Only what was undone from `since_ms` on is here, by `now_ms`; half of the orders of people who cancel are undone
    `median_ms` after they were placed.
    """
    count, best = len(undone_ms), NONE
    times = sorted(undone_ms)
    tried_bits = 2 * log2(count) if count else 0.0
    for width_ms in WIDTHS_MS:
        first, last = _fullest(times, width_ms)
        members = last - first
        if members < max(LEAST, best.members):
            continue
        start_ms, end_ms = times[first], times[last - 1]
        seen = bisect_right(others_ms, end_ms) - bisect_left(others_ms, start_ms)
        usual = max(
            (seen + 1) / (len(others_ms) + 2) if len(others_ms) >= FEW else 0.0,
            _by_the_curve(placed_ms, start_ms, end_ms + 1_000, max(since_ms, 0), now_ms, median_ms),
        )
        bits = kl_bits(members, count, min(1.0, usual)) - tried_bits
        if bits > best.bits:
            best = Minutes(bits, members, usual * count, end_ms - start_ms)
    return best


def _fullest(times: Sequence[int], width_ms: int) -> tuple[int, int]:
    """The stretch of this width with the most of them, as the first and the one after the last; of equals the first."""
    best = (0, 0)
    for first in range(len(times)):
        last = bisect_right(times, times[first] + width_ms, first)
        if last - first > best[1] - best[0]:
            best = (first, last)
    return best


def _by_the_curve(
    placed_ms: Sequence[int], start_ms: int, end_ms: int, since_ms: int, now_ms: int, median_ms: int
) -> float:
    """The share of these orders that would be undone in a stretch of time, of those that are so by now."""
    shares = []
    for at_ms in placed_ms:
        whole = undone_by(now_ms - at_ms, median_ms) - undone_by(since_ms - at_ms, median_ms)
        part = undone_by(end_ms - at_ms, median_ms) - undone_by(start_ms - at_ms, median_ms)
        shares.append(part / whole if whole > 0 else 1.0)
    return fsum(shares) / len(shares)
