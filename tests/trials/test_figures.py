"""Figures from pairs: what was found, what was false, how well accounts are named, how good scores are."""

import pytest

from trials.compare import rows
from trials.figures import figures, size_of
from trials.floors import checks
from trials.pairs import Pair
from trials.report import Report
from trials.table import as_json, markdown


def pair(show, strength=None, found_ms=None, **fields):
    return Pair(world="w", seed=1, show_id=show, scheme="paid_praise", strength=strength, found_ms=found_ms, **fields)


PAIRS = [
    pair("s1", "blatant", 4_000, third_ms=1_000, planted=10, named=8, right=6, score=0.9, audience=100, hours=1.0),
    pair("s2", "blatant", None, planted=10, score=0.2, audience=600, hours=1.0, disguises=("paraphrase",)),
    pair("s3", None, 9_000, incidents=2, named=3, score=0.55, hours=2.0, negatives=("raid",), taken_from="fake_orders"),
    pair("s4", None, None, hours=6.0, negatives=("raid", "fans")),
]


def test_recall_accounts_and_delay_of_a_strength():
    cell = figures(PAIRS)["paid_praise"].cells["blatant"]

    assert (cell.recall.value, cell.recall.of) == (0.5, 2)
    assert (cell.precision.value, cell.account_recall.value, cell.delay_s.value) == (0.75, 0.6, 3.0)


def test_a_scheme_without_accounts_is_found_and_has_no_precision():
    cell = figures([pair("s1", "moderate", 4_000)])["paid_praise"].cells["moderate"]

    assert (cell.recall.value, cell.precision.value, cell.account_recall.value) == (1.0, None, None)


def test_what_was_not_planted_has_no_figure():
    assert figures(PAIRS)["paid_praise"].cells["faint"].recall.value is None


def test_false_alerts_are_of_clean_shows_and_of_their_hours_on_air():
    scheme = figures(PAIRS)["paid_praise"]

    assert (scheme.false_pairs.value, scheme.clean_hours) == (0.5, 8.0)
    assert scheme.false_per_1000_hours.value == 250  # two incidents in one show
    assert scheme.false_by_negative["raid"].value == 0.5
    assert list(scheme.false_by_negative) == ["raid"]
    assert scheme.false_shows == [(1, "s3")]


def test_who_was_taken_for_another_is_a_share_of_all_alerts():
    assert figures(PAIRS)["paid_praise"].mistaken.value == 0.5


def test_recall_by_disguise_and_audience():
    scheme = figures(PAIRS)["paid_praise"]

    assert scheme.disguises["paraphrase"].value == 0.0
    assert scheme.sizes["0 to 150"].value == 1.0
    assert scheme.sizes["500 to 2,000"].value == 0.0


@pytest.mark.parametrize(
    ("audience", "group"), [(0, "0 to 150"), (149, "0 to 150"), (150, "150 to 500"), (2_000, "2,000 and more")]
)
def test_the_edges_of_audiences(audience, group):
    assert size_of(audience) == group


def test_rules_are_compared_at_no_more_false_alerts_than_ours():
    reached = {
        "a rule": {
            ("paid_praise", "w", 1, show): value
            for show, value in zip(("s1", "s2", "s3", "s4"), (5, 3, 9, 4), strict=True)
        }
    }
    [row] = rows(PAIRS, reached)

    # one false alert is ours, so the rule may have one: s3 above, s4 at the threshold and silent
    assert (row.false, row.our_false) == (1, 1)
    assert (row.recall.value, row.our_recall.value) == (0.5, 0.5)


def test_a_rule_that_says_nothing_finds_nothing():
    [row] = rows(PAIRS, {"mute": {("paid_praise", "w", 1, "s1"): 0.0}})

    assert row.recall.value == 0.0


def test_floors_are_missed_by_a_hair_or_not_at_all():
    found = checks(figures([pair(f"s{i}", "blatant", None if i < 2 else 1, planted=1) for i in range(100)]))
    recall = next(check for check in found if check.name == "paid_praise blatant: recall by show")

    assert (recall.value, recall.floor, recall.ok) == (0.98, 0.98, True)
    assert not next(check for check in found if check.name == "paid_praise faint: recall by show").ok


def test_the_report_says_all_of_it():
    schemes = figures(PAIRS)
    report = Report(title="A trial", schemes=schemes, checks=checks(schemes), notes=["note"], pairs=PAIRS)
    text = markdown(report)

    assert "| paid_praise | blatant | 2 | 0.50 (0.09 to 0.91) | 0.75 (0.75 to 0.75) |" in text
    assert "| paid_praise | seed 1, s2 | blatant, paraphrase | 0.20 | 600 | - |" in text
    assert "| paid_praise | seed 1, s3 | clean | 0.55 | 0 | raid |" in text
    assert "- missed: paid_praise faint: recall by show: -, floor 0.6" in text
    assert b'"false_shows"' in as_json(report)
