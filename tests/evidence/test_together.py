"""Coming together: closer in time than everybody else."""

from streams.evidence.together import LEAST, together


def came(times: list[int], everybody: list[int]):
    return together(sorted(times), sorted([*everybody, *times]))


EVEN = [i * 10_000 for i in range(360)]  # an hour, one every ten seconds


def test_ten_who_came_within_a_minute_came_together():
    found = came([1_000_000 + i * 5_000 for i in range(10)], EVEN)

    assert found.members == 10
    assert (found.start_ms, found.end_ms) == (1_000_000, 1_045_000)
    assert found.bits > 20


def test_ten_who_came_through_the_hour_did_not():
    assert came([i * 350_000 + 3 for i in range(10)], EVEN).bits <= 0.5


def test_ten_who_came_when_everybody_did_did_not():
    raid = [1_000_000 + i * 50 for i in range(1_000)]

    assert came([1_000_000 + i * 5_000 for i in range(10)], [*EVEN, *raid]).bits < 3


def test_fewer_than_five_tell_nothing():
    assert came([1_000_000 + i for i in range(LEAST - 1)], EVEN).members == 0
    assert came([1_000_000 + i for i in range(LEAST)], EVEN).members == LEAST
