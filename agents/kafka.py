"""What every Kafka client here has in common: one place for its settings and its errors."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    IllegalStateError,
    KafkaError,
    UnknownMemberIdError,
)

from agents.errors import ClaquewatchError
from agents.settings import Settings

MIB: Final = 1024 * 1024
# A commit that took so long may have been repeated by the client (it sleeps that long before it repeats); the late
# original could end the next transaction. See DESIGN 3 and reference to Jepsen's report in ARCHITECTURE.
RETRY_BACKOFF_MS: Final = 1_000
# a partition lost in a rebalance cannot be committed any more: its new owner repeats the work, which is safe
LOST: Final = (CommitFailedError, IllegalGenerationError, IllegalStateError, UnknownMemberIdError)


def consumer(settings: Settings, *topics: str, group: str | None = None, **options: Any) -> AIOKafkaConsumer:
    """A consumer that reads committed records, commits nothing by itself and shares partition p of every topic."""
    defaults: dict[str, Any] = {
        "bootstrap_servers": settings.broker,
        "group_id": group,
        "enable_auto_commit": False,
        "isolation_level": "read_committed",
        "partition_assignment_strategy": (RangePartitionAssignor,),
        "session_timeout_ms": int(settings.session_s * 1000),
        "heartbeat_interval_ms": max(300, min(1_000, int(settings.session_s * 1000) // 6)),
        "rebalance_timeout_ms": 20_000,
        "fetch_max_wait_ms": 50,
        "fetch_max_bytes": 8 * MIB,
        "max_partition_fetch_bytes": 1 * MIB,
        "request_timeout_ms": 30_000,
        "metadata_max_age_ms": 10_000,  # a topic made just before the start may be missed at first
    }
    return AIOKafkaConsumer(*topics, **(defaults | options))


def producer(settings: Settings, **options: Any) -> AIOKafkaProducer:
    """An idempotent producer; with `transactional_id` one that fences its predecessor when it starts."""
    defaults: dict[str, Any] = {
        "bootstrap_servers": settings.broker,
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 2,
        "max_batch_size": 1 * MIB,
        "max_request_size": 8 * MIB,
    }
    return AIOKafkaProducer(**(defaults | options))


@contextlib.asynccontextmanager
async def admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client for as long as the block runs; raises Unreachable where no broker answers."""
    client = AIOKafkaAdminClient(bootstrap_servers=settings.broker, request_timeout_ms=15_000)
    try:
        try:
            await client.start()
        except KafkaError as error:
            raise Unreachable(settings.broker) from error
        yield client
    finally:
        await client.close()


class Unreachable(ClaquewatchError):
    """No broker answers."""

    def __init__(self, broker: str) -> None:
        super().__init__(f"no Kafka broker answers at {broker}: start one, or name another with CLAQUEWATCH_BROKER")


async def quietly(work: Awaitable[Any], seconds: float) -> None:
    """Wait for clean-up that may fail or hang; nothing depends on it."""
    with contextlib.suppress(Exception, asyncio.TimeoutError):
        await asyncio.wait_for(work, seconds)


class Tail:
    """Reads the last record of a partition, again and again."""

    def __init__(self, settings: Settings) -> None:
        self._client = consumer(settings, fetch_max_wait_ms=20, auto_offset_reset="latest")

    async def __aenter__(self) -> "Tail":
        await self._client.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await quietly(self._client.stop(), 5)

    async def end(self, tp: TopicPartition) -> int:
        """The offset after the last."""
        return int((await self._client.end_offsets([tp]))[tp])

    async def last(self, tp: TopicPartition) -> Any:
        """The last record, None where the partition is empty. Not for topics written in transactions."""
        records = await self.stretch(tp, 1)
        return records[-1] if records else None

    async def stretch(self, tp: TopicPartition, count: int) -> list[Any]:
        """The last so many records, fewer where there are not so many. Not for topics written in transactions."""
        self._client.assign([tp])
        end = (await self._client.end_offsets([tp]))[tp]
        position = max((await self._client.beginning_offsets([tp]))[tp], end - count)
        if position == end:
            return []
        self._client.seek(tp, position)
        records: list[Any] = []
        while not records or records[-1].offset < end - 1:
            records.append(await self._client.getone(tp))
        return records
