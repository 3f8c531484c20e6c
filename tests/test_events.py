"""What a record is: an event, or refused with a reason from the closed list and a sentence that names the field."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.events import (
    BY_TOPIC,
    EARLIEST_TS_MS,
    MAX_EVENT_BYTES,
    MAX_NESTING,
    REASONS,
    Comment,
    Event,
    KnownCrew,
    Order,
    Rejected,
    RuleSet,
    decode,
    decode_batch,
    placed_wrongly,
)

TS = 1_760_000_000_000
COMMON = {"event_id": "e1", "ts": TS, "room_id": "r1", "show_id": "s1"}
GOOD: dict[str, dict[str, Any]] = {
    "live.joins": {**COMMON, "account_id": "a1", "action": "join"},
    "live.comments": {**COMMON, "account_id": "a1", "text": "hi"},
    "live.orders": {
        **COMMON,
        "order_id": "o1",
        "account_id": "a1",
        "status": "placed",
        "sku": "tea",
        "quantity": 1,
        "amount_minor": 0,
        "currency": "CNY",
    },
    "live.shows": {**COMMON, "action": "started"},
    "live.complaints": {**COMMON, "complaint_id": "c1", "account_id": "a1", "reason": "quality"},
    "live.verdicts": {**COMMON, "incident_id": "i1", "action": "take", "moderator": "m1"},
    "live.rules": {"version": 1, "hash": "h", "rules": {}, "author": "li", "reason": "fewer small ones"},
    "live.crews": {"crew_id": "c1", "revision": 1, "accounts": ["a1"], "bits": 12.5, "seen": []},
}
REQUIRED = [(topic, field) for topic, value in GOOD.items() for field in value]
OPTIONAL = [
    (topic, field.name)
    for topic, kind in BY_TOPIC.items()
    for field in msgspec.structs.fields(kind)
    if not field.required
]


def record(topic: str = "live.comments", **changes: Any) -> bytes:
    return json.dumps({**GOOD[topic], **changes}).encode()


def with_raw(more: bytes, topic: str = "live.comments") -> bytes:
    """A good record with more members, written as they are."""
    return record(topic)[:-1] + b"," + more + b"}"


def why(topic: str, value: bytes | None) -> Rejected:
    refused = decode(topic, value)
    assert isinstance(refused, Rejected), refused
    return refused


@pytest.mark.parametrize("topic", GOOD)
def test_a_record_with_the_required_fields_is_an_event_of_its_topic(topic):
    assert type(decode(topic, record(topic))) is BY_TOPIC[topic]


# -- missing and mistyped fields --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("topic", "field"), REQUIRED)
def test_a_missing_required_field_is_named(topic, field):
    value = {name: content for name, content in GOOD[topic].items() if name != field}

    assert why(topic, json.dumps(value).encode()) == Rejected("missing_field", f"`{field}` is missing")


@pytest.mark.parametrize(("topic", "field"), REQUIRED)
def test_a_required_field_that_is_null_is_missing(topic, field):
    refused = why(topic, record(topic, **{field: None}))

    assert refused.reason == "missing_field"
    assert f"`{field}`" in refused.detail


@pytest.mark.parametrize(("topic", "field"), OPTIONAL)
def test_an_optional_field_that_is_null_is_absent(topic, field):
    assert decode(topic, record(topic, **{field: None})) == decode(topic, record(topic))


@pytest.mark.parametrize(("topic", "field"), REQUIRED + OPTIONAL)
def test_a_mistyped_field_is_refused_and_named_also_where_it_is_optional(topic, field):
    refused = why(topic, record(topic, **{field: [[1]]} if field != "accounts" else {field: {}}))

    assert refused.reason == "wrong_type"
    assert f"`{field}" in refused.detail


@pytest.mark.parametrize(
    ("written", "said"),
    [(b"5.0", "float"), (b"5e0", "float"), (b"true", "bool"), (b'"5"', "str"), (b"{}", "object")],
)
def test_a_number_must_be_written_as_a_whole_number(written, said):
    assert why("live.comments", with_raw(b'"badge": ' + written)) == Rejected(
        "wrong_type", f"`badge` is of type {said}, not int"
    )


def test_unknown_fields_are_ignored():
    assert decode("live.comments", record(mood={"happy": [1, 2.5, None]}, ts2="x")) == decode("live.comments", record())


@pytest.mark.parametrize(("value", "kind"), [(b"[]", "array"), (b"5", "int"), (b'"x"', "str")])
def test_a_record_that_is_no_object_is_of_the_wrong_type(value, kind):
    assert why("live.joins", value) == Rejected("wrong_type", f"the record is of type {kind}, not object")


def test_a_field_inside_a_field_is_named_with_its_path():
    refused = why("live.crews", record("live.crews", seen=[{"room": "r1", "show": "s1", "scheme": "x"}]))

    assert refused.reason == "missing_field"
    assert "`seen[0].ts`" in refused.detail


# -- impossible values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "field", "value"),
    [
        ("live.orders", "status", "lost"),
        ("live.orders", "quantity", 0),
        ("live.orders", "quantity", -1),
        ("live.orders", "amount_minor", -1),
        ("live.orders", "subsidy_by", "nobody"),
        ("live.orders", "cancelled_by", ""),
        ("live.joins", "action", "Join"),
        ("live.joins", "event_id", ""),
        ("live.shows", "action", "begun"),
        ("live.shows", "text", "x" * 2_001),
        ("live.complaints", "reason", "late"),
        ("live.verdicts", "verdict", "guilty"),
        ("live.crews", "revision", 0),
    ],
)
def test_a_value_that_cannot_be_is_a_bad_value_and_its_field_is_named(topic, field, value):
    refused = why(topic, record(topic, **{field: value}))

    assert refused.reason == "bad_value"
    assert f"`{field}`" in refused.detail


def test_a_join_from_anywhere_is_taken():
    assert decode("live.joins", record("live.joins", source="carrier pigeon")).source == "carrier pigeon"


def test_what_a_sender_writes_is_not_taken_for_our_own_words():
    assert why("live.joins", record("live.joins", action="x, got `null` - at `$.ts`")).reason == "bad_value"
    assert "`action`" in why("live.joins", record("live.joins", action="` - at `$.ts`")).detail


def test_the_detail_stays_short_whatever_was_sent():
    assert len(why("live.joins", record("live.joins", action="x" * 60_000)).detail) < 300


@pytest.mark.parametrize("number", [-(2**63), -1, 0, 2**53 + 1, 2**63 - 1])
def test_whole_numbers_are_exact_up_to_64_bits(number):
    assert decode("live.comments", record(account_created_ts=number)).account_created_ts == number


@pytest.mark.parametrize("number", [-(2**63) - 1, 2**63, 2**64, 10**400])
def test_whole_numbers_beyond_64_bits_are_bad_values(number):
    refused = why("live.comments", record(account_created_ts=number))

    assert refused.reason == "bad_value"
    assert "`account_created_ts`" in refused.detail


def test_a_time_in_seconds_is_recognised():
    assert why("live.joins", record("live.joins", ts=TS // 1000)) == Rejected(
        "bad_value", "`ts` is before the year 2000: probably seconds instead of milliseconds"
    )
    assert "`until_ts`" in why("live.shows", record("live.shows", until_ts=TS // 1000)).detail


def test_the_year_2000_begins_with_its_first_millisecond():
    assert decode("live.joins", record("live.joins", ts=EARLIEST_TS_MS)).ts == EARLIEST_TS_MS
    assert why("live.joins", record("live.joins", ts=EARLIEST_TS_MS - 1)).reason == "bad_value"


@pytest.mark.parametrize("field", ["account_id", "device_id", "room_id"])
def test_an_id_may_have_256_characters_and_not_one_more(field):
    assert isinstance(decode("live.comments", record(**{field: "界" * 256})), Comment)
    refused = why("live.comments", record(**{field: "界" * 257}))
    assert (refused.reason, refused.detail) == ("bad_value", f"`{field}`: Expected `str` of length <= 256")


@pytest.mark.parametrize("character", ["x", "好", "\U0001f600"])
def test_a_comment_may_have_2000_characters_and_not_one_more(character):
    assert isinstance(decode("live.comments", record(text=character * 2_000)), Comment)
    refused = why("live.comments", record(text=character * 2_001))
    assert refused.reason == "bad_value"
    assert "`text`" in refused.detail


def test_an_event_may_have_64_kib_and_not_one_byte_more():
    room = MAX_EVENT_BYTES - len(record(padding=""))

    assert isinstance(decode("live.comments", record(padding="x" * room)), Comment)
    assert why("live.comments", record(padding="x" * (room + 1))).reason == "too_large"


def test_a_rule_set_may_be_larger_than_an_event():
    rules = {"room": {"note": "x" * MAX_EVENT_BYTES}}

    assert isinstance(decode("live.rules", record("live.rules", rules=rules)), RuleSet)
    assert isinstance(decode("live.crews", record("live.crews", accounts=["a" * 32] * 5_000)), KnownCrew)


# -- what is no JSON --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        b"",
        None,
        b"   ",
        b"\n",
        b"hello",
        b"{",
        b'{"event_id": "e1"',
        record() + b"x",
        record() + record(),
        record() + b"\n" + record(),
        record().replace(b'"hi"', b"'hi'"),
        record()[:-1] + b",}",
        record() + b" // no comment",
        b"\xef\xbb\xbf" + record(),
        json.dumps(GOOD["live.comments"]).encode("utf-16"),
        b"\x00" + record(),
        record() + b"\x00",
        with_raw(b'"x": 01'),
        with_raw(b'"x": +1'),
        with_raw(b'"x": .5'),
        with_raw(b'"x": "\t"'),
        with_raw(b'"x": "\\x41"'),
        with_raw(b'"x": "\\u12"'),
        with_raw(b"x: 1"),
    ],
)
def test_what_is_no_json_text_is_refused(value):
    assert why("live.comments", value).reason == "not_json"


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity", b"nan"])
@pytest.mark.parametrize("place", [b'"badge": %b', b'"unknown": %b', b'"unknown": [{"deep": %b}]'])
def test_words_for_numbers_that_json_lacks_are_refused_anywhere(word, place):
    assert why("live.comments", with_raw(place % word)).reason == "not_json"


BAD_UTF8 = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe5\xa5"]


@pytest.mark.parametrize("bad", BAD_UTF8)
@pytest.mark.parametrize("place", [b'"device_id": "%b"', b'"unknown": "%b"', b'"unknown %b": 1', b'"x": {"y": ["%b"]}'])
def test_bad_utf8_is_refused_anywhere(bad, place):
    assert why("live.comments", with_raw(place % bad)).reason == "not_json"


@pytest.mark.parametrize("lone", [b"\\ud800", b"\\udfff", b"\\ud83dx", b"\\ud800\\ud800", b"\\ude00\\ud83d"])
@pytest.mark.parametrize("place", [b'"device_id": "%b"', b'"unknown": "%b"', b'"unknown %b": 1', b'"x": {"%b": ["y"]}'])
def test_lone_surrogates_are_refused_anywhere(lone, place):
    assert why("live.comments", with_raw(place % lone)).reason == "not_json"


def test_a_pair_of_surrogates_is_one_character():
    event = decode("live.comments", with_raw(b'"device_id": "\\ud83d\\ude00", "unknown": "\\ud83d\\ude00"'))

    assert event.device_id == "\U0001f600"


@pytest.mark.parametrize("levels", [10_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b' [ { "a" :\t', b"} ]")])
@pytest.mark.parametrize("topic", ["live.comments", "live.rules"])
def test_nesting_too_deep_to_read_is_refused(topic, opening, closing, levels):
    deep = with_raw(b'"unknown": ' + opening * levels + b"1" + closing * levels, topic)

    refused = why(topic, deep)

    assert refused.reason == ("too_large" if topic == "live.comments" and len(deep) > MAX_EVENT_BYTES else "not_json")
    assert why(topic, b"[" * levels).reason == (
        "too_large" if topic == "live.comments" and levels > 65_536 else "not_json"
    )


def test_the_deepest_nesting_is_the_same_wherever_it_is_read():
    def deep(levels: int) -> bytes:
        return with_raw(b'"unknown": ' + b"[" * levels + b"]" * levels)

    def from_deep_in_a_program(levels_of_calls: int, value: bytes) -> Any:
        return from_deep_in_a_program(levels_of_calls - 1, value) if levels_of_calls else decode("live.comments", value)

    assert isinstance(decode("live.comments", deep(MAX_NESTING - 1)), Comment)
    assert isinstance(from_deep_in_a_program(600, deep(MAX_NESTING - 1)), Comment)
    assert why("live.comments", deep(MAX_NESTING)).reason == "not_json"


@pytest.mark.parametrize("others", [0, 1, 999])
def test_nesting_is_bounded_alike_among_others_and_alone(others):
    def among_others(levels: int) -> Any:
        flat = [record(event_id=f"e{n}") for n in range(others)]
        return decode_batch("live.comments", [*flat, with_raw(b'"unknown": ' + b"[" * levels + b"]" * levels)])[-1]

    assert isinstance(among_others(MAX_NESTING - 1), Comment)
    assert among_others(MAX_NESTING).reason == "not_json"


def test_brackets_in_a_text_are_no_nesting():
    assert decode("live.comments", record(text='[{"\\' * 400)).text == '[{"\\' * 400


@pytest.mark.parametrize("broken", [b'"x": NaN', b'"x": "\\ud800"', b'"x": [1,]', b'"x": '])
def test_what_is_no_json_is_that_first_of_all(broken):
    assert why("live.comments", with_raw(b'"badge": "five", ' + broken)).reason == "not_json"
    assert (
        why("live.orders", with_raw(b'"line_id": null, "quantity": 0, ' + broken, "live.orders")).reason == "not_json"
    )


def test_of_a_key_that_stands_twice_the_last_counts():
    assert decode("live.comments", with_raw(b'"text": "second"')).text == "second"


def test_absurd_but_legal_json_is_taken():
    legal = with_raw(b'"x": 1e999, "y": -0, "": "", "z": "\\u0000", "\\u0061": [], "device_id": "\\u0000"')

    assert decode("live.comments", b" \r\n\t" + legal + b"\n\n").device_id == "\0"


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatsoever_make_it_raise(value):
    assert isinstance(decode("live.orders", value), Rejected | Order)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_no_damage_to_a_good_record_makes_it_raise(data):
    value = bytearray(record(data.draw(st.sampled_from(list(GOOD)), "topic"), unknown=[{"x": "é\\"}]))
    for _ in range(data.draw(st.integers(1, 4))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    topic = data.draw(st.sampled_from(list(GOOD)))

    assert isinstance(decode(topic, bytes(value)), Rejected | Event | RuleSet | KnownCrew)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([(topic, field) for topic, field in REQUIRED + OPTIONAL if topic in BY_TOPIC]), JSON)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_field_it_is_refused_by_name_or_read(topic_and_field, content):
    topic, field = topic_and_field
    found = decode(topic, record(topic, **{field: content}))

    if isinstance(found, Rejected):
        assert found.reason in ("wrong_type", "bad_value", "missing_field", "not_json")
        if found.reason != "not_json":  # the generator has lone surrogates
            assert f"`{field}" in found.detail
    else:
        assert decode(topic, msgspec.json.encode(found)) == found


# -- what only the envelope tells -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, b"", b"r2", b"R1", b"r1 ", b"\xff"])
def test_the_key_must_be_the_room(key):
    refused = placed_wrongly(decode("live.comments", record()), key, TS)

    assert refused is not None
    assert refused.reason == "wrong_partition"


def test_a_room_of_any_script_is_found_by_its_key():
    assert placed_wrongly(decode("live.comments", record(room_id="房间")), "房间".encode(), TS) is None


def test_an_event_may_be_60_s_ahead_of_its_receipt_and_not_one_ms_more():
    event = decode("live.comments", record())

    assert placed_wrongly(event, b"r1", TS - 60_000) is None
    refused = placed_wrongly(event, b"r1", TS - 60_001)
    assert refused is not None
    assert refused.reason == "future"
    assert "60 s" in refused.detail


def test_without_a_time_of_receipt_the_future_is_not_judged():
    assert placed_wrongly(decode("live.comments", record(ts=2**63 - 1)), b"r1", None) is None


def test_every_reason_but_a_flood_comes_from_one_record():
    event = decode("live.comments", record())
    refused = {
        why("live.comments", b"").reason,
        why("live.comments", b"{}").reason,
        why("live.comments", b"[]").reason,
        why("live.comments", record(event_id="")).reason,
        why("live.comments", b" " * (MAX_EVENT_BYTES + 1)).reason,
        placed_wrongly(event, b"r1", 0).reason,
        placed_wrongly(event, None, None).reason,
    }

    assert refused == set(REASONS) - {"flood"}


# -- many at once -----------------------------------------------------------------------------------------------------

ONE_VALUE = st.one_of(
    st.builds(lambda text: record(text=text), st.text(max_size=8)),
    st.builds(
        lambda text: json.dumps({**GOOD["live.comments"], "text": text}, ensure_ascii=False).encode("utf-8", "replace"),
        st.text(max_size=8),
    ),
    st.sampled_from(
        [
            None,
            b"",
            b" ",
            b"\n",
            b"\r",
            b"\t \n",
            b"\x0b",
            record() + b"\n",
            b"\n" + record(),
            record() + b"\r",
            record().replace(b", ", b",\n"),
            record() + record(),
            record() + b" " + record(),
            record() + b"\n" + record(),
            record()[: len(record()) // 2],
            record()[len(record()) // 2 :],
            record()[:-1] + b', "x":',
            b"1}",
            record()[:-1] + b', "x": [',
            b"]}",
            b"null",
            b"[]",
            record(text=5),
            with_raw(b'"x": "\xff"'),
            with_raw(b'"x": "\xe5'),
            b'\xa5\xbd"}',
            with_raw(b'"x": "\\ud800"'),
            with_raw(b'"x": NaN'),
            with_raw(b'"x": ' + b"[" * 150 + b"]" * 150),
            with_raw(b'"x": ' + b"[" * 99 + b"]" * 99),
            record(text="[" * 300),
            record(text="x" * 2_001),
            record(padding="x" * MAX_EVENT_BYTES),
        ]
    ),
)


@given(st.lists(ONE_VALUE, max_size=6))
@settings(max_examples=400, deadline=None)
def test_many_at_once_give_the_same_answers_as_one_by_one(values):
    assert decode_batch("live.comments", values) == [decode("live.comments", value) for value in values]


@pytest.mark.parametrize(
    "values",
    [
        [record()[:-1] + b', "x":', b"1}"],
        [record()[:-1] + b', "x":', b"1}", record() + b" " + record()],
        [record() + record(), b" "],
        [record() + b"\n" + record(), b""],
        [record() + b"\n" + record(), b" "],
        [b"\n" + record(), record()],
        [with_raw(b'"x": "\xe5'), b'\xa5\xbd"}'],
    ],
)
def test_pieces_that_only_make_sense_together_make_none(values):
    assert decode_batch("live.comments", values) == [decode("live.comments", value) for value in values]


def test_good_values_are_read_in_order():
    found = decode_batch("live.comments", [record(event_id=f"e{n}") for n in range(1_000)])

    assert [event.event_id for event in found] == [f"e{n}" for n in range(1_000)]


def test_no_values_are_no_events():
    assert decode_batch("live.comments", []) == []


# -- lines of an order ------------------------------------------------------------------------------------------------


def test_a_line_of_an_order_is_its_line_id_or_what_the_contract_says_stands_for_it():
    def line(**changes: Any) -> str:
        return decode("live.orders", record("live.orders", **changes)).line()

    assert line(line_id="l1") == "l1"
    assert line() == line(status="paid", subsidy_minor=5)
    assert len({line(), line(sku="b"), line(quantity=2), line(amount_minor=1)}) == 4
    assert line(sku="tea", quantity=11, amount_minor=1) != line(sku="tea", quantity=1, amount_minor=11)
