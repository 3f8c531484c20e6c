"""Other platforms' laws: what is found under the rules in force, and under rates learned from one more evening.

The evening that is learned from holds staged shows as the others do, and is none of those that are judged. The same
evenings are played under both. `python -m trials.laws` prints the table; `evaluate --other-laws N` puts it in its
report.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click
import msgspec

import worlds
from streams.events import RuleSet
from trials.figures import Scheme, figures
from trials.floors import checks
from trials.intervals import Figure, shown
from trials.markdown import table
from trials.pairs import Pair
from trials.playing import Learning, Plan, Played, play_all
from trials.reliability import LEAST_OF_BIN
from worlds.recording import STRENGTHS

LAWS: Final = 4  # of a world, that are played where none are named
ALL: Final = "all of them"
HISTORY_HOURS: Final = 480.0  # for so long the evening that is learned from is followed; parcels from abroad are slow
SEEDS_APART: Final = 1_000  # these evenings have seeds of their own, the first of them is learned from

HEADS: Final = (
    "law",
    "scheme",
    "found, not calibrated",
    "calibrated",
    "clean shows with an alert, not calibrated",
    "calibrated",
    "calibration error, not calibrated",
    "calibrated",
)


class Law(msgspec.Struct, frozen=True):
    """One evening under a law, and whether its rates were learned before."""

    name: str
    is_calibrated: bool
    plan: Plan


class Under(msgspec.Struct, frozen=True):
    """What one scheme came to."""

    recall: dict[str, Figure]  # by strength
    false: Figure  # share of clean shows with an alert
    calibration_error: Figure
    missed: Sequence[str]  # floors


class Row(msgspec.Struct, frozen=True):
    """One scheme under one law, as it is found without calibrating and with it."""

    law: str
    scheme: str
    before: Under
    after: Under


def names_of(world: str) -> list[str]:
    """Some laws of a world, those from the second on: the first is what the defaults are guessed for."""
    return list(worlds.WORLDS[world].LAWS)[1 : LAWS + 1]


def plans(
    world: str,
    laws: Sequence[str],
    first_seed: int,
    evenings: int,
    options: Mapping[str, Any],
    rules: RuleSet | None = None,
) -> list[Law]:
    """For each law its evenings twice: under the rules in force, and with its usual rates learned."""
    planned = []
    for number, name in enumerate(laws):
        learned = first_seed * SEEDS_APART + number * (evenings + 1)  # other people under each law, or they count twice
        of_law = {**options, "laws": name}
        learning = Learning(learned, of_law | {"tail_hours": max(HISTORY_HOURS, of_law.get("tail_hours", 0.0))})
        for calibrate in (None, learning):
            for seed in range(learned + 1, learned + 1 + evenings):
                plan = Plan(
                    world=world, seed=seed, options=of_law, rules=rules, with_rules=False, calibrate_on=calibrate
                )
                planned.append(Law(name, calibrate is not None, plan))
    return planned


def rows(of: Iterable[tuple[Law, Played]]) -> list[Row]:
    """A row for each law and scheme, and one for all laws together."""
    pairs: dict[str, tuple[list[Pair], list[Pair]]] = {}
    for law, played in of:
        for name in (law.name, ALL):
            pairs.setdefault(name, ([], []))[law.is_calibrated].extend(played.pairs)
    if ALL in pairs:
        pairs[ALL] = pairs.pop(ALL)  # the last one
    made = []
    for name, (without, calibrated) in pairs.items():
        before, after = figures(without), figures(calibrated)
        made += [Row(name, scheme, _under(scheme, before[scheme]), _under(scheme, after[scheme])) for scheme in after]
    return made


def _under(scheme: str, of: Scheme) -> Under:
    return Under(
        recall={strength: of.cells[strength].recall for strength in STRENGTHS},
        false=of.false_pairs,
        calibration_error=of.reliability.error,
        missed=[check.name for check in checks({scheme: of}) if check.value is not None and not check.ok],
    )


def cells(row: Row) -> list[str]:
    """A row as text, under HEADS."""
    both = (row.before, row.after)
    return [
        row.law,
        row.scheme,
        *(_found(of.recall) for of in both),
        *(_counted(of.false) for of in both),
        *(_error(of.calibration_error) for of in both),
    ]


def _found(recall: Mapping[str, Figure]) -> str:
    """`5 of 5, 4 of 5, 2 of 4`, by strength."""
    return ", ".join(_counted(figure) for figure in recall.values())


def _error(figure: Figure) -> str:
    """A dash where it rests on less than a bin of shows."""
    return shown(figure, "{:.3f}") if figure.of >= LEAST_OF_BIN else "-"


def _counted(figure: Figure) -> str:
    return "-" if figure.value is None else f"{round(figure.value * figure.of)} of {figure.of}"


@click.command()
@click.option("--world", default="bazaar", show_default=True, type=click.Choice(list(worlds.WORLDS)))
@click.option("--laws", metavar="NAMES", help=f"by comma; where not given, {LAWS} of the world's")
@click.option("--seed", default=2401, show_default=True, help="evenings have seeds from a thousand times this on")
@click.option("--evenings", default=2, show_default=True, type=click.IntRange(1, 1_000), help="of each law")
@click.option("--shows", default=24, show_default=True)
@click.option("--processes", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1, 64))
def main(world: str, laws: str | None, seed: int, evenings: int, shows: int, processes: int) -> None:
    """Print what is found, and what is found wrongly, with and without calibrating, by law."""
    names = names_of(world) if laws is None else laws.split(",")
    options = {"shows": shows, "viewers": (50, 5_000), "tail_hours": 240.0}
    planned = plans(world, names, seed, evenings, options)

    def done(number: int, of: int) -> None:
        click.echo(f"{number} of {of} evenings", err=True)

    played = play_all([law.plan for law in planned], processes, done)
    click.echo("\n".join(table(HEADS, map(cells, rows(zip(planned, played, strict=True))))))


if __name__ == "__main__":
    main()
