"""Alike: accounts that came together and bought the very same, more than one piece of it.

Where a shop sells one thing at one price there is one way to a sum only; so there it is asked who came together.
"""

from collections.abc import Collection, Sequence
from typing import Final

from streams.evidence.hug import between
from streams.evidence.linked import one_address, unannounced
from streams.evidence.presence import Presence
from streams.evidence.purses import Purse
from streams.evidence.together import LEAST, together

COUPONS_RATIO: Final = 1.12  # the very same things cost so much more or less at most, by coupons; guess


def alike(
    purses: Sequence[Purse],
    sums: Sequence[int],
    changed: Sequence[int],
    presence: Presence,
    announced: Collection[str],
    least_joined_bits: float,
) -> list[list[Purse]]:
    """Groups with a sum that changed, who have it sent to different places; `purses` by their `sums`, rising."""
    found: dict[str, list[Purse]] = {}
    for sum_minor in changed:
        first, last = between(sums, sum_minor, sum_minor)
        several = {purse.composition: True for purse in purses[first:last] if not purse.single and not purse.bundle}
        first, last = between(sums, int(sum_minor / COUPONS_RATIO), int(sum_minor * COUPONS_RATIO))
        for composition in several:
            group = [purse for purse in purses[first:last] if purse.composition == composition]
            people = [presence.viewers[purse.account_id] for purse in group]
            if (
                len(unannounced(group, announced)) >= LEAST
                and not one_address(people)
                and together(sorted(viewer.seen_ms for viewer in people), presence.came).bits >= least_joined_bits
            ):
                found[composition] = group
    return list(found.values())
