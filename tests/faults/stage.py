"""One deployment on which a scenario plays the evening: stretches of it are sent, workers come, die, are replaced."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from cluster import TESTS, WITHIN_S, Cluster, Worker, until
from counted import Differences
from recorded import AFTERWARDS_MS, Size, ToSend, recorded
from two_codes import Change

from agents import kafka
from agents.local.broker import Broker
from agents.local.process import Child
from agents.settings import as_environment
from streams.events import LEADING
from streams.log import KIND_OF_BROADCAST, record_of
from streams.rules import Rules
from streams.topics import LOG, SOURCES
from worlds.recording import Arrival

HERE = Path(__file__).parent
Check = Callable[[Differences], Awaitable[None]]
WORKER = [sys.executable, str(HERE / "fault_worker.py")]
WITHOUT = [sys.executable, str(HERE / "worker_without.py")]
LIVES = ["SIGKILL", "never", "0"]
ENDED_ITSELF = 1  # exit code of a worker that must not go on
REST_WITHIN_S = 180.0
PATIENT_S = 600.0  # quiet for so long: no pause that a scenario makes lets time run past what it has not sent
FASTEST = 1_000.0  # how fast time runs once everything was sent
PATIENT_SEND_MS = 120_000  # what is sent while the broker is away is delivered when it is back
A_MOMENT_S = 0.5


class Sent(NamedTuple):
    """A record that the broker has. `event_id` None: it is no event, and should be refused for `reason`."""

    source: str
    partition: int
    offset: int
    event_id: str | None
    reason: str | None


def ended_badly(worker: Worker | Child) -> str:
    """The last of what it said."""
    return f"the last of what it said: {worker.log.read_text(errors='replace')[-1_500:]}"


Play = Callable[["Stage"], Awaitable[None]]


class Stage:
    """What a scenario works with. `without`: the defence that its workers lack, in a control."""

    def __init__(
        self,
        cluster: Cluster,
        broker: Broker,
        events: Sequence[Arrival],
        size: Size,
        lasting: contextlib.AsyncExitStack,
        seed: int = 1,
    ) -> None:
        self.cluster = cluster
        self.broker = broker
        self.events = events
        self.size = size
        self.lasting = lasting  # what is there until all was compared
        self.records: list[ToSend] = []
        self.sent = 0
        self.was_sent: list[Sent] = []
        self.gone: set[Sent] = set()  # those that a scenario took from the inputs before ingest could read them
        self.resets = 0  # so many of which the log should tell
        self.checks: list[Check] = []  # what a scenario compares beside the three truths
        self.change: Change | None = None  # of the detectors' code, in the middle
        self.rules: Rules | None = None  # in force from the beginning
        self.rules_change = False  # in the middle
        self.random = Random(seed)
        self.without: str | None = None
        self.children: list[Child] = []
        self._started = 0
        self.says: Callable[[str], None] = lambda _: None
        self._transactional = {cluster.settings.named(source) for source in KIND_OF_BROADCAST}
        # this checkout first, whichever is installed
        places = [str(TESTS.parent), str(TESTS), str(TESTS / "integration"), str(HERE)]
        cluster.env["PYTHONPATH"] = ":".join(places)

    # -- workers ------------------------------------------------------------------------------------------------------

    def _command(self, *how: str) -> list[str]:
        return [*WITHOUT, self.without, *how] if self.without else [*WORKER, *how]

    def worker(self, only: str = "ingest,detect", **settings: Any) -> Worker:
        """One that lives."""
        return self.cluster.worker(only, self._command(*LIVES), **settings)

    def dying(
        self, point: str, count: int = 1, how: str = "SIGKILL", only: str = "ingest,detect", **settings: Any
    ) -> Worker:
        """One that is killed (or frozen) where the point comes along the `count`-th time."""
        return self.cluster.worker(only, self._command(how, point, str(count)), **settings)

    async def dies(
        self, point: str, count: int = 1, only: str = "ingest,detect", upto: float = 0.0, **settings: Any
    ) -> None:
        """A worker that comes to the point and is killed there; meanwhile the evening is sent, at most up to `upto`."""
        while True:
            worker = self.dying(point, count, only=only, **settings)
            while worker.process.poll() is None and self.sent < upto * len(self.records):
                await self.send(min(upto, self.sent / len(self.records) + 0.01))
                await asyncio.sleep(0.2)
            code = await worker.ended()
            if code != ENDED_ITSELF:  # it could not go on, as a supervisor meets it
                break
        assert code == -signal.SIGKILL, f"instead of {point} it ended with {code}; {ended_badly(worker)}"
        self.says(f"killed at {point}")

    async def freezes(
        self, point: str, count: int = 1, only: str = "ingest,detect", upto: float = 0.0, **settings: Any
    ) -> Worker:
        """A worker that comes to the point and stands still there; meanwhile it is sent on, at most up to `upto`."""

        async def frozen_or_ended() -> bool:
            return worker.process.poll() is not None or await worker.is_frozen()

        worker = self.dying(point, count, "SIGSTOP", only, **settings)
        while not await frozen_or_ended() and self.sent < upto * len(self.records):
            await self.send(min(upto, self.sent / len(self.records) + 0.02))
        while await until(frozen_or_ended) and worker.process.poll() == ENDED_ITSELF:
            worker = self.dying(point, count, "SIGSTOP", only, **settings)
        assert worker.process.poll() is None, f"it did not freeze at {point}; {ended_badly(worker)}"
        self.says(f"frozen at {point}")
        return worker

    async def supervised(self, only: str = "ingest,detect", **settings: Any) -> Child:
        """One that is started again whenever it ends, as a supervisor does."""
        env = self.cluster.env | as_environment(settings)
        self._started += 1
        log = self.cluster.folder / f"supervised-{self._started}.log"
        child = Child([*self._command(*LIVES), "--only", only], log=log, env=env, max_pause_s=1.0)
        self.children.append(child)
        await child.start()
        return child

    # -- the evening --------------------------------------------------------------------------------------------------

    async def send(self, share: float) -> None:
        """Send on until so much of the evening was sent."""
        end = round(len(self.records) * share)
        await self.send_records(self.records[self.sent : end])
        self.sent = end

    async def send_records(self, records: Sequence[ToSend]) -> None:
        """In their order, but what does not hold time back comes first, and a moment before the others.

        (Minutes of the evening are sent in a moment. A fetch does not read all partitions at once: a marker that came
        just after its partition was read would be minutes late in event time.)
        """
        waiting: list[tuple[ToSend, Any]] = []
        settings = self.cluster.settings
        async with kafka.producer(settings, linger_ms=5, request_timeout_ms=PATIENT_SEND_MS) as producer:
            for leads in (False, True):
                some = [record for record in records if (record.topic in LEADING) == leads]
                for record in some:
                    topic = settings.named(record.topic)
                    answer = await producer.send(topic, record.value, record.key, record.partition)
                    waiting.append((record, answer))
                await producer.flush()
                if some and not leads:
                    await asyncio.sleep(A_MOMENT_S)
        for record, answer in waiting:
            at = (await answer).offset
            self.was_sent.append(Sent(record.topic, record.partition, at, record.event_id, record.reason))
        self.says(f"{self.sent + len(records):,} of {len(self.records):,} records sent")

    def hold_nothing_back(self) -> None:
        """Workers that start from now on pause no input that is far ahead, so that all that was sent can be read.

        (Nothing is quiet for as long as a scenario takes, so a paused one would wait as long for what is not sent yet.)
        """
        self.cluster.env["CLAQUEWATCH_AHEAD_MS"] = str(10**15)

    # -- the end ------------------------------------------------------------------------------------------------------

    async def leave(self) -> None:
        """Stop everybody."""
        children, self.children = self.children, []
        for child in children:
            await child.stop()
        for worker in self.cluster.workers:
            if worker.process.poll() is None:
                with contextlib.suppress(Exception):
                    await worker.stop()
            worker.kill()

    async def rest(self) -> None:
        """Stop everybody; then let time run until all is said, and all of it is stepped and saved by planned stops."""
        await self.leave()
        self.says("resting")
        await self.send(1.0)
        newest_ms = max(value["ts"] for _, _, value in self.events)
        detect = await self.supervised("detect")
        ingest = await self.supervised("ingest", quiet_s=1.0, speed=FASTEST)
        await self._until(lambda: self._time_is(newest_ms + AFTERWARDS_MS), "time does not come to the end", ingest)
        assert await ingest.stop() == 0, ended_badly(ingest)
        await self._until(self.all_is_saved, "not all of the log is stepped and saved", detect)
        assert await detect.stop() == 0, ended_badly(detect)

    async def _until(self, what: Callable[[], Any], or_else: str, child: Child) -> None:
        deadline = time.monotonic() + REST_WITHIN_S
        while not await what():
            assert time.monotonic() < deadline, f"{or_else} within {REST_WITHIN_S:.0f} s; {ended_badly(child)}"
            await asyncio.sleep(0.3)

    async def _time_is(self, ms: int) -> bool:
        return all(watermark >= ms for watermark in (await self.watermarks()).values())

    async def all_is_saved(self) -> bool:
        ends = await self.log_ends()
        saved = await self.cluster.table()
        return all(saved[n].header is not None and saved[n].header.offset == end - 1 for n, end in ends.items())  # type: ignore[union-attr]

    def lose(self, sent: Iterable[Sent]) -> None:
        """These are not in the inputs any more, and were never read."""
        self.gone |= set(sent)
        gone = {one.event_id for one in self.gone}
        self.events = [event for event in self.events if event[2]["event_id"] not in gone]
        self.says(f"{len(self.gone):,} records lost")

    async def all_is_read(self, partitions: Iterable[int] | None = None) -> None:
        """Until ingest has committed all that lies in the inputs, or in these partitions of them.

        It comes to that before time goes on only where nothing is held back.
        """
        deadline = time.monotonic() + WITHIN_S
        while behind := await self._behind(
            range(self.cluster.settings.partitions) if partitions is None else partitions
        ):
            assert time.monotonic() < deadline, f"not all was read within {WITHIN_S:.0f} s: {', '.join(behind)}"
            await asyncio.sleep(0.2)

    async def _behind(self, partitions: Iterable[int]) -> list[str]:
        """The inputs that have more than was read, with how much was."""
        settings = self.cluster.settings
        behind = []
        async with kafka.consumer(settings, group=f"{settings.app_id}-ingest") as client:
            tps = [TopicPartition(settings.named(source), n) for source in SOURCES for n in partitions]
            client.assign(tps)
            for tp, end in (await client.end_offsets(tps)).items():
                committed = await client.committed(tp) or 0
                markers = (
                    1 if tp.topic in self._transactional else 0
                )  # at the end, which nothing passes before the next
                if committed < end - markers:
                    behind.append(f"{tp.topic}/{tp.partition} at {committed} of {end}")
        return behind

    async def log_ends(self) -> dict[int, int]:
        """The offset after the last, by partition of the log."""
        tps = self._log_tps()
        async with kafka.consumer(self.cluster.settings) as client:
            return {tp.partition: end for tp, end in (await client.end_offsets(tps)).items()}

    async def watermarks(self) -> dict[int, int]:
        """Of the last record, by partition of the log."""
        found = {}
        async with kafka.Tail(self.cluster.settings) as tail:
            for tp in self._log_tps():
                last = await tail.last(tp)
                found[tp.partition] = record_of(last.headers, last.value).watermark if last is not None else 0
        return found

    def _log_tps(self) -> list[TopicPartition]:
        topic = self.cluster.settings.named(LOG)
        return [TopicPartition(topic, number) for number in range(self.cluster.settings.partitions)]


@contextlib.asynccontextmanager
async def stage(broker: Broker, prefix: str, folder: Path, size: Size) -> AsyncIterator[Stage]:
    """A deployment of its own; whatever happens, none of its processes stays."""
    settings = {"partitions": 8, "session_s": 1.5, "snapshot_s": 0.5, "quiet_s": PATIENT_S}
    async with Cluster(broker.bootstrap, prefix, folder, **settings) as cluster, contextlib.AsyncExitStack() as lasting:
        made = Stage(cluster, broker, recorded(size), size, lasting)
        try:
            yield made
        finally:
            for child in made.children:
                with contextlib.suppress(Exception):
                    await child.stop(0.1)
            for worker in cluster.workers:
                worker.kill()
