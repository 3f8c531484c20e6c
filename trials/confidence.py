"""Fits the lines of `streams/confidence.py` anew, on evenings of the world that is tuned in, under all its laws.

`python -m trials.confidence --write` plays, fits, says how each law does with lines that were fitted on the others, and
writes. `--keep FILE` keeps what was played; `--again FILE` fits on it without playing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

import worlds
from streams import confidence as in_force
from streams.confidence import Line, score_behind
from trials.fitting import Checked, Sample, as_code, checked, fit_all
from trials.intervals import shown
from trials.markdown import table
from trials.packed import houses
from trials.playing import Learning, Plan, Played, play_all

SEED = 2501  # of the first evening; tuning has 2001 to 2999
LARGEST = 5_000  # viewers of a show
BEGIN, END = "# begin of what `trials.confidence --write` writes\n", "# end of it\n"


def conditions(world: str, first_seed: int, evenings: int) -> list[tuple[str, Plan]]:
    """Laws and plans: of each law evenings as rules come and evenings with its rates learned; disguises; small shows.

    No two evenings are of one seed, so that no show is counted twice.
    """
    laws = worlds.WORLDS[world].LAWS
    usual = next(iter(laws))
    seed = first_seed
    planned: list[tuple[str, Plan]] = []

    def add(law: str, *, calibrated: bool = False, **more: Any) -> None:
        nonlocal seed
        largest = int(LARGEST / laws[law].audience)
        options = {"shows": 24, "viewers": (50, largest), "tail_hours": 240.0, "laws": law} | more
        learning = Learning(seed + 1, options | {"tail_hours": 480.0}) if calibrated else None
        planned.append((law, Plan(world=world, seed=seed, options=options, with_rules=False, calibrate_on=learning)))
        seed += 1 + calibrated

    for _ in range(evenings):
        for law in laws:
            add(law)
            add(law, calibrated=True)
        add(usual, disguises=tuple(worlds.WORLDS[world].DISGUISES))
    packed = houses(world, worlds.WORLDS[world], range(seed, seed + evenings))
    return [*planned, *((usual, house.plan) for house in packed)]


def samples_of(law: str, played: Played) -> list[Sample]:
    """The shows of an evening that a detector gave a score, by its own scale."""
    return [
        Sample(law, pair.seed, pair.show_id, pair.scheme, score_behind(pair.scheme, pair.score), not pair.is_clean)
        for pair in played.pairs
        if pair.score > 0
    ]


def play(planned: Sequence[tuple[str, Plan]], processes: int) -> list[Sample]:
    """Everything that is planned, with a line on stderr now and then; a detector that raises is an error."""
    began, said = time.monotonic(), 0.0

    def done(number: int, of: int) -> None:
        nonlocal said
        passed = time.monotonic() - began
        if passed - said >= 10 or number == of:
            said = passed
            left = passed / number * (of - number)
            click.echo(f"{number} of {of} evenings and small shows, {passed:.0f} s, {left:.0f} s left", err=True)

    # the long ones first, as they stand, so that no core waits for one at the end
    played = play_all([plan for _, plan in planned], processes, done)
    if failures := sum(one.failures for one in played):
        raise click.ClickException(f"A detector raised on {failures} events; mend it before scores are fitted.")
    return [sample for (law, _), one in zip(planned, played, strict=True) for sample in samples_of(law, one)]


def say(found: Mapping[str, Checked]) -> None:
    """How the form does on laws that it was not fitted on, beside the lines in force."""
    rows = []
    for scheme, of in found.items():
        brier = f"{of.scores.brier or 0.0:.3f}, {of.scores.brier_of_a_constant or 0.0:.3f}"
        errors = [shown(scores.error, "{:.3f}") for scores in (of.scores, of.in_force)]
        rows.append((scheme, of.shows, errors[0], brier, f"{of.loss:.3f}", errors[1]))
    heads = ("scheme", "shows", "calibration error, each law left out", "Brier, a constant's", "nats", "error in force")
    click.echo("\n".join(table(heads, rows)))


def write(lines: Mapping[str, Line], path: Path) -> None:
    """Put the lines into a module, `streams/confidence.py`, in place of those that stand there."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise click.ClickException(
            f"{path} has no place for the lines; put back {BEGIN.strip()!r} and {END.strip()!r}."
        )
    path.write_text(f"{before}{BEGIN}{as_code(lines)}{END}{after}", encoding="utf-8")


@click.command()
@click.option("--world", default="bazaar", show_default=True, type=click.Choice(list(worlds.WORLDS)))
@click.option("--seed", default=SEED, show_default=True, help="of the first evening")
@click.option("--evenings", default=4, show_default=True, type=click.IntRange(1, 50), help="of each law, both ways")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1, 64))
@click.option("--keep", metavar="FILE", help="write what was played here, as JSON")
@click.option("--again", metavar="FILE", help="fit on what --keep wrote, without playing")
@click.option("--write", "writes", is_flag=True, help="write the lines into streams/confidence.py")
def main(
    world: str, seed: int, evenings: int, processes: int, keep: str | None, again: str | None, writes: bool
) -> None:
    """Fit what scores are worth, and say how sure the fit is."""
    if again is not None:
        samples = msgspec.json.decode(Path(again).read_bytes(), type=list[Sample])
    else:
        samples = play(conditions(world, seed, evenings), processes)
    if keep is not None:
        Path(keep).write_bytes(msgspec.json.encode(samples))
    say(checked(samples))
    lines = fit_all(samples)
    click.echo(as_code(lines), nl=False)
    if writes:
        path = Path(in_force.__file__)
        write(lines, path)
        click.echo(f"written to {path}", err=True)


if __name__ == "__main__":
    sys.exit(main())
