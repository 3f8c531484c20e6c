"""Learns the usual rates of a world from one of its evenings, as `claquewatch calibrate` does from a file."""

from __future__ import annotations

from collections.abc import Mapping
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


def learned_from(world: str, seed: int, options: Mapping[str, Any], in_force: Rules | None = None) -> RuleSet:
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
        learner.followed_until_ms = begins_ms + int(options.get("tail_hours", 0.0) * HOUR_MS)
    return make_rule_set(values_of(rates_of(watching), rules.published), version=0)
