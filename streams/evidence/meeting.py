"""Meeting: whether some do the same thing at the same moments, more often than if each kept its own time.

The comparison is with decoys: every account's moments, shifted together by an amount of its own within the show. That
keeps how often and in which rhythm each acts, and breaks only whether they act together. It needs no words.
"""

from collections.abc import Sequence
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
    observed = _shared(moments, others, start_ms)
    if not observed:
        return NO_MEETING
    counts = []
    for decoy in range(DECOYS):
        shifted = []
        for place, times in enumerate(moments):
            shift_ms = xxhash.xxh3_64_intdigest(f"{decoy}/{place}".encode(), seed) % length_ms
            shifted.append([start_ms + (ts - start_ms + shift_ms) % length_ms for ts in times])
        counts.append(float(_shared(shifted, others, start_ms)))
    mean = fsum(counts) / DECOYS
    spread = sqrt(fsum((count - mean) ** 2 for count in counts) / (DECOYS - 1))
    expected = mean + max(0.5, spread)  # twenty decoys do not say much of the tail
    return Meeting(poisson_bits(observed, expected), observed, mean)


def _shared(moments: Sequence[Sequence[int]], others: Sequence[int], start_ms: int) -> int:
    """Slots of MOMENT_MS (and those between them) with three accounts or more, and more than of the rest."""
    best = 0
    for offset_ms in (0, MOMENT_MS // 2):
        slots: dict[int, int] = {}
        for times in moments:
            for slot in {(ts - start_ms + offset_ms) // MOMENT_MS for ts in times}:
                slots[slot] = slots.get(slot, 0) + 1
        crowd: dict[int, int] = {}
        for ts in others:
            slot = (ts - start_ms + offset_ms) // MOMENT_MS
            crowd[slot] = crowd.get(slot, 0) + 1
        best = max(best, sum(1 for slot, count in slots.items() if count >= LEAST and count > crowd.get(slot, 0)))
    return best
