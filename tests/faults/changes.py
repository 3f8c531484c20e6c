"""A rule set applied while the evening is played, and detectors' code that changes."""

from cluster import until
from counted import Differences
from fault_detectors import CODE, FAULT_DETECTORS
from stage import Stage
from two_codes import Change, started_anew

from agents.owned import listed_as
from agents.rulebook import newest
from streams.rules import Rules, rules_of
from streams.topics import ALERTS, CHECKPOINTS, FAILED


async def rules_change(stage: Stage) -> None:
    """A set is applied in the middle, and taken back."""
    stage.rules_change = True
    stage.hold_nothing_back()
    for only in ("ingest", "detect", "detect"):
        await stage.supervised(only)
    await stage.send(0.3)
    await stage.all_is_read()
    await apply(stage, "[room]\nupdate_every_ms = 120000\n")
    await stage.send(0.6)
    await stage.all_is_read()
    await apply(stage, "")
    await stage.send(1.0)


async def apply(stage: Stage, text: str) -> Rules:
    """From here on this is in force."""
    path = stage.cluster.folder / "rules.toml"
    path.write_text(text)
    applied = await stage.cluster.claquewatch("rules", "apply", str(path))
    assert applied.returncode == 0, applied.stderr.decode()
    stage.says("rules applied")
    published = await newest(stage.cluster.settings)
    assert published is not None
    return rules_of(published, FAULT_DETECTORS)


async def code_change(stage: Stage) -> None:
    """Killed after alerts and before a snapshot, then started with detectors that find only some of what these did."""
    stage.hold_nothing_back()
    await stage.send(0.4)
    first = await stage.worker().ready()
    await stage.all_is_read()
    await until(stage.all_is_saved, every_s=0.3)
    assert await first.stop() == 0
    await stage.send(0.8)
    await stage.dies("alerts_committed", 6, snapshot_s=600.0)
    stage.change = await _left(stage)
    stage.cluster.env[CODE] = "new"
    worker = await stage.worker().ready()
    stage.says("started with changed code")
    await stage.all_is_read()
    stage.says("all is in the log")
    await until(stage.all_is_saved, every_s=0.3)
    counted = await worker.metric("claquewatch_divergence_total")
    right = await _diverging(stage, stage.change)
    stage.says(f"{counted:.0f} divergences counted")

    async def check(found: Differences) -> None:
        if not right:
            found.add("divergences that there should have been", 0)
        if counted != right:
            found.add("divergences counted", f"{counted} instead of {right}", abs(int(counted) - right) or 1)

    stage.checks.append(check)
    await stage.send(1.0)


async def _left(stage: Stage) -> Change:
    cluster = stage.cluster
    written = {topic: [record.value for record in await cluster.read(topic)] for topic in (ALERTS, FAILED, CHECKPOINTS)}
    return Change(await cluster.table(), written)


async def _diverging(stage: Stage, change: Change) -> int:
    """How many of what was sent past the headers the new code does not make where the old one had made it by."""
    count = 0
    for number, records in (await stage.cluster.log()).items():
        pure = started_anew(change.table[number])
        made: dict[str, int] = {}  # by name, the first offset
        for offset in range(pure.offset + 1, len(records)):
            for output in pure.step(offset, records[offset]):
                made.setdefault(listed_as(output.id, output.topic, offset), offset)
        owed = change.owed(number)
        count += sum(1 for name, sent in owed.items() if made.get(name, len(records)) > sent.offset)
    return count
