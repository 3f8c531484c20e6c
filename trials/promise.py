"""The promise: at most one false alert of a scheme in 500 clean room-hours on air, and whether it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from streams.events import RuleSet
from trials.floors import Check
from trials.intervals import Figure, rate
from trials.pairs import Pair
from trials.playing import Plan

MOST: Final = 2.0  # false alerts in 1,000 clean room-hours
LEAST_HOURS: Final = 1_500.0  # on fewer it is not said whether it is kept
SHOWS: Final = 24  # of an evening on which nothing is staged
VIEWERS: Final = (50, 1_000)  # of its shows; with 5,000 an evening costs three times the CPU for as many hours
TAIL_HOURS: Final = 240.0  # cancels and complaints alert after the show
SEEDS_APART: Final = 1_000  # clean evenings have seeds of their own: a seed's shows are the same, staged or not


class Promise(msgspec.Struct, frozen=True):
    """One scheme over all hours of shows that were clean of it."""

    alerts: int  # incidents that were opened
    shows: int  # in which any was
    hours: float
    rate: Figure  # alerts in 1,000 hours, exact Poisson interval

    @property
    def verdict(self) -> str:
        """In words; within its interval a rate may be on either side."""
        if self.rate.value is None or self.rate.low is None or self.rate.high is None or self.hours < LEAST_HOURS:
            return "not measured"
        if self.rate.value > MOST:
            return "not kept" if self.rate.low > MOST else "not kept, but the interval reaches it"
        return "kept" if self.rate.high <= MOST else "kept, but the interval goes beyond it"


def clean_evenings(
    world: str, first_seed: int, evenings: int, rules: RuleSet | None = None, laws: str | None = None
) -> list[Plan]:
    """Evenings on which nothing is staged, with all that is innocent and looks like it."""
    options: dict[str, Any] = {"shows": SHOWS, "viewers": VIEWERS, "plants": (), "tail_hours": TAIL_HOURS}
    if laws is not None:
        options["laws"] = laws
    return [
        Plan(world=world, seed=first_seed * SEEDS_APART + number, options=options, rules=rules, with_rules=False)
        for number in range(evenings)
    ]


def promises(pairs: Iterable[Pair]) -> dict[str, Promise]:
    """By scheme, of all shows that were clean of it."""
    clean: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.is_clean:
            clean.setdefault(pair.scheme, []).append(pair)
    return {scheme: _promise(of) for scheme, of in clean.items()}


def _promise(clean: Sequence[Pair]) -> Promise:
    alerts, hours = sum(pair.incidents for pair in clean), sum(pair.hours for pair in clean)
    return Promise(alerts, sum(1 for pair in clean if pair.incidents), hours, rate(alerts, hours / 1_000))


def checks(found: dict[str, Promise]) -> list[Check]:
    """What the promise asks of each scheme, where there were hours enough to ask."""
    return [
        Check(
            f"{scheme}: false alerts in 1,000 clean room-hours",
            of.rate.value,
            MOST,
            of.rate.value is not None and of.rate.value <= MOST,
        )
        for scheme, of in found.items()
        if of.hours >= LEAST_HOURS
    ]
