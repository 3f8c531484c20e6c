"""The burst job's orders and what must be found in them: an input of our own in the form of the common one.

2,000 rooms of very unequal size, 20 goods each, 5,000 orders a second of event time, up to 2 s out of order; one order
in twenty belongs to a planted burst, and one burst in five is of few accounts that order often, which is none.
The last orders of each partition close every pane of it.
"""

import bisect
import itertools
from collections.abc import Iterable, Iterator
from random import Random
from typing import Final, NamedTuple

from agents.player import partition_of

PARTITIONS: Final = 8
ROOMS: Final = 2_000
GOODS: Final = 20
ACCOUNTS: Final = 200_000
PER_S: Final = 5_000
BEGINS_AT_MS: Final = 1_760_000_000_000
PANE_MS: Final = 10_000
LATENESS_MS: Final = 5_000
MIN_ACCOUNTS: Final = 20


class Order(NamedTuple):
    """One order as it arrives."""

    arrival_ms: int  # after the beginning
    ts: int
    room_id: str
    sku: str
    account: int


class Burst(NamedTuple):
    """What is to be found: one good of one room in one pane."""

    room_id: str
    sku: str
    start: int
    accounts: int
    orders: int
    room_orders: int


def orders(count: int, seed: int = 7, begins_at_ms: int = BEGINS_AT_MS, per_s: int = PER_S) -> Iterator[Order]:
    """`count` orders by arrival, then those that close every pane."""
    random = Random(seed)
    span_ms = count * 1000 // per_s
    planted = list(_planted(random, count // 20, span_ms))
    shares = list(itertools.accumulate(1 / rank for rank in range(1, ROOMS + 1)))
    arrivals = [(random.randrange(span_ms), -1, 0, 0) for _ in range(count - len(planted))]
    for arrival_ms, room, sku, account in sorted(arrivals + planted):
        if room < 0:
            room = bisect.bisect(shares, random.random() * shares[-1])
            sku = min(int(random.expovariate(0.1625)), GOODS - 1)
            account = random.randrange(ACCOUNTS)
        late_ms = random.randrange(200 if random.random() < 0.8 else 2_000)
        ts = begins_at_ms + arrival_ms - late_ms
        yield Order(arrival_ms, ts, f"r-{room:04d}", f"r-{room:04d}-k{sku:02d}", account)
    yield from _closing(begins_at_ms, span_ms)


def line(number: int, order: Order) -> bytes:
    """An order as JSON."""
    _, ts, room, sku, account = order
    return (
        f'{{"event_id":"o-{number:010d}","ts":{ts},"room_id":"{room}","show_id":"{room}-s1",'
        f'"order_id":"ord-{number:010d}","account_id":"a-{account:06d}","status":"placed","sku":"{sku}","quantity":1,'
        f'"amount_minor":{1000 + number % 5000},"currency":"CNY","device_id":"d-{account * 7919 % 1000003:07d}"}}'
    ).encode()


def expected(found: Iterable[Order], pane_ms: int = PANE_MS) -> set[Burst]:
    """The reference: one plain loop; nothing is late by more than the lateness, so all that matters is the pane."""
    panes: dict[tuple[str, int], dict[str, list[int]]] = {}
    for order in found:
        panes.setdefault((order.room_id, order.ts // pane_ms * pane_ms), {}).setdefault(order.sku, []).append(
            order.account
        )
    bursts = set()
    for (room, start), goods in panes.items():
        total = sum(map(len, goods.values()))
        for sku, accounts in goods.items():
            if len(set(accounts)) >= MIN_ACCOUNTS and 2 * len(accounts) >= total:
                bursts.add(Burst(room, sku, start, len(set(accounts)), len(accounts), total))
    return bursts


def _planted(random: Random, left: int, span_ms: int) -> Iterator[tuple[int, int, int, int]]:
    while left > 0:
        size = min(left, random.randint(15, 60))
        room, sku, at = random.randrange(ROOMS), random.randrange(GOODS), random.randrange(max(1, span_ms - 3_000))
        accounts = random.sample(range(ACCOUNTS), size)
        if random.random() < 0.2:
            accounts = [random.choice(accounts[: max(1, size // 2)]) for _ in accounts]
        yield from ((at + random.randrange(3_000), room, sku, account) for account in accounts)
        left -= size


def _closing(begins_at_ms: int, span_ms: int) -> Iterator[Order]:
    """A last burst in each partition, and one order after it that closes its pane."""
    rooms: dict[int, str] = {}
    for number in itertools.count():
        rooms.setdefault(partition_of(f"closing-{number}", PARTITIONS), f"closing-{number}")
        if len(rooms) == PARTITIONS:
            break
    ts = (begins_at_ms + span_ms) // PANE_MS * PANE_MS + 3 * PANE_MS
    for room in rooms.values():
        yield from (Order(span_ms, ts, room, f"{room}-k00", account) for account in range(30))
    for room in rooms.values():
        yield Order(span_ms, ts + PANE_MS + LATENESS_MS, room, f"{room}-k01", 0)
