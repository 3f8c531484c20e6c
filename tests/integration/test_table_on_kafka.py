"""The table on a real broker: whoever dies, freezes or comes and goes, what stands at the end is what the log says.

Workers run `--only detect` over a log that the tests write; the same log stepped here, in memory, says what is right.
"""

import json
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from cluster import Cluster, Worker, until
from doubles import DOUBLES
from evenings import DAY_MS, evening, log_of, told
from logs import LogWriter, alerts, bodies, comment, only, play
from logs import evening as small_evening

from agents.version import code
from streams.alerts import Alert
from streams.log import Record
from streams.partition import Output, Partition, decode_checkpoint
from streams.topics import CHECKPOINTS, FAILED

pytestmark = pytest.mark.integration

PARTITIONS = 2
DYING = [sys.executable, str(Path(__file__).with_name("worker_that_dies.py"))]
WITH_DOUBLES = [sys.executable, str(Path(__file__).with_name("worker_with_doubles.py"))]
LOG = log_of(evening(3).events, PARTITIONS)


def stepped(logs: dict[int, list[Record]] = LOG, **options: object) -> tuple[dict[int, Partition], list[Output]]:
    """What is right: the log stepped in memory."""
    partitions = {n: Partition(code=code(), checkpoints=True, **options) for n in logs}  # type: ignore[arg-type]
    return partitions, [output for n, log in logs.items() for output in play(partitions[n], log)]


PURE, OUTPUTS = stepped()
RIGHT = alerts(OUTPUTS)


def part(begin: float, end: float, logs: dict[int, list[Record]] = LOG) -> dict[int, list[Record]]:
    """A stretch of every partition of the log, as shares of its length."""
    return {n: log[int(len(log) * begin) : int(len(log) * end)] for n, log in logs.items()}


def dying(cluster: Cluster, point: str, count: int, how: str = "SIGKILL", **settings: object) -> Worker:
    return cluster.worker("detect", [*DYING, how, point, str(count)], **settings)


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path, partitions=PARTITIONS) as made:
        yield made


async def all_is_stepped(cluster: Cluster) -> None:
    """Until the table includes every record of the log that there is."""

    async def saved() -> bool:
        ends = {n: len(log) - 1 for n, log in (await cluster.log()).items()}
        return {n: saved.header and saved.header.offset for n, saved in (await cluster.table()).items()} == ends

    await until(saved, every_s=0.2)


async def assert_alerts_are(cluster: Cluster, right: Iterable[Alert]) -> None:
    found = await cluster.alerts()
    assert len(found) == len({alert.alert_id for alert in found}), "an alert twice"
    assert sorted(told(found)) == sorted(told(right))


async def assert_rooms_are(cluster: Cluster, right: dict[int, Partition]) -> None:
    """Every room as it was saved is the room as it was stepped in memory, byte by byte."""
    for number, saved in (await cluster.table()).items():
        pure = right[number]
        assert saved.header == pure.header()
        rooms = {name: room.encode() for name, room in pure.rooms.items() if not _is_dropped(pure, name)}
        assert {name: state for name, (_, state) in saved.rooms.items()} == rooms


def _is_dropped(partition: Partition, room_id: str) -> bool:
    return partition.rooms[room_id].is_empty(partition.reader.watermark, partition.rules)


# -- who dies ---------------------------------------------------------------------------------------------------------


async def test_killed_in_the_middle_of_transactions_the_alerts_are_those_of_the_log_each_once(cluster):
    # the last one has sent alerts that no snapshot includes: they are made again, and must not be sent again
    deaths = (("sending", 3, 0.1), ("committing", 2, 0.1), ("sending", 9, 0.1), ("alerted", 1, 600))
    for n, (point, count, snapshot_s) in enumerate(deaths):
        await cluster.write_log(part(n / 4, (n + 1) / 4))
        worker = dying(cluster, point, count, session_s=1, snapshot_s=snapshot_s)
        assert await worker.ended() == -signal.SIGKILL, worker.said()

    last = cluster.worker("detect", session_s=1)
    await all_is_stepped(cluster)
    assert await last.stop() == 0

    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)
    assert await checkpoints(cluster) == {(o.id, o.value()) for o in OUTPUTS if o.topic == CHECKPOINTS}


async def test_one_joins_one_leaves_one_is_killed_and_nothing_is_lost_or_made_twice(cluster):
    await cluster.write_log(part(0, 0.3))
    first = cluster.worker("detect")
    await all_is_stepped(cluster)
    second = cluster.worker("detect")
    await cluster.write_log(part(0.3, 0.5))
    await owns(second, 1)
    await cluster.write_log(part(0.5, 0.7))
    assert await first.stop() == 0
    await owns(second, 2)
    third = cluster.worker("detect")
    await owns(third, 1)
    await cluster.write_log(part(0.7, 0.9))
    second.kill()
    await cluster.write_log(part(0.9, 1))
    await all_is_stepped(cluster)
    assert await third.stop() == 0

    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)


async def owns(worker: Worker, count: int) -> None:
    """Until the worker has loaded so many partitions, and no more."""

    async def loaded() -> bool:
        assert worker.process.poll() is None, worker.said()
        tables = [line for line in worker.lines() if line["event"] == "table loaded"]
        return bool(tables) and len(tables[-1]["partitions"]) == count

    await until(loaded)


@pytest.mark.parametrize(("point", "count"), [("beginning", 1), ("committing", 3)])
async def test_one_that_was_frozen_at_a_transaction_and_wakes_cannot_write_it_any_more(cluster, point, count):
    await cluster.write_log(part(0, 0.6))
    frozen = dying(cluster, point, count, "SIGSTOP", session_s=3)
    await until(frozen.is_frozen)
    other = cluster.worker("detect", session_s=3)
    await owns(other, 2)
    await cluster.write_log(part(0.6, 0.8))
    await all_is_stepped(cluster)
    frozen.send(signal.SIGCONT)
    await cluster.write_log(part(0.8, 1))
    await until(lambda: has_ended_or_shares(frozen, other))
    await all_is_stepped(cluster)
    other.kill()
    frozen.kill()

    await assert_alerts_are(cluster, RIGHT)
    await assert_rooms_are(cluster, PURE)
    assert await checkpoints(cluster) == {(o.id, o.value()) for o in OUTPUTS if o.topic == CHECKPOINTS}


async def has_ended_or_shares(frozen: Worker, other: Worker) -> bool:
    """Whether the woken one has ended, or is a member again that owns what the group says."""
    if frozen.process.poll() is not None:
        return True
    loaded = [
        [line["partitions"] for line in worker.lines() if line["event"] == "table loaded"] for worker in (frozen, other)
    ]
    return len(loaded[0]) > 1 and sorted(loaded[0][-1] + loaded[1][-1]) == [0, 1]


# -- checkpoints ------------------------------------------------------------------------------------------------------


async def checkpoints(cluster: Cluster) -> set[tuple[str, bytes]]:
    found = [record.value for record in await cluster.read(CHECKPOINTS)]
    made = [(f"k_{c.room_id}\0{c.show_id}", value) for value in found for c in [decode_checkpoint(value)]]
    assert len(made) == len(set(made))
    return set(made)


async def test_from_its_checkpoint_a_show_is_replayed_exactly(cluster):
    await cluster.write_log(LOG)
    worker = cluster.worker("detect")
    await all_is_stepped(cluster)
    await worker.stop()
    shows = {(value["room_id"], value["show_id"]) for _, _, value in evening(3).events}

    records = await cluster.read(CHECKPOINTS)

    found = {(c.room_id, c.show_id): (r.partition, c) for r in records for c in [decode_checkpoint(r.value)]}
    assert len(records) == len(found)
    assert set(found) == shows
    for (room_id, show_id), (number, checkpoint) in found.items():
        partition = Partition(code=code())
        state = {room_id: (checkpoint.header.offset, checkpoint.room)} if checkpoint.room is not None else {}
        partition.restore(checkpoint.header, state)
        begin = checkpoint.header.offset + 1
        replayed = alerts(play(partition, [only(record, {room_id}) for record in LOG[number][begin:]], begin))
        assert told(a for a in replayed if a.show_id == show_id) == told(a for a in RIGHT if a.show_id == show_id)


# -- a planned stop, and detectors that raise -------------------------------------------------------------------------


async def test_after_a_planned_stop_nothing_is_stepped_again(cluster):
    await cluster.write_log(LOG)
    worker = cluster.worker("detect", snapshot_s=600)  # so that all that is saved is saved by the stop
    await worker.ready()
    await until(lambda: is_at_the_end(worker))
    assert await worker.stop() == 0

    for number, saved in (await cluster.table()).items():
        assert saved.header is not None
        assert saved.header.offset == len(LOG[number]) - 1
    await assert_rooms_are(cluster, PURE)
    again = cluster.worker("detect")
    await again.ready()
    await until(lambda: is_at_the_end(again))
    assert await again.metric("claquewatch_panes_judged_total") == 0
    await assert_alerts_are(cluster, RIGHT)


async def is_at_the_end(worker: Worker) -> bool:
    """Whether it has stepped to the time at which the log ends."""
    ends = {str(n): log[-1].watermark / 1000 for n, log in LOG.items()}
    at = {n: await worker.metric("claquewatch_watermark_timestamp_seconds", partition=n) for n in ends}
    return at == ends


async def test_an_event_on_which_a_detector_raises_is_filed_and_the_others_go_on(cluster):
    events = small_evening(4, events=400, seconds=200)
    writer = LogWriter().write(events).write([comment(201, "judge", show_id="s00", room_id="r0")], upto=DAY_MS / 1000)
    logs = {0: writer.records, 1: []}
    _, outputs = stepped(logs, detectors=DOUBLES)
    await cluster.write_log(logs)

    worker = cluster.worker("detect", WITH_DOUBLES)
    failed = bodies(outputs, FAILED)
    await cluster.has_alerts(len(alerts(outputs)))
    await until(lambda: has_failed(cluster, len(failed)))
    assert await worker.stop() == 0

    records = [json.loads(record.value) for record in await cluster.read(FAILED)]
    assert len(failed) > 1
    assert sorted(map(str, records)) == sorted(map(str, failed))
    assert {record["code"] for record in records} == {code()}
    await assert_alerts_are(cluster, alerts(outputs))


async def has_failed(cluster: Cluster, count: int) -> bool:
    return len(await cluster.read(FAILED)) >= count
