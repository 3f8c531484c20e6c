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

CURVES: Final[Mapping[str, Curve]] = {
    "coordinated_purchases": (
        (0, 0.001),
        (0.25, 0.062),
        (0.4, 0.1667),
        (0.5, 0.4231),
        (0.55, 0.45),
        (0.65, 0.5),
        (0.8, 0.9062),
        (0.95, 0.961),
        (1, 0.963),
    ),
    "paid_praise": (
        (0, 0.001),
        (0.25, 0.7027),
        (0.4, 0.7047),
        (0.5, 0.7067),
        (0.55, 0.7087),
        (0.65, 0.7107),
        (0.8, 0.7127),
        (0.95, 0.949),
        (1, 0.951),
    ),
    "fake_orders": (
        (0, 0.001),
        (0.25, 0.2762),
        (0.4, 0.2782),
        (0.5, 0.3214),
        (0.55, 0.3929),
        (0.65, 0.8333),
        (0.8, 0.9722),
        (0.95, 0.9831),
        (1, 0.9851),
    ),
    "loss_selling": (
        (0, 0.001),
        (0.25, 0.502),
        (0.4, 0.504),
        (0.5, 0.506),
        (0.55, 0.508),
        (0.65, 0.8333),
        (0.8, 0.9615),
        (0.95, 0.9896),
        (1, 0.9916),
    ),
    "inflated_viewers": (
        (0, 0.001),
        (0.25, 0.0996),
        (0.4, 0.1016),
        (0.5, 0.1036),
        (0.55, 0.1087),
        (0.65, 0.3889),
        (0.8, 0.75),
        (0.95, 0.9659),
        (1, 0.9878),
    ),
    "complaint_surge": (
        (0, 0.001),
        (0.25, 0.202),
        (0.4, 0.375),
        (0.5, 0.377),
        (0.55, 0.4),
        (0.65, 0.402),
        (0.8, 0.9444),
        (0.95, 0.9902),
        (1, 0.9922),
    ),
}
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
