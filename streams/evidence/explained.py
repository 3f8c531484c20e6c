"""What explains that honest sums end near one: a declared promotion, or a coupon that is given from a sum on.

What a coupon asks for is not told; it is read from the least that its users spent with it. So a code that the host
only reads out explains what a marker would have: who fills up to it did so for the coupon.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from streams.evidence.hug import Band
from streams.evidence.purses import Purse
from streams.show import Marker

BELOW: Final = 0.84  # with 16 % off sums end below the threshold; guess
ABOVE: Final = 1.3  # who fills up ends within so much of it; guess
LEAST_USERS: Final = 4
USED: Final = 0.5  # by so many of a band, else it is not what brought them there; guess
FEWEST: Final = 10  # one in so many spent less, where a code was given to somebody for nothing


class Explained:
    """The thresholds of a show: those declared, and by coupon the least that was spent with it."""

    def __init__(self, markers: Sequence[Marker], purses: Sequence[Purse]) -> None:
        self._declared = [m.threshold_minor for m in markers if m.action == "promotion" and m.threshold_minor]
        spent: dict[str, list[int]] = {}
        for purse in purses:
            if purse.coupon_id:
                spent.setdefault(purse.coupon_id, []).append(purse.coupon_minor)
        known = {coupon_id: sorted(sums) for coupon_id, sums in spent.items() if len(sums) >= LEAST_USERS}
        self._least = {coupon_id: sums[len(sums) // FEWEST] for coupon_id, sums in known.items()}

    def explains(self, band: Band, inside: Sequence[Purse]) -> bool:
        """Whether the sums of a band are where a threshold would bring them."""
        if any(_near(band, threshold) for threshold in self._declared):
            return True
        if not self._least:
            return False
        used = Counter(purse.coupon_id for purse in inside if purse.coupon_id)
        return any(
            count >= USED * len(inside) and coupon_id in self._least and _near(band, self._least[coupon_id])
            for coupon_id, count in used.items()
        )


def _near(band: Band, threshold_minor: int) -> bool:
    return band.low_minor <= ABOVE * threshold_minor and band.high_minor >= BELOW * threshold_minor
