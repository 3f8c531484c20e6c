"""What is suspected of orders that were taken back: how surely, and what would have cleared it."""

from bisect import bisect_left
from math import fsum

import msgspec

from streams.alerts import Counterfactual, rounded
from streams.evidence.minutes import Minutes
from streams.evidence.strata import Stratum
from streams.evidence.undone import Shared


class Suspicion(msgspec.Struct, frozen=True):
    """The orders of a stratum that were undone, and what else ties their buyers."""

    strata: tuple[Stratum, ...]  # the strongest of the look
    stratum: Stratum
    rows: tuple[int, ...]  # of the orders undone, in the order in which they were so
    shared: tuple[Shared, ...]
    moments: Minutes  # how close in time they were undone
    fire_bits: float  # from which on it is told
    whole_fire_bits: float  # where it is all orders of the show

    @property
    def bits(self) -> float:
        return self.stratum.bits + self._others_bits(self.stratum.bits)

    @property
    def needed_bits(self) -> float:
        return self._needed_by(self.stratum)

    def stands_without(self, count: int) -> bool:
        """Whether any of the strata would still be told where the last `count` of the orders were not undone."""
        last = sum(1 << row for row in self.rows[len(self.rows) - count :])
        for stratum in self.strata:
            bits = stratum.bits_with(stratum.marked - (stratum.rows & last).bit_count())
            if bits + self._others_bits(bits) * (1 - count / len(self.rows)) >= self._needed_by(stratum):
                return True
        return False

    def _needed_by(self, stratum: Stratum) -> float:
        return self.fire_bits if stratum.conditions else self.whole_fire_bits

    def _others_bits(self, stratum_bits: float) -> float:
        """Links and minutes bear out what orders say; they do not outweigh it."""
        return max(0.0, min(stratum_bits, self.link_bits + self.moments.bits))

    @property
    def link_bits(self) -> float:
        return fsum(bits for *_, bits in self.shared)

    def counterfactual(self) -> Counterfactual:
        """How many fewer cancels, the last ones first, would have cleared it, by what all strata would be worth."""
        needed = self.needed_bits
        fewer = bisect_left(range(len(self.rows)), True, key=lambda count: not self.stands_without(count))
        numbers = {
            "bits": rounded(self.bits),
            "threshold_bits": needed,
            "without_links_bits": rounded(self.bits - self.link_bits),
            "without_same_minutes_bits": rounded(self.bits - self.moments.bits),
            "orders_fewer": float(fewer),
        }
        if not fewer:
            return Counterfactual(f"It is at {self.bits:.1f} bits; {needed:g} are needed.", numbers)
        which = "1 order" if fewer == 1 else f"{fewer} orders"
        return Counterfactual(f"With {which} fewer undone it would have stayed below {needed:g} bits.", numbers)
