"""Meeting: the same moments, more often than if each kept its own time."""

from collections import Counter
from math import fsum, sqrt
from random import Random

import xxhash
from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.meeting import DECOYS, LEAST, MOMENT_MS, NO_MEETING, Meeting, meeting
from streams.evidence.surprise import poisson_bits

HOUR_MS = 3_600_000


def on_cue(accounts: int, cues: int, jitter_ms: int, seed: int = 1) -> list[list[int]]:
    random = Random(seed)
    times = [random.randrange(HOUR_MS) for _ in range(cues)]
    return [sorted(t + random.randrange(jitter_ms) for t in times) for _ in range(accounts)]


def on_their_own(accounts: int, acts: int, seed: int = 1) -> list[list[int]]:
    random = Random(seed)
    return [sorted(random.randrange(HOUR_MS) for _ in range(acts)) for _ in range(accounts)]


def test_eight_who_speak_on_the_same_six_cues_meet():
    found = meeting(on_cue(8, 6, 15_000), [], 0, HOUR_MS, seed=7)

    assert found.moments >= 5
    assert found.bits > 6


def test_eight_who_speak_when_they_like_do_not():
    assert all(meeting(on_their_own(8, 6, seed), [], 0, HOUR_MS, seed=7).bits < 3 for seed in range(20))


def test_moments_at_which_the_rest_speaks_too_are_everybodys():
    cues = on_cue(8, 6, 15_000)
    others = [ts for times in cues for ts in times for _ in range(2)]

    assert meeting(cues, sorted(others), 0, HOUR_MS, seed=7).bits == 0


def test_two_accounts_do_not_make_a_meeting():
    assert meeting(on_cue(2, 6, 1_000), [], 0, HOUR_MS, seed=7).bits == 0


def test_it_comes_out_the_same_every_time():
    args = (on_cue(8, 6, 60_000), [], 0, HOUR_MS)

    assert meeting(*args, seed=7) == meeting(*args, seed=7)


def moments_of(length_ms: int) -> st.SearchStrategy[list[list[int]]]:
    """Times of accounts: close to each other, on the edges of slots, before the show began and twice in a slot."""
    edge = st.integers(0, length_ms // 15_000).map(lambda half: half * 15_000)
    ts = st.one_of(st.integers(-20_000, length_ms), edge, st.integers(100_000, 130_000))
    return st.lists(st.lists(ts, min_size=1, max_size=5, unique=True).map(sorted), max_size=14)


@given(moments_of(600_000), st.lists(st.integers(0, 600_000), max_size=40).map(sorted), st.integers(0, 3))
def test_the_moments_are_those_of_the_plain_count(moments: list[list[int]], others: list[int], seed: int):
    start_ms, end_ms = 7_000_000, 7_600_000
    moments = [[start_ms + ts for ts in times] for times in moments]
    others = [start_ms + ts for ts in others]

    assert meeting(moments, others, start_ms, end_ms, seed) == plain_meeting(moments, others, start_ms, end_ms, seed)


def plain_meeting(moments: list[list[int]], others: list[int], start_ms: int, end_ms: int, seed: int) -> Meeting:
    """The same by its definition: every account is counted in every slot."""
    length_ms = end_ms - start_ms
    observed = plain_shared(moments, others, start_ms)
    if len(moments) < LEAST or not observed:
        return NO_MEETING
    counts = []
    for decoy in range(DECOYS):
        shifted = []
        for place, times in enumerate(moments):
            shift_ms = xxhash.xxh3_64_intdigest(f"{decoy}/{place}".encode(), seed) % length_ms
            shifted.append([start_ms + (ts - start_ms + shift_ms) % length_ms for ts in times])
        counts.append(plain_shared(shifted, others, start_ms))
    mean = fsum(counts) / DECOYS
    spread = sqrt(fsum((count - mean) ** 2 for count in counts) / (DECOYS - 1))
    return Meeting(poisson_bits(observed, mean + max(0.5, spread)), observed, mean)


def plain_shared(moments: list[list[int]], others: list[int], start_ms: int) -> int:
    found = []
    for offset_ms in (0, MOMENT_MS // 2):
        accounts = Counter(
            slot for times in moments for slot in {(ts - start_ms + offset_ms) // MOMENT_MS for ts in times}
        )
        crowd = Counter((ts - start_ms + offset_ms) // MOMENT_MS for ts in others)
        found.append(sum(1 for slot, count in accounts.items() if count >= LEAST and count > crowd[slot]))
    return max(found)
