"""What comes after a show: who is still told of it, until when, and what a room's past is."""

import msgspec
import pytest
from doubles import Buyers, Returns
from logs import ROOM, SHOW, Evening, alerts, at, comment, complaint, crew, join, marker, order

from streams.partition import Partition
from streams.room import Room
from streams.rules import default_rules, make_rule_set, rules_of


def cancel(at_s, account="a", **fields):
    return order(at_s, account, status="cancelled", **fields)


def ended_show(*more, detectors=(Returns,), **room):
    """A show of one viewer that ended at 10 s."""
    evening = Evening(*detectors, **room)
    evening.see(join(0, "a"), *more, marker(10, "ended"), upto=12)
    return evening


def held(evening, scheme="returns"):
    return evening.room.over[SHOW].detectors[scheme]


def test_a_cancel_after_the_end_reaches_a_detector_that_waits_for_it_and_no_other():
    evening = ended_show(detectors=(Buyers, Returns))

    evening.see(cancel(30), upto=32)

    assert [act.ts for act in held(evening).cancels] == [at(30)]
    assert list(evening.room.over[SHOW].detectors) == ["returns"]


def test_a_show_that_nobody_follows_is_gone_at_its_end():
    evening = ended_show(detectors=(Buyers,))

    assert (evening.room.on_air, evening.room.over) == ({}, {})


def test_what_is_found_after_the_end_is_an_alert_of_that_show():
    evening = ended_show()

    assert evening.see(cancel(30), upto=32) == []
    [opened] = alerts(evening.see(cancel(40, "b"), upto=42))

    assert (opened.show_id, opened.status, opened.event_ts) == (SHOW, "open", at(40))


def test_an_incident_goes_on_after_the_end_for_those_who_wait_and_is_resolved_for_the_others():
    evening = Evening(Buyers, Returns)
    opened = alerts(evening.see(*crew(3, 1), cancel(2, "a"), cancel(2.5, "b"), upto=4))
    ended = alerts(evening.see(marker(10, "ended"), upto=12))

    assert sorted((alert.scheme, alert.status) for alert in opened) == [("buyers", "open"), ("returns", "open")]
    assert [(alert.scheme, alert.resolved_reason) for alert in ended] == [("buyers", "show_ended")]
    [more] = alerts(evening.see(cancel(50, "c"), upto=52))
    assert (more.scheme, more.status, more.accounts_total) == ("returns", "update", 3)


def test_joins_comments_and_markers_after_the_end_are_nobodys():
    evening = ended_show()

    evening.see(join(20, "b"), comment(20, "ended", "b"), marker(21, "prompt", text="1"), upto=22)

    assert held(evening).doom == ""
    assert evening.room.over[SHOW].state.markers == []
    assert evening.room.on_air == {}


def test_a_cancel_in_the_pane_of_the_end_counts_whether_before_or_after_it():
    evening = Evening(Returns)
    evening.see(join(0, "a"), cancel(9, "a"), marker(10, "ended"), cancel(11, "b"), upto=12)

    assert [act.ts for act in held(evening).cancels] == [at(9), at(11)]


def test_the_end_is_told_once_with_all_that_is_known_and_what_is_shared_is_then_emptied():
    evening = ended_show(join(1, "b"))
    evening.see(cancel(30), upto=32)

    assert (held(evening).ends, held(evening).viewers) == (1, 2)
    assert evening.room.over[SHOW].state.presence.viewers == {}


def test_a_show_that_goes_quiet_is_over_too():
    evening = Evening(Returns, show_silence_ms=10_000)
    evening.see(join(0, "a"), upto=12)

    assert (held(evening).ends, evening.room.over[SHOW].state.ended_ms) == (1, at(10))


@pytest.mark.parametrize(("waited_s", "followed"), [(71.999, True), (72, False)])
def test_a_show_is_followed_for_as_long_as_its_detector_says(waited_s, followed):
    evening = ended_show()  # the pane of its end closes at 12 s

    evening.see(upto=waited_s)

    assert (SHOW in evening.room.over) is followed


def test_what_is_open_when_nobody_follows_any_more_is_resolved():
    evening = ended_show(cancel(1, "a"), cancel(2, "b"))

    said = alerts(evening.see(upto=100))

    assert [(alert.status, alert.resolved_reason, alert.event_ts) for alert in said] == [
        ("resolved", "show_ended", at(10))
    ]


def test_nothing_opens_a_show_again_that_is_over():
    evening = ended_show(ended_kept_ms=1)

    evening.see(join(30, "c"), order(31, "c"), comment(32, "hello", "c"), upto=40)

    assert evening.room.on_air == {}


def test_a_detector_that_breaks_at_the_end_is_set_aside_and_filed():
    evening = Evening(Returns)
    said = evening.see(join(0, "a"), comment(1, "ended", "a"), marker(10, "ended"), upto=12)

    assert [output.topic for output in said] == ["live.failed"]
    assert (evening.room.on_air, evening.room.over) == ({}, {})


def test_a_show_whose_last_follower_breaks_is_forgotten_and_its_incident_resolved():
    evening = ended_show(cancel(1, "a"), cancel(2, "b"))
    held(evening).cancels = None  # as newer code might find it

    said = evening.see(cancel(30, "c"), upto=32)

    assert [output.topic for output in said] == ["live.alerts", "live.failed"]
    assert [alert.resolved_reason for alert in alerts(said)] == ["show_ended"]
    assert evening.room.over == {}


def test_complaints_after_the_end_are_handed_to_nobody_who_does_not_read_them():
    evening = ended_show()

    assert evening.see(complaint(30), upto=32) == []


# -- the past of a room -----------------------------------------------------------------------------------------------


def test_what_is_remembered_of_a_room_outlives_its_shows():
    evening = ended_show()
    evening.see(cancel(30), upto=32)
    evening.see(join(100, "a", show_id="s2"), marker(110, "ended", show_id="s2"), upto=200)

    assert evening.room.over == {}
    assert (evening.room.past["returns"].shows, evening.room.past["returns"].cancels) == (2, 1)


def test_a_room_is_remembered_for_past_kept_ms_and_one_without_a_past_is_not():
    rules = rules_of(
        make_rule_set({"room": {"ended_kept_ms": 1, "past_kept_ms": 100_000}}, version=1, detectors=()), ()
    )
    remembered, plain = ended_show(), ended_show(detectors=(Buyers,))
    remembered.see(upto=80)
    plain.see(upto=80)

    assert remembered.room.closed_ms == at(72)
    assert plain.room.is_empty(at(172), rules)
    assert not remembered.room.is_empty(at(172), rules)
    assert remembered.room.is_empty(at(172) + 1, rules)


def test_a_room_whose_show_is_followed_is_not_empty():
    evening = ended_show()

    assert not evening.room.is_empty(at(10**9), default_rules((Returns,)))


# -- saving -----------------------------------------------------------------------------------------------------------


def test_a_show_that_is_over_and_the_past_come_back_as_they_were():
    evening = ended_show()
    evening.see(cancel(30), upto=32)
    saved = evening.room.encode()

    room = Room.decode(saved, default_rules((Returns,)))

    assert room.encode() == saved
    assert room.over[SHOW].state.past is room.past
    assert (room.past["returns"].shows, room.over[SHOW].over_ms) == (1, at(12))
    assert room.due_ms() == evening.room.due_ms() == at(72)


def test_the_past_is_saved_once_and_not_with_each_show():
    evening = ended_show()
    evening.see(join(20, "a", show_id="s2"), upto=22)
    saved = msgspec.msgpack.decode(evening.room.encode())

    assert list(saved["past"]) == ["returns"]
    assert [show["state"]["past"] for show in (*saved["on_air"], *saved["over"])] == [{}, {}]


def test_a_room_saved_before_there_was_an_after_is_read():
    evening = Evening(Buyers)
    evening.see(join(0, "a"), upto=2)
    saved = msgspec.msgpack.decode(evening.room.encode())
    del saved["over"], saved["past"]

    room = Room.decode(msgspec.msgpack.encode(saved | {"format": 1}), default_rules((Buyers, Returns)))

    assert list(room.on_air[SHOW].detectors) == ["buyers", "returns"]
    assert room.on_air[SHOW].state.past == {"returns": Returns.Past()}


def test_a_detector_that_is_new_does_not_join_a_show_that_is_over():
    evening = ended_show(detectors=(Returns, Buyers))

    room = Room.decode(evening.room.encode(), default_rules((Buyers,)))

    assert room.over == {} or room.over[SHOW].detectors == {}


def test_the_same_partition_goes_on_alike_after_a_restart_between_end_and_cancel():
    one = ended_show()
    other = ended_show()
    other.partition.rooms[ROOM] = Room.decode(other.room.encode(), default_rules((Returns,)))
    other.partition._schedule_next(other.partition.rooms[ROOM])

    def goes_on(evening):
        return [alert.alert_id for alert in alerts(evening.see(cancel(30), cancel(31, "b"), upto=40))]

    assert goes_on(one) == goes_on(other) != []
    assert isinstance(one.partition, Partition)
