"""The demo as a newcomer runs it, with its worker killed in the middle; what remains is compared, exactly."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from agents.settings import without_settings
from streams.alerts import without_clock

pytestmark = pytest.mark.integration

CLAQUEWATCH = [sys.executable, "-m", "agents.cli"]


def test_a_demo_whose_worker_is_killed_alerts_exactly_once_and_as_the_log_says(tmp_path: Path) -> None:
    env = without_settings(os.environ)
    env |= {name: os.environ[name] for name in ("CLAQUEWATCH_CACHE",) if name in os.environ}
    demo = subprocess.Popen(
        [*CLAQUEWATCH, "demo", "--plain", "--keep", "--seconds", "25", "--rooms", "10", "--seed", "3"],
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    )
    keeper = None
    try:
        lines = _kill_the_worker_in_the_middle(demo)
        said = "".join(lines)
        assert demo.wait(60) == 0, said
        keeper = int(_found(r"kill (\d+)", said))
        broker = _found(r"Broker \((\S+)\)", said)
        env["CLAQUEWATCH_BROKER"] = broker

        live = asyncio.run(_alerts(broker))
        scanned = tmp_path / "scanned.jsonl"
        scan = subprocess.run(
            [*CLAQUEWATCH, "scan", "--broker", "--alerts", str(scanned)], env=env, capture_output=True, text=True
        )
        assert scan.returncode == 0, scan.stderr

        expected = [without_clock(line) for line in scanned.read_bytes().splitlines()]
        assert len(expected) > 0, scan.stderr + said
        assert sorted(without_clock(value) for value in live) == sorted(expected)
        ids = [json.loads(value)["alert_id"] for value in live]
        assert len(ids) == len(set(ids))
        assert "died 1 time" in said
        assert " 0 late (0 expected)" in said
        assert "0 bad" in said
    finally:
        if keeper is not None:
            os.kill(keeper, signal.SIGTERM)
            _until_gone(keeper)
        else:
            demo.kill()
        demo.wait()
    assert not _children_of(keeper)


def _kill_the_worker_in_the_middle(demo: subprocess.Popen[str]) -> list[str]:
    """Read what the demo says; when its alerts have begun, kill its worker with -9."""
    assert demo.stdout is not None
    lines, killed = [], False
    for line in demo.stdout:
        lines.append(line)
        if not killed and "revision 2" in line:
            [worker] = [pid for pid in _descendants(demo.pid) if _is_worker(pid)]
            os.kill(worker, signal.SIGKILL)
            killed = True
        if "'Connect your platform'" in line:
            break
    return lines


def _descendants(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(fields[1]) == pid:
                found += [int(entry.name), *_descendants(int(entry.name))]
    return found


def _children_of(pid: int | None) -> list[int]:
    return [] if pid is None else _descendants(pid)


def _is_worker(pid: int) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return b"agents.cli" in words and b"worker" in words


def _until_gone(pid: int) -> None:
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/stat").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.1)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in:\n{text}"
    return match[1]


async def _alerts(broker: str) -> list[bytes]:
    """All alerts as their readers see them: committed."""
    client = AIOKafkaConsumer(
        "live.alerts", bootstrap_servers=broker, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await client.start()
    try:
        found = []
        while records := await client.getmany(timeout_ms=1_500):
            found += [record.value for some in records.values() for record in some]
        return found
    finally:
        await client.stop()
