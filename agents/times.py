"""Times as people write them: with a zone, or relative."""

import re
from datetime import UTC, datetime
from typing import Final

from agents.errors import UsageError

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
LATEST_MS: Final = 253_402_300_799_999  # the end of the year 9999
_RELATIVE = re.compile(r"([+-])(\d{1,12})([smhdw])", re.ASCII)
_DATE = re.compile(r"\d{4}-?\d{2}-?\d{2}", re.ASCII)


def parse_ms(text: str, relative_to_ms: int) -> int:
    """`2026-11-10T20:00+08:00`, `now`, `-2h` or `+30m` (relative) -> ms since epoch UTC. Raises UsageError."""
    if text == "now":
        return relative_to_ms
    if match := _RELATIVE.fullmatch(text):
        sign = -1 if match[1] == "-" else 1
        ms = relative_to_ms + sign * int(match[2]) * UNITS[match[3]] * 1000
        if not 0 <= ms <= LATEST_MS:
            raise UsageError(f"{text!r} is no time: it lies before 1970 or after 9999")
        return ms
    if _DATE.fullmatch(text):
        raise UsageError(f"{text!r} has no time of day: write {text}T20:00+08:00")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time: write 2026-11-10T20:00+08:00, or -2h") from error
    if at.tzinfo is None:
        raise UsageError(f"{text!r} has no zone: write {text}+08:00, or {text}Z")
    if not 0 <= (ms := round(at.timestamp() * 1000)) <= LATEST_MS:
        raise UsageError(f"{text!r} is no time: it lies before 1970 or after 9999")
    return ms


def clock_of(ms: int) -> str:
    """An event time for a person, UTC to the second."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
