"""Sums that hug one sum: accounts whose purchases of the show end just at or above it, each by another way.

The sum is not known: every observed sum is tried, with several widths. How many accounts would end there anyway is
read from the neighbourhood, below and above the band: honest sums are spread smoothly, those of people who were told
an amount are not. Accounts that bought the very same things count as one and a little (one price for all, a flash
sale and an item that sells well put many on one sum), so that what is counted is different ways to one sum.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import fsum, log, log2
from typing import Final

import msgspec

from streams.evidence.surprise import poisson_bits

TOLERANCES: Final = (1.03, 1.06, 1.12, 1.25)  # band [m, tolerance m]
NEIGHBOURHOOD: Final = 1.6  # how far below and above the band honest sums are counted, as a ratio
LEAST_ACCOUNTS: Final = 5
LEAST_WAYS: Final = 4.0  # different baskets
SINGLE: Final = 0.5  # what a basket of one thing counts: prices cluster where shops like them; from the trials
_WIDTHS: Final = tuple((tolerance, log(tolerance)) for tolerance in TOLERANCES)
_NEIGHBOURHOOD_WIDTH: Final = 2 * log(NEIGHBOURHOOD)
PRIOR: Final = 1.5  # accounts in the neighbourhood that are assumed beside those seen


class Band(msgspec.Struct, frozen=True):
    """One band of sums: the accounts in it by their place in the sorted sums, and how surprising their number is."""

    low_minor: int
    high_minor: int
    first: int
    last: int  # one past
    ways: float  # accounts, the same basket counted as one and a little
    expected: float  # of those, by the neighbourhood
    bits: float  # before paying for the bands that were tried

    @property
    def count(self) -> int:
        return self.last - self.first

    @property
    def width(self) -> float:
        """Of the tolerance that it was found with, as a logarithm."""
        return log(self.high_minor / self.low_minor)

    @property
    def is_wide(self) -> bool:
        """Whether only the widest tolerance holds it."""
        return self.high_minor > TOLERANCES[-2] * self.low_minor


def between(sums: Sequence[int], low_minor: int, high_minor: int) -> tuple[int, int]:
    """The places of the sums (ascending) in [low, high], the last one past."""
    return bisect_left(sums, low_minor), bisect_right(sums, high_minor)


def can_hug(sums: Sequence[int], sum_minor: int) -> bool:
    """Whether enough sums (ascending) lie so near to this one that a band can hold it and them."""
    widest = TOLERANCES[-1]
    first, last = between(sums, int(sum_minor / widest), int(sum_minor * widest))
    return last - first >= LEAST_ACCOUNTS


class Sums:
    """The sums of all buyers of a show, sorted, with what each counts."""

    def __init__(self, sums: Sequence[int], compositions: Sequence[str], single: Sequence[bool]) -> None:
        """`sums` ascending, in minor units; `compositions` says of each what was bought, `single` whether one thing."""
        self.sums = sums
        same = Counter(compositions)
        worth = {composition: (1.0 + 0.5 * log2(n)) / n for composition, n in same.items()}
        ways = [
            worth[composition] * SINGLE if alone else worth[composition]
            for composition, alone in zip(compositions, single, strict=True)
        ]
        # three widths, and two places for each band of a fifth that fits between the smallest and the largest sum
        spread = max(0.3, log(sums[-1] / sums[0])) if sums else 0.3
        self.tried_bits = min(log2(3 * max(1, len(sums))), log2(30 * spread))
        self._ways = list(accumulate(ways, initial=0.0))
        self._kinds = list(accumulate([1.0 / same[composition] for composition in compositions], initial=0.0))

    def ways(self, first: int, last: int) -> float:
        return self._ways[last] - self._ways[first]

    def bits_without(self, band: Band, is_out: Callable[[int], bool]) -> float:
        """The bits that a band has without those buyers, who are told by their place."""
        below = bisect_left(self.sums, band.low_minor / NEIGHBOURHOOD, 0, band.first)
        above = bisect_right(self.sums, band.high_minor * NEIGHBOURHOOD, band.last)
        kept = [0.0 if is_out(at) else self.ways(at, at + 1) for at in range(below, above)]
        inside = fsum(kept[band.first - below : band.last - below])
        near = fsum(kept) - inside
        return poisson_bits(inside, (near + PRIOR) * band.width / _NEIGHBOURHOOD_WIDTH)

    def bands_with(self, sum_minor: int) -> list[Band]:
        """The bands that begin at an observed sum, hold `sum_minor` and more accounts than the neighbourhood tells."""
        found: list[Band] = []
        sums = self.sums
        widest = TOLERANCES[-1]
        start = bisect_left(sums, sum_minor / widest)
        stop = bisect_right(sums, sum_minor)
        low = 0
        for first in range(start, stop):
            if sums[first] == low:
                continue
            low = sums[first]
            if bisect_right(sums, int(low * widest), first) - first < LEAST_ACCOUNTS:
                continue
            below = bisect_left(sums, low / NEIGHBOURHOOD, 0, first)
            for tolerance, width in _WIDTHS:
                high = int(low * tolerance)
                if high < sum_minor:
                    continue
                last = bisect_right(sums, high, first)
                if last - first < LEAST_ACCOUNTS or self._kinds[last] - self._kinds[first] < LEAST_WAYS - 1e-6:
                    continue
                ways = self.ways(first, last)
                above = bisect_right(sums, high * NEIGHBOURHOOD, last)
                near = self.ways(below, first) + self.ways(last, above)
                expected = (near + PRIOR) * width / _NEIGHBOURHOOD_WIDTH
                bits = poisson_bits(ways, expected)
                found.append(Band(low, high, first, last, ways, expected, bits))
        return found
