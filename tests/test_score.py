"""The score of alerts against a truth: found, missed, false, how well the accounts were named, how late."""

import pytest

from worlds.score import score, together

TRUTH = {
    "schemes": {
        "s1": {"fake": {"accounts": ["a", "b", "c", "d"], "strength": "blatant", "third": 1_000}},
        "s2": {"fake": {"accounts": ["e"], "strength": "faint", "third": 1_000}},
        "s3": {},
        "s4": {"other": {"accounts": [], "strength": "moderate", "third": 5_000}},
    }
}


def alert(show: str, scheme: str, accounts: str, event_ts: int = 3_000, incident: str = "i") -> dict:
    named = [{"account_id": account} for account in accounts]
    return {"show_id": show, "scheme": scheme, "accounts": named, "event_ts": event_ts, "incident_id": incident}


def test_what_was_found_missed_and_false():
    scored = score(TRUTH, [alert("s1", "fake", "abx"), alert("s3", "fake", "q")])

    assert scored.cells["fake", "blatant"].found == 1
    assert scored.cells["fake", "faint"].missed == ["s2"]
    assert scored.cells["other", "moderate"].missed == ["s4"]
    assert scored.false == {"fake": ["s3"], "other": []}
    assert scored.clean == {"fake": 2, "other": 3}
    assert scored.false_share == pytest.approx(1 / 5)


def test_the_last_revision_names_the_accounts_and_the_first_says_how_late():
    scored = score(TRUTH, [alert("s1", "fake", "ax", 1_500), alert("s1", "fake", "abcx", 9_000)])
    cell = scored.cells["fake", "blatant"]

    assert (cell.precision, cell.recall, cell.delay_ms) == ([0.75], [0.75], [500])


def test_incidents_of_one_scheme_in_one_show_are_taken_together():
    scored = score(TRUTH, [alert("s1", "fake", "ab", incident="i"), alert("s1", "fake", "cd", incident="j")])

    assert scored.cells["fake", "blatant"].recall == [1.0]


def test_a_scheme_without_accounts_has_no_precision_and_evenings_add_up():
    one = score(TRUTH, [alert("s4", "other", "")], ["other"])
    both = together([one, one])

    assert both.cells["other", "moderate"].shows == 2
    assert both.cells["other", "moderate"].precision == []
    assert both.clean == {"other": 6}
    assert "2 of   2" in both.table()
