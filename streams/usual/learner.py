"""What all learners are: they watch shows as a detector does, keep sums of each, and say what is usual in them.

A learner stands among the detectors of a partition, so it is handed the same events in the same order, once each, with
what is known of the show beside them. It says nothing of a show; what it keeps beyond one is a row of sums.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final

from streams.events import Event
from streams.finding import Finding
from streams.show import ShowState
from streams.usual.learned import Rate

MAX_SHOWS: Final = 50_000  # of one history; later ones are passed over
MAX_ORDERS: Final = 10_000  # of one show


class Learner(ABC):
    """The usual rates of one detector (`OF`), by the names of its settings. Only its rows outlive a show."""

    OF: ClassVar[str]
    FIELDS: ClassVar[tuple[str, ...]]
    SCHEME: ClassVar[str]
    READS: ClassVar[tuple[type[Event], ...]]
    SHARES: ClassVar[tuple[type, ...]] = ()
    State: ClassVar[type]
    after_ms: int = 0

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.followed_until_ms = 0  # where it is known that nothing more came until then
        self._newest = self._second = 0

    @property
    def newest_ms(self) -> int:
        """Up to when the history goes: the second newest event time, so that one wrong clock moves nothing."""
        return max(self._second, self.followed_until_ms)

    def observe(self, state: Any, show: ShowState, event: Any) -> None:
        if event.ts > self._second:
            self._newest, self._second = max(event.ts, self._newest), min(event.ts, self._newest)
        self.take(state, show, event)

    @abstractmethod
    def take(self, state: Any, show: ShowState, event: Any) -> None:
        """One event of a show."""

    def ended(self, state: Any, show: ShowState) -> None:  # noqa: B027 (some learn only after it)
        """The show is over; who was there is still known."""

    @abstractmethod
    def rates(self) -> dict[str, Rate]:
        """What is usual by now, by the name of the setting; why not, where that cannot be said."""

    def judge(self, state: Any, show: ShowState, now_ms: int) -> list[Finding]:
        return []

    def wake_ms(self, state: Any, now_ms: int) -> int | None:
        return None

    def keep(self, row: Any) -> None:
        """A show's sums."""
        if len(self.rows) < MAX_SHOWS:
            self.rows.append(row)
