"""What is written down of one show: events as the contract wants them, with the time at which each arrives."""

from __future__ import annotations

from typing import Any

from worlds.county.ids import Counter
from worlds.county.laws import MAX_DELAY_MS
from worlds.county.people import Person
from worlds.recording import Arrival

# Most events are here within a tenth of a second, a few after more than one: a power law over 1,024 steps; guess.
DELAYS = tuple(35 + int((MAX_DELAY_MS - 36) * (step / 1024) ** 9) for step in range(1024))


class Book:
    """Events of one part of a show (the honest one, or one plant). What happens after `until_ms` is not recorded."""

    __slots__ = ("events", "ids", "room_id", "show_id", "until_ms")

    def __init__(self, room_id: str, show_id: str, until_ms: int, *path: object) -> None:
        self.room_id = room_id
        self.show_id = show_id
        self.until_ms = until_ms
        self.events: list[Arrival] = []
        self.ids = Counter(*path)

    def new_id(self, letter: str) -> str:
        return f"{letter}{self.ids.next():016x}"

    def put(self, ts: int, topic: str, value: dict[str, Any]) -> None:
        """Any event: `value` without the common four."""
        drawn = self.ids.next()
        if ts <= self.until_ms:
            self.events.append(
                (
                    ts + DELAYS[drawn & 1023],
                    topic,
                    {
                        "event_id": f"{drawn:016x}",
                        "ts": ts,
                        "room_id": self.room_id,
                        "show_id": self.show_id,
                        **value,
                    },
                )
            )

    def join(self, ts: int, who: Person, source: str | None) -> None:
        value: dict[str, Any] = {"account_id": who.account_id, "action": "join"}
        if source is not None:
            value["source"] = source
        self.put(ts, "live.joins", {**value, **who.on_join})

    def leave(self, ts: int, who: Person) -> None:
        self.put(ts, "live.joins", {"account_id": who.account_id, "action": "leave", **who.on_comment})

    def say(self, ts: int, who: Person, text: str, badge: int) -> None:
        value: dict[str, Any] = {"account_id": who.account_id, "text": text}
        if badge:
            value["badge"] = badge
        self.put(ts, "live.comments", {**value, **who.on_comment})

    def mark(self, ts: int, action: str, **more: Any) -> None:
        self.put(ts, "live.shows", {"action": action, **more})

    def order(self, ts: int, status: str, fields: dict[str, Any], **more: Any) -> None:
        self.put(ts, "live.orders", {"status": status, **fields, **more})

    def complain(self, ts: int, who: Person, reason: str, **more: Any) -> None:
        self.put(
            ts,
            "live.complaints",
            {"complaint_id": self.new_id("k"), "account_id": who.account_id, "reason": reason, **more},
        )
