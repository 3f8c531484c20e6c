"""An evaluation from its plans to its report: which evenings are played, and what is made of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import msgspec

import worlds
from streams.events import RuleSet
from trials import compare, figures, floors, laws, packed, pilot, promise, returning
from trials.pairs import Pair
from trials.playing import Plan, Played, all_details, all_pairs, all_statistics, play_all
from trials.report import Report

DAYS = (0, 1, 3)  # on which a crew comes back
CREW = "one"  # its name, where a world knows crews by name


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be played. `seeds` are evenings; of the others as many seeds as asked."""

    world: str
    seeds: Sequence[int]
    options: dict[str, Any]  # for the world
    rules: RuleSet | None = None
    with_rules: bool = True
    pilot: str | None = None  # its folder
    packed: int = 0
    returning: int = 0
    clean: int = 0  # evenings on which nothing is staged
    other_laws: int = 0  # evenings of each

    @property
    def schemes(self) -> Sequence[str]:
        """Those that are planted."""
        of: Sequence[str] = self.options.get("plants") or worlds.WORLDS[self.world].PLANTS
        return of


class Plans(msgspec.Struct, frozen=True, kw_only=True):
    """All that is played, in this order."""

    evenings: Sequence[Plan]
    houses: Sequence[packed.House]
    crews: Sequence[Plan]  # that come back; and each later day by itself
    clean: Sequence[Plan]
    laws: Sequence[laws.Law]

    @property
    def all(self) -> list[Plan]:
        small, others = [house.plan for house in self.houses], [law.plan for law in self.laws]
        return [*self.evenings, *small, *self.crews, *self.clean, *others]

    def apart(self, played: Sequence[Played]) -> list[Sequence[Played]]:
        """What was played of each part."""
        parts: list[Sequence[Played]] = []
        begin = 0
        for part in (self.evenings, self.houses, self.crews, self.clean, self.laws):
            parts.append(played[begin : begin + len(part)])
            begin += len(part)
        return parts


def plans(wanted: Wanted) -> Plans:
    """Everything that is wanted, as plans."""
    world = worlds.WORLDS[wanted.world]
    first = wanted.seeds[0]
    law = wanted.options.get("laws")
    of_law = {"laws": law} if law is not None else {}
    return Plans(
        evenings=[
            Plan(
                world=wanted.world,
                seed=seed,
                options=wanted.options,
                rules=wanted.rules,
                with_rules=wanted.with_rules,
                pilot=wanted.pilot,
            )
            for seed in wanted.seeds
        ],
        houses=packed.houses(
            wanted.world, world, range(first, first + wanted.packed), wanted.schemes, wanted.rules, law
        ),
        crews=[
            Plan(
                world=wanted.world,
                seed=seed,
                options=_returning(world, scheme) | of_law,
                days=days,
                rules=wanted.rules,
                with_rules=False,
            )
            for seed in range(first, first + wanted.returning)
            for scheme in packed.SCHEMES
            if scheme in wanted.schemes
            for days in (DAYS, *((day,) for day in DAYS[1:]))
        ],
        clean=promise.clean_evenings(wanted.world, first, wanted.clean, wanted.rules, law),
        laws=laws.plans(wanted.world, laws.names_of(wanted.world), first, wanted.other_laws, wanted.options)
        if wanted.other_laws
        else [],
    )


def _returning(world: ModuleType, scheme: str) -> dict[str, Any]:
    """One crew in the same rooms on several days; worlds that name crews are asked for one, others hire the same."""
    options: dict[str, Any] = {"shows": 4, "viewers": (100, 800), "plants": (scheme,), "strength": "moderate"}
    if {"crew", "staged"} <= set(inspect.signature(world.lazily).parameters):
        options |= {"crew": CREW, "staged": (0,)}
    return options


def evaluate(
    wanted: Wanted, title: str, processes: int, done: Callable[[int, int], None] = lambda number, of: None
) -> tuple[Report, list[Played]]:
    """Play all that is wanted; `done` is told how many of how many plans are."""
    planned = plans(wanted)
    everything = planned.all
    played = play_all(everything, max(1, min(processes, len(everything))), done)
    return report_of(title, planned, planned.apart(played)), played


def report_of(title: str, planned: Plans, played: Sequence[Sequence[Played]]) -> Report:
    """All figures and the floors that they are held to."""
    evenings, small, back, clean, others = played
    pairs = all_pairs(evenings)
    found = figures.figures(pairs)
    beside, note = _beside_pilot(evenings, pairs)
    houses = packed.packed((h, one.pairs) for h, one in zip(planned.houses, small, strict=True)) if small else None
    crews = list(zip(planned.crews, back, strict=True))
    together = [one for plan, played in crews if plan.days == DAYS for one in played.returns]
    alone = [one for plan, played in crews if plan.days != DAYS for one in played.returns]
    kept = promise.promises([*pairs, *all_pairs(clean)])
    return Report(
        title=title,
        notes=[note] if note else [],
        schemes=found,
        rules=compare.rows(pairs, all_statistics(evenings)),
        pilot=beside,
        packed=houses,
        returning=returning.by_number(together, alone),
        promise=kept,
        laws=laws.rows(zip(planned.laws, others, strict=True)),
        checks=[
            *floors.checks(found),
            *pilot.checks(beside),
            *(packed.checks(houses) if houses else []),
            *promise.checks(kept),
        ],
        pairs=pairs,
        details=all_details(evenings),
    )


def _beside_pilot(evenings: Sequence[Played], pairs: Sequence[Pair]) -> tuple[list[pilot.Row], str]:
    """Its rows, of evenings that it got through; and what to say where it did not."""
    its = [pair for played in evenings for pair in played.pilot]
    failed = [played.pilot_failed for played in evenings if played.pilot_failed]
    through = {(pair.world, pair.seed) for pair in its}
    ours = [pair for pair in pairs if (pair.world, pair.seed) in through]
    note = f"The pilot stumbled over {len(failed)} evenings, which its rows leave out: {failed[0]}" if failed else ""
    return pilot.rows(ours, its), note
