"""claquewatch evaluate: precision, recall and delay of the schemes on simulated evenings whose truth is known."""

import os
import platform
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import worlds
from agents.commands.scan import rules_from
from agents.commands.simulate import audience
from agents.errors import UsageError

TUNING = "2001-2012"
REPORTING = "9001-9012"


@click.command("evaluate")
@click.option("--world", default=list(worlds.WORLDS)[-1], show_default=True, type=click.Choice(list(worlds.WORLDS)))
@click.option("--seeds", default=REPORTING, show_default=True, metavar="A-B", help="an evening each")
@click.option("--shows", default=24, show_default=True, type=click.IntRange(1, 500), help="shows of an evening")
@click.option("--viewers", default="50-5000", show_default=True, metavar="A-B", help="smallest and largest audience")
@click.option("--hours", default=2.0, show_default=True, type=click.FloatRange(0.1, 24), help="length of an evening")
@click.option(
    "--tail-hours", default=240.0, show_default=True, type=click.FloatRange(0, 800), help="what comes after it"
)
@click.option("--schemes", metavar="NAMES", help="schemes that are planted, by comma; all where not given")
@click.option("--rules", "rules_file", metavar="FILE", help="thresholds instead of the defaults")
@click.option("--laws", metavar="NAME", help="the platform whose rates hold, where the world has several")
@click.option("--calibrate-on", type=int, metavar="SEED", help="first learn the usual rates from this evening")
@click.option("--baselines/--no-baselines", default=True, help="the simplest rules on the same evenings")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1, 64))
@click.option("--out", metavar="FOLDER", help="write evaluation.md and evaluation.json here")
@click.option("--check", is_flag=True, help="exit with 1 where a floor is missed")
def command(
    world: str,
    seeds: str,
    shows: int,
    viewers: str,
    hours: float,
    tail_hours: float,
    schemes: str | None,
    rules_file: str | None,
    laws: str | None,
    calibrate_on: int | None,
    baselines: bool,
    processes: int,
    out: str | None,
    check: bool,
) -> int:
    """Play simulated evenings through the detectors and say what they found, missed and accused wrongly.

    Detectors are tuned in one world and with other seeds (2001 to 2999) than are reported (9001 on).
    """
    from trials import compare, figures, floors, table  # a command that is seldom used, and much to import
    from trials.playing import Plan, all_pairs, all_statistics, play_all

    numbers = seeds_of(seeds)
    options: dict[str, Any] = {"shows": shows, "viewers": audience(viewers), "hours": hours, "tail_hours": tail_hours}
    if schemes is not None:
        options["plants"] = tuple(name.strip() for name in schemes.split(",") if name.strip())
        if unknown := [name for name in options["plants"] if name not in worlds.WORLDS[world].PLANTS]:
            raise UsageError(
                f"--schemes: {world} cannot plant {unknown[0]!r}; it has {', '.join(worlds.WORLDS[world].PLANTS)}"
            )
    if laws is not None:
        options["laws"] = laws
    in_force = rules_from(rules_file)
    rules = in_force.published if rules_file else None
    if calibrate_on is not None:
        from trials.calibration import learned_from

        if calibrate_on in numbers:
            raise UsageError(f"--calibrate-on {calibrate_on}: an evening that is judged cannot be learned from")
        rules = learned_from(world, calibrate_on, options, in_force)
    plans = [Plan(world=world, seed=seed, options=options, rules=rules, with_rules=baselines) for seed in numbers]
    began = time.monotonic()
    with Progress(
        TextColumn("playing evenings"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not Console(stderr=True).is_terminal,
    ) as bar:
        task = bar.add_task("", total=len(plans))
        played = play_all(plans, min(processes, len(plans)), lambda _: bar.advance(task))
    pairs = all_pairs(played)
    found = figures.figures(pairs)
    rows = compare.rows(pairs, all_statistics(played))
    held_to = floors.checks(found)
    events = sum(one.events for one in played)
    failures = sum(one.failures for one in played)
    title = f"{len(plans)} evenings of {shows} shows in the world {world!r}, seeds {seeds}"
    notes = [
        f"{events:,} events, {time.monotonic() - began:,.0f} s with {processes} processes, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}. Crews are simulated; intervals are of 95 %.",
        *([f"A detector raised on {failures} events; what it would have found there is missing."] if failures else []),
    ]
    text = table.markdown(title, found, rows, held_to, notes)
    if out:
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "evaluation.md").write_text(text, encoding="utf-8")
        (folder / "evaluation.json").write_bytes(table.as_json(title, found, rows, held_to, notes))
    click.echo(text, nl=False)
    return 1 if check and not all(one.ok for one in held_to) else 0


def seeds_of(text: str) -> list[int]:
    """`9001-9012` or `3,5` -> the numbers; raises UsageError."""
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
            raise UsageError(f"--seeds {text!r}: write them like 9001-9012 or 3,5")
        numbers += range(int(first), int(last or first) + 1)
    if len(numbers) > 10_000:
        raise UsageError(f"--seeds {text!r}: {len(numbers):,} evenings are more than 10,000")
    return numbers
