"""Who of many is one of the bots: two kinds of accounts told apart by what they have in common, and by their silence.

A mixture of two laws, each a product over independent features (naive Bayes), fitted by expectation and maximisation
(Dempster, Laird, Rubin 1977) over cells of equal accounts. What keeps it honest: honest viewers are learned mostly from
those who act, so that a feature tells a bot only where the active have it more seldom.
"""

from collections.abc import Mapping, Sequence
from itertools import repeat
from math import exp, fsum, log
from operator import add, mul, sub
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
    stay_of, *codes = zip(*every, strict=True) if every else ((),)  # by feature
    bots = acting = 0.0
    total = sum(silent) + sum(acted)
    for left in reversed(range(ROUNDS)):
        silent_bots, acting_bots = list(map(mul, silent, of_silent)), list(map(mul, acted, of_acted))
        silent_people = list(map(mul, silent, map(sub, repeat(1.0), of_silent)))
        acting_people = list(map(mul, acted, map(sub, repeat(1.0), of_acted)))
        hired = list(map(add, silent_bots, acting_bots))
        honest = list(map(add, map(mul, repeat(SILENT_WEIGHT), silent_people), acting_people))
        bots = fsum(hired)
        acting = min(MAX_ACTING, (fsum(acting_bots) + 0.2) / (bots + 10.0))
        tells = [_log_ratios(of_feature, hired, honest) for of_feature in codes]
        stays = _stays(stay_of, silent_bots, acting_bots, silent_people, acting_people, usual_acting)
        prior = log((bots + 1.0) / (total - bots + 1.0))
        by_stay = {
            stay: (nats, log((1 - acting) / (1 - acts)), log(acting / acts)) for stay, (nats, acts) in stays.items()
        }
        told = [map(ratios.__getitem__, of_feature) for ratios, of_feature in zip(tells, codes, strict=True)]
        for i, (stay, *nats) in enumerate(zip(stay_of, *told, strict=True)):
            stayed, idle, acts = by_stay[stay]
            among = prior + fsum(nats) + stayed
            if silent[i] or not left:  # until the last round nothing hangs on the share of none
                of_silent[i] = _share(among + idle)
            if acted[i] or not left:
                of_acted[i] = _share(among + acts)
    return Named(dict(zip(every, of_silent, strict=True)), dict(zip(every, of_acted, strict=True)), bots, acting)


def _log_ratios(codes: Sequence[int], hired: Sequence[float], honest: Sequence[float]) -> dict[int, float]:
    """How much each code of one feature speaks for a bot, in nats."""
    of_hired = dict.fromkeys(codes, 0.0)
    of_honest = of_hired.copy()
    for code, h, o in zip(codes, hired, honest, strict=True):
        of_hired[code] += h
        of_honest[code] += o
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
    stay_of: Sequence[int],
    silent_bots: Sequence[float],
    acting_bots: Sequence[float],
    silent_people: Sequence[float],
    acting_people: Sequence[float],
    usual_acting: Mapping[int, float],
) -> dict[int, tuple[float, float]]:
    """By stay: how much it speaks for a bot (nats), and the share of honest accounts of that stay that act."""
    hired = dict.fromkeys(stay_of, 0.0)
    honest, acting = hired.copy(), hired.copy()
    cells = zip(stay_of, silent_bots, acting_bots, silent_people, acting_people, strict=True)
    for stay, idle_bots, busy_bots, idle_people, busy_people in cells:
        hired[stay] = hired[stay] + idle_bots + busy_bots
        honest[stay] = honest[stay] + idle_people + busy_people
        acting[stay] += busy_people
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
