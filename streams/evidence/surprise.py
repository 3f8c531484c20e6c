"""How unlikely something is, in bits: the small tests that all evidence is measured with."""

from math import log2
from typing import Final

MAX_BITS: Final = 1_000.0  # no single test says more; keeps sums and exponents finite
LN2: Final = 0.6931471805599453


def kl_bits(count: int, of: int, usual_share: float) -> float:
    """Evidence that `count` of `of` is more than `usual_share` allows: of * KL(count/of || share); 0 where it is not.

    The Chernoff bound of the binomial tail (Hoeffding 1963), so never more than the exact test would say.
    """
    if of <= 0 or count <= of * usual_share:
        return 0.0
    if usual_share <= 0.0:
        return MAX_BITS
    share = min(1.0, count / of)
    bits = share * log2(share / usual_share)
    if share < 1.0:
        bits += (1.0 - share) * log2((1.0 - share) / (1.0 - usual_share))
    return min(MAX_BITS, of * bits)


def poisson_bits(count: float, mean: float) -> float:
    """Evidence that `count` is more than a Poisson mean allows (Chernoff); 0 where it is not."""
    if count <= mean:
        return 0.0
    if mean <= 0.0:
        return MAX_BITS
    return min(MAX_BITS, count * log2(count / mean) - (count - mean) / LN2)


def burst_bits(active: int, members: int) -> float:
    """What membership in a burst of `members` is worth while `active` accounts are there: log2(N / n)."""
    return log2(active / members) if 0 < members < active else 0.0


def score_of(bits: float, threshold_bits: float) -> float:
    """Bits as a score of 0 to 1: a half at the threshold, three quarters at twice the threshold, and so on."""
    if bits <= 0.0:
        return 0.0
    if bits < threshold_bits:
        return 0.5 * bits / threshold_bits
    return 1.0 - 0.5 * float(2.0 ** (1.0 - bits / threshold_bits))
