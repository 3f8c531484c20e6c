"""Events without a log: their own clock, and what the end of the input means.

The watermark is the second newest event time seen, on any topic, less the allowed lateness, moved after every
event; so one wrong clock moves nothing, and the result depends on the input alone.
"""

from typing import Any, Final

from streams.events import KnownCrew, RuleSet
from streams.partition import Output, Partition

LATENESS_MS: Final = 2_000


class Arrivals:
    """Steps one partition through events in the order in which they came."""

    def __init__(self, partition: Partition, lateness_ms: int = LATENESS_MS) -> None:
        self.partition = partition
        self.lateness_ms = lateness_ms
        self._newest = self._second = 0

    def take(self, event: Any) -> list[Output]:
        """One event (or broadcast record, which moves no time) -> what is to be said after it, in order."""
        if isinstance(event, RuleSet | KnownCrew):
            self.partition.hear(event)
            return self.partition.move_to(self.partition.reader.watermark)
        ts = event.ts
        if ts > self._newest:
            self._newest, self._second = ts, self._newest
        elif ts > self._second:
            self._second = ts
        return self.partition.arrive((event,), self._second - self.lateness_ms)

    def end(self) -> list[Output]:
        """The input has ended: time moves on until every open pane and show is closed, one by one."""
        outputs: list[Output] = []
        while (due := self.partition.next_due_ms()) is not None:
            outputs += self.partition.move_to(due)
        return outputs
