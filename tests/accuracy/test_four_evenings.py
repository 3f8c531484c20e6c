"""Four simulated evenings with ground truth, of seeds that nothing was tuned on: what is found, and what is false.

The crews are ours and the evenings are few: a floor that holds says that nothing broke, not how good it is elsewhere.
"""

import json

import msgspec
import pytest

from streams.alerts import Alert, encode_alert
from streams.arrivals import Arrivals
from streams.detectors import DETECTORS
from streams.events import BY_TOPIC
from streams.partition import Partition
from worlds import evening
from worlds.score import Score, score, together

SEEDS = (1001, 1002, 1003, 1004)
SHOWS = 24
LEAST_SHOW_RECALL = 0.85  # blatant and moderate, of each scheme
MOST_FALSE_SHARE = 0.04  # of the (show, scheme) pairs that are clean
SCHEMES = [detector.SCHEME for detector in DETECTORS]


@pytest.fixture(scope="module")
def four_evenings() -> Score:
    return together([evening_scored(seed) for seed in SEEDS])


def evening_scored(seed: int) -> Score:
    made = evening(seed, shows=SHOWS, plants=SCHEMES)
    arrivals = Arrivals(Partition())
    alerts = []
    for _, topic, value in made.events:
        for output in arrivals.take(msgspec.convert(value, BY_TOPIC[topic])):
            assert isinstance(output.body, Alert), output.value()
            alerts.append(json.loads(encode_alert(output.body)))
    alerts += [json.loads(output.value()) for output in arrivals.end()]
    return score(made.truth, alerts, SCHEMES)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("strength", ["blatant", "moderate"])
def test_crews_that_do_not_hide_well_are_found(four_evenings: Score, scheme: str, strength: str):
    cell = four_evenings.cells[scheme, strength]

    assert cell.shows >= 5
    assert cell.show_recall >= LEAST_SHOW_RECALL, f"missed {cell.missed}"


def test_hardly_a_clean_show_is_alerted(four_evenings: Score):
    assert four_evenings.false_share <= MOST_FALSE_SHARE, four_evenings.false


def test_the_accounts_that_are_named_are_nearly_all_of_the_crew(four_evenings: Score):
    for scheme in SCHEMES:
        for strength in ("blatant", "moderate"):
            named = four_evenings.cells[scheme, strength].precision
            assert sum(named) / len(named) >= 0.8, (scheme, strength)


def test_the_figures(four_evenings: Score):
    print(f"\n{len(SEEDS)} evenings of {SHOWS} shows, seeds {SEEDS}\n{four_evenings.table()}")
