"""What topics exist on the broker and what should: `claquewatch topics`, and what a worker checks before it starts."""

import asyncio
import time
from typing import Any, Final

import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from agents import kafka
from agents.errors import ClaquewatchError
from agents.settings import Settings
from streams.topics import TOPICS, Topic, table_changelog

SEEN_WITHIN_S: Final = 15.0


class Seen(msgspec.Struct, frozen=True):
    """One topic: what it should be, and what the broker has (None where it has none)."""

    name: str
    should: Topic
    partitions: int | None
    differences: list[str]  # each a sentence


def declared(settings: Settings) -> list[tuple[str, Topic]]:
    """All topics of a deployment by their full name."""
    table = table_changelog(settings.app_id)
    return [(settings.named(topic.name), topic) for topic in TOPICS] + [(table.name, table)]


async def look(admin: AIOKafkaAdminClient, settings: Settings) -> list[Seen]:
    """Every topic beside what the broker has."""
    wanted = declared(settings)
    there = set(await admin.list_topics())
    existing = [name for name, _ in wanted if name in there]
    partitions = {}
    configs: dict[str, dict[str, str]] = {}
    if existing:
        for found in await admin.describe_topics(existing):
            partitions[found["topic"]] = len(found["partitions"])
        configs = await _configs(admin, existing)
    return [
        Seen(name, topic, partitions.get(name), _differences(name, topic, partitions.get(name), configs, settings))
        for name, topic in wanted
    ]


async def create_missing(admin: AIOKafkaAdminClient, settings: Settings) -> list[str]:
    """Make the topics that are missing, as declared; refuses unequal partition counts. -> names made."""
    seen = await look(admin, settings)
    refuse_unequal(seen, settings)
    missing = [entry for entry in seen if entry.partitions is None]
    if missing:
        response = await admin.create_topics(
            [
                NewTopic(
                    entry.name, settings.partitions, settings.replication, topic_configs=dict(entry.should.config())
                )
                for entry in missing
            ]
        )
        failed = [f"{error[0]}: {error[2] or error[1]}" for error in response.topic_errors if error[1] not in (0, 36)]
        if failed:
            raise ClaquewatchError("topics could not be made: " + "; ".join(failed))
        await _until_all_are_seen(admin, settings)
    return [entry.name for entry in missing]


async def _until_all_are_seen(admin: AIOKafkaAdminClient, settings: Settings) -> None:
    """A topic that was made is not at once in every broker's metadata."""
    deadline = time.monotonic() + SEEN_WITHIN_S
    while missing := [entry.name for entry in await look(admin, settings) if entry.partitions is None]:
        if time.monotonic() > deadline:
            raise ClaquewatchError(f"{', '.join(missing)}: made, but not seen within {SEEN_WITHIN_S:.0f} s; try again")
        await asyncio.sleep(0.1)


async def delete_all(admin: AIOKafkaAdminClient, settings: Settings) -> None:
    """Remove every topic of a deployment; only one with a prefix of its own."""
    if not settings.prefix:
        raise ClaquewatchError("topics are only deleted under a prefix of their own (CLAQUEWATCH_PREFIX)")
    seen = await look(admin, settings)
    await admin.delete_topics([entry.name for entry in seen if entry.partitions is not None])


def refuse_unequal(seen: list[Seen], settings: Settings) -> None:
    """All topics of a deployment have as many partitions: partition p of one belongs to partition p of all."""
    counts = {entry.name: entry.partitions for entry in seen if entry.partitions is not None}
    if len({*counts.values(), settings.partitions}) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()) if count != settings.partitions)
        raise ClaquewatchError(
            f"all topics need {settings.partitions} partitions (CLAQUEWATCH_PARTITIONS), but there are: {listed}; "
            "set CLAQUEWATCH_PARTITIONS to what they have, or make them anew with equal counts"
        )


async def check_before_start(settings: Settings) -> None:
    """What a worker needs: a broker, every topic, equal partitions. Raises ClaquewatchError with a sentence."""
    async with kafka.admin(settings) as admin:
        seen = await look(admin, settings)
    missing = [entry.name for entry in seen if entry.partitions is None]
    if missing:
        raise ClaquewatchError(
            f"the broker at {settings.broker} lacks {', '.join(missing)}: run `claquewatch topics --create`"
        )
    refuse_unequal(seen, settings)


async def _configs(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    responses = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    found: dict[str, dict[str, str]] = {}
    for response in responses:
        for resource in response.resources:
            name, entries = resource[3], resource[4]
            found[name] = {entry[0]: entry[1] for entry in entries}
    return found


def _differences(
    name: str, topic: Topic, partitions: int | None, configs: dict[str, dict[str, str]], settings: Settings
) -> list[str]:
    if partitions is None:
        return ["missing"]
    differences = []
    if partitions != settings.partitions:
        differences.append(f"has {partitions} partitions, not {settings.partitions}")
    actual: dict[str, Any] = configs.get(name, {})
    for key, should in topic.config().items():
        value = actual.get(key)
        if value is not None and value != should:
            differences.append(f"{key} is {value}, not {should}")
    return differences
