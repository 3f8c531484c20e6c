"""An evening of shows with its truth: who does what in which room, then every show by itself, merged by arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import exp
from random import Random
from typing import Any

from worlds.bazaar import laws
from worlds.bazaar.audience import come
from worlds.bazaar.buying import buy, old_complaints
from worlds.bazaar.chat import chat
from worlds.bazaar.ids import Ids
from worlds.bazaar.negatives import EXCLUDES, NEGATIVES, Negative
from worlds.bazaar.people import People
from worlds.bazaar.plants import PLANTS
from worlds.bazaar.shop import Shop
from worlds.bazaar.show import Show, counter
from worlds.bazaar.stage import Room, Stage, plan
from worlds.recording import STRENGTHS, Arrival, Evening

BEGINS_AT_MS = 1_772_796_600_000
"""2026-03-06 11:30 UTC: half past seven in the evening in Beijing, a Friday."""


@dataclass(slots=True, frozen=True)
class Billing:
    """What is decided of a show before it is made."""

    number: int
    show_id: str
    start: int
    end: int
    audience: int
    negatives: tuple[str, ...]
    plants: tuple[tuple[str, str], ...]  # scheme, strength


@dataclass(slots=True)
class Lazily:
    """An evening that is made while it is read: one show after the other, as each begins.

    `truth` is complete once the events have been read to their end; each read makes the same evening anew.
    """

    seed: int
    day: int
    begins_at_ms: int
    horizon: int
    billings: list[Billing]
    truth: dict[str, Any] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Arrival]:
        truth = self.truth = {
            "schemes": {},
            "shows": [
                {
                    "show_id": bill.show_id,
                    "room_id": Ids(self.seed).of("room", bill.number),
                    "start": bill.start,
                    "end": bill.end,
                    "negatives": list(bill.negatives),
                }
                for bill in self.billings
            ],
        }
        ids = Ids(self.seed)
        people = People(self.seed, ids)
        waiting = sorted(self.billings, key=lambda bill: (bill.start, bill.show_id), reverse=True)
        on_air: list[tuple[int, str, list[Arrival]]] = []  # (next arrival, show, its events, the last first)
        while waiting or on_air:
            if waiting and (not on_air or waiting[-1].start <= on_air[0][0]):
                bill = waiting.pop()
                events, schemes = perform(self.seed, self.day, bill, ids, people, self.begins_at_ms, self.horizon)
                truth["schemes"][bill.show_id] = schemes
                events.reverse()
                heappush(on_air, (events[-1][0], bill.show_id, events))
                continue
            _, show_id, events = heappop(on_air)
            yield events.pop()
            if events:
                heappush(on_air, (events[-1][0], show_id, events))


def lazily(
    seed: int,
    shows: int = 24,
    viewers: tuple[int, int] = (50, 5_000),
    begins_at_ms: int = BEGINS_AT_MS,
    hours: float = 2.0,
    plants: Sequence[str] | None = None,
    strength: str | None = None,
    negatives: Sequence[str] | None = None,
    share: float = 0.5,
    tail_hours: float = 4.0,
    day: int = 0,
) -> Lazily:
    """The plan of an evening; its events are made when it is read.

    - `viewers`: smallest and largest audience (accounts that look in over a show, before raids and the like),
      log-uniform between.
    - `hours`: the shows begin and end within this time.
    - `plants`: schemes to plant; None is all there are, () none. `share` of the shows get one (one in six of them
      two), in even numbers of each scheme and strength, or all of the one `strength`.
    - `negatives`: which innocent look-alikes every show has; None draws none to four for each show.
    - `tail_hours`: how long after the last show events are still written: cancels, refunds, complaints.
    - `day`: the same world (rooms, accounts, shops) on another day; times move on by whole days.
    """
    schemes = tuple(PLANTS) if plants is None else tuple(plants)
    _check("scheme", schemes, PLANTS)
    _check("strength", () if strength is None else (strength,), STRENGTHS)
    _check("negative", negatives or (), NEGATIVES)
    ids = Ids(seed)
    random = Random(f"{seed}/{day}/times")
    planted = _planted(shows, schemes, strength, share, Random(f"{seed}/{day}/plants"))
    innocent = _innocent(shows, negatives, Random(f"{seed}/{day}/negatives"))
    sizes = _sizes(seed, shows, viewers)
    day_begins = begins_at_ms + day * laws.DAY
    billings = []
    for number in range(shows):
        lowest, highest = laws.SHOW_MINUTES_RANGE
        minutes = laws.SHOW_MINUTES_MEDIAN * exp(random.gauss(0, laws.SHOW_MINUTES_SIGMA))
        length = int(min(max(lowest, minutes), highest, hours * 60) * laws.MINUTE)
        start = day_begins + int(random.random() * (hours * laws.HOUR - length))
        usual = sizes[number] * exp(random.gauss(0, 0.2)) if day else sizes[number]
        audience = int(min(max(viewers[0], usual), viewers[1]))
        show_id = ids.of("show", f"{day}/{number}")
        billings.append(Billing(number, show_id, start, start + length, audience, innocent[number], planted[number]))
    horizon = max(bill.end for bill in billings) + int(tail_hours * laws.HOUR) if billings else day_begins
    return Lazily(seed, day, begins_at_ms, horizon, billings)


def evening(
    seed: int,
    shows: int = 24,
    viewers: tuple[int, int] = (50, 5_000),
    begins_at_ms: int = BEGINS_AT_MS,
    hours: float = 2.0,
    plants: Sequence[str] | None = None,
    strength: str | None = None,
    negatives: Sequence[str] | None = None,
    share: float = 0.5,
    tail_hours: float = 4.0,
    day: int = 0,
) -> Evening:
    """A whole evening in memory, about 1 KB an event; the arguments are those of `lazily`."""
    made = lazily(seed, shows, viewers, begins_at_ms, hours, plants, strength, negatives, share, tail_hours, day)
    events = list(made)
    return Evening(events, made.truth)


def perform(
    seed: int, day: int, bill: Billing, ids: Ids, people: People, now_ms: int, horizon: int
) -> tuple[list[Arrival], dict[str, Any]]:
    """One show: its events by arrival, and the truth of its schemes.

    Every part draws from a stream of its own, so that the honest events of a show are the same with and without plants.
    """
    key = f"{seed}/{day}/{bill.number}"
    room = Room(seed, bill.number, ids, bill.audience)
    shop = Shop(ids, bill.number, room.category, room.currency, Random(f"{seed}/shop/{bill.number}"), _one_price(bill))
    stage: Stage = plan(room, shop, bill.show_id, bill.start, bill.end, horizon, Random(f"{key}/stage"))
    show = Show(stage, people, key, now_ms)
    innocent: list[tuple[str, Negative]] = [(name, NEGATIVES[name]()) for name in bill.negatives]
    for name, negative in innocent:
        negative.plan(stage, show.random(f"{name}/plan"))
    come(show, bill.audience, show.random("audience"))
    for name, negative in innocent:
        negative.people(show, show.random(f"{name}/people"))
    schemes: dict[str, Any] = {}
    for scheme, strength in bill.plants:
        planted = PLANTS[scheme](show, strength, show.scribe(scheme), show.random(scheme))
        schemes[scheme] = planted.truth(strength)
    honest = show.scribe("honest")
    buy(show, show.visits, honest, show.random("buying"))
    for name, negative in innocent:
        negative.acts(show, show.scribe(name), show.random(f"{name}/acts"))
    chat(show, show.visits, honest, show.random("chat"))
    old_complaints(show, int(room.buyers * bill.audience), honest, show.random("complaints"))
    for visit in show.visits:
        honest.join(visit)
        honest.leave(visit)
    hired = show.scribe("hired")
    buy(show, show.hired, hired, show.random("hired buying"))
    chat(show, show.hired, hired, show.random("hired chat"))
    for visit in show.hired:
        hired.join(visit)
        hired.leave(visit)
    _markers(show)
    return show.events(), schemes


def _markers(show: Show) -> None:
    stage, scribe, random = show.stage, show.scribe("markers"), show.random("status")
    for at, action, fields in stage.markers:
        scribe.marker(at, action, fields)
    shown = counter(show.visits + show.hired)
    for at in range(stage.start + laws.MINUTE, stage.end, laws.MINUTE):
        scribe.marker(at, "status", {"viewers_shown": max(1, round(shown(at - 5_000) * random.uniform(0.98, 1.02)))})
    scribe.marker(stage.end, "ended", {})


def _one_price(bill: Billing) -> bool:
    return "one_price" in bill.negatives


def _sizes(seed: int, shows: int, viewers: tuple[int, int]) -> list[float]:
    """Audiences, log-uniform, one from each part of the range so that few shows span it."""
    random = Random(f"{seed}/sizes")
    lowest, highest = viewers
    ranks = list(range(shows))
    random.shuffle(ranks)
    return [lowest * (highest / lowest) ** ((rank + random.random()) / shows) for rank in ranks]


def _planted(
    shows: int, schemes: Sequence[str], strength: str | None, share: float, random: Random
) -> list[tuple[tuple[str, str], ...]]:
    """Which shows are staged: every pair of scheme and strength in turn; every sixth staged show has two schemes."""
    order = list(range(shows))
    random.shuffle(order)
    cells = [(scheme, level) for level in ((strength,) if strength else STRENGTHS) for scheme in schemes]
    random.shuffle(cells)
    planted: list[tuple[tuple[str, str], ...]] = [()] * shows
    if not cells:
        return planted
    for turn, number in enumerate(order[: round(shows * share)]):
        scheme, level = cells[turn % len(cells)]
        planted[number] = ((scheme, level),)
        others = [cell for cell in cells if cell[0] != scheme]
        if others and turn % 6 == 5:
            planted[number] += (random.choice(others),)
    return planted


def _innocent(shows: int, negatives: Sequence[str] | None, random: Random) -> list[tuple[str, ...]]:
    """The look-alikes of each show, in the order of the table; dealt out like cards, so that all of them occur."""
    if negatives is not None:
        return [_compatible(list(negatives))] * shows
    deck: list[str] = []
    dealt = []
    for _ in range(shows):
        hand: list[str] = []
        for _ in range(random.choice((0, 1, 1, 2, 2, 2, 3, 3, 4))):
            if not deck:
                deck = list(NEGATIVES)
                random.shuffle(deck)
            hand.append(deck.pop())
        dealt.append(_compatible(hand))
    return dealt


def _compatible(names: list[str]) -> tuple[str, ...]:
    excluded = {other for name in names for other in EXCLUDES.get(name, ())}
    return tuple(name for name in NEGATIVES if name in names and name not in excluded)


def _check(what: str, names: Sequence[str], known: Any) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"There is no {what} {name!r}; there are {', '.join(known)}.")
