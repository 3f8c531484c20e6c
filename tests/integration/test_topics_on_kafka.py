"""`claquewatch topics` and `claquewatch doctor` on a real broker: what is there, what should be, how to mend it."""

import json
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from cluster import Cluster
from logs import join

from agents import kafka
from agents.topics import declared

pytestmark = pytest.mark.integration


@pytest.fixture
def bare(broker, prefix, tmp_path) -> Cluster:
    """A deployment without any topic."""
    return Cluster(broker.bootstrap, prefix, tmp_path)


@pytest.fixture
async def cluster(bare) -> AsyncIterator[Cluster]:
    async with bare:
        yield bare


async def configs_of(cluster: Cluster) -> dict[str, dict[str, str]]:
    """What the broker says of every topic of the deployment."""
    names = [name for name, _ in declared(cluster.settings)]
    async with kafka.admin(cluster.settings) as admin:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    return {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }


async def alter(cluster: Cluster, topic: str, **settings: str) -> None:
    """What an operator does by hand."""
    changed = {name.replace("_", "."): value for name, value in settings.items()}
    async with kafka.admin(cluster.settings) as admin:
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, cluster.settings.named(topic), configs=changed)]
        )


async def doctor(cluster: Cluster) -> tuple[int, dict[str, dict[str, str]]]:
    """(exit code, checks by name)."""
    ran = await cluster.claquewatch("doctor", "--json")
    assert ran.stderr == b""
    return ran.returncode, {
        check["name"].removeprefix(cluster.settings.prefix): check for check in json.loads(ran.stdout)
    }


# -- topics -----------------------------------------------------------------------------------------------------------


async def test_topics_are_made_as_declared_once(bare, prefix):
    missing = await bare.claquewatch("topics")
    made = await bare.claquewatch("topics", "--create")
    again = await bare.claquewatch("topics", "--create")
    there = await bare.claquewatch("topics")

    assert missing.returncode == 1
    assert missing.stdout.decode().count("missing") == len(declared(bare.settings))
    assert (made.returncode, again.returncode, there.returncode) == (0, 0, 0), made.stderr
    assert made.stderr.decode().startswith(f"made {prefix}live.joins, ")
    assert again.stderr.decode() == "nothing was missing\n"
    assert there.stdout.decode().count("as declared") == len(declared(bare.settings))
    configs = await configs_of(bare)
    for name, topic in declared(bare.settings):
        assert topic.config().items() <= configs[name].items(), name


async def test_what_differs_is_shown_and_ends_with_1(cluster):
    await alter(cluster, "live.alerts", retention_ms="1000", message_timestamp_type="CreateTime")

    shown = await cluster.claquewatch("topics")

    assert shown.returncode == 1
    assert "retention.ms is 1000, not 7776000000" in shown.stdout.decode()


async def test_unequal_partitions_are_refused_before_anything_is_made(bare, prefix):
    async with kafka.admin(bare.settings) as admin:
        await admin.create_topics([NewTopic(f"{prefix}live.joins", 3, 1)])

    made = await bare.claquewatch("topics", "--create")

    assert made.returncode == 1
    assert made.stderr.decode() == (
        f"claquewatch: all topics need 2 partitions (CLAQUEWATCH_PARTITIONS), but there are: {prefix}live.joins 3; "
        "set CLAQUEWATCH_PARTITIONS to what they have, or make them anew with equal counts\n"
    )
    async with kafka.admin(bare.settings) as admin:
        assert [topic for topic in await admin.list_topics() if topic.startswith(prefix)] == [f"{prefix}live.joins"]


# -- doctor -----------------------------------------------------------------------------------------------------------


async def test_doctor_says_how_to_make_what_is_missing(bare):
    code, checks = await doctor(bare)

    assert code == 1
    assert checks["broker"]["state"] == "good"
    assert (checks["live.joins"]["state"], checks["live.joins"]["mend"]) == ("bad", "run `claquewatch topics --create`")


async def test_doctor_finds_nothing_wrong_with_new_topics_and_says_that_no_event_came(cluster):
    code, checks = await doctor(cluster)

    assert code == 0
    assert {name: check["state"] for name, check in checks.items()} == {
        "broker": "good",
        "partitions": "good",
        "events": "warning",
    }


async def test_doctor_sees_events_that_nobody_reads_and_a_worker_that_reads_them(cluster):
    event = msgspec.structs.replace(join(0), ts=int(time.time() * 1000))
    await cluster.send([event])

    code, checks = await doctor(cluster)
    assert (code, checks["log"]["state"]) == (1, "bad")
    assert "claquewatch worker" in checks["log"]["mend"]

    cluster.worker("ingest")
    await cluster.has_events(1)
    code, checks = await doctor(cluster)
    assert (code, checks["log"]["state"], checks["events"]["found"]) == (0, "good", "1 records in the inputs")


async def test_doctor_warns_of_what_differs_and_for_people_writes_it_as_lines(cluster, prefix):
    await alter(cluster, "live.joins", message_timestamp_type="CreateTime")

    code, checks = await doctor(cluster)
    printed = await cluster.claquewatch("doctor")

    assert (code, checks["live.joins"]["state"]) == (0, "warning")
    assert "message.timestamp.type is CreateTime, not LogAppendTime" in checks["live.joins"]["found"]
    assert "until then the time of receipt is a worker's own clock" in checks["live.joins"]["mend"]
    assert printed.returncode == 0
    assert f"warning  {prefix}live.joins" in printed.stdout.decode()


async def test_doctor_finds_unequal_partitions(bare, prefix):
    async with kafka.admin(bare.settings) as admin:
        await admin.create_topics([NewTopic(f"{prefix}live.joins", 3, 1), NewTopic(f"{prefix}live.orders", 2, 1)])

    code, checks = await doctor(bare)

    assert code == 1
    assert (checks["partitions"]["state"], checks["partitions"]["found"]) == ("bad", "unequal: [2, 3]")
