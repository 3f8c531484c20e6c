"""Events without a log: their own clock, and what the end of the input means.

The watermark is the second newest event time seen, on any topic, less the allowed lateness, moved after every
event; so one wrong clock moves nothing, and the result depends on the input alone.
"""

from collections.abc import Iterable
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
        return self.take_all((event,))

    def take_all(self, events: Iterable[Any]) -> list[Output]:
        """Events in the order in which they came: the same as one by one, but filed together.

        Where an event belongs, and whether a pane is due, depends only on the pane in which the watermark is.
        """
        partition, lateness_ms, pane_ms = self.partition, self.lateness_ms, self.partition.pane_ms
        newest, second = self._newest, self._second
        next_end_ms = (partition.reader.watermark // pane_ms + 1) * pane_ms
        waiting: list[Any] = []
        for event in events:
            waiting.append(event)
            ts = event.ts
            if ts > newest:
                newest, second = ts, newest
            elif ts > second:
                second = ts
            if second - lateness_ms >= next_end_ms:
                partition.arrive(waiting, second - lateness_ms)
                waiting = []
                next_end_ms = (partition.reader.watermark // pane_ms + 1) * pane_ms
        self._newest, self._second = newest, second
        partition.arrive(waiting, second - lateness_ms)
        return partition.move_to(partition.reader.watermark)

    def end(self) -> list[Output]:
        """The input has ended: time moves on until every open pane and show is closed, one by one."""
        outputs: list[Output] = []
        while (due := self.partition.next_due_ms()) is not None:
            outputs += self.partition.move_to(due)
        return outputs
