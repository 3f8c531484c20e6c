"""Alike: accounts that came together and bought the very same, more than one piece of it.

Where a shop sells one thing at one price there is one way to a sum only; so there it is asked who came together, and
whether those who came then bought it more often than those who came before and after.
"""

from collections.abc import Collection, Sequence
from typing import Final

from streams.evidence.hug import between
from streams.evidence.linked import one_address, unannounced
from streams.evidence.presence import Presence
from streams.evidence.purses import Purse
from streams.evidence.surprise import kl_bits
from streams.evidence.together import LEAST, Together, together

PLAIN_BITS: Final = 9.0  # of coming together; from the trials
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
    """Groups with a sum that changed, who have it sent to different places, and how much more often it was bought by

    those who came when they came, in bits. `purses` by their `sums`, rising.
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
            joined = together(sorted(viewer.seen_ms for viewer in people), presence.came)
            if joined.bits >= least_joined_bits:
                found[composition] = group, _then_bits(group, joined, purses, presence) if one_thing else 0.0
    return list(found.values())


def _then_bits(group: Sequence[Purse], joined: Together, purses: Sequence[Purse], presence: Presence) -> float:
    """How much more of those who came in the stretch in which the group did bought the same than of all others.

    The stretch was chosen by the group, and families come together, too: so it must be plain, and more than a few.
    """
    if joined.bits < PLAIN_BITS or len(group) < MORE_THAN_A_FEW:
        return 0.0
    came = sum(1 for p in purses if joined.start_ms <= presence.viewers[p.account_id].seen_ms <= joined.end_ms)
    usual = (len(group) - joined.members + 1) / (len(purses) - came + 2)
    return kl_bits(joined.members, came, min(1.0, usual))
