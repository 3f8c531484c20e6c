"""How inputs become one log: what holds time and what does not, and how what was read is cut into records."""

from itertools import pairwise
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import COMMENTS, JOINS, ORDERS, SHOWS, T0, at, comment, join

from streams.events import FUTURE_MS, LEADING, MAX_EVENT_BYTES, KnownCrew, RuleSet
from streams.log import MAX_BYTES, MAX_EVENTS, LogReader, Record, headers_of, record_of
from streams.merging import Clock, Piece, Refused, cut, cut_if_good, cut_one_by_one, tick
from streams.rules import make_rule_set

ALL_QUIET = (*LEADING, SHOWS)


class Read(msgspec.Struct):
    """A record of an input as a Kafka client hands it over."""

    offset: int
    value: bytes | None
    key: bytes | None = b"r1"
    timestamp: int = T0 + 3_600_000


def said(offset: int, seconds: float = 0, text: str = "", **fields: Any) -> Read:
    """A good comment at this offset; its text tells which."""
    event = comment(seconds, text or str(offset), event_id=f"e{offset}")
    return Read(offset, msgspec.json.encode(event), **fields)


def of_bytes(offset: int, size: int) -> Read:
    """A good comment whose record has exactly so many bytes."""
    shortest = msgspec.json.encode({**msgspec.to_builtins(comment(0, str(offset), event_id=f"e{offset}")), "pad": ""})
    return Read(offset, shortest[:-2] + b"x" * (size - len(shortest)) + b'"}')


def cut_all(*records: Read, source: str = COMMENTS, upto: int | None = None) -> tuple[list[Piece], list[Refused]]:
    last = records[-1].offset if upto is None else upto - 1
    return cut(source, records[0].offset, last, records)


def ranges(pieces: list[Piece]) -> list[tuple[int, int]]:
    return [(piece.first, piece.last) for piece in pieces]


def texts(pieces: list[Piece]) -> list[str]:
    return [msgspec.json.decode(line)["text"] for piece in pieces for line in piece.lines]


# -- time -------------------------------------------------------------------------------------------------------------


def clock(lateness_ms: int = 2_000, **newest_s: float) -> Clock:
    """A clock whose inputs have come to these seconds."""
    made = Clock(lateness_ms)
    for name, seconds in newest_s.items():
        made.saw(f"live.{name}", at(seconds), now_ms=0)
    return made


def test_the_slowest_of_joins_comments_and_orders_holds_time():
    assert clock(joins=100, comments=50, orders=70).advance((), False, 0) == at(48)


def test_time_does_not_begin_before_every_leading_input_that_is_not_quiet_has_said_something():
    assert clock(joins=100, comments=50).advance((), False, 0) == 0
    assert clock(joins=100, comments=50).advance((ORDERS,), False, 0) == at(48)


def test_a_quiet_input_does_not_hold_time():
    assert clock(joins=100, comments=50, orders=70).advance((COMMENTS,), False, 0) == at(68)


def test_complaints_and_verdicts_never_hold_time():
    assert clock(joins=100, comments=100, orders=100, complaints=1, verdicts=2).advance((), False, 0) == at(98)


def test_markers_of_shows_hold_time_only_while_some_are_unread():
    marked = clock(joins=100, comments=100, orders=100, shows=10)

    assert marked.advance((), True, 0) == at(8)
    assert marked.advance((), False, 0) == at(98)


def test_unread_markers_hold_time_also_when_none_was_read_yet():
    assert clock(joins=100, comments=100, orders=100).advance((), True, 0) == 0


def test_unread_markers_hold_time_also_when_everything_else_is_quiet():
    assert clock(joins=100, shows=10).advance(LEADING, True, now_ms=60_000) == at(8)


def test_when_all_are_quiet_time_goes_on_from_the_newest_event_of_all():
    alone = Clock(2_000)
    alone.saw(JOINS, at(100), now_ms=5_000)
    alone.saw("live.complaints", at(130), now_ms=6_000)

    assert alone.advance(ALL_QUIET, False, now_ms=6_000) == at(128)
    assert alone.advance(ALL_QUIET, False, now_ms=9_500) == at(131.5)


def test_an_older_event_does_not_start_the_time_of_silence_anew():
    alone = Clock(2_000)
    alone.saw(JOINS, at(100), now_ms=1_000)
    alone.saw(COMMENTS, at(90), now_ms=4_000)

    assert alone.advance(ALL_QUIET, False, now_ms=5_000) == at(102)


def test_time_goes_on_as_much_faster_as_the_input_is_played():
    alone = Clock(2_000)
    alone.saw(JOINS, at(100), now_ms=0)

    assert alone.advance(ALL_QUIET, False, now_ms=1_000, speed=60.0) == at(158)


def test_time_without_any_event_stands_still():
    assert Clock(2_000).advance(ALL_QUIET, False, now_ms=60_000) == 0


def test_time_never_goes_back():
    moved = clock(joins=100, comments=100, orders=100)
    moved.advance((COMMENTS,), False, 0)
    moved.saw(COMMENTS, at(20), now_ms=1)

    assert moved.advance((), False, 1) == at(98)
    assert moved.newest[COMMENTS] == at(100)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_is_seen_time_never_goes_back_and_never_passes_what_a_busy_input_has_come_to(data):
    moved, before, now_ms = Clock(2_000), 0, 0
    for _ in range(data.draw(st.integers(1, 12))):
        now_ms += data.draw(st.integers(0, 5_000))
        source = data.draw(st.sampled_from([*LEADING, SHOWS, "live.complaints"]))
        moved.saw(source, T0 + data.draw(st.integers(0, 100_000)), now_ms)
        quiet = data.draw(st.sets(st.sampled_from(ALL_QUIET)))
        watermark = moved.advance(quiet, data.draw(st.booleans()), now_ms)
        assert watermark >= before
        busy = [moved.newest.get(source, 0) for source in LEADING if source not in quiet]
        if watermark > before and busy:
            assert watermark <= min(busy) - 2_000
        before = watermark


def test_inputs_far_ahead_of_the_slowest_wait_for_it():
    far = clock(joins=100, comments=69.999, orders=70)

    assert far.ahead((), 30_000) == [JOINS]
    assert far.ahead((COMMENTS,), 30_000) == []


def test_nobody_waits_for_a_quiet_input_nor_when_all_are_quiet():
    assert clock(joins=100).ahead((COMMENTS, ORDERS), 30_000) == []
    assert clock(joins=100, comments=1).ahead(ALL_QUIET, 30_000) == []


def test_the_others_wait_for_an_input_that_has_said_nothing_yet_and_may():
    assert clock(joins=100, orders=90).ahead((), 30_000) == [JOINS, ORDERS]


# -- an event moves time by at most the time of its receipt -----------------------------------------------------------


def test_an_event_moves_time_by_its_own_time():
    [piece], _ = cut_all(said(0, seconds=10, timestamp=at(11)))

    assert (piece.newest, piece.received) == (at(10), at(11))


def test_an_event_with_a_fast_clock_moves_time_only_by_the_time_of_its_receipt():
    [piece], _ = cut_all(said(0, seconds=40, timestamp=at(11)))

    assert (piece.newest, piece.received) == (at(11), at(11))


def test_our_own_time_counts_where_the_broker_does_not_stamp():
    [piece], refused = cut(COMMENTS, 0, 0, [said(0, seconds=40, timestamp=0)], clock_ms=at(30))

    assert (piece.newest, piece.received, refused) == (at(30), at(30), [])


# -- ranges -----------------------------------------------------------------------------------------------------------


def test_what_was_read_is_one_piece_with_the_json_as_it_came():
    records = [said(7), said(8), said(9)]
    [piece], refused = cut_all(*records)

    assert refused == []
    assert (piece.first, piece.last) == (7, 9)
    assert piece.lines == [record.value for record in records]


def test_a_whole_range_needs_no_list_of_offsets():
    [piece], _ = cut_all(said(7), said(8))

    assert piece.record(Clock(0)).offsets is None


def test_a_range_with_refused_records_and_gaps_says_which_offsets_its_events_have():
    [piece], refused = cut_all(said(7), Read(8, b"{"), said(10), upto=14)

    assert (piece.first, piece.last) == (7, 13)
    assert piece.record(Clock(0)).offsets == (7, 10)
    assert [(refusal.record.offset, refusal.why.reason) for refusal in refused] == [(8, "not_json")]


def test_a_range_without_one_good_event_is_an_empty_piece():
    [piece], refused = cut_all(Read(3, b"{"), Read(4, None), upto=6)

    assert (piece.first, piece.last, piece.lines, len(refused)) == (3, 5, [], 2)
    assert LogReader({COMMENTS: 2}).read(piece.record(Clock(0))).events == []


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        (b"nonsense", b"r1", "not_json"),
        (None, b"r1", "not_json"),
        (b'{"event_id":"e","ts":1760000000000,"room_id":"r1","show_id":"s","account_id":"a"}', b"r1", "missing_field"),
        (b'{"event_id":5,"ts":1760000000000,"room_id":"r1","show_id":"s","account_id":"a","text":"x"}', b"r1",
         "wrong_type"),
        (b'{"event_id":"e","ts":1760000000,"room_id":"r1","show_id":"s","account_id":"a","text":"x"}', b"r1",
         "bad_value"),
        (b'{"pad":"' + b"x" * MAX_EVENT_BYTES + b'"}', b"r1", "too_large"),
        (msgspec.json.encode(comment(0)), b"r2", "wrong_partition"),
        (msgspec.json.encode(comment(0)), None, "wrong_partition"),
        (msgspec.json.encode(comment(0, room_id="\0header")), b"\0header", "bad_value"),
        (msgspec.json.encode(comment(3_600 + FUTURE_MS / 1000 + 0.001)), b"r1", "future"),
    ],
)  # fmt: skip
def test_a_bad_record_is_refused_with_its_reason_and_its_neighbours_pass(value, key, reason):
    [piece], refused = cut_all(said(0), Read(1, value, key), said(2))

    assert texts([piece]) == ["0", "2"]
    assert [(refusal.record.offset, refusal.why.reason) for refusal in refused] == [(1, reason)]


def test_an_event_is_from_the_future_only_beyond_a_minute():
    [piece], refused = cut_all(said(0, seconds=60, timestamp=T0))

    assert (len(piece.lines), refused) == (1, [])


def test_a_thousand_events_are_one_piece_and_one_more_is_two():
    exactly, _ = cut_all(*map(said, range(MAX_EVENTS)))
    one_more, _ = cut_all(*map(said, range(MAX_EVENTS + 1)))

    assert ranges(exactly) == [(0, MAX_EVENTS - 1)]
    assert ranges(one_more) == [(0, MAX_EVENTS - 1), (MAX_EVENTS, MAX_EVENTS)]


def test_half_a_mebibyte_is_one_piece_and_one_byte_more_is_two():
    eighth = MAX_BYTES // 8 - 1  # a line's end goes with each but the last
    full = [of_bytes(n, eighth) for n in range(7)]
    exactly, _ = cut_all(*full, of_bytes(7, eighth + 1))
    one_more, _ = cut_all(*full[:6], of_bytes(6, eighth + 1), of_bytes(7, eighth + 1))

    assert ranges(exactly) == [(0, 7)]
    assert len(exactly[0].record(Clock(0)).value) == MAX_BYTES
    assert ranges(one_more) == [(0, 6), (7, 7)]


def test_what_is_refused_at_a_border_belongs_to_the_piece_before_it():
    pieces, _ = cut_all(*map(said, range(MAX_EVENTS)), Read(MAX_EVENTS, b"{"), said(MAX_EVENTS + 1), upto=1_010)

    assert ranges(pieces) == [(0, MAX_EVENTS), (MAX_EVENTS + 1, 1_009)]
    assert pieces[0].record(Clock(0)).offsets is not None


def test_json_that_spans_lines_is_written_on_one_with_its_numbers_and_strings_as_they_are():
    spread = (
        '{\r\n "event_id": "e0", "ts": 1760000000000,\n "room_id": "r1",\t"show_id": "s1", "account_id": "a1",\n'
        ' "text": "a\\nb  \\u00e9é\\/ {",\n "unknown": [1.0e5, -0.0, 12345678901234567890123, { } ]\n}\n'
    ).encode()
    [piece], _ = cut_all(said(0), Read(1, spread), said(2))

    assert (
        piece.lines[1]
        == (
            '{"event_id":"e0","ts":1760000000000,"room_id":"r1","show_id":"s1","account_id":"a1",'
            '"text":"a\\nb  \\u00e9é\\/ {","unknown":[1.0e5,-0.0,12345678901234567890123,{}]}'
        ).encode()
    )
    [_, event, _] = LogReader().read(piece.record(Clock(0))).events
    assert event.text == "a\nb  éé/ {"


def test_several_values_in_one_record_are_one_bad_record_also_across_lines():
    both = msgspec.json.encode(comment(0)) + b"\n" + msgspec.json.encode(comment(1))
    [piece], refused = cut_all(said(0), Read(1, both), said(2))

    assert (texts([piece]), len(refused)) == (["0", "2"], 1)


def test_a_tick_says_what_time_it_is_and_nothing_else():
    ticking = clock(joins=100, comments=100, orders=100)
    ticking.advance((), False, 0)

    record = tick(ticking)

    assert (record.kind, record.watermark, record.newest[JOINS], record.value) == ("tick", at(98), at(100), b"")


# -- broadcast records ------------------------------------------------------------------------------------------------

RULES = msgspec.json.encode(make_rule_set({}, version=3))


def test_a_rule_set_stands_alone_as_it_was_published():
    pieces, refused = cut_all(Read(4, RULES, b"3"), Read(5, RULES, b"3"), source=RuleSet.TOPIC, upto=7)

    assert refused == []
    assert ranges(pieces) == [(4, 4), (5, 5), (6, 6)]
    assert [piece.record(Clock(0)).value for piece in pieces] == [RULES, RULES, b""]
    assert pieces[0].record(Clock(0)).kind == "rules"


def test_tombstones_and_what_is_no_broadcast_record_are_passed_over():
    crew = msgspec.json.encode(KnownCrew(crew_id="c", revision=1, accounts=["a"], bits=9.5, seen=[]))
    pieces, refused = cut_all(Read(0, None), Read(1, b"{}"), Read(2, crew), Read(3, None), source=KnownCrew.TOPIC)

    assert ranges(pieces) == [(0, 2), (3, 3)]
    assert [refusal.record.offset for refusal in refused] == [1]
    reader = LogReader()
    found = [reader.read(piece.record(Clock(0))) for piece in pieces]
    assert [getattr(batch.broadcast, "crew_id", None) for batch in found] == ["c", None]
    assert not any(batch.hole for batch in found)


def test_a_rule_set_does_not_move_time():
    [piece, *_], _ = cut_all(Read(4, RULES, b"3"), source=RuleSet.TOPIC)

    assert (piece.newest, piece.received) == (0, T0 + 3_600_000)


# -- from the inputs through the log to the reader --------------------------------------------------------------------

KINDS = st.sampled_from(["good", "good", "good", "good", "bad", "spread", "absent", "elsewhere", "marker"])


def record_of_kind(kind: str, offset: int) -> Read | None:
    good = said(offset, seconds=offset)
    if kind == "marker":
        return None  # an offset without a record, as a transaction leaves
    if kind == "bad":
        return Read(offset, good.value[:-1])
    if kind == "spread":
        return Read(offset, msgspec.json.format(good.value, indent=2))
    if kind == "absent":
        return Read(offset, None)
    return Read(offset, good.value, b"r2") if kind == "elsewhere" else good


def written(records: list[Read | None], begin: int, random: Random, longest: int) -> list[Record]:
    """The log of these offsets from `begin` on, as one writer cuts them in fetches of some size."""
    log: list[Record] = []
    while begin < len(records):
        end = min(len(records), begin + random.randint(1, longest))
        pieces, _ = cut(COMMENTS, begin, end - 1, [record for record in records[begin:end] if record is not None])
        log += [piece.record(Clock(0)) for piece in pieces]
        begin = end
    return log


def numbers(log: list[Record]) -> tuple[list[int], int]:
    """The offsets of the events that a reader takes from a log, and how many holes it sees."""
    reader, found, holes = LogReader(), [], 0
    for record in log:
        batch = reader.read(record_of(headers_of(record), record.value))
        found += [int(event.text) for event in batch.events]
        holes += batch.hole
    return found, holes


@given(st.lists(KINDS, min_size=1, max_size=60), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_a_reader_takes_every_good_event_once_and_in_order(kinds, random):
    records = [record_of_kind(kind, offset) for offset, kind in enumerate(kinds)]
    log = written(records, 0, random, 20)

    assert all(before.last + 1 == after.first for before, after in pairwise(log))
    good = [offset for offset, kind in enumerate(kinds) if kind in ("good", "spread")]
    assert numbers(log) == (good, 0)


@given(st.lists(KINDS, min_size=1, max_size=60), st.randoms(use_true_random=False), st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_the_same_when_writers_die_between_write_and_commit_and_others_cut_otherwise(kinds, random, deaths):
    records = [record_of_kind(kind, offset) for offset, kind in enumerate(kinds)]
    log: list[Record] = []
    committed = 0
    for _ in range(deaths):
        run = written(records, committed, random, 20)
        log += run[: random.randint(0, len(run))]  # died here; the commit is somewhere before it
        ends = [committed, *(record.last + 1 for record in log if record.last + 1 > committed)]
        committed = random.choice(ends)
    log += written(records, committed, random, 20)

    good = [offset for offset, kind in enumerate(kinds) if kind in ("good", "spread")]
    assert numbers(log) == (good, 0)


# -- a batch at once --------------------------------------------------------------------------------------------------

ODD = ["spread", "bad", "absent", "elsewhere", "no key", "NUL", "NUL within", "a minute ahead", "more ahead", "empty"]


def odd(kind: str, offset: int, **fields: Any) -> Read:
    """A record that is not as most are: bad, or good in a way of its own."""
    good = said(offset, **fields)
    room = {"NUL": "\0r1", "NUL within": "r\x001"}.get(kind, "r1")
    ahead = {"a minute ahead": FUTURE_MS, "more ahead": FUTURE_MS + 1}.get(kind, 0)
    event = comment(0, str(offset), room_id=room, event_id=f"e{offset}")
    if ahead:
        event = msgspec.structs.replace(event, ts=good.timestamp + ahead)
    value = {"bad": b"{", "absent": None, "empty": b""}.get(kind, msgspec.json.encode(event))
    if kind == "spread":
        value = msgspec.json.format(good.value, indent=2)
    return Read(offset, value, {"elsewhere": b"r2", "no key": None}.get(kind, room.encode()), good.timestamp)


@st.composite
def fetches(draw: st.DrawFn) -> list[Read]:
    """What one fetch may bring: offsets with holes, events in any order of time, large ones, now and then odd ones."""
    sizes = draw(st.sampled_from([(3, 300), (60, 60_000), (2_100, 150)]))
    count = draw(st.integers(1, sizes[0]))
    random = draw(st.randoms(use_true_random=False))
    records, offset = [], draw(st.integers(0, 5))
    for _ in range(count):
        seconds = random.choice([0, 30, 30, 90])
        record = said(offset, seconds, timestamp=at(random.choice([30, 31, 90])))
        if random.random() < 0.5:
            record = of_bytes(offset, random.randint(150, sizes[1]))
        records.append(record)
        offset += 2 if random.random() < 0.002 else 1
    for kind in draw(st.lists(st.sampled_from(ODD), max_size=2)):
        place = random.randrange(count)
        records[place] = odd(kind, records[place].offset)
    return records


@given(fetches(), st.sampled_from([None, 0, at(30), at(90)]), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_at_once_or_one_by_one_gives_the_same_pieces_and_refusals(records, clock_ms, after):
    first, last = max(0, records[0].offset - after), records[-1].offset + after
    pieces, refused = cut_one_by_one(COMMENTS, first, last, records, clock_ms)
    at_once = cut_if_good(COMMENTS, first, last, records, clock_ms)

    assert cut(COMMENTS, first, last, records, clock_ms) == (pieces, refused)
    assert at_once in ([], pieces)
    if refused:
        assert at_once == []


def test_what_is_good_is_cut_at_once():
    records = [said(n, seconds=n % 7, timestamp=at(n % 5)) for n in range(2 * MAX_EVENTS + 1)]

    assert len(cut_if_good(COMMENTS, 0, 2 * MAX_EVENTS, records)) == 3


def test_an_event_a_minute_ahead_is_good_also_at_once_and_a_millisecond_more_is_not():
    assert cut_if_good(COMMENTS, 0, 1, [said(0), odd("a minute ahead", 1)])
    assert not cut_if_good(COMMENTS, 0, 1, [said(0), odd("more ahead", 1)])


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind != "a minute ahead"])
def test_one_odd_record_and_none_is_cut_at_once(kind):
    assert cut_if_good(COMMENTS, 0, 2, [said(0), odd(kind, 1), said(2)]) == []


def test_a_thousand_and_more_events_come_through_the_same_way():
    records = [join(n / 100, f"a{n}", event_id=f"e{n}") for n in range(2_500)]
    values = [Read(n, msgspec.json.encode(event)) for n, event in enumerate(records)]
    pieces, _ = cut(JOINS, 0, 2_499, values)

    assert ranges(pieces) == [(0, 999), (1_000, 1_999), (2_000, 2_499)]
    reader = LogReader()
    assert [event for piece in pieces for event in reader.read(piece.record(Clock(0))).events] == records
