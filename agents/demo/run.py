"""Runs a demo: starts everything, plays the evening, watches, sums up, leaves nothing behind."""

import asyncio
import contextlib
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
from aiokafka.errors import KafkaError

import worlds
from agents import kafka
from agents.demo.report import how_to_go_on, report
from agents.demo.screen import Screen
from agents.demo.tally import SCHEMES, Tally, pulse_of
from agents.endpoints import new_secret
from agents.errors import ClaquewatchError
from agents.local.broker import Broker
from agents.local.ports import HeldPorts
from agents.local.process import Child
from agents.player import Step, play
from agents.receiver import Receiver
from agents.settings import Settings, as_environment, load, without_settings
from agents.topics import create_missing, delete_all
from streams.alerts import decode_alert
from streams.topics import ALERTS

READY_S: Final = 60.0
SETTLE_S: Final = 30.0  # how long the last events may take to be judged and delivered
SECRET_ENV: Final = "DEMO_WEBHOOK_SECRET"
LEAST_ON_AIR_S: Final = 1_800.0  # of event time; shows of less are none
AFTERWARDS: Final = 1 / 3  # of the event time, when the shows are over and orders are cancelled


class Options(msgspec.Struct, frozen=True):
    """What a demo is asked for."""

    seconds: float
    rooms: int
    rate: float | None  # events a second; instead of a speed
    speed: float | None
    seed: int


class Demo:
    """One demo. `stop` ends the play early; what was played is summed up all the same."""

    def __init__(self, options: Options, screen: Screen) -> None:
        self.options = options
        self.screen = screen
        self.tally = Tally()
        self.stopped = asyncio.Event()
        self.settings: Settings
        self.worker: Child
        self.receiver: Receiver
        self.metrics_url = ""
        self._folder: Path
        self._played_until_ms = 0

    async def run(self, and_then: Callable[[], Awaitable[None]] | None = None) -> list[str]:
        """Everything, to the end -> the summary. `and_then` is awaited before all is taken down."""
        async with contextlib.AsyncExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="claquewatch-demo-")))
            making = asyncio.create_task(asyncio.to_thread(self._evening))
            stack.push_async_callback(kafka.quietly, making, 60)
            broker = await self._broker(stack)
            await self._topics(stack)
            secret = new_secret()
            self.receiver = await stack.enter_async_context(Receiver(secret))
            evening, speed = await making
            self.screen.say("starting the worker: ingest, detect, deliver")
            self._prepare_worker(secret, speed)
            await self.worker.start()
            stack.push_async_callback(self.worker.stop)
            await self._until_ready()
            summary = await self._play(evening, speed)
            summary += how_to_go_on(broker, self.settings.prefix, os.getpid() if and_then else None)
            for line in summary:
                self.screen.say(line)
            if and_then is not None:
                await and_then()
        return summary

    # -- starting ---------------------------------------------------------------------------------------------

    def _evening(self) -> tuple[worlds.Evening, float]:
        """The evening to play, and how much faster than life."""
        options = self.options
        speed = options.speed or 60.0
        length_s = options.seconds * speed
        on_air_s = max(LEAST_ON_AIR_S, length_s * (1 - AFTERWARDS))
        evening = worlds.evening(
            options.seed, shows=options.rooms, viewers=(50, 2_000), hours=on_air_s / 3600, plants=SCHEMES
        )
        lasts_s = _length_s(evening)
        if options.rate is not None:
            speed = max(1.0, lasts_s / (len(evening.events) / options.rate))
        elif options.speed is None:
            speed = max(1.0, lasts_s / options.seconds)
        return evening, speed

    async def _broker(self, stack: contextlib.AsyncExitStack) -> str:
        """A broker of our own, or the one that the settings name, with a prefix of our own there."""
        if "CLAQUEWATCH_BROKER" in os.environ:
            self.settings = load().model_copy(update={"prefix": f"demo-{secrets.token_hex(4)}."})
            self.screen.say(f"using the broker at {self.settings.broker}, under the prefix {self.settings.prefix}")
            return self.settings.broker
        self.screen.say("starting a Kafka broker on this machine")
        broker = await stack.enter_async_context(Broker(progress=self.screen.fetching))
        self.settings = load().model_copy(update={"broker": broker.bootstrap, "prefix": ""})
        return broker.bootstrap

    async def _topics(self, stack: contextlib.AsyncExitStack) -> None:
        async with kafka.admin(self.settings) as admin:
            made = await create_missing(admin, self.settings)
        self.screen.say(f"made {len(made)} topics of {self.settings.partitions} partitions")
        if self.settings.prefix:
            stack.push_async_callback(self._delete_topics)

    async def _delete_topics(self) -> None:
        async with kafka.admin(self.settings) as admin:
            await delete_all(admin, self.settings)

    def _prepare_worker(self, secret: str, speed: float) -> None:
        """The worker's environment: its own metrics port, the receiver as its endpoint, event time at this speed.

        What ingest allows for delays on the way is wall time, so in event time it grows with the speed.
        """
        ports = HeldPorts(1)
        ports.release()
        endpoints = self._folder / "endpoints.toml"
        endpoints.write_text(
            f'[[endpoint]]\nname = "demo"\nurl = "{self.receiver.url}"\nsecret_env = "{SECRET_ENV}"\n'
            "allow_private = true\n",
            encoding="utf-8",
        )
        cache = {name: os.environ[name] for name in ("CLAQUEWATCH_CACHE",) if name in os.environ}
        self.metrics_url = f"http://127.0.0.1:{ports.numbers[0]}/metrics"
        env = {
            **without_settings(os.environ),
            **cache,
            **as_environment(
                {
                    "broker": self.settings.broker,
                    "prefix": self.settings.prefix,
                    "partitions": self.settings.partitions,
                    "metrics_port": ports.numbers[0],
                    "endpoints": endpoints,
                    "speed": speed,
                    "lateness_ms": int(self.settings.lateness_ms * speed),
                    "ahead_ms": int(self.settings.ahead_ms * speed),
                }
            ),
            SECRET_ENV: secret,
        }
        self.worker = Child([sys.executable, "-m", "agents.cli", "worker"], log=self._folder / "worker.log", env=env)

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        ready = self.metrics_url.replace("/metrics", "/readyz")
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline and not self.stopped.is_set():
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(ready, timeout=aiohttp.ClientTimeout(2)) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        if not self.stopped.is_set():
            raise ClaquewatchError(
                f"the worker was not ready within {READY_S:.0f} s; its log ends with:\n{self._tail()}"
            )

    def _tail(self, count: int = 15) -> str:
        log = self._folder / "worker.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:]) if log.exists() else "(nothing)"

    # -- playing ----------------------------------------------------------------------------------------------

    async def _play(self, evening: worlds.Evening, speed: float) -> list[str]:
        """Play, watch, wait until the last event is judged and delivered -> the summary."""
        lasts_s = min(_length_s(evening) / speed, self.options.seconds)
        begins = time.monotonic()
        # in the past by as much as it is played faster, so that it ends now
        event_time_s = lasts_s * speed
        evening = worlds.beginning_at(evening, int((time.time() + lasts_s - event_time_s) * 1000))
        self.screen.say(
            f"playing {event_time_s / 60:.0f} minutes of {self.options.rooms} shows in {lasts_s:.0f} s, "
            f"{speed:.0f} times as fast as life; {sum(map(bool, evening.truth['schemes'].values()))} of them are staged"
        )
        steps = ((at, topic, value) for at, topic, value in worlds.scale(evening, speed) if at <= lasts_s * 1000)
        playing = asyncio.create_task(play(self.settings, self._noted(steps), sent=lambda _: None, stop=self.stopped))
        watching = [
            asyncio.create_task(self._watch_alerts()),
            asyncio.create_task(self._watch_metrics(begins + lasts_s)),
        ]
        try:
            await self._while_healthy(playing, watching)
            await self._settle(speed)
        finally:
            for task in (playing, *watching):
                task.cancel()
            await asyncio.gather(playing, *watching, return_exceptions=True)
        return report(
            self.tally,
            evening.truth,
            self._played_until_ms,
            delivered=len(self.receiver.accepted),
            verified=self.receiver.verified,
            bad=self.receiver.bad,
            duplicates=self.receiver.duplicates,
            restarts=self.worker.restarts,
            metrics_url=self.metrics_url,
        )

    def _noted(self, steps: Iterable[Step]) -> Iterator[Step]:
        """The events as they are sent, each noted with our clock."""
        for step in steps:
            _, topic, value = step
            yield step
            self._played_until_ms = max(self._played_until_ms, value["ts"])
            self.tally.sent_event(topic, value["event_id"], time.time() * 1000)

    async def _while_healthy(self, playing: asyncio.Task[int], watching: list[asyncio.Task[None]]) -> None:
        """Until the play ends; what goes wrong beside it ends it with a sentence."""
        await asyncio.wait({playing, *watching}, return_when=asyncio.FIRST_COMPLETED)
        for task in watching:
            if task.done():
                task.result()
        try:
            await playing
        except KafkaError as error:
            raise ClaquewatchError(f"the evening could not be played: {error!r}") from error

    async def _settle(self, speed: float) -> None:
        """Wait until everything that was sent is judged, and what was alerted is delivered."""
        deadline = time.monotonic() + SETTLE_S
        told = -1
        while time.monotonic() < deadline:
            await asyncio.sleep(1.0)
            judged = self.tally.pulse.watermark_s * 1000 >= self._played_until_ms
            waiting = len(self.tally.alerts) != told or len(self.receiver.accepted) < len(self.tally.alerts)
            told = len(self.tally.alerts)
            if judged and not waiting:
                return

    async def _watch_alerts(self) -> None:
        """Every alert, as its readers see it: committed."""
        client = kafka.consumer(self.settings, self.settings.named(ALERTS), auto_offset_reset="earliest")
        await client.start()
        try:
            async for record in client:
                alert = decode_alert(record.value)
                self.tally.took(alert)
                self.screen.alert(alert)
        finally:
            await kafka.quietly(client.stop(), 5)

    async def _watch_metrics(self, ends: float) -> None:
        """The worker's pulse, twice a second; while it is being started again there is none."""
        async with aiohttp.ClientSession() as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with http.get(self.metrics_url, timeout=aiohttp.ClientTimeout(2)) as answer:
                        self.tally.heard(pulse_of(await answer.text()))
                left_s = max(0.0, ends - time.monotonic())
                self.screen.pulse(self.tally, len(self.receiver.accepted), self.receiver.verified, left_s)
                await asyncio.sleep(0.5)


def _length_s(evening: worlds.Evening) -> float:
    """Event time from the first event to a while after the last show; what trickles in for hours is not played."""
    ends_ms = max(show["end"] for show in evening.truth["shows"])
    return (ends_ms - evening.events[0][0]) / 1000 / (1 - AFTERWARDS)
