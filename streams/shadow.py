"""A detector that runs beside the one in force, with other thresholds: its alerts are marked and never delivered."""

from typing import Any, Final

from streams.finding import Detector, Finding
from streams.show import ShowState

PREFIX: Final = "shadow:"


class Shadow:
    """A candidate of a scheme. It has a state, a past and incidents of its own, so that it changes nothing else.

    A Detector like any other; what it does not say itself it says as the one that it holds.
    """

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self.SCHEME = PREFIX + detector.SCHEME
        self._remembers = getattr(detector, "Past", None) is not None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["detector"], name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shadow) and self.detector == other.detector

    def observe(self, state: Any, show: ShowState, event: Any) -> None:
        self._with_own_past(self.detector.observe, state, show, event)

    def judge(self, state: Any, show: ShowState, now_ms: int) -> list[Finding]:
        findings: list[Finding] = self._with_own_past(self.detector.judge, state, show, now_ms)
        for finding in findings:
            finding.scheme = self.SCHEME
        return findings

    def ended(self, state: Any, show: ShowState) -> None:
        if (ended := getattr(self.detector, "ended", None)) is not None:
            self._with_own_past(ended, state, show)

    def _with_own_past(self, what: Any, state: Any, show: ShowState, *more: Any) -> Any:
        if not self._remembers:
            return what(state, show, *more)
        past = show.past
        show.past = {self.detector.SCHEME: past[self.SCHEME]}
        try:
            return what(state, show, *more)
        finally:
            show.past = past


def is_shadow(scheme: str) -> bool:
    """Whether a finding's scheme is that of a candidate."""
    return scheme.startswith(PREFIX)
