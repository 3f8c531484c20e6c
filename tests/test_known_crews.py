"""Crews that are remembered: from show to show, from room to room once confirmed, and for how long."""

import pytest
from doubles import Buyers
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import ROOM, SHOW, Evening, alerts, at, crew, join, marker, order, verdict

from streams.crews import (
    HALF_LIFE_MS,
    MAX_CREWS,
    MAX_MEMBERS,
    Confirmed,
    KnownCrews,
    overlap_of,
    publication,
    worth_at,
)
from streams.events import CrewSeen, KnownCrew
from streams.room import Room
from streams.rules import default_rules

DAY_MS = 86_400_000


def seen(show="s1", room="r1", ts=0):
    return CrewSeen(room=room, show=show, scheme="buyers", ts=ts)


def known(accounts, crew_id="c1", revision=1, **fields):
    fields = {"bits": 20.0, "seen": [seen()]} | fields
    return KnownCrew(crew_id=crew_id, revision=revision, accounts=list(accounts), **fields)


def remembering(*crews):
    """What a room knows after it saw these crews, each `(id, accounts, bits)`, in a show of its own."""
    knows = KnownCrews()
    for number, (crew_id, accounts, bits) in enumerate(crews):
        knows.remember(crew_id, list(accounts), {"orders": bits}, seen(f"s{number}"), f"i{number}")
    return knows


# -- what is the same crew --------------------------------------------------------------------------------------------


def test_a_crew_overlaps_by_the_share_of_the_smaller_form():
    assert overlap_of(set("abcd"), list("abcd")) == 1.0
    assert overlap_of(set("abcdef"), list("abcxyz")) == 0.5
    assert overlap_of(set("abcdef"), list("abc")) == 1.0


def test_fewer_than_three_in_common_are_no_overlap():
    assert overlap_of(set("ab"), list("ab")) == 0.0


def test_three_that_are_also_in_a_farm_do_not_make_it_theirs():
    assert overlap_of({*"abc", *map(str, range(12))}, list("abc")) == 1.0  # a fifth of all
    assert overlap_of({*"abc", *map(str, range(13))}, list("abc")) == 0.0


def test_a_few_are_known_by_how_unlikely_they_are_to_meet():
    named, crew = set("abcd"), [*"abcd", *map(str, range(40))]  # all four are of it, a tenth of what is known
    few_here = [*"abcd", *(f"v{i}" for i in range(196))]
    many_here = [*"abcd", *map(str, range(40)), *(f"v{i}" for i in range(26))]

    assert overlap_of(named, crew) == 0.0  # nothing is known of who came
    assert overlap_of(named, crew, few_here) == 1.0  # a fiftieth of them: 22 bits
    assert overlap_of(named, crew, many_here) == 0.0  # 44 of 70: any four might be of it


def test_evidence_is_worth_half_after_14_days_and_a_quarter_after_28():
    assert worth_at({"orders": 8.0}, 0, HALF_LIFE_MS) == {"orders": 4.0}
    assert worth_at({"orders": 8.0}, 0, 2 * HALF_LIFE_MS) == {"orders": 2.0}


# -- what a room remembers --------------------------------------------------------------------------------------------


def test_a_crew_that_was_seen_is_known_with_its_shows():
    knows = remembering(("c1", "abcd", 16.0), ("c1", "abce", 8.0))
    before = knows.before(list("abc"), 0, 0.5)

    assert (before.crew_id, before.shows, before.rooms, before.bits) == ("c1", 2, 1, 24.0)
    assert knows.room[0].accounts == list("abcde")


def test_the_same_incident_told_again_adds_no_evidence_and_no_show():
    knows = remembering(("c1", "abcd", 16.0))
    knows.remember("c1", list("abcde"), {"orders": 18.0}, seen("s0"), "i0")

    assert knows.room[0].bits == {"orders": 18.0}
    assert len(knows.room[0].seen) == 1


def test_a_crew_that_lies_inside_another_has_gone_into_it():
    knows = remembering(("c1", "abcd", 16.0), ("c2", "abcdef", 8.0))

    assert [(crew.crew_id, crew.came_from) for crew in knows.room] == [("c2", ["c1"])]
    assert [one.show for one in knows.room[0].seen] == ["s0", "s1"]


def test_of_two_known_crews_the_one_that_overlaps_more_is_meant():
    knows = remembering(("c1", "abcdwx", 16.0), ("c2", "abcdefg", 8.0))

    assert knows.before(list("abcdef"), 0, 0.5).crew_id == "c2"


def test_a_crew_is_forgotten_when_its_evidence_is_worth_less_than_a_bit():
    knows = remembering(("c1", "abc", 2.0))
    knows.forget(HALF_LIFE_MS)
    assert len(knows.room) == 1

    knows.forget(HALF_LIFE_MS + DAY_MS)
    assert knows.room == []


def test_what_is_kept_of_a_room_is_bounded():
    knows = KnownCrews()
    for number in range(MAX_CREWS + 5):
        accounts = [f"{number}-{i}" for i in range(MAX_MEMBERS + 7)]
        knows.remember(f"c{number}", accounts, {"orders": 10.0 + number}, seen(f"s{number}"), f"i{number}")
    knows.forget(0)

    assert len(knows.room) == MAX_CREWS
    assert knows.room[0].crew_id == "c5"  # the weakest went
    assert max(len(crew.accounts) for crew in knows.room) == MAX_MEMBERS


# -- what moderators confirmed ----------------------------------------------------------------------------------------


@given(st.permutations([known("abc"), known("abcd", revision=2), known("abce", revision=2), known("", revision=1)]))
@settings(max_examples=24, deadline=None)
def test_the_order_in_which_partitions_hear_of_a_crew_changes_nothing(records):
    first, other = Confirmed(), Confirmed()
    for record in records:
        first.hear(record)
    for record in reversed(records):
        other.hear(record)

    assert first.crews == other.crews
    assert {account: set(ids) for account, ids in first.of_account.items()} == {
        account: set(ids) for account, ids in other.of_account.items()
    }


def test_an_empty_revision_takes_a_crew_back_and_an_older_one_does_not_return_it():
    heard = Confirmed()
    for record in (known("abc"), known("", revision=2), known("abc")):
        heard.hear(record)

    assert heard.of_account == {}
    assert KnownCrews(confirmed=heard).before(list("abc"), 0, 0.5) is None


def test_a_publication_counts_on_from_what_was_heard_and_brings_both_together():
    knows = remembering(("c1", "abcd", 16.0))
    heard = Confirmed()
    heard.hear(known("xyz", revision=4, seen=[seen("t", room="r9", ts=5)]))

    made = publication(knows.room[0], heard)

    assert (made.revision, made.accounts) == (5, [*"abcd", *"xyz"])
    assert {one.room for one in made.seen} == {"r1", "r9"}


# -- on the log -------------------------------------------------------------------------------------------------------


def show_with_crew(evening, show_id, begins_s):
    """A show of a minute with a crew of three; gives its alerts."""
    bought = [order(begins_s + 1 + i, f"m{i}", show_id=show_id) for i in range(3)]
    said = evening.see(join(begins_s, "v", show_id=show_id), *bought, upto=begins_s + 6)
    return alerts(said + evening.see(marker(begins_s + 60, "ended", show_id=show_id), upto=begins_s + 62))


def test_a_crew_keeps_its_id_in_the_next_show_of_its_room_and_the_card_says_so():
    evening = Evening(Buyers)
    first, *_ = show_with_crew(evening, "monday", 0)
    again, *_ = show_with_crew(evening, "tuesday", 1_000)

    assert again.crew_id == first.crew_id
    assert again.incident_id != first.incident_id
    assert again.title == first.title + "; this crew was seen in 1 show of 1 room since 9 October 2025"
    assert [signal.name for signal in again.signals] == ["acts", "seen_before"]


@pytest.mark.parametrize(("idle_s", "is_known"), [(98, True), (100, False), (102, False)])
def test_when_a_room_is_dropped_is_nobody_s_business_to_its_crews(idle_s, is_known):
    def crew_ids(drops):
        evening = Evening(Buyers, ended_kept_ms=10_000, past_kept_ms=100_000)
        first, *_ = show_with_crew(evening, "monday", 0)  # its last pane ends at 62 s
        evening.see(marker(60, "started", room_id="another"), upto=62 + idle_s)
        if drops:
            evening.partition.drop_if_empty(ROOM)
        again, *_ = show_with_crew(evening, "tuesday", 62 + idle_s)
        return first.crew_id, again.crew_id

    first, again = crew_ids(drops=False)
    assert crew_ids(drops=True) == (first, again)
    assert (again == first) is is_known


def test_asking_whether_a_room_is_empty_forgets_no_crew():
    evening = Evening(Buyers)
    show_with_crew(evening, "monday", 0)

    evening.room.is_empty(at(10**8), default_rules((Buyers,)))

    assert len(evening.room.known.room) == 1


def test_a_crew_that_was_seen_before_fires_on_less():
    rules = {"min_buyers": 4}
    evening = Evening(Buyers)
    assert show_with_crew(evening, "monday", 0)
    evening.partition.hear(known(["m0", "m1", "m2"]))
    evening.rules(2, buyers=rules)

    opened, *_ = show_with_crew(evening, "tuesday", 1_000)
    assert (opened.status, opened.accounts_total) == ("open", 3)


def test_a_crew_that_is_known_only_when_more_of_it_was_seen_gets_its_old_id_then():
    evening = Evening(Buyers)
    first, *_ = show_with_crew(evening, "monday", 0)  # m0, m1 and m2

    evening.see(*(order(1_000 + i, who, show_id="tuesday") for i, who in enumerate("xyz")), upto=1_006)
    more = [order(1_008 + i, f"m{i}", show_id="tuesday") for i in range(3)]
    said = evening.see(*more, marker(1_060, "ended", show_id="tuesday"), upto=1_062)
    *_, resolved = alerts(said)

    assert resolved.crew_id == first.crew_id
    assert resolved.title.endswith("; this crew was seen in 1 show of 1 room since 9 October 2025")
    assert [len(crew.seen) for crew in evening.room.known.room] == [2]


def test_a_crew_that_a_moderator_spoke_of_keeps_the_id_that_it_had_then():
    evening = Evening(Buyers)
    show_with_crew(evening, "monday", 0)
    opened, *_ = alerts(
        evening.see(*(order(1_000 + i, who, show_id="tuesday") for i, who in enumerate("xyz")), upto=1_006)
    )
    confirm(evening, opened, 1_010)
    evening.see(*(order(1_012 + i, f"m{i}", show_id="tuesday") for i in range(3)), upto=1_018)

    [incident] = evening.room.on_air["tuesday"].incidents.by_id.values()
    assert incident.crew_id == opened.crew_id


def test_an_id_that_another_crew_of_the_show_has_is_not_given_twice():
    evening = Evening(Buyers)
    show_with_crew(evening, "monday", 0)
    evening.see(*(order(1_000 + i, f"m{i}", show_id="tuesday") for i in range(3)), upto=1_006)

    crews = evening.room.on_air["tuesday"].incidents.crews
    assert len({crew.said_id for crew in crews}) == len(crews)


def test_without_having_been_seen_it_does_not():
    evening = Evening(Buyers)
    evening.rules(2, buyers={"min_buyers": 4})

    assert show_with_crew(evening, "tuesday", 1_000) == []


def confirm(evening, alert, at_s, action="verdict", **fields):
    fields = {"verdict": "confirmed"} | fields if action == "verdict" else fields
    said = verdict(at_s, incident_id=alert.incident_id, action=action, moderator="mo", show_id=alert.show_id, **fields)
    return evening.see(said, upto=at_s + 2)


def published(outputs):
    import msgspec

    return [msgspec.json.decode(output.value(), type=KnownCrew) for output in outputs if output.topic == "live.crews"]


def test_a_crew_that_a_moderator_confirms_is_published_once():
    evening = Evening(Buyers)
    first, *_ = show_with_crew(evening, "monday", 0)

    [crew_record] = published(confirm(evening, first, 100))

    assert (crew_record.crew_id, crew_record.revision) == (first.crew_id, 1)
    assert crew_record.accounts == ["m0", "m1", "m2"]
    assert [(one.room, one.show, one.scheme) for one in crew_record.seen] == [(ROOM, "monday", "buyers")]
    assert published(confirm(evening, first, 110)) == []


def test_an_undo_publishes_an_empty_revision():
    evening = Evening(Buyers)
    first, *_ = show_with_crew(evening, "monday", 0)
    confirm(evening, first, 100)

    [taken_back] = published(confirm(evening, first, 120, action="undo"))

    assert (taken_back.revision, taken_back.accounts) == (2, [])


def test_of_a_crew_that_was_said_to_be_none_a_later_word_publishes_nothing():
    evening = Evening(Buyers)
    [opened] = alerts(evening.see(*(order(1 + i / 10, f"m{i}") for i in range(3)), upto=4))

    assert published(confirm(evening, opened, 10, verdict="false_positive")) == []
    assert published(confirm(evening, opened, 20)) == []


def test_a_later_word_takes_nothing_from_a_crew_that_was_confirmed():
    evening = Evening(Buyers)
    [opened] = alerts(evening.see(*(order(1 + i / 10, f"m{i}") for i in range(3)), upto=4))
    confirm(evening, opened, 10)
    confirm(evening, opened, 20, verdict="false_positive")

    [taken_back] = published(confirm(evening, opened, 30, action="undo"))

    assert taken_back.accounts == []


def test_an_undo_in_another_show_takes_no_confirmation_back():
    evening = Evening(Buyers)
    first, *_ = show_with_crew(evening, "monday", 0)
    confirm(evening, first, 100)
    again = alerts(evening.see(*(order(200 + i / 10, f"m{i}", show_id="tuesday") for i in range(3)), upto=204))[0]

    assert published(confirm(evening, again, 210, action="undo")) == []


def test_a_crew_that_was_none_is_forgotten():
    evening = Evening(Buyers)
    first, *_ = show_with_crew(evening, "monday", 0)

    assert published(confirm(evening, first, 100, verdict="false_positive")) == []
    assert evening.room.known.room == []


def test_a_crew_that_was_confirmed_in_one_room_is_known_in_another():
    evening = Evening(Buyers)
    evening.partition.hear(known(["m0", "m1", "m2"], crew_id="c_far", seen=[seen("s9", room="r9", ts=at(0))]))

    opened, *_ = show_with_crew(evening, "monday", 0)

    assert opened.crew_id == "c_far"
    assert opened.title.endswith("seen in 1 show of 1 room since 9 October 2025, confirmed by a moderator")


def test_what_a_room_and_a_partition_know_of_crews_comes_back_after_a_restart():
    evening = Evening(Buyers)
    show_with_crew(evening, "monday", 0)
    evening.partition.hear(known("xyz"))
    header = evening.partition.header()

    other = Evening(Buyers)
    other.partition.restore(header, {ROOM: (header.offset, evening.room.encode())})

    assert other.partition.confirmed == evening.partition.confirmed
    assert other.room.known.room == evening.room.known.room
    assert other.room.known.confirmed is other.partition.confirmed


def test_a_room_saved_without_crews_has_none():
    evening = Evening(Buyers)
    evening.see(*crew(3, 1), upto=4)

    room = Room.decode(evening.room.encode(), default_rules((Buyers,)))

    assert room.known.room == []
    assert room.on_air[SHOW].state.known is room.known
