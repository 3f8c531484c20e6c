"""Whether more came in than is usual: counts against a rate that is itself known only roughly.

What is usual is a gamma distribution of the rate (`Usual`): as if `count` had been seen in so much `exposure`. Under it
the chance of a count is negative binomial, so a rate that varies from show to show is no surge (overdispersion). The
evidence is the likelihood ratio of a rate that is some times higher, averaged over how many times (a gamma-Poisson
mixture): its expectation stays 1 as long as nothing changed, so whenever one looks, 1/alpha is exceeded with a chance
of at most alpha (Ville). Where it is not known when a surge begins, ratios start anew at every look and are added up
(Shiryaev and Roberts; as an e-detector: Shin, Ramdas and Rinaldo).
"""

from collections.abc import Sequence
from math import fsum, log2
from typing import Final

import msgspec

from streams.evidence.surprise import MAX_BITS

LIFTS: Final = (1.5, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0)  # how many times the usual rate; ALGORITHMS, and a grid of guesses


class Usual(msgspec.Struct, frozen=True):
    """A rate and how firmly it is known: as if `count` had been seen in so much exposure."""

    count: float
    exposure: float

    @property
    def rate(self) -> float:
        return self.count / self.exposure

    def and_seen(self, count: float, exposure: float) -> "Usual":
        """With what else was seen."""
        return Usual(self.count + count, self.exposure + exposure)

    def band(self, exposure: float, widths: float = 2.0) -> tuple[float, float]:
        """Where a count is expected: the mean and so many standard deviations of the negative binomial."""
        mean = self.rate * exposure
        deviation = (mean * (1.0 + exposure / self.exposure)) ** 0.5
        return max(0.0, mean - widths * deviation), mean + widths * deviation


def lift_bits(count: float, exposure: float, usual: Usual, lift: float) -> float:
    """log2 of the likelihood ratio of a rate `lift` times the usual one."""
    shrink = log2((usual.exposure + exposure) / (usual.exposure + lift * exposure))
    return count * log2(lift) + (usual.count + count) * shrink


def surge_bits(count: float, exposure: float, usual: Usual, lifts: Sequence[float] = LIFTS) -> float:
    """log2 of the likelihood ratio averaged over lifts: the evidence for a surge; may be below 0."""
    bits = [lift_bits(count, exposure, usual, lift) for lift in lifts]
    return min(MAX_BITS, mean_of_powers(bits))


def mean_of_powers(bits: Sequence[float]) -> float:
    """log2 of the mean of 2**b, without overflow."""
    most = max(bits)
    return most + log2(fsum(2.0 ** (b - most) for b in bits) / len(bits))


class Watch(msgspec.Struct):
    """Counts one after the other, of which a surge may begin at any: Shiryaev and Roberts' sum of likelihood ratios."""

    sums: list[float] = []  # by lift

    def take(
        self, count: float, usual: Usual, most_bits: float = MAX_BITS / 2, lifts: Sequence[float] = LIFTS
    ) -> float:
        """Take the count of the next unit of exposure -> log2 of the sum by now, at most `most_bits`.

        `usual` is to be known from before it. What is held down falls again soon after a surge has ended.
        """
        sums = self.sums or [0.0] * len(lifts)
        bits = [log2(1.0 + total) + lift_bits(count, 1.0, usual, lift) for total, lift in zip(sums, lifts, strict=True)]
        total_bits = mean_of_powers(bits)
        over_bits = max(0.0, total_bits - most_bits)
        self.sums = [2.0 ** (b - over_bits) for b in bits]
        return total_bits - over_bits


def usual_of(counts: Sequence[float], least_exposure: float = 1.0) -> Usual:
    """What is usual, from earlier counts of a unit of exposure each, some of which may have been surges.

    The highest twentieth is cut down to the next; the spread beyond a Poisson's says how much the rate itself varies.
    """
    cap = sorted(counts)[-1 - max(1, len(counts) // 20)] if len(counts) > 1 else max(counts, default=0.0)
    kept = [min(count, cap) for count in counts]
    mean = (fsum(kept) + 0.5) / (len(kept) + 1)
    variance = fsum((count - mean) ** 2 for count in kept) / max(1, len(kept))
    exposure = float(len(kept))
    if variance > mean:
        exposure = min(exposure, mean / (variance - mean))
    exposure = max(least_exposure, exposure)
    return Usual(mean * exposure, exposure)
