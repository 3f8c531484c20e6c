"""One partition of the log, stepped record by record: its rooms, its clock, its rules.

`Partition.step` is the whole decision and the same code in detect, scan and replay. It says what is to be
sent, in order; it sends nothing.
"""

import heapq
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
import zstandard

from streams.alerts import Alert, encode_alert
from streams.crews import Confirmed, as_saved
from streams.detectors import DETECTORS
from streams.events import Broadcast, Event, KnownCrew, RuleSet
from streams.finding import Detector, Finding
from streams.judged import Failure, Judged
from streams.log import LogReader, Record
from streams.on_air import NEVER, readers_of
from streams.room import Room
from streams.rules import Rules, default_rules, rules_of
from streams.saved_room import refuse_newer
from streams.seen import DUPLICATE_MS
from streams.topics import ALERTS, CHECKPOINTS, CREWS, FAILED

FORMAT: Final = 1
PANE_MS: Final = 2_000


class Output(msgspec.Struct, frozen=True):
    """Something to be sent: its topic, its deterministic id and its key; `body` is an Alert, or bytes as they are."""

    topic: Literal["live.alerts", "live.failed", "live.checkpoints", "live.crews"]
    id: str
    key: str
    room_id: str
    body: Alert | bytes
    received: int = 0  # ms; when the broker received the newest evidence, where known

    def value(self) -> bytes:
        return encode_alert(self.body) if isinstance(self.body, Alert) else self.body


class Counts(msgspec.Struct):
    """What stepping came to, since the counts were last taken."""

    events: dict[str, int] = {}  # filed, by input topic
    late: int = 0
    duplicates: int = 0
    repeated: int = 0  # events that stood in the log before
    unreadable: int = 0
    holes: int = 0
    resets: int = 0
    panes: int = 0
    bad_rules: int = 0  # rule sets that this version could not use; the one in force stayed


class Header(msgspec.Struct, frozen=True):
    """What a partition of the table says of itself: everything but the rooms."""

    format: int
    code: str
    offset: int
    watermark: int
    covered: dict[str, int]
    newest: dict[str, int]
    pane_ms: int
    rules: RuleSet
    lives: dict[str, int] = {}  # how often a source was made anew
    crews: list[KnownCrew] = []  # that moderators confirmed


class Checkpoint(msgspec.Struct, frozen=True):
    """A room before the first event of a show, with all that a replay of the show needs."""

    format: int
    header: Header
    room_id: str
    show_id: str
    room: bytes | None  # as `Room.encode` gives it (zstd where it is written); None where the room was not known


_encode = msgspec.msgpack.Encoder().encode
_encode_json = msgspec.json.Encoder().encode
_decode_header = msgspec.msgpack.Decoder(Header).decode
_decode_checkpoint = msgspec.msgpack.Decoder(Checkpoint).decode


class Partition:
    """Everything that one partition of the log has come to."""

    def __init__(
        self,
        *,
        rules: Rules | None = None,
        pane_ms: int = PANE_MS,
        detectors: Sequence[type[Detector]] = DETECTORS,
        code: str = "",
        checkpoints: bool = False,
    ) -> None:
        self.known_detectors = detectors
        self.pane_ms = pane_ms
        self.code = code
        self.checkpoints = checkpoints
        self.offset = -1  # of the last record stepped
        self.reader = LogReader()
        self.rooms: dict[str, Room] = {}
        self.confirmed = Confirmed()  # crews that all rooms know
        self.ahead: dict[str, int] = {}  # rooms saved at a later offset than the header: they skip up to it
        self.changed: set[str] = set()  # rooms that changed since they were last saved
        self.counts = Counts()
        self.near_misses: list[tuple[str, Finding]] = []  # with the show
        self.keep_near_misses = False
        self._held: deque[tuple[int, Sequence[Any]]] = deque()  # events of records, and until when
        self._ends: list[int] = []  # a heap of the pane ends of `_due`
        self._due: dict[int, list[str]] = {}  # rooms by the end of the pane that is to be closed; some may be stale
        self._take_rules(rules or default_rules(detectors))

    # -- stepping ---------------------------------------------------------------------------------------------

    def step(self, offset: int, record: Record) -> list[Output]:
        """Take one record of the log: file its events, move to its watermark -> what is to be sent, in order.

        Raises streams.log.BadRecord where this version cannot read the record.
        """
        before = self.reader.watermark
        reader = self.reader.copy() if self.checkpoints else None
        batch = self.reader.read(record)
        counts = self.counts
        counts.holes += batch.hole
        counts.unreadable += batch.unreadable
        counts.repeated += batch.repeated
        counts.resets += batch.kind == "reset"
        outputs: list[Output] = []
        if batch.broadcast is not None:
            self.hear(batch.broadcast)
        if batch.events:
            counts.events[record.source] = counts.events.get(record.source, 0) + len(batch.events)
            outputs += self._file(offset, batch.events, before, batch.received, reader)
        self.offset = offset
        if self.ahead:
            self._catch_up(offset)
        outputs += self.move_to(batch.watermark)
        self._hold(batch.events, batch.watermark)
        return outputs

    def _hold(self, events: Sequence[Any], watermark: int) -> None:
        """Keep a record's events until about all of them were handed over, so that they are freed as they were made.

        Freed pane by pane, the memory of a room here and there, what is made next lies scattered: that cost a fifth of
        the burst job (`make bench`). It changes nothing but when memory is given back.
        """
        held = self._held
        held.append((watermark + 2 * self.pane_ms, events))
        while held[0][0] <= watermark:
            held.popleft()

    def skip(self, offset: int) -> None:
        """Pass over something in the log that is no record of it; it is counted."""
        self.offset = offset
        self.counts.unreadable += 1

    def arrive(self, events: Sequence[Any], watermark: int) -> None:
        """File events that come without a log; `watermark` holds after them. `move_to` closes what it has passed."""
        before = self.reader.watermark
        counts = self.counts.events
        kinds: Counter[type[Event]] = Counter(map(type, events))
        for kind, count in kinds.items():
            counts[kind.TOPIC] = counts.get(kind.TOPIC, 0) + count
        self._put(events, [self.rooms.get(event.room_id) for event in events], before)
        self.reader.watermark = max(before, watermark)
        self._hold(events, self.reader.watermark)

    def hear(self, broadcast: Broadcast) -> None:
        """Take what concerns every room. A rule set that this version cannot use changes nothing."""
        if isinstance(broadcast, KnownCrew):
            self.confirmed.hear(broadcast)
        if isinstance(broadcast, RuleSet):
            try:
                rules = rules_of(broadcast, self.known_detectors)
            except ValueError:
                self.counts.bad_rules += 1
            else:
                self._change_rules(rules)

    def move_to(self, watermark: int) -> list[Output]:
        """Close everything that the watermark has passed -> what is to be sent, in the order of panes, then rooms.

        Rooms know nothing of each other, so each is closed up to the watermark before the next one's turn comes: what
        it holds is at hand then. Where time moves on by many panes at once that is a third of the work.
        """
        if watermark > self.reader.watermark:
            self.reader.watermark = watermark
        due: dict[str, None] = {}
        while self._ends and self._ends[0] <= watermark:
            due.update(dict.fromkeys(self._due.pop(heapq.heappop(self._ends))))
        closed: list[tuple[int, Room, Judged]] = []
        judged, pane_ms, rules, readers = Judged(), self.pane_ms, self.rules, self._readers
        for room_id in due:
            room = self.rooms.get(room_id)
            if room is None or room.next_ms > watermark:
                continue  # it was to be closed then, and was closed before or dropped
            self.changed.add(room_id)
            waiting = sorted(room.panes, reverse=True)  # the next one last; none comes while they are closed
            while (end_ms := room.next_ms) <= watermark:
                room.close(end_ms, pane_ms, rules, readers, judged)
                self.counts.panes += 1
                if waiting and waiting[-1] == end_ms:
                    waiting.pop()
                shows_due_ms = room.shows_due_ms()
                if waiting and end_ms < waiting[-1] <= shows_due_ms:
                    room.next_ms = waiting[-1]
                else:
                    self._plan_next(room, min(shows_due_ms, waiting[-1]) if waiting else shows_due_ms)
                if judged.alerts or judged.failures or judged.near_misses or judged.crews:
                    closed.append((end_ms, room, judged))
                    self._count(judged)
                    judged = Judged()
            self._wait_for(room)
        self._count(judged)
        closed.sort(key=lambda pane: (pane[0], pane[1].room_id))
        outputs: list[Output] = []
        for _, room, judged in closed:
            outputs += self._outputs(room, judged)
            if self.keep_near_misses:
                self.near_misses += judged.near_misses
        return outputs

    def next_due_ms(self) -> int | None:
        """The next pane end at which a room has something to do."""
        while self._ends:
            end_ms = self._ends[0]
            found = map(self.rooms.get, self._due[end_ms])
            if any(room is not None and room.next_ms == end_ms for room in found):
                return end_ms
            del self._due[heapq.heappop(self._ends)]
        return None

    def _file(
        self, offset: int, events: Sequence[Any], before: int, received: int, reader: LogReader | None
    ) -> list[Output]:
        """Put events into the panes of their rooms. `before`: panes that end there or earlier are closed."""
        if self.ahead:
            events = [event for event in events if self.ahead.get(event.room_id, -1) < offset]
        rooms = self.rooms
        homes = [rooms.get(event.room_id) for event in events]
        outputs: list[Output] = []
        if reader is not None:
            # almost always none: most events are of shows on air
            of_others = [
                event
                for event, room in zip(events, homes, strict=True)
                if room is None or event.show_id not in room.on_air
            ]
            if of_others:
                outputs = self._checkpoints_before(offset, of_others, before, reader)
        self._put(events, homes, before, received)
        self.changed.update([event.room_id for event in events])
        return outputs

    def _put(self, events: Sequence[Any], homes: Sequence[Room | None], before: int, received: int = 0) -> None:
        """Events into the panes of their rooms (`homes`, None for one not known), late ones into the first open one."""
        pane_ms = self.pane_ms
        first_open_ms = (before // pane_ms + 1) * pane_ms
        for event, room in zip(events, homes, strict=True):
            end_ms = (event.ts // pane_ms + 1) * pane_ms
            if end_ms < first_open_ms:
                end_ms = first_open_ms
            if room is None:
                room = self._room(event.room_id)
            room.received_ms = received
            pane = room.panes.get(end_ms)
            if pane is not None:
                pane.append(event)
                continue
            room.panes[end_ms] = [event]
            if end_ms < room.next_ms:
                room.next_ms = end_ms
                self._wait_for(room)

    def _room(self, room_id: str) -> Room:
        """The room, made where it is not known."""
        room = self.rooms.get(room_id)
        if room is None:
            room = self.rooms[room_id] = Room(room_id, self.confirmed)
        return room

    def _checkpoints_before(self, offset: int, events: Sequence[Any], before: int, reader: LogReader) -> list[Output]:
        """The state of rooms before this record, once for each show that begins in it."""
        first_open_ms = (before // self.pane_ms + 1) * self.pane_ms
        beginning: dict[str, dict[str, None]] = {}  # shows by room, in order
        for event in events:
            end_ms = max((event.ts // self.pane_ms + 1) * self.pane_ms, first_open_ms)
            if (self.rooms.get(event.room_id) or Room(event.room_id)).is_news(event, end_ms, self.rules):
                beginning.setdefault(event.room_id, {})[event.show_id] = None
        if not beginning:
            return []
        header = self._header(offset - 1, reader)
        outputs = []
        for room_id, shows in beginning.items():
            state = self.rooms[room_id].encode() if room_id in self.rooms else None
            room = self._room(room_id)
            for show_id in shows:
                room.expect(show_id)
                checkpoint = Checkpoint(FORMAT, header, room_id, show_id, state)
                name = f"k_{room_id}\0{show_id}"
                outputs.append(Output(CHECKPOINTS, name, room_id, room_id, encode_checkpoint(checkpoint)))
        return outputs

    def _count(self, judged: Judged) -> None:
        self.counts.late += judged.late
        self.counts.duplicates += judged.duplicates

    def _outputs(self, room: Room, judged: Judged) -> list[Output]:
        """What closing a pane came to, as it is sent."""
        judged.alerts.sort(key=lambda alert: (alert.scheme, alert.alert_id))
        outputs = [
            Output(ALERTS, alert.alert_id, alert.incident_id, room.room_id, alert, room.received_ms)
            for alert in judged.alerts
        ]
        return (
            outputs
            + [
                Output(FAILED, failure.failed_id, room.room_id, room.room_id, self._encode_failure(failure))
                for failure in judged.failures
            ]
            + [
                Output(CREWS, f"{crew.crew_id}\0{crew.revision}", crew.crew_id, room.room_id, _encode_json(crew))
                for crew in judged.crews
            ]
        )

    def _encode_failure(self, failure: Failure) -> bytes:
        return _encode_json({**msgspec.to_builtins(failure), "code": self.code})

    def _schedule_next(self, room: Room) -> None:
        """Wake the room at the end of the pane that is due next."""
        self._plan_next(room, room.due_ms())
        self._wait_for(room)

    def _plan_next(self, room: Room, due: int) -> None:
        """Note the first pane end, after the room's last one, at or after `due`."""
        if due == NEVER:
            room.next_ms = NEVER
        else:
            room.next_ms = max(-(-due // self.pane_ms) * self.pane_ms, room.closed_ms + self.pane_ms)

    def _wait_for(self, room: Room) -> None:
        """Put the room among those that are due at the end of its next pane."""
        end_ms = room.next_ms
        if end_ms == NEVER:
            return
        due = self._due.get(end_ms)
        if due is None:
            self._due[end_ms] = [room.room_id]
            heapq.heappush(self._ends, end_ms)
        else:
            due.append(room.room_id)

    def take_counts(self) -> Counts:
        """The counts since they were last taken."""
        counts, self.counts = self.counts, Counts()
        return counts

    # -- rules ------------------------------------------------------------------------------------------------

    def _take_rules(self, rules: Rules) -> None:
        self.rules = rules
        self._readers = readers_of(rules)

    def _change_rules(self, rules: Rules) -> None:
        """From here on another set is in force: what every room waits for may have changed with it."""
        old, watermark = self.rules, self.reader.watermark
        self._take_rules(rules)
        for room in self.rooms.values():
            if room.room_id in self.ahead:
                continue
            if room.forget(watermark, old):  # as if it had been asked at any time before
                self.changed.add(room.room_id)
            room.plan(rules)
            self._schedule_next(room)

    # -- saving -----------------------------------------------------------------------------------------------

    def header(self) -> Header:
        """What is to be saved beside the rooms, at the offset that has been stepped."""
        return self._header(self.offset, self.reader)

    def _header(self, offset: int, reader: LogReader) -> Header:
        return Header(
            FORMAT,
            self.code,
            offset,
            reader.watermark,
            dict(reader.covered),
            dict(reader.newest),
            self.pane_ms,
            self.rules.published,
            dict(reader.lives),
            as_saved(self.confirmed),
        )

    def restore(self, header: Header, rooms: dict[str, tuple[int, bytes]]) -> None:
        """Take up a saved state: the header, and by room the offset that its state includes and the state."""
        self.offset, self.pane_ms = header.offset, header.pane_ms
        self.reader = LogReader(dict(header.covered), dict(header.newest), header.watermark, dict(header.lives))
        self._take_rules(rules_of(header.rules, self.known_detectors))
        self.confirmed = Confirmed()
        for crew in header.crews:
            self.confirmed.hear(crew)
        self.ahead = {room_id: stamp for room_id, (stamp, _) in rooms.items() if stamp > header.offset}
        for room_id, (_, state) in rooms.items():
            room = self.rooms[room_id] = Room.decode(state, self.rules, self.confirmed)
            if room_id not in self.ahead:
                self._schedule_next(room)

    def _catch_up(self, offset: int) -> None:
        """Rooms that were saved at this offset go on from here, by the rules now in force."""
        for room_id in [room_id for room_id, stamp in self.ahead.items() if stamp <= offset]:
            del self.ahead[room_id]
            self.rooms[room_id].plan(self.rules)
            self._schedule_next(self.rooms[room_id])

    def long_idle(self) -> list[str]:
        """Rooms in which nothing has happened for as long as shows that ended are known: they may be dropped."""
        before_ms = self.reader.watermark - max(self.rules.room.ended_kept_ms, DUPLICATE_MS)
        return [
            room_id
            for room_id, room in self.rooms.items()
            if room.closed_ms < before_ms and not room.on_air and not room.over and not room.panes
        ]

    def drop_if_empty(self, room_id: str) -> bool:
        """Forget a room that has nothing worth keeping."""
        if not self.rooms[room_id].is_empty(self.reader.watermark, self.rules):
            return False
        del self.rooms[room_id]
        return True


def encode_header(header: Header) -> bytes:
    """A header as msgpack."""
    return _encode(header)


def decode_header(value: bytes) -> Header:
    """The inverse of `encode_header`; raises ValueError with a sentence for one of a newer format."""
    refuse_newer(value, FORMAT, "the table")
    return _decode_header(value)


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """A checkpoint as msgpack, its room compressed: one of 50,000 viewers is 9 MB, more than a record may be."""
    room = None if checkpoint.room is None else zstandard.compress(checkpoint.room, level=1)
    return _encode(msgspec.structs.replace(checkpoint, room=room))


def decode_checkpoint(value: bytes) -> Checkpoint:
    """The value of a record of `live.checkpoints`; raises ValueError with a sentence for one of a newer format."""
    refuse_newer(value, FORMAT, "the checkpoint")
    checkpoint = _decode_checkpoint(value)
    room = None if checkpoint.room is None else zstandard.decompress(checkpoint.room)
    return msgspec.structs.replace(checkpoint, room=room)
