"""Plays simulated evenings through the detectors and the rules, one process a core, and gives their pairs."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from heapq import merge
from typing import Any

import msgspec

import worlds
from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.confidence import confidence
from streams.events import BY_TOPIC, RuleSet
from streams.partition import Output, Partition
from streams.rules import default_rules, rules_of
from streams.topics import FAILED
from trials.baselines import RULES, Rule
from trials.details import Detail, Strongest, details_of
from trials.learning import TOGETHER, learned_from
from trials.pairs import Pair, Said, pairs_of, said_of
from trials.pilot import said_by
from trials.returning import Return, returns_of
from worlds.recording import Arrival, Evening

Statistics = dict[str, dict[tuple[str, str, int, str], float]]
"""By rule, of each (scheme, world, seed, show) the number that it reached."""


class Learning(msgspec.Struct, frozen=True):
    """The evening of the same world that usual rates are learned from, before another one is played."""

    seed: int
    options: dict[str, Any]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One evening to be played, or several days of one world, one after the other.

    `options` go to the world's function as they are; `make` is its name (`lazily`, `packed_house`).
    """

    world: str
    seed: int
    options: dict[str, Any]
    make: str = "lazily"
    days: tuple[int, ...] = ()  # () is one evening, whatever day it is
    rules: RuleSet | None = None  # the defaults where None
    calibrate_on: Learning | None = None  # put the usual rates of that evening into the rules first
    with_rules: bool = True  # play the simplest rules, too
    pilot: str | None = None  # folder of the pilot, to be played, too


class Played(msgspec.Struct):
    """What one evening came to."""

    pairs: list[Pair]
    statistics: Statistics
    events: int
    failures: int
    details: list[Detail]  # of the shows that went wrong
    returns: list[Return] = []  # of crews that came back, where the plan has days
    pilot: list[Pair] = []
    pilot_failed: str = ""  # why it has no pairs, where it was to be played


class Source:
    """The events of a plan in order of arrival; their truth is complete once they were read."""

    def __init__(self, plan: Plan) -> None:
        make = getattr(worlds.WORLDS[plan.world], plan.make)
        days = [{"day": day} for day in plan.days] or [{}]
        self._evenings = [make(plan.seed, **plan.options, **day) for day in days]

    def __iter__(self) -> Iterator[Arrival]:
        read = [evening.events if isinstance(evening, Evening) else evening for evening in self._evenings]
        return iter(read[0]) if len(read) == 1 else merge(*read, key=_arrives_ms)

    @property
    def truth(self) -> dict[str, Any]:
        """Of all evenings together."""
        truths = [evening.truth for evening in self._evenings]
        return {
            "schemes": {show_id: planted for truth in truths for show_id, planted in truth["schemes"].items()},
            "shows": [show for truth in truths for show in truth["shows"]],
        }


def _arrives_ms(event: Arrival) -> int:
    return event[0]


def play(plan: Plan) -> Played:
    """A plan, from its first event until time has closed all that it opened."""
    source = Source(plan)
    rules = default_rules() if plan.rules is None else rules_of(plan.rules)
    if (learn := plan.calibrate_on) is not None:
        rules = rules_of(learned_from(plan.world, (learn.seed,), learn.options, rules))
    partition = Partition(rules=rules)
    partition.keep_near_misses = True
    arrivals = Arrivals(partition)
    running: dict[str, list[Rule]] = {}
    audiences: dict[str, set[str]] = {}
    said: dict[tuple[str, str], Said] = {}
    strongest = Strongest()
    count = failures = 0

    def hear(outputs: Sequence[Output]) -> None:
        nonlocal failures
        alerts = [output.body for output in outputs if isinstance(output.body, Alert)]
        failures += sum(1 for output in outputs if output.topic == FAILED)
        _merge(said, said_of(map(msgspec.to_builtins, alerts)))
        for alert in alerts:
            strongest.hear_alert(alert)
        for show_id, finding in partition.near_misses:
            strongest.hear_near_miss(show_id, finding)
            of = said.setdefault((show_id, finding.scheme), Said())
            of.score = max(of.score, confidence(finding.scheme, finding.score))
        partition.near_misses.clear()

    waiting = []
    for _, topic, value in source:
        show_id = value["show_id"]
        if topic == "live.joins" and value["action"] == "join":
            audiences.setdefault(show_id, set()).add(value["account_id"])
        if plan.with_rules:
            if show_id not in running:
                running[show_id] = [rule() for rule in RULES]
            for rule in running[show_id]:
                rule.observe(topic, value)
        waiting.append(msgspec.convert(value, BY_TOPIC[topic]))
        if len(waiting) >= TOGETHER:
            hear(arrivals.take_all(waiting))
            count += len(waiting)
            waiting = []
    hear(arrivals.take_all(waiting))
    hear(arrivals.end())
    statistics: Statistics = {}
    for show_id, of_show in running.items():
        for rule in of_show:
            reached = statistics.setdefault(rule.NAME, {})
            reached[rule.SCHEME, plan.world, plan.seed, show_id] = rule.statistic
    truth = source.truth
    sizes = Counter({show_id: len(accounts) for show_id, accounts in audiences.items()})
    schemes = [detector.SCHEME for detector in rules.detectors]
    pairs = pairs_of(truth, said, schemes, world=plan.world, seed=plan.seed, audiences=sizes)
    played = Played(pairs, statistics, count + len(waiting), failures, details_of(truth, pairs, strongest))
    if plan.days:
        played.returns = returns_of(truth, said, plan.seed)
    if plan.pilot is not None:
        _play_pilot(plan, plan.pilot, played, truth, sizes)
    return played


def _play_pilot(plan: Plan, pilot: str, played: Played, truth: dict[str, Any], sizes: dict[str, int]) -> None:
    """The same evening once more (it is made anew), for the pilot; what it stumbles over is said and ends only it."""
    try:
        said = said_by(pilot, Source(plan))
    except Exception as why:
        played.pilot_failed = f"{type(why).__name__}: {why}"
        return
    schemes = list(dict.fromkeys(scheme for _, scheme in said))
    played.pilot = pairs_of(truth, said, schemes, world=plan.world, seed=plan.seed, audiences=sizes)


def play_all(
    plans: Sequence[Plan], processes: int, done: Callable[[int, int], None] = lambda number, of: None
) -> list[Played]:
    """All evenings, in the order of their plans whatever the number of processes; `done` hears how many of how many."""
    if processes == 1:
        played = []
        for plan in plans:
            played.append(play(plan))
            done(len(played), len(plans))
        return played
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(play, plan) for plan in plans]
        try:
            for number, future in enumerate(waiting, 1):
                future.result()
                done(number, len(plans))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in waiting]


def all_pairs(played: Iterable[Played]) -> list[Pair]:
    """The pairs of all evenings."""
    return [pair for one in played for pair in one.pairs]


def all_details(played: Iterable[Played]) -> list[Detail]:
    """The shows of all evenings that went wrong."""
    return [detail for one in played for detail in one.details]


def all_statistics(played: Iterable[Played]) -> Statistics:
    """What the rules reached in all evenings."""
    merged: Statistics = {}
    for one in played:
        for rule, reached in one.statistics.items():
            merged.setdefault(rule, {}).update(reached)
    return merged


def _merge(said: dict[tuple[str, str], Said], more: dict[tuple[str, str], Said]) -> None:
    """Add what was said later."""
    for key, later in more.items():
        of = said.setdefault(key, Said())
        if of.found_ms is None:
            of.found_ms = later.found_ms
        of.score = max(of.score, later.score)
        of.accounts |= later.accounts
        of.crews |= later.crews
        of.incidents |= later.incidents
