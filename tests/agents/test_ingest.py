"""What ingest takes for quiet and for unread while it writes what it read at once, told by fakes of both clients."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError
from logs import COMMENTS, JOINS, ORDERS, SHOWS, at, comment, join, marker, order

from agents.ingest import Ingest, Input, Merging
from agents.settings import Settings
from streams.log import Record, record_of
from streams.merging import Clock
from streams.sources import Start
from streams.topics import SOURCES

LONG_AGO_MS, NOW_MS = 0, 60_000


class Read(msgspec.Struct):
    """A record as the client hands it over."""

    offset: int
    value: bytes
    key: bytes = b"r1"
    timestamp: int = at(3_600)
    timestamp_type: int = 1


class FakeConsumer:
    """Knows how far each input goes; notes what is paused and committed."""

    def __init__(self) -> None:
        self.ends: dict[str, int] = {}
        self.answered_ms: dict[str, int] = {}
        self.paused: set[str] = set()
        self.committed: dict[TopicPartition, int] = {}
        self.lost = False

    def highwater(self, tp: TopicPartition) -> int:
        return self.ends.get(tp.topic, 0)

    async def position(self, tp: TopicPartition) -> int:
        return self.ends.get(tp.topic, 0)

    def last_poll_timestamp(self, tp: TopicPartition) -> int | None:
        return self.answered_ms.get(tp.topic)

    def pause(self, tp: TopicPartition) -> None:
        if self.lost:
            raise IllegalStateError(f"{tp} is not assigned")
        self.paused.add(tp.topic)

    def resume(self, tp: TopicPartition) -> None:
        self.paused.discard(tp.topic)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        self.committed.update(offsets)


class FakeProducer:
    """Notes the records of the log."""

    def __init__(self) -> None:
        self.log: list[Record] = []

    async def send(self, topic: str, value: bytes, *, partition: int, headers: Any) -> asyncio.Future[None]:
        self.log.append(record_of(headers, value))
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


class Bench:
    """One partition of ingest, whose inputs are all read to their ends and silent for a minute."""

    def __init__(self, **newest_s: float) -> None:
        self.ingest = Ingest(Settings(lateness_ms=2_000))
        self.consumer = self.ingest.consumer = FakeConsumer()  # type: ignore[assignment]
        self.producer = self.ingest.producer = FakeProducer()  # type: ignore[assignment]
        clock = Clock(2_000)
        for name, seconds in newest_s.items():
            clock.saw(f"live.{name}", at(seconds), LONG_AGO_MS)
        self.inputs = {source: Input(source, TopicPartition(source, 0), Start(0, 0), LONG_AGO_MS) for source in SOURCES}
        for source in self.inputs.values():
            source.answers, source.begins_anew = 2, False
        self.merging = Merging(0, clock, self.inputs)

    async def read(self, *events: Any, now_ms: int = NOW_MS) -> list[Record]:
        """What is written when these were read at once, the topics in this order."""
        fetched: dict[TopicPartition, list[Read]] = {}
        for event in events:
            source = self.inputs[event.TOPIC]
            offset = self.consumer.ends.get(event.TOPIC, 0)
            self.consumer.ends[event.TOPIC] = source.position = offset + 1
            fetched.setdefault(source.tp, []).append(Read(offset, msgspec.json.encode(event)))
        before = len(self.producer.log)
        await self.ingest._merge({0: self.merging}, fetched, now_ms)
        return self.producer.log[before:]

    async def answer(self, topic: str, at_ms: int) -> None:
        """A fetch answer for this input."""
        self.consumer.answered_ms[topic] = at_ms
        await self.ingest._look_at_answers({0: self.merging}, False)


async def test_markers_that_were_read_with_newer_events_are_not_late():
    bench = Bench()

    written = await bench.read(join(50), comment(50), order(50), marker(10, "started"))

    [*before, last] = written
    assert [record.source for record in written] == [JOINS, COMMENTS, ORDERS, SHOWS]
    assert max(record.watermark for record in before) <= at(10)
    assert last.watermark == at(48)


async def test_an_input_that_was_quiet_until_this_read_is_not_passed_by_the_others():
    bench = Bench(joins=5, comments=5, orders=5)

    written = await bench.read(join(50), comment(10))

    assert [(record.source, record.watermark <= at(10)) for record in written] == [(JOINS, True), (COMMENTS, True)]


async def test_inputs_that_stay_quiet_do_not_hold_time():
    bench = Bench(joins=5, comments=5, orders=5)

    [written] = await bench.read(join(50))

    assert written.watermark == at(48)


async def test_an_input_with_many_pieces_counts_as_unread_until_the_last_of_them():
    bench = Bench(joins=5, comments=5, orders=5)
    talk = [comment(10 + n / 1_000, event_id=f"e{n}") for n in range(1_001)]

    joined, first, second = await bench.read(join(50), *talk)

    assert (joined.source, joined.watermark <= at(10)) == (JOINS, True)
    assert first.watermark <= at(10)
    assert second.watermark == at(9)


async def test_an_input_that_was_held_back_is_not_quiet_before_two_answers_came_since():
    bench = Bench(joins=5, comments=5, orders=5)
    await bench.read(comment(10))
    await bench.read(join(100), now_ms=NOW_MS + 1)
    assert bench.consumer.paused == {JOINS}

    later_ms = NOW_MS + 30_000  # it waits; more came to it, unseen
    [written] = await bench.read(comment(200), now_ms=later_ms)

    assert bench.consumer.paused == {COMMENTS}
    assert written.watermark == at(98)  # not that of the comments
    for answered_ms in (1, 2):  # the first may be from before it was held back
        await bench.answer(JOINS, answered_ms)
        await bench.ingest._merge({0: bench.merging}, {}, later_ms + 5_000)
        assert bench.merging.clock.watermark == at(98)
    await bench.answer(JOINS, 3)
    await bench.ingest._merge({0: bench.merging}, {}, later_ms + 10_000)
    assert bench.merging.clock.watermark > at(98)


async def test_a_partition_that_is_lost_while_it_is_held_back_is_no_error():
    bench = Bench(joins=5, comments=5, orders=5)
    bench.consumer.lost = True

    await bench.read(comment(10))
    await bench.read(join(100), now_ms=NOW_MS + 1)

    assert bench.consumer.committed == {TopicPartition(COMMENTS, 0): 1, TopicPartition(JOINS, 0): 1}


@pytest.mark.parametrize("stood_still", [True, False])
async def test_after_standing_still_answers_count_from_the_beginning(stood_still):
    bench = Bench(joins=5, comments=5, orders=5)

    await bench.ingest._look_at_answers({0: bench.merging}, stood_still)
    [written] = await bench.read(join(50))

    assert written.watermark == (at(3) if stood_still else at(48))


async def test_an_answer_from_before_a_stand_still_that_nobody_had_seen_does_not_count():
    """One came unseen just before the freeze, one waited in the socket: both say how it was before."""
    bench = Bench(joins=5, comments=5, orders=5)
    everyone = {0: bench.merging}

    async def answers(at_ms: int, stood_still: bool) -> int:
        for source in SOURCES:
            bench.consumer.answered_ms[source] = at_ms
        await bench.ingest._look_at_answers(everyone, stood_still)
        await bench.ingest._merge(everyone, {}, NOW_MS + at_ms)
        return bench.merging.clock.watermark

    assert await answers(1, stood_still=True) == at(3)  # the slowest input, less the lateness
    assert await answers(2, stood_still=False) == at(3)
    assert await answers(3, stood_still=False) > at(3)
