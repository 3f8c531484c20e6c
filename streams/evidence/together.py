"""Coming together: whether some came closer in time than everybody else did."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import log2
from typing import Final

import msgspec

from streams.evidence.surprise import kl_bits

WIDTHS_MS: Final = (60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000)
LEAST: Final = 5


class Together(msgspec.Struct, frozen=True):
    """The stretch of time in which the most surprising share of the members came."""

    bits: float  # after paying for the stretches that were tried
    start_ms: int
    end_ms: int
    members: int
    expected: float


NOT_TOGETHER: Final = Together(0.0, 0, 0, 0, 0.0)


def together(times: Sequence[int], everybody: int, between: Callable[[int, int], int]) -> Together:
    """`times`: when the members came, sorted; `between` counts of `everybody` those in [start, end]."""
    count = len(times)
    best = NOT_TOGETHER
    if count < LEAST or everybody < 2:
        return best
    tried_bits = 2 * log2(count)
    for width_ms in WIDTHS_MS:
        for first in range(count - LEAST + 1):
            if first and times[first] == times[first - 1]:
                continue
            last = bisect_right(times, times[first] + width_ms, first)
            members = last - first
            if members < LEAST:
                continue
            start_ms, end_ms = times[first], times[last - 1]
            usual = min(1.0, (between(start_ms, end_ms) - members + 1) / (everybody - count + 2))
            bits = kl_bits(members, count, max(usual, 0.001)) - tried_bits
            if bits > best.bits:
                best = Together(bits, start_ms, end_ms, members, usual * count)
    return best
