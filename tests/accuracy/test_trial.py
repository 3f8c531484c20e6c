"""A small trial in the world that nothing was tuned in: floors that hold say that nothing broke, `make evaluate` how good it is.

The seeds are of the reporting range and are looked at here alone. Cells hold few shows, so the floors stand below what
`make evaluate` reached; where that misses a floor of issue "six schemes", the README says so.
"""

import os

import pytest

from trials.figures import Scheme, figures
from trials.playing import Plan, all_pairs, play_all
from trials.table import shown
from worlds import PLANTS

SEEDS = range(9101, 9105)
OPTIONS = {"shows": 24, "viewers": (50, 2_000), "tail_hours": 240.0}


@pytest.fixture(scope="module")
def trial() -> dict[str, Scheme]:
    plans = [Plan(world="county", seed=seed, options=OPTIONS, with_rules=False) for seed in SEEDS]
    played = play_all(plans, min(2, os.cpu_count() or 1))
    assert [one.failures for one in played] == [0] * len(SEEDS)
    return figures(all_pairs(played))


@pytest.mark.timeout(900)
def test_every_scheme_is_judged_in_enough_shows(trial):
    assert list(trial) == list(PLANTS)
    for scheme, of in trial.items():
        print(f"\n{scheme}: false {shown(of.false_pairs, '{:.3f}')} of {of.false_pairs.of}")
        for strength, cell in of.cells.items():
            print(f"  {strength:9} {cell.recall.of:3} shows, found {shown(cell.recall)}")
        assert of.false_pairs.of >= 60
