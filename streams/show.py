"""One show on air: who is there, what the host announced, and the evidence that detectors share."""

from collections.abc import Callable, Collection
from typing import Any, Final

import msgspec

from streams.crews import KnownCrews
from streams.events import Event, Show, Verdict
from streams.evidence.presence import Presence

ANNOUNCED_MS: Final = 120_000  # how long an announcement holds that does not say until when
ANSWERED_MS: Final = 300_000  # how long after its end an announcement is kept for answers that come late
MAX_MARKERS: Final = 500


class Marker(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the host (or the platform) announced, from `ts` until `until_ms`."""

    ts: int
    until_ms: int
    action: str
    text: str | None = None
    sku: str | None = None
    threshold_minor: int | None = None
    viewers_shown: int | None = None
    units: int | None = None  # how many of the goods it is for
    budget_minor: int | None = None  # how much may be lost by it


class ShowState(msgspec.Struct):
    """Everything known of one show while it is on air. Plain and encodable; detectors read it, and keep their own."""

    room_id: str
    show_id: str
    started_ms: int
    newest_ms: int = 0  # event time of the newest event
    ended_ms: int | None = None
    ends_at_ms: int | None = None
    seller_id: str | None = None
    host_id: str | None = None
    category: str | None = None
    presence: Presence = msgspec.field(default_factory=Presence)
    markers: list[Marker] = []
    asking: list[Marker] = []  # prompts and lotteries that may still be answered
    # the room's, and saved with it: by scheme what its detector remembers of the room, and the crews that are known
    past: dict[str, Any] = {}
    known: KnownCrews = msgspec.field(default_factory=KnownCrews)

    @property
    def is_over(self) -> bool:
        """Whether it has ended; what still comes are orders, complaints and verdicts."""
        return self.ended_ms is not None

    def taker_of(self, kind: type[Event], evidence: Collection[type]) -> Callable[[Any], None] | None:
        """What takes events of a type into the shared evidence, before any detector sees them; None: nothing does.

        `evidence`: what of it is kept up, because detectors read it. Announcements always are.
        """
        if kind is Show:
            return self._mark
        return self.presence.observe if Presence in evidence and kind is not Verdict else None

    def announced(self, action: str, at_ms: int) -> list[Marker]:
        """Announcements of one kind that hold at `at_ms`."""
        return [m for m in self.markers if m.action == action and m.ts <= at_ms < m.until_ms]

    def _mark(self, event: Show) -> None:
        self.seller_id = event.seller_id or self.seller_id
        self.host_id = event.host_id or self.host_id
        self.category = event.category or self.category
        self.ends_at_ms = event.ends_at_ts or self.ends_at_ms
        if event.action == "ended":
            self.ended_ms = event.ts
        elif event.action != "started" and len(self.markers) < MAX_MARKERS:
            marker = Marker(
                event.ts,
                event.until_ts or event.ts + ANNOUNCED_MS,
                event.action,
                event.text,
                event.sku,
                event.threshold_minor,
                event.viewers_shown,
                event.units,
                event.budget_minor,
            )
            self.markers.append(marker)
            self.asking = [m for m in self.asking if m.until_ms + ANSWERED_MS > self.newest_ms]
            if event.action in ("prompt", "lottery"):
                self.asking.append(marker)
