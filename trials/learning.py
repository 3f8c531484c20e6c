"""Learns the usual rates of a world from some of its evenings, as `claquewatch calibrate` does from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import merge
from operator import itemgetter
from typing import Any

import msgspec

import worlds
from streams.arrivals import Arrivals
from streams.events import BY_TOPIC, RuleSet
from streams.partition import Partition
from streams.rules import Rules, default_rules, make_rule_set
from streams.usual import beside, learners, rates_of
from streams.usual.rules_file import values_of

TOGETHER = 20_000  # events that are filed at once
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def learned_from(
    world: str, seeds: Sequence[int], options: Mapping[str, Any], in_force: Rules | None = None
) -> RuleSet:
    """The rules in force with the usual rates of some evenings put in; nobody told which of their shows are staged.

    Each seed is an evening of other rooms, on the day after the one before it.
    """
    rules = in_force or default_rules()
    watching = learners()
    arrivals = Arrivals(Partition(rules=beside(rules, watching, ())))
    waiting, begins_ms = [], 0
    evenings = [worlds.WORLDS[world].lazily(seed, **options, day=day) for day, seed in enumerate(seeds)]
    for _, topic, value in merge(*evenings, key=itemgetter(0)):
        begins_ms = begins_ms or value["ts"]
        waiting.append(msgspec.convert(value, BY_TOPIC[topic]))
        if len(waiting) >= TOGETHER:
            arrivals.take_all(waiting)
            waiting = []
    arrivals.take_all(waiting)
    arrivals.end()
    for learner in watching:  # the world is followed for so long, whatever its last event
        last_ms = begins_ms + (len(seeds) - 1) * DAY_MS
        learner.followed_until_ms = last_ms + int(options.get("tail_hours", 0.0) * HOUR_MS)
    return make_rule_set(values_of(rates_of(watching), rules.published), version=0)
