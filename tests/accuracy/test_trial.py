"""A small trial in the world that nothing was tuned in: that its floors hold says that nothing broke.

How good the detectors are says `make evaluate`, on more evenings; the README has its figures. Here cells hold few
shows, so the floors stand below what was reached. Usual rates are learned from one evening more, as a platform would.
"""

import os

import pytest

from trials.figures import Scheme, figures
from trials.intervals import shown
from trials.learning import learned_from
from trials.playing import Plan, all_pairs, play_all
from worlds import PLANTS

SEEDS = range(9101, 9105)  # of the reporting range, looked at here alone
LEARNED_FROM = 9100
OPTIONS = {"shows": 24, "viewers": (50, 3_000), "tail_hours": 240.0}
LEAST_RECALL = {"blatant": 0.9, "moderate": 0.6}
MOST_FALSE = 0.06


@pytest.fixture(scope="module")
def trial() -> dict[str, Scheme]:
    rules = learned_from("county", (LEARNED_FROM,), OPTIONS)
    plans = [Plan(world="county", seed=seed, options=OPTIONS, rules=rules, with_rules=False) for seed in SEEDS]
    played = play_all(plans, min(2, os.cpu_count() or 1))
    assert [one.failures for one in played] == [0] * len(SEEDS)
    return figures(all_pairs(played))


@pytest.mark.timeout(900)
def test_all_schemes_are_judged_and_these_are_the_figures(trial):
    assert set(trial) == set(PLANTS)
    for scheme, of in trial.items():
        print(f"\n{scheme}: false {shown(of.false_pairs, '{:.3f}')} of {of.false_pairs.of}")
        for strength, cell in of.cells.items():
            print(f"  {strength:9} {cell.recall.of:3} shows, found {shown(cell.recall)}")


@pytest.mark.parametrize("strength", LEAST_RECALL)
@pytest.mark.parametrize("scheme", PLANTS)
def test_what_does_not_hide_well_is_found(trial, scheme, strength):
    cell = trial[scheme].cells[strength]

    assert cell.recall.of > 0
    assert cell.recall.value >= LEAST_RECALL[strength], trial[scheme].missed_shows


@pytest.mark.parametrize("scheme", PLANTS)
def test_few_clean_shows_are_alerted(trial, scheme):
    assert trial[scheme].false_pairs.value <= MOST_FALSE, trial[scheme].false_shows


@pytest.mark.parametrize("scheme", ["coordinated_purchases", "paid_praise", "fake_orders", "inflated_viewers"])
def test_the_accounts_that_are_named_are_nearly_all_of_the_crew(trial, scheme):
    assert trial[scheme].cells["blatant"].precision.value >= 0.85
