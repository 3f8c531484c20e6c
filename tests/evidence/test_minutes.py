"""The same minutes: closer in time than people who decide for themselves would be."""

from streams.evidence.minutes import LEAST, NONE, same_minutes

MINUTE_MS = 60_000
END_MS = 3_600_000
NOW_MS = END_MS + 24 * 3_600_000
MEDIAN_MS = 40 * MINUTE_MS


def undone(times_ms: list[int], others_ms: list[int] | None = None, placed_ms: int = END_MS // 2):
    return same_minutes([placed_ms] * len(times_ms), times_ms, others_ms or [], END_MS, NOW_MS, MEDIAN_MS)


def test_ten_within_a_minute_hours_later_are_surprising():
    found = undone([END_MS + 5 * 3_600_000 + 5_000 * i for i in range(10)])

    assert found.members == 10
    assert found.bits > 30
    assert found.width_ms <= MINUTE_MS


def test_ten_over_the_day_are_not():
    assert undone([END_MS + 3_600_000 * (1 + 2 * i) for i in range(10)]) == NONE


def test_ten_just_after_the_end_are_worth_less_than_hours_later():
    """Those who ordered just before the end mostly think better of it in the first minutes."""
    soon = undone([END_MS + 60_000 + 5_000 * i for i in range(10)], placed_ms=END_MS - MINUTE_MS)
    late = undone([END_MS + 5 * 3_600_000 + 5_000 * i for i in range(10)], placed_ms=END_MS - MINUTE_MS)

    assert soon.bits < late.bits


def test_where_all_others_cancel_in_the_same_minute_it_says_nothing():
    times = [END_MS + 5 * 3_600_000 + 5_000 * i for i in range(10)]

    assert undone(times, sorted(times * 5)).bits < 1


def test_four_are_the_least():
    times = [END_MS + 5 * 3_600_000 + i for i in range(LEAST)]

    assert undone(times).members == LEAST
    assert undone(times[:-1]) == NONE
