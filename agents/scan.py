"""scan: the same detectors over recorded files, or over a stretch of the log, without touching anything live."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import msgspec

from agents.errors import ClaquewatchError
from agents.recordings import Arrived, BadLine, LoggedRecord, NoMoreYet, Read
from agents.version import code
from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.events import EVENTS
from streams.log import NewerFormat
from streams.partition import Counts, Output, Partition
from streams.rules import Rules
from streams.topics import FAILED, LOG

TOGETHER: Final = 20_000  # events between which time stands still, so that a room's panes are closed one after another
AT_HAND: Final = 500  # of what was read is filed at once, before it leaves the processor's cache

OF_SHOWS: Final = frozenset(EVENTS)

Emit = Callable[[Alert], None]

_room_of, _show_of = attrgetter("room_id"), attrgetter("show_id")


class Summary(msgspec.Struct):
    """What a scan came to."""

    events: dict[str, int] = {}  # by topic
    rejected: dict[str, int] = {}  # by reason
    first_rejected: dict[str, tuple[str, str]] = {}  # by reason: where, and why
    alerts: dict[str, int] = {}  # by scheme
    incidents: dict[str, int] = {}  # by scheme
    failures: int = 0
    late: int = 0
    duplicates: int = 0
    holes: int = 0
    unreadable: int = 0  # lines of a recorded log that today's code cannot read
    bad_rules: int = 0  # rule sets in a recorded log that today's code cannot use
    shows: int = 0
    cold: dict[int, int] = {}  # by partition of a recorded log: the offset at which it begins, where that is not 0

    @property
    def rejected_total(self) -> int:
        return sum(self.rejected.values()) + self.unreadable + self.bad_rules


class Scan:
    """Steps recorded input through partitions of its own. `take` everything in order, then `end`."""

    def __init__(self, rules: Rules, *, pane_ms: int, lateness_ms: int, emit: Emit) -> None:
        self.summary = Summary()
        self._rules, self._pane_ms, self._lateness_ms, self._emit = rules, pane_ms, lateness_ms, emit
        self._arrivals: dict[int, Arrivals] = {}
        self._logged: dict[int, Partition] = {}
        self._shows: set[tuple[str, str]] = set()

    def take_all(self, reads: Iterable[Read]) -> None:
        """Everything, in order, and the end. Events of one partition that follow each other are taken together."""
        current, filed = 0, 0
        for some in _at_hand(reads):
            for number, run in groupby(some, _number_of):
                if number != current or filed >= TOGETHER:
                    self._move(current)
                    filed = 0
                if number is None:
                    for read in run:
                        self.take(read)
                    continue
                current = number
                filed += self._file(number, [read.event for read in run])  # type: ignore[union-attr]
        self._move(current)
        self.end()

    def take(self, read: Read) -> None:
        """One line of the input."""
        if isinstance(read, Arrived):
            self._file(read.partition or 0, [read.event])
            self._move(read.partition or 0)
        elif isinstance(read, LoggedRecord):
            self._take_record(read)
        elif isinstance(read, BadLine):
            self._refuse(read)

    def end(self) -> None:
        """Events without a log: time moves on until all is closed. A recorded log ends with its last record."""
        for arrivals in self._arrivals.values():
            self._say(arrivals.end())
        for partition in [*self._logged.values(), *(arrivals.partition for arrivals in self._arrivals.values())]:
            self._count(partition.take_counts())

    # -- one thing at a time ----------------------------------------------------------------------------------

    def _file(self, number: int, events: list[Any]) -> int:
        """Events of one partition into the panes of their rooms, without time moving on -> how many."""
        if not OF_SHOWS.issuperset(map(type, events)):
            # broadcast records have no place in time without a log; a rules file is given with --rules
            events = [event for event in events if type(event) in OF_SHOWS]
        if not events:
            return 0
        arrivals = self._arrivals.get(number)
        if arrivals is None:
            arrivals = self._arrivals[number] = Arrivals(self._partition(), self._lateness_ms)
        self._shows.update(zip(map(_room_of, events), map(_show_of, events), strict=True))
        arrivals.file(events)
        return len(events)

    def _move(self, number: int) -> None:
        """Time moves on to where the events of a partition have brought it."""
        if number in self._arrivals:
            self._say(self._arrivals[number].move())

    def _take_record(self, read: LoggedRecord) -> None:
        partition = self._logged.get(read.partition)
        if partition is None:
            partition = self._logged[read.partition] = self._partition()
            if read.offset:
                self.summary.cold[read.partition] = read.offset
        try:
            self._say(partition.step(read.offset, read.record))
        except NewerFormat as error:
            raise ClaquewatchError(f"{LOG}/{read.partition}/{read.offset}: {error}") from error

    def _refuse(self, bad: BadLine) -> None:
        reason = bad.why.reason
        self.summary.rejected[reason] = self.summary.rejected.get(reason, 0) + 1
        self.summary.first_rejected.setdefault(reason, (bad.where, bad.why.detail))

    def _partition(self) -> Partition:
        return Partition(rules=self._rules, pane_ms=self._pane_ms, code=code())

    def _say(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if isinstance(output.body, Alert):
                alert = output.body
                of = f"{alert.scheme} (shadow)" if alert.mode == "shadow" else alert.scheme
                self.summary.alerts[of] = self.summary.alerts.get(of, 0) + 1
                if alert.revision == 1:
                    self.summary.incidents[of] = self.summary.incidents.get(of, 0) + 1
                self._emit(alert)
            elif output.topic == FAILED:
                self.summary.failures += 1

    def _count(self, counts: Counts) -> None:
        for topic, count in counts.events.items():
            self.summary.events[topic] = self.summary.events.get(topic, 0) + count
        self.summary.late += counts.late
        self.summary.duplicates += counts.duplicates
        self.summary.holes += counts.holes
        self.summary.unreadable += counts.unreadable
        self.summary.bad_rules += counts.bad_rules
        self.summary.shows = len(self._shows)


def _at_hand(reads: Iterable[Read]) -> Iterator[list[Read]]:
    """What was read in small pieces; one also ends where input has no more for the moment."""
    some: list[Read] = []
    for read in reads:
        some.append(read)
        if len(some) >= AT_HAND or isinstance(read, NoMoreYet):
            yield some
            some = []
    if some:
        yield some


def _number_of(read: Read) -> int | None:
    """The partition of an event; None for anything else."""
    return read.partition or 0 if isinstance(read, Arrived) else None


def nothing(_: Any) -> None:
    """For a scan that only validates and counts."""
