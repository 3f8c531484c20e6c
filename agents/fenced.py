"""What one partition writes, in transactions of the newest owner alone.

A commit that raised, timed out or took as long as the client waits before it repeats a request is in doubt: a late
repeat could end the next transaction (a torn transaction). So it ends that producer. A new one with the same id has a
newer epoch, which shuts late requests out and ends what was open. Then the header and the list of what was sent say
whether the transaction took effect; if not, it is written again.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, ProducerFenced

from agents import kafka, metrics
from agents.changelog import CannotLoad, read
from agents.saved import HEADER_KEY, SENT_KEY
from agents.settings import Settings
from streams.events import BROADCASTS
from streams.topics import table_changelog

TRANSACTION_TIMEOUT_MS: Final = 10_000  # how long a dead worker's open transaction may hold readers back
SEND_DEADLINE_S: Final = 10.0  # then the broker has ended the transaction
COMMIT_DEADLINE_S: Final = 10.0
START_DEADLINE_S: Final = 60.0
REPLACE_DEADLINE_S: Final = 60.0  # a broker that restarts is back by then
ATTEMPTS: Final = 5  # of one transaction

Write = tuple[str, bytes, bytes | None, list[tuple[str, bytes]]]  # topic, key, value, headers

log = structlog.get_logger("table")


class InDoubt(Exception):
    """Whether a transaction took effect is not known."""


class CannotWrite(Exception):
    """A transaction was tried again and again, or can never be written."""


class FencedTable:
    """One partition of the changelog, and the outputs that go with it."""

    def __init__(self, settings: Settings, number: int) -> None:
        self.settings = settings
        self.number = number
        self.changelog = table_changelog(settings.app_id).name
        self._broadcasts = frozenset(settings.named(kind.TOPIC) for kind in BROADCASTS)
        self.leaving = False  # the partition is let go: its next owner settles what is in doubt
        self._producer: AIOKafkaProducer | None = None
        self._known: dict[bytes, bytes] = {}  # header and list as they were committed last
        self._begin = 0  # offset of the changelog from which they are to be found
        self._closing: set[asyncio.Task[None]] = set()

    async def open(self, moved: Callable[[], object] | None = None) -> dict[bytes, bytes]:
        """Shut the former owner out, then read what it left; `moved` is called whenever that gets on.

        Raises CannotLoad, KafkaError, TimeoutError.
        """
        self._producer = await self._start()
        values = await read(self.settings, self._tp, moved=moved)
        self._known = _only_lists(values)
        return values

    async def close(self) -> None:
        self.leaving = True
        if self._producer is not None:
            await _close(self._producer)

    async def commit(self, records: Sequence[Write]) -> None:
        """All records or none, each once.

        Raises ProducerFenced where another owns the partition now, InDoubt only when leaving, CannotWrite.
        """
        new = _only_lists({key: value for topic, key, value, _ in records if topic == self.changelog and value})
        for _ in range(ATTEMPTS):
            try:
                offsets = await self._transact(records)
            except InDoubt as doubt:
                if self.leaving:
                    raise
                log.warning("a new producer", partition=self.number, why=str(doubt))
                found = await self._replace()
                if new and found == self._known | new:
                    self._known = found
                    return
                if found != self._known:  # somebody else wrote since
                    raise ProducerFenced from doubt
            else:
                if HEADER_KEY in new:
                    self._begin = min(offsets)
                self._known |= new
                return
        raise CannotWrite(f"a transaction of {len(records)} records was in doubt {ATTEMPTS} times")

    async def _transact(self, records: Sequence[Write]) -> list[int]:
        """One try -> the offsets of what went to the changelog."""
        producer = self._producer
        assert producer is not None
        sent: list[asyncio.Future[Any]] = []
        topics: list[str] = []
        try:
            async with asyncio.timeout(SEND_DEADLINE_S):
                await producer.begin_transaction()
                for topic, key, value, headers in records:
                    for number in self._partitions_of(topic):
                        topics.append(topic)
                        sent.append(await producer.send(topic, value=value, key=key, partition=number, headers=headers))
                offsets = [metadata.offset for metadata in await asyncio.gather(*sent)]
            started = time.monotonic()
            async with asyncio.timeout(COMMIT_DEADLINE_S):
                await producer.commit_transaction()
        except ProducerFenced:
            _give_up(sent)
            raise
        except MessageSizeTooLargeError as error:
            raise CannotWrite(f"a record is too large: {error!r}") from error
        # aiokafka raises the last two: where an EndTxn times out (its handler has no `handle_error`), and where the
        # producer's state does not allow what is asked of it
        except (KafkaError, TimeoutError, NotImplementedError, AssertionError) as error:
            _give_up(sent)
            raise InDoubt(f"a transaction failed: {error!r}") from error
        took_ms = (time.monotonic() - started) * 1000
        if took_ms >= kafka.RETRY_BACKOFF_MS:
            raise InDoubt(f"a commit took {took_ms:.0f} ms and may have been repeated")
        return [offset for topic, offset in zip(topics, offsets, strict=True) if topic == self.changelog]

    def _partitions_of(self, topic: str) -> Iterable[int]:
        """Where a record goes: to our partition, and a broadcast to all."""
        return range(self.settings.partitions) if topic in self._broadcasts else (self.number,)

    async def _replace(self) -> dict[bytes, bytes]:
        """Another producer in place of this one -> the header and the list as they stand now."""
        old, deadline = self._producer, time.monotonic() + REPLACE_DEADLINE_S
        while True:
            try:
                self._producer = await self._start()
                found = self._known | _only_lists(await read(self.settings, self._tp, self._begin, _LISTS))
            except (KafkaError, TimeoutError, CannotLoad) as error:
                if self.leaving:
                    raise InDoubt("left while a producer was replaced") from error
                if time.monotonic() > deadline:
                    raise CannotWrite(f"no new producer can be had: {error!r}") from error
                await asyncio.sleep(0.5)
            else:
                break
            finally:
                if old is not None and old is not self._producer:
                    self._close_aside(old)
                    old = self._producer
        metrics.PRODUCERS_REPLACED.inc()
        return found

    async def _start(self) -> AIOKafkaProducer:
        """A producer whose start shuts the ones before it out."""
        producer = kafka.producer(
            self.settings,
            transactional_id=f"{self.settings.app_id}-rooms-{self.number}",
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            retry_backoff_ms=kafka.RETRY_BACKOFF_MS,
        )
        try:
            await asyncio.wait_for(producer.start(), START_DEADLINE_S)
        except BaseException:
            self._close_aside(producer)
            raise
        return producer

    def _close_aside(self, producer: AIOKafkaProducer) -> None:
        """It may hang in a request that is never answered; nothing waits for it."""
        task = asyncio.create_task(_close(producer))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    @property
    def _tp(self) -> TopicPartition:
        return TopicPartition(self.changelog, self.number)


_LISTS: Final = (HEADER_KEY, SENT_KEY)


def _only_lists(values: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {key: values[key] for key in _LISTS if key in values}


def _give_up(sent: Iterable[asyncio.Future[Any]]) -> None:
    """The records fail one by one for the reason that is known; asyncio would tell of each that nobody asked."""
    for future in sent:
        future.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _close(producer: AIOKafkaProducer) -> None:
    """Stop it; where that hangs, cut its connections."""
    await kafka.quietly(producer.stop(), 5)
    await kafka.quietly(producer.client.close(), 5)
