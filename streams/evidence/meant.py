"""Who is meant: the odds that an account belongs to a group, from its own acts and from what tells the group apart.

Evidence of a group says that somebody staged it, not who of all those that look alike is in it. Here each account pays
the prior odds and is credited, in bits, for what it shares with the group and others do not.
"""

from bisect import bisect_left
from collections.abc import Sequence
from math import log2
from typing import Final

from streams.evidence.calling import Called, by_call
from streams.evidence.links import MAX_KIND_BITS, Tie
from streams.evidence.presence import Viewer
from streams.evidence.together import Together

CAP_BITS: Final = 6.0  # one kind of evidence says no more for or against one account
NEAR_MS: Final = 20_000  # who acts so close to two others acts with them


def times_near(own: Sequence[int], group: Sequence[int], least: int) -> int:
    """How many of its own acts have so many others of the group near; `group` sorted, without its own."""
    found = 0
    for ts in own:
        first = bisect_left(group, ts - NEAR_MS)
        if first + least <= len(group) and group[first + least - 1] <= ts + NEAR_MS:
            found += 1
    return found


def meeting_bits(near: int, acts: int, usual_share: float, group_share: float) -> float:
    """By when it acts: near others of the group, which happens to others with `usual_share`."""
    usual, of_group = (min(0.95, max(0.05, share)) for share in (usual_share, group_share))
    if of_group <= usual:
        return 0.0
    bits = near * log2(of_group / usual) + (acts - near) * log2((1 - of_group) / (1 - usual))
    return max(-CAP_BITS / 2, min(CAP_BITS, bits))


def joined_bits(viewer: Viewer, joined: Together, count: int) -> float:
    """By when it came: in the stretch in which so many of the group's `count` accounts did, or not."""
    if not joined.members:
        return 0.0
    inside = joined.start_ms <= viewer.seen_ms <= joined.end_ms
    share, usual = (min(0.95, max(0.01, part / count)) for part in (joined.members, joined.expected))
    bits = log2(share / usual) if inside else log2((1 - share) / (1 - usual))
    return max(-CAP_BITS / 2, min(CAP_BITS / 2, bits))


def called_bits(viewer: Viewer, group: Called) -> float:
    """By how it came: by itself, as most of the group did, or led by the platform; not known says nothing."""
    if not viewer.source or not group.of:
        return 0.0
    share, usual = (min(0.95, max(0.05, part / group.of)) for part in (group.members, group.expected))
    bits = log2(share / usual) if by_call(viewer) else log2((1 - share) / (1 - usual))
    return max(-CAP_BITS / 2, min(CAP_BITS / 2, bits))


def tie_bits(viewer: Viewer, ties: Sequence[Tie], count: int) -> float:
    """By what it shares with the group: the rarest link of those that tie it."""
    found = 0.0
    for tie in ties:
        if getattr(viewer, tie.link) == tie.value:
            bits = log2(max(1.0, tie.members / max(tie.expected, 0.02 * count)))
            found = max(found, min(MAX_KIND_BITS, bits))
    return found
