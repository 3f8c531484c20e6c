"""The counter that the audience sees, compared with the joins that support it."""

from typing import Final

import msgspec

from streams.events import Show
from streams.evidence.presence import Presence
from streams.evidence.surprise import kl_bits

MAX_STATUSES: Final = 200  # unsupported ones that are kept
USUAL_UNSUPPORTED: Final = 0.05  # of an honest counter's statuses; guess


class Status(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One status that the joins do not support. Times in ms of event time."""

    ts: int
    event_id: str
    shown: int
    here: int  # joined and not seen to leave


class Counter(msgspec.Struct):
    """What the counter said since the show's start was seen: before it, joins may be missing that it counts."""

    started: bool = False
    statuses: int = 0
    unsupported: list[Status] = []
    changed: bool = False  # since it was last looked at

    def observe(self, event: Show, presence: Presence, ratio: float, slack: int) -> None:
        """Take a marker. Unsupported is more than `ratio` times those who are here, and `slack` more."""
        if event.action == "started":
            self.started = True
        if event.action != "status" or event.viewers_shown is None or not self.started or presence.unknown:
            return
        self.statuses += 1
        if event.viewers_shown > ratio * presence.here + slack and len(self.unsupported) < MAX_STATUSES:
            self.unsupported.append(Status(event.ts, event.event_id, event.viewers_shown, presence.here))
            self.changed = True

    def bits(self) -> float:
        """Evidence that it is not by chance that so many of the statuses are unsupported."""
        return kl_bits(len(self.unsupported), self.statuses, USUAL_UNSUPPORTED)
