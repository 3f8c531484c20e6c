"""Writes the saved forms of today, so that tomorrow's code can be shown to read them: `python tests/formats.py`.

The folder's name is the format's number. A folder that was released is never written again: a change that today's
readers cannot take gets the next number in the code and a folder of its own. Only named test detectors are used, so
the schemes may change as they like.
"""

from pathlib import Path
from typing import Final

import msgspec
from doubles import DOUBLES, Buyers, Returns
from logs import Evening, LogWriter, at, comment, crew, join, marker, order

from agents.recordings import line_of
from streams.alerts import Alert
from streams.events import RuleSet
from streams.log import Record, headers_of
from streams.partition import Output, Partition, encode_header
from streams.rules import make_rule_set

FOLDER: Final = Path(__file__).parent / "fixtures/formats/1"
SECOND: Final = Path(__file__).parent / "fixtures/formats/2"  # only of what changed: a room


def records() -> list[Record]:
    """An evening in one room: a show that ended, one on air with a crew, a detector set aside, rules, an open pane."""
    writer = LogWriter()
    writer.write([marker(0, "started", show_id="s0", seller_id="seller"), marker(1, "ended", show_id="s0")], 4)
    writer.rules(rules(2), upto=5)
    writer.write([join(6, "a1", device_id="d1", source="raid", account_created_ts=at(-1_000)), *crew(3, 6)], 8)
    writer.write([comment(9, "observe", "a2", badge=5), marker(9, "flash_sale", sku="tea", until_ts=at(60))], 12)
    writer.write([order(13, "a1", amount_minor=2**53 + 1, subsidy_by="seller"), comment(13.5, "好看", "a3")])
    last = writer.records[-1]
    holes = msgspec.structs.replace(last, first=last.first, last=last.last + 2, offsets=(last.first,))
    return [*writer.records[:-1], holes]


def rules(version: int) -> RuleSet:
    overrides = {"buyers": {"min_buyers": 2}, "room": {"quiet_ms": 60_000}}
    made = make_rule_set(overrides, version=version, author="ops", reason="autumn", detectors=DOUBLES)
    return msgspec.structs.replace(made, rules={name: made.rules[name] for name in ("room", "buyers", "echoes")})


def partition() -> tuple[Partition, list[Output]]:
    """The partition after these records, and what it said."""
    running = Partition(detectors=DOUBLES, code="0.1.0", checkpoints=True)
    return running, [output for offset, record in enumerate(records(), 40) for output in running.step(offset, record)]


def files() -> dict[str, bytes]:
    """Every saved form by its file's name."""
    running, said = partition()
    alert = next(output.body for output in said if isinstance(output.body, Alert))
    live = msgspec.structs.replace(alert, detected_at=at(9), mode="live")
    checkpoint = [output.value() for output in said if output.topic == "live.checkpoints"][-1]
    lines = [line_of(3, offset, headers_of(record), record.value) for offset, record in enumerate(records(), 40)]
    return {
        "room.msgpack": running.rooms["r1"].encode(),
        "header.msgpack": encode_header(running.header()),
        "checkpoint.msgpack": checkpoint,
        "alert.json": msgspec.json.encode(live) + b"\n",
        "log.jsonl": b"\n".join(lines) + b"\n",
    }


def room_with_a_past() -> bytes:
    """A room as format 2 brought it: a show that is over and followed, one on air, a past, a crew."""
    evening = Evening(Returns, Buyers)
    bought = [order(at_s, account, show_id="s0") for at_s, account in ((1, "b1"), (2, "b2"), (3, "b3"))]
    evening.see(join(0, "a1", show_id="s0"), *bought, marker(10, "ended", show_id="s0"), upto=12)
    cancels = [order(at_s, account, status="cancelled", show_id="s0") for at_s, account in ((20, "a1"), (21, "a2"))]
    evening.see(*cancels, join(22, "a3"), upto=24)
    return evening.room.encode()


if __name__ == "__main__":
    SECOND.mkdir(parents=True, exist_ok=True)
    (SECOND / "room.msgpack").write_bytes(room_with_a_past())
