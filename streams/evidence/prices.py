"""What honest baskets would come to: a room's own prices, drawn anew into baskets of the sizes that people buy.

Sums cluster by themselves where a shop has few things or sells one of them most: one price for all, a flash sale, a
favourite. So every buyer's basket is filled again, as many things and as many of each as it has, with things drawn by
how often the room buys them. What then falls into a band of sums is what prices alone explain. It needs no rest of the
room to compare with, so it also holds in a small show that is mostly crew.

Draws are hashes, so they repeat.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from math import fsum
from typing import Final

import xxhash

from streams.evidence.purses import MAX_THINGS, Purse

DRAWS: Final = 64
Sizes = tuple[int, ...]  # of a basket: how many of each thing


class Prices:
    """The prices of a room by how often they are paid, and what baskets of given sizes come to."""

    def __init__(self, purses: Sequence[Purse]) -> None:
        self._purses = purses
        self._sums: dict[Sizes, list[float]] = {}

    # made when first asked for: most looks find no band whose prices are to be asked

    @cached_property
    def _drawn(self) -> list[list[float]]:
        paid = [line.amount_minor / line.quantity for purse in self._purses for line in purse.lines]
        return [[paid[number % len(paid)] for number in row] for row in _numbers()]

    @cached_property
    def _sizes(self) -> Counter[Sizes]:
        return Counter([_like(purse.sizes) for purse in self._purses])

    def of(self, purses: Sequence[Purse]) -> "Prices":
        """The same prices, for the baskets of some of the buyers."""
        if purses is self._purses:
            return self
        some = Prices(purses)
        some._drawn, some._sums = self._drawn, self._sums
        return some

    def share(self, sizes: Sizes, low_minor: int, high_minor: int) -> float:
        """How many baskets of these sizes come to a sum in the band."""
        sums = self._sums.get(sizes)
        if sums is None:
            sums = self._sums[sizes] = sorted(
                [sum(map(_times, row, sizes)) for row in self._drawn]  # map stops at the shorter
            )
        inside = bisect_right(sums, high_minor) - bisect_left(sums, low_minor)
        return (inside + 0.5) / (DRAWS + 1)

    def expected(self, low_minor: int, high_minor: int) -> float:
        """How many of the room's buyers would be in the band by the sizes of their baskets alone."""
        return fsum(count * self.share(sizes, low_minor, high_minor) for sizes, count in self._sizes.items())

    def usual_share(self, low_minor: int, high_minor: int, usual: Sequence[Sizes]) -> float:
        """The share of the baskets that are bought usually that come to a sum in the band."""
        return fsum(self.share(sizes, low_minor, high_minor) for sizes in usual) / len(usual)


def usual_sizes(more_things_share: float, more_pieces_share: float) -> list[Sizes]:
    """Baskets as they are bought usually: how many go on to a next thing, and to a next piece of the same."""
    return _usual_sizes(more_things_share, more_pieces_share)


@lru_cache(maxsize=16)
def _usual_sizes(more_things_share: float, more_pieces_share: float) -> list[Sizes]:
    baskets = []
    for row in range(4 * DRAWS):
        sizes, place = [1], 0
        while len(sizes) < MAX_THINGS:
            draw = xxhash.xxh3_64_intdigest(f"size/{row}/{place}".encode()) / 2**64
            place += 1
            if draw < more_pieces_share:
                sizes[-1] += 1
            elif draw < more_pieces_share + (1 - more_pieces_share) * more_things_share:
                sizes.append(1)
            else:
                break
        baskets.append(_like(tuple(sizes)))
    return baskets


@lru_cache(maxsize=1)
def _numbers() -> list[list[int]]:
    """The draws, before each is cut to the number of prices."""
    return [
        [xxhash.xxh3_64_intdigest(f"price/{row}/{thing}".encode()) for thing in range(MAX_THINGS)]
        for row in range(DRAWS)
    ]


@lru_cache(maxsize=4_096)
def _like(sizes: Sizes) -> Sizes:
    """Sizes that stand for all of as many things and pieces: there are fewer of them to be drawn."""
    return (*[1] * (len(sizes) - 1), sum(sizes) - len(sizes) + 1)


def _times(price: float, quantity: int) -> float:
    return price * quantity
