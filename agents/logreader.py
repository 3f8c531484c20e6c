"""A stretch of the log read from Kafka, without a consumer group."""

from collections.abc import AsyncIterator

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from agents import kafka
from agents.errors import ClaquewatchError
from agents.settings import Settings
from streams.topics import LOG


async def read_log(
    settings: Settings, from_ms: int | None = None, to_ms: int | None = None
) -> AsyncIterator[ConsumerRecord]:
    """Records of `live.activity` written from `from_ms` up to but not at `to_ms`, partition by partition.

    Ends where the log ended when the reading began. None: from its beginning, or up to that end.
    """
    topic = settings.named(LOG)
    async with kafka.admin(settings) as admin:
        if topic not in await admin.list_topics():
            raise ClaquewatchError(f"the broker has no topic {topic}: run `claquewatch topics --create`")
        [described] = await admin.describe_topics([topic])
    tps = [TopicPartition(topic, number) for number in range(len(described["partitions"]))]
    client = kafka.consumer(settings, auto_offset_reset="earliest", max_partition_fetch_bytes=4 * kafka.MIB)
    await client.start()
    try:
        beginnings, ends = await client.beginning_offsets(tps), await client.end_offsets(tps)
        if from_ms is not None:
            beginnings = await _at(client, tps, from_ms, ends)
        if to_ms is not None:
            ends = await _at(client, tps, to_ms, ends)
        for tp in tps:
            client.assign([tp])
            client.seek(tp, beginnings[tp])
            position = beginnings[tp]
            while position < ends[tp]:
                for record in (await client.getmany(tp, timeout_ms=1_000)).get(tp, ()):
                    position = record.offset + 1
                    if record.offset < ends[tp]:
                        yield record
                position = max(position, await client.position(tp))
    finally:
        await kafka.quietly(client.stop(), 5)


async def _at(
    client: kafka.AIOKafkaConsumer, tps: list[TopicPartition], ms: int, ends: dict[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """The first offset written at `ms` or later; the end where there is none (Kafka then answers nothing)."""
    found = await client.offsets_for_times(dict.fromkeys(tps, ms))
    return {tp: ends[tp] if found.get(tp) is None else found[tp].offset for tp in tps}
