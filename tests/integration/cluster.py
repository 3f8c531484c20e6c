"""A deployment of its own on the test's broker: topics under a prefix, workers as processes, and what they wrote."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from agents import kafka
from agents.local import process
from agents.player import partition_of
from agents.saved import Table, read_table
from agents.settings import Settings, as_environment, without_settings
from agents.topics import create_missing
from streams.alerts import Alert, decode_alert
from streams.events import Event
from streams.log import LogReader, Record, headers_of, record_of
from streams.topics import ALERTS, LOG

CLI = [sys.executable, "-m", "agents.cli"]
TESTS = Path(__file__).parents[1]  # where workers with the tests' own detectors find them
WITHIN_S = 60.0


async def until(what: Callable[[], Awaitable[Any]], within_s: float = WITHIN_S, every_s: float = 0.05) -> Any:
    """Wait until `what` gives something true -> that."""
    deadline = time.monotonic() + within_s
    while not (found := await what()):
        assert time.monotonic() < deadline, f"still {found!r} after {within_s:.0f} s"
        await asyncio.sleep(every_s)
    return found


class Worker:
    """One worker as a process; everything it says is in `log`."""

    def __init__(self, command: list[str], log: Path, env: Mapping[str, str]) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] = process.spawn(command, log=log, env=env)

    def lines(self) -> list[dict[str, Any]]:
        """What it logged."""
        return [json.loads(line) for line in self.said().splitlines() if line.startswith("{") and line.endswith("}")]

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def sentence(self) -> str:
        """The last line that is no log entry: why it ended."""
        return [line for line in self.said().splitlines() if not line.startswith("{")][-1]

    async def has_said(self, event: str, within_s: float = WITHIN_S) -> dict[str, Any]:
        async def line() -> dict[str, Any] | None:
            assert self.process.poll() is None, self.said()
            return next((line for line in self.lines() if event in line["event"]), None)

        return await until(line, within_s)

    async def get(self, path: str) -> tuple[int, str]:
        """What its small web server answers."""
        url = (await self.has_said("started"))["metrics"].replace("/metrics", path)
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return answer.status, await answer.text()

    async def metric(self, name: str, **labels: str) -> float:
        """The sum over all series of this name that have these labels."""
        _, text = await self.get("/metrics")
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        series = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(float(value) for about, value in series if all(label in about for label in wanted))

    async def ready(self) -> "Worker":
        async def answers() -> bool:
            return (await self.get("/readyz"))[0] == 200

        await until(answers)
        return self

    async def is_frozen(self) -> bool:
        """Whether it stands still by SIGSTOP."""
        assert self.process.poll() is None, self.said()
        return _state(self.process.pid) == "T"

    def send(self, number: int) -> None:
        os.kill(self.process.pid, number)

    async def ended(self, within_s: float = WITHIN_S) -> int:
        """Until it has ended -> its exit code."""
        return await asyncio.to_thread(self.process.wait, within_s)

    async def stop(self) -> int:
        """SIGTERM -> its exit code."""
        self.send(signal.SIGTERM)
        return await self.ended(20)

    def kill(self) -> None:
        process.kill(self.process)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


class Cluster:
    """`settings` in seconds and so on are the workers' too."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path, **settings: Any) -> None:
        quick = {"partitions": 2, "session_s": 2, "snapshot_s": 0.5, "tick_s": 0.2, "metrics_port": 0}
        given = quick | {"broker": bootstrap, "prefix": prefix} | settings
        self.settings = Settings(**given)
        self.env = (
            without_settings(os.environ)
            | {"PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}  # of this checkout, wherever it starts
            | as_environment(given)
        )
        self.folder = folder
        self.workers: list[Worker] = []

    async def __aenter__(self) -> "Cluster":
        async with kafka.admin(self.settings) as admin:
            await create_missing(admin, self.settings)
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.kill()

    # -- running ------------------------------------------------------------------------------------------------------

    def worker(self, only: str = "ingest,detect", command: list[str] | None = None, **settings: Any) -> Worker:
        """One more worker; `command` instead of `claquewatch worker`."""
        env = self.env | as_environment(settings)
        words = [*(command or [*CLI, "worker"]), "--only", only]
        self.workers.append(Worker(words, self.folder / f"worker-{len(self.workers)}.log", env))
        return self.workers[-1]

    async def claquewatch(self, *words: str, **settings: Any) -> subprocess.CompletedProcess[bytes]:
        """A command of the shell."""
        env = self.env | as_environment(settings)
        return await asyncio.to_thread(
            subprocess.run, [*CLI, *words], env=env, capture_output=True, timeout=60, cwd=self.folder
        )

    # -- writing ------------------------------------------------------------------------------------------------------

    async def send(self, events: Iterable[Event | tuple[str, dict[str, Any]]]) -> None:
        """Events into their topics, in this order."""
        async with kafka.producer(self.settings, linger_ms=10) as producer:
            for event in events:
                topic, value = event if isinstance(event, tuple) else (event.TOPIC, msgspec.to_builtins(event))
                await producer.send(
                    self.settings.named(topic),
                    msgspec.json.encode(value),
                    key=value["room_id"].encode(),
                    partition=self.partition_of(value["room_id"]),
                )
            await producer.flush()

    async def send_raw(self, topic: str, records: Iterable[tuple[bytes | None, bytes | None]], partition: int) -> None:
        """(key, value) as they are."""
        async with kafka.producer(self.settings) as producer:
            for key, value in records:
                await producer.send(self.settings.named(topic), value, key=key, partition=partition)
            await producer.flush()

    async def write_log(self, logs: Mapping[int, Iterable[Record]]) -> None:
        """Records of the log, as ingest would write them."""
        async with kafka.producer(self.settings) as producer:
            for number, records in logs.items():
                for record in records:
                    await producer.send(
                        self.settings.named(LOG), record.value, partition=number, headers=headers_of(record)
                    )
            await producer.flush()

    def partition_of(self, room_id: str) -> int:
        return partition_of(room_id, self.settings.partitions)

    # -- reading ------------------------------------------------------------------------------------------------------

    async def read(self, topic: str) -> list[ConsumerRecord]:
        """Every committed record of a topic, partition by partition, to the end that anybody sees."""
        tps = [TopicPartition(self.settings.named(topic), number) for number in range(self.settings.partitions)]
        async with kafka.consumer(self.settings, isolation_level="read_uncommitted") as anybody:
            ends = await anybody.end_offsets(tps)
        found: dict[TopicPartition, list[ConsumerRecord]] = {tp: [] for tp in tps}
        async with kafka.consumer(self.settings, auto_offset_reset="earliest", fetch_max_wait_ms=20) as client:
            client.assign(tps)
            await client.seek_to_beginning(*tps)
            # a transaction that a dead worker left open holds readers back for 10 s; where the broker died while it
            # ended one, it was seen to take more than 30 s
            deadline = time.monotonic() + 90
            while [tp for tp in tps if await client.position(tp) < ends[tp]]:
                assert time.monotonic() < deadline, f"{topic} cannot be read to its end"
                for tp, records in (await client.getmany(timeout_ms=50)).items():
                    found[tp] += records
        return [record for tp in tps for record in found[tp]]

    async def alerts(self) -> list[Alert]:
        return [decode_alert(record.value) for record in await self.read(ALERTS)]

    async def log(self) -> dict[int, list[Record]]:
        """The log by partition; offset n is the n-th."""
        logs: dict[int, list[Record]] = {number: [] for number in range(self.settings.partitions)}
        for record in await self.read(LOG):
            assert record.offset == len(logs[record.partition])
            logs[record.partition].append(record_of(record.headers, record.value))
        return logs

    async def table(self) -> dict[int, Table]:
        """What is saved of each partition."""
        table = f"{self.settings.app_id}-rooms-changelog".removeprefix(self.settings.prefix)
        newest: dict[int, dict[bytes, bytes | None]] = {n: {} for n in range(self.settings.partitions)}
        for record in await self.read(table):
            newest[record.partition][record.key] = record.value
        return {number: read_table(values) for number, values in newest.items()}

    async def has_events(self, count: int) -> dict[int, list[Record]]:
        """Until a reader takes so many events from the log."""

        async def enough() -> dict[int, list[Record]] | None:
            assert not self.workers or self.workers[-1].process.poll() is None, self.workers[-1].said()
            logs = await self.log()
            return logs if sum(len(events_of(log)) for log in logs.values()) >= count else None

        return await until(enough, every_s=0.1)

    async def has_alerts(self, count: int, within_s: float = WITHIN_S) -> list[Alert]:
        """Until there are at least so many."""

        async def enough() -> list[Alert] | None:
            assert not self.workers or self.workers[-1].process.poll() is None, self.workers[-1].said()
            found = await self.alerts()
            return found if len(found) >= count else None

        return await until(enough, within_s, 0.2)


def events_of(log: Iterable[Record]) -> list[Any]:
    """What a reader takes from one partition of the log; there are no holes in it."""
    reader, events = LogReader(), []
    for record in log:
        batch = reader.read(record)
        assert not batch.hole
        assert not batch.unreadable
        events += batch.events
    return events
