"""Rule sets on Kafka: what is in force, and publishing the next one to every partition in one transaction."""

import getpass

import msgspec
from aiokafka import TopicPartition

from agents import kafka
from agents.settings import Settings
from streams.events import RuleSet, decode
from streams.rules import make_rule_set, parse
from streams.topics import RULES


async def newest(settings: Settings) -> RuleSet | None:
    """The rule set published last; None where none ever was, and the defaults in the code hold."""
    client = kafka.consumer(settings, auto_offset_reset="earliest")
    await client.start()
    found: RuleSet | None = None
    try:
        tp = TopicPartition(settings.named(RULES), 0)
        client.assign([tp])
        await client.seek_to_beginning(tp)
        end = (await client.end_offsets([tp]))[tp]
        while await client.position(tp) < end:
            for record in (await client.getmany(tp, timeout_ms=200)).get(tp, ()):
                rules = decode(RULES, record.value) if record.value else None
                if isinstance(rules, RuleSet) and (found is None or rules.version > found.version):
                    found = rules
    finally:
        await kafka.quietly(client.stop(), 5)
    return found


async def publish(settings: Settings, text: str, reason: str | None) -> RuleSet:
    """Check a `rules.toml`, make the complete set with the next version and write it to every partition.

    Raises streams.rules.BadRules with every error; the set in force then stays.
    """
    make_rule_set(parse(text), version=1)  # before anything else: a bad file never reaches the broker
    producer = kafka.producer(settings, transactional_id=f"{settings.app_id}-rules")
    await producer.start()  # shuts out another who applies at the same time
    try:
        before = await newest(settings)
        rules = make_rule_set(
            parse(text), version=before.version + 1 if before else 1, author=getpass.getuser(), reason=reason or ""
        )
        value, key = msgspec.json.encode(rules), str(rules.version).encode()
        async with producer.transaction():
            for partition in range(settings.partitions):
                await producer.send_and_wait(settings.named(RULES), value, key=key, partition=partition)
    finally:
        await kafka.quietly(producer.stop(), 5)
    return rules
