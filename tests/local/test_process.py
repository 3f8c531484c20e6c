"""Child processes end when asked, come back when killed, and never outlive their parent."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agents.local.process import Child, end, spawn

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(300)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(300)",
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "child.log"


def test_a_child_that_obeys_ends_by_sigterm(log):
    child = spawn(SLEEPER, log=log)
    wait_until(lambda: "up" in log.read_text())

    assert end(child, grace_s=5) == -signal.SIGTERM


def test_a_child_that_does_not_obey_is_killed_when_the_grace_is_over(log):
    child = spawn(STUBBORN, log=log)
    wait_until(lambda: "up" in log.read_text())

    assert end(child, grace_s=0.2) == -signal.SIGKILL


def test_a_child_outlives_the_thread_that_started_it(log):
    started: list[subprocess.Popen[bytes]] = []
    thread = threading.Thread(target=lambda: started.append(spawn(SLEEPER, log=log)))
    thread.start()
    thread.join()
    [child] = started
    wait_until(lambda: "up" in log.read_text())

    assert child.poll() is None
    assert end(child, grace_s=5) == -signal.SIGTERM


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_dies_with_its_parent(log):
    script = (
        "import pathlib, sys, time\n"
        "from agents.local.process import spawn\n"
        "log = pathlib.Path(sys.argv[1])\n"
        "print(spawn([sys.executable, '-c', 'import time; time.sleep(300)'], log=log).pid, flush=True)\n"
        "time.sleep(300)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(log)], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        os.kill(pid, 0)
        parent.kill()

    wait_until(lambda: gone(pid))


def test_a_command_that_does_not_exist_is_told_in_the_log(log):
    child = spawn(["no-such-program"], log=log)

    assert child.wait(10) == 1
    assert "cannot start no-such-program: No such file or directory" in log.read_text()


async def test_a_killed_child_is_started_again(log):
    child = Child(SLEEPER, log=log, pause_s=0.05)
    await child.start()
    first_pid = child.pid

    child.kill()
    await until(lambda: child.restarts == 1)

    assert child.pid != first_pid
    assert child.returncode is None
    assert child.exit_codes == [-signal.SIGKILL]
    assert await child.stop() == -signal.SIGTERM


async def test_what_dies_at_once_is_started_ever_more_slowly(log):
    child = Child([sys.executable, "-c", "raise SystemExit(3)"], log=log, pause_s=0.2, max_pause_s=10)
    await child.start()

    await asyncio.sleep(2)
    await child.stop()

    assert 1 <= child.restarts <= 3  # pauses of 0.2, 0.4, 0.8, 1.6 s
    assert set(child.exit_codes) == {3}


async def test_a_stopped_child_is_not_started_again(log):
    child = Child(SLEEPER, log=log, pause_s=0.0)
    await child.start()
    await child.stop()

    await asyncio.sleep(0.2)

    assert child.returncode is not None
    assert child.restarts == 0
    assert child.exit_codes == []


async def test_a_child_without_restart_stays_dead_and_is_waited_for(log):
    child = Child([sys.executable, "-c", "print('done')"], log=log, restart=False)
    await child.start()

    assert await child.wait() == 0
    assert await child.stop() == 0
    assert child.restarts == 0
    assert log.read_text() == "done\n"


async def test_why_a_restart_failed_is_raised_at_stop(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    child = Child(SLEEPER, log=folder / "child.log", pause_s=0.0)
    await child.start()
    (folder / "child.log").unlink()
    folder.rmdir()

    child.kill()
    await asyncio.sleep(0.3)

    with pytest.raises(FileNotFoundError):
        await child.stop()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(condition, timeout_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)


async def until(condition, timeout_s: float = 10.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - a dying process sets no event
            await asyncio.sleep(0.02)
