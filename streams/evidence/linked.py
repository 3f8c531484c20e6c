"""Linked: accounts that share an inviter, a device or a network and nearly all spend one sum, which others do not.

That needs no different ways to the sum, so it also sees a crew where everything has one price: one that takes several
pieces, or one of which nearly everybody who is there buys. Those who have things sent to one address are colleagues, a
dormitory or a family, and are passed over; so are those who buy nothing but what was announced to groups or to all for
a while.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from math import fsum, log2
from typing import Final

from streams.evidence.calling import NOT_CALLED
from streams.evidence.hug import Band, between
from streams.evidence.links import VALUE_OF, ties
from streams.evidence.presence import Presence, Viewer
from streams.evidence.purses import Purse, few_things
from streams.evidence.surprise import kl_bits
from streams.evidence.suspicion import CAP_BITS, Suspicion
from streams.evidence.together import together

LINKS: Final = ("inviter_id", "device_id", "ip_prefix")
TOLERANCE: Final = 1.12  # of the sum that they spend
MORE_THAN_A_FEW: Final = 8  # accounts; guess
NEARLY_EVERYBODY: Final = 0.8  # of those who share the link, whether or not they bought anything; guess
NEARLY_ALL: Final = 0.6  # some do as they like, some have bought only a part yet; guess


def linked(
    purses: Sequence[Purse],
    sums: Sequence[int],
    changed: Sequence[int],
    presence: Presence,
    announced: Collection[str],
    least: int,
) -> list[Suspicion]:
    """Those of at least `least` accounts of which one has a sum that changed.

    `purses`, all of viewers, by their `sums`, rising.
    """
    viewers = presence.viewers
    most = len(viewers) // 2  # who are most of the room have no others to be compared with
    values: dict[tuple[str, str], None] = {}
    for sum_minor in changed:
        first, last = between(sums, sum_minor, sum_minor)
        for purse in purses[first:last]:
            if viewer := viewers.get(purse.account_id):
                for link in LINKS:
                    value = getattr(viewer, link)
                    if value and least <= presence.sharing(link, value) <= most:
                        values[link, value] = None
    if not values:
        return []
    found = []
    for link, value in values:
        has = VALUE_OF[link]
        members = [purse for purse in purses if has(viewers[purse.account_id]) == value]
        if len(members) >= least and len(members := unannounced(members, announced)) >= least:
            low, high = _fullest(members)
            inside = [purse for purse in members if low <= purse.sum_minor <= high]
            people = [viewers[purse.account_id] for purse in inside]
            sharing = presence.sharing(link, value)
            told = _told(inside, members, least) or _all_bought(inside, sharing)
            if told and not one_address(people) and not few_things(inside, purses):
                found.append(_weighed(inside, link, sharing, low, high, sums, presence))
    return found


def _weighed(
    inside: Sequence[Purse], link: str, sharing: int, low: int, high: int, sums: Sequence[int], presence: Presence
) -> Suspicion:
    """How much more of those who share the link spend the sum than of those who do not."""
    first, last = between(sums, low, high)
    usual = (last - first - len(inside) + 1) / (len(presence.viewers) - sharing + 2)
    bits = kl_bits(len(inside), sharing, min(1.0, usual))
    people = [presence.viewers[purse.account_id] for purse in inside]
    joined = together(sorted(viewer.seen_ms for viewer in people), presence.came)
    shared = ties(people, presence)
    return Suspicion(
        band=Band(low, high, first, last, float(len(inside)), usual * sharing, bits),
        members=tuple(inside),
        hug_bits=min(CAP_BITS, max(0.0, bits - log2(1 + len(sums)))),
        joined=joined,
        called=NOT_CALLED,
        ties=tuple(shared),
        link_bits=min(CAP_BITS, fsum(tie.bits for tie in shared)),
        joined_bits=min(CAP_BITS, joined.bits),
        called_bits=0.0,
        cohort=link,
    )


def _told(inside: Sequence[Purse], members: Sequence[Purse], least: int) -> bool:
    """Whether nearly all spend the sum, and most of them by more than one thing: that alone reaches but its price."""
    several = sum(not purse.single for purse in inside)
    return several >= least and 2 * several > len(inside) >= NEARLY_ALL * len(members)


def _all_bought(inside: Sequence[Purse], sharing: int) -> bool:
    """Whether nearly everybody who shares the link spends the sum: of guests and followers only some buy at all."""
    return len(inside) >= MORE_THAN_A_FEW and len(inside) >= NEARLY_EVERYBODY * sharing


def _fullest(members: Sequence[Purse]) -> tuple[int, int]:
    """The band [m, TOLERANCE m] that holds most of the sums (rising); of equals the lowest."""
    sums = [purse.sum_minor for purse in members]
    low = max(sums, key=lambda m: (bisect_right(sums, int(m * TOLERANCE)) - bisect_left(sums, m), -m))
    return low, int(low * TOLERANCE)


def one_address(people: Sequence[Viewer]) -> bool:
    """Whether many have things sent to the same address."""
    counts: dict[str, int] = {}
    for viewer in people:
        if viewer.address_id:
            counts[viewer.address_id] = counts.get(viewer.address_id, 0) + 1
    return 3 * max(counts.values(), default=0) > len(people)


def unannounced(members: Iterable[Purse], announced: Collection[str]) -> list[Purse]:
    """Those who bought something that is not among the skus announced to groups or to all for a while."""
    return [purse for purse in members if not announced or not all(line.sku in announced for line in purse.lines)]
