"""The demo as a newcomer runs it: what it says, and that it leaves nothing behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from agents.settings import without_settings

pytestmark = pytest.mark.integration

DEMO = [sys.executable, "-m", "agents.cli", "demo", "--plain"]


def test_a_demo_on_somebody_elses_broker_keeps_to_its_own_prefix_and_deletes_its_topics(broker) -> None:
    before = asyncio.run(_topics(broker.bootstrap))

    said = subprocess.run(
        [*DEMO, "--seconds", "12", "--rooms", "4"],
        env=_environment() | {"CLAQUEWATCH_BROKER": broker.bootstrap},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert said.returncode == 0, said.stderr + said.stdout
    assert re.search(r"under the prefix demo-[0-9a-f]{8}\.", said.stdout)
    assert "What was planted" in said.stdout
    assert "\x1b" not in said.stdout
    assert not [name for name in asyncio.run(_topics(broker.bootstrap)) if name.startswith("demo-")]
    assert "live.orders" not in asyncio.run(_topics(broker.bootstrap)) or "live.orders" in before


def test_two_demos_side_by_side_and_one_stopped_by_ctrl_c_leave_no_process_and_no_folder(tmp_path: Path) -> None:
    one = _start("--seconds", "60", "--rooms", "4", folder=tmp_path)
    other = _start("--seconds", "12", "--rooms", "4", "--seed", "8", folder=tmp_path)
    try:
        _read_until(one, "s left]")
        children = _descendants(one.pid)
        assert len(children) >= 2  # a broker and a worker at least
        one.send_signal(signal.SIGINT)
        said, _ = one.communicate(timeout=60)
        assert one.returncode == 130, said
        assert "What was planted" in said

        said, _ = other.communicate(timeout=90)
        assert other.returncode == 0, said
        assert " 0 late (0 expected)" in said
    finally:
        for demo in (one, other):
            demo.kill()
            demo.wait()
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert not list(tmp_path.iterdir())


def test_a_demo_that_is_killed_takes_its_children_along(tmp_path: Path) -> None:
    demo = _start("--seconds", "60", "--rooms", "4", folder=tmp_path)
    _read_until(demo, "starting the worker")
    children = _descendants(demo.pid)
    demo.kill()
    demo.communicate()

    deadline = time.monotonic() + 10
    while [pid for pid in children if _runs(pid)] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in children if _runs(pid)]


def test_without_network_a_demo_says_in_one_sentence_what_is_missing_and_what_works_all_the_same(
    tmp_path: Path,
) -> None:
    nowhere = "http://127.0.0.1:9"  # discards; nothing listens there
    said = subprocess.run(
        [*DEMO, "--seconds", "10"],
        env=_environment()
        | {"CLAQUEWATCH_CACHE": str(tmp_path), "HOME": str(tmp_path), "JAVA_TOOL_OPTIONS": ""}
        | dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), nowhere),
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert said.returncode == 1
    assert "CLAQUEWATCH_BROKER" in said.stderr
    assert "claquewatch scan" in said.stderr
    assert "Traceback" not in said.stderr


def _start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """A demo whose temporary files go into `folder`."""
    return subprocess.Popen(
        [*DEMO, *arguments],
        env=_environment() | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _environment() -> dict[str, str]:
    kept = without_settings(os.environ)
    return kept | {name: os.environ[name] for name in ("CLAQUEWATCH_CACHE",) if name in os.environ}


def _read_until(demo: subprocess.Popen[str], what: str) -> None:
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if what in line:
            return
    pytest.fail(f"the demo ended before it said {what!r}:\n{''.join(seen)}")


def _descendants(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(int(entry.name)) == pid:
            found += [int(entry.name), *_descendants(int(entry.name))]
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return ["X", "-1"]


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _runs(pid: int) -> bool:
    return _stat(pid)[0] not in "XZ"


async def _topics(bootstrap: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()
