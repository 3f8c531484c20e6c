"""The broker that tests and the demo start is a real one, and nothing of it stays behind."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from agents.local.broker import Broker
from agents.local.errors import BrokerFailed
from agents.local.folder import remove_abandoned
from agents.local.ports import HeldPorts

pytestmark = pytest.mark.integration


async def test_what_is_produced_is_consumed(broker, prefix):
    topic = await create(broker, f"{prefix}live.joins", partitions=8)

    await produce(broker, topic, b"one", b"two")

    assert await consume(broker, topic) == [b"one", b"two"]


async def test_a_topic_that_was_not_created_does_not_appear(broker, prefix):
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(producer.send_and_wait(f"{prefix}nowhere", b"lost"), 1)

    assert await topics(broker, prefix) == []


async def test_a_committed_transaction_is_read_and_an_aborted_one_is_not(broker, prefix):
    topic = await create(broker, f"{prefix}live.alerts")

    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=f"{prefix}tx") as producer:
        async with producer.transaction():
            await producer.send_and_wait(topic, b"committed")
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted")
        await producer.abort_transaction()

    assert await consume(broker, topic) == [b"committed"]


async def test_a_record_of_eight_mebibytes_is_taken(broker, prefix):
    topic = await create(broker, f"{prefix}rooms", config={"max.message.bytes": str(8 << 20)})
    snapshot = os.urandom((8 << 20) - 1024)

    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap, max_request_size=8 << 20) as producer:
        await producer.send_and_wait(topic, snapshot)

    assert await consume(broker, topic) == [snapshot]


async def test_a_record_stamped_years_ago_or_ahead_is_taken(broker, prefix):
    topic = await create(broker, f"{prefix}stamped", config={"retention.ms": "-1"})
    year_ms = 365 * 24 * 3_600_000

    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for stamp_ms in (1_500_000_000_000, int(time.time() * 1000) + year_ms):
            assert (await producer.send_and_wait(topic, b"x", timestamp_ms=stamp_ms)).timestamp == stamp_ms


async def test_kill_and_restart_keep_the_data_and_the_address():
    async with Broker() as broker:
        address, first_pid = broker.bootstrap, broker.pid
        topic = await create(broker, "live.joins")
        await produce(broker, topic, b"before")

        broker.kill()
        assert broker.pid is None
        await broker.restart()
        await produce(broker, topic, b"after")

        assert broker.bootstrap == address
        assert broker.pid not in (None, first_pid)
        assert await consume(broker, topic) == [b"before", b"after"]


async def test_stop_leaves_no_process_no_folder_and_no_listener():
    broker = Broker()
    await broker.start()
    address, pid, folder = broker.bootstrap, broker.pid, broker.folder

    await broker.stop()
    await broker.stop()

    assert not alive(pid)
    assert not folder.exists()
    assert not listens(address)


async def test_two_that_start_at_once_are_two():
    one, other = Broker(), Broker()
    try:
        await asyncio.gather(one.start(), other.start())
        await create(one, "only.here")

        assert one.bootstrap != other.bootstrap
        assert await topics(one, "only") == ["only.here"]
        assert await topics(other, "only") == []
    finally:
        await asyncio.gather(one.stop(), other.stop())


def test_a_broker_dies_with_its_parent_and_the_next_one_removes_its_folder():
    script = (
        "import sys, time\n"
        "from agents.local.broker import Broker\n"
        "with Broker() as broker:\n"
        "    print(broker.pid, broker.folder, flush=True)\n"
        "    time.sleep(300)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        pid, folder = parent.stdout.readline().split()
        assert alive(int(pid))
        parent.kill()

    wait_until(lambda: not alive(int(pid)))
    remove_abandoned()
    assert not Path(folder).exists()


async def test_a_start_that_is_cancelled_leaves_nothing():
    broker = Broker()
    starting = asyncio.create_task(broker.start())
    while broker.pid is None:  # noqa: ASYNC110 - until it is formatted and begun, which sets no event
        await asyncio.sleep(0.02)
    pid, folder = broker.pid, broker.folder

    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert not alive(pid)
    assert not folder.exists()


async def test_a_broker_that_cannot_start_says_why_with_the_end_of_its_log():
    broker = Broker(settings={"log.retention.ms": "soon"})

    with pytest.raises(
        BrokerFailed, match=r"(?s)^The broker ended with exit code \d+ .* log ends with:.*retention\.ms"
    ):
        await broker.start()

    assert broker.folder is None


async def test_a_port_that_somebody_took_is_answered_with_another():
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        ports = TakenAtFirst(somebody.getsockname()[1])

        async with Broker(hold_ports=ports) as broker:
            assert listens(broker.bootstrap)

    assert ports.asked == 2


def test_a_held_port_is_not_given_away_while_nobody_listens():
    [number] = (held := HeldPorts(1)).numbers
    try:
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", number))
    finally:
        held.release()


class TakenAtFirst:
    """Hands out a taken port first, then free ones, and records how often it was asked."""

    def __init__(self, taken: int) -> None:
        self.taken, self.asked = taken, 0

    def __call__(self, count: int) -> HeldPorts:
        self.asked += 1
        ports = HeldPorts(count)
        if self.asked == 1:
            ports.numbers[0] = self.taken
        return ports


async def create(broker, topic: str, *, partitions: int = 1, config: dict[str, str] | None = None) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=config)])
        assert [code for _, code, *_ in answer.topic_errors] == [0]
    finally:
        await admin.close()
    return topic


async def topics(broker, prefix: str) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        return sorted(topic for topic in await admin.list_topics() if topic.startswith(prefix))
    finally:
        await admin.close()


async def produce(broker, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=0)


async def consume(broker, topic: str) -> list[bytes]:
    """What partition 0 holds up to its end, as a reader of committed records sees it."""
    partition = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(
        bootstrap_servers=broker.bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=9 << 20,
    ) as consumer:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        values: list[bytes] = []
        deadline_s = time.monotonic() + 20
        while await consumer.position(partition) < end and time.monotonic() < deadline_s:
            fetched = await consumer.getmany(partition, timeout_ms=200)
            values += [record.value for record in fetched.get(partition, [])]
        return values


def alive(pid: int) -> bool:
    """A process that has ended but was not waited for does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def listens(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as connection:
        return connection.connect_ex((host, int(port))) == 0


def wait_until(condition, timeout_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)
