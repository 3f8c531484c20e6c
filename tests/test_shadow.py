"""Candidates that run beside the schemes in force: they say what they would, are told to nobody, and change nothing."""

import pytest
from doubles import DOUBLES, Buyers, Echoes, Returns
from logs import ROOM, SHOW, Evening, alerts, comment, crew, join, marker, order, verdict

from streams.rules import BadRules, check, make_rule_set, parse, rules_of
from streams.shadow import Shadow


def evening_with(detectors, **sections):
    """An evening under these sections of rules from its first event on."""
    made = Evening(*detectors)
    made.rules(2, **sections)
    return made


def told(outputs, mode):
    return [alert for alert in alerts(outputs) if alert.mode == mode]


# -- rules ------------------------------------------------------------------------------------------------------------


def test_every_scheme_is_live_unless_it_says_otherwise():
    made = make_rule_set({}, version=1, detectors=DOUBLES)

    assert {made.rules[kind.SCHEME]["mode"] for kind in DOUBLES} == {"live"}
    assert rules_of(made, DOUBLES).detectors == tuple(kind() for kind in DOUBLES)


def test_a_scheme_in_shadow_runs_as_one_and_one_that_is_off_does_not_run():
    made = make_rule_set({"buyers": {"mode": "shadow"}, "echoes": {"mode": "off"}}, version=1, detectors=DOUBLES)

    assert [detector.SCHEME for detector in rules_of(made, DOUBLES).detectors] == ["brittle", "shadow:buyers"]


def test_a_candidate_has_the_scheme_s_settings_but_for_those_it_names():
    text = "[buyers]\nmin_buyers = 5\nwindow_ms = 7000\n[shadow.buyers]\nmin_buyers = 2\n"
    made = rules_of(make_rule_set(parse(text), version=1, detectors=DOUBLES), DOUBLES)

    assert made.detectors[0] == Buyers(min_buyers=5, window_ms=7_000)
    assert made.detectors[-1] == Shadow(Buyers(min_buyers=2, window_ms=7_000))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[buyers]\nmode = "loud"\n', "line 2: [buyers] mode: 'loud' is none of live, shadow, off"),
        ("[shadow.nobody]\nx = 1\n", "[shadow] nobody: no such scheme"),
        ("[shadow.buyers]\nmin_buyer = 1\n", "line 2: [shadow.buyers] min_buyer: no such setting"),
        ("[shadow]\nbuyers = 1\n", "[shadow] buyers: no such scheme"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, said):
    assert any(error.startswith(said) or said in error for error in check(text, DOUBLES))
    with pytest.raises(BadRules):
        make_rule_set(parse(text), version=1, detectors=DOUBLES)


# -- running ----------------------------------------------------------------------------------------------------------


def test_a_candidate_says_what_it_would_and_the_scheme_in_force_what_it_does():
    evening = evening_with([Buyers], shadow={"buyers": {"min_buyers": 2}})

    said = evening.see(*crew(2, 1), upto=4)

    assert told(said, "replay") == []
    [candidate] = told(said, "shadow")
    assert (candidate.scheme, candidate.status, candidate.accounts_total) == ("buyers", "open", 2)


def test_with_a_candidate_what_is_in_force_says_the_same_byte_for_byte():
    def alerts_of(**sections):
        evening = evening_with([Buyers, Echoes], **sections)
        said = evening.see(*crew(3, 1), *(comment(5 + i, "so nice") for i in range(4)), marker(60, "ended"), upto=64)
        return [(a.alert_id, a.title, a.crew_id, a.status) for a in told(said, "replay")]

    assert alerts_of() == alerts_of(shadow={"buyers": {"min_buyers": 2}, "echoes": {"at_least": 2}}) != []


def test_the_incidents_of_a_candidate_are_its_own():
    evening = evening_with([Buyers], shadow={"buyers": {"window_ms": 30_000}})

    said = evening.see(*crew(3, 1), upto=4)

    assert len({alert.incident_id for alert in alerts(said)}) == 2
    assert evening.room.known.room == []


def test_a_moderator_s_word_and_the_memory_of_crews_are_not_for_candidates():
    evening = evening_with([Buyers], buyers={"mode": "shadow"})
    [opened] = told(evening.see(*crew(3, 1), upto=4), "shadow")
    word = verdict(6, incident_id=opened.incident_id, action="verdict", verdict="confirmed", show_id=SHOW)

    said = evening.see(word, marker(60, "ended"), upto=64)

    assert [alert.resolved_reason for alert in told(said, "shadow")] == ["show_ended"]
    assert evening.room.known.room == []


def test_a_candidate_that_comes_in_the_middle_of_a_show_begins_there():
    evening = Evening(Buyers)
    evening.see(join(0), upto=2)
    evening.rules(2, shadow={"buyers": {"min_buyers": 2}})

    assert len(told(evening.see(*crew(2, 4), upto=8), "shadow")) == 1


def test_a_candidate_that_is_taken_away_says_nothing_more():
    evening = evening_with([Buyers], shadow={"buyers": {"min_buyers": 2}})
    evening.see(join(0), upto=2)
    evening.rules(3)

    assert told(evening.see(*crew(2, 4), upto=8), "shadow") == []
    assert list(evening.room.on_air[SHOW].detectors) == ["buyers"]


def test_a_candidate_remembers_a_past_of_its_own():
    evening = evening_with([Returns], shadow={"returns": {"at_least": 1}})
    cancels = [order(3 + i, "a", status="cancelled") for i in range(2)]
    evening.see(join(0, "a"), *cancels, marker(10, "ended"), upto=12)

    assert {name: past.cancels for name, past in evening.room.past.items()} == {"returns": 2, "shadow:returns": 2}


def test_all_of_it_comes_back_after_a_restart():
    evening = evening_with([Buyers, Returns], shadow={"buyers": {"min_buyers": 2}, "returns": {"at_least": 1}})
    evening.see(*crew(2, 1), order(5, "crew0", status="cancelled"), upto=8)
    header, saved = evening.partition.header(), evening.room.encode()

    other = Evening(Buyers, Returns)
    other.partition.restore(header, {ROOM: (header.offset, saved)})

    assert other.room.encode() == saved
    assert len(other.room.on_air[SHOW].shadows.by_id) == 2
