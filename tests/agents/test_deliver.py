"""Delivery from a real Kafka to real receivers: its own progress for each endpoint, at least once, nothing missing."""

import asyncio
import contextlib
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from webhooks_helpers import SECRET, an_alert, an_endpoint, just_now, now_ms, the_largest_usual_alert

from agents import metrics
from agents.deliver import Deliver
from agents.local import process
from agents.local.broker import Broker
from agents.receiver import Answer as Says
from agents.receiver import Receiver
from agents.settings import Settings
from agents.webhooks.patience import Patience
from streams.alerts import encode_alert

pytestmark = pytest.mark.integration

PARTITIONS = 4
QUICK = Patience(delays_ms=(100, 200), jitter_ratio=0.0, timeout_ms=1_000)


async def test_alerts_reach_the_receiver_each_once_and_verified(at):
    async with Receiver(SECRET) as receiver, delivering(at, an_endpoint(receiver.url)):
        alerts = [an_alert(number) for number in range(20)]
        await at.publish(*alerts)
        await receiver.until(lambda one: len(one.received) >= 20)

        assert sorted(receiver.accepted) == sorted(alert.alert_id for alert in alerts)
        assert (receiver.bad, receiver.duplicates) == (0, 0)
    assert await at.committed("moderators") == await at.ends()


async def test_the_revisions_of_an_incident_keep_their_order_over_retries(at):
    flaky = [Says(500), Says(204), Says(503), Says(503), Says(204), Says(500)]
    async with Receiver(SECRET, answers=flaky) as receiver, delivering(at, an_endpoint(receiver.url)):
        await at.publish(*(an_alert(1, revision=revision) for revision in range(1, 7)))
        await receiver.until(lambda one: len(one.accepted) == 6)

        assert receiver.accepted == [an_alert(1, revision=revision).alert_id for revision in range(1, 7)]
        assert receiver.duplicates == 0


async def test_a_receiver_that_hangs_delays_no_other(at):
    async with Receiver(SECRET, otherwise=Says(hang_s=60)) as hanging, Receiver(SECRET) as quick:
        endpoints = an_endpoint(hanging.url, "hanging"), an_endpoint(quick.url, "quick")
        async with delivering(at, *endpoints, patience=Patience(timeout_ms=15_000)):
            began_s = time.monotonic()
            await at.publish(*(an_alert(number) for number in range(20)))
            await quick.until(lambda one: len(one.accepted) == 20)
            assert time.monotonic() - began_s < 5
            assert 1 <= len(hanging.received) <= PARTITIONS


async def test_after_giving_up_the_alert_is_in_live_undelivered_and_the_next_flows(at):
    async with Receiver(SECRET, otherwise=Says(500)) as receiver:
        endpoint = an_endpoint(receiver.url, max_age_ms=1_500)
        async with delivering(at, endpoint):
            await at.publish(an_alert(1))
            [(key, row)] = await at.undelivered(1)
            receiver._otherwise = Says(204)
            await at.publish(an_alert(1, revision=2))
            await receiver.until(lambda one: one.accepted == [an_alert(1, revision=2).alert_id])

    assert key == an_alert(1).incident_id.encode()
    assert (row["endpoint"], row["reason"]) == ("moderators", "max_age")
    assert row["alert"]["alert_id"] == an_alert(1).alert_id
    assert len(row["attempts"]) > 3
    assert {attempt["status"] for attempt in row["attempts"]} == {500}


async def test_410_stops_one_endpoint_and_the_others_are_told(at):
    async with Receiver(SECRET, otherwise=Says(410)) as gone, Receiver(SECRET) as other:
        async with delivering(at, an_endpoint(gone.url, "gone"), an_endpoint(other.url, "other")):
            await at.publish(an_alert(1))
            await other.until(lambda one: len(one.accepted) == 2)
            before = len(gone.received)
            await at.publish(*(an_alert(number) for number in range(2, 8)))
            await other.until(lambda one: len(one.accepted) == 8)
            rows = await at.undelivered(7)

        assert len(gone.received) == before == 1
        assert {(row["endpoint"], row["reason"]) for _, row in rows} == {("gone", "disabled")}
        told = [one.body for one in other.received if one.body["type"] == "delivery.disabled"]
        assert [body["data"]["endpoint"] for body in told] == ["gone"]


async def test_429_with_retry_after_is_honoured(at):
    busy = [Says(429, {"Retry-After": "2"})]
    async with Receiver(SECRET, answers=busy) as receiver, delivering(at, an_endpoint(receiver.url)):
        times_s = []
        receiver._on_received = lambda _: times_s.append(time.monotonic())
        await at.publish(an_alert())
        await receiver.until(lambda one: len(one.accepted) == 1)

        assert 2.0 <= times_s[1] - times_s[0] < 3.5


async def test_a_redirect_is_not_followed_and_a_private_address_is_refused(at):
    async with Receiver(SECRET) as elsewhere:
        async with Receiver(SECRET, otherwise=Says(302, {"Location": elsewhere.url})) as receiver:
            endpoints = (
                an_endpoint(receiver.url, "redirects", max_age_ms=1_000),
                an_endpoint(elsewhere.url, "private", max_age_ms=1_000, allow_private=False),
            )
            async with delivering(at, *endpoints):
                await at.publish(an_alert())
                rows = {row["endpoint"]: row for _, row in await at.undelivered(2)}

        assert {attempt["status"] for attempt in rows["redirects"]["attempts"]} == {302}
        assert {attempt["outcome"] for attempt in rows["private"]["attempts"]} == {"refused"}
        assert elsewhere.received == []


async def test_what_is_not_live_and_what_was_aborted_is_not_delivered(at):
    async with Receiver(SECRET) as receiver, delivering(at, an_endpoint(receiver.url)):
        await at.publish(an_alert(1), commit=False)
        await at.publish(*(an_alert(2 + i, mode=mode) for i, mode in enumerate(["shadow", "replay", "canary"])))
        await at.publish(*(an_alert(number) for number in range(10, 30)))
        await receiver.until(lambda one: len(one.received) >= 20)
        await asyncio.sleep(0.3)

        assert sorted(receiver.accepted) == sorted(an_alert(number).alert_id for number in range(10, 30))


async def test_a_new_endpoint_gets_no_history_but_all_since_it_was_set_up(at):
    await at.publish(*(an_alert(number) for number in range(20)))
    await asyncio.sleep(0.05)
    async with Receiver(SECRET) as receiver:
        deliver = Deliver(at.settings, [an_endpoint(receiver.url)], patience=QUICK)
        await at.publish(*(an_alert(number) for number in range(20, 40)))  # before its group exists
        async with running(deliver):
            await receiver.until(lambda one: len(one.received) >= 20)

        assert sorted(receiver.accepted) == sorted(an_alert(number).alert_id for number in range(20, 40))


async def test_what_was_written_while_nobody_delivered_is_delivered_afterwards(at):
    async with Receiver(SECRET) as receiver:
        async with delivering(at, an_endpoint(receiver.url)):
            pass
        await at.publish(*(an_alert(number) for number in range(20)))
        async with delivering(at, an_endpoint(receiver.url)):
            await receiver.until(lambda one: len(one.received) >= 20)

        assert (len(receiver.accepted), receiver.duplicates) == (20, 0)


async def test_a_stop_finishes_the_attempt_under_way_and_commits_it(at):
    async with Receiver(SECRET, otherwise=Says(hang_s=0.5)) as receiver:
        async with delivering(at, an_endpoint(receiver.url)) as deliver:
            await at.publish(an_alert())
            await receiver.until(lambda one: len(one.received) == 1)
            began_s = time.monotonic()
            await deliver.stop(5)
            assert time.monotonic() - began_s < 3
        async with delivering(at, an_endpoint(receiver.url)):
            await asyncio.sleep(0.5)

        assert len(receiver.received) == 1


async def test_a_stop_does_not_wait_for_a_retry(at):
    async with Receiver(SECRET, answers=[Says(500)]) as receiver:
        patient = Patience(delays_ms=(600_000,), timeout_ms=1_000)
        async with delivering(at, an_endpoint(receiver.url), patience=patient) as deliver:
            await at.publish(an_alert())
            await receiver.until(lambda one: len(one.received) == 1)
            async with asyncio.timeout(3):
                await deliver.stop(5)
        async with delivering(at, an_endpoint(receiver.url)):
            await receiver.until(lambda one: len(one.accepted) == 1)

        assert len(receiver.received) == 2


async def test_while_an_alert_waits_its_member_stays_in_the_group(at):
    """The wait is far longer than max_poll_interval_ms here; a member that did not poll would be put out."""
    async with Receiver(SECRET, answers=[Says(500)] * PARTITIONS) as receiver:
        patient = Patience(delays_ms=(4_000,), jitter_ratio=0.0, timeout_ms=1_000)
        deliver = Deliver(at.settings, [an_endpoint(receiver.url)], patience=patient)
        async with running(deliver):
            [group] = deliver._groups
            group._consumer._coordinator._max_poll_interval = 1.0
            generation = group._consumer._coordinator.generation
            await at.publish(*(an_alert(number) for number in range(20)))
            await receiver.until(lambda one: len(one.received) == PARTITIONS)
            await at.publish(*(an_alert(number) for number in range(20, 40)))
            await asyncio.sleep(1.5)
            waiting = [working.records.qsize() for working in group._working.values()]
            assert waiting == [0] * PARTITIONS  # the partitions are paused: nothing piles up behind an alert that waits
            await receiver.until(lambda one: len(one.accepted) == 40, within_s=20)

            assert group._consumer._coordinator.generation == generation
        assert receiver.duplicates == 0


async def test_two_workers_share_an_endpoint_and_nothing_is_missing_when_one_leaves(at):
    async with Receiver(SECRET) as receiver, contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(delivering(at, an_endpoint(receiver.url)))
        async with delivering(at, an_endpoint(receiver.url)):
            await at.publish(*(an_alert(number) for number in range(40)))
            await receiver.until(lambda one: len(one.accepted) >= 20)
        await at.publish(*(an_alert(number) for number in range(40, 60)))
        await receiver.until(lambda one: len(one.accepted) == 60)


async def test_the_largest_alert_is_delivered_and_filed_whole(at):
    async with Receiver(SECRET, answers=[Says(500)] * 30) as receiver:
        largest = the_largest_usual_alert()
        async with delivering(at, an_endpoint(receiver.url, max_age_ms=1_000)):
            await at.publish(largest)
            [(_, row)] = await at.undelivered(1)
    assert row["alert"]["accounts_total"] == 20_000
    assert len(row["alert"]["accounts"]) == 5_000
    assert max(len(one.raw) for one in receiver.received) < 20_000


async def test_the_metrics_say_what_happened(at):
    def count(outcome):
        return metrics.REGISTRY.get_sample_value(
            "claquewatch_deliveries_total", {"endpoint": "counted", "outcome": outcome}
        )

    async with Receiver(SECRET, answers=[Says(500)]) as receiver, delivering(at, an_endpoint(receiver.url, "counted")):
        assert count("delivered") == 0
        await at.publish(an_alert(1, mode="shadow"), an_alert(1, revision=2))
        await receiver.until(lambda one: len(one.accepted) == 1)
    assert (count("delivered"), count("retried"), count("skipped")) == (1, 1, 1)
    assert (count("gave_up"), count("disabled")) == (0, 0)


async def test_a_broker_that_dies_and_comes_back_costs_no_alert():
    async with Broker() as own, Receiver(SECRET) as receiver:
        place = await Place.made(Settings(broker=own.bootstrap, prefix="own.", session_s=2, drain_s=5))
        async with delivering(place, an_endpoint(receiver.url)):
            await place.publish(*(an_alert(number) for number in range(10)))
            await receiver.until(lambda one: len(one.accepted) == 10)
            own.kill()
            await asyncio.sleep(1)
            await own.restart()
            await place.publish(*(an_alert(number) for number in range(10, 20)))
            await receiver.until(lambda one: len(one.accepted) == 20, within_s=30)


async def test_delivery_that_starts_before_its_topic_waits_for_it(broker, prefix):
    settings = Settings(broker=broker.bootstrap, prefix=prefix, session_s=1, drain_s=5)
    async with Receiver(SECRET) as receiver:
        deliver = Deliver(settings, [an_endpoint(receiver.url)], patience=QUICK)
        task = asyncio.create_task(deliver.run())
        await asyncio.sleep(1)
        place = await Place.made(settings)
        await place.publish(an_alert())
        await receiver.until(lambda one: len(one.accepted) == 1, within_s=20)
        await deliver.stop()
        await task


# Killed


async def test_kill_9_between_send_and_commit_sends_the_same_id_again_and_nothing_is_missing(at, tmp_path):
    """The receiver kills the worker while it holds the request: sent, and not committed."""
    workers = []
    killed_with = []

    def kill(received):
        is_alive = len(killed_with) < len(workers)  # requests of a dead worker may still be coming in
        if is_alive and len(workers) < 4 and len(receiver.accepted) >= 5 * len(workers):
            killed_with.append(received.webhook_id)
            process.kill(workers[-1])  # dead before the answer leaves

    async with Receiver(SECRET, on_received=kill) as receiver:
        async with delivering(at, an_endpoint(receiver.url)):
            pass  # the group exists
        await at.publish(*(an_alert(number, revision=revision) for number in range(5) for revision in range(1, 5)))
        for _ in range(4):
            workers.append(start_worker(at.settings, receiver.url, tmp_path / "worker.log"))
            try:
                await receiver.until(lambda one: len(killed_with) == len(workers) or len(one.accepted) == 20, 30)
            finally:
                process.kill(workers[-1])

        everything = {an_alert(number, revision=revision).alert_id for number in range(5) for revision in range(1, 5)}
        sent_again = {one.webhook_id for one in receiver.received if one.duplicate}
        assert set(receiver.accepted) == everything
        assert set(killed_with) <= sent_again
        assert receiver.bad == 0
        for number in range(5):
            ids = [an_alert(number, revision=revision).alert_id for revision in range(1, 5)]
            assert [an_id for an_id in receiver.accepted if an_id in ids] == ids


WORKER = """
import asyncio, sys
from agents.deliver import Deliver
from agents.endpoints import Endpoint
from agents.settings import Settings
from agents.webhooks.patience import Patience

async def main():
    broker, prefix, url, secret = sys.argv[1:]
    settings = Settings(broker=broker, prefix=prefix, session_s=1)
    endpoint = Endpoint(name="moderators", url=url, secrets=(secret,), allow_private=True)
    await Deliver(settings, [endpoint], patience=Patience((100, 200), 0.0, 1_000)).run()

asyncio.run(main())
"""


def start_worker(settings: Settings, url: str, log: Path) -> subprocess.Popen:
    command = [sys.executable, "-c", WORKER, settings.broker, settings.prefix, url, SECRET]
    return process.spawn(command, log=log, cwd=Path(__file__).parents[2])


# The place


class Place:
    """The topics of one test, and what is written to and read from them."""

    @classmethod
    async def made(cls, settings: Settings) -> "Place":
        admin = AIOKafkaAdminClient(bootstrap_servers=settings.broker)
        await admin.start()
        try:
            names = settings.named("live.alerts"), settings.named("live.undelivered")
            await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])
        finally:
            await admin.close()
        return cls(settings)

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._alerts = settings.named("live.alerts")

    async def publish(self, *alerts, commit: bool = True) -> None:
        """In one transaction, as `detect` writes; made just now."""
        async with self._producer() as producer:
            await producer.begin_transaction()
            for alert in alerts:
                await producer.send_and_wait(
                    self._alerts, encode_alert(just_now(alert)), key=alert.incident_id.encode()
                )
            if commit:
                await producer.commit_transaction()
            else:
                await producer.abort_transaction()

    @contextlib.asynccontextmanager
    async def _producer(self):
        producer = AIOKafkaProducer(
            bootstrap_servers=self.settings.broker, transactional_id=f"{self.settings.prefix}t{now_ms()}"
        )
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def undelivered(self, at_least: int, within_s: float = 20.0) -> list[tuple[bytes, dict]]:
        """What live.undelivered holds, once it holds so many."""
        consumer = AIOKafkaConsumer(
            self.settings.named("live.undelivered"),
            bootstrap_servers=self.settings.broker,
            auto_offset_reset="earliest",
        )
        await consumer.start()
        rows = []
        try:
            async with asyncio.timeout(within_s):
                while len(rows) < at_least:
                    record = await consumer.getone()
                    rows.append((record.key, msgspec.json.decode(record.value)))
        finally:
            await consumer.stop()
        return rows

    async def ends(self) -> dict[int, int]:
        """The offset after the last alert of each partition (a transaction's marker stands behind it)."""
        async with self._reader() as consumer:
            ends = await consumer.end_offsets(self._partitions())
        return {tp.partition: max(0, end - 1) for tp, end in ends.items()}

    async def committed(self, endpoint: str) -> dict[int, int]:
        async with self._reader(f"{self.settings.prefix}deliver-{endpoint}") as consumer:
            return {tp.partition: await consumer.committed(tp) for tp in self._partitions()}

    @contextlib.asynccontextmanager
    async def _reader(self, group=None):
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.broker, group_id=group, enable_auto_commit=False)
        await consumer.start()
        consumer.assign(self._partitions())
        try:
            yield consumer
        finally:
            await consumer.stop()

    def _partitions(self) -> list[TopicPartition]:
        return [TopicPartition(self._alerts, number) for number in range(PARTITIONS)]


@pytest.fixture
async def at(broker, prefix):
    """Topics of one's own on the broker."""
    return await Place.made(Settings(broker=broker.bootstrap, prefix=prefix, session_s=1, drain_s=5))


@contextlib.asynccontextmanager
async def delivering(place: Place, *endpoints, patience: Patience = QUICK):
    """Delivery that runs, its groups there."""
    async with running(Deliver(place.settings, endpoints, patience=patience)) as deliver:
        yield deliver


@contextlib.asynccontextmanager
async def running(deliver: Deliver):
    task = asyncio.create_task(deliver.run())
    try:
        async with asyncio.timeout(20):
            await deliver.ready()
        yield deliver
    finally:
        await deliver.stop()
        await task
