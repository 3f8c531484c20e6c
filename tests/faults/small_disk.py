"""A broker whose disk becomes full halts; workers say so and stay not ready; with space and a restart all goes on."""

import asyncio
import contextlib
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from cluster import Worker, until
from killed import two_of_each
from scenario import CannotBeHad
from stage import Stage

from agents.local.broker import Broker

SIZE = "1g"
NOTICED_WITHIN_S = 40.0
CHUNK = 1024 * 1024


class BrokerOnASmallDisk(Broker):
    """`disk` is where its data lies, and nothing else."""

    def __init__(self, disk: Path) -> None:
        super().__init__(settings={"log.dirs": disk / "data"})
        self.disk = disk


@contextlib.asynccontextmanager
async def broker_on_a_small_disk() -> AsyncIterator[Broker]:
    with tempfile.TemporaryDirectory(prefix="claquewatch-disk-") as folder:
        mounted = _run("mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder)
        if mounted.returncode:
            raise CannotBeHad(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
        try:
            async with BrokerOnASmallDisk(Path(folder)) as broker:
                yield broker
        finally:
            _run("umount", "-l", folder)


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True)


async def disk_full(stage: Stage) -> None:
    disk = stage.broker.disk if isinstance(stage.broker, BrokerOnASmallDisk) else None
    assert disk is not None
    stage.hold_nothing_back()
    await two_of_each(stage)
    running = await stage.worker().ready()
    await stage.send(0.4)
    await stage.all_is_read()
    await asyncio.to_thread(_fill, disk / "filler")
    stage.says("the disk is full")
    sending = asyncio.create_task(stage.send(0.6))  # it goes on when there is space

    async def halted() -> bool:
        return stage.broker.pid is None

    try:
        await until(halted)
        stage.says("the broker has halted")
        await _say_so_and_are_not_ready(stage, running)
        (disk / "filler").unlink()
        await stage.broker.restart()
        stage.says("there is space, and the broker started")
        await sending
    finally:
        sending.cancel()
    await stage.send(1.0)


async def _say_so_and_are_not_ready(stage: Stage, running: Worker) -> None:
    """One that starts says it and ends, for its supervisor to try again; one that runs says it by and by."""
    fresh = stage.worker()
    code = await fresh.ended()
    assert code == 1, fresh.said()
    assert "no Kafka broker answers" in fresh.sentence(), fresh.sentence()

    async def is_not_ready() -> bool:
        return running.process.poll() is not None or (await running.get("/readyz"))[0] != 200

    await until(is_not_ready, NOTICED_WITHIN_S, every_s=1.0)
    why = "ended" if running.process.poll() is not None else (await running.get("/readyz"))[1].strip()
    stage.says(f"a worker that runs: {why}")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as filler:
        for size in (CHUNK, 1024):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(bytes(size))
