"""The plan of one show: when, what is on the table, what its host will call for. Nothing has happened yet."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from worlds.county.draws import between, pick, shuffled
from worlds.county.goods import Item
from worlds.county.laws import MINUTE, Laws
from worlds.county.rooms import Room

TABLE_MIN = (3.0, 9.0)  # minutes that one item is on the table; guess


@dataclass(slots=True)
class Call:
    """The host asks the chat to write something; `words` are what people write."""

    at_ms: int
    words: Sequence[str]
    share: float  # of those present who do
    lasts_ms: int
    text: str | None = None  # of its marker; None: nobody announces it
    action: str = "prompt"


@dataclass(slots=True)
class Surge:
    """Many people come in at once, for a reason that their source names."""

    at_ms: int
    count: int
    source: str | None
    lasts_ms: int
    stay_factor: float = 1.0  # how much longer than usual they stay
    network: str | None = None  # that all of them come over
    inviter: str | None = None  # who brought them
    follows: bool = False


@dataclass(slots=True)
class Rush:
    """Many of those present buy one thing at once. Money per unit, in minor units."""

    at_ms: int
    lasts_ms: int
    item: Item
    share: float  # of those present
    price_minor: int
    quantity: int = 1
    platform_minor: int = 0  # what the platform adds
    pay_type: str | None = None
    coupon_id: str | None = None


@dataclass(slots=True)
class Stage:
    """One show to come."""

    room: Room
    number: int  # of the show in its evening
    show_id: str
    starts_ms: int
    ends_ms: int
    until_ms: int  # what happens later is not recorded
    viewers: int
    rundown: list[tuple[int, Item]]  # from when each item is on the table
    first_show: bool = False  # the room has no history
    regulars: float | None = None  # share of followers among the viewers, where not the law's
    circle: int = 0  # number of people from whom a small show's viewers come; 0: everybody
    laws: Laws | None = None  # how these people behave, where not as usual
    network: tuple[str, float] | None = None  # one that many share, and the share of viewers who do
    calls: list[Call] = field(default_factory=list)
    surges: list[Surge] = field(default_factory=list)
    rushes: list[Rush] = field(default_factory=list)
    negatives: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # of the rundown, for looking up

    @property
    def minutes(self) -> float:
        return (self.ends_ms - self.starts_ms) / MINUTE

    def on_table(self, at_ms: int) -> Item:
        return self.rundown[max(0, bisect_right(self.starts, at_ms) - 1)][1]

    def moment(self, rng: Random, early: float = 0.15, late: float = 0.85) -> int:
        """A time between these parts of the show."""
        return self.starts_ms + int((self.ends_ms - self.starts_ms) * between(rng, early, late))


def a_rundown(room: Room, starts_ms: int, ends_ms: int, rng: Random) -> list[tuple[int, Item]]:
    rundown: list[tuple[int, Item]] = []
    at = starts_ms
    order = shuffled(rng, room.items)
    while at < ends_ms:
        item = order[len(rundown)] if len(rundown) < len(order) else pick(rng, room.items)
        rundown.append((at, item))
        at += int(between(rng, *TABLE_MIN) * MINUTE)
    return rundown


def a_stage(
    room: Room, number: int, show_id: str, starts_ms: int, ends_ms: int, until_ms: int, viewers: int, rng: Random
) -> Stage:
    rundown = a_rundown(room, starts_ms, ends_ms, rng)
    return Stage(
        room, number, show_id, starts_ms, ends_ms, until_ms, viewers, rundown, starts=[at for at, _ in rundown]
    )
