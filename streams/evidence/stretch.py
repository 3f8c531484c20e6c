"""Whether somewhere in a run of acts more of them are marked than is usual: a CUSUM of likelihood ratios.

One stretch is enough, whatever came before and after it: twelve marked acts in a row are as unlikely in a run of fifty
as in one of five thousand. Page's CUSUM (Biometrika 1954), for several shares at once since the true one is not known.
"""

from collections.abc import Sequence
from math import log2
from typing import Final

import msgspec

from streams.evidence.surprise import MAX_BITS

SHARES: Final = (0.05, 0.15, 0.4, 0.8)  # that may be marked, a guess from a tenth to a third and more of some acts


class Stretch(msgspec.Struct, frozen=True):
    """The stretch with most evidence: its acts from the `first` to the `last`, of which `count` are marked."""

    bits: float
    count: int
    first: int
    last: int

    @property
    def acts(self) -> int:
        return self.last - self.first + 1


NO_STRETCH: Final = Stretch(0.0, 0, 0, -1)


def stretch(marked: Sequence[int], usual_share: float) -> Stretch:
    """`marked`: which acts of the run, counted from 1 and rising, are marked -> the stretch with most evidence.

    The number of shares that are tried is taken off. Shares that are not well above the usual one are not tried.
    """
    best = NO_STRETCH
    tried = [share for share in SHARES if share > 1.5 * usual_share]
    usual_share = max(usual_share, 1e-6)
    for share in tried:
        gain = log2(share / usual_share)
        lost = log2((1.0 - usual_share) / (1.0 - share))
        bits, first, last, count = 0.0, 0, 0, 0
        for at in marked:
            bits -= lost * (at - last - 1)
            if bits <= 0.0:
                bits, first, count = 0.0, at, 0
            bits += gain
            last, count = at, count + 1
            if bits - log2(len(tried)) > best.bits:
                best = Stretch(min(MAX_BITS, bits - log2(len(tried))), count, first, last)
    return best
