"""What is filed of records that are no event: each by itself, or a flood of them as summaries.

Pure: `ingest` says what it read and when; a `Flood` says what to file and how far may be committed.
"""

import base64
import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import msgspec

from streams.events import MAX_EVENT_BYTES, Reason
from streams.merging import Fetched, Refused

WINDOW: Final = 200  # records of one partition by which a flood is judged, at least
BEGINS_ABOVE: Final = 1 / 2  # share of them that was refused
ENDS_BELOW: Final = 1 / 4
SUMMARY_MS: Final = 1_000
SILENT_MS: Final = 10_000  # a flood of which nothing came for so long is over


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that could not be read, and why. At least once; `flood` stands for many records."""

    topic: str
    partition: int
    offset: int
    reason: Reason
    detail: str
    size: int
    sha256: str
    original: str
    count: int = 1
    last_offset: int | None = None
    reasons: dict[str, int] | None = None

    @property
    def key(self) -> bytes:
        return f"{self.topic}/{self.partition}/{self.offset}".encode()


def refusal_of(topic: str, partition: int, refused: Refused) -> Refusal:
    """What is filed of one record: the first 64 KiB of it."""
    value = refused.record.value or b""
    return Refusal(
        topic=topic,
        partition=partition,
        offset=refused.record.offset,
        reason=refused.why.reason,
        detail=refused.why.detail,
        size=len(value),
        sha256=hashlib.sha256(value).hexdigest(),
        original=base64.b64encode(value[:MAX_EVENT_BYTES]).decode(),
    )


def _offset(record: Fetched) -> int:
    return record.offset


class Flood(msgspec.Struct):
    """One partition of an input: whether most of it is refused, and what waits for the next summary.

    Begins when more than half of at least 200 records were refused, ends when less than a quarter of the next 200
    were, or when none came for 10 s. What waits is not to be committed, so that a crash files it again.
    """

    topic: str
    partition: int
    on: bool = False
    seen: int = 0
    bad: int = 0
    waiting: Refusal | None = None  # the sample: the first record since the last summary
    last_offset: int = -1
    reasons: dict[str, int] = {}
    summary_ms: int = 0  # when the last one was made, our clock
    refused_ms: int = 0

    def take(self, records: Sequence[Fetched], refused: Sequence[Refused], now_ms: int) -> list[Refusal]:
        """These records were read and of them these were refused -> what is to be filed of each by itself."""
        single: list[Refusal] = []
        done = 0
        for each in refused:
            place = bisect_left(records, each.record.offset, done, key=_offset)
            self._see(place - done, 0)
            self._see(1, 1)
            done = place + 1
            if self.on:
                self._wait(each)
            else:
                single.append(refusal_of(self.topic, self.partition, each))
        self._see(len(records) - done, 0)
        if refused:
            self.refused_ms = now_ms
        return single

    def summary(self, now_ms: int) -> Refusal | None:
        """What is to be filed for all that waits: once a second, and at the end."""
        if self.on and now_ms - self.refused_ms >= SILENT_MS:
            self._turn(on=False)
        if self.waiting is None or (self.on and now_ms - self.summary_ms < SUMMARY_MS):
            return None
        count = sum(self.reasons.values())
        by_reason = ", ".join(f"{reason} {number}" for reason, number in sorted(self.reasons.items()))
        made = msgspec.structs.replace(
            self.waiting,
            reason="flood",
            detail=f"{count} records up to offset {self.last_offset} ({by_reason}); this is the first of them: "
            f"{self.waiting.detail}",
            count=count,
            last_offset=self.last_offset,
            reasons=self.reasons,
        )
        self.waiting, self.reasons, self.summary_ms = None, {}, now_ms
        return made

    def upto(self, offset: int) -> int:
        """How far may be committed of what was read up to `offset`."""
        return offset if self.waiting is None else min(offset, self.waiting.offset)

    def _see(self, count: int, bad: int) -> None:
        """Windows of 200 records: good ones are cut off at its end, so that a long good run is no credit."""
        while count > 0:
            taken = min(count, WINDOW - self.seen)
            self.seen += taken
            self.bad += bad
            count -= taken
            if self.seen >= WINDOW:
                share = self.bad / self.seen
                self._turn(on=share >= ENDS_BELOW if self.on else share > BEGINS_ABOVE)

    def _turn(self, on: bool) -> None:
        self.on, self.seen, self.bad = on, 0, 0

    def _wait(self, refused: Refused) -> None:
        if self.waiting is None:
            self.waiting = refusal_of(self.topic, self.partition, refused)
        self.last_offset = refused.record.offset
        self.reasons[refused.why.reason] = self.reasons.get(refused.why.reason, 0) + 1
