"""Play one scenario on a broker -> how many differences there are, and which."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from recorded import Size, recorded, scanned, to_send, usual_poison
from scenarios import Scenario
from stage import stage
from truths import Differences, differences

from agents import kafka
from agents.local.broker import Broker
from agents.topics import delete_all


class Outcome(NamedTuple):
    """What came of a scenario. `failure`: why it could not be played to its end."""

    differences: Differences
    seconds: float
    is_control: bool
    failure: str | None = None

    @property
    def ok(self) -> bool:
        """Exact; a control is caught."""
        if self.failure is not None:
            return False
        return (self.differences.total > 0) == self.is_control


async def play(
    scenario: Scenario,
    bootstrap: str,
    prefix: str,
    folder: Path,
    size: Size,
    broker: Broker | None = None,
    says: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Play it to the end and compare with the three truths."""
    began = time.monotonic()
    found, failure = Differences(), None
    async with stage(bootstrap, prefix, folder, recorded(size), broker) as made:
        made.says, made.without = says, scenario.without
        made.records = to_send(made.events, made.cluster.settings.partitions, usual_poison())
        try:
            await scenario.play(made)
            await made.rest()
            says("comparing")
            right = await asyncio.to_thread(scanned, made.events) if scenario.scan else None
            found = await differences(made.cluster, right)
        except Exception as error:  # told with its scenario; the others are played
            failure = f"{type(error).__name__}: {error}"
        finally:
            for child in made.children:
                await child.stop(1.0)
            for worker in made.cluster.workers:
                worker.kill()
    async with kafka.admin(made.cluster.settings) as admin:
        await delete_all(admin, made.cluster.settings)
    return Outcome(found, time.monotonic() - began, scenario.without is not None, failure)
