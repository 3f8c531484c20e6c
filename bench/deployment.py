"""A deployment of its own for one run: topics under a prefix, a preloaded backlog, workers as processes we measure."""

import asyncio
import itertools
import json
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import aiohttp
from aiokafka import TopicPartition

from agents import kafka
from agents.local import process
from agents.player import partition_of
from agents.settings import Settings, as_environment, without_settings
from agents.topics import create_missing, delete_all
from streams.alerts import Alert, decode_alert
from streams.topics import ALERTS

WITHIN_S = 900.0
BATCH_BYTES = 512 * 1024
TICKS = os.sysconf("SC_CLK_TCK")

_numbers = itertools.count()

Line = tuple[str, str, bytes]  # topic, room, JSON


class RowFailed(Exception):
    """Something that a row needs ended or did not come; the message says what."""


async def until(what: Callable[[], Awaitable[Any]], every_s: float = 0.1) -> Any:
    """Wait until `what` gives something true -> that."""
    deadline = time.monotonic() + WITHIN_S
    while not (found := await what()):
        if time.monotonic() > deadline:
            raise RowFailed(f"nothing came of {what.__qualname__} within {WITHIN_S:.0f} s")
        await asyncio.sleep(every_s)
    return found


class Worker:
    """One worker as a process. CPU counts from when it was ready: starting Python is not what is measured."""

    def __init__(self, words: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        self.process = process.spawn([sys.executable, "-m", "bench.worker", *words], env=env, log=log)
        self.cpu_at_ready_s = 0.0
        self._url = ""

    async def ready(self) -> "Worker":
        await until(self._is_ready, 0.02)
        self.cpu_at_ready_s = self._cpu_s()
        return self

    def cpu_s(self) -> float:
        """User and system time since it was ready."""
        return self._cpu_s() - self.cpu_at_ready_s

    def memory_mib(self, which: str = "VmRSS") -> float:
        """`VmRSS` is what it holds now, `VmHWM` the most it has held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(rf"{which}:\s+(\d+)", status)[0]) / 1024

    async def events(self, topic: str) -> int:
        """How many events of a topic it has accepted; `live.activity` are those that were stepped."""
        sample = f'claquewatch_events_total{{outcome="accepted",topic="{topic}"}} '
        lines = (await self._get("/metrics"))[1].splitlines()
        return sum(int(float(line.removeprefix(sample))) for line in lines if line.startswith(sample))

    def stop(self) -> None:
        process.end(self.process, 20)

    def kill(self) -> None:
        process.kill(self.process)

    def _cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    async def _is_ready(self) -> bool:
        if not self._url:
            self._complain_if_ended()
            found = re.findall(r'"metrics": ?"(http[^"]+)/metrics"', self.log.read_text())
            if not found:
                return False
            self._url = found[-1]
        return (await self._get("/readyz"))[0] == 200

    async def _get(self, path: str) -> tuple[int, str]:
        self._complain_if_ended()
        try:
            async with aiohttp.ClientSession() as http, http.get(self._url + path) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            await asyncio.sleep(0.5)
            self._complain_if_ended()
            raise

    def _complain_if_ended(self) -> None:
        if self.process.poll() is not None:
            raise RowFailed(f"a worker ended: {self.log.read_text().strip().splitlines()[-1][:300]}")


class Deployment:
    """`async with Deployment(broker, folder, pane_ms=...)`; topics and workers are gone afterwards."""

    def __init__(self, bootstrap: str, folder: Path, **settings: Any) -> None:
        given: dict[str, Any] = {
            "broker": bootstrap,
            "prefix": f"bench{os.getpid()}-{next(_numbers)}.",
            "metrics_port": 0,
        } | settings
        self.settings = Settings(**given)
        self.folder = folder
        self.workers: list[Worker] = []
        self.env = without_settings(os.environ) | as_environment(given)

    async def __aenter__(self) -> "Deployment":
        async with kafka.admin(self.settings) as admin:
            await create_missing(admin, self.settings)
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.kill()
        async with kafka.admin(self.settings) as admin:
            await delete_all(admin, self.settings)

    def worker(self, *words: str) -> Worker:
        """Start one: its parts, and the job whose detectors it runs."""
        log = self.folder / f"{self.settings.prefix}worker-{len(self.workers)}.log"
        self.workers.append(Worker(list(words), self.env, log))
        return self.workers[-1]

    async def measured(self, module: str, *words: object) -> dict[str, float]:
        """Run one of our programs that measures itself -> what it printed."""
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *map(str, words), env=self.env, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await asyncio.wait_for(running.communicate(), WITHIN_S)
        if running.returncode:
            raise RowFailed(f"{module} ended with {running.returncode}")
        return dict(json.loads(out.splitlines()[-1]))

    async def preload(self, lines: Iterable[Line]) -> int:
        """A backlog into the inputs, in whole batches; -> how many."""
        producer = kafka.producer(self.settings)
        await producer.start()
        count = 0
        waiting: list[Any] = []
        batches: dict[tuple[str, int], Any] = {}
        now_ms = int(time.time() * 1000)
        try:
            for topic, room, value in lines:
                at = self.settings.named(topic), partition_of(room, self.settings.partitions)
                batch = batches.get(at) or batches.setdefault(at, producer.create_batch())
                batch.append(key=room.encode(), value=value, timestamp=now_ms)
                if batch.size() > BATCH_BYTES:
                    batch.close()
                    waiting.append(await producer.send_batch(batches.pop(at), at[0], partition=at[1]))
                count += 1
            for at, batch in batches.items():
                batch.close()
                waiting.append(await producer.send_batch(batch, at[0], partition=at[1]))
            await asyncio.gather(*waiting)
        finally:
            await producer.stop()
        return count

    async def alerts(self, enough: Callable[[list[Alert]], bool], seen: Callable[[Alert], object] = id) -> list[Alert]:
        """Alerts as a reader of committed records sees them, until there are enough; `seen` is told of each at once."""
        found: list[Alert] = []
        consumer = kafka.consumer(self.settings, auto_offset_reset="earliest", fetch_max_wait_ms=20)
        consumer.assign([TopicPartition(self.settings.named(ALERTS), n) for n in range(self.settings.partitions)])
        await consumer.start()
        deadline = time.monotonic() + WITHIN_S
        try:
            while not enough(found) and time.monotonic() < deadline:
                for records in (await consumer.getmany(timeout_ms=50)).values():
                    for record in records:
                        found.append(decode_alert(record.value))
                        seen(found[-1])
        finally:
            await consumer.stop()
        return found
