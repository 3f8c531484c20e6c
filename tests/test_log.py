"""How the log is read: what stands in it twice is dropped, time never goes back, a hole is seen."""

from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import COMMENTS, JOINS, comment, join

from streams.events import KnownCrew, RuleSet
from streams.log import FORMAT, BadRecord, LogReader, NewerFormat, Record, headers_of, record_of
from streams.rules import make_rule_set


def lines(*numbers: int) -> bytes:
    """Comments, one for each source offset; the text tells which."""
    return b"\n".join(msgspec.json.encode(comment(n, text=str(n))) for n in numbers)


def record(first: int, last: int, offsets: tuple[int, ...] | None = None, **fields) -> Record:
    numbers = range(first, last + 1) if offsets is None else offsets
    given = {"kind": "events", "source": COMMENTS, "watermark": 0, "value": lines(*numbers)}
    return Record(first=first, last=last, offsets=offsets, **{**given, **fields})


def read(*records: Record) -> list[int]:
    """The numbers of the events that a reader takes from these records."""
    reader = LogReader()
    return [int(event.text) for record in records for event in reader.read(record).events]


# -- headers ----------------------------------------------------------------------------------------------------------

NUMBERS = st.integers(0, 2**63 - 1)
TIMES = st.dictionaries(st.sampled_from([JOINS, COMMENTS, "live.orders"]), NUMBERS)
RECORDS = st.one_of(
    st.builds(Record, kind=st.just("tick"), watermark=NUMBERS, newest=TIMES, received=NUMBERS),
    st.builds(
        Record,
        kind=st.sampled_from(["events", "rules", "crews", "reset"]),
        watermark=NUMBERS,
        value=st.binary(max_size=20),
        source=st.text(min_size=1, max_size=20),
        first=NUMBERS,
        last=NUMBERS,
        offsets=st.none() | st.lists(NUMBERS, max_size=4).map(tuple),
        newest=TIMES,
        received=NUMBERS,
        covered=st.dictionaries(st.sampled_from([JOINS, COMMENTS]), st.tuples(NUMBERS, st.integers(-1, 99))),
    ),
)


@given(RECORDS)
@settings(max_examples=200, deadline=None)
def test_a_record_comes_back_from_its_headers_and_value(record):
    assert record_of(headers_of(record), record.value) == record


def test_all_headers_are_text():
    for _, value in headers_of(record(3, 9, (3, 5, 9), newest={COMMENTS: 5})):
        value.decode("ascii")


def test_an_empty_value_and_none_are_the_same():
    assert record_of(headers_of(record(0, 3, ())), None) == record(0, 3, (), value=b"")


def test_headers_come_in_any_order_and_unknown_ones_are_passed_over():
    written = record(0, 1)
    headers = [*reversed(headers_of(written)), ("traceparent", b"\xff")]

    assert record_of(headers, written.value) == written


def test_a_newer_format_is_refused_with_a_sentence_before_anything_else_is_read():
    headers = [("format", b"%d" % (FORMAT + 1)), ("kind", b"hologram")]

    with pytest.raises(NewerFormat, match=rf"a record of format {FORMAT + 1}, this version reads up to {FORMAT}"):
        record_of(headers, b"")


@pytest.mark.parametrize("name", ["kind", "watermark", "newest", "received", "format", "offsets", "covered"])
@pytest.mark.parametrize("value", [None, b"", b"\xff", b"x", b"[1", b'{"a": "b"}'])
def test_a_header_that_cannot_be_read_is_a_bad_record_and_not_a_crash(name, value):
    headers = dict(headers_of(record(0, 1, (0, 1), covered={COMMENTS: (0, 1)})))
    headers[name] = value

    try:
        found = record_of(headers.items(), b"")
    except BadRecord:
        return
    with pytest.raises(NewerFormat, match="of kind"):  # a kind that is text is some kind
        LogReader().read(found)


@pytest.mark.parametrize("name", ["kind", "watermark", "newest", "received", "format"])
def test_a_missing_header_is_a_bad_record(name):
    with pytest.raises(BadRecord, match=f"not a record of live.activity.*{name}"):
        record_of([header for header in headers_of(record(0, 1)) if header[0] != name], b"")


def test_a_kind_that_this_version_does_not_know_is_refused_and_changes_nothing():
    reader = LogReader()

    with pytest.raises(NewerFormat, match="of kind 'hologram', which this version does not know"):
        reader.read(record(0, 1, kind="hologram", watermark=5, newest={COMMENTS: 7}))
    assert reader == LogReader()


# -- what stands in the log twice -------------------------------------------------------------------------------------


def test_contiguous_ranges_are_read_in_full():
    assert read(record(0, 2), record(3, 3), record(4, 6)) == [0, 1, 2, 3, 4, 5, 6]


def test_a_log_may_begin_at_any_offset():
    assert read(record(500, 501)) == [500, 501]


@pytest.mark.parametrize("repeated", [(0, 2), (1, 2), (0, 0)])
def test_a_range_that_was_read_is_dropped(repeated):
    assert read(record(0, 2), record(*repeated), record(3, 4)) == [0, 1, 2, 3, 4]


def test_of_a_range_that_was_read_in_part_the_rest_is_taken():
    assert read(record(0, 2), record(1, 4), record(3, 6)) == [0, 1, 2, 3, 4, 5, 6]


def test_the_offsets_say_which_events_are_new_where_rejects_left_holes():
    assert read(record(0, 5, (1, 4)), record(3, 9, (4, 6, 9)), record(8, 10, (9, 10))) == [1, 4, 6, 9, 10]


def test_a_range_without_one_good_event_is_read_too():
    assert read(record(0, 1), record(2, 7, ()), record(5, 8, (8,))) == [0, 1, 8]


def test_ranges_are_kept_by_source():
    reader = LogReader()
    joins = b"\n".join(msgspec.json.encode(join(n)) for n in range(3))

    reader.read(record(0, 2))
    assert len(reader.read(record(0, 2, source=JOINS, value=joins)).events) == 3
    assert reader.covered == {COMMENTS: 2, JOINS: 2}


def test_what_a_zombie_writes_late_is_dropped_and_its_older_time_too():
    reader = LogReader()
    reader.read(record(0, 3, watermark=9_000))

    late = reader.read(record(1, 2, watermark=5_000))

    assert (late.events, late.repeated, late.hole, late.watermark) == ((), 2, False, 9_000)
    assert reader.covered == {COMMENTS: 3}


def test_repeated_events_are_counted():
    reader = LogReader()
    reader.read(record(0, 3))

    assert reader.read(record(0, 3)).repeated == 4
    assert reader.read(record(2, 5)).repeated == 2
    assert reader.read(record(4, 5, ())).repeated == 0
    assert reader.read(record(6, 7)).repeated == 0


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_however_ranges_are_repeated_every_event_is_read_once_and_in_order(seed):
    """Writers that come and go: each begins at an offset that was committed, which lies in what was written."""
    random = Random(seed)
    good = [n for n in range(30) if random.random() < 0.7]
    records, written = [], 0
    while written < 30:
        begin = random.randint(0, written)
        for _ in range(random.randint(1, 3)):
            last = min(29, begin + random.randint(0, 9))
            offsets = tuple(n for n in good if begin <= n <= last)
            records.append(record(begin, last, None if len(offsets) == last - begin + 1 else offsets))
            begin = last + 1
            written = max(written, begin)
            if begin > 29:
                break

    reader = LogReader()
    batches = [reader.read(record) for record in records]

    assert [int(event.text) for batch in batches for event in batch.events] == good
    assert not any(batch.hole for batch in batches)
    assert reader.covered == {COMMENTS: 29}


# -- holes and resets -------------------------------------------------------------------------------------------------


def test_a_range_that_begins_after_a_gap_is_a_hole_and_is_read():
    reader = LogReader()
    reader.read(record(0, 2))

    batch = reader.read(record(4, 5))

    assert batch.hole
    assert len(batch.events) == 2
    assert not reader.read(record(6, 6)).hole


def test_the_first_range_of_a_source_and_a_tick_are_no_holes():
    reader = LogReader()

    assert not reader.read(record(77, 78)).hole
    assert not reader.read(Record(kind="tick", watermark=1)).hole


def reset(start: int, life: int) -> Record:
    """The source goes on here: in the same life where it was trimmed, in the next where it was made anew."""
    return Record(
        kind="reset", source=COMMENTS, first=start, last=start - 1, watermark=0, covered={COMMENTS: (life, start - 1)}
    )


def in_life(life: int, first: int, last: int) -> Record:
    return record(first, last, covered={COMMENTS: (life, last)})


@pytest.mark.parametrize("start", [0, 2, 6, 900])
def test_a_source_that_was_made_anew_is_read_from_its_new_start(start):
    reader = LogReader()
    reader.read(record(0, 5))

    found = reader.read(reset(start, 1))
    batch = reader.read(in_life(1, start, start + 1))

    assert found.kind == "reset"
    assert [int(event.text) for event in batch.events] == [start, start + 1]
    assert not batch.hole


def test_a_source_that_was_trimmed_goes_on_further_on():
    reader = LogReader()
    reader.read(record(0, 5))

    assert reader.read(reset(900, 0)).kind == "reset"
    batch = reader.read(record(900, 901))
    assert (len(batch.events), batch.hole) == (2, False)


@pytest.mark.parametrize("life", [0, 1])
def test_a_reset_that_stands_in_the_log_twice_is_one(life):
    assert read(record(0, 5), reset(6, life), in_life(life, 6, 8), reset(6, life), in_life(life, 6, 9)) == [*range(10)]
    reader = LogReader()
    kinds = [reader.read(each).kind for each in (record(0, 2), reset(6, life), reset(6, life))]
    assert kinds == ["events", "reset", "tick"]


def test_what_a_zombie_writes_of_a_former_life_is_dropped():
    written = [record(0, 5), reset(0, 1), in_life(1, 0, 1), record(4, 9), reset(20, 0), in_life(1, 2, 3)]

    assert read(*written) == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]


def test_a_new_life_that_no_reset_began_is_a_hole_and_is_read():
    reader = LogReader()
    reader.read(record(0, 5))

    batch = reader.read(in_life(1, 0, 1))

    assert (len(batch.events), batch.hole) == (2, True)


def test_a_copy_of_a_reader_goes_its_own_way():
    reader = LogReader()
    reader.read(reset(3, 2))
    copy = reader.copy()
    reader.read(reset(0, 3))

    assert copy == LogReader({COMMENTS: 2}, {}, 0, {COMMENTS: 2})


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_however_sources_are_reset_and_writers_repeat_every_event_that_could_be_had_is_read_once(seed):
    """Writers die between write and commit, two write at a time; the source is trimmed or made anew in between."""
    random = Random(seed)
    records: list[Record] = []
    expected: list[tuple[int, int]] = []
    start = 0
    for life in range(random.randint(1, 3)):
        start = random.randint(0, 3)
        if life:
            records += [reset(start, life)] * random.randint(1, 2)
        position = begin = start
        for _ in range(random.randint(1, 4)):
            end = position + random.randint(0, 6)
            expected += [(life, n) for n in range(position, end)]
            # one or two writers, each from an offset that was committed, in runs of their own; zombies among them
            for _ in range(random.randint(1, 2)):
                run = random.randint(begin, position)
                while run < end:
                    last = min(end - 1, run + random.randint(0, 3))
                    records.append(told(life, run, last))
                    run = last + 1
                if records and random.random() < 0.3:
                    records.append(random.choice(records))
            position = end
            if random.random() < 0.4:
                position = begin = end + random.randint(1, 5)
                records += [reset(begin, life)] * random.randint(1, 2)
    reader = LogReader()

    batches = [reader.read(each) for each in records]

    assert [event.text for batch in batches for event in batch.events] == [f"{life}/{n}" for life, n in expected]
    assert not any(batch.hole for batch in batches)


def told(life: int, first: int, last: int) -> Record:
    """A record whose events say their source's life and offset."""
    texts = [msgspec.json.encode(comment(n, text=f"{life}/{n}")) for n in range(first, last + 1)]
    return record(first, last, value=b"\n".join(texts), covered={COMMENTS: (life, last)})


# -- time -------------------------------------------------------------------------------------------------------------


def test_a_tick_moves_time_and_nothing_else():
    reader = LogReader()
    reader.read(record(0, 1, watermark=100))

    tick = reader.read(Record(kind="tick", watermark=250))

    assert (tick.kind, tick.events, tick.watermark, reader.watermark) == ("tick", (), 250, 250)
    assert reader.covered == {COMMENTS: 1}


@given(st.lists(st.tuples(st.integers(0, 99), TIMES), max_size=12))
@settings(max_examples=100, deadline=None)
def test_neither_the_watermark_nor_the_newest_time_of_a_source_goes_back(written):
    reader = LogReader()
    for n, (watermark, newest) in enumerate(written):
        before, newest_before = reader.watermark, dict(reader.newest)
        reader.read(record(n, n, watermark=watermark, newest=newest))
        assert reader.watermark == max(before, watermark)
        assert all(reader.newest[source] >= ts for source, ts in newest_before.items())


# -- lines that cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad", [b"{}", b"nonsense", b'{"event_id": 5}', b"[]", b'{"x": "\\ud800"}', b"[" * 5_000, b"\xff"]
)
def test_a_line_that_cannot_be_read_costs_none_beside_it(bad):
    value = b"\n".join([lines(0), bad, lines(2)])

    batch = LogReader().read(record(0, 2, value=value))

    assert [event.text for event in batch.events] == ["0", "2"]
    assert batch.unreadable == 1


def test_a_line_that_cannot_be_read_keeps_its_place_among_the_offsets():
    reader = LogReader()
    reader.read(record(0, 2))

    batch = reader.read(record(0, 5, (1, 2, 3, 5), value=b"\n".join([lines(1), b"{}", b"{}", lines(5)])))

    assert [event.text for event in batch.events] == ["5"]
    assert (batch.repeated, batch.unreadable) == (2, 1)


@pytest.mark.parametrize("end", [b"\n", b"\n\n", b" \n"])
def test_blank_lines_are_no_lines(end):
    assert LogReader().read(record(0, 1, value=lines(0, 1) + end)).unreadable == 0
    batch = LogReader().read(record(0, 2, value=lines(0) + b"\n{}\n" + lines(2) + end))
    assert (len(batch.events), batch.unreadable) == (2, 1)


def test_events_of_an_input_that_this_version_does_not_know_are_counted_and_passed_over():
    for source in ("live.gifts", "live.rules"):
        reader = LogReader()
        batch = reader.read(record(0, 1, source=source))
        assert (list(batch.events), batch.unreadable, reader.covered) == ([], 2, {source: 1})


# -- broadcast records ------------------------------------------------------------------------------------------------

CREW = KnownCrew(crew_id="c1", revision=1, accounts=["a1"], bits=12.0, seen=[])


@pytest.mark.parametrize(
    ("kind", "published"), [("rules", make_rule_set({}, version=3, detectors=())), ("crews", CREW)]
)
def test_a_broadcast_record_is_read_once(kind, published):
    written = Record(
        kind=kind, source=published.TOPIC, first=4, last=4, watermark=9, value=msgspec.json.encode(published)
    )
    reader = LogReader()

    assert reader.read(written).broadcast == published
    again = reader.read(written)
    assert (again.broadcast, again.repeated) == (None, 1)


@pytest.mark.parametrize(("value", "unreadable"), [(b"", 0), (b"{}", 1), (b"nonsense", 1)])
def test_a_broadcast_record_that_says_nothing_changes_nothing(value, unreadable):
    batch = LogReader().read(Record(kind="rules", source=RuleSet.TOPIC, first=0, last=0, watermark=5, value=value))

    assert (batch.broadcast, batch.unreadable, batch.watermark) == (None, unreadable, 5)


def test_a_broadcast_record_of_an_unknown_topic_is_counted():
    batch = LogReader().read(Record(kind="crews", source="live.gangs", first=0, last=0, watermark=5, value=b"{}"))

    assert (batch.broadcast, batch.unreadable) == (None, 1)
