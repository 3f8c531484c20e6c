"""A lane: what one endpoint gets of one partition, one alert after the other, so that revisions keep their order.

It knows no Kafka: records come in, and `file` takes what could not be delivered.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final, Literal, Protocol

import msgspec
import structlog

from agents import metrics
from agents.endpoints import Endpoint
from agents.webhooks import standard
from agents.webhooks.patience import Answer, Delivered, Disable, GiveUp, Patience, Retry, after, is_too_old
from agents.webhooks.posting import Poster
from streams.alerts import Alert, decode_alert

# why an alert was not delivered: it grew too old, its endpoint had answered 410, it is no alert that this version
# knows, or it could not be made into a webhook (a bug; the log has it)
Reason = Literal["max_age", "disabled", "unreadable", "failed"]
MAX_TOLD: Final = 10_000  # incidents remembered as told, by endpoint; beyond it the oldest is forgotten

log = structlog.get_logger("claquewatch.deliver")


class Record(Protocol):
    """What a lane reads of a Kafka record."""

    @property
    def value(self) -> bytes | None: ...
    @property
    def offset(self) -> int: ...
    @property
    def partition(self) -> int: ...
    @property
    def timestamp(self) -> int: ...


class Attempt(msgspec.Struct, frozen=True):
    """One attempt, as live.undelivered keeps it."""

    at: int
    took_ms: int
    outcome: str
    status: int | None


class Undelivered(msgspec.Struct, frozen=True):
    """The value of live.undelivered. `alert` is as it came, or null where it could not be read or is too long."""

    endpoint: str
    reason: Reason
    at: int
    attempts: list[Attempt]
    partition: int
    offset: int
    alert: msgspec.Raw | None


class Closing(Exception):
    """The lane is being closed while it waits; the record is left to whoever has the partition next."""


File = Callable[[bytes | None, Undelivered], Awaitable[None]]


def wall_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


class Line:
    """What the lanes of one endpoint share: its connections, and whether it is held back or has gone.

    That an endpoint answered 410 is kept in memory only: a worker that is started again tries it again, once.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        poster: Poster,
        patience: Patience,
        now_ms: Callable[[], int] = wall_ms,
        chance: Callable[[], float] = random.random,
        on_disabled: Callable[[Endpoint, str], None] = lambda endpoint, alert_id: None,
    ) -> None:
        self.endpoint, self.poster, self.patience = endpoint, poster, patience
        self.now_ms, self.chance = now_ms, chance
        self.hold_until_ms = 0
        self.is_disabled = False
        self.lanes: set[Lane] = set()
        self._told: dict[str, None] = {}  # incidents, the oldest first
        self._on_disabled = on_disabled

    def wants(self, alert: Alert) -> bool:
        """Whether it is to be told: live, and for this endpoint, or the rest of an incident that was told.

        An incident whose severity falls would else stay open with those who were told of it.
        """
        if alert.mode != "live":
            return False
        return self.endpoint.wants(alert) or alert.incident_id in self._told

    def remember(self, alert: Alert) -> None:
        """It was told."""
        self._told.pop(alert.incident_id, None)
        if alert.status != "resolved":
            self._told[alert.incident_id] = None
            if len(self._told) > MAX_TOLD:
                del self._told[next(iter(self._told))]

    def hold(self, until_ms: int | None) -> None:
        """No attempt before then."""
        if until_ms is not None:
            self.hold_until_ms = max(self.hold_until_ms, until_ms)

    def disable(self, alert_id: str) -> None:
        """The receiver is gone: nothing more is sent there."""
        if self.is_disabled:
            return
        self.is_disabled = True
        log.error("endpoint answered 410 and gets no more alerts until a restart", endpoint=self.endpoint.name)
        for lane in self.lanes:
            lane.wake.set()
        self._on_disabled(self.endpoint, alert_id)

    def oldest_pending_s(self) -> float:
        """Age of the oldest alert that waits here; 0 where none does."""
        born = min((lane.pending_ms for lane in self.lanes if lane.pending_ms is not None), default=None)
        return 0.0 if born is None else max(0.0, (self.now_ms() - born) / 1000)


class Lane:
    """One partition of one endpoint. `settle` its records one after the other; `close` ends its waiting."""

    def __init__(self, line: Line, file: File) -> None:
        self._line = line
        self._file = file
        self.wake = asyncio.Event()  # set for good when there is nothing more to wait for: closing, or 410
        self.is_closing = False
        self.pending_ms: int | None = None
        line.lanes.add(self)

    def close(self) -> None:
        """Finish the attempt under way and begin no other."""
        self.is_closing = True
        self.wake.set()

    def leave(self) -> None:
        """The lane is over."""
        self._line.lanes.discard(self)

    async def settle(self, record: Record) -> bool:
        """Deliver or file what the record holds; false where it is not for this endpoint. Raises Closing.

        True is said after a 2xx, or when `file` has it: then, and only then, the offset may be committed.
        """
        try:
            alert = decode_alert(record.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            await self._give_up(record, None, "unreadable", [])
            return True
        if not self._line.wants(alert):
            self._count("skipped")
            return False
        self.pending_ms = record.timestamp if alert.detected_at is None else alert.detected_at
        try:
            await self._deliver(record, alert, self.pending_ms)
        finally:
            self.pending_ms = None
        return True

    async def _deliver(self, record: Record, alert: Alert, born_ms: int) -> None:
        line, attempts = self._line, list[Attempt]()
        try:
            message = standard.message_of(alert)
        except Exception:
            log.exception("an alert could not be made into a webhook", alert_id=alert.alert_id)
            await self._give_up(record, alert, "failed", attempts)
            return
        due_ms = line.now_ms()
        while True:
            reason = await self._wait(due_ms, born_ms)
            if reason is not None:
                await self._give_up(record, alert, reason, attempts)
                return
            at_ms = line.now_ms()
            answer = await line.poster.post(standard.sign(message, line.endpoint, at_ms))
            now_ms = line.now_ms()
            attempts.append(Attempt(at_ms, now_ms - at_ms, answer.outcome, answer.status))
            step = after(answer, len(attempts), now_ms, born_ms, line.endpoint.max_age_ms, line.patience, line.chance())
            match step:
                case Delivered():
                    self._count("delivered")
                    metrics.NOTIFICATION_LATENCY.labels(line.endpoint.name).observe(max(0, now_ms - born_ms) / 1000)
                    line.remember(alert)
                    return
                case Disable():
                    line.disable(alert.alert_id)
                case GiveUp(hold_until_ms):
                    line.hold(hold_until_ms)
                    await self._give_up(record, alert, "max_age", attempts)
                    return
                case Retry(retry_ms, hold_until_ms):
                    line.hold(hold_until_ms)
                    due_ms = retry_ms
                    self._count("retried")
                    self._log_failure(alert, answer, len(attempts), retry_ms - now_ms)

    async def _wait(self, due_ms: int, born_ms: int) -> Reason | None:
        """Until an attempt may be made; why none may be made any more. Raises Closing."""
        line = self._line
        while True:
            if line.is_disabled:
                return "disabled"
            if self.is_closing:
                raise Closing
            due_ms = max(due_ms, line.hold_until_ms)
            now_ms = line.now_ms()
            if is_too_old(born_ms, max(due_ms, now_ms), line.endpoint.max_age_ms):
                return "max_age"
            if due_ms <= now_ms:
                return None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), (due_ms - now_ms) / 1000)

    async def _give_up(self, record: Record, alert: Alert | None, reason: Reason, attempts: list[Attempt]) -> None:
        """File it, and only then go on."""
        line = self._line
        log.warning(
            "alert not delivered, filed in live.undelivered",
            endpoint=line.endpoint.name,
            alert_id=alert and alert.alert_id,
            reason=reason,
            attempts=len(attempts),
        )
        await self._file(
            alert.incident_id.encode() if alert else None,
            Undelivered(
                endpoint=line.endpoint.name,
                reason=reason,
                at=line.now_ms(),
                attempts=attempts,
                partition=record.partition,
                offset=record.offset,
                alert=msgspec.Raw(record.value) if alert and record.value else None,
            ),
        )
        self._count("disabled" if reason == "disabled" else "gave_up")

    def _log_failure(self, alert: Alert, answer: Answer, attempts: int, wait_ms: int) -> None:
        log.warning(
            "webhook failed, trying again",
            endpoint=self._line.endpoint.name,
            alert_id=alert.alert_id,
            attempt=attempts,
            answer=answer.sentence,
            wait_s=round(wait_ms / 1000, 1),
        )

    def _count(self, outcome: str) -> None:
        metrics.DELIVERIES.labels(self._line.endpoint.name, outcome).inc()
