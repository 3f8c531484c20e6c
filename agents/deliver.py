"""Deliver alerts to the endpoints: at least once, in order within an incident, one consumer group per endpoint.

    live.alerts --(read_committed, group `<prefix>deliver-<endpoint>`)--> lanes, one a partition --> POST
                                                                               `--> live.undelivered

Each endpoint has its own progress in Kafka, so a slow one delays no other and there is no queue to build. An offset is
committed after a 2xx, or after live.undelivered has the alert; a crash between the two sends the same webhook-id again.
While a lane works or waits its partition is paused and polling goes on: aiokafka puts a member out that does not poll.

A group that is new to a partition begins with the alerts written since this process made its `Deliver`, and that
position is committed at once: a new endpoint gets no history, and what is written before its first commit is not lost.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
import structlog
from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from agents import kafka, metrics
from agents.endpoints import Endpoint
from agents.settings import Settings
from agents.webhooks import standard
from agents.webhooks.lane import Closing, Lane, Line, Undelivered, wall_ms
from agents.webhooks.patience import Delivered, Disable, GiveUp, Patience, Retry, after
from agents.webhooks.posting import Poster
from streams import topics

POLL_MS: Final = 200
PAUSE_S: Final = 0.5  # between tries to reach Kafka
METADATA_MS: Final = 10_000
STOP_S: Final = 3.0  # for a client to say goodbye
REVOKE_S: Final = 3.0  # how long a rebalance waits for attempts under way; others wait with it
MAX_RECORD_BYTES: Final = 900_000  # of live.undelivered: a longer one keeps where the alert is, not the alert

log = structlog.get_logger("claquewatch.deliver")

_encode = msgspec.json.Encoder().encode


class Deliver:
    """Everything that delivers in one process. `run()` until `stop()`; `run` raises what is a bug or beyond repair.

    `since_ms`: alerts older than this are not for endpoints whose group is new (default: now).
    """

    def __init__(
        self,
        settings: Settings,
        endpoints: Sequence[Endpoint],
        *,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        now_ms: Callable[[], int] = wall_ms,
        chance: Callable[[], float] = random.random,
        since_ms: int | None = None,
    ) -> None:
        self.settings, self.patience = settings, patience
        self.now_ms, self.chance = now_ms, chance
        self.since_ms = now_ms() if since_ms is None else since_ms
        self.closing = asyncio.Event()
        self._done = asyncio.Event()
        self.drain_s = settings.drain_s
        self.undelivered = _UndeliveredTopic(settings, self.closing)
        self._told: set[asyncio.Task[None]] = set()
        self._groups = [_Group(self, endpoint) for endpoint in endpoints]
        for endpoint in endpoints:
            metrics.endpoint_at_zero(endpoint.name)

    async def run(self) -> None:
        """Deliver until `stop` is called."""
        try:
            async with contextlib.AsyncExitStack() as stack:
                if self._groups:
                    stack.push_async_callback(self.undelivered.stop)
                    try:
                        async with asyncio.TaskGroup() as tasks:
                            for group in self._groups:
                                tasks.create_task(group.run())
                    except ExceptionGroup as failures:
                        raise failures.exceptions[0] from None
                else:
                    await self.closing.wait()
        finally:
            self.closing.set()
            await _cancel(self._told)
            self._done.set()

    @property
    def is_ready(self) -> bool:
        """Whether every endpoint has its partitions, at positions that are committed."""
        return all(group.ready.is_set() for group in self._groups)

    async def ready(self) -> None:
        """Wait until every endpoint has its partitions, at positions that are committed."""
        for group in self._groups:
            await group.ready.wait()

    async def stop(self, within_s: float | None = None) -> None:
        """Finish attempts under way, commit, leave the groups; what takes longer than `within_s` is cut off."""
        if within_s is not None:
            self.drain_s = within_s
        self.closing.set()
        await self._done.wait()

    def tell_others(self, disabled: Endpoint, alert_id: str) -> None:
        """`delivery.disabled` to the endpoints that still work: moderators should know what they no longer get."""
        for group in self._groups:
            if group.endpoint is not disabled and group.line is not None and not group.line.is_disabled:
                task = asyncio.ensure_future(self._tell(group.line, disabled, alert_id))
                self._told.add(task)
                task.add_done_callback(self._told.discard)

    async def _tell(self, line: Line, disabled: Endpoint, alert_id: str) -> None:
        born_ms = self.now_ms()
        message = standard.disabled_of(disabled, alert_id, born_ms)
        attempts = 0
        while True:
            attempts += 1
            now_ms = self.now_ms()
            answer = await line.poster.post(standard.sign(message, line.endpoint, now_ms))
            step = after(answer, attempts, now_ms, born_ms, line.endpoint.max_age_ms, self.patience, self.chance())
            match step:
                case Retry(at_ms, _):
                    await asyncio.sleep(max(0, at_ms - self.now_ms()) / 1000)
                case Delivered():
                    return
                case Disable():
                    line.disable(alert_id)
                    return
                case GiveUp():
                    log.warning("gave up telling that an endpoint is disabled", endpoint=line.endpoint.name)
                    return


class _Group(ConsumerRebalanceListener):  # type: ignore[misc]
    """One endpoint's consumer group: polls, hands records to lanes, commits what they settled."""

    def __init__(self, deliver: Deliver, endpoint: Endpoint) -> None:
        self._deliver, self.endpoint = deliver, endpoint
        self.settings = deliver.settings
        self.line: Line | None = None
        self.ready = asyncio.Event()
        self._consumer: Any = None
        self._working: dict[TopicPartition, _Working] = {}
        self._failure: BaseException | None = None
        self._has_failed = asyncio.Event()

    async def run(self) -> None:
        deliver = self._deliver
        async with Poster(self.endpoint, deliver.patience.timeout_ms) as poster:
            self.line = Line(
                self.endpoint, poster, deliver.patience, deliver.now_ms, deliver.chance, deliver.tell_others
            )
            if not await self._start():
                return
            polling = asyncio.ensure_future(self._poll())
            polling.add_done_callback(self._note_failure)
            waits = [asyncio.ensure_future(event.wait()) for event in (deliver.closing, self._has_failed)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                await self._close_lanes(deliver.drain_s)
                if self._failure is not None:
                    raise self._failure
            finally:
                await _cancel({polling, *waits, *(working.task for working in self._working.values())})
                await kafka.quietly(self._consumer.stop(), STOP_S)
                metrics.OLDEST_PENDING.labels(self.endpoint.name).set(0)

    async def _start(self) -> bool:
        """Reach Kafka, however long it takes; false where it was closed before."""
        settings = self.settings
        topic = settings.named(topics.ALERTS)
        while not self._deliver.closing.is_set():
            self._consumer = kafka.consumer(
                settings,
                group=f"{settings.prefix}deliver-{self.endpoint.name}",
                client_id=f"{settings.prefix}deliver-{self.endpoint.name}",
                # only where what was committed is no longer there; a new group's start is found in `_open`
                auto_offset_reset="earliest",
                # a member that met a broker which did not know the topic yet gets no partitions until it asks again
                metadata_max_age_ms=METADATA_MS,
            )
            try:
                await self._consumer.start()
                if topic in await self._consumer.topics():
                    self._consumer.subscribe([topic], listener=self)
                    return True
                log.warning("the topic is not there yet, trying again", topic=topic)
            except KafkaError as error:
                log.warning("Kafka cannot be reached, trying again", endpoint=self.endpoint.name, error=str(error))
            await kafka.quietly(self._consumer.stop(), STOP_S)
            await _wait_for(self._deliver.closing, PAUSE_S)
        return False

    async def _poll(self) -> None:
        """Go on polling whatever the lanes do; a partition is paused from being handed over until it is settled."""
        pending = metrics.OLDEST_PENDING.labels(self.endpoint.name)
        while True:
            fetched = await self._consumer.getmany(timeout_ms=POLL_MS)
            for partition, records in fetched.items():
                working = self._working.get(partition)
                # without a lane, or before it has found its start, it seeks there and they come again
                if working is not None and working.is_open:
                    self._consumer.pause(partition)
                    working.records.put_nowait(records)
            if self.line is not None:
                pending.set(self.line.oldest_pending_s())

    # Partitions come and go. aiokafka waits for these, in its own task.

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._close_lanes(REVOKE_S)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        assert self.line is not None
        for partition in assigned:
            lane = Lane(self.line, self._deliver.undelivered.file)
            working = _Working(lane)
            self._working[partition] = working
            working.task = asyncio.ensure_future(self._work(partition, working))
            working.task.add_done_callback(self._note_failure)
        if not assigned:
            self.ready.set()

    async def _close_lanes(self, within_s: float) -> None:
        working, self._working = list(self._working.values()), {}
        for each in working:
            each.lane.close()
            each.records.put_nowait(None)
        tasks = {each.task for each in working}
        if tasks:
            await asyncio.wait(tasks, timeout=within_s)
            await _cancel(tasks)

    def _note_failure(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and self._failure is None and (failure := task.exception()) is not None:
            self._failure = failure
            self._has_failed.set()

    # One lane

    async def _work(self, partition: TopicPartition, working: "_Working") -> None:
        try:
            if not await self._open(partition, working.lane):
                return
            working.is_open = True
            if all(each.is_open for each in self._working.values()):
                self.ready.set()
            while (records := await working.records.get()) is not None:
                await self._settle(partition, working.lane, records)
                self._consumer.resume(partition)
        except kafka.LOST:
            # the partition has gone to another member, which sends again what was not committed: the same ids
            log.info("partition lost", endpoint=self.endpoint.name, partition=partition.partition)
        except Closing:
            pass
        finally:
            working.lane.leave()

    async def _open(self, partition: TopicPartition, lane: Lane) -> bool:
        """Stand where the group stopped, or where a new group begins; false where the lane was closed before."""
        while not lane.is_closing:
            try:
                start = await self._consumer.committed(partition)
                if start is None:
                    start = await self._beginning(partition)
                    await self._consumer.commit({partition: start})
                self._consumer.seek(partition, start)
                return True
            except kafka.LOST:
                raise
            except KafkaError as error:
                log.warning("position not known yet, trying again", endpoint=self.endpoint.name, error=str(error))
                await _wait_for(lane.wake, PAUSE_S)
        return False

    async def _beginning(self, partition: TopicPartition) -> int:
        """The first alert since this process began; the end is asked first, so that none slips in between."""
        end: int = (await self._consumer.end_offsets([partition]))[partition]
        found = (await self._consumer.offsets_for_times({partition: self._deliver.since_ms}))[partition]
        return end if found is None else found.offset

    async def _settle(self, partition: TopicPartition, lane: Lane, records: Sequence[ConsumerRecord]) -> None:
        skipped = None
        for record in records:
            if await lane.settle(record):
                await self._consumer.commit({partition: record.offset + 1})
                skipped = None
            else:
                skipped = record.offset + 1
        if skipped is not None:
            await self._consumer.commit({partition: skipped})


class _Working:
    """A partition that is ours: its lane, what was fetched for it (None: no more), and the task that works on it."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.is_open = False
        self.records: asyncio.Queue[Sequence[ConsumerRecord] | None] = asyncio.Queue()
        self.task: asyncio.Task[None]


class _UndeliveredTopic:
    """Writes live.undelivered, shared by all lanes; started with the first record."""

    def __init__(self, settings: Settings, closing: asyncio.Event) -> None:
        self.settings, self.closing = settings, closing
        self._topic = settings.named(topics.UNDELIVERED)
        self._producer: Any = None
        self._lock = asyncio.Lock()

    async def file(self, key: bytes | None, undelivered: Undelivered) -> None:
        """Returns when all replicas have it, however long that takes. Raises Closing where it is to end before."""
        value = _encode(undelivered)
        if len(value) > MAX_RECORD_BYTES:
            value = _encode(msgspec.structs.replace(undelivered, alert=None))
        while True:
            producer = None
            try:
                producer = await self._started()
                await producer.send_and_wait(self._topic, value, key=key)
                return
            except KafkaError as error:
                log.warning("live.undelivered cannot be written, trying again", error=str(error))
            await self._replace(producer)
            if self.closing.is_set():
                raise Closing
            await _wait_for(self.closing, PAUSE_S)

    async def stop(self) -> None:
        await self._replace(self._producer)

    async def _replace(self, producer: Any) -> None:
        """An idempotent producer may not recover from an error: the next record gets a new one."""
        if producer is not None and producer is self._producer:
            self._producer = None
            await kafka.quietly(producer.stop(), STOP_S)

    async def _started(self) -> Any:
        async with self._lock:
            if self._producer is None:
                producer = kafka.producer(self.settings)
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
        return self._producer


async def _wait_for(event: asyncio.Event, within_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), within_s)


async def _cancel(tasks: "set[asyncio.Task[None]] | set[Any]") -> None:
    """Cancel and wait; what they raise was looked at before."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.gather(*tasks, return_exceptions=True)
