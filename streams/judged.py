"""What closing panes of a room comes to: alerts, failures, near misses, counts."""

import msgspec

from streams.alerts import Alert
from streams.events import Event, KnownCrew
from streams.finding import Finding


class Failure(msgspec.Struct, frozen=True):
    """A detector raised: which, where, on what event, and what it said."""

    failed_id: str
    detector: str
    error: str
    room_id: str
    show_id: str
    pane_end_ms: int
    topic: str
    event: Event | None


class Judged(msgspec.Struct):
    """What closing panes of a room came to; `late` and `duplicates` are of all of them."""

    alerts: list[Alert] = []
    crews: list[KnownCrew] = []  # to be published
    failures: list[Failure] = []
    near_misses: list[tuple[str, Finding]] = []  # with the show
    late: int = 0
    duplicates: int = 0
