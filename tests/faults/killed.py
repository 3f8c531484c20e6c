"""Workers killed at random and at named points; planned stops; workers that come and go."""

import asyncio

from changes import apply
from stage import Play, Stage

from agents.local.process import Child


async def clean(stage: Stage) -> None:
    await two_of_each(stage)
    await stage.send(1.0)


async def two_of_each(stage: Stage) -> None:
    for only in ("ingest", "detect", "detect"):
        await stage.supervised(only)


# -- kill -9 at random ------------------------------------------------------------------------------------------------


async def kill_detect(stage: Stage) -> None:
    await stage.supervised("ingest")
    await at_random(stage, [await stage.supervised("detect") for _ in range(3)])
    await stage.send(1.0)


async def kill_ingest(stage: Stage) -> None:
    await stage.supervised("detect")
    await at_random(stage, [await stage.supervised("ingest") for _ in range(2)])
    await stage.send(1.0)


async def at_random(stage: Stage, children: list[Child], times: int = 6, share: float = 6 / 7) -> None:
    """So many kills, spread over what is sent from here to `share` of the evening."""
    begin = stage.sent / len(stage.records)
    for turn in range(1, times + 1):
        await stage.send(begin + (share - begin) * turn / times)
        await asyncio.sleep(stage.random.uniform(0.2, 1.5))
        stage.random.choice(children).kill()
        stage.says(f"killed at random, {turn} of {times}")


# -- kill -9 at a named point -----------------------------------------------------------------------------------------


def crash(*points: tuple[str, int]) -> Play:
    """Workers one after the other, each killed where the point comes along the so-many-th time."""

    async def play(stage: Stage) -> None:
        for turn, (point, count) in enumerate(points):
            await stage.send((turn + 0.5) / len(points))
            await stage.dies(point, count, upto=(turn + 1) / len(points))

    return play


async def crash_tombstone(stage: Stage) -> None:
    """Rooms are dropped soon, by rules that hold from the beginning."""
    stage.rules = await apply(stage, "[room]\nended_kept_ms = 60000\n")
    await stage.send(0.88)  # until then few shows have ended
    await stage.dies("tombstone", 1)
    await stage.send(0.95)
    await stage.dies("tombstone", 2)


# -- planned stops, workers that come and go --------------------------------------------------------------------------


async def sigterm(stage: Stage) -> None:
    for turn in range(1, 4):
        worker = stage.worker()
        await worker.ready()
        await stage.send(turn / 4)
        await asyncio.sleep(stage.random.uniform(0.1, 1.0))
        code = await worker.stop()
        assert code == 0, worker.said()[-2_000:]


async def rebalance(stage: Stage) -> None:
    first, second = stage.worker(), stage.worker()
    await stage.send(0.2)
    await first.ready()
    await stage.send(0.4)
    third = stage.worker()
    await third.ready()
    await stage.send(0.6)
    await first.stop()
    await stage.send(0.7)
    second.kill()
    await stage.send(0.9)
    await stage.worker().ready()
