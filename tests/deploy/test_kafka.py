"""The settings of docker-compose.yml's Kafka, on the same Kafka without Docker: one node, three listeners."""

import re
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError
from deploy_helpers import GIVEN, cannot_be_had, services

from agents.local.broker import Broker
from agents.local.errors import CannotFetch
from agents.local.ports import LOOPBACK, HeldPorts
from streams.topics import table_changelog

pytestmark = pytest.mark.integration

# of the image, not of Kafka; and folders, which the local broker has its own of
NOT_KAFKAS = {"CLUSTER_ID", "KAFKA_HEAP_OPTS", "KAFKA_LOG_DIRS"}


@pytest.fixture(scope="module")
def listener() -> Iterator[str]:
    """The listener for this machine (HOST) of a broker with the settings of compose."""
    ports = HeldPorts(3)
    inside, controller, host = ports.numbers
    try:
        with Broker(settings=_settings(inside, controller, host), hold_ports=lambda _: ports):
            yield f"{LOOPBACK}:{host}"
    except CannotFetch as why:
        cannot_be_had(str(why))


def _settings(inside: int, controller: int, host: int) -> dict[str, str]:
    """KAFKA_NODE_ID -> node.id, as the image does it, at free ports of loopback."""
    addresses = {"19092": inside, "29093": controller, "9092": host}

    def here(value: str) -> str:
        return re.sub(
            r"(?<=[/@])(?:kafka|127\.0\.0\.1)?:(\d+)", lambda found: f"{LOOPBACK}:{addresses[found[1]]}", value
        )

    written = services(GIVEN)["kafka"]["environment"]
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): here(value)
        for name, value in written.items()
        if name not in NOT_KAFKAS
    }


async def test_it_commits_a_transaction_with_our_largest_record_and_gives_it_back(listener: str):
    table = table_changelog("compose")
    admin = AIOKafkaAdminClient(bootstrap_servers=listener)
    await admin.start()
    await admin.create_topics([NewTopic(table.name, 1, 1, topic_configs=table.config())])
    await admin.close()
    largest = bytes(table.max_message_bytes - 1024)

    producer = AIOKafkaProducer(
        bootstrap_servers=listener, transactional_id="compose", max_request_size=table.max_message_bytes
    )
    async with producer, producer.transaction():
        await producer.send_and_wait(table.name, largest, key=b"room")

    consumer = AIOKafkaConsumer(bootstrap_servers=listener, isolation_level="read_committed")
    async with consumer:
        consumer.assign([TopicPartition(table.name, 0)])
        await consumer.seek_to_beginning()
        assert (await consumer.getone()).value == largest


async def test_it_makes_no_topic_by_itself(listener: str):
    admin = AIOKafkaAdminClient(bootstrap_servers=listener)
    await admin.start()
    try:
        [described] = await admin.describe_topics(["live.mispelt"])
        assert described["error_code"] == UnknownTopicOrPartitionError.errno
        assert "live.mispelt" not in await admin.list_topics()
    finally:
        await admin.close()
