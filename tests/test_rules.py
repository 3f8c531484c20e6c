"""Rule sets: complete, hashed, and everything wrong with a file said at once with its line."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from doubles import DOUBLES, Brittle, Buyers, Echoes

from streams.detectors import DETECTORS
from streams.events import RuleSet, decode
from streams.rules import BadRules, RoomRules, check, default_rules, make_rule_set, parse, rules_of


def faults(text: str) -> list[str]:
    return check(text, DOUBLES)


# -- rules.toml -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "# nothing", "[room]\n", "[room]\nquiet_ms = 1\n[buyers]\nmin_buyers = 9\n"])
def test_a_good_file_has_no_faults(text):
    assert faults(text) == []


def test_every_fault_is_said_at_once_with_its_line():
    text = """
# thresholds of the autumn
[room]
quiet_ms = 0
critical_score = 1.5
loudness = 3
"silence" = 1

[buyers]
min_buyers = "five"

[bayers]
min_buyers = 3
[echoes]
at-least = 2
at_least = 2.5
"""

    said = faults(text)

    assert [fault.split(":")[0] for fault in sorted(said, key=lambda fault: int(fault.split()[1][:-1]))] == [
        f"line {number}" for number in (4, 5, 6, 7, 10, 12, 15, 16)
    ]
    assert "line 4: [room] quiet_ms: Expected int >= 1" in said
    assert "line 5: [room] critical_score: Expected float <= 1.0" in said
    assert "line 10: [buyers] min_buyers: Expected int, got str" in said
    assert "line 12: [bayers]: no such section; known are room, buyers, echoes, brittle" in said
    assert "line 15: [echoes] at-least: no such setting; known are at_least" in said
    assert "line 16: [echoes] at_least: Expected int, got float" in said


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[ room ]\n quiet_ms=0", "line 2: [room] quiet_ms: Expected int >= 1"),
        ('["room"]\n"quiet_ms" = 0', "line 2: [room] quiet_ms: Expected int >= 1"),
        ("room.quiet_ms = 0", "line 1: [room] quiet_ms: Expected int >= 1"),
        ("room = {quiet_ms = 0}", "[room] quiet_ms: Expected int >= 1"),
        ("[room]\nquiet_ms = true", "line 2: [room] quiet_ms: Expected int, got bool"),
        ("[room]\nquiet_ms = 2026-01-01", "line 2: [room] quiet_ms: Expected int, got date"),
        ("[room]\nquiet_ms = [1]", "line 2: [room] quiet_ms: Expected int, got array"),
        ("[buyers]\nmin_buyers = 1\n[room]\nquiet_ms = -5", "line 4: [room] quiet_ms: Expected int >= 1"),
        ("quiet_ms = 5", "line 1: quiet_ms: stands outside a section"),
    ],
)
def test_a_fault_is_found_however_the_file_is_written(text, fault):
    assert faults(text) == [fault]


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "9223372036854775808", "-9223372036854775809"])
@pytest.mark.parametrize("field", ["[room]\ncritical_score", "[room]\nquiet_ms", "[buyers]\nwindow_ms"])
def test_numbers_that_json_cannot_hold_are_faults(field, number):
    [fault] = faults(f"{field} = {number}")

    assert fault.startswith("line 2: ")


@pytest.mark.parametrize("share", ["0", "1", "0.0", "1.0", "0.5"])
def test_a_share_may_be_0_and_1_and_may_be_written_as_a_whole_number(share):
    assert faults(f"[room]\nwarning_score = {share}") == []


@pytest.mark.parametrize("share", ["-0.0001", "1.0001"])
def test_a_share_is_not_below_0_nor_above_1(share):
    assert len(faults(f"[room]\nwarning_score = {share}")) == 1


def test_what_is_no_toml_is_said_with_its_line():
    [fault] = faults("[room]\nquiet_ms = \n")

    assert fault.startswith("not TOML: ")
    assert "line 2" in fault


def test_a_bad_rule_set_is_one_error_with_all_its_sentences():
    with pytest.raises(BadRules) as bad:
        make_rule_set({"room": {"x": 1, "y": 2}, "nope": {}}, version=1, detectors=DOUBLES)

    assert len(bad.value.errors) == 3
    assert str(bad.value) == "; ".join(bad.value.errors)


def test_a_file_becomes_overrides_by_section():
    assert parse("[room]\nquiet_ms = 5\n[buyers]\n") == {"room": {"quiet_ms": 5}, "buyers": {}}


# -- complete sets ----------------------------------------------------------------------------------------------------


def test_a_rule_set_has_every_section_with_every_field():
    complete = make_rule_set({"buyers": {"min_buyers": 9}}, version=3, detectors=DOUBLES).rules

    assert list(complete) == ["room", "buyers", "echoes", "brittle"]
    assert complete["buyers"] == {"min_buyers": 9, "window_ms": 20_000, "mode": "live"}
    assert set(complete["room"]) == {field.name for field in msgspec.structs.fields(RoomRules)}


def test_a_rule_set_comes_back_from_the_log_as_it_was_made():
    made = make_rule_set({"echoes": {"at_least": 7}}, version=3, author="me", reason="too loud", detectors=DOUBLES)

    again = decode("live.rules", msgspec.json.encode(made))

    assert again == made
    assert rules_of(again, DOUBLES) == rules_of(made, DOUBLES)
    assert rules_of(again, DOUBLES).detectors == (Buyers(), Echoes(at_least=7), Brittle())


def test_the_real_rule_set_comes_back_too():
    made = default_rules()

    assert rules_of(decode("live.rules", msgspec.json.encode(made.published))) == made
    assert made.detectors == tuple(kind() for kind in DETECTORS)
    assert check("") == []


def test_the_defaults_are_version_0():
    assert default_rules(DOUBLES).in_force.version == 0
    assert default_rules(DOUBLES).room == RoomRules()


def test_the_hash_follows_from_the_values_alone():
    one = make_rule_set({"room": {"quiet_ms": 5}, "buyers": {"min_buyers": 2}}, version=1, detectors=DOUBLES)
    same = make_rule_set(
        {"buyers": {"min_buyers": 2}, "room": {"quiet_ms": 5}}, version=9, author="other", detectors=DOUBLES
    )
    spelled = make_rule_set(
        {"room": {"quiet_ms": 5, "critical_score": 0.9}, "buyers": {"min_buyers": 2}}, version=1, detectors=DOUBLES
    )
    other = make_rule_set({"room": {"quiet_ms": 6}, "buyers": {"min_buyers": 2}}, version=1, detectors=DOUBLES)

    assert one.hash == same.hash == spelled.hash
    assert one.hash != other.hash
    assert len(one.hash) == 16


def test_a_whole_number_for_a_share_is_the_same_rule_set():
    one = make_rule_set({"room": {"warning_score": 1}}, version=1, detectors=())

    assert one.hash == make_rule_set({"room": {"warning_score": 1.0}}, version=1, detectors=()).hash


def test_the_hash_is_the_same_in_every_process():
    code = "from streams.rules import default_rules; print(default_rules().in_force.hash)"

    def told(seed: str) -> str:
        root = Path(__file__).resolve().parents[1]
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout

    assert told("1").strip() == told("2").strip() == default_rules().in_force.hash


# -- sets of other versions -------------------------------------------------------------------------------------------


def test_what_another_version_knows_and_this_one_does_not_is_passed_over():
    made = make_rule_set({"buyers": {"min_buyers": 9}}, version=3, detectors=DOUBLES)
    rules = {**made.rules, "sorcery": {"power": 9_000}, "buyers": {**made.rules["buyers"], "mood": "grim"}}

    found = rules_of(RuleSet(version=4, hash="h", author="li", reason="", rules=rules), DOUBLES)

    assert found.detectors[0] == Buyers(min_buyers=9)
    assert found.published.rules == rules


def test_what_another_version_did_not_know_has_its_default():
    found = rules_of(RuleSet(version=4, hash="h", author="li", reason="", rules={"buyers": {"min_buyers": 9}}), DOUBLES)

    assert found.detectors == (Buyers(min_buyers=9), Echoes(), Brittle())
    assert found.room == RoomRules()


@pytest.mark.parametrize(
    "rules",
    [
        {"room": {"quiet_ms": 0}},
        {"room": {"quiet_ms": "5"}},
        {"room": {"warning_score": None}},
        {"buyers": {"min_buyers": 2.5}},
        {"unknown": {"x": [{"y": 2**63}]}},
    ],
)
def test_a_published_set_that_cannot_be_used_is_refused(rules):
    with pytest.raises(BadRules):
        rules_of(RuleSet(version=4, hash="h", author="li", reason="", rules=rules), DOUBLES)
