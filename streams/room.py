"""One room: its open panes, its shows, and what the detectors make of them.

Event time is cut into panes. Events wait in their pane until the watermark has passed its end; then they are
handed over in event order, so the order of arrival does not matter within the allowed lateness, and detectors
never see time go back. An event that comes after its pane was closed is late: it is handed over with the next
pane that closes, counts in ledgers and windows still held, and judges no closed pane again.

A show that has ended goes on for the detectors that wait for what comes after it (cancels, complaints): it is over,
but not forgotten. What they remember of a room beyond that, its past, is small and outlives the show.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import msgspec

from streams.alerts import digest, rounded
from streams.crews import Confirmed, KnownCrews, publication
from streams.events import BY_TOPIC, Comment, CrewSeen, Event, Show, Verdict
from streams.evidence.presence import Presence
from streams.finding import Finding, lasts_ms, let_end, past_of
from streams.incidents import Incident, Incidents
from streams.judged import Failure, Judged
from streams.on_air import NEVER, Reader, Readers, ShowOnAir, due_of, keeps_on_air, opens, said_of
from streams.order import put_in_order, runs_of
from streams.rules import Rules
from streams.saved_room import FORMAT, SavedRoom, SavedShow, decode_saved, decoded, refuse_newer, saved_show, state_of
from streams.seen import Seen
from streams.shadow import is_shadow
from streams.show import ShowState

MAX_ENDED: Final = 1_000  # shows that ended and are still known; beyond it the oldest is forgotten


_encode = msgspec.msgpack.Encoder().encode
_encode_json = msgspec.json.Encoder().encode


class Room:
    """Everything known of one room. All methods are total and synchronous; the clock is the pane."""

    __slots__ = (
        "_awaited",
        "closed_ms",
        "ended",
        "known",
        "next_ms",
        "on_air",
        "over",
        "panes",
        "past",
        "received_ms",
        "room_id",
        "seen",
    )

    def __init__(self, room_id: str, confirmed: Confirmed | None = None) -> None:
        self.room_id = room_id
        self.closed_ms = 0  # end of the last pane closed here
        self.panes: dict[int, list[Event]] = {}  # by end
        self.seen = Seen()
        self.on_air: dict[str, ShowOnAir] = {}
        self.over: dict[str, ShowOnAir] = {}  # shows that ended and that a detector still follows
        self.ended: dict[str, int] = {}  # by show, when it ended
        self.past: dict[str, Any] = {}  # by scheme, what its detector remembers of the room
        self.known = KnownCrews(confirmed=confirmed or Confirmed())
        # what the partition notes of it; none of it is saved
        self.next_ms = NEVER  # the end of the pane that is closed next
        self.received_ms = 0  # when the broker received the newest of the last record with events of it
        self._awaited: set[str] = set()  # shows that events in open panes will open

    # -- filing -----------------------------------------------------------------------------------------------

    def is_news(self, event: Event, pane_end_ms: int, rules: Rules) -> bool:
        """Whether `event` is the first sign of a show: it may open one that is not on air, ended or awaited."""
        show_id = event.show_id
        if show_id in self.on_air or show_id in self.over or show_id in self._awaited or not opens(event):
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
        for show in self.over.values():
            if show.due_ms < due:
                due = show.due_ms
        return due

    def plan(self, rules: Rules) -> None:
        """Work out anew what follows from the room and the rules: the rules changed, or the room was loaded.

        With the next pane every detector judges. One that raises when asked when it wants to is asked again, and set
        aside, then.
        """
        self._awaited = self._opening(rules)
        for show in (*self.on_air.values(), *self.over.values()):
            self._recall(show, rules)
            self._let_begin(show, rules)
            for detector in rules.detectors:
                if (held := show.detectors.get(detector.SCHEME)) is None:
                    continue
                try:
                    at = detector.wake_ms(held, self.closed_ms)
                except Exception:
                    at = self.closed_ms
                show.wakes[detector.SCHEME] = NEVER if at is None else at
            show.said_ms = said_of(show, rules)
            show.due_ms = due_of(show, rules)
            show.wakes.clear()

    def _let_begin(self, show: ShowOnAir, rules: Rules) -> None:
        """Detectors that the rules brought begin in a show on air, those that they took away are gone."""
        known = {detector.SCHEME: detector for detector in rules.detectors}
        for scheme in [scheme for scheme in show.detectors if scheme not in known]:
            del show.detectors[scheme]
        if not show.over_ms:
            for scheme, detector in known.items():
                if scheme not in show.detectors and scheme not in show.aside:
                    show.detectors[scheme] = detector.State()

    # -- judging ----------------------------------------------------------------------------------------------

    def close(self, end_ms: int, pane_ms: int, rules: Rules, readers: Readers, judged: Judged) -> None:
        """Close the pane that ends at `end_ms`: hand its events over in order, judge, let incidents follow.

        What it comes to is added to `judged`.
        """
        self._forget_past(end_ms, rules)
        self.closed_ms = end_ms
        events = self._take_pane(end_ms, pane_ms, judged)
        for run in runs_of(events):
            self._hand_over(run, end_ms, pane_ms, rules, readers, judged)
        shows = tuple(self.on_air.values())  # judging may take one off
        for show in shows:
            if show.due_ms <= end_ms:
                self._judge(show, end_ms, rules, readers, judged, events)
        if self.over:
            for show in tuple(self.over.values()):
                if show.due_ms <= end_ms:
                    self._judge(show, end_ms, rules, readers, judged, events)
        if self._awaited or len(self.on_air) < len(shows):
            self._awaited = self._opening(rules)  # less those now on air, and those whose event was a duplicate
        if self.ended:
            self.forget(end_ms, rules)

    def _hand_over(
        self, run: list[Event], end_ms: int, pane_ms: int, rules: Rules, readers: Readers, judged: Judged
    ) -> None:
        """Events of one show and one type that follow each other: first into what all share, then to detectors."""
        if type(run[0]) is Verdict:
            for verdict in run:
                self._heed(verdict, end_ms, rules, judged)
        show = self.on_air.get(run[0].show_id) or self.over.get(run[0].show_id)
        if show is None:
            show, run = self._opened_by(run, end_ms, rules)
            if show is None:
                return
        state = show.state
        if show.over_ms or state.ended_ms is not None:
            self._hand_over_after(run, show, end_ms, readers, judged)
            return
        if not show.wakes:
            show.due_ms = 0  # nobody was asked yet under these rules, or in this process
        kind = type(run[0])
        for event in reversed(run):
            if kind is Comment or keeps_on_air(event):
                if event.ts > show.alive_ms:
                    show.alive_ms = event.ts
                if end_ms - pane_ms > show.alive_ms:  # a slow clock is no silence
                    show.alive_ms = end_ms - pane_ms
                break
        take = state.taker_of(kind, readers.evidence)
        if take and kind is Show:
            run = self._until_ended(take, run, show, end_ms, judged)
            if state.ended_ms is not None:
                show.due_ms = 0
        else:
            if run[-1].ts > state.newest_ms:
                state.newest_ms = run[-1].ts
            if take:
                run = self._share(take, run, show, end_ms, judged)
        if run:
            self._let_observe(readers.of[kind], run, show, end_ms, judged)

    def _heed(self, verdict: Any, end_ms: int, rules: Rules, judged: Judged) -> None:
        """Let a moderator's word reach the incident it is about, and the crew behind it."""
        show = self.on_air.get(verdict.show_id) or self.over.get(verdict.show_id)
        incident = show.incidents.by_id.get(verdict.incident_id) if show else None
        stood = incident.verdict_id if incident else None
        if show is not None and incident is not None:
            show.state.newest_ms = max(show.state.newest_ms, verdict.ts)
            judged.alerts += show.incidents.heed(verdict, show.state, end_ms, rules.room, rules.in_force)
            show.said_ms = show.due_ms = 0  # what time does next has changed
            if verdict.action == "verdict" and incident.verdict_id != verdict.event_id:
                return  # an earlier one stands
        if verdict.action == "verdict" and verdict.verdict == "false_positive":
            self.known.disown(verdict.incident_id)
        elif verdict.action == "verdict" and verdict.verdict == "confirmed":
            if show is not None and incident is not None and incident.crew_id is not None:
                self._remember(incident, show)
            crew = self.known.by_incident(verdict.incident_id)
            if crew is not None and crew.confirmed_by is None:
                crew.confirmed_by = verdict.event_id
                judged.crews.append(publication(crew, self.known.confirmed))
        elif verdict.action == "undo":
            crew = self.known.by_incident(verdict.incident_id)
            if crew is None or crew.confirmed_by is None:
                return
            if incident is None:  # its show is no longer followed
                is_meant = verdict.undoes in (None, crew.confirmed_by)
            else:
                is_meant = stood == crew.confirmed_by and incident.verdict_id is None
            if is_meant:
                crew.confirmed_by = None
                judged.crews.append(publication(crew, self.known.confirmed, take_back=True))

    def _remember(self, incident: Incident, show: ShowOnAir) -> None:
        """Keep the crew of an incident beyond its show."""
        finding = incident.finding
        bits = {signal.name: signal.bits for signal in finding.signals if signal.bits}
        if not bits:
            bits = {finding.scheme: rounded(sum(suspect.bits for suspect in finding.accounts))}
        seen = CrewSeen(
            room=self.room_id, show=show.state.show_id, scheme=finding.scheme, ts=finding.newest_evidence_ms
        )
        assert incident.crew_id is not None
        accounts = [suspect.account_id for suspect in finding.accounts]
        self.known.remember(incident.crew_id, accounts, bits, seen, incident.incident_id)

    def _hand_over_after(
        self, run: list[Event], show: ShowOnAir, end_ms: int, readers: Readers, judged: Judged
    ) -> None:
        """Events that came after the show's end: orders, complaints and verdicts, for those who go on with it."""
        going_on = readers.after.get(type(run[0]))
        if not going_on:
            return
        if run[-1].ts > show.state.newest_ms:
            show.state.newest_ms = run[-1].ts
        self._let_observe(going_on, run, show, end_ms, judged)

    def _let_observe(
        self,
        readers: Sequence[Reader],
        run: list[Event],
        show: ShowOnAir,
        end_ms: int,
        judged: Judged,
    ) -> None:
        """Hand events of one type to the detectors that read it, and note when they are to judge.

        One that raises is set aside.
        """
        detectors, state, wakes = show.detectors, show.state, show.wakes
        for scheme, observe, due_ms in readers:
            if (held := detectors.get(scheme)) is None:
                continue  # it is set aside, or through with this show
            event = run[0]
            try:
                for event in run:
                    observe(held, state, event)
                at = 0 if due_ms is None else due_ms(held)
            except Exception as error:
                self._set_aside(scheme, error, show, end_ms, event, judged)
                show.due_ms = 0
                continue
            if at is None:
                continue
            if at < wakes.get(scheme, 0):
                wakes[scheme] = at
            if at < show.due_ms:
                show.due_ms = at

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
                self._recall(show, rules)
                self.on_air[event.show_id] = show
                return show, run[at:]
        return None, []

    def _recall(self, show: ShowOnAir, rules: Rules) -> None:
        """Let the show's detectors have what they remember of the room."""
        for detector in rules.detectors:
            if detector.SCHEME not in self.past and (past := past_of(detector)) is not None:
                self.past[detector.SCHEME] = past()
        show.state.past, show.state.known = self.past, self.known

    def _judge(
        self,
        show: ShowOnAir,
        end_ms: int,
        rules: Rules,
        readers: Readers,
        judged: Judged,
        events: Sequence[Event],
    ) -> None:
        """Let judge whom something came in for, or who wants to by now; a last time those who are through with it."""
        state, wakes = show.state, show.wakes
        ends = not show.over_ms and (state.ended_ms is not None or end_ms >= show.alive_ms + rules.room.show_silence_ms)
        if ends and state.ended_ms is None:
            state.ended_ms = end_ms
        over_ms = end_ms if ends else show.over_ms
        firing: list[Finding] | None = None
        through: list[str] | None = None
        for scheme, detector in readers.all:
            is_last = over_ms > 0 and end_ms >= over_ms + lasts_ms(detector)
            if wakes.get(scheme, 0) > end_ms and not ends and not is_last:
                continue
            if (held := show.detectors.get(scheme)) is None:
                continue  # it is set aside
            try:
                findings = detector.judge(held, state, end_ms)
                if ends:
                    let_end(detector, held, state)
                at = detector.wake_ms(held, end_ms)
            except Exception as error:
                last = next((event for event in reversed(events) if event.show_id == state.show_id), None)
                self._set_aside(scheme, error, show, end_ms, last, judged)
                continue
            wakes[scheme] = NEVER if at is None else at
            if is_last:
                through = [*(through or ()), scheme]
            if findings:
                firing = (firing or []) + self._to_be_told(findings, state.presence.viewers, end_ms, rules)
                if not is_shadow(scheme):
                    judged.near_misses += [(state.show_id, finding) for finding in findings if not finding.fires]
        is_deserted = show.over_ms > 0 and not show.detectors  # the last that followed it was set aside
        if firing or show.said_ms <= end_ms or ends or through or is_deserted:
            self._follow(show, firing or (), end_ms, ends, through or (), rules, judged)
        show.due_ms = due_of(show, rules)

    def _to_be_told(
        self, findings: Sequence[Finding], here: Collection[str], end_ms: int, rules: Rules
    ) -> list[Finding]:
        """Those that fire, sooner where the crew was seen before, and those that may only keep open what is open."""
        told = []
        for finding in findings:
            if not finding.fires and finding.subject is None and finding.score >= rules.room.known_crew_score:
                accounts = [suspect.account_id for suspect in finding.accounts]
                before = self.known.before(accounts, end_ms, rules.room.same_crew_jaccard, here)
                if before is not None and (before.is_confirmed or before.bits >= rules.room.known_crew_bits):
                    finding = msgspec.structs.replace(finding, fires=True)
            if finding.fires or finding.score >= rules.room.clear_score:
                told.append(finding)
        return told

    def _follow(
        self,
        show: ShowOnAir,
        firing: Sequence[Finding],
        end_ms: int,
        ends: bool,
        through: Sequence[str],
        rules: Rules,
        judged: Judged,
    ) -> None:
        """Let the show's incidents follow what fired, what time has come to, and its end."""
        state, incidents = show.state, show.incidents
        for scheme in through:
            del show.detectors[scheme], show.wakes[scheme]
        for some in (incidents, show.shadows):
            of_them = [finding for finding in firing if is_shadow(finding.scheme) == (some is show.shadows)]
            judged.alerts += some.take(of_them, state, end_ms, rules.room, rules.in_force)
            judged.alerts += some.pass_time(state, end_ms, rules.room, rules.in_force)
            if ends or through or not show.detectors:
                judged.alerts += some.end(state, end_ms, rules.room, rules.in_force, but=show.detectors)
        if ends or through or not show.detectors:
            for incident in incidents.by_id.values():
                if incident.crew_id is not None and incident.revision and incident.verdict != "false_positive":
                    self._remember(incident, show)
            self.known.forget(end_ms)
        if ends:
            self._is_over(show, end_ms)
        if show.over_ms and not show.detectors:
            self.over.pop(state.show_id, None)
        else:
            show.said_ms = said_of(show, rules)

    def _is_over(self, show: ShowOnAir, end_ms: int) -> None:
        """From here on the show is followed only by those who wait for what comes after it."""
        state = show.state
        state.presence = Presence()
        state.asking = []
        show.over_ms = end_ms
        del self.on_air[state.show_id]
        self.ended[state.show_id] = end_ms
        self.over[state.show_id] = show

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
            if event.show_id not in self.on_air
            and event.show_id not in self.over
            and opens(event)
            and not self._has_ended(event.show_id, end_ms, rules)
        }

    def forget(self, now_ms: int, rules: Rules) -> bool:
        """Forget what is no longer to be known: shows that ended long ago, and the past; whether there was any."""
        had_a_past = self._forget_past(now_ms, rules)
        before = len(self.ended)
        oldest_ms = now_ms - rules.room.ended_kept_ms
        if min(self.ended.values(), default=oldest_ms) < oldest_ms:
            self.ended = {show_id: at for show_id, at in self.ended.items() if at >= oldest_ms}
        while len(self.ended) > MAX_ENDED:
            del self.ended[next(iter(self.ended))]
        return had_a_past or len(self.ended) < before

    def _forget_past(self, now_ms: int, rules: Rules) -> bool:
        """Forget the past of a room in which nothing has happened for so long; whether it had one.

        So it is not a matter of when the room was dropped.
        """
        if now_ms <= self.closed_ms + rules.room.past_kept_ms or self.on_air or self.over or not self._has_a_past():
            return False
        self.past.clear()
        self.known.room.clear()
        return True

    # -- saving -----------------------------------------------------------------------------------------------

    def is_empty(self, now_ms: int, rules: Rules) -> bool:
        """Nothing here is worth keeping: no pane open, no show on air, none that ended is still to be known."""
        if self.panes or self.on_air or self.over or self.seen.may_come_again(now_ms):
            return False
        if self.closed_ms >= now_ms - rules.room.past_kept_ms and self._has_a_past():
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
                [saved_show(show) for show in self.on_air.values()],
                self.ended,
                [saved_show(show) for show in self.over.values()],
                {scheme: msgspec.Raw(_encode(past)) for scheme, past in self._remembered().items()},
                self.known.room,
            )
        )

    def _remembered(self) -> dict[str, Any]:
        """The past, as far as there is any."""
        return {scheme: past for scheme, past in self.past.items() if past != type(past)()}

    def _has_a_past(self) -> bool:
        return bool(self.known.room or self._remembered())

    @classmethod
    def decode(cls, value: bytes, rules: Rules, confirmed: Confirmed | None = None) -> "Room":
        """The inverse of `encode`. A scheme that is no longer known is dropped with its state, a new one starts.

        Raises ValueError with a sentence for what this version cannot read.
        """
        refuse_newer(value, FORMAT, "a room of the table")
        saved = decode_saved(value)
        room = cls(saved.room_id, confirmed)
        room.known.room = saved.crews
        room.closed_ms = saved.closed_ms
        room.panes = {
            end: [msgspec.json.decode(event, type=BY_TOPIC[topic]) for topic, event in pane]
            for end, pane in saved.panes
        }
        room.seen = Seen(saved.recent)
        room.ended = saved.ended
        for detector in rules.detectors:
            if (kind := past_of(detector)) and (past := saved.past.get(detector.SCHEME)) is not None:
                room.past[detector.SCHEME] = decoded(detector, past, kind, saved.room_id)
        for show in saved.on_air:
            states = {
                detector.SCHEME: state_of(detector, show.detectors.get(detector.SCHEME), saved.room_id)
                for detector in rules.detectors
                if detector.SCHEME not in show.aside
            }
            room.on_air[show.state.show_id] = room._loaded(show, states, rules)
        for show in saved.over:
            states = {
                detector.SCHEME: state_of(detector, show.detectors[detector.SCHEME], saved.room_id)
                for detector in rules.detectors
                if detector.SCHEME in show.detectors
            }
            room.over[show.state.show_id] = room._loaded(show, states, rules)
        room.plan(rules)
        return room

    def _loaded(self, saved: SavedShow, states: dict[str, Any], rules: Rules) -> ShowOnAir:
        show = ShowOnAir(saved.state, saved.alive_ms, states, saved.incidents, saved.aside, saved.over_ms)
        show.shadows = saved.shadows or Incidents()
        self._recall(show, rules)
        return show
