"""Records handed over as they were parsed are those that aiokafka's own consumer gives, whatever stands in a topic."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import TopicPartition
from cluster import Cluster

from agents import kafka
from agents.parsed import hand_over_parsed

pytestmark = pytest.mark.integration

TOPIC = "live.comments"


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path) as made:
        yield made


async def write(cluster: Cluster, names: list[str], ends: str = "", **options: Any) -> None:
    """Records of these values in one batch; `ends` of a transaction: commit or abort."""
    if ends:
        options["transactional_id"] = f"{cluster.settings.prefix}{names[0]}"
    async with kafka.producer(cluster.settings, **options) as producer:
        if ends:
            await producer.begin_transaction()
        batch = producer.create_batch()
        for name in names:
            batch.append(key=None if name.endswith("0") else b"r1", value=name.encode(), timestamp=None)
        batch.close()
        await (await producer.send_batch(batch, cluster.settings.named(TOPIC), partition=0))
        if ends == "commit":
            await producer.commit_transaction()
        if ends == "abort":
            await producer.abort_transaction()


async def read(cluster: Cluster, begin: int, parsed: bool, **options: Any) -> tuple[list[tuple[Any, ...]], list[int]]:
    """Every record from an offset on, and the positions after each fetch that gave some, and at the end.

    What is passed over in between (aborted records, markers) may come with its neighbours or by itself.
    """
    tp = TopicPartition(cluster.settings.named(TOPIC), 0)
    async with kafka.consumer(cluster.settings, auto_offset_reset="none", **options) as consumer:
        if parsed:
            hand_over_parsed(consumer)
        consumer.assign([tp])
        consumer.seek(tp, begin)
        [end] = (await consumer.end_offsets([tp])).values()
        found, positions = [], [begin]
        while positions[-1] < end:
            fetched = (await consumer.getmany(timeout_ms=100)).values()
            for records in fetched:
                found += [(r.offset, r.timestamp, r.timestamp_type, r.key, r.value) for r in records]
            if fetched or await consumer.position(tp) >= end:
                positions.append(await consumer.position(tp))
        return found, positions


def several(name: str, count: int = 20) -> list[str]:
    return [f"{name}{n}" for n in range(count)]


@pytest.mark.parametrize("isolation_level", ["read_committed", "read_uncommitted"])
async def test_the_same_records_and_positions_as_from_aiokafka_itself(cluster, isolation_level):
    await write(cluster, several("plain"))
    await write(cluster, several("aborted"), "abort")
    await write(cluster, several("committed"), "commit")
    await write(cluster, several("packed"), compression_type="gzip")
    await write(cluster, several("aborted-last"), "abort")

    for begin in (0, 7, 19, 20, 25, 41, 62, 70, 83):
        for fetched in ({}, {"max_partition_fetch_bytes": 200}):
            own = await read(cluster, begin, False, isolation_level=isolation_level, **fetched)
            assert await read(cluster, begin, True, isolation_level=isolation_level, **fetched) == own
    values = [value for *_, value in (await read(cluster, 0, True, isolation_level=isolation_level))[0]]
    assert (b"aborted3" in values) == (isolation_level == "read_uncommitted")
    assert values[:20] == [name.encode() for name in several("plain")]
