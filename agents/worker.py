"""One worker: ingest, detect and deliver in one process, or some of them. Start more to scale."""

import asyncio
import contextlib
import os
import signal
import tempfile
import threading
import time
from collections.abc import Awaitable, Collection, Sequence
from typing import Any, Final

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP
from mode.threads import WorkerThread

from agents import kafka, metrics
from agents.app import Claquewatch, create_app
from agents.ending import end_process, leave_at_once
from agents.errors import ClaquewatchError
from agents.garbage import collect_less
from agents.ingest import Ingest
from agents.probes import Probes
from agents.settings import Settings
from agents.topics import check_before_start
from agents.version import PACKAGE, code
from agents.watchdog import Progress, Watchdog
from streams.detectors import DETECTORS
from streams.finding import Detector
from streams.log import BadRecord, record_of
from streams.topics import LOG

PARTS: Final = ("ingest", "detect", "deliver")
WATCH_S: Final = 1.0
ASK_EVERY_S: Final = 5.0  # whether the broker answers, and how far it is ahead
ASK_WITHIN_S: Final = 5.0
LOADING: Final = "loading the table"
LEAVE_S: Final = 3.0  # leaving a consumer group may take so long

log = structlog.get_logger("worker")


class Worker:
    """Runs its parts until SIGTERM or SIGINT, then drains within `drain_s`; a second signal ends it at once."""

    def __init__(
        self, settings: Settings, only: Collection[str] = PARTS, detectors: Sequence[type[Detector]] = DETECTORS
    ) -> None:
        self.settings = settings
        self.detectors = detectors
        self.parts = [part for part in PARTS if part in only]
        self.progress = Progress(settings.stall_s, time.monotonic())
        self.probes = Probes(settings.metrics_host, settings.metrics_port, self._alive, self._not_ready)
        self.app: Claquewatch | None = None
        self.ingest: Ingest | None = None
        self.deliver: Any = None
        self._stop = asyncio.Event()
        self._failure: BaseException | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: asyncio.Future[Any] | None = None

    async def run(self) -> None:
        """Start everything, wait for the end, drain. Raises ClaquewatchError with a sentence."""
        settings = self.settings
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        await check_before_start(settings)
        metrics.start_at_zero()
        metrics.BUILD.info({"version": PACKAGE, "code": code()})
        watchdog = Watchdog(self.progress)
        with contextlib.ExitStack() as stack:
            datadir = str(settings.datadir or stack.enter_context(tempfile.TemporaryDirectory(prefix="claquewatch-")))
            await self.probes.start()
            watchdog.start()
            try:
                self._spawn(self._watch())
                self._spawn(self._ask_the_broker())
                if "ingest" in self.parts:
                    self.ingest = Ingest(settings)
                    self._spawn(self.ingest.run())
                if "deliver" in self.parts and settings.endpoints is not None:
                    self._start_deliver()
                if "detect" in self.parts:
                    self.app = create_app(settings, datadir, self.detectors)
                    await self._start(self.app)
                collect_less()
                log.info("started", parts=self.parts, metrics=f"http://{self.probes.host}:{self.probes.port}/metrics")
                await self._stop.wait()
            finally:
                await self._drain(settings.drain_s)
                watchdog.stop()
        if self._failure is not None:
            raise self._failure

    # -- parts ------------------------------------------------------------------------------------------------

    def _start_deliver(self) -> None:
        from agents.deliver import Deliver
        from agents.endpoints import load as load_endpoints

        endpoints = load_endpoints(self.settings.endpoints) if self.settings.endpoints else []
        self.deliver = Deliver(self.settings, endpoints)
        self._spawn(self.deliver.run())

    def _spawn(self, work: Awaitable[None]) -> None:
        """Run a part; its failure stops the worker."""

        async def watched() -> None:
            try:
                await work
            except asyncio.CancelledError:
                raise
            except BaseException as error:
                self._failure = self._failure or error
                self._stop.set()

        self._tasks.append(asyncio.create_task(watched()))

    async def _start(self, app: Claquewatch) -> None:
        """Wait for its start, but not past a signal that stops it."""
        self._starting = asyncio.ensure_future(app.start())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({self._starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self._starting.done():
            self._starting.result()

    def _on_signal(self) -> None:
        if self._stop.is_set():
            os._exit(130)
        log.info("stopping")
        self._stop.set()

    async def _drain(self, seconds: float) -> None:
        """ingest first (nothing new comes), then what detect made is sent and saved, then deliver's last attempt."""
        deadline = time.monotonic() + seconds

        def left() -> float:
            return max(0.1, deadline - time.monotonic())

        if self.ingest is not None:
            self.ingest.stop()
        if self.app is not None:
            if self._starting is not None:  # Faust does not stop a thread that is only half started
                await asyncio.wait({self._starting}, timeout=left() * 0.5)
            await self.app.rooms.close(left() * 0.6)
            await kafka.quietly(self.app.stop(), left())
        if self.deliver is not None:
            await kafka.quietly(self.deliver.stop(max(0.1, left() - LEAVE_S)), left())
        _, running = await asyncio.wait(self._tasks, timeout=min(left(), 2.0)) if self._tasks else ((), ())
        for task in running:
            task.cancel()
        await kafka.quietly(self.probes.stop(), left())
        log.info("stopped")

    # -- watching ---------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Once a second, waiting for nobody: metrics of what was stepped, progress for the watchdog, Faust's health."""
        while not self._stop.is_set():
            now = time.monotonic()
            self.progress.loop_turned(now)
            self.progress.forget_others(self._doing())
            if self.ingest is not None and self.ingest.ready:
                self.progress.saw("ingest", self.ingest.progress_ms, True, now)
            if self.app is not None:
                self._watch_detect(self.app, now)
            await self._pause(WATCH_S)

    async def _ask_the_broker(self) -> None:
        """Whether it answers (an idle client would not notice that it is gone), and how new the log's ends are."""
        tp = TopicPartition(self.settings.named(LOG), 0)
        is_silent = False
        async with contextlib.AsyncExitStack() as stack:
            try:
                tail = await stack.enter_async_context(kafka.Tail(self.settings))
            except KafkaError as error:
                raise kafka.Unreachable(self.settings.broker) from error
            while not self._stop.is_set():
                with contextlib.suppress(KafkaError, TimeoutError):
                    await asyncio.wait_for(tail.end(tp), ASK_WITHIN_S)
                    self.progress.answered(time.monotonic())
                    if self.app is not None:
                        await self._look_at_the_end(self.app, tail)
                silence = self.progress.silence(time.monotonic())
                if silence is not None:
                    log.warning("not ready: no broker answers", why=silence, broker=self.settings.broker)
                elif is_silent:
                    log.info("the broker answers again")
                is_silent = silence is not None
                await self._pause(ASK_EVERY_S)

    async def _pause(self, seconds: float) -> None:
        """Less where the worker stops."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    def _doing(self) -> set[str]:
        """What this worker has to do now, by the names under which its progress is kept."""
        doing: set[str] = set()
        if self.app is not None and self.app.rooms.is_loading:
            doing = {LOADING}
        elif self.app is not None and self.app.rooms.loaded.is_set():
            doing = {f"partition {number} of detect" for number in self.app.rooms.owned}
        return doing | ({"ingest"} if self.ingest is not None and self.ingest.ready else set())

    def _watch_detect(self, app: Claquewatch, now: float) -> None:
        if app.crashed:
            end_process(f"detect has crashed: {app.crash_reason!r}")
        if app.rooms.is_loading:
            self.progress.saw(LOADING, app.rooms.steps_loaded, True, now)
        if not app.rooms.loaded.is_set():
            return
        on_air = kept = 0
        metrics.forget_partitions(set(map(str, app.rooms.owned)))
        for number, owned in app.rooms.owned.items():
            partition = owned.partition
            reader = partition.reader
            metrics.WATERMARK.labels(str(number)).set(reader.watermark / 1000)
            newest = max(max(reader.newest.values(), default=0), owned.newest_at_log_end)
            metrics.LAG.labels(str(number)).set(max(0, newest - reader.watermark) / 1000 if newest else 0)
            try:
                end = app.consumer.highwater(TP(self.settings.named(LOG), number)) or 0
            except (AssertionError, KeyError, AttributeError):
                end = 0
            self.progress.saw(f"partition {number} of detect", partition.offset, end > partition.offset + 1, now)
            for room in partition.rooms.values():
                if room.on_air:
                    on_air += 1
                else:
                    kept += 1
            metrics.count(partition.take_counts())
            metrics.in_force(partition.rules.in_force.version, partition.rules.in_force.hash)
        metrics.ROOMS.labels("on_air").set(on_air)
        metrics.ROOMS.labels("kept").set(kept)

    async def _look_at_the_end(self, app: Claquewatch, tail: kafka.Tail) -> None:
        """How new the log's last record is: detect's lag is against that, also when it is far behind."""
        for number, owned in list(app.rooms.owned.items()):
            with contextlib.suppress(Exception):
                record = await asyncio.wait_for(tail.last(TopicPartition(self.settings.named(LOG), number)), 2)
                if record is not None:
                    with contextlib.suppress(BadRecord):
                        newest = record_of(record.headers, record.value).newest
                        owned.newest_at_log_end = max(newest.values(), default=0)

    # -- probes -----------------------------------------------------------------------------------------------

    def _alive(self) -> str | None:
        return self.progress.trouble(time.monotonic())

    def _not_ready(self) -> str | None:
        if self._stop.is_set():
            return "stopping"
        if silence := self.progress.silence(time.monotonic()):
            return silence
        if "ingest" in self.parts and not (self.ingest and self.ingest.ready):
            return "ingest has no partitions yet"
        if "detect" in self.parts and not (self.app and self.app.rooms.loaded.is_set()):
            return "the table is not loaded yet"
        if self.deliver is not None and not self.deliver.is_ready:
            return "deliver has no partitions yet"
        return None


async def run_worker(
    settings: Settings, only: Collection[str], detectors: Sequence[type[Detector]] = DETECTORS
) -> None:
    """One worker to its end."""
    unknown = sorted(set(only) - set(PARTS))
    if unknown:
        raise ClaquewatchError(f"--only {','.join(unknown)}: no such part; known are {', '.join(PARTS)}")
    await Worker(settings, only, detectors).run()
    if any(isinstance(thread, WorkerThread) for thread in threading.enumerate()):
        # Python would wait for it for ever: its start or its stop took longer than the drain.
        leave_at_once("ended without waiting for Faust's consumer, which neither started nor stopped in time")
