"""Inputs that are trimmed, made anew, far behind each other, full of garbage; workers with other clocks."""

import os
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete
from cluster import Cluster, Worker, until
from killed import two_of_each
from poison import kinds
from recorded import ToSend, backlogs, to_send
from scenario import CannotBeHad
from stage import Sent, Stage
from two_rooms import with_a_fast_clock

from agents import kafka
from agents.settings import Settings
from streams.topics import BY_NAME

SKEW_S = 60
GARBAGE = b"\x00 no event " * 90


# -- the input is not what it was -------------------------------------------------------------------------------------


async def source_trimmed(stage: Stage) -> None:
    """What ingest has not read yet is deleted from half of the partitions of an input."""
    topic = "live.comments"
    trimmed = range(0, stage.cluster.settings.partitions, 2)
    read = await _unread(stage, topic)
    until_offset = {number: (read[number] + _end(stage, topic, number)) // 2 for number in trimmed}
    async with kafka.admin(stage.cluster.settings) as admin:
        named = stage.cluster.settings.named(topic)
        await admin.delete_records({TopicPartition(named, n): RecordsToDelete(at) for n, at in until_offset.items()})
    stage.lose(sent for sent in stage.was_sent if sent.source == topic and _between(sent, read, until_offset))
    stage.resets = sum(at > read[number] for number, at in until_offset.items())
    await _go_on(stage)


async def source_anew(stage: Stage) -> None:
    """An input is deleted and made again; what ingest had not read of it is gone."""
    topic = "live.orders"
    read = await _unread(stage, topic)
    partitions = stage.cluster.settings.partitions
    stage.lose(sent for sent in stage.was_sent if sent.source == topic and sent.offset >= read[sent.partition])
    await _made_anew(stage.cluster.settings, topic, partitions)
    stage.says("made anew")
    stage.resets = sum(offset > 0 for offset in read.values())  # of the others nothing was lost
    await _go_on(stage)


async def _made_anew(settings: Settings, topic: str, partitions: int) -> None:
    named = settings.named(topic)
    async with kafka.admin(settings) as admin:
        await admin.delete_topics([named])

        async def gone() -> bool:
            return named not in await admin.list_topics()

        async def made() -> bool:
            declared = NewTopic(named, partitions, 1, topic_configs=dict(BY_NAME[topic].config()))
            return bool((await admin.create_topics([declared])).topic_errors[0][1] == 0)

        async def seen() -> bool:
            return named in await admin.list_topics()

        await until(gone)
        await until(made)
        await until(seen)


async def _unread(stage: Stage, topic: str) -> dict[int, int]:
    """A third of the evening is read, then ingest stops, then more is sent -> how much of the topic was read."""
    stage.hold_nothing_back()
    await two_of_each(stage)
    await stage.send(0.35)
    await stage.all_is_read()
    await stage.leave()
    read = {number: _end(stage, topic, number) for number in range(stage.cluster.settings.partitions)}
    await stage.send(0.45)
    return read


def _end(stage: Stage, topic: str, number: int) -> int:
    ends = (sent.offset + 1 for sent in stage.was_sent if (sent.source, sent.partition) == (topic, number))
    return max(ends, default=0)


def _between(sent: Sent, first: dict[int, int], end: dict[int, int]) -> bool:
    return sent.partition in end and first[sent.partition] <= sent.offset < end[sent.partition]


async def _go_on(stage: Stage) -> None:
    await stage.send(0.6)
    await two_of_each(stage)
    await stage.all_is_read()
    await stage.send(1.0)


# -- one input an hour behind -----------------------------------------------------------------------------------------


async def backlog(stage: Stage) -> None:
    """An evening for each input in turn, of which an hour lies in that input alone when ingest starts."""
    stretches = backlogs(stage.size)
    stage.events = [event for _, events in stretches for event in events]
    stage.records = to_send(stage.events, stage.cluster.settings.partitions)
    await stage.supervised("detect")
    end = 0
    for topic, events in stretches:
        end += len(events)
        await stage.send(end / len(stage.events))
        stage.says(f"an hour in {topic} alone")
        ingest = await stage.worker("ingest", quiet_s=2.0).ready()
        await stage.all_is_read()
        assert await ingest.stop() == 0


# -- another clock ----------------------------------------------------------------------------------------------------


async def clock_skew(stage: Stage) -> None:
    """One worker is a minute ahead, then one a minute behind; another has the right time."""
    stage.hold_nothing_back()
    ahead = await skewed(stage, SKEW_S)
    right = stage.worker()
    await stage.send(0.4)
    await right.ready()
    await stage.send(0.5)
    await ahead.stop()
    behind = await skewed(stage, -SKEW_S)
    await stage.send(0.8)
    await stage.all_is_read()
    await right.stop()
    await stage.send(1.0)
    await behind.stop()


async def skewed(stage: Stage, by_s: int) -> Worker:
    """A worker whose clock is off, by libfaketime."""
    env = stage.cluster.env
    added = {"LD_PRELOAD": str(_faketime()), "FAKETIME": f"{by_s:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    stage.cluster.env = env | added
    try:
        worker = stage.worker()
    finally:
        stage.cluster.env = env
    await worker.ready()
    said = (await worker.has_said("started"))["timestamp"]
    wrong_by_s = datetime.fromisoformat(said).timestamp() - os.stat(worker.log).st_mtime
    assert abs(wrong_by_s - by_s) < 30, f"its clock is off by {wrong_by_s:.0f} s instead of {by_s} s"
    stage.says(f"a worker whose clock is off by {by_s} s")
    return worker


def _faketime() -> Path:
    for name in ("libfaketimeMT.so.1", "libfaketime.so.1"):
        for folder in (Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/local/lib")):
            for path in (*folder.glob(f"*/faketime/{name}"), *folder.glob(f"faketime/{name}")):
                return path
    raise CannotBeHad("libfaketime is not here; install Debian's libfaketime, or its like")


# -- garbage ----------------------------------------------------------------------------------------------------------


async def bad_input(stage: Stage) -> None:
    """Every kind of bad record many times over, one partition with nothing else, a room with a fast clock."""
    await _unequal_partitions_are_refused(stage)
    stage.hold_nothing_back()
    await two_of_each(stage)
    await stage.send(0.2)
    await stage.all_is_read()
    alone_s = await _time_of(stage, 0.4, range(stage.cluster.settings.partitions))
    await stage.send_records(_garbage(3, 500 * stage.size.large))
    beside_s = await _time_of(stage, 0.6, set(range(stage.cluster.settings.partitions)) - {3})
    stage.says(f"neighbours of a partition of garbage: {beside_s:.1f} s, without it {alone_s:.1f} s")
    await stage.send_records([ToSend(one.topic, 3, *one[1:]) for one in kinds() for _ in range(10)])
    await stage.send(1.0)
    await stage.all_is_read()
    await with_a_fast_clock(stage)


async def _time_of(stage: Stage, share: float, partitions: Iterable[int]) -> float:
    """How long a stretch of the evening takes from the first record sent until it is in the log."""
    began = time.monotonic()
    await stage.send(share)
    await stage.all_is_read(partitions)
    return time.monotonic() - began


def _garbage(number: int, count: int) -> list[ToSend]:
    return [ToSend("live.comments", number, b"garbage", GARBAGE, "not_json") for _ in range(count)]


async def _unequal_partitions_are_refused(stage: Stage) -> None:
    """A deployment one of whose topics has fewer partitions does not start."""
    settings = stage.cluster.settings
    folder = stage.cluster.folder / "unequal"
    folder.mkdir()
    prefix = f"{settings.prefix}unequal."
    async with Cluster(settings.broker, prefix, folder, partitions=4) as cluster:
        await _made_anew(cluster.settings, "live.orders", 3)
        worker = cluster.worker()
        code, sentence = await worker.ended(), worker.sentence()
        assert code == 1, worker.said()
        assert "all topics need 4 partitions" in sentence, sentence
        assert f"{prefix}live.orders 3" in sentence, sentence
