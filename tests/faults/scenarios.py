"""Every scenario as a row: what is done to a deployment while it plays the evening.

A scenario sends stretches of the evening and hurts workers; what it leaves unsent is sent at the end, by `Stage.rest`.
A control is a scenario whose workers lack one defence: it has done its work when differences are found.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from cluster import until
from poison import kinds
from recorded import ToSend, to_send, without
from stage import Stage

from agents.local.process import Child
from streams.events import LEADING

Play = Callable[[Stage], Awaitable[None]]


class Scenario(NamedTuple):
    """`without`: the defence that is taken away, which must be noticed. `scan`: whether the file tells the alerts."""

    play: Play
    without: str | None = None
    scan: bool = True
    own_broker: bool = False  # it does something to the broker


# -- kill -9 at random ------------------------------------------------------------------------------------------------


async def clean(stage: Stage) -> None:
    await _two_of_each(stage)
    await stage.send(1.0)


async def kill_detect(stage: Stage) -> None:
    await stage.supervised("ingest")
    await _killed_at_random(stage, [await stage.supervised("detect") for _ in range(3)])


async def kill_ingest(stage: Stage) -> None:
    await stage.supervised("detect")
    await _killed_at_random(stage, [await stage.supervised("ingest") for _ in range(2)])


async def _killed_at_random(stage: Stage, children: list[Child]) -> None:
    for turn in range(1, 7):
        await stage.send(turn / 7)
        await asyncio.sleep(stage.random.uniform(0.2, 1.5))
        stage.random.choice(children).kill()
        stage.says(f"killed at random, {turn} of 6")
    await stage.send(1.0)


async def _two_of_each(stage: Stage) -> None:
    for only in ("ingest", "detect", "detect"):
        await stage.supervised(only)


# -- kill -9 at a named point -----------------------------------------------------------------------------------------


def crash(point: str, *counts: int, only: str = "ingest,detect") -> Play:
    """Workers one after the other, each killed where the point comes along the so-many-th time."""

    async def play(stage: Stage) -> None:
        for turn, count in enumerate(counts, 1):
            await stage.send(turn / (len(counts) + 1))
            await stage.dies(point, count, only)

    return play


async def crash_tombstone(stage: Stage) -> None:
    """Rooms are dropped soon, by rules that hold from the beginning."""
    await apply(stage, "[room]\nended_kept_ms = 60000\n")
    await stage.send(0.5)
    await stage.dies("tombstone", 1)
    await stage.send(0.9)
    await stage.dies("tombstone", 3)


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


# -- frozen past its session, and woken -------------------------------------------------------------------------------


async def zombie_detect(stage: Stage) -> None:
    """It has something to send in its hands when it is frozen, and another has sent it when it wakes."""
    await stage.supervised("ingest")
    await stage.send(0.5)
    frozen = await stage.freezes("beginning", 9, only="detect")
    other = await stage.supervised("detect")
    await stage.send(0.8)
    await until(stage.all_is_saved, every_s=0.3)
    frozen.send(signal.SIGCONT)
    stage.says("woken")
    await stage.send(1.0)
    await asyncio.sleep(3.0)
    other.kill()


async def zombie_ingest(stage: Stage) -> None:
    """What it knows of its inputs is old when it wakes, and the broker is slow to tell it better.

    No input is silent for as long as quiet takes, but by what the woken one knows all of them were.
    """
    quiet_s = 10.0
    await stage.supervised("detect")
    frozen = await stage.worker("ingest", quiet_s=quiet_s, speed=60.0).ready()
    began = time.monotonic()
    await stage.send(0.5)
    await until(stage.all_is_in_the_log)
    frozen.send(signal.SIGSTOP)
    assert time.monotonic() - began < quiet_s, (
        "the machine was too slow: an input may have been quiet before the freeze"
    )
    stage.says("frozen")
    await stage.send(0.9)
    await asyncio.sleep(quiet_s)
    await _wake_beside_a_slow_broker(stage, frozen.process.pid)
    await stage.supervised("ingest")
    await asyncio.sleep(3.0)
    frozen.kill()


async def _wake_beside_a_slow_broker(stage: Stage, pid: int) -> None:
    assert stage.broker is not None
    assert stage.broker.pid is not None
    os.kill(stage.broker.pid, signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGCONT)
        stage.says("woken")
        await asyncio.sleep(0.8)
    finally:
        os.kill(stage.broker.pid, signal.SIGCONT)


# -- the broker, rules, backlog, bad input ----------------------------------------------------------------------------


async def broker_restart(stage: Stage) -> None:
    assert stage.broker is not None
    await _two_of_each(stage)
    await stage.send(0.4)
    await stage.stepped()
    stage.broker.kill()
    stage.says("broker killed")
    await asyncio.sleep(1.0)
    await stage.broker.restart()
    stage.says("broker started")
    await stage.send(1.0)


async def rules_change(stage: Stage) -> None:
    """A set is applied in the middle, and taken back."""
    await _two_of_each(stage)
    await stage.send(0.3)
    await apply(stage, "[room]\nupdate_every_ms = 120000\n")
    await stage.send(0.6)
    await apply(stage, "")
    await stage.send(1.0)


async def apply(stage: Stage, text: str) -> None:
    path = stage.cluster.folder / "rules.toml"
    path.write_text(text)
    applied = await stage.cluster.claquewatch("rules", "apply", str(path))
    assert applied.returncode == 0, applied.stderr.decode()
    stage.says("rules applied")


def backlog(topic: str) -> Play:
    """From the middle on one input alone has events, and they lie there when ingest starts."""

    async def play(stage: Stage) -> None:
        half = len(stage.events) // 2
        later = without(stage.events[half:], lambda event: event[1] != topic)
        stage.events = [*stage.events[:half], *later]
        stage.records = to_send(stage.events, stage.cluster.settings.partitions)
        worker = await stage.worker().ready()
        await stage.send(half / len(stage.events))
        await until(stage.all_is_in_the_log, every_s=0.3)
        await worker.stop()
        await stage.send(1.0)
        await stage.worker().ready()
        await stage.stepped()

    return play


async def bad_input(stage: Stage) -> None:
    """Every kind of bad record many times over, and one partition of an input with nothing else for a while."""
    await _two_of_each(stage)
    await stage.send(0.4)
    bad = [ToSend(one.topic, 3, one.key, one.value, one.reason) for one in kinds() for _ in range(10)]
    await stage.send_records(bad)
    await stage.send(1.0)


# -- the table --------------------------------------------------------------------------------------------------------

SCENARIOS: dict[str, Scenario] = {
    "clean": Scenario(clean),
    "kill_detect": Scenario(kill_detect),
    "kill_ingest": Scenario(kill_ingest),
    "crash_alerts_half": Scenario(crash("alerts_half", 5, 30, 8)),
    "crash_alerts_all": Scenario(crash("alerts_all", 3, 12, 5)),
    "crash_committed": Scenario(crash("alerts_committed", 2, 9, 4)),
    "crash_parts_half": Scenario(crash("parts_half", 4, 90, 11)),
    "crash_parts_all": Scenario(crash("parts_all", 1, 9, 4)),
    "crash_before_header": Scenario(crash("before_header", 1, 9, 4)),
    "crash_tombstone": Scenario(crash_tombstone, scan=False),
    "crash_ingest_half": Scenario(crash("logging", 3, 11, 6)),
    "crash_ingest_uncommitted": Scenario(crash("acknowledging", 1, 3, 2)),
    "sigterm": Scenario(sigterm),
    "rebalance": Scenario(rebalance),
    "zombie_detect": Scenario(zombie_detect),
    "zombie_ingest": Scenario(zombie_ingest, own_broker=True),
    "broker_restart": Scenario(broker_restart, own_broker=True),
    "rules_change": Scenario(rules_change, scan=False),
    **{f"backlog_{topic.removeprefix('live.')}": Scenario(backlog(topic)) for topic in sorted(LEADING)},
    "bad_input": Scenario(bad_input),
    "control_no_transactions": Scenario(crash("alerts_half", 5, 30, 8), without="transactions"),
    "control_no_fence": Scenario(zombie_detect, without="fence"),
    "control_watermark_read": Scenario(clean, without="watermark_of_what_was_written"),
    "control_quiet_by_poll_age": Scenario(zombie_ingest, without="two_answers", own_broker=True),
}
