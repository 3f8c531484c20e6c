"""Bad records are filed one by one; when most of a partition is bad, once a second and as a sum."""

import base64
import hashlib
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import COMMENTS

from streams.events import MAX_EVENT_BYTES, Rejected
from streams.merging import Refused
from streams.rejects import SILENT_MS, WINDOW, Flood, Refusal, refusal_of


class Read(msgspec.Struct):
    offset: int
    value: bytes | None = b"bad"
    key: bytes | None = b"r1"
    timestamp: int = 0


class Partition:
    """One partition of an input that is read piece by piece: `x` is a bad record, `.` a good one."""

    def __init__(self) -> None:
        self.flood = Flood(COMMENTS, 3)
        self.read = 0
        self.single: list[Refusal] = []
        self.summaries: list[Refusal] = []

    def take(self, signs: str, now_ms: int = 0) -> "Partition":
        records = [Read(self.read + n, sign.encode()) for n, sign in enumerate(signs)]
        refused = [Refused(each, Rejected("not_json", "bad")) for each in records if each.value == b"x"]
        self.read += len(records)
        self.single += self.flood.take(records, refused, now_ms)
        return self.look(now_ms)

    def look(self, now_ms: int) -> "Partition":
        if (summary := self.flood.summary(now_ms)) is not None:
            self.summaries.append(summary)
        return self

    def in_flood(self) -> bool:
        return self.flood.on


def test_a_flood_begins_when_more_than_half_of_two_hundred_are_bad():
    assert not Partition().take("x" * 199).in_flood()
    assert Partition().take("x" * 200).in_flood()
    assert not Partition().take("x." * 100).in_flood()
    assert Partition().take("x." * 99 + "xx").in_flood()


def test_it_is_judged_by_record_however_the_records_are_read():
    piecewise = Partition()
    for _ in range(40):
        piecewise.take("x" * 10)
    at_once = Partition().take("x" * 400)

    assert len(piecewise.single) == len(at_once.single) == WINDOW - 1


def test_a_long_good_run_is_no_credit_for_what_comes_after_it():
    assert Partition().take("." * 100_000).take("x" * 400).in_flood()


def test_a_flood_is_summed_once_a_second():
    flood = Partition().take("x" * 300, 5_000)
    flood.take("x" * 50, 5_500).take("x.x", 5_999).look(6_000).take("x", 6_100)

    assert len(flood.single) == 199
    assert [(each.offset, each.last_offset, each.count) for each in flood.summaries] == [
        (199, 299, 101),
        (300, 352, 52),
    ]
    first, _ = flood.summaries
    assert (first.topic, first.partition, first.reason) == (COMMENTS, 3, "flood")
    assert first.key == b"live.comments/3/199"
    assert first.reasons == {"not_json": 101}
    assert first.detail == "101 records up to offset 299 (not_json 101); this is the first of them: bad"
    assert base64.b64decode(first.original) == b"x"


def test_what_no_summary_covers_yet_is_not_committed():
    flood = Partition().take("x" * 300, 5_000)
    assert flood.flood.upto(300) == 300

    flood.take("..x.", 5_500)
    assert flood.flood.upto(304) == 302
    flood.look(6_000)
    assert flood.flood.upto(304) == 304


def test_a_flood_goes_on_while_a_quarter_is_bad_and_ends_below():
    assert Partition().take("x" * 200).take("x..." * 50).in_flood()
    flood = Partition().take("x" * 200, 5_000).take("x..." * 49 + "....", 5_001)

    assert not flood.in_flood()
    assert [each.count for each in flood.summaries] == [1, 49]  # the rest at once
    flood.take("x", 5_002)
    assert flood.single[-1].offset == 400


def test_a_flood_of_which_nothing_comes_any_more_is_over():
    flood = Partition().take("x" * 250, 5_000)

    assert flood.look(5_000 + SILENT_MS - 1).in_flood()
    assert not flood.look(5_000 + SILENT_MS).in_flood()
    assert [each.count for each in flood.summaries] == [51]


def refused(value: bytes | None) -> Refused:
    return Refused(Read(7, value), Rejected("too_large", "too large"))


def test_of_a_large_record_the_first_64_kib_are_kept_and_of_none_nothing():
    large = b"x" * (MAX_EVENT_BYTES + 1)
    kept = refusal_of(COMMENTS, 0, refused(large))

    assert base64.b64decode(kept.original) == large[:-1]
    assert (kept.size, kept.sha256) == (len(large), hashlib.sha256(large).hexdigest())
    assert (refusal_of(COMMENTS, 0, refused(None)).size, refusal_of(COMMENTS, 0, refused(None)).original) == (0, "")


def test_what_is_filed_of_one_record_says_nothing_of_floods():
    body: dict[str, Any] = msgspec.to_builtins(refusal_of(COMMENTS, 0, refused(b"x")))

    assert list(body) == ["topic", "partition", "offset", "reason", "detail", "size", "sha256", "original"]


@given(st.lists(st.tuples(st.text("x.", max_size=120), st.integers(0, 3_000)), max_size=40), st.integers(0, 2))
@settings(max_examples=200, deadline=None)
def test_every_bad_record_is_filed_once_by_itself_or_in_a_sum(pieces, density):
    flood, now_ms, expected = Partition(), 0, []
    for signs, pause_ms in pieces:
        signs, now_ms = signs + "x" * 100 * density, now_ms + pause_ms
        expected += [flood.read + n for n, sign in enumerate(signs) if sign == "x"]
        flood.take(signs, now_ms)
        waiting = flood.flood.upto(flood.read)
        summed = [range(one.offset, (one.last_offset or 0) + 1) for one in flood.summaries]
        filed = [one.offset for one in flood.single] + [n for n in expected if any(n in covered for covered in summed)]
        assert sorted(filed) == [offset for offset in expected if offset < waiting]
    flood.look(now_ms + SILENT_MS)

    assert len(flood.single) + sum(each.count for each in flood.summaries) == len(expected)
