"""A watchdog outside the event loop: it ends a worker that stands still. A supervisor starts it again, which is safe.

Pure part: `Progress` decides from what it is told and when. The thread only asks it.
"""

import threading
import time
from typing import Final

from agents import metrics
from agents.ending import end_process

CHECK_S: Final = 1.0


class Progress:
    """Whether a worker gets on. All times are seconds of one monotonic clock."""

    def __init__(self, stall_s: float, now_s: float) -> None:
        self.stall_s = stall_s
        self._loop_at = now_s
        self._moved_at = now_s
        self._marks: dict[str, int] = {}

    def loop_turned(self, now_s: float) -> None:
        """The event loop came round."""
        self._loop_at = now_s

    def saw(self, what: str, mark: int, behind: bool, now_s: float) -> None:
        """How far `what` has come, and whether there is more for it. With nothing to do nothing stands still."""
        if not behind or self._marks.get(what) != mark:
            self._moved_at = now_s
        self._marks[what] = mark

    def grace(self, now_s: float) -> None:
        """Starting or rebalancing: standing still is right."""
        self._moved_at = now_s
        self._marks.clear()

    def trouble(self, now_s: float) -> str | None:
        """One sentence where the worker stands still."""
        if now_s - self._loop_at > self.stall_s:
            return f"the event loop has stood still for {now_s - self._loop_at:.0f} s"
        if now_s - self._moved_at > self.stall_s:
            return f"the log goes on, but nothing was stepped for {now_s - self._moved_at:.0f} s"
        return None

    def alive(self, now_s: float) -> bool:
        """For /livez: no trouble, and none about to come."""
        return self.trouble(now_s) is None and now_s - self._loop_at < max(5.0, self.stall_s / 2)


class Watchdog(threading.Thread):
    """Asks `progress` once a second and ends the process on trouble."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.progress = progress
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(CHECK_S):
            trouble = self.progress.trouble(time.monotonic())
            metrics.STALLED.set(0 if trouble is None else 1)
            if trouble is not None:
                end_process(f"watchdog: {trouble}")

    def stop(self) -> None:
        self._done.set()
