"""Child processes that cannot outlive this one: started, ended by a deadline, started again when they die."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")


def _new_spawner() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


# The kernel watches the *thread* that started a child, not its process: a child started from a short-lived thread
# (asyncio.to_thread, a loop that a test closes) would be killed when that thread ends. So one thread starts all of
# them, and lives as long as this process. After a fork the thread is only in the parent.
_spawner = _new_spawner()


def _after_fork() -> None:
    global _spawner
    _spawner = _new_spawner()


os.register_at_fork(after_in_child=_after_fork)


def spawn(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process whose pid is the command's own; its stdout and stderr are appended to `log`.

    On Linux it is killed when this process dies, however that happens. It is the head of its own session, so that
    Ctrl-C in a terminal reaches us alone and we end our children in the right order. `env=None` is this environment.
    """
    words = [str(word) for word in command]
    if sys.platform == "linux":
        words = [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), *words]
    return _spawner.submit(_popen, words, log, env, cwd).result()


def _popen(words: list[str], log: Path, env: Mapping[str, str] | None, cwd: Path | None) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], grace_s: float) -> int:
    """SIGTERM, then SIGKILL to it and all of its own children after `grace_s`; returns the exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            kill(process)
    return process.wait()


def kill(process: subprocess.Popen[bytes]) -> int:
    """SIGKILL to it and all of its own children, at once; returns the exit code."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


class Child:
    """A process that is started again when it dies, until `stop`.

    The pause before a restart doubles from `pause_s` to `max_pause_s`, and is `pause_s` again after the process has
    lived for `settled_s`: what cannot start does not burn a core. `restart=False`: it is only watched.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        restart: bool = True,
        pause_s: float = 0.5,
        max_pause_s: float = 10.0,
        settled_s: float = 30.0,
        poll_s: float = 0.05,
    ) -> None:
        self.command = command
        self.log = log
        self.exit_codes: list[int] = []  # of every death so far that `stop` did not ask for, in order
        self.restarts = 0
        self._env, self._cwd = env, cwd
        self._restart = restart
        self._pause_s, self._max_pause_s, self._settled_s, self._poll_s = pause_s, max_pause_s, settled_s, poll_s
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The pid of the process that runs now, or ran last; None before `start`."""
        return self._process.pid if self._process else None

    @property
    def returncode(self) -> int | None:
        """None while it runs (or was never started); negative: the signal that ended it."""
        return self._process.poll() if self._process else None

    async def start(self) -> None:
        self._process = self._spawn()
        self._watch = asyncio.create_task(self._watch_over(), name=f"watch {self.command[0]}")

    async def stop(self, grace_s: float = 10.0) -> int | None:
        """SIGTERM, SIGKILL after `grace_s`, no restart any more; returns the exit code. Raises why a restart failed."""
        watch, self._watch = self._watch, None
        if watch:
            watch.cancel()
            await asyncio.wait([watch])
        code = await asyncio.to_thread(end, self._process, grace_s) if self._process else None
        if watch and not watch.cancelled():
            watch.result()
        return code

    def kill(self) -> None:
        """SIGKILL, as a fault would; it is started again."""
        if self._process:
            kill(self._process)

    async def wait(self) -> int:
        """Until the process that runs now has ended; returns its exit code."""
        if self._process is None:
            raise RuntimeError("wait for a child that was never started")
        process = self._process
        while (code := process.poll()) is None:  # noqa: ASYNC110 - a process sets no asyncio.Event when it dies
            await asyncio.sleep(self._poll_s)
        return code

    def _spawn(self) -> subprocess.Popen[bytes]:
        return spawn(self.command, log=self.log, env=self._env, cwd=self._cwd)

    async def _watch_over(self) -> None:
        pause_s = self._pause_s
        while True:
            started_s = time.monotonic()
            self.exit_codes.append(await self.wait())
            if not self._restart:
                return
            if time.monotonic() - started_s >= self._settled_s:
                pause_s = self._pause_s
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, self._max_pause_s)
            self._process = self._spawn()
            self.restarts += 1
