"""Play one scenario on a broker -> how many differences there are, and which."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from counted import Differences
from recorded import Size, scanned, to_send, usual_poison
from scenario import CannotBeHad, Scenario
from stage import Stage, stage
from truths import differences

from agents import kafka
from agents.local.broker import Broker
from agents.topics import delete_all


class Outcome(NamedTuple):
    """What came of a scenario.

    `failure`: why it could not be played to its end; `lacks`: what it needs and this machine has not.
    `caught_by`: how the differences begin by which a control is caught; None where it is no control.
    """

    differences: Differences
    seconds: float
    caught_by: str | None = None
    failure: str | None = None
    lacks: str | None = None

    @property
    def ok(self) -> bool:
        """Exact; a control is caught, by what it lacks."""
        if self.failure is not None or self.lacks is not None:
            return False
        if self.caught_by is None:
            return self.differences.total == 0
        return any(what.startswith(self.caught_by) for what in self.differences.counts)


async def play(
    scenario: Scenario,
    broker: Broker,
    prefix: str,
    folder: Path,
    size: Size,
    says: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Play it to the end and compare with the three truths."""
    began = time.monotonic()
    found, failure, lacks = Differences(), None, None
    try:
        async with contextlib.AsyncExitStack() as stack:
            if scenario.broker is not None:
                broker = await stack.enter_async_context(scenario.broker())
            made = await stack.enter_async_context(stage(broker, prefix, folder, size))
            made.says, made.without = says, scenario.without
            found = await _played(scenario, made)
            async with kafka.admin(made.cluster.settings) as admin:
                await delete_all(admin, made.cluster.settings)
    except CannotBeHad as why:
        lacks = str(why)
    except Exception as error:  # told with its scenario; the others are played
        failure = f"{type(error).__name__}: {error}"
    is_control = scenario.without is not None
    return Outcome(found, time.monotonic() - began, scenario.caught_by if is_control else None, failure, lacks)


async def _played(scenario: Scenario, made: Stage) -> Differences:
    made.records = to_send(made.events, made.cluster.settings.partitions, usual_poison())
    await scenario.play(made)
    await made.rest()
    made.says("comparing")
    right = await asyncio.to_thread(scanned, made.events, made.rules) if scenario.scan else None
    return await differences(made, right)
