"""ingest on a real broker: what is bad is filed and the rest goes on, time moves as it should, nothing is lost."""

import asyncio
import base64
import hashlib
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete
from cluster import Cluster, Worker, events_of, until
from evenings import evening
from logs import comment, join, order

import worlds
from agents import kafka
from agents.local.broker import Broker
from streams.events import MAX_EVENT_BYTES
from streams.log import LogReader, Record
from streams.partition import Partition
from streams.rejects import Refusal
from streams.sources import APART_MS
from streams.topics import REJECTED

pytestmark = pytest.mark.integration

DYING = [sys.executable, str(Path(__file__).with_name("worker_that_dies.py"))]


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path, quiet_s=0.5) as made:
        yield made


def now(event: Any, ago_s: float = 0.0) -> Any:
    """The event as if it happened now, or a moment ago."""
    return msgspec.structs.replace(event, ts=int((time.time() - ago_s) * 1000))


# -- what is bad ------------------------------------------------------------------------------------------------------


async def test_bad_records_are_filed_with_their_reason_and_the_good_beside_them_pass(cluster):
    good = [now(comment(n, event_id=f"e{n}", room_id="r1")) for n in range(3)]
    number = cluster.partition_of("r1")
    key = b"r1"
    bad = {
        "not_json": (key, b'{"event_id": NaN}'),
        "missing_field": (key, msgspec.json.encode({**msgspec.to_builtins(good[0]), "text": None})),
        "wrong_type": (key, msgspec.json.encode({**msgspec.to_builtins(good[0]), "text": 5})),
        "bad_value": (key, msgspec.json.encode({**msgspec.to_builtins(good[0]), "ts": good[0].ts // 1000})),
        "too_large": (key, b'{"pad": "' + b"x" * (2 * MAX_EVENT_BYTES) + b'"}'),
        "future": (key, msgspec.json.encode(now(good[0], ago_s=-120))),
        "wrong_partition": (b"r2", msgspec.json.encode(good[0])),
    }
    spread = msgspec.json.format(msgspec.json.encode(good[2]), indent=2)
    records = [(key, msgspec.json.encode(good[0])), *bad.values(), (key, msgspec.json.encode(good[1])), (key, spread)]
    await cluster.send_raw("live.comments", records, number)

    worker = cluster.worker("ingest")
    logs = await cluster.has_events(3)
    filed = await until(lambda: all_filed(cluster, len(bad)))

    assert events_of(logs[number]) == good
    assert [record.offsets for record in logs[number] if record.source == "live.comments"] == [(0, 8, 9)]
    assert logs[number][0].value.count(b"\n") == 2
    for offset, (reason, (_, original)) in enumerate(bad.items(), 1):
        body = json.loads(filed[f"live.comments/{number}/{offset}"])
        assert body["detail"]
        assert {name: value for name, value in body.items() if name != "detail"} == {
            "topic": "live.comments",
            "partition": number,
            "offset": offset,
            "reason": reason,
            "size": len(original),
            "sha256": hashlib.sha256(original).hexdigest(),
            "original": base64.b64encode(original[:MAX_EVENT_BYTES]).decode(),
        }
    assert await worker.metric("claquewatch_events_total", topic="live.comments", outcome="accepted") == 3
    assert await worker.metric("claquewatch_events_total", topic="live.comments", outcome="rejected") == len(bad)
    assert await worker.metric("claquewatch_rejected_total", reason="too_large") == 1


async def all_filed(cluster: Cluster, count: int) -> dict[str, bytes] | None:
    found = {record.key.decode(): record.value for record in await cluster.read(REJECTED)}
    return found if len(found) == count else None


async def test_a_flood_is_filed_as_sums_and_the_good_beside_it_pass(cluster):
    number = cluster.partition_of("r1")
    count = 20_000
    good = [now(comment(n, event_id=f"e{n}", room_id="r1")) for n in range(20)]
    flood = [(b"r1", b"garbage %d" % n) for n in range(count)]
    for n, event in enumerate(good):
        flood.insert(n * 1_000, (b"r1", msgspec.json.encode(event)))
    worker = await cluster.worker("ingest").ready()
    await cluster.send_raw("live.comments", flood, number)
    await cluster.send(joins("j", 5))

    logs = await cluster.has_events(25)
    filed = await until(lambda: all_summed(cluster, count), 30, 0.5)

    assert sorted(ids(logs[number], "live.comments")) == sorted(event.event_id for event in good)
    assert len(ids(logs[number], "live.joins")) == 5
    summaries = [body for body in filed.values() if body.reason == "flood"]
    assert len(filed) < 300
    assert all(key == body.key.decode() for key, body in filed.items())
    assert all(base64.b64decode(body.original).startswith(b"garbage ") for body in filed.values())
    assert max(body.last_offset or 0 for body in summaries) == count + 19
    assert await worker.metric("claquewatch_events_total", topic="live.comments", outcome="rejected") == count
    assert await worker.metric("claquewatch_rejected_total", reason="not_json") == count
    assert await worker.metric("claquewatch_rejected_total", reason="flood") == len(summaries)


async def test_a_flood_that_is_killed_in_the_middle_is_filed_again_and_nothing_of_it_is_missing(cluster):
    number = cluster.partition_of("r1")
    count = 5_000
    worker = await cluster.worker("ingest").ready()
    await cluster.send_raw("live.comments", [(b"r1", b"garbage %d" % n) for n in range(count)], number)
    await until(lambda: cluster.read(REJECTED))
    worker.kill()
    await cluster.send(joins("j", 5))

    cluster.worker("ingest")
    await cluster.has_events(5)

    async def covered() -> bool:
        bodies = [msgspec.json.decode(record.value, type=Refusal) for record in await cluster.read(REJECTED)]
        found: set[int] = set()
        for body in bodies:
            found.update(range(body.offset, (body.last_offset or body.offset) + 1))
        return found == set(range(count))

    await until(covered, 30, 0.5)


async def all_summed(cluster: Cluster, count: int) -> dict[str, Refusal] | None:
    records = await cluster.read(REJECTED)
    bodies = {record.key.decode(): msgspec.json.decode(record.value, type=Refusal) for record in records}
    return bodies if sum(body.count for body in bodies.values()) == count else None


# -- time -------------------------------------------------------------------------------------------------------------


async def test_a_quiet_input_does_not_hold_time_and_without_events_it_goes_on_by_ticks(cluster):
    worker = await cluster.worker("ingest").ready()
    number = cluster.partition_of("r1")
    newest = now(join(0, room_id="r1"))
    await cluster.send([now(comment(0, room_id="r1"), 60), newest])  # no order at all, no comment for a minute

    async def passed() -> list[Record] | None:
        log = (await cluster.log())[number]
        return log if log and log[-1].watermark > newest.ts + 500 else None

    log = await until(passed, 20, 0.1)
    assert all(before.watermark <= after.watermark for before, after in pairwise(log))
    assert [record.kind for record in log[-2:]] == ["tick", "tick"]
    assert worker.process.poll() is None


async def test_what_lay_there_before_the_start_is_merged_without_one_late_event(cluster):
    moved = worlds.ending_at(evening(3), int(time.time() * 1000))
    await cluster.send((topic, value) for _, topic, value in moved.events)
    for point, count in (("logging", 6), ("acknowledging", 1), ("logging", 12), ("acknowledging", 1)):
        worker = cluster.worker("ingest", [*DYING, "SIGKILL", point, str(count)], session_s=1)
        assert await worker.ended() == -signal.SIGKILL, worker.said()

    cluster.worker("ingest", session_s=1)
    logs = await cluster.has_events(len(moved.events))

    sent = sorted(value["event_id"] for _, _, value in moved.events)
    read = sorted(event.event_id for log in logs.values() for event in events_of(log))
    assert read == sent
    for log in logs.values():
        partition = Partition()
        for offset, record in enumerate(log):
            partition.step(offset, record)
        counts = partition.take_counts()
        assert (counts.late, counts.holes, counts.unreadable) == (0, 0, 0)
        assert counts.repeated > 0


# -- inputs that do not fit -------------------------------------------------------------------------------------------


async def ends_with(worker: Worker) -> str:
    assert await worker.ended() == 1, worker.said()
    assert "Traceback" not in worker.said()
    return worker.sentence()


async def test_missing_topics_are_a_sentence_at_the_start(broker, prefix, tmp_path):
    worker = Cluster(broker.bootstrap, prefix, tmp_path).worker("ingest")

    said = await ends_with(worker)

    assert f"lacks {prefix}live.joins, " in said
    assert said.endswith("run `claquewatch topics --create`")


async def test_unequal_partitions_are_a_sentence_at_the_start(cluster, prefix):
    await remake(cluster, "live.orders", partitions=3)

    said = await ends_with(cluster.worker("ingest"))

    assert f"all topics need 2 partitions (CLAQUEWATCH_PARTITIONS), but there are: {prefix}live.orders 3;" in said


async def remake(cluster: Cluster, topic: str, partitions: int = 2) -> None:
    """The topic is deleted and made anew."""
    name = cluster.settings.named(topic)
    async with kafka.admin(cluster.settings) as admin:
        await admin.delete_topics([name])

        async def gone() -> bool:
            return name not in await admin.list_topics()

        await until(gone)

        async def made() -> bool:
            response = await admin.create_topics([NewTopic(name, partitions, 1)])
            return response.topic_errors[0][1] == 0

        await until(made)


async def trim(cluster: Cluster, topic: str, number: int, before: int) -> None:
    """What lies before this offset is deleted."""
    tp = TopicPartition(cluster.settings.named(topic), number)
    async with kafka.admin(cluster.settings) as admin:
        await admin.delete_records({tp: RecordsToDelete(before)})


def orders(name: str, count: int) -> list[Any]:
    return [now(order(n, f"a{n}", room_id="r1", event_id=f"{name}{n}")) for n in range(count)]


def joins(name: str, count: int) -> list[Any]:
    return [now(join(n, f"a{n}", room_id="r1", event_id=f"{name}{n}")) for n in range(count)]


def ids(log: list[Record], topic: str) -> list[str]:
    return [event.event_id for event in events_of(log) if topic == event.TOPIC]


def resets(log: list[Record]) -> list[tuple[str, int]]:
    return [(record.source, record.first) for record in log if record.kind == "reset"]


async def after_five_orders_and_three_joins(cluster: Cluster) -> Worker:
    """An ingest that has written all of them."""
    worker = cluster.worker("ingest")
    await cluster.send([*orders("a", 5), *joins("j", 3)])
    await cluster.has_events(8)
    return worker


def named(name: str, count: int, first: int = 0) -> list[str]:
    return [f"{name}{n}" for n in range(first, count)]


@pytest.mark.parametrize("running", [False, True], ids=["while ingest is down", "while ingest runs"])
async def test_an_input_that_is_made_anew_goes_on_after_a_reset(cluster, running):
    number = cluster.partition_of("r1")
    worker = await after_five_orders_and_three_joins(cluster)
    if not running:
        assert await worker.stop() == 0
    await remake(cluster, "live.orders")
    await cluster.send([*orders("b", 2), *joins("k", 3)])
    if not running:
        worker = cluster.worker("ingest")

    log = (await cluster.has_events(13))[number]

    assert ids(log, "live.orders") == named("a", 5) + named("b", 2)
    assert ids(log, "live.joins") == named("j", 3) + named("k", 3)
    assert resets(log) == [("live.orders", 0)]
    assert await worker.metric("claquewatch_resets_total", topic="live.orders") >= 1
    assert await worker.stop() == 0  # it never ended by itself

    cluster.worker("ingest")
    await cluster.send(orders("c", 1))
    log = (await cluster.has_events(14))[number]
    assert resets(log) == [("live.orders", 0)]
    assert ids(log, "live.orders") == named("a", 5) + named("b", 2) + named("c", 1)


async def test_an_input_that_is_trimmed_while_ingest_is_down_goes_on_after_a_reset(cluster):
    number = cluster.partition_of("r1")
    worker = await after_five_orders_and_three_joins(cluster)
    assert await worker.stop() == 0
    await cluster.send([*orders("b", 10), *joins("k", 3)])
    await trim(cluster, "live.orders", number, 9)  # b0 to b3 are lost

    worker = cluster.worker("ingest")
    log = (await cluster.has_events(17))[number]

    assert resets(log) == [("live.orders", 9)]
    assert ids(log, "live.orders") == named("a", 5) + named("b", 10, first=4)
    assert ids(log, "live.joins") == named("j", 3) + named("k", 3)
    assert await worker.metric("claquewatch_resets_total", topic="live.orders") == 1


async def test_an_input_that_is_trimmed_under_a_running_ingest_goes_on_after_a_reset(cluster):
    number = cluster.partition_of("r1")
    worker = await after_five_orders_and_three_joins(cluster)
    worker.send(signal.SIGSTOP)  # else it reads too fast to lose anything
    await until(worker.is_frozen)
    await asyncio.sleep(1)  # its last fetch is answered before the first of these comes
    await cluster.send([*orders("b", 10), *joins("k", 3)])
    await trim(cluster, "live.orders", number, 9)
    worker.send(signal.SIGCONT)

    await cluster.send(orders("c", 2))
    log = (await until_has(cluster, "c1"))[number]

    assert resets(log) == [("live.orders", 9)]
    assert ids(log, "live.orders") == named("a", 5) + named("b", 10, first=4) + named("c", 2)
    log = (await cluster.has_events(19))[number]
    assert ids(log, "live.joins") == named("j", 3) + named("k", 3)
    assert await worker.metric("claquewatch_resets_total", topic="live.orders") == 1


async def test_inputs_in_doubt_while_ingest_is_stopped_are_looked_at_from_the_beginning_by_the_next(cluster):
    number = cluster.partition_of("r1")
    worker = await after_five_orders_and_three_joins(cluster)
    assert await worker.stop() == 0
    await remake(cluster, "live.orders")
    await cluster.send([*orders("b", 9), *joins("k", 3)])  # more than before: only what was committed tells
    worker = cluster.worker("ingest")
    await worker.has_said("seems to be trimmed or made anew")
    worker.kill()

    began_s = time.monotonic()
    cluster.worker("ingest")
    log = (await cluster.has_events(20))[number]

    assert time.monotonic() - began_s > 2 * APART_MS / 1000
    assert resets(log) == [("live.orders", 0)]
    assert ids(log, "live.orders") == named("a", 5) + named("b", 9)
    assert ids(log, "live.joins") == named("j", 3) + named("k", 3)


async def test_a_broker_that_is_killed_and_started_again_under_ingest_is_no_reset(prefix, tmp_path):
    async with Broker() as broker, Cluster(broker.bootstrap, prefix, tmp_path) as cluster:
        number = cluster.partition_of("r1")
        worker = await cluster.worker("ingest").ready()
        sent = 0
        for name in "abc":
            await cluster.send([*orders(name, 50), *joins(name, 50)])
            sent += 100
            await cluster.has_events(sent)
            broker.kill()
            await asyncio.sleep(1)
            await broker.restart()

        await cluster.send([*orders("d", 50), *joins("d", 50)])
        log = (await cluster.has_events(sent + 100))[number]

        assert resets(log) == []
        assert ids(log, "live.orders") == ids(log, "live.joins") == [one for name in "abcd" for one in named(name, 50)]
        assert await worker.metric("claquewatch_resets_total") == 0


async def until_has(cluster: Cluster, event_id: str) -> dict[int, list[Record]]:
    async def found() -> dict[int, list[Record]] | None:
        logs = await cluster.log()
        return logs if any(event.event_id == event_id for log in logs.values() for event in events_of(log)) else None

    return await until(found, every_s=0.2)


async def test_a_topic_of_rules_that_was_made_anew_goes_on_after_a_reset(cluster, tmp_path):
    number = cluster.partition_of("r1")
    (tmp_path / "rules.toml").write_text("[room]\nquiet_ms = 500000\n")
    worker = cluster.worker("ingest")
    assert (await cluster.claquewatch("rules", "apply", "rules.toml")).returncode == 0
    await until(lambda: has_heard_rules(cluster, number, 1))
    assert await worker.stop() == 0
    await remake(cluster, "live.rules")

    cluster.worker("ingest")
    await cluster.send(joins("k", 3))
    assert (await cluster.claquewatch("rules", "apply", "rules.toml")).returncode == 0
    log = await until(lambda: has_heard_rules(cluster, number, 2))

    assert resets(log) == [("live.rules", 0)]
    assert ids((await cluster.has_events(3))[number], "live.joins") == named("k", 3)


async def has_heard_rules(cluster: Cluster, number: int, times: int) -> list[Record] | None:
    log, reader = (await cluster.log())[number], LogReader()
    heard = [batch for batch in map(reader.read, log) if batch.broadcast is not None]
    return log if len(heard) == times else None
