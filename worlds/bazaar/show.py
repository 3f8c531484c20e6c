"""One show as it is written down: who came, and the events with the time at which each arrives."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import exp, log
from random import Random
from typing import Any

from worlds.bazaar import laws
from worlds.bazaar.ids import fresh
from worlds.bazaar.people import Account, People
from worlds.bazaar.shop import Item
from worlds.bazaar.stage import Stage
from worlds.recording import Arrival


@dataclass(slots=True)
class Visit:
    """Somebody in the room from `at` to `until`."""

    account: Account
    at: int
    until: int
    source: str
    level: int
    follows: bool = False
    circle: str = ""  # the intent of those it came with: RAID, CAMPUS, FAMILY, OFFICE
    keen: float = 1.0  # how much more than others it buys
    talks: float = 1.0  # how much more than others it talks
    hired: bool = False  # its praise of the host is planted and planned elsewhere

    @property
    def fan(self) -> bool:
        return self.level >= 5

    @property
    def seconds(self) -> float:
        return (self.until - self.at) / 1_000


@dataclass(slots=True, frozen=True)
class Line:
    """One line of an order."""

    item: Item
    quantity: int
    amount_minor: int
    line_id: str
    subsidy_minor: int = 0
    by_platform: bool = True


@dataclass(slots=True)
class Order:
    """An order as placed."""

    order_id: str
    account: Account
    lines: list[Line]
    pay_type: str
    coupon_id: str | None

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


@dataclass(slots=True)
class Sold:
    """An honest order and what became of it; `paid_at` is 0 where it was not kept."""

    order: Order
    at: int
    paid_at: int = 0
    complains: bool = False


@dataclass(slots=True, frozen=True)
class Hiring:
    """What is decided of the crews of a show from without; None leaves it to strength and chance."""

    disguises: tuple[str, ...] | None = None
    size: int | None = None  # accounts of the crew
    crew: str | None = None  # the same name hires the same people, whichever the room and the day

    def worn(self, usual: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
        """The disguises of a plant: those of its strength, or those asked for that it knows."""
        return [name for name in known if name in (usual if self.disguises is None else self.disguises)]


class Scribe:
    """Writes events with an own stream of chance: what one scribe writes does not change what another does."""

    def __init__(self, stage: Stage, now_ms: int, random: Random) -> None:
        self._stage = stage
        self._now_ms = now_ms
        self._random = random
        self._common = {"room_id": stage.room.room_id, "show_id": stage.show_id}
        self.events: list[Arrival] = []

    def marker(self, at: int, action: str, fields: dict[str, Any]) -> None:
        self._write("live.shows", at, {"action": action, **fields})

    def join(self, visit: Visit) -> None:
        fields: dict[str, Any] = {"action": "join"}
        if self._random.random() < 0.94:
            fields["source"] = visit.source
        self._account("live.joins", visit.at, visit.account, fields)

    def leave(self, visit: Visit) -> None:
        if self._random.random() < laws.LEAVE_SEEN:
            self._account("live.joins", visit.until, visit.account, {"action": "leave"})

    def say(self, visit: Visit, at: int, text: str) -> None:
        fields: dict[str, Any] = {"text": text[:2_000]}
        if self._random.random() < 0.9:
            fields["badge"] = visit.level
        self._account("live.comments", at, visit.account, fields)

    def step(self, order: Order, at: int, status: str, only: int | None = None, **extra: Any) -> None:
        """A step of an order, one event a line; `only` is the index of the one line concerned."""
        room, shop = self._stage.room, self._stage.shop
        for i, line in enumerate(order.lines):
            if only is not None and i != only:
                continue
            fields: dict[str, Any] = {
                "order_id": order.order_id,
                "status": status,
                "sku": line.item.sku,
                "quantity": line.quantity,
                "amount_minor": line.amount_minor,
                "currency": shop.currency,
                "seller_id": room.seller_id,
                "pay_type": order.pay_type,
            }
            if room.sends_line_id:
                fields["line_id"] = line.line_id
            if room.sends_list_price:
                fields["list_price_minor"] = line.item.list_price_minor
            if room.sends_category:
                fields["category"] = room.category
            if line.item.unit_cost_minor is not None:
                fields["unit_cost_minor"] = line.item.unit_cost_minor
            if line.subsidy_minor:
                fields["subsidy_minor"] = line.subsidy_minor
                fields["subsidy_by"] = "platform" if line.by_platform else "seller"
            if order.coupon_id is not None:
                fields["coupon_id"] = order.coupon_id
            if line.item.bundle_id is not None:
                fields["bundle_id"] = line.item.bundle_id
            self._account("live.orders", at, order.account, fields | extra)

    def complain(self, account: Account, at: int, reason: str, **fields: Any) -> None:
        self._account(
            "live.complaints",
            at,
            account,
            {"complaint_id": fresh("complaint", self._random), "reason": reason, **fields},
        )

    def _account(self, topic: str, at: int, account: Account, fields: dict[str, Any]) -> None:
        value = {"account_id": account.account_id, **fields}
        random, now = self._random.random, self._now_ms
        for name, chance in laws.PRESENCE[topic]:
            if random() < chance:
                value[name] = account.field(name, now)
        self._write(topic, at, value)

    def _write(self, topic: str, at: int, fields: dict[str, Any]) -> None:
        if at > self._stage.horizon:
            return
        value = {"event_id": fresh("event", self._random), "ts": at, **self._common, **fields}
        self.events.append((at + delay(self._random), topic, value))


def delay(random: Random) -> int:
    """Milliseconds between an event and its arrival."""
    if random.random() < laws.DELAY_TAIL:
        return random.randint(300, laws.DELAY_MAX_MS)
    return min(laws.DELAY_MAX_MS, int(exp(random.gauss(log(laws.DELAY_MEDIAN_MS), laws.DELAY_SIGMA))))


class Show:
    """The stage with the people in it."""

    def __init__(self, stage: Stage, people: People, seed: str, now_ms: int) -> None:
        self.stage = stage
        self.people = people
        self.visits: list[Visit] = []  # the honest ones
        self.hired: list[Visit] = []  # those of plants
        self.sold: list[Sold] = []  # by honest visitors
        self.padding: list[tuple[int, int, int]] = []  # from, until, viewers that the counter shows and nobody is
        self.hiring = Hiring()
        self.crew: list[Account] = []  # who was hired for a scheme and does the next one too
        self._seed = seed
        self._now_ms = now_ms
        self._scribes: list[Scribe] = []
        self.chance = self.random("sets and gifts")

    def random(self, purpose: str) -> Random:
        """A stream of chance for one purpose: what is added for another leaves it as it is."""
        return Random(f"{self._seed}/{purpose}")

    def scribe(self, purpose: str) -> Scribe:
        scribe = Scribe(self.stage, self._now_ms, self.random(f"{purpose}/scribe"))
        self._scribes.append(scribe)
        return scribe

    def events(self) -> list[Arrival]:
        """All that was written, in order of arrival."""
        events = [event for scribe in self._scribes for event in scribe.events]
        for _, topic, value in events if self.stage.untold else ():
            if topic == "live.orders" and value["sku"] in self.stage.untold:
                value.pop("unit_cost_minor", None)
        return sorted(events, key=_by_arrival)


def _by_arrival(event: Arrival) -> tuple[int, str]:
    return event[0], event[2]["event_id"]


class Present:
    """Who is in the room at a time."""

    _SLOT_MS = 15 * laws.SECOND

    def __init__(self, visits: list[Visit], start: int, end: int) -> None:
        self._start = start
        self._slots: list[list[Visit]] = [[] for _ in range((end - start) // self._SLOT_MS + 2)]
        last = len(self._slots) - 1
        for visit in visits:
            first = max(0, (visit.at - start) // self._SLOT_MS)
            for slot in range(first, min(last, (visit.until - start) // self._SLOT_MS) + 1):
                self._slots[slot].append(visit)

    def at(self, at: int) -> list[Visit]:
        slot = min(max(0, (at - self._start) // self._SLOT_MS), len(self._slots) - 1)
        return [visit for visit in self._slots[slot] if visit.at <= at < visit.until]


def counter(visits: list[Visit]) -> Any:
    """A function from a time to the number of visitors present, for the counter that the audience sees."""
    starts = sorted(visit.at for visit in visits)
    ends = sorted(visit.until for visit in visits)
    return lambda at: bisect_right(starts, at) - bisect_right(ends, at)
