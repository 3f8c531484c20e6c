"""A partition of the table while a worker owns it: what it does with records and ids that do not fit."""

import subprocess
import sys
import textwrap
from typing import Any

import msgspec
import pytest
import zstandard
from logs import LogWriter, join

from agents import metrics
from agents.owned import Owned
from agents.saved import HEADER_KEY, TABLE_FORMAT, SavedState, Sent, read_table
from agents.settings import Settings
from streams.log import headers_of
from streams.partition import Output, Partition, encode_header


class FakeEvent:
    """A record as Faust hands it to an agent."""

    acknowledged = False

    def ack(self) -> None:
        self.acknowledged = True


def owned(partition: Partition, sent: dict[str, Sent] | None = None) -> Owned:
    """Without a producer: nothing here is written."""
    return Owned(0, partition, None, Settings(), sent or {}, {})  # type: ignore[arg-type]


async def take(made: Owned, *records: Any) -> None:
    for record in records:
        await made.take(made.partition.offset + 1, headers_of(record), record.value, FakeEvent())


async def test_only_the_next_record_is_expected_also_at_the_beginning():
    made = owned(Partition())

    assert [made.expects(offset) for offset in (0, 1, 7)] == [True, False, False]
    await take(made, *LogWriter().tick(1).records)
    assert [made.expects(offset) for offset in (0, 1, 2)] == [False, True, False]


async def test_what_is_no_record_of_the_log_is_passed_over_and_counted():
    made = owned(Partition())

    await made.take(0, [("nonsense", b"\xff")], b"\xff", FakeEvent())
    await take(made, *LogWriter().write([join(1)], upto=5).records)

    counts = made.partition.take_counts()
    assert (counts.unreadable, counts.events, made.partition.offset) == (1, {"live.joins": 1}, 2)


async def test_records_are_acknowledged_only_two_behind_what_is_durable():
    made = owned(Partition())
    made.durable = 9
    events = {offset: FakeEvent() for offset in (6, 7, 8, 9)}

    for offset, event in events.items():
        made.acknowledge_old(offset, event)

    assert [offset for offset, event in events.items() if event.acknowledged] == [6, 7]


async def test_what_was_sent_before_a_crash_and_is_not_made_again_is_counted():
    made = owned(Partition(), {"a_gone": Sent("live.alerts", "r1", 1), "a_later": Sent("live.alerts", "r1", 9)})
    before = metrics.DIVERGENCE._value.get()

    await take(made, *LogWriter().tick(1).tick(2).tick(3).records)

    assert metrics.DIVERGENCE._value.get() - before == 1
    assert set(made.owed) == {"a_later"}


class BeginsAgain(Partition):
    """A show that begins in every record, as one does that was forgotten in between."""

    def step(self, offset, record):
        self.offset = offset
        return [Output("live.checkpoints", "k_r1\0s1", "r1", "r1", b"%d" % offset)]


async def test_a_show_that_begins_again_has_another_checkpoint_with_the_same_id_and_both_are_sent():
    written = []

    class Table:
        changelog = "table"

        async def commit(self, records):
            written.extend(value for topic, _, value, _ in records if topic != "table")

    first = Owned(0, BeginsAgain(), Table(), Settings(), {}, {})  # type: ignore[arg-type]
    for upto in (1, 2):
        await take(first, *LogWriter().tick(upto).records)
        await first._send()
    assert written == [b"0", b"1"]

    again = Owned(0, BeginsAgain(), Table(), Settings(), first.sent, {})  # type: ignore[arg-type]
    await take(again, *LogWriter().tick(1).tick(2).tick(3).records)
    assert [output.body for _, output in again.queue] == [b"2"]
    assert again.owed == {}


async def test_a_list_of_an_earlier_version_without_offsets_of_checkpoints_is_understood():
    made = owned(BeginsAgain(), {"k_r1\0s1": Sent("live.checkpoints", "r1", 1)})

    await take(made, *LogWriter().tick(1).tick(2).tick(3).records)

    assert [output.body for _, output in made.queue] == [b"0", b"2"]
    assert made.owed == {}


def test_a_saved_room_of_a_newer_format_is_a_sentence():
    state = zstandard.ZstdCompressor().compress(b"state")

    def saved(form: int) -> dict[bytes, bytes]:
        header = encode_header(Partition().header())
        return {HEADER_KEY: header, b"r1": msgspec.msgpack.encode(SavedState(form, 7, state))}

    assert read_table(saved(TABLE_FORMAT)).rooms["r1"] == (7, b"state")
    with pytest.raises(ValueError, match=f"the table has a room of format {TABLE_FORMAT + 1}, newer than"):
        read_table(saved(TABLE_FORMAT + 1))


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("raise KeyError('r1')", "partition 3 cannot be stepped past offset 0: KeyError('r1'); report this bug"),
        ("raise NewerFormat('the log has a record of format 99')", "the log has a record of format 99"),
    ],
)
def test_after_half_a_record_nothing_goes_on(step, sentence):
    code = f"""
        import asyncio
        from agents import logs
        from agents.owned import Owned
        from agents.settings import Settings
        from streams.log import NewerFormat, Record, headers_of
        from streams.partition import Partition

        class Broken(Partition):
            def step(self, offset, record):
                {step}

        logs.set_up()
        made = Owned(3, Broken(), None, Settings(), {{}}, {{}})
        asyncio.run(made.take(0, headers_of(Record(kind="tick", watermark=0)), b"", None))
        print("went on")
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=20)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert sentence in ended.stderr
