"""Plays simulated evenings through the detectors and the rules, one process a core, and gives their pairs."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
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
from trials.pairs import Pair, Said, pairs_of, said_of

TOGETHER = 20_000  # events that are filed at once, as `scan` does

Statistics = dict[str, dict[tuple[str, str, int, str], float]]
"""By rule, of each (scheme, world, seed, show) the number that it reached."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One evening to be played. `options` go to the world as they are."""

    world: str
    seed: int
    options: dict[str, Any]
    rules: RuleSet | None = None  # the defaults where None
    with_rules: bool = True  # play the simplest rules, too


class Played(msgspec.Struct):
    """What one evening came to."""

    pairs: list[Pair]
    statistics: Statistics
    events: int
    failures: int


def play(plan: Plan) -> Played:
    """One evening, from its first event until time has closed all that it opened."""
    evening = worlds.WORLDS[plan.world].lazily(plan.seed, **plan.options)
    rules = default_rules() if plan.rules is None else rules_of(plan.rules)
    partition = Partition(rules=rules)
    partition.keep_near_misses = True
    arrivals = Arrivals(partition)
    running: dict[str, list[Rule]] = {}
    audiences: dict[str, set[str]] = {}
    said: dict[tuple[str, str], Said] = {}
    count = failures = 0

    def hear(outputs: Sequence[Output]) -> None:
        nonlocal failures
        alerts = [output.body for output in outputs if isinstance(output.body, Alert)]
        failures += sum(1 for output in outputs if output.topic == FAILED)
        _merge(said, said_of(map(msgspec.to_builtins, alerts)))
        for show_id, finding in partition.near_misses:
            of = said.setdefault((show_id, finding.scheme), Said())
            of.score = max(of.score, confidence(finding.scheme, finding.score))
        partition.near_misses.clear()

    waiting = []
    for _, topic, value in evening:
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
    return Played(
        pairs_of(
            evening.truth,
            said,
            [detector.SCHEME for detector in rules.detectors],
            world=plan.world,
            seed=plan.seed,
            audiences=Counter({show_id: len(accounts) for show_id, accounts in audiences.items()}),
        ),
        statistics,
        count + len(waiting),
        failures,
    )


def play_all(plans: Iterable[Plan], processes: int, done: Callable[[Played], None] = lambda _: None) -> list[Played]:
    """All evenings, in the order of their plans whatever the number of processes; `done` is told as each is."""
    if processes == 1:
        played = []
        for plan in plans:
            played.append(play(plan))
            done(played[-1])
        return played
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(play, plan) for plan in plans]
        try:
            for future in waiting:
                done(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in waiting]


def all_pairs(played: Iterable[Played]) -> list[Pair]:
    """The pairs of all evenings."""
    return [pair for one in played for pair in one.pairs]


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
