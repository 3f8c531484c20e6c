"""Fits the lines of `streams/confidence.py`: what a detector's score is worth, by how often it was right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log, log2
from typing import Final

import msgspec

from streams.confidence import Line, confidence, evidence_of
from trials.intervals import Figure, mean
from trials.pairs import Pair
from trials.reliability import Reliability, reliability

START: Final = Line(0.0, 1.5)  # what is assumed of all schemes together, weakly; guess
WEAKLY: Final = Line(0.1, 0.3)
DRAWN: Final = Line(0.3, 1.0)
"""How strongly a scheme's numbers are drawn to those of all schemes, as few shows say little. Of several strengths and
of lines with up to three bends, none did better on laws left out by more than 0.003 nats a show."""
LEAST_DOUBLING: Final = 0.2  # a line rises by this at least, so that it can be inverted
TURNS: Final = 40


class Sample(msgspec.Struct, frozen=True):
    """What a detector scored one show (by its own scale, near misses included), and whether its scheme was staged."""

    condition: str  # a law, which is left out with all that is of it
    seed: int
    show_id: str
    scheme: str
    score: float
    is_staged: bool


class Checked(msgspec.Struct, frozen=True):
    """How a scheme's scores did on laws that its line was not fitted on."""

    shows: int
    scores: Reliability
    loss: float  # nats a show
    in_force: Reliability  # of the lines in force on the same shows

    @property
    def error(self) -> Figure:
        return self.scores.error


def fit(samples: Sequence[Sample], towards: Line = START, strength: Line = WEAKLY) -> Line:
    """The line that makes these samples likeliest, drawn `towards` another: a logistic regression with a ridge."""
    rows = [(log2(evidence_of(one.score)), float(one.is_staged)) for one in samples]
    line = towards
    for _ in range(TURNS):
        for which in (0, 1):  # in turns: each number alone is a convex matter
            slope = strength[which] * (line[which] - towards[which])
            bend = strength[which]
            for doublings, staged in rows:
                share, feature = _share(line, doublings), doublings if which else 1.0
                slope += (share - staged) * feature
                bend += share * (1.0 - share) * feature * feature
            step = slope / bend
            line = (
                Line(line.at_threshold, max(LEAST_DOUBLING, line.doubling - step))
                if which
                else Line(line.at_threshold - step, line.doubling)
            )
    return line


def fit_all(samples: Sequence[Sample]) -> dict[str, Line]:
    """A line for each scheme, each drawn towards that of all of them."""
    common = fit(samples)
    return {scheme: fit(of, common, DRAWN) for scheme, of in by_scheme(samples).items()}


def by_scheme(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    of: dict[str, list[Sample]] = {}
    for one in samples:
        of.setdefault(one.scheme, []).append(one)
    return of


def checked(samples: Sequence[Sample]) -> dict[str, Checked]:
    """Every law left out in turn: lines are fitted on the others, and judged on it."""
    lines = {
        condition: fit_all([one for one in samples if one.condition != condition])
        for condition in dict.fromkeys(one.condition for one in samples)
    }
    found = {}
    for scheme, of in by_scheme(samples).items():
        shares = [confidence(scheme, one.score, lines[one.condition]) for one in of]
        found[scheme] = Checked(
            len(of),
            reliability([_pair(one, share) for one, share in zip(of, shares, strict=True)]),
            mean([-log(s if one.is_staged else 1.0 - s) for one, s in zip(of, shares, strict=True)]),
            reliability([_pair(one, confidence(scheme, one.score)) for one in of]),
        )
    return found


def as_code(lines: Mapping[str, Line]) -> str:
    """The lines as they stand in `streams/confidence.py`."""
    rows = [
        f'    "{scheme}": Line({round(line.at_threshold, 2)}, {round(line.doubling, 2)}),\n'
        for scheme, line in lines.items()
    ]
    return "LINES: Final[Mapping[str, Line]] = {\n" + "".join(rows) + "}\n"


def _share(line: Line, doublings: float) -> float:
    return 1.0 / (1.0 + exp(-(line.at_threshold + line.doubling * doublings)))


def _pair(of: Sample, share: float) -> Pair:
    strength = "faint" if of.is_staged else None
    return Pair(world=of.condition, seed=of.seed, show_id=of.show_id, scheme=of.scheme, strength=strength, score=share)
