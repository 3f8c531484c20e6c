"""One room: panes, late events, duplicates, when shows open and end, and detectors that break."""

from itertools import permutations

import msgspec
import pytest
from doubles import DOUBLES, Brittle, Buyers, Echoes
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import (
    ROOM,
    SHOW,
    Evening,
    alerts,
    arrive,
    at,
    bodies,
    comment,
    complaint,
    crew,
    evening,
    join,
    marker,
    order,
    play,
    told,
)

from streams.partition import Partition
from streams.room import Room
from streams.rules import default_rules, make_rule_set, rules_of

# -- panes ------------------------------------------------------------------------------------------------------------


def test_a_pane_is_judged_when_the_watermark_has_passed_its_end_and_not_before():
    evening = Evening(Buyers)

    assert evening.see(*crew(3, 0.5), upto=1.999) == []
    [opened] = alerts(evening.see(upto=2))

    assert (opened.status, opened.accounts_total) == ("open", 3)


def test_an_event_at_the_end_of_a_pane_belongs_to_the_next():
    evening = Evening(Buyers)

    assert evening.see(order(0, "a"), order(1.999, "b"), order(2, "c"), upto=2) == []
    [opened] = alerts(evening.see(upto=4))

    assert opened.window.end == at(2)


def test_events_are_handed_over_in_event_order_whatever_the_order_of_arrival():
    came = [join(1.5, "third"), join(0.5, "first"), join(1.0, "second"), comment(0.5, "hi", "before the first")]

    for some in permutations(came):
        evening = Evening()
        evening.see(*some, upto=2)
        assert evening.joined() == ["before the first", "first", "second", "third"]


@given(st.integers(0, 2**32), st.integers(0, 2**32), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_the_order_of_arrival_within_the_lateness_changes_nothing(seed, other_seed, per_record):
    came = evening(seed)
    one, other = Partition(detectors=DOUBLES), Partition(detectors=DOUBLES)

    said = play(one, arrive(came, seed).tick(5_000).records)
    also = play(other, arrive(came, other_seed, per_record=per_record).tick(5_000).records)

    assert told(said) == told(also)
    assert one.counts.late == other.counts.late == 0
    assert {name: room.encode() for name, room in one.rooms.items()} == {
        name: room.encode() for name, room in other.rooms.items()
    }


def test_a_jump_of_time_closes_pane_by_pane():
    """What waits in a later pane is not known to an earlier one, even if one record closes both."""
    evening = Evening(Buyers)

    said = alerts(evening.see(*crew(3, 0), order(4, "late buyer"), upto=60))

    assert [(alert.status, alert.accounts_total) for alert in said][:1] == [("open", 3)]


def test_a_window_is_judged_when_something_leaves_it():
    evening = Evening(Buyers)
    evening.see(order(1, "a"), order(3, "b"), upto=21.999)
    judged = len(evening.partition.near_misses)

    evening.see(upto=22)  # the first order is 20 s old at 21, in the pane that ends at 22

    [(_, now)] = evening.partition.near_misses[judged:]
    assert [suspect.account_id for suspect in now.accounts] == ["b"]


# -- late events ------------------------------------------------------------------------------------------------------


def test_a_late_event_is_handed_over_with_the_next_pane_and_counted():
    evening = Evening(Buyers)
    evening.see(order(1, "a"), order(1.1, "b"), upto=6)

    assert evening.see(order(1.2, "late"), upto=7.999) == []
    [opened] = alerts(evening.see(upto=8))

    assert opened.accounts_total == 3
    assert evening.counts.late == 1


def test_an_event_in_an_open_pane_is_not_late_even_if_it_is_older_than_the_watermark():
    evening = Evening()
    evening.see(join(0, "a"), upto=5)

    evening.see(join(4.5, "b"), upto=6)

    assert evening.counts.late == 0


def test_an_event_that_comes_as_the_watermark_stands_at_the_end_of_its_pane_is_late():
    evening = Evening()
    evening.see(join(0, "a"), upto=4)

    evening.see(join(3.999, "b"), join(4, "c"), upto=6)

    assert evening.counts.late == 1


def test_a_late_event_judges_no_closed_pane_again():
    evening = Evening(Buyers)
    evening.see(order(1, "a"), order(1.1, "b"), upto=40)

    assert evening.see(order(1.2, "late"), upto=44) == []  # 20 s later it is in no window any more


def test_late_events_come_before_the_others_of_their_pane():
    evening = Evening()
    evening.see(join(0, "a"), upto=10)

    evening.see(join(10.5, "on time"), join(3, "late"), upto=12)

    assert evening.joined() == ["a", "late", "on time"]


# -- duplicates -------------------------------------------------------------------------------------------------------


def test_of_an_id_that_comes_twice_in_a_pane_the_smaller_bytes_win_whatever_the_order():
    same = [join(1, "b", event_id="x"), join(1, "a", event_id="x"), comment(1.5, "hi", "a", event_id="x")]

    for some in permutations(same):
        evening = Evening()
        evening.see(*some, upto=2)
        assert evening.joined() == ["a"]
        assert evening.room.on_air[SHOW].state.presence.viewers["a"].comments == 1
        assert evening.counts.duplicates == 2


def test_of_two_acts_with_one_id_and_time_the_smaller_bytes_win():
    for some in permutations([join(1, "c", event_id="x"), join(1, "a", event_id="x"), join(1, "b", event_id="x")]):
        evening = Evening()
        evening.see(*some, upto=2)
        assert evening.joined() == ["a"]


def test_an_id_is_one_event_also_in_another_show_and_topic():
    evening = Evening()

    evening.see(join(1, "a", event_id="x"), upto=2)
    evening.see(comment(3, "hi", "b", event_id="x", show_id="s2"), upto=4)

    assert list(evening.room.on_air) == [SHOW]
    assert evening.counts.duplicates == 1


@pytest.mark.parametrize(("seconds", "one_event"), [(2, True), (59.999, True), (60, True), (61.999, True), (62, False)])
def test_an_id_is_remembered_for_60_s_of_event_time_in_whole_panes(seconds, one_event):
    evening = Evening()
    evening.see(join(0, "a", event_id="x"), upto=2)

    evening.see(join(seconds, "b", event_id="x"), upto=seconds + 2)

    assert evening.joined() == (["a"] if one_event else ["a", "b"])
    assert evening.counts.duplicates == one_event


def test_within_60_s_of_event_time_an_id_is_always_one_event():
    evening = Evening()
    evening.see(join(1.999, "a", event_id="x"), upto=2)

    evening.see(join(61.999, "b", event_id="x"), upto=64)

    assert evening.joined() == ["a"]


def test_a_late_repetition_is_found_too():
    evening = Evening()
    evening.see(join(0, "a", event_id="x"), upto=30)

    evening.see(join(0, "a", event_id="x"), upto=32)

    assert (evening.counts.duplicates, evening.counts.late) == (1, 0)


def test_a_repetition_does_not_make_an_id_remembered_for_longer():
    evening = Evening()
    evening.see(join(0, "a", event_id="x"), upto=2)
    evening.see(join(50, "a", event_id="x"), upto=52)

    evening.see(join(70, "b", event_id="x"), upto=72)

    assert evening.joined() == ["a", "b"]


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_events_given_twice_within_the_lateness_add_nothing(seed, other_seed):
    came = evening(seed, events=80)
    once, twice = Partition(detectors=DOUBLES), Partition(detectors=DOUBLES)

    said = play(once, arrive(came, seed).tick(5_000).records)
    also = play(twice, arrive([*came, *came], other_seed).tick(5_000).records)

    assert told(said) == told(also)
    assert twice.counts.duplicates == len(came)


# -- detectors that break ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["observe", "judge", "wake"])
def test_a_detector_that_breaks_is_set_aside_and_filed_with_its_event(where):
    evening = Evening(Brittle, Buyers)
    evening.see(join(0, "a"), upto=2)

    said = evening.see(comment(3, where, "b", event_id="the last straw"), upto=4)

    [failed] = bodies(said, "live.failed")
    assert failed["detector"] == "brittle"
    assert failed["error"].startswith("RuntimeError: told to break")
    assert (failed["room_id"], failed["show_id"], failed["pane_end_ms"]) == (ROOM, SHOW, at(4))
    assert (failed["topic"], failed["event"]["event_id"]) == ("live.comments", "the last straw")
    assert evening.room.on_air[SHOW].aside == ["brittle"]


@pytest.mark.parametrize("where", ["observe", "judge", "wake"])
def test_the_other_detectors_go_on_and_the_broken_one_stays_aside_until_the_show_ends(where):
    evening = Evening(Brittle, Buyers)
    evening.see(join(0, "a"), comment(0.5, where), upto=2)
    before = [output.topic for output in evening.outputs]

    said = evening.see(*crew(3, 2.1), join(3, "b"), comment(3.5, where), upto=4)

    assert before.count("live.failed") == 1
    assert [alert.scheme for alert in alerts(said)] == ["buyers"]
    assert bodies(said, "live.failed") == []


def test_the_next_show_of_the_room_has_the_broken_detector_again():
    evening = Evening(Brittle)
    evening.see(comment(0, "observe"), join(1, "b"), upto=2)

    said = evening.see(join(3, "a", show_id="s2"), upto=4)

    assert [(alert.scheme, alert.show_id) for alert in alerts(said)] == [("brittle", "s2")]


def test_a_detector_that_breaks_in_one_show_judges_the_other_shows_of_the_room():
    evening = Evening(Brittle)

    said = evening.see(comment(0, "judge"), join(0.5, "a", show_id="s2"), join(1, "b"), upto=2)

    assert [alert.show_id for alert in alerts(said)] == ["s2"]
    assert evening.room.on_air["s2"].aside == []


def test_a_failure_is_filed_with_an_event_of_its_own_show():
    evening = Evening(Brittle)

    said = evening.see(comment(0, "judge", event_id="mine"), comment(1.5, "hi", show_id="s2"), upto=2)

    [failed] = bodies(said, "live.failed")
    assert (failed["show_id"], failed["event"]["event_id"]) == (SHOW, "mine")


def test_what_a_broken_detector_had_open_goes_quiet():
    evening = Evening(Brittle, quiet_ms=60_000)
    evening.see(join(0, "a"), upto=2)

    evening.see(comment(3, "observe"), upto=4)
    [resolved] = alerts(evening.see(upto=60))

    assert (resolved.status, resolved.resolved_reason) == ("resolved", "quiet")


def test_a_failure_has_an_id_that_repeats():
    def failed() -> list[str]:
        evening = Evening(Brittle)
        return [output.id for output in evening.see(comment(0, "observe"), upto=2)]

    assert failed() == failed()


# -- rooms at rest ----------------------------------------------------------------------------------------------------


def test_a_room_is_empty_once_nothing_in_it_is_worth_keeping():
    rules = rules_of(make_rule_set({"room": {"ended_kept_ms": 100_000}}, version=1, detectors=()), ())
    evening = Evening(ended_kept_ms=100_000)
    evening.see(join(0), marker(1, "ended"), upto=2)

    assert not evening.room.is_empty(at(62), rules)
    assert not evening.room.is_empty(at(102), rules)
    assert evening.room.is_empty(at(102) + 1, rules)


def test_a_room_that_saw_nothing_but_a_stray_event_is_empty_after_60_s():
    rules = default_rules(())
    evening = Evening()
    evening.see(complaint(0), upto=2)

    assert not evening.room.is_empty(at(61.999), rules)
    assert evening.room.is_empty(at(62), rules)


def test_a_room_with_an_open_pane_or_a_show_on_air_is_not_empty():
    rules = default_rules(())
    evening = Evening()
    evening.see(complaint(100), upto=0)
    assert not evening.room.is_empty(at(1_000), rules)

    evening.see(join(100), upto=102)
    assert not evening.room.is_empty(at(1_000), rules)


def test_asking_whether_a_room_is_empty_changes_nothing():
    rules = default_rules(())
    evening = Evening()
    evening.see(join(0), marker(1, "ended"), upto=2)
    before = evening.room.encode()

    evening.room.is_empty(at(10**7), rules)

    assert evening.room.encode() == before


# -- saving -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_room_comes_back_as_it_was(seed):
    partition = Partition(detectors=DOUBLES)
    for offset, record in enumerate(arrive(evening(seed), seed).records):
        partition.step(offset, record)
        for room in partition.rooms.values():
            again = Room.decode(room.encode(), partition.rules)
            assert again.encode() == room.encode()
            assert again.due_ms() == room.due_ms()


def test_a_scheme_that_is_no_longer_known_is_dropped_and_a_new_one_starts():
    before = Evening(Buyers, Brittle)
    before.see(join(0, "a"), *crew(2, 0), upto=2)
    rules = default_rules((Buyers, Echoes))

    room = Room.decode(before.room.encode(), rules)

    show = room.on_air[SHOW]
    assert list(show.detectors) == ["buyers", "echoes"]
    assert len(show.detectors["buyers"].acts) == 2
    assert show.detectors["echoes"] == Echoes.State()


def test_a_new_detector_sees_the_rest_of_a_show_that_was_saved_without_it():
    before = Evening(Buyers)
    before.see(join(0, "a"), upto=2)
    after = Partition(detectors=(Buyers, Echoes))
    header = msgspec.structs.replace(before.partition.header(), rules=after.rules.published)
    after.restore(header, {ROOM: (header.offset, before.room.encode())})

    written = before.writer.write([comment(3 + n / 10, "so lovely", f"a{n}") for n in range(3)], 4).records
    said = play(after, written[before.stepped :], before.stepped)

    assert [alert.scheme for alert in alerts(said)] == ["echoes"]
    assert bodies(said, "live.failed") == []


def test_a_detector_set_aside_stays_aside_after_a_restart():
    before = Evening(Brittle)
    before.see(comment(0, "observe"), upto=2)

    room = Room.decode(before.room.encode(), before.partition.rules)

    assert room.on_air[SHOW].aside == ["brittle"]
    assert room.on_air[SHOW].detectors == {}


def test_a_detector_that_breaks_while_planning_after_a_restart_is_set_aside_with_the_next_pane():
    before = Evening(Brittle)
    before.see(join(0, "a"), upto=2)
    room = before.room
    room.on_air[SHOW].detectors["brittle"].doom = "wake"  # as newer code might find it
    after = Partition(detectors=(Brittle,))
    after.restore(before.partition.header(), {ROOM: (before.partition.offset, room.encode())})

    said = play(after, before.writer.tick(4).records[before.stepped :], before.stepped)

    assert [output.topic for output in said] == ["live.failed"]
    assert after.rooms[ROOM].on_air[SHOW].aside == ["brittle"]


def test_a_state_that_this_version_cannot_read_is_said_in_a_sentence():
    class OtherState(msgspec.Struct):
        acts: int

    class Changed(Buyers, frozen=True):
        State = OtherState

    before = Evening(Buyers)
    before.see(*crew(2, 0), upto=2)

    with pytest.raises(ValueError, match="room 'r1': the state of buyers is not as this version knows it"):
        Room.decode(before.room.encode(), default_rules((Changed,)))
