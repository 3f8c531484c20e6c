"""Workers frozen past their session and woken, beside a broker that is slow to answer."""

import asyncio
import os
import signal
import time

from cluster import until
from stage import Stage


async def zombie_detect(stage: Stage) -> None:
    """It has something to send in its hands when it is frozen, and another has sent it when it wakes."""
    stage.hold_nothing_back()
    await stage.supervised("ingest")
    await stage.send(0.3)
    # it saves seldom: with a snapshot under way all the time it would never have alerts alone in its hands
    frozen = await stage.freezes("alerts_in_hand", 2, only="detect", upto=0.6, snapshot_s=5.0)
    other = await stage.supervised("detect")
    await stage.send(0.8)
    await until(stage.all_is_saved, every_s=0.3)
    await wake_beside_a_slow_broker(stage, frozen.process.pid)
    await stage.send(1.0)
    await asyncio.sleep(3.0)
    other.kill()


async def zombie_ingest(stage: Stage) -> None:
    """What it knows of its inputs is old when it wakes, and the broker is slow to tell it better.

    No input is silent for as long as quiet takes, but by what the woken one knows all of them were.
    """
    quiet_s = 12.0
    stage.hold_nothing_back()
    await stage.supervised("detect")
    frozen = await stage.worker("ingest", quiet_s=quiet_s, speed=60.0).ready()
    began = time.monotonic()
    await stage.send(0.5)
    await stage.all_is_read()
    frozen.send(signal.SIGSTOP)
    assert time.monotonic() - began < quiet_s, (
        "the machine was too slow: an input may have been quiet before the freeze"
    )
    stage.says("frozen")
    await stage.send(0.9)
    await asyncio.sleep(quiet_s)
    await wake_beside_a_slow_broker(stage, frozen.process.pid)
    await stage.supervised("ingest")
    await asyncio.sleep(3.0)
    frozen.kill()


async def wake_beside_a_slow_broker(stage: Stage, pid: int) -> None:
    assert stage.broker.pid is not None
    os.kill(stage.broker.pid, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGCONT)
        stage.says("woken")
        await asyncio.sleep(0.8)
    finally:
        os.kill(stage.broker.pid, signal.SIGCONT)
