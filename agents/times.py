"""Times as people write them: with a zone, or relative."""

import re
from datetime import UTC, datetime
from typing import Final

from agents.errors import UsageError

UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_RELATIVE = re.compile(r"([+-])(\d+)([smhdw])")


def parse_ms(text: str, relative_to_ms: int) -> int:
    """`2026-11-10T20:00+08:00`, `now`, `-2h` or `+30m` (relative) -> ms since epoch UTC. Raises UsageError."""
    if text == "now":
        return relative_to_ms
    if match := _RELATIVE.fullmatch(text):
        sign = -1 if match[1] == "-" else 1
        return relative_to_ms + sign * int(match[2]) * UNITS[match[3]] * 1000
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time: write 2026-11-10T20:00+08:00, or -2h") from error
    if at.tzinfo is None:
        raise UsageError(f"{text!r} has no zone: write {text}+08:00, or {text}Z")
    return round(at.timestamp() * 1000)


def clock_of(ms: int) -> str:
    """An event time for a person, UTC to the second."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
