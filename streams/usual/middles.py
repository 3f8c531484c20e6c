"""The middle of what shows say, each of which says one number: half of them lie above it, whatever the others do."""

from collections.abc import Sequence
from math import sqrt


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
