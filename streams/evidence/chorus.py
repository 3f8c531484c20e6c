"""A chorus: accounts that say the same words at the same moments, again and again, when few others do.

It needs no dictionary. Saying the same is one kind of evidence; a crew needs a second one: a shared link, or having
come together.
"""

from collections.abc import Sequence
from math import fsum, log2
from typing import Final

import msgspec

from streams.evidence.bursts import Act, Burst, pairs_of, threshold_bits
from streams.evidence.crews import crew_of
from streams.evidence.links import MAX_KIND_BITS, pair_bits
from streams.evidence.presence import LINKS, Presence, Viewer

TOGETHER_MS: Final = 60_000  # who came so close to each other may have come together


class Chorus(msgspec.Struct, frozen=True):
    """The accounts of a chorus with what each adds, the kinds of evidence, and what they said together."""

    accounts: dict[str, float]
    kinds: tuple[str, ...]
    pair_bits: float  # what an average pair of them is worth by its words alone
    said: dict[str, list[Act]]  # by account
    keys: tuple[str, ...]  # of the bursts in which two or more of them met


def pairs_above(bursts: Sequence[Burst]) -> dict[tuple[str, str], float]:
    """Pairs of accounts whose shared words are worth more than chance, with their bits."""
    least = threshold_bits(bursts)
    return {pair: shared.bits for pair, shared in pairs_of(bursts).items() if shared.bits >= least}


def chorus(bursts: Sequence[Burst], presence: Presence) -> Chorus | None:
    """The chorus in these bursts, if there is one with a second kind of evidence."""
    pairs = pairs_above(bursts)
    if len(pairs) < 3:
        return None
    edges = {}
    for (one, other), bits in pairs.items():
        edges[one, other] = {"text": bits, **_ties(presence.viewers.get(one), presence.viewers.get(other), presence)}
    crew = crew_of(edges)
    if crew is None:
        return None
    inside = [bits for (one, other), bits in pairs.items() if one in crew.accounts and other in crew.accounts]
    said: dict[str, list[Act]] = {account: [] for account in crew.accounts}
    keys: dict[str, None] = {}
    for burst in bursts:
        members = [account for account in burst.members if account in said]
        if len(members) > 1:
            keys[burst.key] = None
            for account in members:
                said[account].append(burst.members[account])
    return Chorus(crew.accounts, crew.kinds, fsum(inside) / len(inside), said, tuple(keys))


def _ties(one: Viewer | None, other: Viewer | None, presence: Presence) -> dict[str, float]:
    """What ties two accounts beside their words, in bits by kind."""
    if one is None or other is None:
        return {}
    found = {}
    for link in LINKS:
        value = getattr(one, link)
        if value and value == getattr(other, link):
            found[link] = pair_bits(link, value, presence)
    first_ms, last_ms = min(one.seen_ms, other.seen_ms), max(one.seen_ms, other.seen_ms)
    if last_ms - first_ms <= TOGETHER_MS:
        near = presence.came_between(last_ms - TOGETHER_MS, first_ms + TOGETHER_MS)
        found["join"] = min(MAX_KIND_BITS, log2(max(1.0, len(presence.viewers) / near)))
    return found
