"""One room: its open panes, its shows, and what the detectors make of them.

Event time is cut into panes. Events wait in their pane until the watermark has passed its end; then they are
handed over in event order, so the order of arrival does not matter within the allowed lateness, and detectors
never see time go back. An event that comes after its pane was closed is late: it is handed over with the next
pane that closes, counts in ledgers and windows still held, and judges no closed pane again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import xxhash

from streams.alerts import Alert, digest
from streams.events import BY_TOPIC, Comment, Complaint, Event, Join, Order, Show, Verdict
from streams.finding import Detector, Finding
from streams.incidents import Incidents
from streams.rules import Rules
from streams.show import ShowState

FORMAT: Final = 1
DUPLICATE_MS: Final = 60_000  # the same id within it is one event
MAX_ENDED: Final = 1_000  # shows that ended and are still known; beyond it the oldest is forgotten
OPENS: Final = (Join, Comment, Order)


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
    """What closing one pane of a room came to."""

    alerts: list[Alert] = []
    failures: list[Failure] = []
    near_misses: list[Finding] = []
    late: int = 0
    duplicates: int = 0


class ShowOnAir(msgspec.Struct):
    """A show with each detector's state. A detector that raised is set aside (in `aside`) until the show ends."""

    state: ShowState
    detectors: dict[str, Any] = {}  # by scheme; as raw msgpack in a saved room
    incidents: Incidents = msgspec.field(default_factory=Incidents)
    aside: list[str] = []


class SavedRoom(msgspec.Struct):
    """A room as it is written: plain, with its format version."""

    format: int
    room_id: str
    closed_ms: int
    panes: list[tuple[int, list[tuple[str, bytes]]]]  # end, then (topic, JSON) of each event
    recent: list[tuple[int, list[int]]]  # end of a closed pane, 64-bit hashes of its event ids
    on_air: list[tuple[str, ShowState, Incidents, list[str], dict[str, msgspec.Raw]]]
    ended: dict[str, int]


_encode = msgspec.msgpack.Encoder().encode
_decode_room = msgspec.msgpack.Decoder(SavedRoom).decode
_encode_json = msgspec.json.Encoder().encode


class Room:
    """Everything known of one room. All methods are total and synchronous; the clock is the pane."""

    __slots__ = ("_awaited", "_hashes", "closed_ms", "ended", "on_air", "panes", "recent", "room_id")

    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self.closed_ms = 0  # end of the last pane closed here
        self.panes: dict[int, list[Event]] = {}  # by end
        self.recent: list[tuple[int, list[int]]] = []
        self.on_air: dict[str, ShowOnAir] = {}
        self.ended: dict[str, int] = {}  # by show, when it ended
        self._hashes: set[int] = set()  # all of `recent`
        self._awaited: set[str] = set()  # shows that events in open panes will open

    # -- filing -----------------------------------------------------------------------------------------------

    def is_news(self, event: Event) -> bool:
        """Whether `event` is the first sign of a show: it may open one that is not on air, ended or awaited."""
        show_id = event.show_id
        if show_id in self.on_air or show_id in self._awaited or show_id in self.ended:
            return False
        return opens(event)

    def expect(self, show_id: str) -> None:
        """An event that opens the show waits in a pane."""
        self._awaited.add(show_id)

    def file(self, event: Event, pane_end_ms: int) -> None:
        """Keep an event until its pane closes."""
        pane = self.panes.get(pane_end_ms)
        if pane is None:
            self.panes[pane_end_ms] = [event]
        else:
            pane.append(event)

    def due_ms(self, rules: Rules) -> int | None:
        """The next event time at which something is to be done here: a pane ends, a window leaves, a show goes quiet.

        Never rounded: the caller knows the panes.
        """
        due = min(self.panes, default=None)
        for show in self.on_air.values():
            for at in (
                max(show.state.newest_ms, show.state.started_ms) + rules.room.show_silence_ms,
                show.incidents.wake_ms(rules.room),
                *(
                    detector.wake_ms(show.detectors[detector.SCHEME], self.closed_ms)
                    for detector in rules.detectors
                    if detector.SCHEME in show.detectors and detector.SCHEME not in show.aside
                ),
            ):
                if at is not None and (due is None or at < due):
                    due = at
        return due

    # -- judging ----------------------------------------------------------------------------------------------

    def close(self, end_ms: int, pane_ms: int, rules: Rules, readers: "Readers") -> Judged:
        """Close the pane that ends at `end_ms`: hand its events over in order, judge, let incidents follow."""
        judged = Judged()
        self.closed_ms = end_ms
        events = self._take_pane(end_ms, pane_ms, judged)
        for event in events:
            show = self._show_of(event, rules)
            if show is None:
                continue
            try:
                show.state.observe(event)
            except Exception as error:
                judged.failures.append(self._failure("evidence", error, show, end_ms, event))
                continue
            for scheme, detector in readers.get(type(event), ()):
                if scheme in show.aside:
                    continue
                try:
                    detector.observe(show.detectors[scheme], show.state, event)
                except Exception as error:
                    self._set_aside(scheme, error, show, end_ms, event, judged)
        last = events[-1] if events else None
        for show_id in list(self.on_air):
            self._judge(self.on_air[show_id], end_ms, rules, judged, last)
        self._forget(end_ms, rules)
        return judged

    def _take_pane(self, end_ms: int, pane_ms: int, judged: Judged) -> list[Event]:
        """The pane's events in event order, each id once, also against the panes of the last 60 s."""
        events = self.panes.pop(end_ms, None)
        while self.recent and self.recent[0][0] < end_ms - DUPLICATE_MS:
            self._hashes.difference_update(self.recent.pop(0)[1])
        if not events:
            return []
        if len(events) > 1:
            ids = {event.event_id for event in events}
            if len(ids) < len(events):
                judged.duplicates += len(events) - len(ids)
                events = _smallest_of_each_id(events)
            events.sort(key=_in_order)
        hashes = [xxhash.xxh3_64_intdigest(event.event_id.encode()) for event in events]
        if not self._hashes.isdisjoint(hashes):
            fresh = [(event, h) for event, h in zip(events, hashes, strict=True) if h not in self._hashes]
            judged.duplicates += len(events) - len(fresh)
            events, hashes = [event for event, _ in fresh], [h for _, h in fresh]
        if hashes:
            self.recent.append((end_ms, hashes))
            self._hashes.update(hashes)
        start_ms = end_ms - pane_ms
        for event in events:
            if event.ts >= start_ms:
                break  # sorted: the late ones come first
            judged.late += 1
        return events

    def _show_of(self, event: Event, rules: Rules) -> ShowOnAir | None:
        """The show on air that an event belongs to, opened by it where it may open one."""
        show = self.on_air.get(event.show_id)
        if show is not None:
            return show if show.state.ended_ms is None else None
        if event.show_id in self.ended or not opens(event):
            return None
        self._awaited.discard(event.show_id)
        show = ShowOnAir(ShowState(self.room_id, event.show_id, started_ms=event.ts))
        show.detectors = {detector.SCHEME: detector.State() for detector in rules.detectors}
        self.on_air[event.show_id] = show
        return show

    def _judge(self, show: ShowOnAir, end_ms: int, rules: Rules, judged: Judged, last: Event | None) -> None:
        state = show.state
        firing = []
        for detector in rules.detectors:
            scheme = detector.SCHEME
            if scheme in show.aside:
                continue
            if scheme not in show.detectors:  # the detector is newer than the show
                show.detectors[scheme] = detector.State()
            try:
                findings = detector.judge(show.detectors[scheme], state, end_ms)
            except Exception as error:
                self._set_aside(scheme, error, show, end_ms, last, judged)
                continue
            firing += [finding for finding in findings if finding.fires]
            judged.near_misses += [finding for finding in findings if not finding.fires]
        said = show.incidents.take(firing, state, end_ms, rules.room, rules.in_force)
        said += show.incidents.pass_time(state, end_ms, rules.room, rules.in_force)
        silent = end_ms >= max(state.newest_ms, state.started_ms) + rules.room.show_silence_ms
        if state.ended_ms is not None or silent:
            said += show.incidents.end(state, end_ms, rules.room, rules.in_force)
            del self.on_air[state.show_id]
            self.ended[state.show_id] = end_ms
        judged.alerts += said

    def _set_aside(
        self, scheme: str, error: Exception, show: ShowOnAir, end_ms: int, event: Event | None, judged: Judged
    ) -> None:
        show.aside.append(scheme)
        show.detectors.pop(scheme, None)  # half an observation may be in it
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

    def _forget(self, now_ms: int, rules: Rules) -> None:
        """Shows that ended long ago are no longer known."""
        if not self.ended:
            return
        before = now_ms - rules.room.ended_kept_ms
        for show_id in [show_id for show_id, at in self.ended.items() if at < before]:
            del self.ended[show_id]
        while len(self.ended) > MAX_ENDED:
            del self.ended[next(iter(self.ended))]

    # -- saving -----------------------------------------------------------------------------------------------

    def is_empty(self, now_ms: int, rules: Rules) -> bool:
        """Nothing here is worth keeping: no pane open, no show on air, none that ended is still to be known."""
        if self.panes or self.on_air or any(end > now_ms - DUPLICATE_MS for end, _ in self.recent):
            return False
        self._forget(now_ms, rules)
        return not self.ended

    def encode(self) -> bytes:
        """The room as msgpack, with its format version."""
        return _encode(
            SavedRoom(
                FORMAT,
                self.room_id,
                self.closed_ms,
                [(end, [(e.TOPIC, _encode_json(e)) for e in pane]) for end, pane in self.panes.items()],
                self.recent,
                [
                    (
                        show_id,
                        show.state,
                        show.incidents,
                        show.aside,
                        {scheme: msgspec.Raw(_encode(state)) for scheme, state in show.detectors.items()},
                    )
                    for show_id, show in self.on_air.items()
                ],
                self.ended,
            )
        )

    @classmethod
    def decode(cls, value: bytes, detectors: Sequence[Detector]) -> "Room":
        """The inverse of `encode`. A scheme that is no longer known is dropped with its state."""
        saved = _decode_room(value)
        if saved.format > FORMAT:
            raise ValueError(
                f"room {saved.room_id!r} was saved in format {saved.format}, newer than {FORMAT}: upgrade this version"
            )
        states = {detector.SCHEME: detector.State for detector in detectors}
        room = cls(saved.room_id)
        room.closed_ms = saved.closed_ms
        room.panes = {
            end: [msgspec.json.decode(event, type=BY_TOPIC[topic]) for topic, event in pane]
            for end, pane in saved.panes
        }
        room.recent = saved.recent
        room._hashes = {h for _, hashes in saved.recent for h in hashes}
        room.ended = saved.ended
        known = {*room.ended, *(entry[0] for entry in saved.on_air)}
        room._awaited = {e.show_id for pane in room.panes.values() for e in pane if opens(e)} - known
        for show_id, state, incidents, aside, raw in saved.on_air:
            made: dict[str, Any] = {
                s: msgspec.msgpack.decode(value, type=states[s]) for s, value in raw.items() if s in states
            }
            room.on_air[show_id] = ShowOnAir(state, made, incidents, aside)
        return room


Readers = Mapping[type[Event], Sequence[tuple[str, Detector]]]


def readers_of(rules: Rules) -> Readers:
    """By type of event, the detectors that read it."""
    kinds: tuple[type[Event], ...] = (Join, Comment, Order, Show, Complaint, Verdict)
    return {kind: tuple((d.SCHEME, d) for d in rules.detectors if kind in d.READS) for kind in kinds}


def opens(event: Event) -> bool:
    """Whether an event may open a show that its room does not know: a start, a join, a comment, an order."""
    if isinstance(event, Join):
        return event.action == "join"
    if isinstance(event, Order):
        return event.status in ("placed", "paid")
    if isinstance(event, Show):
        return event.action == "started"
    return isinstance(event, Comment)


def _in_order(event: Event) -> tuple[int, str, str]:
    return event.ts, event.TOPIC, event.event_id


def _smallest_of_each_id(events: Sequence[Event]) -> list[Event]:
    """Of the events with one id the one with the smallest bytes, so that the order of arrival does not matter."""
    kept: dict[str, Event] = {}
    for event in events:
        other = kept.get(event.event_id)
        if other is None or (event.TOPIC, _encode_json(event)) < (other.TOPIC, _encode_json(other)):
            kept[event.event_id] = event
    return list(kept.values())
