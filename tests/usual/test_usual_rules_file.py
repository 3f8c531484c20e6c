"""The rules file that is written: accepted, and with the values that were learned."""

import pytest
from usual_histories import sales, taught

from streams.detectors import DETECTORS
from streams.rules import check, default_rules, make_rule_set, parse
from streams.usual import rates_of, usual_fields
from streams.usual.complaints import Complaints
from streams.usual.learned import Learned, Unknown, signed_off
from streams.usual.rules_file import as_toml, values_of

DEFAULTS = default_rules().published
EVERY = {
    detector.SCHEME: {
        field: signed_off(0.123456, 0.1, 0.2, "212 shows, 31,204 orders", 3.0)
        for field in usual_fields(detector)
        if isinstance(DEFAULTS.rules[detector.SCHEME][field], float)
    }
    for detector in DETECTORS
}


def test_every_rate_that_can_be_learned_is_accepted_and_comes_back():
    text = as_toml(EVERY, DEFAULTS, "history.jsonl")

    assert check(text) == []
    made = make_rule_set(parse(text), version=1).rules
    assert all(made[scheme][field] == 0.1235 for scheme, fields in EVERY.items() for field in fields)


def test_beside_each_value_stands_what_it_rests_on():
    text = as_toml({"complaint_surge": EVERY["complaint_surge"]}, DEFAULTS, "history.jsonl")

    assert (
        "usual_complaint_share = 0.1235  # from 212 shows, 31,204 orders; 3 shows set aside; interval 0.1 to 0.2\n"
        in text
    )


def test_a_rate_that_was_not_learned_is_a_comment_and_stays():
    rates = {"complaint_surge": {"usual_complaint_share": Unknown("no show has orders, 8 are needed")}}

    text = as_toml(rates, DEFAULTS, "history.jsonl")

    stays = DEFAULTS.rules["complaint_surge"]["usual_complaint_share"]
    assert f"# usual_complaint_share stays at {stays}: no show has orders, 8 are needed\n" in text
    assert make_rule_set(parse(text), version=0).hash == DEFAULTS.hash


def test_what_was_in_force_beside_the_rates_stays_in_force():
    mine = make_rule_set({"room": {"quiet_ms": 500_000}, "complaint_surge": {"fire_bits": 9.0}}, version=7)

    values = values_of(EVERY, mine)

    assert values["room"] == {"quiet_ms": 500_000}
    assert values["complaint_surge"]["fire_bits"] == 9.0
    assert make_rule_set(parse(as_toml(EVERY, mine, "here")), version=1).rules["room"]["quiet_ms"] == 500_000


def test_modes_and_candidates_stay():
    overrides = {
        "paid_praise": {"mode": "off"},
        "complaint_surge": {"fire_bits": 9.0},
        "shadow": {"complaint_surge": {"fire_bits": 5.0}},
    }
    mine = make_rule_set(overrides, version=7)

    text = as_toml({}, mine, "here")

    assert check(text) == []
    assert make_rule_set(parse(text), version=8).hash == mine.hash


def test_a_time_is_written_as_a_whole_number():
    rates = rates_of([taught(Complaints(), *sales(20, complaints=0.05))])

    delay_ms = values_of(rates, DEFAULTS)["complaint_surge"]["usual_delay_ms"]

    assert isinstance(delay_ms, int)
    assert check(as_toml(rates, DEFAULTS, "here")) == []


@pytest.mark.parametrize(("value", "low", "high"), [(0.1, 0.0, 0.2), (0.1, 0.02, 0.2), (0.0, 0.0, 0.0)])
def test_an_interval_that_says_nothing_is_no_rate(value, low, high):
    assert isinstance(signed_off(value, low, high, "9 shows"), Unknown)


def test_a_rate_has_four_digits():
    assert signed_off(0.0123456, 0.01, 0.02, "9 shows") == Learned(0.01235, 0.01, 0.02, "9 shows")
