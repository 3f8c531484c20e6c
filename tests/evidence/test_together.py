"""Coming together: closer in time than everybody else."""

from math import log2

from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.surprise import kl_bits
from streams.evidence.together import LEAST, NOT_TOGETHER, WIDTHS_MS, Together, together


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


@given(st.lists(st.integers(0, 400).map(lambda n: n * 5_000), max_size=14), st.lists(st.integers(0, 2_000_000)))
def test_the_stretch_is_that_of_the_plain_search(times: list[int], others: list[int]):
    assert came(times, others) == plain_together(sorted(times), sorted([*others, *times]))


def plain_together(times: list[int], everybody: list[int]) -> Together:
    """Every stretch of every width, one after the other."""
    count, best = len(times), NOT_TOGETHER
    for width_ms in WIDTHS_MS:
        for start_ms in dict.fromkeys(times):
            inside = [ts for ts in times if start_ms <= ts <= start_ms + width_ms]
            if len(inside) < LEAST:
                continue
            near = sum(1 for ts in everybody if start_ms <= ts <= inside[-1])
            usual = min(1.0, (near - len(inside) + 1) / (len(everybody) - count + 2))
            bits = kl_bits(len(inside), count, max(usual, 0.001)) - 2 * log2(count)
            if bits > best.bits:
                best = Together(bits, start_ms, inside[-1], len(inside), usual * count, count)
    return best
