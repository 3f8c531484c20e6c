"""Who of many is one of the bots: two kinds of accounts told apart by what they have in common, and by their silence.

A mixture of two laws, each a product over independent features (naive Bayes), fitted by expectation and maximisation
(Dempster, Laird, Rubin 1977) over cells of equal accounts. What keeps it honest: honest viewers are learned mostly from
those who act, so that a feature tells a bot only where the active have it more seldom.
"""

from collections.abc import Mapping, Sequence
from math import exp, fsum, log
from typing import Final

import msgspec

ROUNDS: Final = 8
SILENT_WEIGHT: Final = 0.25  # how much a silent honest account counts beside an active one; guess
SMOOTHING: Final = 2.0  # accounts that every feature is taken to have been seen with before; guess
MAX_ACTING: Final = 0.12  # share of bots that acts; more would be people; guess
MAX_NATS: Final = 4.0  # no feature says more of an account

Cell = tuple[int, ...]  # a code for each feature; the first says how long it stayed


class Cells(msgspec.Struct):
    """How many silent and active accounts have the same features."""

    silent: dict[Cell, int] = {}
    acted: dict[Cell, int] = {}


class Named(msgspec.Struct, frozen=True):
    """How likely an account of a cell is a bot: silent ones, and ones that acted."""

    silent: Mapping[Cell, float]
    acted: Mapping[Cell, float]
    bots: float  # how many there are
    acting: float  # share of the bots that acts


def told_apart(cells: Cells, marked: Mapping[Cell, float], usual_acting: Mapping[int, float]) -> Named:
    """`marked`: a first guess for each cell; `usual_acting`: the share of honest accounts that act, by stay."""
    every = list(dict.fromkeys((*cells.silent, *cells.acted)))
    silent = [cells.silent.get(cell, 0) for cell in every]
    acted = [cells.acted.get(cell, 0) for cell in every]
    of_silent = [marked[cell] for cell in every]
    of_acted = [0.3 * marked[cell] for cell in every]
    width = len(every[0]) if every else 0
    bots = acting = 0.0
    for _ in range(ROUNDS):
        hired = [s * p + a * q for s, p, a, q in zip(silent, of_silent, acted, of_acted, strict=True)]
        honest = [
            SILENT_WEIGHT * s * (1 - p) + a * (1 - q)
            for s, p, a, q in zip(silent, of_silent, acted, of_acted, strict=True)
        ]
        bots = fsum(hired)
        total = sum(silent) + sum(acted)
        acting = min(MAX_ACTING, (fsum(a * q for a, q in zip(acted, of_acted, strict=True)) + 0.2) / (bots + 10.0))
        tells = [_log_ratios(every, at, hired, honest) for at in range(1, width)]
        stays = _stays(every, silent, acted, of_silent, of_acted, usual_acting)
        prior = log((bots + 1.0) / (total - bots + 1.0))
        for i, cell in enumerate(every):
            among = prior + fsum(ratios[code] for ratios, code in zip(tells, cell[1:], strict=True))
            among += stays[cell[0]][0]
            acts = stays[cell[0]][1]
            of_silent[i] = _share(among + log((1 - acting) / (1 - acts)))
            of_acted[i] = _share(among + log(acting / acts))
    return Named(dict(zip(every, of_silent, strict=True)), dict(zip(every, of_acted, strict=True)), bots, acting)


def _log_ratios(cells: Sequence[Cell], at: int, hired: Sequence[float], honest: Sequence[float]) -> dict[int, float]:
    """How much each code of one feature speaks for a bot, in nats."""
    of_hired: dict[int, float] = {}
    of_honest: dict[int, float] = {}
    for cell, h, o in zip(cells, hired, honest, strict=True):
        code = cell[at]
        of_hired[code] = of_hired.get(code, 0.0) + h
        of_honest[code] = of_honest.get(code, 0.0) + o
    all_hired, all_honest = fsum(of_hired.values()), fsum(of_honest.values())
    each = SMOOTHING / len(of_hired)
    return {
        code: max(
            -MAX_NATS,
            min(
                MAX_NATS,
                log((of_hired[code] + each) / (all_hired + SMOOTHING))
                - log((of_honest[code] + each) / (all_honest + SMOOTHING)),
            ),
        )
        for code in of_hired
    }


def _stays(
    cells: Sequence[Cell],
    silent: Sequence[int],
    acted: Sequence[int],
    of_silent: Sequence[float],
    of_acted: Sequence[float],
    usual_acting: Mapping[int, float],
) -> dict[int, tuple[float, float]]:
    """By stay: how much it speaks for a bot (nats), and the share of honest accounts of that stay that act."""
    hired: dict[int, float] = {}
    honest: dict[int, float] = {}
    acting: dict[int, float] = {}
    for cell, s, a, p, q in zip(cells, silent, acted, of_silent, of_acted, strict=True):
        stay = cell[0]
        hired[stay] = hired.get(stay, 0.0) + s * p + a * q
        honest[stay] = honest.get(stay, 0.0) + s * (1 - p) + a * (1 - q)
        acting[stay] = acting.get(stay, 0.0) + a * (1 - q)
    all_hired, all_honest = fsum(hired.values()), fsum(honest.values())
    each = SMOOTHING / len(hired)
    found = {}
    for stay in hired:
        tells = log((hired[stay] + each) / (all_hired + SMOOTHING)) - log(
            (honest[stay] + each) / (all_honest + SMOOTHING)
        )
        acts = (acting[stay] + 10.0 * usual_acting[stay]) / (honest[stay] + 10.0)
        found[stay] = max(-MAX_NATS, min(MAX_NATS, tells)), min(0.95, max(0.02, acts))
    return found


def _share(nats: float) -> float:
    return 1.0 / (1.0 + exp(-nats)) if nats > -30 else 0.0
