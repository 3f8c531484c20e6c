"""Latency of alerts at the pace of life: what is played, and how long each alert took to be readable."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from agents import kafka
from agents.player import partition_of
from bench.deployment import Deployment
from bench.orders import Order, line, orders

ORDERS_PER_S: Final = 8_000
OTHERS_PER_S: Final = 2_000  # of joins, and of comments, while they flow: half of the time
PHASE_S: Final = 15
TRICKLE_MS: Final = 3_000  # an input that is quiet and not quiet in turn
ROOMS: Final = 2_000


class Sent(NamedTuple):
    """One event at the time at which it arrives, ms after the beginning; `order` where it is one."""

    arrival_ms: int
    topic: str
    room_id: str
    value: bytes
    order: Order | None = None


def traffic(seconds: int, begins_at_ms: int) -> Iterator[Sent]:
    """10,000 events a second: orders all the while; joins and comments flow, trickle and fall silent in turn."""
    made = orders(ORDERS_PER_S * seconds, begins_at_ms=begins_at_ms, per_s=ORDERS_PER_S)
    lasting = (order for order in made if not order.room_id.startswith("closing"))  # those are ahead of their time
    played = (
        Sent(order.arrival_ms, "live.orders", order.room_id, line(number, order), order)
        for number, order in enumerate(lasting)
    )
    others = sorted(itertools.chain(_others("joins", 0, seconds), _others("comments", 1, seconds)))
    beside = (_event(kind, number, at_ms, begins_at_ms) for number, (at_ms, kind) in enumerate(others))
    return _merged(played, beside)


def _others(kind: str, shifted: int, seconds: int) -> Iterator[tuple[int, str]]:
    """When joins (or comments) arrive: of four phases two in which they flow, one of a trickle, one of silence."""
    for phase in range(seconds // PHASE_S):
        begins_ms = phase * PHASE_S * 1_000
        way = (phase + shifted) % 4
        step_ms = {0: 1_000 / OTHERS_PER_S, 1: 1_000 / OTHERS_PER_S, 2: TRICKLE_MS}.get(way)
        if step_ms is not None:
            yield from ((begins_ms + int(n * step_ms), kind) for n in range(int(PHASE_S * 1_000 / step_ms)))


def _event(kind: str, number: int, at_ms: int, begins_at_ms: int) -> Sent:
    room = f"r-{number * 31 % ROOMS:04d}"
    said = '"action":"join"' if kind == "joins" else f'"text":"line {number}"'
    value = (
        f'{{"event_id":"{kind[0]}-{number:010d}","ts":{begins_at_ms + at_ms},"room_id":"{room}",'
        f'"show_id":"{room}-s1","account_id":"a-{number % 200_000:06d}",{said}}}'
    )
    return Sent(at_ms, f"live.{kind}", room, value.encode())


def _merged(first: Iterator[Sent], second: Iterator[Sent]) -> Iterator[Sent]:
    """Both by arrival. `heapq.merge` costs as much again as sending."""
    waiting = next(second, None)
    for sent in first:
        while waiting is not None and waiting.arrival_ms <= sent.arrival_ms:
            yield waiting
            waiting = next(second, None)
        yield sent


async def play(
    deployment: Deployment, traffic: Iterable[Sent], begins_ms: int, told: Callable[[Order], object] = id
) -> float:
    """Send what arrives when it arrives -> by how much the player fell behind at worst, s."""
    settings, behind_ms = deployment.settings, 0.0
    topics = {f"live.{kind}": settings.named(f"live.{kind}") for kind in ("orders", "joins", "comments")}
    now_ms = time.time() * 1_000 - begins_ms
    async with kafka.producer(settings, linger_ms=5) as producer:
        for sent in traffic:
            while sent.arrival_ms > now_ms:
                await asyncio.sleep(0.01)
                now_ms = time.time() * 1_000 - begins_ms
            behind_ms = max(behind_ms, now_ms - sent.arrival_ms)
            at = partition_of(sent.room_id, settings.partitions)
            if sent.order is not None:
                told(sent.order)
            await producer.send(topics[sent.topic], sent.value, key=sent.room_id.encode(), partition=at)
    return behind_ms / 1_000
