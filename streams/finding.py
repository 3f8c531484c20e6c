"""What a detector says at the end of a pane: a finding, or a near miss."""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

import msgspec

from streams.alerts import Counterfactual, Evidence, Impact, Signal, Suspect, Window
from streams.events import Event
from streams.evidence.presence import Presence
from streams.show import ShowState


class Finding(msgspec.Struct, kw_only=True):
    """What was observed and expected, of whom, on which acts, and what speaks against it.

    `score` (0 to 1) is comparable within a scheme; `fires` is false for a near miss: it was judged, stayed below
    the threshold, and is returned for tests and evaluation only. `subject` names what the finding is about
    where that is no crew (an item); for a crew it is None and the accounts say who.
    """

    scheme: str
    fires: bool
    score: float
    title: str
    window: Window
    signals: list[Signal]
    accounts: list[Suspect]  # all, strongest first
    evidence: list[Evidence]  # strongest first
    evidence_total: int
    counter_evidence: list[str]
    counterfactual: Counterfactual
    impact: Impact
    subject: str | None = None

    @property
    def newest_evidence_ms(self) -> int:
        return self.window.end


class Detector(Protocol):
    """One scheme. The object itself is its settings (frozen); its state is plain, bounded and encodable.

    What it may have beside what stands below:

    - `SHARES`, a tuple of types: which evidence that detectors share it reads, `()` where none. One that does not say
      is taken to read all. A show keeps up only what some detector reads.
    - `due_ms(state)`, the event time from which on judging may do something, by what was observed so far; None where it
      waits for more. One that has it is not asked before, whatever it was handed; at the end of the show it is.
    - `after_ms`, how long it goes on with a show after its end: orders, complaints and verdicts of the show are handed
      to it, and it judges. Without it the end is the end.
    - `ended(state, show)`, called once when a show has ended, after it was judged: the place to keep of the state only
      what is needed afterwards. What detectors share of the show is emptied right after.
    - `Past`, a msgspec.Struct like `State`: what it remembers of the room, at `show.past[SCHEME]`. Small and bounded;
      to be changed in `observe` and `ended`, never in `judge`.
    """

    SCHEME: ClassVar[str]
    READS: ClassVar[tuple[type[Event], ...]]
    State: ClassVar[type]  # a msgspec.Struct that can be made without arguments

    def observe(self, state: Any, show: ShowState, event: Any) -> None:
        """Take one event of a type in READS; events come in order of `ts`, but a late one may be older.

        The evidence that is shared may already hold events of the same pane that come after it.
        """
        ...

    def judge(self, state: Any, show: ShowState, now_ms: int) -> list[Finding]:
        """What is to be said at the end of a pane (`now_ms`, event time); everything before it was observed.

        Asked where something was observed in the pane (and is due), `wake_ms` has come, or the show ends. Being asked
        more often, as it is after a restart or a change of rules, changes nothing.
        """
        ...

    def wake_ms(self, state: Any, now_ms: int) -> int | None:
        """The next event time, after `now_ms`, at which to judge also without a new event (a window leaves).

        The answer holds until then, or until something is observed.
        """
        ...


def shared_by(detector: Detector) -> tuple[type, ...]:
    """The shared evidence that a detector reads: all, where it does not say. Forgetting it costs time, no finding."""
    shares: tuple[type, ...] = getattr(detector, "SHARES", (Presence,))
    return shares


def lasts_ms(detector: Detector) -> int:
    """How long a detector goes on with a show after its end."""
    after_ms: int = getattr(detector, "after_ms", 0)
    return after_ms


def due_of_state(detector: Detector) -> Callable[[Any], int | None] | None:
    """What tells from when on judging may do something; None where a detector does not say."""
    return getattr(detector, "due_ms", None)


def wakes_at_ms(due_ms: int | None, now_ms: int) -> int | None:
    """`wake_ms` of a detector that wakes when it is due: then, or as soon as it can where that has passed."""
    return None if due_ms is None else max(due_ms, now_ms + 1)


def past_of(detector: Detector) -> type | None:
    """The type of what a detector remembers of a room; None where it remembers nothing."""
    return getattr(detector, "Past", None)


def let_end(detector: Detector, state: Any, show: ShowState) -> None:
    """Tell a detector that wants to know that the show has ended."""
    if (ended := getattr(detector, "ended", None)) is not None:
        ended(state, show)
