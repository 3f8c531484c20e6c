"""What a moderator says of an incident: it closes it, holds it back for a while, or takes it up again."""

import pytest
from doubles import Buyers
from logs import SHOW, Evening, alerts, at, crew, order, verdict


def staged():
    """A show with a crew of three; its incident is open."""
    evening = Evening(Buyers, quiet_ms=10**9)
    [opened] = alerts(evening.see(*crew(3, 1), upto=4))
    return evening, opened


def say(evening, alert, at_s, action, **fields):
    word = verdict(at_s, incident_id=alert.incident_id, action=action, moderator="mo", show_id=SHOW, **fields)
    return alerts(evening.see(word, upto=at_s + 2))


def more(evening, at_s):
    """More of the crew buys."""
    return alerts(evening.see(*(order(at_s + i / 10, f"crew{i}") for i in range(4)), upto=at_s + 2))


@pytest.mark.parametrize("word", ["confirmed", "valuable", "false_positive"])
def test_a_verdict_resolves_and_nothing_more_is_told_of_it(word):
    evening, opened = staged()

    [resolved] = say(evening, opened, 10, "verdict", verdict=word)

    assert (resolved.status, resolved.resolved_reason, resolved.event_ts) == ("resolved", "verdict", at(10))
    assert more(evening, 60) == []


def test_the_first_verdict_stands():
    evening, opened = staged()
    say(evening, opened, 10, "verdict", verdict="confirmed")
    say(evening, opened, 20, "verdict", verdict="false_positive")

    assert evening.room.on_air[SHOW].incidents.by_id[opened.incident_id].verdict == "confirmed"


def test_an_undo_opens_it_again():
    evening, opened = staged()
    say(evening, opened, 10, "verdict", verdict="false_positive")

    [again] = say(evening, opened, 20, "undo")

    assert (again.status, again.revision, again.incident_id) == ("open", 3, opened.incident_id)


def test_an_undo_of_something_else_changes_nothing():
    evening, opened = staged()
    say(evening, opened, 10, "verdict", verdict="false_positive")

    assert say(evening, opened, 20, "undo", undoes="another") == []
    assert more(evening, 60) == []


def test_a_snooze_holds_it_back_until_its_time():
    evening, opened = staged()
    [resolved] = say(evening, opened, 10, "snooze", until_ts=at(100))

    assert (resolved.status, resolved.resolved_reason) == ("resolved", "snoozed")
    assert more(evening, 60) == []
    assert [alert.status for alert in more(evening, 100)] == ["open"]


def test_a_snooze_without_an_end_holds_for_the_show():
    evening, opened = staged()
    say(evening, opened, 10, "snooze")

    assert more(evening, 10_000) == []


def test_an_unsnooze_opens_it_again():
    evening, opened = staged()
    say(evening, opened, 10, "snooze")

    assert [alert.status for alert in say(evening, opened, 20, "unsnooze")] == ["open"]


@pytest.mark.parametrize("action", ["take", "release", "unsnooze", "undo"])
def test_other_words_change_nothing(action):
    evening, opened = staged()

    assert say(evening, opened, 10, action) == []


def test_a_word_on_an_incident_that_nobody_knows_is_heard_by_nobody():
    evening, opened = staged()
    unknown = verdict(10, incident_id="i_other", action="verdict", verdict="confirmed", moderator="mo", show_id=SHOW)

    assert evening.see(unknown, upto=12) == []
    assert evening.room.on_air[SHOW].incidents.by_id[opened.incident_id].status == "open"


def test_a_verdict_never_opens_a_show():
    evening = Evening(Buyers)

    evening.see(verdict(1, incident_id="i", action="snooze", moderator="mo"), upto=4)

    assert evening.room.on_air == {}
