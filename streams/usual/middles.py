"""The middle of what shows say, each of which says one number: half of them lie above it, whatever the others do."""

from collections.abc import Sequence
from math import fsum, sqrt
from typing import Final

MOST_OF_ONE: Final = 400.0  # of one show, that count; guess


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies, between two where it falls between them; `values` not empty."""
    ordered = sorted(values)
    place = min(len(ordered) - 1.0, max(0.0, share * len(ordered) - 0.5))
    at = min(int(place), len(ordered) - 2)
    if at < 0:
        return ordered[0]
    return ordered[at] + (place - at) * (ordered[at + 1] - ordered[at])


def quantile_with_interval(values: Sequence[float], share: float) -> tuple[float, float, float]:
    """The quantile and its interval of 95 %, from the places of the values alone."""
    wide = 1.96 * sqrt(share * (1.0 - share) / len(values))
    return quantile(values, share), quantile(values, share - wide), quantile(values, share + wide)


def trimmed_share(counts: Sequence[tuple[int, int]], trim: float = 0.1) -> tuple[float, float, float]:
    """The share in all shows together, less the tenth of them where it is highest; with its interval of 95 %.

    For what differs from show to show by itself, as what a crowd has in common: there is no middle show.
    """
    by_share = sorted(counts, key=lambda one: (one[0] / one[1], one[1]))
    kept = by_share[: len(by_share) - round(trim * len(by_share))]
    scaled = [(count * min(1.0, MOST_OF_ONE / of), min(of, MOST_OF_ONE)) for count, of in kept]
    whole = fsum(of for _, of in scaled)
    share = fsum(count for count, _ in scaled) / whole
    wide = 1.96 * sqrt(fsum((count - share * of) ** 2 for count, of in scaled)) / whole
    return share, share - wide, share + wide
