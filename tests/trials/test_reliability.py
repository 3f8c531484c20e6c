"""How far scores are from what they say, and how much of that is chance."""

from random import Random

import pytest

from trials.figures import figures
from trials.floors import checks
from trials.pairs import Pair
from trials.reliability import calibration_error, reliability


def pair(number, staged, score, seed=1):
    strength = "faint" if staged else None
    return Pair(world="w", seed=seed, show_id=f"s{number}", scheme="paid_praise", strength=strength, score=score)


def drawn(count, off=0.0, seed=1):
    """Shows whose scores say what is true, or that much too much."""
    random = Random(seed)
    made = []
    for number in range(count):
        true = 0.85 * random.random()
        made.append(pair(number, random.random() < true, min(1.0, true + off), seed=number % 8))
    return made


def test_a_perfect_score_has_no_error_and_a_constant_is_worse():
    found = reliability([pair(i, i % 2, 1.0 if i % 2 else 0.001) for i in range(24)])

    assert (found.error.value, round(found.brier, 3), found.brier_of_a_constant) == (
        pytest.approx(0.0, abs=0.01),
        0,
        0.25,
    )
    assert [(bin.staged, bin.of) for bin in found.curve] == [(0.0, 12), (1.0, 12)]


def test_a_score_that_says_nothing_is_far_off():
    assert calibration_error([pair(i, i % 2, 0.95) for i in range(100)]) == pytest.approx(0.45, abs=0.01)


def test_what_chance_adds_is_taken_off_and_what_is_wrong_is_not():
    honest = [reliability(drawn(120, seed=seed)) for seed in range(20)]
    too_sure = [reliability(drawn(120, off=0.1, seed=seed)) for seed in range(20)]

    assert sum(one.error.value for one in honest) < 0.75 * sum(one.plain_error for one in honest)
    assert sum(one.error.value for one in too_sure) / 20 == pytest.approx(0.1, abs=0.03)


def test_the_interval_is_over_evenings():
    found = reliability(drawn(200)).error

    assert found.of == 200
    assert found.low <= found.value
    assert found.low < found.high


def test_shows_without_a_score_do_not_count():
    assert reliability([pair(1, True, 0.0)]).error.value is None
    assert reliability([pair(1, True, 0.0), *drawn(50)]).error.of == 50


def test_where_all_were_staged_no_constant_is_beaten_or_missed():
    names = [check.name for check in checks(figures([pair(i, True, 0.9) for i in range(20)]))]

    assert not any("Brier" in name for name in names)
    assert "paid_praise: Brier score, as a share of a constant's" in [c.name for c in checks(figures(drawn(50)))]
