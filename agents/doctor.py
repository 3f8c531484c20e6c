"""doctor: what is wrong with a deployment, and how to mend it."""

import time
from typing import Literal

import msgspec
from aiokafka import TopicPartition

from agents import kafka
from agents.settings import Settings
from agents.topics import look
from streams.events import EVENTS
from streams.topics import LOG

State = Literal["good", "warning", "bad"]
CLOCK_SKEW_MS = 5_000
SILENT_S = 60


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: State
    found: str
    mend: str = ""


async def examine(settings: Settings) -> list[Check]:
    """Everything that can be looked at from outside; raises Unreachable where no broker answers."""
    async with kafka.admin(settings) as admin:
        checks = [Check("broker", "good", f"answers at {settings.broker}")]
        seen = await look(admin, settings)
    counts = {entry.partitions for entry in seen if entry.partitions is not None}
    for entry in seen:
        if entry.partitions is None:
            checks.append(Check(entry.name, "bad", "does not exist", "run `claquewatch topics --create`"))
        elif entry.differences:
            stamps = any("timestamp" in difference for difference in entry.differences)
            mend = f"change it with kafka-configs.sh --alter --topic {entry.name}, as `claquewatch topics` declares"
            if stamps:
                mend += "; until then the time of receipt is a worker's own clock"
            checks.append(Check(entry.name, "warning", "; ".join(entry.differences), mend))
    if len(counts) > 1:
        checks.append(
            Check("partitions", "bad", f"unequal: {sorted(counts)}", "make the topics anew with equal partition counts")
        )
    elif counts:
        checks.append(Check("partitions", "good", f"{counts.pop()} in every topic"))
    if all(entry.partitions is not None for entry in seen):
        checks += await _log(settings)
    return checks


async def _log(settings: Settings) -> list[Check]:
    """Whether events come in, whether the log goes on, and whether clocks agree."""
    tail = kafka.consumer(settings, fetch_max_wait_ms=20, auto_offset_reset="latest")
    await tail.start()
    now_ms = time.time() * 1000
    try:
        inputs = [TopicPartition(settings.named(k.TOPIC), n) for k in EVENTS for n in range(settings.partitions)]
        total = sum((await tail.end_offsets(inputs)).values())
        newest = 0
        for number in range(settings.partitions):
            tp = TopicPartition(settings.named(LOG), number)
            tail.assign([tp])
            end = (await tail.end_offsets([tp]))[tp]
            if end == (await tail.beginning_offsets([tp]))[tp]:
                continue
            tail.seek(tp, end - 1)
            newest = max(newest, (await tail.getone(tp)).timestamp)
    finally:
        await kafka.quietly(tail.stop(), 5)
    if not total:
        return [Check("events", "warning", "no event in any input yet", "see 'Connect your platform' in the README")]
    checks = [Check("events", "good", f"{total:,} records in the inputs")]
    if not newest:
        mend = "start a worker: `claquewatch worker`"
        return [*checks, Check("log", "bad", "events are there, but live.activity is empty", mend)]
    age_s = (now_ms - newest) / 1000
    if age_s > SILENT_S:
        mend = "look at the workers' /livez and logs, or start one: `claquewatch worker`"
        checks.append(Check("log", "bad", f"nothing was written for {age_s:.0f} s", mend))
    else:
        checks.append(Check("log", "good", f"written {max(0.0, age_s):.0f} s ago"))
    if age_s < -CLOCK_SKEW_MS / 1000:
        mend = "set the clocks of broker and workers by NTP"
        checks.append(Check("clock", "bad", f"the log is {-age_s:.0f} s ahead of this machine", mend))
    return checks
