"""The broker killed and started, links to it cut, the end of a transaction that comes late, a disk that is full."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

from cluster import until
from killed import two_of_each
from late_link import LateLink
from stage import Stage

INVALID_PRODUCER_EPOCH = 47


async def broker_restart(stage: Stage) -> None:
    await two_of_each(stage)
    await stage.send(0.4)
    await asyncio.sleep(stage.random.uniform(2.0, 4.0))
    await killed_and_started(stage)
    await stage.send(1.0)


async def killed_and_started(stage: Stage) -> None:
    stage.broker.kill()
    stage.says("broker killed")
    await asyncio.sleep(1.0)
    await stage.broker.restart()
    stage.says("broker started")


@contextlib.asynccontextmanager
async def linked(stage: Stage) -> AsyncIterator[LateLink]:
    """Workers that start meanwhile reach the broker through a link of ours."""
    before = stage.cluster.env["CLAQUEWATCH_BROKER"]
    async with LateLink(stage.cluster.settings.broker) as link:
        stage.cluster.env["CLAQUEWATCH_BROKER"] = link.bootstrap
        try:
            yield link
        finally:
            stage.cluster.env["CLAQUEWATCH_BROKER"] = before
            await stage.leave()


async def connections_cut(stage: Stage) -> None:
    stage.hold_nothing_back()
    async with linked(stage) as link:
        await two_of_each(stage)
        await stage.send(0.1)
        await stage.all_is_read()
        await cut_at_random(stage, link, 6, 1.0)


async def cut_at_random(stage: Stage, link: LateLink, times: int, share: float) -> None:
    """All links at once, while what is sent from here to `share` of the evening is under way."""
    begin = stage.sent / len(stage.records)
    for turn in range(1, times + 1):
        await stage.send(begin + (share - begin) * turn / times)
        await asyncio.sleep(stage.random.uniform(0.1, 1.0))
        stage.says(f"{link.cut()} links cut")


async def torn_transaction(stage: Stage) -> None:
    """The end of one transaction is delivered into the next, of which half is sent; then its worker is killed.

    Where the producer is another by then, the broker refuses it. Where it is the same, that half is committed.
    """
    stage.hold_nothing_back()
    await stage.supervised("ingest")
    await stage.send(0.3)
    async with linked(stage) as link:
        frozen = stage.dying("alerts_after_slow", 1, "SIGSTOP", "detect")
        await stage.all_is_read()
        await stage.send(0.5)
        link.to_hold = 8  # of every partition one, or some twice

        async def holds() -> bool:
            return not link.to_hold

        await until(holds)
        stage.says(f"{len(link.held)} ends of transactions held back")
        for turn in range(6, 10):
            await stage.send(turn / 10)
            with contextlib.suppress(AssertionError):
                await until(frozen.is_frozen, within_s=8.0)
                break
        assert await frozen.is_frozen(), "no transaction came after a slow one"
        codes = await link.release()
        stage.says(f"delivered into the next transactions: answers {codes}")
        if not stage.without:
            assert INVALID_PRODUCER_EPOCH in codes, f"the broker took them: {codes}"
        frozen.send(signal.SIGKILL)
        await frozen.ended()
    await stage.supervised("ingest")
    await stage.supervised("detect")
    await stage.send(1.0)
