"""What was saved by an earlier version is read by today's, and what a newer one saved is refused with a sentence."""

from typing import Any

import msgspec
import pytest
from doubles import DOUBLES, Buyers, Returns
from formats import FOLDER, SECOND, files, room_with_a_past
from logs import alerts, at, play

from agents.recordings import LoggedRecord, read_files
from streams.alerts import decode_alert
from streams.log import NewerFormat, record_of
from streams.partition import Partition, decode_checkpoint, decode_header
from streams.room import Room
from streams.rules import default_rules, rules_of

SAVED = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}


def rules():
    return rules_of(decode_header(SAVED["header.msgpack"]).rules, DOUBLES)


def test_a_saved_form_of_every_kind_is_here():
    assert list(SAVED) == ["alert.json", "checkpoint.msgpack", "header.msgpack", "log.jsonl", "room.msgpack"]


def test_the_script_makes_the_same_every_time():
    assert files() == files()
    assert set(files()) == set(SAVED)


# -- read -------------------------------------------------------------------------------------------------------------


def test_a_saved_header_is_read():
    header = decode_header(SAVED["header.msgpack"])

    assert (header.format, header.code, header.offset, header.pane_ms) == (1, "0.1.0", 50, 2_000)
    assert header.watermark == at(12)
    assert header.covered == {"live.shows": 2, "live.rules": 0, "live.joins": 0, "live.orders": 3, "live.comments": 3}
    assert header.newest["live.orders"] == at(13)
    assert (header.rules.version, header.rules.author) == (2, "ops")
    assert rules().detectors[0].min_buyers == 2
    assert rules().room.quiet_ms == 60_000


def test_a_saved_room_is_read():
    room = Room.decode(SAVED["room.msgpack"], rules())

    assert (room.room_id, room.closed_ms, room.ended) == ("r1", at(10), {"s0": at(2)})
    assert [end_ms for end_ms, _ in room.seen.recent(room.closed_ms)] == [at(2), at(8), at(10)]
    [(pane_end_ms, waiting)] = room.panes.items()
    assert pane_end_ms == at(14)
    assert [event.TOPIC for event in waiting] == ["live.orders", "live.comments"]
    assert waiting[0].amount_minor == 2**53 + 1
    assert waiting[1].text == "好看"


def test_a_saved_show_is_read():
    show = Room.decode(SAVED["room.msgpack"], rules()).on_air["s1"]

    assert show.aside == ["brittle"]
    assert [act.account_id for act in show.detectors["buyers"].acts] == ["crew0", "crew1", "crew2"]
    assert (show.state.started_ms, show.alive_ms, show.state.newest_ms) == (at(6), at(9), at(9))
    viewer = show.state.presence.viewers["a1"]
    assert (viewer.device_id, viewer.source, viewer.joined_ms, viewer.created_ms) == ("d1", "raid", at(6), at(-1_000))
    assert show.state.presence.viewers["a2"].badge == 5
    [marker] = show.state.markers
    assert (marker.action, marker.sku, marker.until_ms) == ("flash_sale", "tea", at(60))


def test_saved_incidents_are_read():
    incidents = Room.decode(SAVED["room.msgpack"], rules()).on_air["s1"].incidents

    assert {(incident.finding.scheme, incident.status, incident.revision) for incident in incidents.by_id.values()} == {
        ("buyers", "open", 1),
        ("brittle", "open", 1),
    }
    assert [crew.accounts for crew in incidents.crews] == [["crew0", "crew1", "crew2"]]


def test_a_saved_checkpoint_is_read():
    checkpoint = decode_checkpoint(SAVED["checkpoint.msgpack"])

    assert (checkpoint.format, checkpoint.room_id, checkpoint.show_id) == (1, "r1", "s1")
    assert (checkpoint.header.offset, checkpoint.header.watermark) == (42, at(5))
    assert checkpoint.room is not None
    assert Room.decode(checkpoint.room, rules()).ended == {"s0": at(2)}


def test_a_saved_alert_is_read():
    alert = decode_alert(SAVED["alert.json"])

    assert (alert.scheme, alert.status, alert.revision, alert.mode) == ("brittle", "open", 1, "live")
    assert alert.incident_id.startswith("i_")
    assert alert.alert_id.startswith("a_")
    assert (alert.detected_at, alert.event_ts, alert.window.end) == (at(9), at(6.2), at(6))
    assert (alert.ruleset.version, alert.evidence[0].account_id) == (2, "a1")


def recorded() -> list[LoggedRecord]:
    return [read for read in read_files([str(FOLDER / "log.jsonl")]) if isinstance(read, LoggedRecord)]


def test_a_saved_log_is_read():
    log = recorded()

    assert [entry.offset for entry in log] == list(range(40, 51))
    assert {entry.partition for entry in log} == {3}
    assert [entry.record.kind for entry in log].count("tick") == 3
    assert log[-1].record.offsets == (log[-1].record.first,)
    assert log[-1].record.last == log[-1].record.first + 2


def test_a_saved_log_gives_the_rooms_and_alerts_that_were_saved_with_it():
    log = recorded()
    running = Partition(detectors=DOUBLES)

    said = play(running, [entry.record for entry in log], 40)

    saved = decode_alert(SAVED["alert.json"])
    found = next(alert for alert in alerts(said) if alert.alert_id == saved.alert_id)
    assert msgspec.structs.replace(found, detected_at=saved.detected_at, mode=saved.mode) == saved
    assert list(running.rooms["r1"].on_air) == ["s1"]


def test_a_partition_goes_on_from_what_was_saved():
    restored = Partition(detectors=DOUBLES)
    restored.restore(decode_header(SAVED["header.msgpack"]), {"r1": (50, SAVED["room.msgpack"])})

    said = alerts(restored.move_to(at(100)))

    assert [(alert.scheme, alert.status) for alert in said] == [
        ("buyers", "update"),
        ("brittle", "resolved"),
        ("buyers", "resolved"),
    ]
    assert {alert.ruleset.version for alert in said} == {2}


def test_a_saved_room_of_format_2_is_read_with_the_show_that_is_over_and_its_past():
    saved = (SECOND / "room.msgpack").read_bytes()
    room = Room.decode(saved, default_rules((Returns, Buyers)))

    assert (list(room.on_air), list(room.over), room.over["s0"].over_ms) == (["s1"], ["s0"], at(12))
    assert [incident.status for incident in room.over["s0"].incidents.by_id.values()] == ["resolved", "open"]
    assert [crew.accounts for crew in room.known.room] == [["b1", "b2", "b3"]]
    assert (room.past["returns"].shows, room.past["returns"].cancels) == (1, 2)
    assert room.encode() == saved == room_with_a_past()


# -- refused ----------------------------------------------------------------------------------------------------------


def newer(value: bytes) -> bytes:
    """The same of format 3, in a shape of its own."""
    content: dict[str, Any] = msgspec.msgpack.decode(value)
    return msgspec.msgpack.encode(
        {"format": 3, "holograms": [content], **{name: "moved" for name in content if name != "format"}}
    )


def test_a_room_of_a_newer_format_is_refused():
    with pytest.raises(
        ValueError, match="a room of the table was written in format 3, newer than 2: upgrade this version"
    ):
        Room.decode(newer(SAVED["room.msgpack"]), rules())


def test_a_header_of_a_newer_format_is_refused():
    with pytest.raises(ValueError, match="the table was written in format 3, newer than 1: upgrade this version"):
        decode_header(newer(SAVED["header.msgpack"]))


def test_a_checkpoint_of_a_newer_format_is_refused():
    with pytest.raises(ValueError, match="the checkpoint was written in format 3, newer than 1: upgrade this version"):
        decode_checkpoint(newer(SAVED["checkpoint.msgpack"]))


def test_a_log_record_of_a_newer_format_is_refused():
    with pytest.raises(NewerFormat, match="a record of format 2, this version reads up to 1: upgrade it"):
        record_of([("format", b"2")], b"")


def test_what_a_newer_version_adds_to_an_alert_is_passed_over():
    alert = msgspec.json.decode(SAVED["alert.json"]) | {"mood": {"grim": True}}

    assert decode_alert(msgspec.json.encode(alert)) == decode_alert(SAVED["alert.json"])


@pytest.mark.parametrize("damaged", [b"", b"\xc1", b"nonsense", msgspec.msgpack.encode({"format": "1"})])
def test_what_is_none_of_these_is_a_value_error_and_no_crash(damaged):
    for read in (decode_header, decode_checkpoint, lambda value: Room.decode(value, rules())):
        with pytest.raises(ValueError, match=r"."):
            read(damaged)
