"""How much a score is worth: the share of shows that were staged, among those that a detector gave such a score.

A detector scores by how far it is past its threshold (0.5 at it). That says nothing across strengths of evidence, so an
alert's score is read off a curve that was fitted on simulated evenings, near misses included: `python -m
trials.confidence`, in the first world, seeds 2001 to 2999. A platform with other shows has other shares: the order of
scores holds, the figure is a guess. The curves are checked in the second world (`evaluate`, calibration error).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from streams.alerts import rounded

Curve = Sequence[tuple[float, float]]  # (score of the detector, share), both strictly rising, from 0 to 1

CURVES: Final[Mapping[str, Curve]] = {}
"""By scheme. A scheme without one says the detector's own score."""


def confidence(scheme: str, score: float, curves: Mapping[str, Curve] = CURVES) -> float:
    """A detector's score -> the share that were staged, between the points of the curve."""
    return _between(curves.get(scheme, ()), score)


def score_behind(scheme: str, share: float, curves: Mapping[str, Curve] = CURVES) -> float:
    """The inverse of `confidence`."""
    return _between([(y, x) for x, y in curves.get(scheme, ())], share)


def _between(curve: Curve, x: float) -> float:
    if not curve:
        return x
    at = bisect_right([point[0] for point in curve], x)
    if at == 0:
        return curve[0][1]
    if at == len(curve):
        return curve[-1][1]
    (x0, y0), (x1, y1) = curve[at - 1], curve[at]
    return rounded(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
