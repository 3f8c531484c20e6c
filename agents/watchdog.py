"""A watchdog outside the event loop: it ends a worker that stands still. A supervisor starts it again, which is safe.

Pure part: `Progress` decides from what it is told and when. The thread only asks it.
"""

import threading
import time
from collections.abc import Collection
from typing import Final

from agents import metrics
from agents.ending import end_process

CHECK_S: Final = 1.0
SILENT_S: Final = 15.0  # a broker that restarts may be away for so long
HALF: Final = 0.5  # of the time after which it ends the process it says so in a metric, while that can be read


class Progress:
    """Whether a worker gets on. All times are seconds of one monotonic clock."""

    def __init__(self, stall_s: float, now_s: float) -> None:
        self.stall_s = stall_s
        self._loop_at = now_s
        self._answered_at = now_s
        self._marks: dict[str, tuple[int, float]] = {}  # by what: how far it has come, and since when it is there

    def loop_turned(self, now_s: float) -> None:
        """The event loop came round."""
        self._loop_at = now_s

    def answered(self, now_s: float) -> None:
        """A broker has answered."""
        self._answered_at = now_s

    def silence(self, now_s: float) -> str | None:
        """One sentence where no broker has answered for too long to be ready. A worker goes on once one does."""
        silent_s = now_s - self._answered_at
        return f"no Kafka broker has answered for {silent_s:.0f} s" if silent_s > SILENT_S else None

    def saw(self, what: str, mark: int, behind: bool, now_s: float) -> None:
        """How far `what` has come, and whether there is more for it. With nothing to do nothing stands still."""
        before = self._marks.get(what)
        if not behind or before is None or before[0] != mark:
            self._marks[what] = (mark, now_s)

    def forget_others(self, whats: Collection[str]) -> None:
        """What is none of `whats` is done by another worker now, and cannot stand still here."""
        self._marks = {what: mark for what, mark in self._marks.items() if what in whats}

    def trouble(self, now_s: float, patience: float = 1.0) -> str | None:
        """One sentence where the worker stands still for `patience` times what it may."""
        limit_s = self.stall_s * patience
        if now_s - self._loop_at > limit_s:
            return f"the event loop has stood still for {now_s - self._loop_at:.0f} s"
        for what, (_, since_s) in sorted(self._marks.copy().items()):  # the watchdog's thread asks, the loop tells
            if now_s - since_s > limit_s:
                return f"{what} has more to do, but has stood still for {now_s - since_s:.0f} s"
        return None


class Watchdog(threading.Thread):
    """Asks `progress` once a second and ends the process on trouble."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.progress = progress
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(CHECK_S):
            now_s = time.monotonic()
            metrics.STALLED.set(0 if self.progress.trouble(now_s, HALF) is None else 1)
            trouble = self.progress.trouble(now_s)
            if trouble is not None:
                end_process(f"watchdog: {trouble}")

    def stop(self) -> None:
        self._done.set()
