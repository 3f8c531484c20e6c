"""Two rooms of one partition in real time, one of which has a fast clock: its neighbour's events are not late."""

import asyncio
import itertools
import time
from typing import Any

import msgspec
from recorded import ToSend
from stage import Stage

from agents.player import partition_of

FAST_MS = 50_000  # an event more than 60 s ahead is refused
SECONDS = 12


async def with_a_fast_clock(stage: Stage) -> None:
    right, fast = _two_of_one_partition(stage.cluster.settings.partitions)
    for second in range(SECONDS):
        now_ms = int(time.time() * 1000)
        await stage.send_records([*_acts(right, now_ms, second, stage), *_acts(fast, now_ms + FAST_MS, second, stage)])
        await asyncio.sleep(1.0)


def _two_of_one_partition(partitions: int) -> tuple[str, str]:
    first = "right-clock"
    others = (f"fast-clock-{number}" for number in itertools.count())
    return first, next(one for one in others if partition_of(one, partitions) == partition_of(first, partitions))


def _acts(room_id: str, now_ms: int, second: int, stage: Stage) -> list[ToSend]:
    """A join, a comment and an order, so that time goes on with them."""
    common: dict[str, Any] = {
        "ts": now_ms,
        "room_id": room_id,
        "show_id": f"{room_id}-show",
        "account_id": f"a{second}",
    }
    order = {"order_id": f"o{second}", "status": "placed", "sku": "s", "quantity": 1, "currency": "EUR"}
    acts = {
        "live.joins": {"action": "join"},
        "live.comments": {"text": f"at {second} in {room_id}"},
        "live.orders": order | {"amount_minor": 1_000 + second},
    }
    partition = partition_of(room_id, stage.cluster.settings.partitions)
    made = []
    for topic, fields in acts.items():
        event_id = f"{room_id}-{topic}-{second}"
        value = msgspec.json.encode(common | fields | {"event_id": event_id})
        made.append(ToSend(topic, partition, room_id.encode(), value, event_id=event_id, ts=now_ms))
    return made
