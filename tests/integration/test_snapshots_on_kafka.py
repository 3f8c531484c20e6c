"""Snapshots in slices, rooms in parts and producers that are replaced, on a real broker.

The log and what is right are those of `test_table_on_kafka`.
"""

import signal
import sys
from pathlib import Path

import pytest
from cluster import Cluster, Worker, until
from late_link import LateLink
from test_table_on_kafka import (
    OUTPUTS,
    PARTITIONS,
    PURE,
    RIGHT,
    all_is_stepped,
    assert_alerts_are,
    assert_rooms_are,
    checkpoints,
    part,
)

from agents.saved import PART_KEY
from streams.topics import CHECKPOINTS

pytestmark = pytest.mark.integration

IN_SLICES = [sys.executable, str(Path(__file__).with_name("worker_in_slices.py"))]
INVALID_PRODUCER_EPOCH = 47


@pytest.fixture
async def cluster(broker, prefix, tmp_path):
    async with Cluster(broker.bootstrap, prefix, tmp_path, partitions=PARTITIONS) as made:
        yield made


def in_slices(cluster: Cluster, point: str = "nowhere", count: int = 1, **settings: object) -> Worker:
    return cluster.worker("detect", [*IN_SLICES, "SIGKILL", point, str(count)], session_s=1, **settings)


async def test_killed_between_slices_and_before_the_header_nothing_is_lost_or_made_twice(cluster):
    deaths = (("sliced", 1), ("heading", 2), ("sliced", 7), ("sending", 20), ("heading", 1))
    for n, (point, count) in enumerate(deaths):
        await cluster.write_log(part(n / 5, (n + 1) / 5))
        worker = in_slices(cluster, point, count, snapshot_s=0.1)
        assert await worker.ended() == -signal.SIGKILL, worker.said()

    last = in_slices(cluster)
    await all_is_stepped(cluster)
    assert await last.stop() == 0

    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)
    assert await checkpoints(cluster) == {(o.id, o.value()) for o in OUTPUTS if o.topic == CHECKPOINTS}


async def test_rooms_in_parts_are_taken_over_and_parts_no_longer_used_are_gone(cluster):
    changelog = f"{cluster.settings.app_id}-rooms-changelog".removeprefix(cluster.settings.prefix)
    await cluster.write_log(part(0, 0.6))
    first = in_slices(cluster)
    await all_is_stepped(cluster)
    assert await first.stop() == 0
    assert max(max(table.parts.values(), default=1) for table in (await cluster.table()).values()) > 3

    await cluster.write_log(part(0.6, 1))
    second = in_slices(cluster)
    await all_is_stepped(cluster)
    assert await second.stop() == 0

    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)
    newest = {(record.partition, record.key): record.value for record in await cluster.read(changelog)}
    parts = [table.parts for table in (await cluster.table()).values()]
    in_use = sum(count - 1 for some in parts for count in some.values())
    assert sum(key.startswith(PART_KEY) and value is not None for (_, key), value in newest.items()) == in_use


async def test_a_commit_that_comes_late_ends_its_producer_and_no_other_transaction(cluster):
    async with LateLink(cluster.settings.broker) as link:
        worker = cluster.worker("detect", broker=link.bootstrap, snapshot_s=0.3)
        await worker.ready()
        codes = []
        for n in range(4):
            before = await worker.metric("claquewatch_producers_replaced_total")
            link.to_hold = 1
            await cluster.write_log(part(n / 4, (n + 1) / 4))

            async def replaced(before: float = before) -> bool:
                assert worker.process.poll() is None, worker.said()
                return await worker.metric("claquewatch_producers_replaced_total") > before

            await until(replaced)
            codes += await link.release()
        await all_is_stepped(cluster)
        assert await worker.stop() == 0

    assert codes == [INVALID_PRODUCER_EPOCH] * 4
    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)
    assert await checkpoints(cluster) == {(o.id, o.value()) for o in OUTPUTS if o.topic == CHECKPOINTS}


async def test_a_transaction_that_was_never_ended_is_written_again_by_another_producer(cluster):
    async with LateLink(cluster.settings.broker) as link:
        worker = cluster.worker("detect", broker=link.bootstrap)
        await worker.ready()
        link.to_hold = 1_000  # repeats, too
        await cluster.write_log(part(0, 1))
        await worker.has_said("a new producer")
        link.to_hold = 0
        await all_is_stepped(cluster)
        assert await worker.metric("claquewatch_producers_replaced_total") >= 1
        assert await worker.stop() == 0

    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)
