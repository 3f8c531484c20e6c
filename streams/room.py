"""One room: its open panes, its shows, and what the detectors make of them.

Event time is cut into panes. Events wait in their pane until the watermark has passed its end; then they are
handed over in event order, so the order of arrival does not matter within the allowed lateness, and detectors
never see time go back. An event that comes after its pane was closed is late: it is handed over with the next
pane that closes, counts in ledgers and windows still held, and judges no closed pane again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from streams.alerts import Alert, digest
from streams.events import BY_TOPIC, Comment, Complaint, Event, Join, Order, Show, Verdict
from streams.finding import Detector, Finding, shared_by
from streams.incidents import Incidents
from streams.order import put_in_order, runs_of
from streams.rules import Rules
from streams.seen import Recent, Seen
from streams.show import ShowState

FORMAT: Final = 1
NEVER: Final = 2**63 - 1  # ms
MAX_ENDED: Final = 1_000  # shows that ended and are still known; beyond it the oldest is forgotten


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
    failures: list[Failure] = []
    near_misses: list[Finding] = []
    late: int = 0
    duplicates: int = 0


class ShowOnAir(msgspec.Struct):
    """A show with each detector's state. A detector that raised is set aside (in `aside`) until the show ends."""

    state: ShowState
    alive_ms: int  # event time of the newest sign that it is on air; of a late one when it was handed over
    detectors: dict[str, Any] = {}  # by scheme; none of one that is set aside
    incidents: Incidents = msgspec.field(default_factory=Incidents)
    aside: list[str] = []
    due_ms: int = 0  # the next event time at which something is to be done here; follows from the rest
    wakes: dict[str, int] = {}  # by scheme, when it is to judge next: 0 once it was handed something; follows, too
    said_ms: int = NEVER  # the next event time at which time alone changes an incident; follows, too


class SavedShow(msgspec.Struct, frozen=True):
    """A show on air as it is written."""

    state: ShowState
    alive_ms: int
    incidents: Incidents
    aside: list[str]
    detectors: dict[str, msgspec.Raw]  # by scheme


class SavedRoom(msgspec.Struct, frozen=True):
    """A room as it is written: plain, with its format version."""

    format: int
    room_id: str
    closed_ms: int
    panes: list[tuple[int, list[tuple[str, bytes]]]]  # end, then (topic, JSON) of each event
    recent: Recent
    on_air: list[SavedShow]
    ended: dict[str, int]


class _Stamped(msgspec.Struct, frozen=True):
    """As much of anything saved as every version can read."""

    format: int


_decode_stamp = msgspec.msgpack.Decoder(_Stamped).decode
_encode = msgspec.msgpack.Encoder().encode
_decode_room = msgspec.msgpack.Decoder(SavedRoom).decode
_encode_json = msgspec.json.Encoder().encode


class Room:
    """Everything known of one room. All methods are total and synchronous; the clock is the pane."""

    __slots__ = (
        "_awaited",
        "closed_ms",
        "ended",
        "next_ms",
        "on_air",
        "panes",
        "received_ms",
        "room_id",
        "seen",
    )

    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self.closed_ms = 0  # end of the last pane closed here
        self.panes: dict[int, list[Event]] = {}  # by end
        self.seen = Seen()
        self.on_air: dict[str, ShowOnAir] = {}
        self.ended: dict[str, int] = {}  # by show, when it ended
        # what the partition notes of it; none of it is saved
        self.next_ms = NEVER  # the end of the pane that is closed next
        self.received_ms = 0  # when the broker received the newest of the last record with events of it
        self._awaited: set[str] = set()  # shows that events in open panes will open

    # -- filing -----------------------------------------------------------------------------------------------

    def is_news(self, event: Event, pane_end_ms: int, rules: Rules) -> bool:
        """Whether `event` is the first sign of a show: it may open one that is not on air, ended or awaited."""
        show_id = event.show_id
        if show_id in self.on_air or show_id in self._awaited or not opens(event):
            return False
        return not self._has_ended(show_id, pane_end_ms, rules)

    def expect(self, show_id: str) -> None:
        """An event that opens the show waits in a pane."""
        self._awaited.add(show_id)

    def due_ms(self) -> int:
        """The next event time at which something is to be done here: a pane ends, a window leaves, a show goes quiet.

        NEVER where there is none. Never rounded: the caller knows the panes.
        """
        return min(min(self.panes, default=NEVER), self.shows_due_ms())

    def shows_due_ms(self) -> int:
        """The same, but for the panes."""
        due = NEVER
        for show in self.on_air.values():
            if show.due_ms < due:
                due = show.due_ms
        return due

    def plan(self, rules: Rules) -> None:
        """Work out anew what follows from the room and the rules: the rules changed, or the room was loaded.

        With the next pane every detector judges. One that raises when asked when it wants to is asked again, and set
        aside, then.
        """
        self._awaited = self._opening(rules)
        for show in self.on_air.values():
            for detector in rules.detectors:
                if (held := show.detectors.get(detector.SCHEME)) is None:
                    continue
                try:
                    at = detector.wake_ms(held, self.closed_ms)
                except Exception:
                    at = self.closed_ms
                show.wakes[detector.SCHEME] = NEVER if at is None else at
            show.said_ms = _said_of(show, rules)
            show.due_ms = _due_of(show, rules)
            show.wakes.clear()

    # -- judging ----------------------------------------------------------------------------------------------

    def close(self, end_ms: int, pane_ms: int, rules: Rules, readers: "Readers", judged: Judged) -> None:
        """Close the pane that ends at `end_ms`: hand its events over in order, judge, let incidents follow.

        What it comes to is added to `judged`.
        """
        self.closed_ms = end_ms
        events = self._take_pane(end_ms, pane_ms, judged)
        for run in runs_of(events):
            self._hand_over(run, end_ms, pane_ms, rules, readers, judged)
        shows = tuple(self.on_air.values())  # judging may take one off
        for show in shows:
            if show.due_ms <= end_ms:
                self._judge(show, end_ms, rules, readers, judged, events)
        if self._awaited or len(self.on_air) < len(shows):
            self._awaited = self._opening(rules)  # less those now on air, and those whose event was a duplicate
        if self.ended:
            self.forget(end_ms, rules)

    def _hand_over(
        self, run: list[Event], end_ms: int, pane_ms: int, rules: Rules, readers: "Readers", judged: Judged
    ) -> None:
        """Events of one show and one type that follow each other: first into what all share, then to detectors."""
        show = self.on_air.get(run[0].show_id)
        if show is None:
            show, run = self._opened_by(run, end_ms, rules)
            if show is None:
                return
        state = show.state
        if state.ended_ms is not None:
            return
        show.due_ms = 0
        for event in reversed(run):
            if keeps_on_air(event):
                if event.ts > show.alive_ms:
                    show.alive_ms = event.ts
                if end_ms - pane_ms > show.alive_ms:  # a slow clock is no silence
                    show.alive_ms = end_ms - pane_ms
                break
        kind = type(run[0])
        take = state.taker_of(kind, readers.evidence)
        if take and kind is Show:
            run = self._until_ended(take, run, show, end_ms, judged)
            if not run:
                return
        else:
            if run[-1].ts > state.newest_ms:
                state.newest_ms = run[-1].ts
            if take and not (run := self._share(take, run, show, end_ms, judged)):
                return
        for scheme, detector in readers.of[kind]:
            if (held := show.detectors.get(scheme)) is None:
                continue  # it is set aside
            show.wakes[scheme] = 0
            observe, event = detector.observe, run[0]
            try:
                for event in run:
                    observe(held, state, event)
            except Exception as error:
                self._set_aside(scheme, error, show, end_ms, event, judged)

    def _share(
        self, take: Callable[[Any], None], run: list[Event], show: ShowOnAir, end_ms: int, judged: Judged
    ) -> list[Event]:
        """Hand events to the shared evidence -> those that it took."""
        refused: list[int] = []
        for at, event in enumerate(run):
            try:
                take(event)
            except Exception as error:
                judged.failures.append(self._failure("evidence", error, show, end_ms, event))
                refused.append(at)
        return [event for at, event in enumerate(run) if at not in refused] if refused else run

    def _until_ended(
        self, take: Callable[[Any], None], run: list[Event], show: ShowOnAir, end_ms: int, judged: Judged
    ) -> list[Event]:
        """The same for markers of the show, one by one: what comes after its end is not handed over."""
        state, taken = show.state, []
        for event in run:
            if state.ended_ms is not None:
                break
            if event.ts > state.newest_ms:
                state.newest_ms = event.ts
            taken += self._share(take, [event], show, end_ms, judged)
        return taken

    def _take_pane(self, end_ms: int, pane_ms: int, judged: Judged) -> list[Event]:
        """The pane's events in event order, each id once, also against the panes of the last 60 s."""
        waiting = self.panes.pop(end_ms, None)
        if not waiting:
            return []
        if len(waiting) > 1:
            put_in_order(waiting)
        events = self.seen.fresh(waiting, end_ms)
        judged.duplicates += len(waiting) - len(events)
        if events and events[0].ts < end_ms - pane_ms:
            judged.late += sum(1 for event in events if event.ts < end_ms - pane_ms)
        return events

    def _opened_by(self, run: list[Event], end_ms: int, rules: Rules) -> tuple[ShowOnAir | None, list[Event]]:
        """The show that one of these events opens, if any may open one, and the events from there on."""
        for at, event in enumerate(run):
            if opens(event) and not self._has_ended(event.show_id, end_ms, rules):
                show = ShowOnAir(ShowState(self.room_id, event.show_id, started_ms=event.ts), event.ts)
                show.detectors = {detector.SCHEME: detector.State() for detector in rules.detectors}
                self.on_air[event.show_id] = show
                return show, run[at:]
        return None, []

    def _judge(
        self,
        show: ShowOnAir,
        end_ms: int,
        rules: Rules,
        readers: "Readers",
        judged: Judged,
        events: Sequence[Event],
    ) -> None:
        """Let judge whom something came in for, or who wants to by now; at the show's end let all."""
        state, wakes = show.state, show.wakes
        ends = state.ended_ms is not None or end_ms >= show.alive_ms + rules.room.show_silence_ms
        firing: list[Finding] | None = None
        for scheme, detector in readers.all:
            if wakes.get(scheme, 0) > end_ms and not ends:
                continue
            if (held := show.detectors.get(scheme)) is None:
                continue  # it is set aside
            try:
                findings = detector.judge(held, state, end_ms)
                at = detector.wake_ms(held, end_ms)
            except Exception as error:
                last = next((event for event in reversed(events) if event.show_id == state.show_id), None)
                self._set_aside(scheme, error, show, end_ms, last, judged)
                continue
            wakes[scheme] = NEVER if at is None else at
            if findings:
                firing = (firing or []) + [finding for finding in findings if finding.fires]
                judged.near_misses += [finding for finding in findings if not finding.fires]
        if firing or show.said_ms <= end_ms or ends:
            self._follow(show, firing or (), end_ms, ends, rules, judged)
        if not ends:
            show.due_ms = _due_of(show, rules)

    def _follow(
        self, show: ShowOnAir, firing: Sequence[Finding], end_ms: int, ends: bool, rules: Rules, judged: Judged
    ) -> None:
        """Let the show's incidents follow what fired, what time has come to, and its end."""
        state, incidents = show.state, show.incidents
        judged.alerts += incidents.take(firing, state, end_ms, rules.room, rules.in_force)
        judged.alerts += incidents.pass_time(state, end_ms, rules.room, rules.in_force)
        if ends:
            judged.alerts += incidents.end(state, end_ms, rules.room, rules.in_force)
            del self.on_air[state.show_id]
            self.ended[state.show_id] = end_ms
        else:
            show.said_ms = _said_of(show, rules)

    def _set_aside(
        self, scheme: str, error: Exception, show: ShowOnAir, end_ms: int, event: Event | None, judged: Judged
    ) -> None:
        show.aside.append(scheme)
        show.detectors.pop(scheme, None)  # half an observation may be in it
        show.wakes.pop(scheme, None)
        judged.failures.append(self._failure(scheme, error, show, end_ms, event))

    def _failure(self, detector: str, error: Exception, show: ShowOnAir, end_ms: int, event: Event | None) -> Failure:
        show_id, event_id = show.state.show_id, event.event_id if event else ""
        return Failure(
            "f_" + digest(detector, self.room_id, show_id, event_id, str(end_ms)),
            detector,
            f"{type(error).__name__}: {error}"[:2_000],
            self.room_id,
            show_id,
            end_ms,
            event.TOPIC if event else "",
            event,
        )

    def _has_ended(self, show_id: str, pane_end_ms: int, rules: Rules) -> bool:
        """Whether a show ended so lately that nothing opens it again. Not a matter of when it was forgotten."""
        ended_ms = self.ended.get(show_id)
        return ended_ms is not None and ended_ms >= pane_end_ms - rules.room.ended_kept_ms

    def _opening(self, rules: Rules) -> set[str]:
        """Shows that events in open panes will open."""
        return {
            event.show_id
            for end_ms, pane in self.panes.items()
            for event in pane
            if event.show_id not in self.on_air and opens(event) and not self._has_ended(event.show_id, end_ms, rules)
        }

    def forget(self, now_ms: int, rules: Rules) -> bool:
        """Forget shows that ended long ago; whether there were any."""
        before = len(self.ended)
        oldest_ms = now_ms - rules.room.ended_kept_ms
        self.ended = {show_id: at for show_id, at in self.ended.items() if at >= oldest_ms}
        while len(self.ended) > MAX_ENDED:
            del self.ended[next(iter(self.ended))]
        return len(self.ended) < before

    # -- saving -----------------------------------------------------------------------------------------------

    def is_empty(self, now_ms: int, rules: Rules) -> bool:
        """Nothing here is worth keeping: no pane open, no show on air, none that ended is still to be known."""
        if self.panes or self.on_air or self.seen.may_come_again(now_ms):
            return False
        return all(at < now_ms - rules.room.ended_kept_ms for at in self.ended.values())

    def encode(self) -> bytes:
        """The room as msgpack, with its format version."""
        return _encode(
            SavedRoom(
                FORMAT,
                self.room_id,
                self.closed_ms,
                [(end, [(e.TOPIC, _encode_json(e)) for e in pane]) for end, pane in self.panes.items()],
                self.seen.recent(self.closed_ms),
                [
                    SavedShow(
                        show.state,
                        show.alive_ms,
                        show.incidents,
                        show.aside,
                        {scheme: msgspec.Raw(_encode(state)) for scheme, state in show.detectors.items()},
                    )
                    for show in self.on_air.values()
                ],
                self.ended,
            )
        )

    @classmethod
    def decode(cls, value: bytes, rules: Rules) -> "Room":
        """The inverse of `encode`. A scheme that is no longer known is dropped with its state, a new one starts.

        Raises ValueError with a sentence for what this version cannot read.
        """
        refuse_newer(value, FORMAT, "a room of the table")
        saved = _decode_room(value)
        room = cls(saved.room_id)
        room.closed_ms = saved.closed_ms
        room.panes = {
            end: [msgspec.json.decode(event, type=BY_TOPIC[topic]) for topic, event in pane]
            for end, pane in saved.panes
        }
        room.seen = Seen(saved.recent)
        room.ended = saved.ended
        for show in saved.on_air:
            states = {
                detector.SCHEME: _state_of(detector, show.detectors.get(detector.SCHEME), saved.room_id)
                for detector in rules.detectors
                if detector.SCHEME not in show.aside
            }
            room.on_air[show.state.show_id] = ShowOnAir(show.state, show.alive_ms, states, show.incidents, show.aside)
        room.plan(rules)
        return room


def _state_of(detector: Detector, raw: msgspec.Raw | None, room_id: str) -> Any:
    if raw is None:  # the detector is newer than the show
        return detector.State()
    try:
        return msgspec.msgpack.decode(raw, type=detector.State)
    except msgspec.ValidationError as error:
        raise ValueError(
            f"room {room_id!r}: the state of {detector.SCHEME} is not as this version knows it: {error}"
        ) from error


def refuse_newer(value: bytes, known: int, what: str) -> None:
    """Raise ValueError with a sentence where `value` (msgpack with a `format`) was written in a newer format."""
    if (stamp := _decode_stamp(value).format) > known:
        raise ValueError(f"{what} was written in format {stamp}, newer than {known}: upgrade this version")


class Readers(msgspec.Struct, frozen=True):
    """Who reads what, under one rule set."""

    all: Sequence[tuple[str, Detector]]  # by scheme, in their order
    of: Mapping[type[Event], Sequence[tuple[str, Detector]]]  # by type of event
    evidence: frozenset[type]  # what is kept up of the evidence that detectors may share


def readers_of(rules: Rules) -> Readers:
    """By type of event the detectors that read it, and the shared evidence that any of them reads."""
    kinds: tuple[type[Event], ...] = (Join, Comment, Order, Show, Complaint, Verdict)
    every = tuple((detector.SCHEME, detector) for detector in rules.detectors)
    return Readers(
        every,
        {kind: tuple((scheme, d) for scheme, d in every if kind in d.READS) for kind in kinds},
        frozenset(kind for detector in rules.detectors for kind in shared_by(detector)),
    )


def opens(event: Any) -> bool:
    """Whether an event may open a show that its room does not know: a start, a join, a comment, an order."""
    kind = type(event)
    if kind is Order:
        return bool(event.status == "placed" or event.status == "paid")
    if kind is Join:
        return bool(event.action == "join")
    return kind is Comment or (kind is Show and event.action == "started")


def keeps_on_air(event: Event) -> bool:
    """Whether an event is a sign that its show goes on: what may open one, or a marker.

    Leaves, cancels, refunds, complaints and verdicts go on for days after a show.
    """
    return type(event) is Show or opens(event)


def _due_of(show: ShowOnAir, rules: Rules) -> int:
    """The next event time at which the show goes quiet, an incident of it is due, or a detector wants to judge."""
    due = show.alive_ms + rules.room.show_silence_ms
    if show.said_ms < due:
        due = show.said_ms
    for at in show.wakes.values():
        if at < due:
            due = at
    return due


def _said_of(show: ShowOnAir, rules: Rules) -> int:
    """The next event time at which time alone changes an incident of the show."""
    at = show.incidents.wake_ms(rules.room)
    return NEVER if at is None else at
