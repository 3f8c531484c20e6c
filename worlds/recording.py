"""What every world gives: events in order of arrival, and the truth of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Arrival = tuple[int, str, dict[str, Any]]
"""When it arrives (ms), its topic, its value."""

STRENGTHS = ("blatant", "moderate", "faint")


@dataclass(slots=True)
class Evening:
    """Events in order of arrival, and what is true of them (the contract's Truth)."""

    events: list[Arrival]
    truth: dict[str, Any]
