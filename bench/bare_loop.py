"""The yardstick, `python -m bench.bare_loop COUNT`: read, decode, one dict update; keeps no promise at all.

Prints {"cpu_s", "took_s"} of reading COUNT orders.
"""

import asyncio
import json
import sys
import time

import msgspec
from aiokafka import TopicPartition

from agents import kafka
from agents.settings import Settings, load
from bench.orders import PANE_MS


class Order(msgspec.Struct, gc=False):
    """As much of an order as the job needs."""

    ts: int
    room_id: str
    sku: str
    account_id: str


async def run(settings: Settings, count: int) -> dict[str, float]:
    tps = [TopicPartition(settings.named("live.orders"), number) for number in range(settings.partitions)]
    consumer = kafka.consumer(settings, auto_offset_reset="earliest")
    consumer.assign(tps)
    await consumer.start()
    decode = msgspec.json.Decoder(Order).decode
    seen: dict[tuple[str, str, int], int] = {}
    left, cpu_s, began_s = count, time.process_time(), time.perf_counter()
    while left > 0:
        for records in (await consumer.getmany(timeout_ms=100)).values():
            left -= len(records)
            for record in records:
                order = decode(record.value)
                key = order.room_id, order.sku, order.ts // PANE_MS
                seen[key] = seen.get(key, 0) + 1
    measured = {"cpu_s": time.process_time() - cpu_s, "took_s": time.perf_counter() - began_s}
    await consumer.stop()
    return measured


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(load(), int(sys.argv[1])))))
