"""Where reading of an input begins, and whether it is still the input that the log has.

Kafka offsets alone tell: a topic that is deleted takes its committed offsets with it, and one that was trimmed begins
after what was read. Pure: `ingest` asks the broker, this says what the answers mean.
"""

from collections.abc import Iterable, Mapping

import msgspec

from streams.log import KIND_OF_BROADCAST, Record
from streams.merging import Clock


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
