"""Recorded input: what a line may hold, which files can be read, and what is said of those that cannot."""

import gzip
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from logs import COMMENTS, JOINS, ORDERS, SHOWS, LogWriter, at, comment, complaint, join, marker, order, verdict

from agents.errors import ClaquewatchError, UsageError
from agents.recordings import (
    Arrived,
    BadLine,
    LoggedRecord,
    line_of,
    open_output,
    parse,
    parse_if_good,
    read_files,
    size_of,
)
from streams.events import Event
from streams.log import headers_of

ONE_OF_EACH = [join(1), comment(2), order(3), marker(4, "started"), complaint(5), verdict(6)]


def bare(event: Any) -> bytes:
    return msgspec.json.encode(event)


def wrapped(event: Event, **more: Any) -> bytes:
    return msgspec.json.encode({"topic": event.TOPIC, "value": event, **more})


def file_of(path: Path, lines: Iterable[bytes]) -> str:
    content = b"".join(line + b"\n" for line in lines)
    packed = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}.get(path.suffix, bytes)(content)
    path.write_bytes(packed)
    return str(path)


def events(reads: Iterable[Any]) -> list[Event]:
    return [read.event for read in reads]


def bad(line: bytes) -> tuple[str, str]:
    read = parse(line, "file:7")
    assert isinstance(read, BadLine), read
    assert read.where == "file:7"
    return read.why.reason, read.why.detail


# -- a line -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.TOPIC)
def test_an_event_says_its_topic_or_is_known_by_its_fields(event):
    assert parse(wrapped(event), "here") == Arrived(None, event)
    assert parse(bare(event), "here") == Arrived(None, event)


def test_the_partition_is_kept_where_it_is_known():
    assert parse(wrapped(join(1), partition=3), "here") == Arrived(3, join(1))


def test_unknown_fields_of_a_bare_event_are_passed_over_also_those_that_mean_something_around_one():
    strange = {**msgspec.to_builtins(comment(1)), "partition": "p", "offset": [], "headers": 1, "value": {}, "topic": 5}

    assert parse(msgspec.json.encode(strange), "here") == Arrived(None, comment(1))


def test_an_event_whose_text_speaks_of_a_topic_is_itself():
    talk = comment(1, '{"topic": "live.joins"}')

    assert parse(bare(talk), "here") == Arrived(None, talk)


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        (b"{", "not_json", "Input data was truncated"),
        (b"nonsense", "not_json", "malformed"),
        (b'{"a": "\xff"}', "not_json", "not UTF-8 at byte 7"),
        (b"[" * 5_000 + b"]" * 5_000, "not_json", "deep"),
        (b"[]", "wrong_type", "Expected object"),
        (b"5", "wrong_type", "Expected object"),
        (b"{}", "missing_field", "neither `topic` nor the fields of any event"),
        (b'{"ts": 1, "account_id": "a"}', "missing_field", "neither `topic` nor"),
        (b'{"topic": "live.jokes", "value": {}}', "bad_value", "`topic`: 'live.jokes' is no input topic"),
        (b'{"topic": "live.alerts", "value": {}}', "bad_value", "is no input topic"),
        (b'{"topic": "live.joins"}', "not_json", "no value"),
        (b'{"topic": "live.joins", "value": {}}', "missing_field", "`event_id` is missing"),
        (b'{"topic": "live.joins", "value": 5}', "wrong_type", "not object"),
        (b'{"topic": "live.joins", "partition": "3", "value": {}}', "wrong_type", "partition"),
        (b'{"account_id": "a", "text": "x"}', "missing_field", "`event_id` is missing"),
        (b'{"account_id": "a", "action": "join", "x": NaN}', "not_json", "malformed"),
        (b'{"topic": "live.activity", "value": ""}', "missing_field", "needs partition, offset and headers"),
        (b'{"topic": "live.activity", "partition": 0, "offset": 0, "headers": {}, "value": ""}', "bad_value", "format"),
        (b'{"topic": "live.activity", "partition": 0, "offset": 0, "headers": {}, "value": 5}', "bad_value", "str"),
    ],
)
def test_a_bad_line_has_a_reason_a_detail_and_a_place(line, reason, detail):
    said = bad(line)

    assert said[0] == reason
    assert detail in said[1]


def test_records_of_the_log_come_back_as_they_were():
    writer = LogWriter().write([join(1), join(2, "b")]).write([comment(3)], upto=2).tick(9)

    for offset, record in enumerate(writer.records, 40):
        line = line_of(3, offset, headers_of(record), record.value)
        assert b"\n" not in line
        assert parse(line, "here") == LoggedRecord(3, offset, record)


def test_a_foreign_record_in_the_log_can_be_recorded_and_is_then_a_bad_line():
    assert bad(line_of(0, 5, [("kind", b"\xff"), ("x", None)], b"\xff"))[0] == "bad_value"


def test_what_a_newer_version_wrote_is_not_passed_over():
    headers = [
        (name, b"99" if name == "format" else value) for name, value in headers_of(LogWriter().tick(1).records[0])
    ]

    with pytest.raises(ClaquewatchError, match="here: the log has a record of format 99"):
        parse(line_of(0, 5, headers, b""), "here")


# -- a file -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["evening.jsonl", "evening.jsonl.gz", "evening.jsonl.zst", "misnamed"])
def test_files_are_read_plain_and_packed(tmp_path, name):
    assert events(read_files([file_of(tmp_path / name, map(wrapped, ONE_OF_EACH))])) == ONE_OF_EACH


def test_what_a_file_is_packed_with_is_seen_in_its_bytes_and_not_in_its_name(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_bytes(gzip.compress(bare(join(1))))

    assert events(read_files([str(path)])) == [join(1)]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gz", "zst"])
def test_packed_files_that_were_put_behind_each_other_are_read_whole(tmp_path, pack):
    path = tmp_path / "two"
    path.write_bytes(pack(bare(join(1)) + b"\n") + pack(bare(join(2)) + b"\n"))

    assert events(read_files([str(path)])) == [join(1), join(2)]


def test_empty_lines_blanks_and_a_missing_last_line_end_do_not_matter(tmp_path):
    path = tmp_path / "evening.jsonl"
    path.write_bytes(b"\n  \n" + bare(join(1)) + b"\r\n\n" + bare(join(2)))

    assert events(read_files([str(path)])) == [join(1), join(2)]


def test_an_empty_file_holds_nothing(tmp_path):
    assert list(read_files([file_of(tmp_path / "empty", [])])) == []
    assert list(read_files([file_of(tmp_path / "empty.gz", [])])) == []
    assert list(read_files([file_of(tmp_path / "empty.zst", [])])) == []


def test_a_bad_line_says_where_it_stands_and_the_others_are_read(tmp_path):
    name = file_of(tmp_path / "evening.jsonl", [bare(join(1)), b"", b"{", bare(join(2))])

    first, second, third = read_files([name])

    assert isinstance(second, BadLine)
    assert second.where == f"{name}:3"
    assert events([first, third]) == [join(1), join(2)]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_file_that_is_cut_off_is_a_sentence_and_not_a_shorter_evening(tmp_path, suffix, share):
    path = tmp_path / f"evening{suffix}"
    file_of(path, (bare(join(n / 10, f"a{n}")) for n in range(20_000)))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with pytest.raises(UsageError, match=rf"evening\{suffix} is cut off or damaged"):
        list(read_files([str(path)]))


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_file_that_is_damaged_is_a_sentence(tmp_path, suffix):
    path = tmp_path / f"evening{suffix}"
    file_of(path, (bare(join(n / 10, f"a{n}")) for n in range(20_000)))
    packed = bytearray(path.read_bytes())
    packed[len(packed) // 2 : len(packed) // 2 + 100] = b"\xff" * 100
    path.write_bytes(packed)

    with pytest.raises(UsageError, match="is cut off or damaged"):
        list(read_files([str(path)]))


def test_a_file_that_is_not_there_and_a_folder_are_sentences(tmp_path):
    with pytest.raises(UsageError, match="nowhere cannot be read: No such file or directory"):
        list(read_files([str(tmp_path / "nowhere")]))
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        list(read_files([str(tmp_path)]))


def test_a_file_says_how_much_of_it_was_read(tmp_path):
    name = file_of(tmp_path / "evening.jsonl.gz", map(bare, ONE_OF_EACH))
    counted: list[int] = []

    list(read_files([name], counted.append))

    assert sum(counted) == Path(name).stat().st_size == size_of([name])


def test_of_standard_input_nobody_knows_how_long_it_is(tmp_path):
    assert size_of([file_of(tmp_path / "evening", []), "-"]) is None


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress], ids=["plain", "gz", "zst"]
)
def test_standard_input_is_read_plain_and_packed(pack):
    code = (
        "from agents.recordings import read_files;"
        "print(*(read.event.account_id for read in read_files(['-']) if hasattr(read, 'event')))"
    )
    lines = bare(join(1, "a")) + b"\n" + bare(join(2, "b"))

    said = subprocess.run([sys.executable, "-c", code], input=pack(lines), capture_output=True, timeout=20)

    assert said.stdout.decode().strip() == "a b", said.stderr


# -- many lines at once ------------------------------------------------------------------------------------------------


def test_good_lines_are_read_at_once_as_they_are_one_by_one():
    lines = [wrapped(event, partition=n) for n, event in enumerate(ONE_OF_EACH)]
    lines += [
        wrapped(join(7), offset=3, headers={"a": "b"}, more=1),
        b'{"value":%s,"topic":"live.joins"}' % bare(join(8)),
    ]

    found = parse_if_good([line + b"\n" for line in lines])

    assert found is not None
    assert [(read.partition, read.event) for read in found] == [
        (read.partition, read.event) for read in (parse(line, "here") for line in lines) if isinstance(read, Arrived)
    ]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b" ",
        bare(join(1)),
        wrapped(join(1)) + b"\r",
        wrapped(join(1)) + wrapped(join(2)),
        wrapped(join(1))[:-1],
        wrapped(join(1), partition="0"),
        wrapped(join(1), offset="0"),
        wrapped(join(1), headers={"a": 1}),
        wrapped(join(1)).replace(b'"value"', b'"values"'),
        wrapped(join(1)).replace(b"live.joins", b"live.orders"),
        wrapped(join(1)).replace(b"live.joins", b"live.activity"),
        wrapped(join(1)).replace(b"live.joins", b"live.rules"),
        b'{"topic":"live.orders",' + wrapped(join(1))[1:],
        wrapped(join(1)).replace(b'"value":{', b'"value":{"x":"\xff",'),
        wrapped(join(1)).replace(b'"value":{', b'"value":{"x":NaN,'),
        wrapped(join(1)).replace(b'"value":{', b'"value":{"x":"\\ud800",'),
        wrapped(join(1)).replace(b'"value":{', b'"value":{"x":' + b"[" * 100 + b"]" * 100 + b","),
        wrapped(join(1)).replace(b'"value":{', b'"value":{"x":' + b'{"":' * 100 + b"1" + b"}" * 100 + b","),
        wrapped(join(1)).replace(b'"value":{', b'"value":{"x":"' + b"x" * 65_536 + b'",'),
    ],
)
def test_a_line_that_is_odd_is_left_to_the_closer_look(odd):
    assert parse_if_good([wrapped(join(0)) + b"\n", odd + b"\n", wrapped(join(3)) + b"\n"]) is None


def test_a_file_with_odd_lines_is_read_as_line_by_line(tmp_path):
    lines = [wrapped(join(n)) for n in range(3_000)]
    lines[700], lines[2_900] = b"{", bare(comment(2_900))
    name = file_of(tmp_path / "some.jsonl", lines)

    reads = list(read_files([name]))

    assert [getattr(read, "event", read) for read in reads] == [
        getattr(read, "event", read) for read in (parse(line, f"{name}:{n}") for n, line in enumerate(lines, 1))
    ]


# -- several files ----------------------------------------------------------------------------------------------------


def test_several_files_are_merged_by_event_time_each_in_its_own_order(tmp_path):
    first = file_of(tmp_path / "a.jsonl", map(bare, [join(1), join(9), join(3), join(10)]))  # 3 arrived late
    second = file_of(tmp_path / "b.jsonl.gz", map(bare, [comment(2), comment(4), comment(9.5)]))

    seconds = [(event.ts - at(0)) / 1000 for event in events(read_files([first, second]))]

    assert seconds == [1, 2, 4, 9, 3, 9.5, 10]


def test_events_of_one_time_come_in_the_order_in_which_the_files_are_named(tmp_path):
    names = [file_of(tmp_path / f"{topic}.jsonl", [bare(event)]) for topic, event in
             ((ORDERS, order(5)), (JOINS, join(5)), (COMMENTS, comment(5)), (SHOWS, marker(5, "ended")))]  # fmt: skip

    assert [event.TOPIC for event in events(read_files(names))] == [ORDERS, JOINS, COMMENTS, SHOWS]
    assert [event.TOPIC for event in events(read_files(names[::-1]))] == [SHOWS, COMMENTS, JOINS, ORDERS]


def test_a_bad_line_keeps_its_place_among_several_files(tmp_path):
    first = file_of(tmp_path / "a.jsonl", [bare(join(1)), b"{", bare(join(5))])
    second = file_of(tmp_path / "b.jsonl", [bare(comment(3))])

    assert [type(read) for read in read_files([first, second])] == [Arrived, BadLine, Arrived, Arrived]


# -- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst"])
def test_what_is_written_is_packed_by_its_name_and_comes_back(tmp_path, name):
    path = str(tmp_path / name)
    with open_output(path) as out:
        for event in ONE_OF_EACH:
            out.write(bare(event) + b"\n")

    assert events(read_files([path])) == ONE_OF_EACH


def test_the_same_lines_are_the_same_packed_bytes(tmp_path):
    for name in ("a.gz", "b.gz"):
        with open_output(str(tmp_path / name)) as out:
            out.write(bare(join(1)))

    first, second = ((tmp_path / name).read_bytes() for name in ("a.gz", "b.gz"))
    assert gzip.decompress(first) == gzip.decompress(second)


def test_where_nothing_can_be_written_is_a_sentence(tmp_path):
    with (
        pytest.raises(UsageError, match="cannot be written: No such file or directory"),
        open_output(str(tmp_path / "no" / "such" / "folder")),
    ):
        pass
