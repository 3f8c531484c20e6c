"""ingest: merge the inputs of a partition into one log, `live.activity`, and stamp it with event time.

It keeps no state of its own: on taking a partition it reads the end of its log and goes on from there with the
source offsets that were committed. A range is written, then committed; after a crash in between it is written
again and the log's readers drop it. A writer whose send failed stops; it never skips.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from agents import kafka, metrics
from agents.errors import ClaquewatchError
from agents.parsed import hand_over_parsed
from agents.settings import Settings
from streams.log import BadRecord, NewerFormat, Record, headers_of, record_of
from streams.merging import SHOWS, Clock, Piece, Refused, cut, tick
from streams.rejects import Flood, Refusal
from streams.sources import APART_MS, Doubt, LogEnd, Start, end_of, reset, start_of
from streams.topics import LOG, REJECTED, SOURCES

STOOD_STILL_MS = 500  # a loop that took longer may have been frozen: what it knew of the inputs is old
STAMPED_ON_APPEND = 1
END_OF_LOG = 64  # records that are read back on taking a partition: more than a zombie had in hand
LOOK_S = 10.0  # how long a look at inputs in doubt may take before it is given up and tried again
GONE_S = 60.0  # how long an input may be missing before it ends the worker: somebody is making it anew

log = structlog.get_logger("ingest")


class Input:
    """One input partition: how far it was read, and whether it is known to have nothing more."""

    __slots__ = (
        "answers",
        "begins_anew",
        "flood",
        "in_hand",
        "last_answer",
        "last_event_ms",
        "next_offset",
        "paused",
        "position",
        "source",
        "start",
        "tp",
    )

    def __init__(self, source: str, tp: TopicPartition, start: Start, now_ms: int) -> None:
        next_offset = start.offset
        self.start = start
        self.flood = Flood(source, tp.partition)
        self.source = source
        self.tp = tp
        self.next_offset = next_offset  # everything below it is in the log
        self.position = next_offset  # everything below it was read
        self.last_event_ms = now_ms  # our clock (monotonic)
        self.last_answer = 0
        self.answers = 0  # fetch answers since our loop last stood still
        self.begins_anew = True  # the answer that is seen next may be old: it does not count
        self.paused = False
        self.in_hand = False  # what was read of it is not all written yet


class Merging:
    """One partition of the log that this member writes."""

    def __init__(self, number: int, clock: Clock, inputs: dict[str, Input], doubted: Sequence[TopicPartition] = ()):
        self.number = number
        self.doubted = doubted  # inputs that seem to be trimmed or made anew, which is not believed yet
        self.clock = clock
        self.inputs = inputs
        # of every input, with the record that is written next: its life, and its last offset in the log
        self.covered = {name: (source.start.life, source.next_offset - 1) for name, source in inputs.items()}
        self.written_watermark = clock.watermark
        self.written_at_ms = 0


class Ingest(ConsumerRebalanceListener):
    """Reads partition p of every input and writes partition p of the log. `run` ends by `stop` or an error."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.group = f"{settings.app_id}-ingest"
        self.partitions: dict[int, Merging] = {}
        self.progress_ms = _now_ms()  # when the loop last came round
        self._topics = {settings.named(source): source for source in SOURCES}
        self._stopping = asyncio.Event()
        self._ready = asyncio.Event()
        self._taking = asyncio.Lock()
        self._failure: Exception | None = None
        self._gone = ""  # which input is missing, as a sentence
        self._gone_since_ms = 0
        self._doubts: dict[TopicPartition, Doubt] = {}  # of every input since something was first in doubt
        self._look_at_ms: int | None = None  # when to look again at inputs in doubt; nothing is merged until then
        self._lost = 0  # how often partitions were taken from us
        self.consumer: AIOKafkaConsumer
        self.producer: AIOKafkaProducer
        self._tail: kafka.Tail

    # -- life -------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Merge until `stop`; raises ClaquewatchError with a sentence where it cannot go on."""
        self.consumer = kafka.consumer(self.settings, group=self.group, auto_offset_reset="none")
        self.producer = kafka.producer(self.settings, linger_ms=5)
        try:
            await self.producer.start()
            self.consumer.subscribe(list(self._topics), listener=self)
            async with kafka.Tail(self.settings) as self._tail:
                await self._begin()
                await self.consumer.start()
                hand_over_parsed(self.consumer)
                await self._loop()
        except KafkaError as error:
            raise ClaquewatchError(f"ingest cannot go on: {error!r}") from error
        finally:
            for client in (self.consumer, self.producer):
                await kafka.quietly(client.stop(), 5)

    def stop(self) -> None:
        self._stopping.set()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    async def _loop(self) -> None:
        before_ms = _now_ms()
        partitions: dict[int, Merging] = {}
        while not self._stopping.is_set():
            fetched = await self._fetch()
            if self._failure is not None:
                raise self._failure
            now_ms = self.progress_ms = _now_ms()
            if self._gone and now_ms - self._gone_since_ms > GONE_S * 1000:
                raise ClaquewatchError(self._gone)
            if partitions is not self.partitions:
                # assigned anew: what was fetched meanwhile may begin anywhere
                partitions, fetched = self.partitions, {}
                await self._reset(partitions)
                self._seek(partitions)
            await self._look_at_answers(partitions, now_ms - before_ms > STOOD_STILL_MS)
            before_ms = now_ms
            await self._merge(partitions, fetched, now_ms)

    async def _fetch(self) -> dict[TopicPartition, list[Any]]:
        """What was read; nothing as long as an input is in doubt, or partitions are being taken."""
        if self._look_at_ms is None:
            if self.consumer.assignment() and not self.partitions:
                await asyncio.sleep(0.02)  # what is read now would be thrown away, and read again
                return {}
            try:
                return await self.consumer.getmany(timeout_ms=100)
            except (NoOffsetForPartitionError, OffsetOutOfRangeError) as error:
                log.info("an input does not fit what was read of it", inputs=_names(_partitions_of(error)))
                self.partitions, self._look_at_ms = {}, _now_ms()
        if _now_ms() >= self._look_at_ms:
            await self._look_again()
        else:
            await asyncio.sleep(0.1)
        return {}

    async def _reset(self, partitions: dict[int, Merging]) -> None:
        """Tell the log which inputs were trimmed or made anew, then commit where they go on."""
        sent, done = [], {}
        for merging in partitions.values():
            for name, source in merging.inputs.items():
                if source.start.reset:
                    record = reset(name, source.start, merging.clock, merging.covered)
                    sent.append(await self._write(merging, record, _now_ms()))
                    done[source.tp] = source.next_offset
        if not sent:
            return
        await asyncio.gather(*sent)
        for tp, offset in done.items():
            metrics.RESETS.labels(self._topics[tp.topic]).inc()
            log.warning("an input was trimmed or made anew", topic=tp.topic, partition=tp.partition, start=offset)
        await self._commit(done)

    async def _commit(self, done: dict[TopicPartition, int]) -> None:
        try:
            await self.consumer.commit(done)
        except kafka.LOST:
            log.info("partition lost before its commit; its new owner repeats it")

    def _seek(self, partitions: dict[int, Merging]) -> None:
        """Read every input from where its log ends."""
        for merging in partitions.values():
            for source in merging.inputs.values():
                with contextlib.suppress(IllegalStateError):  # lost again; the listener is about to say so
                    self.consumer.seek(source.tp, source.next_offset)

    # -- taking partitions ------------------------------------------------------------------------------------

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._lost += 1
        self.partitions, self._doubts, self._look_at_ms = {}, {}, None
        self._ready.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Go on where the log ends. An error here is kept for the loop: the client swallows what listeners raise."""
        try:
            await self._take_all(assigned)
            metrics.REBALANCES.inc()
        except Exception as error:
            self._failure = error if isinstance(error, ClaquewatchError) else ClaquewatchError(f"ingest: {error!r}")

    async def _look_again(self) -> None:
        """Look at inputs in doubt. A broker that does not answer is coming back: looks before that do not count."""
        try:
            await asyncio.wait_for(self._take_all(self.consumer.assignment()), LOOK_S)
        except (KafkaError, TimeoutError) as error:
            if isinstance(error, KafkaError) and not error.retriable and not isinstance(error, kafka.LOST):
                raise
            log.warning("inputs in doubt cannot be looked at", error=repr(error))
            self._doubts, self._look_at_ms = {}, _now_ms() + APART_MS
        except BadRecord as error:
            raise ClaquewatchError(f"ingest: {error}") from error

    async def _take_all(self, assigned: set[TopicPartition]) -> None:
        """Take these partitions, unless an input is missing or in doubt."""
        async with self._taking:
            lost = self._lost
            if self._lacks(assigned):
                self._doubts, self._look_at_ms = {}, None
                return
            numbers = sorted({tp.partition for tp in assigned})
            taken = {number: await self._take(number, assigned) for number in numbers}
            if lost != self._lost:
                return  # taken from us meanwhile; the listener is told of the next
            if self._is_in_doubt(taken):
                return
            self.partitions, self._doubts, self._look_at_ms = taken, {}, None
            self._ready.set()
            log.info("partitions taken", partitions=numbers)

    def _is_in_doubt(self, taken: dict[int, Merging]) -> bool:
        """Whether an input seems to be trimmed or made anew and that is not believed yet. Then nothing is merged."""
        doubted = [tp for merging in taken.values() for tp in merging.doubted]
        if not doubted:
            return False
        log.info("an input seems to be trimmed or made anew; looking again", inputs=_names(doubted))
        self.partitions = {}
        self._ready.clear()
        now_ms = _now_ms()
        self._look_at_ms = max(self._doubts[tp].due_ms(now_ms) for tp in doubted)
        return True

    def _lacks(self, assigned: set[TopicPartition]) -> bool:
        """Whether an input is missing. Nothing is merged until it is back: time must not pass what it may hold."""
        numbers = {tp.partition for tp in assigned}
        missing = sorted(
            f"{topic}/{number}"
            for topic in self._topics
            for number in numbers
            if TopicPartition(topic, number) not in assigned
        )
        if not missing:
            self._gone = ""
            return False
        log.warning("an input is missing", inputs=missing)
        self.partitions = {}
        if not self._gone:
            self._gone_since_ms = _now_ms()
        self._gone = (
            f"{', '.join(missing)} is gone: the topic was deleted, or has fewer partitions than the other inputs; "
            "see `claquewatch topics`"
        )
        return True

    async def _take(self, number: int, assigned: set[TopicPartition]) -> Merging:
        known = await self._end_of_log(number)
        clock = Clock(self.settings.lateness_ms)
        now_ms = _now_ms()
        if not known.empty:
            clock.watermark, clock.newest, clock.newest_at_ms = known.watermark, dict(known.newest), now_ms
        inputs = {}
        tps = {self._topics[tp.topic]: tp for tp in assigned if tp.partition == number}
        asked_ms = _now_ms()
        beginnings = await self.consumer.beginning_offsets(list(tps.values()))
        ends = await self.consumer.end_offsets(list(tps.values()))
        committed = {tp: await self.consumer.committed(tp) for tp in tps.values()}
        answered_ms = _now_ms()
        doubted = []
        for source, tp in tps.items():
            start = start_of(source, known, committed[tp], beginnings[tp], ends[tp])
            if not self._doubts.setdefault(tp, Doubt()).believes(start, asked_ms, answered_ms):
                doubted.append(tp)
            inputs[source] = Input(source, tp, start, now_ms)
        return Merging(number, clock, inputs, doubted)

    async def _begin(self) -> None:
        """Commit where each input begins, once, before anything of it is read.

        From then on "nothing committed" means that the input was made anew. With members at work there is nothing
        to do: they did it, and the broker refuses it from outside.
        """
        everything = [
            TopicPartition(topic, number) for topic in self._topics for number in range(self.settings.partitions)
        ]
        client = kafka.consumer(self.settings, group=self.group, auto_offset_reset="none")
        client.assign(everything)
        await client.start()
        try:
            missing = [tp for tp in everything if await client.committed(tp) is None]
            for number in sorted({tp.partition for tp in missing}):
                known = await self._end_of_log(number)
                missing = [tp for tp in missing if tp.partition != number or not known.had(self._topics[tp.topic])]
            if missing:
                with contextlib.suppress(*kafka.LOST):
                    await client.commit(await client.beginning_offsets(missing))
        finally:
            await kafka.quietly(client.stop(), 5)

    async def _end_of_log(self, number: int) -> LogEnd:
        """What a partition of the log knows at its end. What is no record of the log is passed over, as readers do."""
        tp = TopicPartition(self.settings.named(LOG), number)
        found = []
        for record in await asyncio.wait_for(self._tail.stretch(tp, END_OF_LOG), 30):
            try:
                found.append(record_of(record.headers, record.value))
            except NewerFormat:
                raise
            except BadRecord as error:
                log.warning("not a record of the log", partition=number, offset=record.offset, error=str(error))
        return end_of(found)

    # -- merging ----------------------------------------------------------------------------------------------

    async def _merge(
        self, partitions: dict[int, Merging], fetched: dict[TopicPartition, list[Any]], now_ms: int
    ) -> None:
        """Write what was read, commit what was written, let time go on."""
        sent: list[Any] = []
        done: dict[TopicPartition, int] = {}
        counted: list[tuple[str, int, list[Refused]]] = []
        # of a partition that was lost nothing is written
        ours = [
            (partitions[tp.partition], tp, records) for tp, records in fetched.items() if tp.partition in partitions
        ]
        for merging, tp, _ in ours:
            merging.inputs[self._topics[tp.topic]].in_hand = True
        for merging, tp, records in ours:
            source = merging.inputs[self._topics[tp.topic]]
            pieces, refused, upto = self._pieces(source, records)
            for single in source.flood.take(records, refused, now_ms):
                sent.append(await self._refuse(single))
            accepted = 0
            for piece in pieces:
                accepted += len(piece.lines)
                source.in_hand = piece is not pieces[-1]
                sent.append(await self._write_piece(merging, piece, source, now_ms))
            source.next_offset = upto
            done[tp] = source.flood.upto(upto)
            counted.append((source.source, accepted, refused))
        for merging in partitions.values():
            self._advance(merging, now_ms)
            if self._tick_is_due(merging, now_ms):
                sent.append(await self._write(merging, tick(merging.clock, merging.covered), now_ms))
            self._hold_back(merging, now_ms)
            for source in merging.inputs.values():
                if (summary := source.flood.summary(now_ms)) is not None:
                    sent.append(await self._refuse(summary))
                    done[source.tp] = source.flood.upto(source.next_offset)
        if not sent:
            return
        await asyncio.gather(*sent)
        for topic, accepted, refused in counted:
            metrics.EVENTS.labels(topic, "accepted").inc(accepted)
            metrics.EVENTS.labels(topic, "rejected").inc(len(refused))
            for refusal in refused:
                metrics.REJECTED.labels(refusal.why.reason).inc()
        if done:
            await self._commit(done)

    def _pieces(self, source: Input, records: list[Any]) -> tuple[list[Piece], list[Refused], int]:
        """What was read of one input -> pieces of the log, what was refused, and the offset to go on from."""
        upto = max(records[-1].offset + 1, source.position)  # past markers and compacted records too
        stamped = records[-1].timestamp_type == STAMPED_ON_APPEND
        clock_ms = None if stamped else int(time.time() * 1000)
        pieces, refused = cut(source.source, source.next_offset, upto - 1, records, clock_ms)
        return pieces, refused, upto

    async def _write_piece(self, merging: Merging, piece: Piece, source: Input, now_ms: int) -> Any:
        if piece.lines:
            source.last_event_ms = now_ms
        if piece.newest:
            merging.clock.saw(piece.source, piece.newest, now_ms)
        self._advance(merging, now_ms)
        merging.covered[piece.source] = (source.start.life, piece.last)
        return await self._write(merging, piece.record(merging.clock, merging.covered), now_ms)

    async def _write(self, merging: Merging, record: Record, now_ms: int) -> Any:
        merging.written_watermark, merging.written_at_ms = record.watermark, now_ms
        return await self.producer.send(
            self.settings.named(LOG), record.value, partition=merging.number, headers=headers_of(record)
        )

    async def _refuse(self, refusal: Refusal) -> Any:
        if refusal.reason == "flood":
            metrics.REJECTED.labels("flood").inc()
            log.warning("a flood of records that are no event", detail=refusal.detail, topic=refusal.topic)
        return await self.producer.send(
            self.settings.named(REJECTED), msgspec.json.encode(refusal), key=refusal.key, partition=refusal.partition
        )

    # -- time -------------------------------------------------------------------------------------------------

    def _advance(self, merging: Merging, now_ms: int) -> None:
        quiet = [name for name, source in merging.inputs.items() if self._is_quiet(source, now_ms)]
        shows_unread = self._has_unread(merging.inputs[SHOWS])
        merging.clock.advance(quiet, shows_unread, now_ms, self.settings.speed)

    def _tick_is_due(self, merging: Merging, now_ms: int) -> bool:
        due = now_ms - merging.written_at_ms >= self.settings.tick_s * 1000
        return due and merging.clock.watermark > merging.written_watermark

    async def _look_at_answers(self, partitions: dict[int, Merging], stood_still: bool) -> None:
        """Note how far each input was read, and count its fetch answers since our loop last stood still.

        The client stamps an answer when it processes it. What is stamped when we look first after a stand-still may
        have come before it, unseen; the next may have waited for us since before it; the one after that was sent for
        after both.
        """
        for merging in partitions.values():
            for source in merging.inputs.values():
                try:
                    answer = self.consumer.last_poll_timestamp(source.tp) or 0
                    source.position = await self.consumer.position(source.tp)
                except (AssertionError, KeyError, IllegalStateError):
                    source.answers = 0
                    continue  # not ours any more; the listener is about to say so
                if stood_still or source.begins_anew:
                    source.answers, source.last_answer, source.begins_anew = 0, answer, False
                elif answer != source.last_answer:
                    source.last_answer = answer
                    source.answers += 1

    def _is_quiet(self, source: Input, now_ms: int) -> bool:
        """Nothing more is there: read to its end, silent for a while, both known since the last stand-still.

        A paused input has no answers: what came to it meanwhile is not known.
        """
        if now_ms - source.last_event_ms < self.settings.quiet_s * 1000 or source.answers < 2:
            return False
        return not self._has_unread(source)

    def _has_unread(self, source: Input) -> bool:
        """Whether the input has, or may have, records that are not in the log: unread, or read a moment ago."""
        if source.in_hand:
            return True
        try:
            end = self.consumer.highwater(source.tp)
        except (AssertionError, KeyError):
            return True
        return end is None or source.position < end

    def _hold_back(self, merging: Merging, now_ms: int) -> None:
        """Pause inputs that are far ahead of the slowest in event time, so that rooms hold little."""
        quiet = [name for name, source in merging.inputs.items() if self._is_quiet(source, now_ms)]
        ahead = set(merging.clock.ahead(quiet, self.settings.ahead_ms))
        for name, source in merging.inputs.items():
            wanted = name in ahead
            if wanted != source.paused:
                source.paused, source.answers, source.begins_anew = wanted, 0, True
                with contextlib.suppress(IllegalStateError):  # lost; the listener is about to say so
                    (self.consumer.pause if wanted else self.consumer.resume)(source.tp)


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _partitions_of(error: KafkaError) -> list[TopicPartition]:
    """Which partitions an error of the client is about; one carries the partition, the other a dict by partition."""
    about = error.args[0] if error.args else ()
    if isinstance(about, TopicPartition):
        return [about]
    return [tp for tp in about if isinstance(tp, TopicPartition)]


def _names(inputs: list[TopicPartition]) -> list[str]:
    return sorted(f"{tp.topic}/{tp.partition}" for tp in inputs)
