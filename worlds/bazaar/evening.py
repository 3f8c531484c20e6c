"""An evening of shows with its truth: who does what in which room, then every show by itself, merged by arrival."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import exp
from random import Random
from typing import Any

from worlds.bazaar.afterwards import old_complaints
from worlds.bazaar.audience import come
from worlds.bazaar.billing import Billing, check, innocents, plantings, sizes_of
from worlds.bazaar.buying import buy
from worlds.bazaar.chat import chat
from worlds.bazaar.ids import Ids
from worlds.bazaar.laws import DAY, HOUR, LAWS, MINUTE, SHOW_MINUTES_MEDIAN, SHOW_MINUTES_RANGE, SHOW_MINUTES_SIGMA, Law
from worlds.bazaar.negatives import NEGATIVES, Negative
from worlds.bazaar.people import People
from worlds.bazaar.plants import BY_CREWS, DISGUISES, PLANTS
from worlds.bazaar.shop import Shop
from worlds.bazaar.show import Hiring, Show, counter
from worlds.bazaar.stage import Room, Stage, plan
from worlds.recording import STRENGTHS, Arrival, Evening

BEGINS_AT_MS = 1_772_796_600_000
"""2026-03-06 11:30 UTC: half past seven in the evening in Beijing, a Friday."""
ONE_CREW = 0.5
"""Share of the shows with two schemes that people are hired for in which the same people do both; guess."""
LARGEST_AUDIENCE = 20_000
"""Viewers of a show, whatever the laws make of what was asked for."""


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
    law: Law
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
                events, schemes = perform(self, bill, ids, people)
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
    disguises: Sequence[str] | None = None,
    laws: str = "usual",
    crew: str | None = None,
    staged: Sequence[int] | None = None,
) -> Lazily:
    """The plan of an evening; its events are made when it is read.

    - `viewers`: smallest and largest audience (accounts that look in over a show, before raids and the like),
      log-uniform between.
    - `hours`: the shows begin and end within this time.
    - `plants`: schemes to plant; None is all there are, () none. `share` of the shows get one (one in six of them
      two), in even numbers of each scheme and strength, or all of the one `strength`. What is about sales goes to rooms
      of many viewers.
    - `negatives`: which innocent look-alikes every show has; None draws none to six for each show.
    - `tail_hours`: how long after the last show events are still written: cancels, refunds, complaints. What is
      planted there is crowded into the time there is; 240 leaves it as it would be.
    - `day`: the same world (rooms, accounts, shops) on another day; times move on by whole days.
    - `disguises`: those that plants wear, as far as their scheme knows them; None leaves it to their strength.
    - `laws`: the platform whose rates hold, a name of LAWS.
    - `crew`: a name: the same people are hired by whoever hires a crew of that name, in any room on any day.
    - `staged`: numbers of the rooms that are staged, instead of a `share` of them.
    """
    schemes = tuple(PLANTS) if plants is None else tuple(plants)
    check("scheme", schemes, PLANTS)
    check("strength", () if strength is None else (strength,), STRENGTHS)
    check("negative", negatives or (), NEGATIVES)
    check("disguise", disguises or (), DISGUISES)
    check("set of laws", (laws,), LAWS)
    law, ids = LAWS[laws], Ids(seed)
    smallest, largest = (min(LARGEST_AUDIENCE, size * law.audience) for size in viewers)
    random = Random(f"{seed}/{day}/times")
    sizes = sizes_of(seed, shows, (smallest, largest))
    second = Random(f"{seed}/{day}/second negatives")
    innocent = innocents(sizes, negatives, Random(f"{seed}/{day}/negatives"), second)

    def tells_costs(number: int) -> bool:
        room = Room(seed, number, ids, int(sizes[number]), law)
        return open_shop(seed, room, ids, "one_price" in innocent[number]).tells_costs

    plants_random = Random(f"{seed}/{day}/plants")
    planted = plantings(sizes, schemes, strength, share, staged, tells_costs, plants_random)
    hiring = Hiring(None if disguises is None else tuple(disguises), crew=crew)
    day_begins = begins_at_ms + day * DAY
    billings = []
    for number in range(shows):
        lowest, highest = SHOW_MINUTES_RANGE
        minutes = SHOW_MINUTES_MEDIAN * exp(random.gauss(0, SHOW_MINUTES_SIGMA))
        length = int(min(max(lowest, minutes), highest, hours * 60) * MINUTE)
        start = day_begins + int(random.random() * (hours * HOUR - length))
        usual = sizes[number] * exp(random.gauss(0, 0.2)) if day else sizes[number]
        audience = int(min(max(smallest, usual), largest))
        show_id = ids.of("show", f"{day}/{number}")
        end = start + length
        billings.append(Billing(number, show_id, start, end, audience, innocent[number], planted[number], hiring))
    horizon = max(bill.end for bill in billings) + int(tail_hours * HOUR) if billings else day_begins
    return Lazily(seed, day, begins_at_ms, horizon, billings, law)


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
    disguises: Sequence[str] | None = None,
    laws: str = "usual",
    crew: str | None = None,
    staged: Sequence[int] | None = None,
) -> Evening:
    """A whole evening in memory, about 1 KB an event; the arguments are those of `lazily`."""
    made = lazily(
        seed,
        shows,
        viewers,
        begins_at_ms,
        hours,
        plants,
        strength,
        negatives,
        share,
        tail_hours,
        day,
        disguises,
        laws,
        crew,
        staged,
    )
    events = list(made)
    return Evening(events, made.truth)


def open_shop(seed: int, room: Room, ids: Ids, one_price: bool, must_tell: bool = False) -> Shop:
    """The shop of a room, the same on every day."""
    random = Random(f"{seed}/shop/{room.number}")
    return Shop(ids, room.number, room.category, room.currency, random, one_price, room.law, must_tell)


def perform(made: Lazily, bill: Billing, ids: Ids, people: People) -> tuple[list[Arrival], dict[str, Any]]:
    """One show: its events by arrival, and the truth of its schemes.

    Every part draws from a stream of its own, so that the honest events of a show are the same with and without plants.
    """
    key = f"{made.seed}/{made.day}/{bill.number}"
    room = Room(made.seed, bill.number, ids, bill.audience, made.law)
    # where no room of the evening that sells tells its costs, the one that is to sell at a loss does
    must_tell = any(scheme == "loss_selling" for scheme, _ in bill.plants)
    shop = open_shop(made.seed, room, ids, bill.one_price, must_tell)
    stage: Stage = plan(room, shop, bill.show_id, bill.start, bill.end, made.horizon, Random(f"{key}/stage"))
    show = Show(stage, people, key, made.begins_at_ms)
    show.hiring = bill.hiring
    innocent: list[tuple[str, Negative]] = [(name, NEGATIVES[name]()) for name in bill.negatives]
    for name, negative in innocent:
        negative.plan(stage, show.random(f"{name}/plan"))
    come(show, bill.audience, show.random("audience"))
    for name, negative in innocent:
        negative.people(show, show.random(f"{name}/people"))
    honest = show.scribe("honest")
    buy(show, show.visits, honest, show.random("buying"))
    for name, negative in innocent:
        negative.acts(show, show.scribe(name), show.random(f"{name}/acts"))
    schemes: dict[str, Any] = {}
    one_crew = all(scheme in BY_CREWS for scheme, _ in bill.plants) and show.random("one crew").random() < ONE_CREW
    for scheme, strength in sorted(bill.plants, key=_in_order):
        show.crew = list({v.account.number: v.account for v in show.hired}.values()) if one_crew else []
        planted = PLANTS[scheme](show, strength, show.scribe(scheme), show.random(scheme))
        schemes[scheme] = planted.truth(strength)
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


def _in_order(plant: tuple[str, str]) -> int:
    return list(PLANTS).index(plant[0])


def _markers(show: Show) -> None:
    stage, scribe, random = show.stage, show.scribe("markers"), show.random("status")
    for at, action, fields in stage.markers:
        scribe.marker(at, action, fields)
    present = counter(show.visits + show.hired)
    for at in range(stage.start + MINUTE, stage.end, MINUTE):
        shown = present(at - 5_000) + sum(more for since, until, more in show.padding if since <= at < until)
        scribe.marker(at, "status", {"viewers_shown": max(1, round(shown * random.uniform(0.98, 1.02)))})
    scribe.marker(stage.end, "ended", {})
