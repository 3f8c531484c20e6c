"""What follows an attempt: pure, with the time as an argument.

Only 2xx is success. Anything else is tried again after 5 s, 30 s, 2 min, 5 min and then every 5 min, with jitter, for
as long as the alert is worth something (`max_age_ms` from its making). 410 ends the endpoint. `Retry-After` is
honoured, but never longer than `max_age_ms`, so that one wrong header does not silence an endpoint for a day. Where the
receiver says that it is too much (429, 502, 504, or any `Retry-After`) the whole endpoint waits, else only this alert's
partition.
"""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final, Literal

import msgspec

TOO_MUCH: Final = frozenset({429, 502, 504})
GONE: Final = 410

Outcome = Literal["answered", "timeout", "unreachable", "untrusted", "refused"]


class Answer(msgspec.Struct, frozen=True):
    """How an attempt ended.

    `answered` with a status; no answer in time; no connection; a certificate that does not hold; or an address that the
    endpoint may not reach (nothing was sent). `detail` is for people and holds no address of the endpoint.
    """

    outcome: Outcome
    status: int | None = None
    retry_after_ms: int | None = None
    detail: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def sentence(self) -> str:
        return f"status {self.status}" if self.outcome == "answered" else f"{self.outcome}: {self.detail}"


class Patience(msgspec.Struct, frozen=True):
    """How long is waited: before each further attempt (the last delay repeats), and for an answer."""

    delays_ms: tuple[int, ...] = (5_000, 30_000, 120_000, 300_000)
    jitter_ratio: float = 0.1  # a wait is longer by up to this much; a guess
    timeout_ms: int = 15_000


class Delivered(msgspec.Struct, frozen=True):
    """The receiver has it."""


class Retry(msgspec.Struct, frozen=True):
    """Try again at `at_ms`; `hold_until_ms` where the endpoint as a whole waits."""

    at_ms: int
    hold_until_ms: int | None


class GiveUp(msgspec.Struct, frozen=True):
    """The next attempt would be too late; `hold_until_ms` as above."""

    hold_until_ms: int | None


class Disable(msgspec.Struct, frozen=True):
    """The receiver is gone for good."""


Step = Delivered | Retry | GiveUp | Disable


def is_too_old(born_ms: int, now_ms: int, max_age_ms: int) -> bool:
    """Whether an alert made at `born_ms` is worth nothing any more."""
    return now_ms - born_ms > max_age_ms


def after(
    answer: Answer, attempts: int, now_ms: int, born_ms: int, max_age_ms: int, patience: Patience, chance: float
) -> Step:
    """What to do after the attempt number `attempts` (from 1) ended so; `chance` (0 to 1) is the jitter's die."""
    if answer.is_success:
        return Delivered()
    if answer.status == GONE:
        return Disable()
    delay_ms = patience.delays_ms[min(attempts, len(patience.delays_ms)) - 1]
    wait_ms = int(delay_ms * (1 + patience.jitter_ratio * chance))
    if answer.retry_after_ms is not None:
        wait_ms = max(wait_ms, min(answer.retry_after_ms, max_age_ms))
    at_ms = now_ms + wait_ms
    hold_until_ms = at_ms if answer.status in TOO_MUCH or answer.retry_after_ms is not None else None
    return GiveUp(hold_until_ms) if is_too_old(born_ms, at_ms, max_age_ms) else Retry(at_ms, hold_until_ms)


def retry_after_ms(headers: Mapping[str, str], now_ms: int) -> int | None:
    """`Retry-After` in ms from now: seconds or a date, None where it is neither or absent."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), 86_400) * 1000
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0, int(at.timestamp() * 1000) - now_ms)
