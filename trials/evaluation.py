"""An evaluation from its plans to its report: which evenings are played, and what is made of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

import msgspec

import worlds
from streams.events import RuleSet
from trials import compare, figures, floors, packed, pilot, returning
from trials.pairs import Pair
from trials.playing import Plan, Played, all_details, all_pairs, all_statistics, play_all
from trials.report import Report

DAYS = (0, 1, 3)  # on which a crew comes back
CREW = "one"  # its name, where a world knows crews by name


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be played. `seeds` are evenings; of small shows and of crews that come back as many seeds as asked."""

    world: str
    seeds: Sequence[int]
    options: dict[str, Any]  # for the world
    rules: RuleSet | None = None
    with_rules: bool = True
    pilot: str | None = None  # its folder
    packed: int = 0
    returning: int = 0

    @property
    def schemes(self) -> Sequence[str]:
        """Those that are planted."""
        of: Sequence[str] = self.options.get("plants") or worlds.WORLDS[self.world].PLANTS
        return of


def plans(wanted: Wanted) -> tuple[list[Plan], list[packed.House], list[Plan]]:
    """Evenings, small shows, and crews that come back."""
    world = worlds.WORLDS[wanted.world]
    evenings = [
        Plan(
            world=wanted.world,
            seed=seed,
            options=wanted.options,
            rules=wanted.rules,
            with_rules=wanted.with_rules,
            pilot=wanted.pilot,
        )
        for seed in wanted.seeds
    ]
    first = wanted.seeds[0]
    laws = wanted.options.get("laws")
    houses = packed.houses(wanted.world, world, range(first, first + wanted.packed), wanted.schemes, wanted.rules, laws)
    crews = [
        Plan(
            world=wanted.world,
            seed=seed,
            options=_returning(world, scheme) | ({"laws": laws} if laws is not None else {}),
            days=DAYS,
            rules=wanted.rules,
            with_rules=False,
        )
        for seed in range(first, first + wanted.returning)
        for scheme in packed.SCHEMES
        if scheme in wanted.schemes
    ]
    return evenings, houses, crews


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
    evenings, houses, crews = plans(wanted)
    everything = [*evenings, *(house.plan for house in houses), *crews]
    finished = 0

    def one_more(_: Played) -> None:
        nonlocal finished
        finished += 1
        done(finished, len(everything))

    played = play_all(everything, max(1, min(processes, len(everything))), one_more)
    small = played[len(evenings) : len(everything) - len(crews)]
    back = played[len(everything) - len(crews) :]
    return report_of(title, played[: len(evenings)], list(zip(houses, small, strict=True)), back), played


def report_of(
    title: str, evenings: Sequence[Played], small: Sequence[tuple[packed.House, Played]], back: Iterable[Played]
) -> Report:
    """All figures and the floors that they are held to."""
    pairs = all_pairs(evenings)
    found = figures.figures(pairs)
    beside, note = _beside_pilot(evenings, pairs)
    houses = packed.packed((house, played.pairs) for house, played in small) if small else None
    return Report(
        title=title,
        notes=[note] if note else [],
        schemes=found,
        rules=compare.rows(pairs, all_statistics(evenings)),
        pilot=beside,
        packed=houses,
        returning=returning.by_number(one for played in back for one in played.returns),
        checks=[*floors.checks(found), *pilot.checks(beside), *(packed.checks(houses) if houses else [])],
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
