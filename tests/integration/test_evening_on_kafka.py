"""A whole evening through ingest and detect, with deaths in the middle; scan says the same in every way there is."""

import asyncio
import json
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from cluster import Cluster
from evenings import evening, scanned, told

import worlds
from agents import kafka
from agents.topics import delete_all
from streams.alerts import Alert
from streams.topics import ALERTS, LOG

pytestmark = pytest.mark.integration

DYING = [sys.executable, str(Path(__file__).with_name("worker_that_dies.py"))]
DEATHS = (("logging", 8), ("acknowledging", 1), ("committing", 3), ("committed", 2))


class Played(NamedTuple):
    """What came of it."""

    cluster: Cluster
    evening: worlds.Evening
    alerts: list[Alert]
    log_times: list[int]  # when each record of the log was written, ms
    drain_s: float
    exit_code: int


@pytest.fixture(scope="module")
def played(broker, tmp_path_factory) -> Iterator[Played]:
    cluster = Cluster(broker.bootstrap, f"t{uuid.uuid4().hex[:8]}.", tmp_path_factory.mktemp("evening"), speed=1_000)
    yield asyncio.run(_play(cluster))
    asyncio.run(_delete(cluster))


async def _play(cluster: Cluster) -> Played:
    """All of the evening lies there when the first worker starts; it ends when everything is judged."""
    moved = worlds.ending_at(evening(7), int(time.time() * 1000))
    expected, _ = scanned(moved.events)
    async with cluster:
        await cluster.send((topic, value) for _, topic, value in moved.events)
        for point, count in DEATHS:
            worker = cluster.worker("ingest,detect", [*DYING, "SIGKILL", point, str(count)], session_s=1)
            assert await worker.ended() == -signal.SIGKILL, worker.said()
        worker = await cluster.worker("ingest,detect", session_s=1).ready()
        await cluster.has_alerts(len(expected))
        began = time.monotonic()
        exit_code = await worker.stop()
        drain_s = time.monotonic() - began
        times = [record.timestamp for record in await cluster.read(LOG)]
        return Played(cluster, moved, await cluster.alerts(), times, drain_s, exit_code)


async def _delete(cluster: Cluster) -> None:
    async with kafka.admin(cluster.settings) as admin:
        await delete_all(admin, cluster.settings)


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def test_live_says_what_scan_says_of_the_same_evening_as_a_file_each_alert_once(played):
    found, scan = scanned(played.evening.events)

    assert len(found) > 10
    assert len({alert.alert_id for alert in played.alerts}) == len(played.alerts)
    assert sorted(told(played.alerts)) == sorted(told(found))
    assert scan.summary.late == 0


def test_live_alerts_have_their_mode_the_time_of_their_making_and_the_headers_of_a_cloud_event(played):
    records = asyncio.run(played.cluster.read(ALERTS))

    assert {alert.mode for alert in played.alerts} == {"live"}
    assert all(abs(alert.detected_at - time.time() * 1000) < 300_000 for alert in played.alerts)
    for record, alert in zip(records, played.alerts, strict=True):
        headers = dict(record.headers)
        assert record.key == headers["ce_subject"] == alert.incident_id.encode()
        assert headers["ce_id"] == alert.alert_id.encode()
        assert headers["ce_specversion"] == b"1.0"
        assert headers["ce_type"] in (b"alert.opened", b"alert.updated", b"alert.resolved")
        assert datetime.fromisoformat(headers["ce_time"].decode()).timestamp() * 1000 == alert.event_ts


async def test_scan_of_the_broker_says_what_was_said_live_byte_by_byte(played, tmp_path):
    scan = await played.cluster.claquewatch("scan", "--broker", "--alerts", str(tmp_path / "alerts.jsonl"))

    assert scan.returncode == 0, scan.stderr
    assert sorted(lines(tmp_path / "alerts.jsonl")) == sorted(told(played.alerts))
    assert scan.stderr.decode().startswith(f"{len(played.evening.events):,} events (")


async def test_scan_of_the_recording_says_the_same_bytes_as_scan_of_the_broker(played, tmp_path):
    recording, first, second = tmp_path / "log.jsonl.zst", tmp_path / "first.jsonl", tmp_path / "second.jsonl"

    recorded = await played.cluster.claquewatch("scan", "--broker", "--record", str(recording), "--alerts", str(first))
    again = await played.cluster.claquewatch("scan", str(recording), "--alerts", str(second))

    assert (recorded.returncode, again.returncode) == (0, 0)
    assert first.read_bytes() == second.read_bytes()
    assert len(lines(first)) == len(played.alerts)
    assert recorded.stderr == again.stderr


async def test_a_stretch_of_the_log_ends_where_the_next_one_begins(played, tmp_path):
    middle = datetime.fromtimestamp(sorted(played.log_times)[len(played.log_times) // 2] / 1000, UTC).isoformat()
    stretches = {
        "all": (),
        "before": ("--to", middle),
        "after": ("--from", middle),
        "around": ("--from", middle, "--to", "+1h"),
        "hour": ("--from", "-1h"),
        "nothing": ("--from", "now"),
    }

    said = {
        name: (
            await played.cluster.claquewatch("scan", "--broker", *words, "--record", f"{name}.jsonl")
        ).stderr.decode()
        for name, words in stretches.items()
    }

    found = {name: sorted(lines(played.cluster.folder / f"{name}.jsonl")) for name in stretches}
    assert 0 < len(found["before"]) < len(found["all"]) == len(played.log_times)
    assert sorted(found["before"] + found["after"]) == found["all"] == found["hour"]
    assert found["around"] == found["after"]
    assert found["nothing"] == []
    assert "starts cold at offset" in said["after"]
    assert "starts cold" not in said["before"]


def test_sigterm_drains_within_10_s_and_what_is_saved_is_at_the_offset_that_was_applied(played):
    assert played.exit_code == 0
    assert played.drain_s < 10

    [*_, stopped] = played.cluster.workers[-1].lines()
    assert stopped["event"] == "stopped"
    assert all(saved.header for saved in asyncio.run(played.cluster.table()).values())


def test_nothing_was_said_that_a_person_would_have_to_look_at(played):
    worker = played.cluster.workers[-1]

    assert [line for line in worker.lines() if line["level"] not in ("info", "debug")] == []
    assert "Traceback" not in worker.said()
    assert all(json.loads(line) for line in worker.said().splitlines())
