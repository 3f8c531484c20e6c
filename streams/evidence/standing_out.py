"""Which bands of sums stand out: among all who bought, and among those who took more than one piece.

Who fills a basket up to a sum takes several things, where most who buy take one. So a crew that drowns among all
buyers of a large room may stand out among those who took several.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from streams.evidence.hug import LEAST_ACCOUNTS, Band, Sums, can_hug
from streams.evidence.purses import Purse, main_thing, way_of

SEVERAL_BITS: Final = 2.0  # what is paid for asking among some, too; from the trials


class StandingOut(NamedTuple):
    """Bands among some buyers, and what is to be paid for having tried so many."""

    purses: Sequence[Purse]  # by their sums, rising; the bands' places are in it
    bands: list[Band]
    tried_bits: float
    table: Sums

    def inside(self, band: Band) -> Sequence[Purse]:
        return self.purses[band.first : band.last]

    def without_one_thing(self, band: Band) -> float:
        """The bits of a band without those for whom one thing, the one that most in it bought, is most of the sum.

        A favourite, a set of the shop's or a dear thing brings many to about its price, each with something small.
        """
        bought = Counter(sku for sku in map(main_thing, self.inside(band)) if sku)
        if not bought:
            return band.bits
        sku = max(bought, key=lambda sku: (bought[sku], sku))
        return self.table.bits_without(band, lambda at: main_thing(self.purses[at]) == sku)


def standing_out(
    purses: Sequence[Purse], changed: Sequence[int], announced: Collection[str], least_ways_share: float
) -> Iterator[StandingOut]:
    """Bands with a sum that changed, of all `purses` (by their sums, rising) first; by different ways to it only."""
    several = [purse for purse in purses if not purse.single]
    for some, paid_bits in ((purses, 0.0), (several, SEVERAL_BITS)):
        if len(some) < LEAST_ACCOUNTS or (paid_bits and len(some) == len(purses)):
            continue
        sums = [purse.sum_minor for purse in some]
        near = [sum_minor for sum_minor in changed if can_hug(sums, sum_minor)]
        if not near:
            continue
        ways = [way_of(purse, announced) if announced else purse.composition for purse in some]
        table = Sums(sums, ways, [purse.single for purse in some])
        best: dict[tuple[int, int], Band] = {}
        for sum_minor in near:
            for band in table.bands_with(sum_minor):
                place = band.first, band.last
                # the same accounts by several widths: the narrowest that holds them says most
                if place not in best or band.bits > best[place].bits:
                    best[place] = band
        bands = [band for band in best.values() if band.ways >= least_ways_share * band.count]
        yield StandingOut(some, bands, table.tried_bits + paid_bits, table)
