"""A show with each detector's state, who reads what of it, and when it is due."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from streams.events import Comment, Complaint, Event, Join, Order, Show, Verdict
from streams.finding import Detector, due_of_state, lasts_ms, shared_by
from streams.incidents import Incidents
from streams.rules import Rules
from streams.show import ShowState

NEVER: Final = 2**63 - 1  # ms


class ShowOnAir(msgspec.Struct):
    """A show with each detector's state, on air or over. A detector that raised is set aside (in `aside`) in it."""

    state: ShowState
    alive_ms: int  # event time of the newest sign that it is on air; of a late one when it was handed over
    detectors: dict[str, Any] = {}  # by scheme; none of one that is set aside
    incidents: Incidents = msgspec.field(default_factory=Incidents)
    aside: list[str] = []
    over_ms: int = 0  # end of the pane in which it ended; 0 while it is on air
    due_ms: int = 0  # the next event time at which something is to be done here; follows from the rest
    wakes: dict[str, int] = {}  # by scheme, when it is to judge next: 0 once it was handed something; follows, too
    shadows: Incidents = msgspec.field(default_factory=Incidents)  # of candidates; nobody is told
    said_ms: int = NEVER  # the next event time at which time alone changes an incident; follows, too


class Reader(NamedTuple):
    """A detector that reads events of a type, with what it is asked for at each of them at hand."""

    scheme: str
    observe: Callable[[Any, ShowState, Any], None]
    due_ms: Callable[[Any], int | None] | None  # None where it is to be asked in every pane with something for it


class Readers(msgspec.Struct, frozen=True):
    """Who reads what, under one rule set."""

    all: Sequence[tuple[str, Detector]]  # by scheme, in their order
    of: Mapping[type[Event], Sequence[Reader]]  # by type of event
    after: Mapping[type[Event], Sequence[Reader]]  # the same of a show that has ended: those who go on with it
    evidence: frozenset[type]  # what is kept up of the evidence that detectors may share


def readers_of(rules: Rules) -> Readers:
    """By type of event the detectors that read it, and the shared evidence that any of them reads."""
    kinds: tuple[type[Event], ...] = (Join, Comment, Order, Show, Complaint, Verdict)
    of = {kind: [detector for detector in rules.detectors if kind in detector.READS] for kind in kinds}
    going_on = {kind: [d for d in of[kind] if lasts_ms(d)] for kind in (Order, Complaint, Verdict)}
    return Readers(
        tuple((detector.SCHEME, detector) for detector in rules.detectors),
        {kind: tuple(map(_reader, detectors)) for kind, detectors in of.items()},
        {kind: tuple(map(_reader, detectors)) for kind, detectors in going_on.items()},
        frozenset(kind for detector in rules.detectors for kind in shared_by(detector)),
    )


def _reader(detector: Detector) -> Reader:
    return Reader(detector.SCHEME, detector.observe, due_of_state(detector))


def opens(event: Any) -> bool:
    """Whether an event may open a show that its room does not know: a start, a join, a comment, an order."""
    kind = type(event)
    if kind is Join:
        return bool(event.action == "join")
    if kind is Order:
        return bool(event.status == "placed" or event.status == "paid")
    return kind is Comment or (kind is Show and event.action == "started")


def keeps_on_air(event: Event) -> bool:
    """Whether an event is a sign that its show goes on: what may open one, or a marker.

    Leaves, cancels, refunds, complaints and verdicts go on for days after a show.
    """
    return type(event) is Show or opens(event)


def due_of(show: ShowOnAir, rules: Rules) -> int:
    """The next event time at which the show goes quiet, an incident of it is due, or a detector wants to judge.

    Of a show that is over: at which a detector is through with it.
    """
    if show.over_ms:
        due = min((show.over_ms + lasts_ms(d) for d in rules.detectors if d.SCHEME in show.detectors), default=0)
    else:
        due = show.alive_ms + rules.room.show_silence_ms
    if show.said_ms < due:
        due = show.said_ms
    for at in show.wakes.values():
        if at < due:
            due = at
    return due


def said_of(show: ShowOnAir, rules: Rules) -> int:
    """The next event time at which time alone changes an incident of the show."""
    times = (some.wake_ms(show.state, rules.room) for some in (show.incidents, show.shadows))
    return min((at for at in times if at is not None), default=NEVER)
