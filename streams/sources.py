"""Where reading of an input begins, and whether it is still the input that the log has.

Kafka offsets alone tell: a topic that is deleted takes its committed offsets with it, and one that was trimmed begins
after what was read. Answers may be wrong for a moment, so a reset is believed only when several looks agree.
Pure: `ingest` asks the broker, this says what the answers mean.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from streams.log import KIND_OF_BROADCAST, Record
from streams.merging import Clock

LOOKS: Final = 3  # that agree before a reset is believed
APART_MS: Final = 2_500  # guess: a leader that takes over knows within this where its log ends
SLOW_MS: Final = 1_000  # a broker that takes longer to answer is only coming back


class Start(msgspec.Struct, frozen=True):
    """Where an input is read from. `life`: how often it was made anew; `reset`: the log must be told first."""

    offset: int
    life: int
    reset: bool = False


class LogEnd(msgspec.Struct):
    """What the last records of a log know, whoever of several writers wrote the very last."""

    watermark: int = 0
    newest: dict[str, int] = {}
    covered: dict[str, tuple[int, int]] = {}  # by source: life, last offset
    empty: bool = True

    def had(self, source: str) -> bool:
        """Whether the log has read of this source; old records say it only by event times."""
        if self.empty or self.covered:
            return source in self.covered
        return source in self.newest or source in KIND_OF_BROADCAST  # broadcast topics are older than any log


def end_of(records: Iterable[Record]) -> LogEnd:
    """The furthest that any of these says: a zombie's late record does not hide what stands before it."""
    end = LogEnd()
    for record in records:
        end.empty = False
        end.watermark = max(end.watermark, record.watermark)
        for source, ts in record.newest.items():
            end.newest[source] = max(ts, end.newest.get(source, 0))
        for source, reached in record.covered.items():
            end.covered[source] = max(reached, end.covered.get(source, reached))
    return end


def start_of(source: str, log: LogEnd, committed: int | None, begin: int, end: int) -> Start:
    """Where to read on, from what the log has, what was committed and where the input begins and ends.

    Made anew: nothing is committed though the log has it, or it ends before what the log has. Trimmed: it begins
    after that. A source of which the log has nothing past its beginning needs no reset: nothing was read of it.
    """
    life, last = log.covered.get(source, (0, -1))
    if committed is not None:
        last = max(last, committed - 1)
    elif not log.had(source) or (source in log.covered and last == begin - 1):
        return Start(begin, life)
    if committed is None or end <= last:
        return Start(begin, life + 1, reset=True)
    if begin > last + 1:
        return Start(begin, life, reset=True)
    return Start(max(begin, committed), life)


class Doubt(msgspec.Struct):
    """Whether an input is really trimmed or made anew: three looks at it, 2.5 s apart, must agree.

    After a failover or a restart a broker may say for a moment that an input ends before what was read of it, or that
    nothing was committed. To believe that would read the input twice. To wait costs 5 s, and loses nothing.
    """

    looks: int = 0
    life: int = 0
    answered_ms: int = 0  # when the last look that counts was answered, our clock

    def believes(self, start: Start, asked_ms: int, answered_ms: int) -> bool:
        """Whether to go on from `start`, which the broker's answers mean; what is no reset needs no second look."""
        if not start.reset or answered_ms - asked_ms > SLOW_MS:
            self.looks = 0
            return not start.reset
        if self.looks and start.life != self.life:
            self.looks = 0
        if not self.looks or asked_ms - self.answered_ms >= APART_MS:
            self.looks, self.life, self.answered_ms = self.looks + 1, start.life, answered_ms
        return self.looks >= LOOKS

    def due_ms(self, now_ms: int) -> int:
        """When to look again."""
        return self.answered_ms + APART_MS if self.looks else now_ms + APART_MS


def reset(source: str, start: Start, clock: Clock, covered: Mapping[str, tuple[int, int]]) -> Record:
    """The record that says where a source goes on that was trimmed or made anew."""
    return Record(
        kind="reset",
        watermark=clock.watermark,
        newest=dict(clock.newest),
        source=source,
        first=start.offset,
        last=start.offset - 1,
        covered={**covered, source: (start.life, start.offset - 1)},
    )
