"""A show while it is made: who is there, what was ordered, and what was written down."""

from __future__ import annotations

from random import Random
from typing import Any

from worlds.county.book import Book
from worlds.county.draws import stream
from worlds.county.laws import Laws
from worlds.county.people import People, Person
from worlds.county.rooms import laws_of_show
from worlds.county.stage import Stage

BOUNCE, BROWSE, STAY = 0, 1, 2


class Visit:
    """Somebody in a show, from when to when."""

    __slots__ = ("badge", "join_ms", "kind", "leave_ms", "silent", "source", "who")

    def __init__(self, who: Person, join_ms: int, leave_ms: int, source: str | None, kind: int, badge: int = 0) -> None:
        self.who = who
        self.join_ms = join_ms
        self.leave_ms = leave_ms
        self.source = source
        self.kind = kind
        self.badge = badge
        self.silent = False  # goes without saying so


class Order:
    """One order: its lines as their events carry them."""

    __slots__ = ("lines", "order_id", "paid_ms", "placed_ms", "tag", "who")

    def __init__(self, order_id: str, who: Person, placed_ms: int, lines: list[dict[str, Any]]) -> None:
        self.order_id = order_id
        self.who = who
        self.placed_ms = placed_ms
        self.paid_ms = 0  # 0: never
        self.lines = lines
        self.tag = ""  # of a negative that decides what becomes of it

    @property
    def total_minor(self) -> int:
        return sum(line["amount_minor"] for line in self.lines)


class Show:
    """What is known of one show so far. Honest events are in `book`, those of plants in books of their own."""

    def __init__(self, seed: int, day: int, stage: Stage, people: People, laws: Laws) -> None:
        self.path = (seed, day, stage.number)
        self.stage = stage
        self.seed = seed
        self.day = day
        self.people = people
        self.laws = laws_of_show(stage.room, stage.laws or laws, self.random("laws"))
        self.visits: list[Visit] = []
        self.orders: list[Order] = []
        self.hired: list[Visit] = []  # of plants: they too are seen by the counter
        self.phantoms: list[tuple[int, int, float]] = []  # from, to, by how much the counter is multiplied
        self.cancel_factor = 1.0
        self.refund_factor = 1.0
        self.complaint_factor = 1.0
        self.delivered_ms = 0  # when all parcels of the show are handed over; 0: as the law has it
        self.book = self.new_book("honest")
        self.books = [self.book]
        self.taken: set[int] = set()  # numbers of people who are in this show

    def new_book(self, part: str) -> Book:
        stage = self.stage
        return Book(stage.room.room_id, stage.show_id, stage.until_ms, *self.path, part)

    def random(self, part: str) -> Random:
        return stream(*self.path, part)

    def present(self, at_ms: int) -> list[Visit]:
        return [visit for visit in self.visits if visit.join_ms <= at_ms < visit.leave_ms]
