"""Events without a log: their own clock, and what the end of the input means.

The watermark is the second newest event time seen, on any topic, less the allowed lateness, moved after every
event; so one wrong clock moves nothing, and the result depends on the input alone.
"""

from collections.abc import Sequence
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

    def take_all(self, events: Sequence[Any]) -> list[Output]:
        """Events in the order in which they came: the same as one by one, but filed together."""
        self.file(events)
        return self.move()

    def file(self, events: Sequence[Any]) -> None:
        """Put events into the panes of their rooms, in the order in which they came; `move` closes what is due.

        Where an event belongs, and whether a pane is due, depends only on the pane in which the watermark is.
        """
        partition, lateness_ms, pane_ms = self.partition, self.lateness_ms, self.partition.pane_ms
        newest, second = self._newest, self._second
        crossed = (partition.reader.watermark // pane_ms + 1) * pane_ms + lateness_ms  # the next pane, by `second`
        begin = 0
        for at, event in enumerate(events):
            ts = event.ts
            if ts <= second:
                continue
            if ts > newest:
                newest, second = ts, newest
            else:
                second = ts
            if second >= crossed:
                partition.arrive(events[begin : at + 1], second - lateness_ms)
                begin = at + 1
                crossed = (partition.reader.watermark // pane_ms + 1) * pane_ms + lateness_ms
        self._newest, self._second = newest, second
        partition.arrive(events[begin:], second - lateness_ms)

    def move(self) -> list[Output]:
        """Time moves on to where the events have brought it -> what is to be said."""
        return self.partition.move_to(self.partition.reader.watermark)

    def end(self) -> list[Output]:
        """The input has ended: time moves on until every open pane and show is closed, one by one."""
        outputs: list[Output] = []
        while (due := self.partition.next_due_ms()) is not None:
            outputs += self.partition.move_to(due)
        return outputs
