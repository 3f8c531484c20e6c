"""What calibrating is worth: each law's evenings under the defaults, and under rates learned from one more evening.

`python -m trials.calibration --laws regretful,crowded --seeds 2401-2402 --on 2400` prints a table. The evening that is
learned from also holds staged shows, and is none of those that are judged.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click
import msgspec

import worlds
from streams.arrivals import Arrivals
from streams.events import BY_TOPIC, RuleSet
from streams.partition import Partition
from streams.rules import Rules, default_rules, make_rule_set
from streams.usual import beside, learners, rates_of
from streams.usual.rules_file import values_of
from trials.figures import Scheme, figures
from trials.floors import checks
from trials.playing import TOGETHER, Plan, all_pairs, play_all
from worlds.recording import STRENGTHS


def learned_from(world: str, seed: int, options: dict[str, Any], in_force: Rules | None = None) -> RuleSet:
    """The rules in force with the usual rates of one evening put in; nobody told which of its shows are staged."""
    rules = in_force or default_rules()
    watching = learners()
    arrivals = Arrivals(Partition(rules=beside(rules, watching, ())))
    waiting, begins_ms = [], 0
    for _, topic, value in worlds.WORLDS[world].lazily(seed, **options):
        begins_ms = begins_ms or value["ts"]
        waiting.append(msgspec.convert(value, BY_TOPIC[topic]))
        if len(waiting) >= TOGETHER:
            arrivals.take_all(waiting)
            waiting = []
    arrivals.take_all(waiting)
    arrivals.end()
    for learner in watching:  # the world is followed for so long, whatever its last event
        learner.followed_until_ms = begins_ms + int(options.get("tail_hours", 0.0) * 3_600_000)
    return make_rule_set(values_of(rates_of(watching), rules.published), version=0)


def row(law: str, scheme: str, before: Scheme, after: Scheme, floors: Sequence[int]) -> str:
    """One line of the table: found by strength and false pairs, under the defaults and calibrated."""
    cells = [law, scheme]
    for of in (before, after):
        found = [of.cells[strength].recall for strength in STRENGTHS]
        cells += [", ".join(f"{round((one.value or 0) * one.of)} of {one.of}" for one in found)]
        cells += [f"{round((of.false_pairs.value or 0) * of.false_pairs.of)} of {of.false_pairs.of}"]
    return "| " + " | ".join([*cells, f"{floors[0]}, {floors[1]}"]) + " |"


@click.command()
@click.option("--world", default="bazaar", show_default=True)
@click.option("--laws", default="usual,regretful,resolute,slow_parcels,same_day,wholesale,talkative,quiet,crowded")
@click.option("--seeds", default="2401-2402", show_default=True, metavar="A-B")
@click.option("--on", default=2400, show_default=True, help="the evening that is learned from")
@click.option("--shows", default=24, show_default=True)
@click.option("--viewers", default="50-5000", show_default=True)
@click.option("--history-hours", default=480.0, show_default=True, help="for so long the first evening is followed")
@click.option("--processes", default=os.cpu_count() or 1, show_default=True)
def main(
    world: str, laws: str, seeds: str, on: int, shows: int, viewers: str, history_hours: float, processes: int
) -> None:
    """Print what is found, and what is found wrongly, under the defaults and calibrated, by law."""
    first, _, last = seeds.partition("-")
    low, _, high = viewers.partition("-")
    click.echo("| law | scheme | found, defaults | false | found, calibrated | false | floors missed: before, after |")
    click.echo("|---|---|---|---|---|---|---|")
    for law in laws.split(","):
        options = {"laws": law, "shows": shows, "viewers": (int(low), int(high)), "tail_hours": 240.0}
        found = []
        for rules in (None, learned_from(world, on, options | {"tail_hours": history_hours})):
            plans = [
                Plan(world=world, seed=seed, options=options, rules=rules, with_rules=False)
                for seed in range(int(first), int(last or first) + 1)
            ]
            found.append(figures(all_pairs(play_all(plans, min(processes, len(plans))))))
        before, after = found
        for scheme in before:
            missed = [sum(not one.ok for one in checks({scheme: of[scheme]})) for of in found]
            click.echo(row(law, scheme, before[scheme], after[scheme], missed))


if __name__ == "__main__":
    main()
