"""The detectors of the harness: the real ones, one that fires often, and one that raises on chosen events.

`CHANGED_DETECTORS` are those of another version of the code, which finds only some of what the old one found.
"""

import zlib
from typing import Any, ClassVar

import msgspec
from doubles import Echoes, EchoesState

from streams.detectors import DETECTORS
from streams.events import Comment, Event
from streams.finding import Detector, Finding
from streams.show import ShowState

ONE_IN = 500
CODE = "FAULTS_CODE"  # this variable of the environment says `new` to workers whose code was changed
NEW_CODE = "changed"


def is_chosen(event_id: str) -> bool:
    """Whether the detector raises on this event: about one comment of 500."""
    return zlib.crc32(event_id.encode()) % ONE_IN == 0


class TouchyState(msgspec.Struct):
    seen: int = 0


class Touchy(msgspec.Struct, frozen=True, kw_only=True):
    """Finds nothing, and raises on chosen comments."""

    SCHEME: ClassVar[str] = "touchy"
    READS: ClassVar[tuple[type[Event], ...]] = (Comment,)
    State: ClassVar[type] = TouchyState

    def observe(self, state: TouchyState, show: ShowState, event: Any) -> None:
        state.seen += 1
        if is_chosen(event.event_id):
            raise RuntimeError("told to break on this event")

    def judge(self, state: TouchyState, show: ShowState, now_ms: int) -> list[Finding]:
        return []

    def wake_ms(self, state: TouchyState, now_ms: int) -> int | None:
        return None


FAULT_DETECTORS: tuple[type[Detector], ...] = (*DETECTORS, Echoes, Touchy)


class FewerEchoes(Echoes, frozen=True, kw_only=True):
    """Hears about half of the texts."""

    def judge(self, state: EchoesState, show: ShowState, now_ms: int) -> list[Finding]:
        return [each for each in super().judge(state, show, now_ms) if zlib.crc32(str(each.subject).encode()) % 2]


CHANGED_DETECTORS: tuple[type[Detector], ...] = (*DETECTORS, FewerEchoes, Touchy)
