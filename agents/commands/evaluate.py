"""claquewatch evaluate: precision, recall and delay of the schemes on simulated evenings whose truth is known."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import worlds
from agents.commands.scan import rules_from
from agents.commands.simulate import audience
from agents.errors import UsageError

if TYPE_CHECKING:
    from trials.evaluation import Wanted

REPORTING = "9401-9412"
PACKED = 16
RETURNING = 8
CLEAN = 60
OTHER_LAWS = 2
FULL: dict[str, Any] = {
    "pilot": True,
    "packed": PACKED,
    "returning": RETURNING,
    "clean": CLEAN,
    "other_laws": OTHER_LAWS,
}
QUICK: dict[str, Any] = {
    "seeds": "9401",
    "shows": 8,
    "viewers": "50-600",
    "tail_hours": 48.0,
    "packed": 1,
    "returning": 1,
    "clean": 1,
    "other_laws": 1,
}


def _so_many(name: str, what: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """An option that adds so many of something to what is played, none where it is not given."""
    return click.option(name, default=0, metavar="N", type=click.IntRange(0, 1_000), help=what)


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
@click.option(
    "--calibrate-on", metavar="A-B", help="first learn the usual rates from these evenings, as from a history"
)
@click.option("--baselines/--no-baselines", default=True, help="the simplest rules on the same evenings")
@click.option("--pilot", is_flag=True, help="the pilot's detectors on the same evenings, where they are at hand")
@_so_many("--packed", "N packed houses of each kind, too")
@_so_many("--returning", "N crews that come back, too")
@_so_many(
    "--clean", "N evenings on which nothing is staged, too, for the promise of 500 room-hours; about 26 of them each"
)
@_so_many("--other-laws", "N evenings of each of some other platforms, too, with and without calibrating")
@click.option(
    "--full",
    is_flag=True,
    help=f"all of it: --pilot --packed {PACKED} --returning {RETURNING} --clean {CLEAN} --other-laws {OTHER_LAWS}",
)
@click.option("--quick", is_flag=True, help="a small form of what is asked for, to see that it works")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1, 64))
@click.option("--out", metavar="FOLDER", help="write evaluation.html, evaluation.md and evaluation.json here")
@click.option("--check", is_flag=True, help="exit with 1 where a floor is missed")
@click.pass_context
def command(context: click.Context, **_: Any) -> int:
    """Play simulated evenings through the detectors and say what they found, missed and accused wrongly.

    Detectors are tuned in one world and with other seeds (2001 to 2999) than are reported (9001 on).
    """
    from trials import table  # a command that is seldom used, and much to import
    from trials.evaluation import evaluate
    from trials.page import page

    options = _options(context)
    wanted, notes = _wanted(options)
    began = time.monotonic()
    evenings = f"{len(wanted.seeds)} evenings of {options['shows']} shows"
    title = f"{evenings} in the world {wanted.world!r}, seeds {options['seeds']}"
    with Progress(
        TextColumn("playing evenings"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not Console(stderr=True).is_terminal,
    ) as bar:
        task = bar.add_task("", total=None)
        report, played = evaluate(
            wanted, title, options["processes"], lambda number, of: bar.update(task, completed=number, total=of)
        )
    events = sum(one.events for one in played)
    failures = sum(one.failures for one in played)
    notes = [
        f"{events:,} events, {time.monotonic() - began:,.0f} s with {options['processes']} processes, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}. Crews are simulated; intervals are of 95 %.",
        *([f"A detector raised on {failures} events; what it would have found there is missing."] if failures else []),
        *notes,
        *report.notes,
    ]
    report = msgspec.structs.replace(report, notes=notes)
    text = table.markdown(report)
    if options["out"]:
        folder = Path(options["out"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "evaluation.html").write_text(page(report), encoding="utf-8")
        (folder / "evaluation.md").write_text(text, encoding="utf-8")
        (folder / "evaluation.json").write_bytes(table.as_json(report))
    click.echo(text, nl=False)
    return 1 if options["check"] and not all(one.ok for one in report.checks) else 0


def _options(context: click.Context) -> dict[str, Any]:
    """What was asked for; --full and --quick fill in what was not said in words."""
    options = dict(context.params)

    def unsaid(name: str) -> bool:
        return context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT

    if options["full"]:
        options |= {name: value for name, value in FULL.items() if unsaid(name)}
    if options["quick"]:
        options |= {name: value for name, value in QUICK.items() if unsaid(name) and options[name]}
    return options


def _wanted(options: dict[str, Any]) -> tuple[Wanted, list[str]]:
    """What is to be played, and what has to be said of it; raises UsageError."""
    from trials import pilot
    from trials.evaluation import Wanted
    from trials.learning import learned_from

    world = options["world"]
    for_world: dict[str, Any] = {
        "shows": options["shows"],
        "viewers": audience(options["viewers"]),
        "hours": options["hours"],
        "tail_hours": options["tail_hours"],
    }
    if options["schemes"] is not None:
        for_world["plants"] = tuple(name.strip() for name in options["schemes"].split(",") if name.strip())
        if unknown := [name for name in for_world["plants"] if name not in worlds.WORLDS[world].PLANTS]:
            raise UsageError(
                f"--schemes: {world} cannot plant {unknown[0]!r}; it has {', '.join(worlds.WORLDS[world].PLANTS)}"
            )
    if options["laws"] is not None:
        for_world["laws"] = options["laws"]
    seeds = seeds_of(options["seeds"])
    in_force = rules_from(options["rules_file"])
    rules = in_force.published if options["rules_file"] else None
    if (on := options["calibrate_on"]) is not None:
        history = seeds_of(on, "--calibrate-on")
        if judged := sorted(set(history) & set(seeds)):
            raise UsageError(f"--calibrate-on {judged[0]}: an evening that is judged cannot be learned from")
        rules = learned_from(world, history, for_world, in_force)
    found = pilot.folder() if options["pilot"] else None
    wanted = Wanted(
        world=world,
        seeds=seeds,
        options=for_world,
        rules=rules,
        with_rules=options["baselines"],
        pilot=None if found is None else str(found),
        packed=options["packed"],
        returning=options["returning"],
        clean=options["clean"],
        other_laws=options["other_laws"],
    )
    left_out = options["pilot"] and found is None
    return wanted, [f"The pilot is left out: name its folder with {pilot.VARIABLE}."] if left_out else []


def seeds_of(text: str, option: str = "--seeds") -> list[int]:
    """`9001-9012` or `3,5` -> the numbers; raises UsageError."""
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
            raise UsageError(f"{option} {text!r}: write them like 9001-9012 or 3,5")
        numbers += range(int(first), int(last or first) + 1)
    if len(numbers) > 10_000:
        raise UsageError(f"{option} {text!r}: {len(numbers):,} evenings are more than 10,000")
    return numbers
