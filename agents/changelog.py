"""Reads a partition of the table's changelog, as much of it as is committed."""

import time
from collections.abc import Callable, Collection
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents import kafka
from agents.errors import ClaquewatchError
from agents.settings import Settings
from streams.topics import MIB

STUCK_S: Final = 60.0  # a read that does not advance for so long will not


class CannotLoad(ClaquewatchError):
    """A partition of the table cannot be taken over; the message says why."""


async def read(
    settings: Settings,
    tp: TopicPartition,
    begin: int = 0,
    keys: Collection[bytes] | None = None,
    moved: Callable[[], object] | None = None,
) -> dict[bytes, bytes]:
    """The newest committed value of every key (or of `keys`), from `begin` to the end that an uncommitted reader sees.

    (The last stable offset would hide what lies above a transaction that hangs.) `moved` is called whenever it gets on.
    """
    table: dict[bytes, bytes] = {}
    async with reader(settings, "read_uncommitted") as anyone:
        end = (await anyone.end_offsets([tp]))[tp]
    async with reader(settings, "read_committed") as client:
        client.assign([tp])
        if begin:
            client.seek(tp, begin)
        else:
            await client.seek_to_beginning(tp)
        position, moved_at = -1, time.monotonic()
        while (now := await client.position(tp)) < end:
            if now != position:
                position, moved_at = now, time.monotonic()
                if moved is not None:
                    moved()
            elif time.monotonic() - moved_at > STUCK_S:
                raise CannotLoad(
                    f"reading {tp.topic}/{tp.partition} stands at {position} of {end}: "
                    "its log was cut, or a transaction in it never ended"
                )
            for record in (await client.getmany(tp, timeout_ms=100)).get(tp, ()):
                if keys is not None and record.key not in keys:
                    continue
                if record.value is None:
                    table.pop(record.key, None)
                else:
                    table[record.key] = record.value
    return table


class reader:
    """A consumer without a group, for as long as the block runs."""

    def __init__(self, settings: Settings, isolation: str) -> None:
        self._client: AIOKafkaConsumer = kafka.consumer(
            settings,
            isolation_level=isolation,
            fetch_max_wait_ms=20,
            max_partition_fetch_bytes=8 * MIB,
            auto_offset_reset="earliest",
        )

    async def __aenter__(self) -> AIOKafkaConsumer:
        await self._client.start()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await kafka.quietly(self._client.stop(), 5)
