"""Thresholds on a real broker: a bad file changes nothing, a good one is in force from a definite record of the log."""

import time
from collections.abc import AsyncIterator

import msgspec
import pytest
from cluster import Cluster, Worker, until
from evenings import evening, told, until_the_middle_alert
from logs import alerts, play

import worlds
from streams.events import RuleSet
from streams.partition import Partition

pytestmark = pytest.mark.integration


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path, quiet_s=60) as made:
        yield made


async def test_rules_that_are_applied_in_the_middle_hold_from_one_record_of_each_partition_on(cluster, tmp_path):
    moved = worlds.ending_at(evening(7), int(time.time() * 1000))
    half = until_the_middle_alert(moved.events)
    (tmp_path / "rules.toml").write_text("[room]\nupdate_every_ms = 120000\n")
    worker = cluster.worker("ingest,detect")
    await cluster.send((topic, value) for _, topic, value in moved.events[:half])
    await cluster.has_events(half)

    applied = await cluster.claquewatch("rules", "apply", "rules.toml", "--reason", "fewer updates")
    assert applied.returncode == 0, applied.stderr
    assert applied.stdout.decode().startswith("version 1 (hash ")

    async def heard() -> bool:
        return all(any(record.kind == "rules" for record in log) for log in (await cluster.log()).values())

    await until(heard)
    await cluster.send((topic, value) for _, topic, value in moved.events[half:])
    await cluster.has_events(len(moved.events))

    async def judged_by_it() -> bool:
        return any(alert.ruleset.version == 1 for alert in await cluster.alerts())

    await until(judged_by_it)
    await until(lambda: has_version_1(worker))  # metrics follow within a second
    assert await worker.stop() == 0

    log, tables, found = await cluster.log(), await cluster.table(), await cluster.alerts()
    right = []
    for number, records in log.items():
        [published] = [record for record in records if record.kind == "rules" and record.value]
        rules = msgspec.json.decode(published.value, type=RuleSet)
        assert (rules.version, rules.reason, rules.rules["room"]["update_every_ms"]) == (1, "fewer updates", 120_000)
        header = tables[number].header
        assert header is not None
        assert header.rules == rules
        right += alerts(play(Partition(), records[: header.offset + 1]))
    assert sorted(told(found)) == sorted(told(right))
    assert {alert.ruleset.version for alert in found} == {0, 1}

    again = cluster.worker("detect")  # the set in force is in its table, however long ago it was published
    await again.ready()
    await until(lambda: has_version_1(again))


async def has_version_1(worker: Worker) -> bool:
    return await worker.metric("claquewatch_ruleset_info", version="1") == 1


async def test_a_bad_file_changes_nothing_and_says_everything_with_its_line(cluster, tmp_path):
    (tmp_path / "bad.toml").write_text("[room]\nquiet_ms = 0\n\n[room.more]\n[nothing]\n")

    applied = await cluster.claquewatch("rules", "apply", "bad.toml")

    said = applied.stderr.decode()
    assert (applied.returncode, applied.stdout) == (1, b"")
    assert said.startswith("claquewatch: bad.toml has 3 errors; the set in force stays:")
    assert "line 2: [room] quiet_ms" in said
    assert "line 4: [room] more: no such setting" in said
    assert "line 5: [nothing]: no such section" in said
    assert await cluster.read("live.rules") == []


async def test_what_is_in_force_is_shown_and_going_back_is_the_next_version(cluster, tmp_path):
    (tmp_path / "rules.toml").write_text("[room]\nquiet_ms = 500000\n")

    async def shown() -> str:
        return (await cluster.claquewatch("rules", "show")).stdout.decode()

    defaults = await shown()
    (tmp_path / "back.toml").write_text(defaults)
    await cluster.claquewatch("rules", "apply", "rules.toml", "--reason", "a try")
    changed = await shown()
    back = await cluster.claquewatch("rules", "apply", "back.toml")

    assert defaults.startswith("# version 0, hash ")
    assert "(defaults in the code)" in defaults.splitlines()[0]
    assert changed.startswith("# version 1, hash ")
    assert "a try" in changed.splitlines()[1]
    assert "quiet_ms = 500000" in changed
    assert back.stdout.decode().startswith("version 2 (hash ")
    assert (await shown()).splitlines()[1:] == defaults.splitlines()[1:]
    keys = [(record.partition, record.key) for record in await cluster.read("live.rules")]
    assert keys == [(0, b"1"), (0, b"2"), (1, b"1"), (1, b"2")]
