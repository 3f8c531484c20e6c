"""Alike: accounts that came together and bought the very same, more than one piece of it.

Where a shop sells one thing at one price there is one way to a sum only; so there it is asked who came together.
"""

from collections.abc import Collection, Sequence
from typing import Final

from streams.evidence.hug import between
from streams.evidence.linked import one_address, unannounced
from streams.evidence.presence import Presence
from streams.evidence.purses import Purse
from streams.evidence.suspicion import closest
from streams.evidence.together import LEAST

PLAIN_BITS: Final = 15.0  # of coming together; from the trials
MORE_THAN_A_FEW: Final = 7  # accounts; guess
COUPONS_RATIO: Final = 1.12  # the very same things cost so much more or less at most, by coupons; guess


def alike(
    purses: Sequence[Purse],
    sums: Sequence[int],
    changed: Sequence[int],
    presence: Presence,
    announced: Collection[str],
    least_joined_bits: float,
) -> list[tuple[list[Purse], float]]:
    """Groups with a sum that changed, who have it sent to different places.

    And what their coming together says of the sum where there is no other way to one, in bits: only where it is plain,
    of more than a few, and where no coupon may have asked for so many pieces. `purses` by their `sums`, rising.
    """
    found: dict[str, tuple[list[Purse], float]] = {}
    one_thing = len({line.sku for purse in purses for line in purse.lines}) == 1
    for sum_minor in changed:
        first, last = between(sums, sum_minor, sum_minor)
        several = {purse.composition: True for purse in purses[first:last] if not purse.single and not purse.bundle}
        first, last = between(sums, int(sum_minor / COUPONS_RATIO), int(sum_minor * COUPONS_RATIO))
        for composition in several:
            group = [purse for purse in purses[first:last] if purse.composition == composition]
            people = [presence.viewers[purse.account_id] for purse in group]
            if len(unannounced(group, announced)) < LEAST or one_address(people):
                continue
            members = {purse.account_id: True for purse in group}
            others = [presence.viewers[purse.account_id] for purse in purses if purse.account_id not in members]
            joined = closest(people, others, presence)
            if joined.bits >= least_joined_bits:
                by_coupon = 2 * sum(purse.coupon for purse in group) > len(group)  # it may ask for so many
                few = len(group) < MORE_THAN_A_FEW
                plain = one_thing and joined.bits >= PLAIN_BITS and not few and not by_coupon
                found[composition] = group, joined.bits if plain else 0.0
    return list(found.values())
