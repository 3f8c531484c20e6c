"""Events and logs for tests of the core: plain builders, and a small writer that does what ingest does."""

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import msgspec
from doubles import Spectator

from streams.alerts import Alert
from streams.events import Comment, Complaint, Event, Join, Order, RuleSet, Show, Verdict
from streams.log import Record
from streams.partition import Output, Partition
from streams.room import Room
from streams.rules import make_rule_set, rules_of

T0 = 1_760_000_000_000  # a whole pane
ROOM, SHOW = "r1", "s1"
JOINS, COMMENTS, ORDERS, SHOWS = Join.TOPIC, Comment.TOPIC, Order.TOPIC, Show.TOPIC


def at(seconds: float) -> int:
    """Event time, ms, so many seconds into the evening."""
    return T0 + round(seconds * 1000)


def _event(kind: Any, seconds: float, common: dict[str, Any], fields: dict[str, Any]) -> Any:
    ts = at(seconds)
    who = "-".join(str(fields[name]) for name in ("show_id", "account_id") if name in fields)
    defaults = {"event_id": f"{kind.__name__}-{who}-{ts}", "room_id": ROOM, "show_id": SHOW}
    return kind(**{**defaults, **common, **fields, "ts": ts})


def join(seconds: float, account_id: str = "a1", **fields: Any) -> Join:
    return _event(Join, seconds, {"action": "join"}, {"account_id": account_id, **fields})


def comment(seconds: float, text: str = "hi", account_id: str = "a1", **fields: Any) -> Comment:
    return _event(Comment, seconds, {"text": text}, {"account_id": account_id, **fields})


def order(seconds: float, account_id: str = "a1", status: str = "placed", **fields: Any) -> Order:
    line = {"sku": "tea", "quantity": 1, "amount_minor": 9_900, "currency": "CNY", "status": status}
    return _event(
        Order, seconds, {"order_id": f"o-{account_id}-{seconds}", **line}, {"account_id": account_id, **fields}
    )


def marker(seconds: float, action: str, **fields: Any) -> Show:
    return _event(Show, seconds, {"action": action}, fields)


def complaint(seconds: float, account_id: str = "a1", **fields: Any) -> Complaint:
    said = {"complaint_id": f"c-{account_id}-{seconds}", "reason": "quality"}
    return _event(Complaint, seconds, said, {"account_id": account_id, **fields})


def verdict(seconds: float, **fields: Any) -> Verdict:
    return _event(Verdict, seconds, {"incident_id": "i_1", "action": "take", "moderator": "m1"}, fields)


def crew(size: int, seconds: float, gap: float = 0.1) -> list[Order]:
    """Orders of so many accounts, one after the other."""
    return [order(seconds + n * gap, f"crew{n}") for n in range(size)]


class LogWriter:
    """Writes records as ingest does: contiguous ranges by source, and a watermark that the caller names."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.next_offset: dict[str, int] = {}
        self.newest: dict[str, int] = {}
        self.watermark = 0

    def write(self, events: Sequence[Event], upto: float | None = None) -> "LogWriter":
        """One record for each topic's events, then time goes on to `upto` (seconds into the evening)."""
        by_topic: dict[str, list[Event]] = {}
        for event in events:
            by_topic.setdefault(event.TOPIC, []).append(event)
        for topic, some in by_topic.items():
            first = self.next_offset.get(topic, 0)
            self.next_offset[topic] = first + len(some)
            self.newest[topic] = max(self.newest.get(topic, 0), *(event.ts for event in some))
            self._append(
                kind="events",
                source=topic,
                first=first,
                last=first + len(some) - 1,
                value=b"\n".join(map(msgspec.json.encode, some)),
                received=max(event.ts for event in some) + 150,
            )
        return self if upto is None else self.tick(upto)

    def tick(self, upto: float) -> "LogWriter":
        """Time goes on to `upto`."""
        self.watermark = at(upto)
        return self._append(kind="tick")

    def rules(self, rules: RuleSet, upto: float | None = None) -> "LogWriter":
        """A rule set is published, and time goes on with its record."""
        if upto is not None:
            self.watermark = at(upto)
        first = self.next_offset.get(RuleSet.TOPIC, 0)
        self.next_offset[RuleSet.TOPIC] = first + 1
        return self._append(
            kind="rules", source=RuleSet.TOPIC, first=first, last=first, value=msgspec.json.encode(rules)
        )

    def _append(self, **fields: Any) -> "LogWriter":
        self.records.append(Record(watermark=self.watermark, newest=dict(self.newest), **fields))
        return self


def only(record: Record, room_ids: Iterable[str]) -> Record:
    """The record with the events of some rooms alone, as a replay of these rooms reads it."""
    if record.kind != "events" or not record.value:
        return record
    wanted = set(room_ids)
    lines = record.value.split(b"\n")
    offsets = record.offsets if record.offsets is not None else range(record.first, record.last + 1)
    kept = [(line, at) for line, at in zip(lines, offsets, strict=True) if _room_of(line) in wanted]
    return msgspec.structs.replace(
        record, value=b"\n".join(line for line, _ in kept), offsets=tuple(offset for _, offset in kept)
    )


def _room_of(line: bytes) -> str:
    return msgspec.json.decode(line)["room_id"]


def evening(seed: int, *, seconds: int = 90, events: int = 150, rooms: int = 2) -> list[Event]:
    """A generated evening of several rooms with two shows each, in event order; detectors break in it now and then."""
    random = Random(seed)
    made: list[Event] = []
    for n in range(events):
        when = random.uniform(0, seconds)
        room = random.randrange(rooms)
        where = {"event_id": f"e{n}", "room_id": f"r{room}", "show_id": f"s{room}{random.randrange(2)}"}
        account_id = f"a{random.randrange(8)}"
        kind = random.choices("jlcopxmkv", (20, 4, 30, 25, 4, 4, 3, 3, 1))[0]
        if kind in "jl":
            made.append(join(when, account_id, action="join" if kind == "j" else "leave", device_id="d1", **where))
        elif kind == "c":
            text = random.choices(("hi", "so lovely", "observe", "judge", "wake"), (50, 40, 1, 1, 1))[0]
            made.append(comment(when, text, account_id, **where))
        elif kind in "opx":
            status = {"o": "placed", "p": "paid", "x": "cancelled"}[kind]
            made.append(order(when, account_id, status, **where))
        elif kind == "m":
            made.append(marker(when, random.choices(("started", "prompt", "ended"), (3, 3, 1))[0], **where))
        elif kind == "k":
            made.append(complaint(when, account_id, **where))
        else:
            made.append(verdict(when, **where))
    return sorted(made, key=lambda event: (event.ts, event.TOPIC, event.event_id))


def arrive(
    events: Sequence[Event], seed: int, *, lateness: float = 2.0, jitter: float | None = None, per_record: int = 12
) -> LogWriter:
    """The log of events that arrive in some order within `jitter`; time follows the newest less the lateness."""
    random = Random(seed)
    spread_ms = (lateness if jitter is None else jitter) * 1000
    arriving = sorted(events, key=lambda event: (event.ts + random.uniform(0, spread_ms), random.random()))
    writer = LogWriter()
    newest = 0
    while arriving:
        size = random.randint(1, per_record)
        some, arriving = arriving[:size], arriving[size:]
        writer.write(some)
        newest = max(newest, *(event.ts for event in some))
        writer.tick((newest - T0) / 1000 - lateness)
    return writer


def rough_log(seed: int, rule_sets: Sequence[RuleSet] = (), *, events: int = 150, rooms: int = 3) -> list[Record]:
    """A log with everything that may happen to one: late events, repeated ones, zombies' records, changes of rules."""
    random = Random(seed)
    came = evening(seed, events=events, rooms=rooms)
    records = arrive([*came, *random.sample(came, 10)], seed, jitter=6.0, per_record=15).tick(400).records
    for _ in range(3):
        records.insert(random.randrange(len(records) // 2, len(records)), records[random.randrange(len(records) // 2)])
    places = sorted(random.sample(range(1, len(records)), len(rule_sets)))
    for number, (place, rules) in enumerate(zip(places, rule_sets, strict=True)):
        watermark = records[place + number - 1].watermark
        value = msgspec.json.encode(rules)
        published = Record(
            kind="rules", source=RuleSet.TOPIC, first=number, last=number, watermark=watermark, value=value
        )
        records.insert(place + number, published)
    return records


def play(partition: Partition, records: Iterable[Record], first_offset: int = 0) -> list[Output]:
    """Step a partition through records of its log."""
    return [output for offset, record in enumerate(records, first_offset) for output in partition.step(offset, record)]


def alerts(outputs: Iterable[Output]) -> list[Alert]:
    return [output.body for output in outputs if isinstance(output.body, Alert)]


def bodies(outputs: Iterable[Output], topic: str) -> list[Any]:
    """The decoded JSON values of one topic."""
    return [msgspec.json.decode(output.value()) for output in outputs if output.topic == topic]


def told(outputs: Iterable[Output]) -> list[tuple[str, str, bytes]]:
    """What was said, without when the broker received its evidence."""
    return [(output.topic, output.id, output.value()) for output in outputs]


class Evening:
    """A partition that tells what it said and what its room then knows."""

    def __init__(self, *detectors, **room_rules) -> None:
        detectors = detectors or (Spectator,)
        rules = rules_of(make_rule_set({"room": room_rules}, version=1, detectors=detectors), detectors)
        self.partition = Partition(rules=rules, detectors=detectors)
        self.partition.keep_near_misses = True
        self.writer = LogWriter()
        self.outputs = []
        self.stepped = 0

    def see(self, *events: Event, upto: float) -> list:
        """These events come, then time goes on; what was said."""
        records = self.writer.write(events, upto).records[self.stepped :]
        said = play(self.partition, records, self.stepped)
        self.stepped += len(records)
        self.outputs += said
        return said

    def rules(self, version: int, **sections: dict[str, Any]) -> None:
        """From here on other rules are in force."""
        self.writer.rules(make_rule_set(sections, version=version, detectors=self.partition.known_detectors))
        records = self.writer.records[self.stepped :]
        self.outputs += play(self.partition, records, self.stepped)
        self.stepped += len(records)

    @property
    def room(self) -> Room:
        return self.partition.rooms[ROOM]

    @property
    def counts(self):
        return self.partition.counts

    def joined(self) -> list[str]:
        """The accounts of the show on air in the order in which they were observed."""
        return list(self.room.on_air[SHOW].state.presence.viewers)
