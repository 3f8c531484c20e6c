"""Meeting: whether some do the same thing at the same moments, more often than if each kept its own time.

The comparison is with decoys: every account's moments, shifted together by an amount of its own within the show. That
keeps how often and in which rhythm each acts, and breaks only whether they act together. It needs no words.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import fsum, sqrt
from typing import Final

import msgspec
import xxhash

from streams.evidence.surprise import poisson_bits

MOMENT_MS: Final = 30_000
LEAST: Final = 3  # accounts
DECOYS: Final = 19


class Meeting(msgspec.Struct, frozen=True):
    """How many moments were shared by three or more, and how many would be by chance."""

    bits: float
    moments: int
    expected: float


NO_MEETING: Final = Meeting(0.0, 0, 0.0)


def meeting(moments: Sequence[Sequence[int]], others: Sequence[int], start_ms: int, end_ms: int, seed: int) -> Meeting:
    """`moments`: times of each account, sorted; `others`: when the rest of the room did the same, sorted.

    A moment at which the rest joins in (as many of them as of the accounts) is everybody's and does not count.
    """
    length_ms = end_ms - start_ms
    if len(moments) < LEAST or length_ms < 10 * MOMENT_MS:
        return NO_MEETING
    since = [[ts - start_ms for ts in times] for times in moments]
    rest = [ts - start_ms for ts in others]
    close = [place for place, times in enumerate(moments) if _may_coincide(times, length_ms)]
    observed = _shared(sorted([ts for times in since for ts in times]), [since[place] for place in close], rest)
    if not observed:
        return NO_MEETING
    drawn = [_drawn(place, seed) for place in range(len(moments))]
    counts = []
    for decoy in range(DECOYS):
        by = [draws[decoy] % length_ms for draws in drawn]
        shifted = sorted([(ts + shift) % length_ms for times, shift in zip(since, by, strict=True) for ts in times])
        twice = [[(ts + by[place]) % length_ms for ts in since[place]] for place in close]
        counts.append(float(_shared(shifted, twice, rest)))
    mean = fsum(counts) / DECOYS
    spread = sqrt(fsum((count - mean) ** 2 for count in counts) / (DECOYS - 1))
    expected = mean + max(0.5, spread)  # twenty decoys do not say much of the tail
    return Meeting(poisson_bits(observed, expected), observed, mean)


@lru_cache(maxsize=2_048)
def _drawn(place: int, seed: int) -> tuple[int, ...]:
    """By how much the account at this place is shifted in each decoy, before it is cut to the show's length."""
    return tuple(xxhash.xxh3_64_intdigest(f"{decoy}/{place}".encode(), seed) for decoy in range(DECOYS))


def _may_coincide(times: Sequence[int], length_ms: int) -> bool:
    """Whether two acts of one account may come into one slot, as they are or shifted around the show's end."""
    if len(times) < 2:
        return False
    around_ms = length_ms - (times[-1] - times[0])
    return min(around_ms, *(after - ts for ts, after in pairwise(times))) < MOMENT_MS


def _shared(acts: Sequence[int], twice: Sequence[Sequence[int]], others: Sequence[int]) -> int:
    """Slots of MOMENT_MS (or those between them) with three accounts or more, and more than of the rest.

    `acts` of all accounts, sorted; `twice`: those of each account that may act twice in a slot, where it counts once.
    """
    threes = [(ts, third) for ts, third in zip(acts, acts[LEAST - 1 :], strict=False) if third - ts < MOMENT_MS]
    best = 0
    for offset_ms in (0, MOMENT_MS // 2):
        found, looked_at_ms = 0, None
        for ts, third in threes:
            low_ms = ts - (ts + offset_ms) % MOMENT_MS
            if third >= low_ms + MOMENT_MS or low_ms == looked_at_ms:
                continue
            looked_at_ms = low_ms
            crowd = _within(others, low_ms)
            if crowd < LEAST and not twice:
                found += 1
                continue
            accounts = _within(acts, low_ms)
            for times in twice:
                accounts -= max(0, sum(low_ms <= ts < low_ms + MOMENT_MS for ts in times) - 1)
            if accounts >= LEAST and accounts > crowd:
                found += 1
        best = max(best, found)
    return best


def _within(times: Sequence[int], low_ms: int) -> int:
    """How many of the times are in the slot that begins there."""
    return bisect_left(times, low_ms + MOMENT_MS) - bisect_left(times, low_ms)
