"""Profiles: which marked rows look like the crew in a stratum, and which are there by chance.

Two kinds of marks are mixed: those of people who decide for themselves, who are like all other rows, and those of a
crew, whose values, times and links go together. What the crew is like is learned from the marks of the stratum, again
and again with the weight that each mark has by then (expectation and maximisation, Dempster 1977; columns are taken as
independent, so weights are surer than they should be).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, fsum, log
from typing import Final

ROUNDS: Final = 4
PRIOR_MARKS: Final = 2.0  # the crew is like everybody else until so many marks say otherwise
UNMARKED: Final = 3.0
SURE: Final = 0.8  # columns say less together than one by one: they are not independent; guess
NO_COLUMNS: Final[Mapping[str, Counter[int]]] = {}
MOST_LOG: Final = 3.0  # no column says more for or against a row (natural log)


def weights(
    columns: Mapping[str, Sequence[int]],
    everybody: Sequence[int],
    marked: Sequence[int],
    first: Sequence[int],
    expected: float,
    usual_of: Mapping[str, Counter[int]] = NO_COLUMNS,
) -> dict[int, float]:
    """For each row how likely it is one of the crew's, 0 to 1.

    `everybody`: all rows; `first`: marked rows of the stratum; `expected`: of all marks, how many would be there by
    chance; `usual_of`: how often the values of a column are, where those of everybody do not say it. A value of 0 is
    unknown and says nothing. Of rows without a mark the crew may have as many as a third of
    its marks.
    """
    usual = {
        name: usual_of[name] if name in usual_of else Counter(column[row] for row in everybody)
        for name, column in columns.items()
    }
    now = dict.fromkeys(marked, 0.0) | dict.fromkeys(first, 1.0)
    for _ in range(ROUNDS):
        crew = fsum(now.values())
        if crew < 1.0:
            return now
        odds = log(crew / max(1.0, expected))
        now = {row: _share_of(odds + speaks) for row, speaks in _spoken_for(columns, usual, marked, now).items()}
    others = sorted(set(everybody).difference(marked))
    if not others:
        return now
    odds = log(max(1.0, fsum(now.values())) / UNMARKED / len(others))
    return now | {row: _share_of(odds + speaks) for row, speaks in _spoken_for(columns, usual, others, now).items()}


def _spoken_for(
    columns: Mapping[str, Sequence[int]], usual: Mapping[str, Counter[int]], rows: Sequence[int], now: dict[int, float]
) -> dict[int, float]:
    """For each of these rows how much its values speak for the crew (natural log); none speaks for itself."""
    crew = fsum(now.values())
    logs = dict.fromkeys(rows, 0.0)
    for name, column in columns.items():
        theirs: dict[int, float] = {}
        for row, weight in now.items():
            theirs[column[row]] = theirs.get(column[row], 0.0) + weight
        known, known_crew = usual[name].total() - usual[name][0], crew - theirs.get(0, 0.0)
        if not known or known_crew <= 0.0:
            continue
        speaks: dict[int, float] = {}  # by value, of rows without a weight
        counts = usual[name]
        for row in rows:
            if value := column[row]:
                share = (counts[value] + 0.5) / (known + 1.0)
                if own := now.get(row, 0.0):
                    logs[row] += _log_of(theirs[value] - own, known_crew - own, share)
                else:
                    if value not in speaks:
                        speaks[value] = _log_of(theirs.get(value, 0.0), known_crew, share)
                    logs[row] += speaks[value]
    return {row: SURE * speaks for row, speaks in logs.items()}


def _log_of(alike: float, crew: float, share: float) -> float:
    """How much a value speaks for the crew of which so many have it, and this share of all."""
    crew_share = ((alike if alike > 0.0 else 0.0) + PRIOR_MARKS * share) / ((crew if crew > 0.0 else 0.0) + PRIOR_MARKS)
    nats = log(crew_share / share)
    return MOST_LOG if nats > MOST_LOG else -MOST_LOG if nats < -MOST_LOG else nats


def _share_of(odds: float) -> float:
    return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, odds))))
