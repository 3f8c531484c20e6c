"""How much a score is worth: the share of shows that were staged, among those that a detector gave such a score.

A detector scores by how far it is past its threshold (0.5 at it). That says nothing across strengths of evidence, so an
alert's score is read off a line that was fitted on simulated evenings, near misses included: log odds that rise with
each doubling of the evidence (logistic calibration; Platt 1999). Two numbers a scheme follow what is learned and not
its noise. No score is surer than `DOUBT`: no platform is quite like those that were fitted.

`python -m trials.confidence --write` fits the lines anew, in the first world, under all its laws; they are checked in
the second world (`evaluate`, calibration error). A platform with another share of staged shows has other odds: the
order of scores holds, the figure is a guess.
"""

from collections.abc import Mapping
from math import exp, log, log2
from typing import Final, NamedTuple

from streams.alerts import rounded

DOUBT: Final = 0.01  # of a score, either way; guess
LEAST_EVIDENCE, MOST_EVIDENCE = 0.1, 8.0  # as multiples of a threshold's; what lies beyond makes no score surer


class Line(NamedTuple):
    """Log odds that a show was staged: at the threshold, and more for each doubling of the evidence."""

    at_threshold: float
    doubling: float


# begin of what `trials.confidence --write` writes
LINES: Final[Mapping[str, Line]] = {
    "paid_praise": Line(0.26, 1.68),
    "complaint_surge": Line(-4.17, 2.58),
    "inflated_viewers": Line(-1.21, 1.85),
    "loss_selling": Line(0.65, 2.08),
    "coordinated_purchases": Line(-0.21, 2.03),
    "fake_orders": Line(0.99, 2.46),
}
# end of it
"""By scheme. A scheme without one says the detector's own score."""


def confidence(scheme: str, score: float, lines: Mapping[str, Line] = LINES) -> float:
    """A detector's score -> the share that were staged."""
    line = lines.get(scheme)
    if line is None:
        return score
    odds = line.at_threshold + line.doubling * log2(evidence_of(score))
    return rounded(DOUBT + (1.0 - 2.0 * DOUBT) / (1.0 + exp(-odds)))


def score_behind(scheme: str, share: float, lines: Mapping[str, Line] = LINES) -> float:
    """The inverse of `confidence`; evidence that makes no score surer counts as none."""
    line = lines.get(scheme)
    if line is None:
        return share
    sure = min(1.0 - 1e-9, max(1e-9, (share - DOUBT) / (1.0 - 2.0 * DOUBT)))
    doublings = (log(sure / (1.0 - sure)) - line.at_threshold) / line.doubling
    evidence = 2.0 ** min(log2(MOST_EVIDENCE), max(log2(LEAST_EVIDENCE), doublings))
    return rounded(evidence / 2.0 if evidence < 1.0 else 1.0 - 2.0**-evidence)


def evidence_of(score: float) -> float:
    """The evidence behind a detector's score, as a multiple of its threshold's: the inverse of `surprise.score_of`."""
    evidence = 2.0 * score if score < 0.5 else -log2(max(1e-12, 1.0 - score))
    return min(MOST_EVIDENCE, max(LEAST_EVIDENCE, evidence))
