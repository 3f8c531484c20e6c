"""Coming together: whether some came closer in time than everybody else did."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
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
    of: int = 0  # how many were asked about


NOT_TOGETHER: Final = Together(0.0, 0, 0, 0, 0.0)


def together(times: Sequence[int], came: Sequence[int]) -> Together:
    """`times`: when the members came; `came`: when everybody did, the members included; both sorted."""
    count = len(times)
    best = NOT_TOGETHER
    if count < LEAST or len(came) < 2:
        return best
    tried_bits = 2 * log2(count)
    before = [bisect_left(came, ts) for ts in times]
    until = [bisect_right(came, ts) for ts in times]
    others = len(came) - count + 2
    seen = [0] * count  # by first of a stretch, its end in a narrower width: the same stretch says the same
    for width_ms in WIDTHS_MS:
        for first in range(count - LEAST + 1):
            if first and times[first] == times[first - 1]:
                continue
            last = bisect_right(times, times[first] + width_ms, first)
            members = last - first
            if members < LEAST or seen[first] == last:
                continue
            seen[first] = last
            usual = min(1.0, (until[last - 1] - before[first] - members + 1) / others)
            if members <= count * usual:
                continue
            bits = kl_bits(members, count, max(usual, 0.001)) - tried_bits
            if bits > best.bits:
                best = Together(bits, times[first], times[last - 1], members, usual * count, count)
    return best
