"""Plays a simulated evening into the input topics, at true pace or faster."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import xxhash

from agents import kafka
from agents.settings import Settings

STEP_S = 0.05  # how fine the pace is

Step = tuple[float, str, dict[str, Any]]  # ms after the start, topic, value


def partition_of(room_id: str, partitions: int) -> int:
    """Any partitioner will do, as long as it is the same for all topics."""
    return int(xxhash.xxh3_64_intdigest(room_id.encode()) % partitions)


async def play(
    settings: Settings,
    steps: Iterable[Step],
    *,
    paced: bool = True,
    sent: Callable[[str], None] = lambda _: None,
    stop: asyncio.Event | None = None,
) -> int:
    """Send each event when its time has come (or as fast as it goes); -> how many. `stop` ends it early."""
    producer = kafka.producer(settings, linger_ms=10)
    await producer.start()
    count, started = 0, time.monotonic()
    try:
        for at_ms, topic, value in steps:
            if stop is not None and stop.is_set():
                break
            if paced:
                ahead = at_ms / 1000 - (time.monotonic() - started)
                if ahead > STEP_S:
                    await _sleep(ahead, stop)
            room_id = value["room_id"]
            await producer.send(
                settings.named(topic),
                msgspec.json.encode(value),
                key=room_id.encode(),
                partition=partition_of(room_id, settings.partitions),
            )
            count += 1
            sent(topic)
            if count % 500 == 0:
                await asyncio.sleep(0)
        await producer.flush()
    finally:
        await kafka.quietly(producer.stop(), 5)
    return count


async def _sleep(seconds: float, stop: asyncio.Event | None) -> None:
    if stop is None:
        await asyncio.sleep(seconds)
        return
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
