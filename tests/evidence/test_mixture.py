"""Who is one of the bots: told by what they have in common, as far as the active have it more seldom."""

from streams.evidence.mixture import Cells, told_apart

USUAL = {1: 0.1, 2: 0.3, 3: 0.6}


def test_the_silent_with_a_mark_that_no_active_has_are_told_from_those_without():
    cells = Cells(silent={(3, 1): 300, (3, 0): 100}, acted={(3, 0): 150})
    told = told_apart(cells, {(3, 1): 0.9, (3, 0): 0.05}, USUAL)

    assert told.silent[3, 1] > 0.95
    assert told.silent[3, 0] < 0.3
    assert told.acted[3, 0] < 0.05
    assert 280 < told.bots < 330


def test_a_mark_that_the_active_have_as_often_tells_nothing():
    cells = Cells(silent={(3, 1): 50, (3, 0): 50}, acted={(3, 1): 75, (3, 0): 75})
    told = told_apart(cells, {(3, 1): 0.4, (3, 0): 0.05}, USUAL)

    assert told.silent[3, 1] < 0.5


def test_bots_that_say_a_word_are_known_by_the_rest():
    cells = Cells(silent={(3, 5, 1): 280, (3, 0, 0): 100}, acted={(3, 0, 0): 150, (3, 5, 1): 12})
    told = told_apart(cells, {(3, 5, 1): 0.9, (3, 0, 0): 0.05}, USUAL)

    assert told.acted[3, 5, 1] > 0.5
