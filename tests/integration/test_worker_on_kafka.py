"""A worker as its supervisor sees it: probes, metrics, signals, and what it says when it cannot go on."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator

import pytest
from cluster import CLI, Cluster, until
from evenings import evening, log_of, told, until_the_middle_alert
from late_link import LateLink
from logs import alerts, play

import worlds
from agents.local.broker import Broker
from agents.local.process import Child
from streams.partition import Partition

pytestmark = pytest.mark.integration


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path) as made:
        yield made


async def test_probes_and_metrics_tell_how_it_is_going(cluster):
    logs = log_of(evening(3).events, 2)
    worker = await cluster.worker("detect").ready()
    await cluster.write_log(logs)
    await cluster.has_alerts(len([a for log in logs.values() for a in alerts(play(Partition(), log))]))

    assert await worker.get("/livez") == (200, "ok\n")
    assert await worker.get("/readyz") == (200, "ok\n")
    status, metrics = await worker.get("/metrics")
    assert status == 200
    assert "# HELP claquewatch_panes_judged_total Panes of rooms that were judged." in metrics
    made = await cluster.alerts()

    async def counted() -> bool:
        return await worker.metric("claquewatch_events_total", outcome="accepted") == len(evening(3).events)

    await until(counted)
    assert await worker.metric("claquewatch_alerts_total", mode="live") == len(made)
    assert await worker.metric("claquewatch_detection_latency_seconds_count") == (
        len([alert for alert in made if alert.status != "resolved"])
    )
    assert await worker.metric("claquewatch_events_total", outcome="late") == 0
    assert await worker.metric("claquewatch_panes_judged_total") > 1_000
    assert await worker.metric("claquewatch_watermark_timestamp_seconds", partition="1") == logs[1][-1].watermark / 1000
    assert await worker.metric("claquewatch_ruleset_info", version="0") == 1
    assert await worker.metric("claquewatch_stalled") == 0
    assert await worker.metric("claquewatch_rooms", kind="on_air") == 0
    for secret in (*{value["room_id"] for _, _, value in evening(3).events}, made[0].incident_id):
        assert secret not in metrics


async def test_before_it_has_partitions_it_is_alive_and_not_ready(cluster):
    worker = cluster.worker("ingest,detect")

    answers = [await worker.get("/readyz")]
    while answers[-1][0] != 200:
        answers.append(await worker.get("/readyz"))
    assert (await worker.get("/livez"))[0] == 200

    assert {text for status, text in answers if status == 503} <= {
        "ingest has no partitions yet\n",
        "the table is not loaded yet\n",
    }


async def test_when_no_broker_answers_any_more_an_idle_worker_is_alive_and_not_ready_and_says_so(
    broker, prefix, tmp_path
):
    async with LateLink(broker.bootstrap) as link, Cluster(link.bootstrap, prefix, tmp_path) as cluster:
        worker = await cluster.worker("ingest,detect").ready()
        link.cut()
        link.close()

        said = await worker.has_said("no broker answers", 40.0)

        assert said["why"].startswith("no Kafka broker has answered for ")
        status, text = await worker.get("/readyz")
        assert (status, text[:33]) == (503, "no Kafka broker has answered for ")
        assert await worker.get("/livez") == (200, "ok\n")


async def test_a_second_signal_ends_it_at_once(cluster):
    worker = await cluster.worker("ingest,detect").ready()

    worker.send(signal.SIGTERM)
    worker.send(signal.SIGINT)  # another number: two that are equal and wait are one

    assert await worker.ended(2) == 130


@pytest.mark.parametrize("later_s", [0.0, 0.05, 0.1])
async def test_sigterm_while_it_starts_ends_it_too(cluster, later_s):
    worker = cluster.worker("ingest,detect")
    await worker.has_said("partitions taken")
    await asyncio.sleep(later_s)  # Faust's thread has its own moments between being made and being stoppable

    assert await worker.stop() == 0


async def test_sigterm_ends_a_worker_whose_broker_went_away_while_it_started(broker, prefix, tmp_path):
    async with LateLink(broker.bootstrap) as link, Cluster(link.bootstrap, prefix, tmp_path) as cluster:
        worker = cluster.worker("ingest,detect")
        await worker.has_said("partitions taken")
        link.cut()
        link.close()

        assert await worker.stop() == 0


async def test_a_port_in_use_is_a_sentence(cluster):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        worker = cluster.worker("ingest,detect", metrics_port=port)
        code = await worker.ended()

    assert code == 1
    assert worker.sentence() == (
        f"claquewatch: /metrics cannot be served at 127.0.0.1:{port} (Address already in use): "
        "name another port with CLAQUEWATCH_METRICS_PORT, or 0 for a free one"
    )
    assert "Traceback" not in worker.said()


async def test_a_log_that_no_longer_fits_the_table_stops_it_with_a_sentence(cluster, prefix):
    from aiokafka.admin import RecordsToDelete

    from agents import kafka

    logs = log_of(evening(3).events[:4_000], 2)
    await cluster.write_log(logs)
    worker = await cluster.worker("detect").ready()

    async def saved() -> bool:
        return all(saved.header and saved.header.offset > 5 for saved in (await cluster.table()).values())

    await until(saved)
    assert await worker.stop() == 0
    await cluster.write_log({n: log[-1:] * 9 for n, log in logs.items()})
    async with kafka.admin(cluster.settings) as admin:
        tp = kafka.TopicPartition(f"{prefix}live.activity", 0)
        await admin.delete_records({tp: RecordsToDelete(before_offset=len(logs[0]) + 5)})

    worker = cluster.worker("detect")

    assert await worker.ended() == 1
    [said] = [line["event"] for line in worker.lines() if line["level"] == "critical"]
    assert f"the table of partition 0 ends at offset {len(logs[0]) - 1} of {prefix}live.activity, which holds" in said
    assert said.endswith("what lies between is lost; start a new deployment with another CLAQUEWATCH_PREFIX")


async def test_while_its_broker_is_killed_and_comes_back_nothing_is_lost_or_made_twice(tmp_path):
    moved = worlds.ending_at(evening(3), int(time.time() * 1000))
    half = until_the_middle_alert(moved.events)
    async with Broker() as broker, Cluster(broker.bootstrap, "", tmp_path, quiet_s=60) as cluster:
        worker = Child([*CLI, "worker", "--only", "ingest,detect"], log=tmp_path / "worker.log", env=cluster.env)
        try:
            await worker.start()
            await cluster.send((topic, value) for _, topic, value in moved.events[:half])
            await cluster.has_alerts(1)
            broker.kill()
            await asyncio.sleep(1.0)  # so that the worker meets a broker that is away, not only a lost connection
            await broker.restart()
            await cluster.send((topic, value) for _, topic, value in moved.events[half:])
            await cluster.has_events(len(moved.events))
        finally:
            code = await worker.stop()
        log = await cluster.log()
        partitions = {number: Partition() for number in log}
        right = [alert for number, partition in partitions.items() for alert in alerts(play(partition, log[number]))]
        # the stop may have met a rebalance, in which nothing is ours to be saved: the next worker makes the rest
        await cluster.worker("detect").ready()
        await cluster.has_alerts(len(right))
        found = await cluster.alerts()

    assert code == 0
    assert [partition.take_counts().late for partition in partitions.values()] == [0, 0]
    assert len(right) > 5
    assert sorted(told(found)) == sorted(told(right))
