"""calibrate over a stretch of the log on a real broker says what it says of the recording of it."""

import time
from collections.abc import AsyncIterator

import pytest
from cluster import Cluster, until

import worlds
from streams.rules import check

pytestmark = pytest.mark.integration


@pytest.fixture
async def cluster(broker, prefix, tmp_path) -> AsyncIterator[Cluster]:
    async with Cluster(broker.bootstrap, prefix, tmp_path, speed=1_000) as made:
        yield made


async def test_the_log_teaches_what_its_recording_teaches_and_a_stretch_without_records_nothing(cluster, tmp_path):
    evening = worlds.WORLDS["bazaar"].evening(2103, shows=12, viewers=(100, 300), hours=1, tail_hours=48)
    moved = worlds.ending_at(evening, int(time.time() * 1000))
    worker = await cluster.worker("ingest").ready()
    await cluster.send((topic, value) for _, topic, value in moved.events)
    await cluster.has_events(len(moved.events))
    newest_ms = max(value["ts"] for _, _, value in moved.events)

    async def time_has_passed() -> bool:
        return all(log[-1].watermark > newest_ms - 60_000 for log in (await cluster.log()).values())

    await until(time_has_passed, every_s=1.0)
    assert await worker.stop() == 0

    of_the_log = await cluster.claquewatch("calibrate", "--broker", "--out", "log.toml")
    await cluster.claquewatch("scan", "--broker", "--record", "log.jsonl.zst")
    of_the_recording = await cluster.claquewatch("calibrate", "log.jsonl.zst", "--out", "recording.toml")
    of_nothing = await cluster.claquewatch("calibrate", "--broker", "--from", "now", "--out", "nothing.toml")

    assert of_the_log.returncode == of_the_recording.returncode == of_nothing.returncode == 0, of_the_log.stderr
    assert of_the_log.stderr == of_the_recording.stderr
    text = (tmp_path / "log.toml").read_text()
    assert check(text) == []
    assert "; interval " in text
    assert text.replace("from the log.", "from log.jsonl.zst.") == (tmp_path / "recording.toml").read_text()
    assert "; interval " not in (tmp_path / "nothing.toml").read_text()
