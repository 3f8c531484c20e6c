"""One long run in which everything goes wrong that can go wrong at once."""

import asyncio
import os
import signal

from deliveries import delivering
from killed import at_random
from links import cut_at_random, killed_and_started, linked
from poison import kinds
from recorded import ToSend
from stage import Stage

from agents.local.process import Child


async def all_in_one(stage: Stage) -> None:
    """Two workers of each kind behind one link: killed, frozen, cut off, poisoned, beside a broker that falls."""
    async with linked(stage) as link:
        receivers = await delivering(stage)
        workers = [await stage.supervised(only) for only in ("ingest", "ingest", "detect", "detect")]
        await at_random(stage, [*workers, *receivers], 5, 0.2)
        await cut_at_random(stage, link, 3, 0.3)
        link.to_hold = 4
        await stage.send_records([ToSend(one.topic, 5, *one[1:]) for one in kinds() for _ in range(3)])
        await stage.send(0.35)
        await _one_more_comes_and_leaves(stage, 0.45)
        await _some_freeze(stage, [workers[0], workers[2]])
        answers = await link.release()
        stage.says(f"ends of transactions delivered late: answers {answers}")
        await at_random(stage, workers, 3, 0.6)
        await killed_and_started(stage)
        await at_random(stage, [*workers, *receivers], 3, 0.7)
    for turn, point in enumerate(("alerts_half", "parts_all", "logging", "before_header", "acknowledging"), 1):
        await stage.send(0.7 + 0.05 * turn)
        await stage.dies(point, 1)


async def _one_more_comes_and_leaves(stage: Stage, share: float) -> None:
    worker = await stage.worker().ready()
    await stage.send(share)
    code = await worker.stop()
    assert code == 0, worker.said()[-2_000:]


async def _some_freeze(stage: Stage, children: list[Child]) -> None:
    """Past their session, while others go on."""
    pids = [child.pid for child in children if child.pid is not None]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    await stage.send(0.5)
    await asyncio.sleep(3.0)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    stage.says("frozen and woken")
