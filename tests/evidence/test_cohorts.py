"""What sets the silent apart, measured by the active: exactly how far, and never against few."""

import pytest

from streams.evidence.cohorts import TRIED_BITS, crowded, set_apart, with_odds
from streams.evidence.stays import SLOT_MS, Stays


def test_twice_the_odds_of_a_half_are_two_to_one():
    assert with_odds(0.5, 2.0) == pytest.approx(2 / 3)
    assert with_odds(0.0, 2.0) == 0.0
    assert with_odds(1.0, 2.0) == 1.0


def test_what_is_within_the_ratio_is_no_evidence():
    assert set_apart(200, 1_000, 0.1, 1e9, 2.5, 0.0) == 0.0
    assert set_apart(300, 1_000, 0.1, 1e9, 2.5, 0.0) > 10


def test_what_was_learned_from_few_weighs_little():
    assert set_apart(300, 1_000, 0.1, 10, 2.5, 0.0) < 0.02 * set_apart(300, 1_000, 0.1, 1e9, 2.5, 0.0)


def test_looking_is_paid_for():
    free, paid = (set_apart(400, 1_000, 0.1, 500, 2.5, bits) for bits in (0.0, TRIED_BITS))

    assert free - paid == pytest.approx(TRIED_BITS)


def came(joins: dict[int, int], explained: dict[int, int] | None = None) -> Stays:
    return Stays(joins=joins, explained=explained or {})


EVEN = dict.fromkeys(range(100), 4)


def test_an_even_room_has_no_crowd():
    assert crowded(came(EVEN)).slots == frozenset()


@pytest.mark.parametrize(("count", "crowd"), [(17, []), (18, [50])])
def test_a_crowd_is_three_times_the_usual_and_six_more(count: int, crowd: list[int]):
    assert sorted(crowded(came(EVEN | {50: count})).slots) == crowd


@pytest.mark.parametrize(("raiders", "crowd"), [(43, [50]), (45, [])])
def test_a_raid_explains_half_as_many_who_say_no_source(raiders: int, crowd: list[int]):
    assert sorted(crowded(came(EVEN | {50: 40}, {50: raiders})).slots) == crowd


def test_a_slot_is_a_third_of_a_minute():
    assert SLOT_MS == 20_000
