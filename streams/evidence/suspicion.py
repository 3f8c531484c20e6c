"""One band of sums and what speaks against the accounts in it, by kind of evidence; and which of them are meant."""

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Final

import msgspec

from streams.evidence.calling import Called, by_call, called
from streams.evidence.hug import Band
from streams.evidence.links import VALUE_OF, Tie, ties
from streams.evidence.presence import Presence, Viewer
from streams.evidence.purses import Purse
from streams.evidence.together import LEAST, Together, together

CAP_BITS: Final = 40.0  # no kind counts for more; guess
CALLED_CAP_BITS: Final = 6.0  # many who are no crew come by a link, so it never decides alone; guess
SAME_BASKET: Final = 3  # accounts with the very same basket that count when it is asked who came together
TELLING_BITS: Final = 6.0  # from here on, when somebody came says whether he is meant
SLACK_MS: Final = 60_000  # who came so long before or after the others may still be one of them; guess
REBELS_SHARE: Final = 0.1  # of a crew do not do as they were told; guess
LEAST_LIKELY: Final = 0.05
PRICES_SHARE: Final = 0.5
AGAINST: Final = 2.0
SOME_VIEWERS: Final = 20  # of everybody, that count beside the others who bought; guess


class Suspicion(msgspec.Struct, frozen=True):
    """One band of sums, who of it is suspected, and the evidence by kind."""

    band: Band
    members: tuple[Purse, ...]
    hug_bits: float  # 0 where something declared explains the band
    joined: Together
    called: Called
    ties: tuple[Tie, ...]
    link_bits: float
    joined_bits: float
    called_bits: float
    declared: bool = False  # a declared promotion, or a coupon, explains the band
    most: bool = False  # they are most of those who bought: there is no rest of the room
    alike: bool = False  # they bought the very same things
    honest: float = 0.0  # of those in the band who would be there by prices alone
    cohort: str = ""  # the link by which the members were found; "" where it was by their sums

    @property
    def bits(self) -> float:
        return self.hug_bits + self.joined_bits + self.link_bits + self.called_bits


def suspicion(
    band: Band,
    hug_bits: float,
    honest: float,
    inside: Sequence[Purse],
    others: Sequence[Purse],
    presence: Presence,
    *,
    alike: bool = False,
) -> Suspicion:
    """What speaks against those inside a band, of whom so many would be there by prices; all are members at first."""
    viewers = presence.viewers
    telling = [viewers[p.account_id] for p in (inside if alike else _different(inside))]
    joined = closest(telling, [viewers[p.account_id] for p in others], presence)
    by_themselves = called(telling, [viewers[p.account_id] for p in _different(others)])
    shared = [
        tie
        for tie in ties(telling, presence)
        if _most_spend_it(tie, inside, others, viewers) and (alike or _by_different_ways(tie, inside, viewers))
    ]
    # a link of a few says less of the whole, and that of a couple or a family is no crew's
    worth = [
        tie.bits * min(1.0, 2.0 * tie.members / len(telling)) * (1.0 if tie.members >= LEAST else 0.5) for tie in shared
    ]
    return Suspicion(
        band=band,
        members=tuple(inside),
        hug_bits=min(CAP_BITS, hug_bits),
        joined=joined,
        called=by_themselves,
        ties=tuple(shared),
        link_bits=min(CAP_BITS, fsum(worth)),
        joined_bits=min(CAP_BITS, joined.bits),
        called_bits=min(CALLED_CAP_BITS, by_themselves.bits),
        honest=honest,
        alike=alike,
        most=len(inside) > len(others),
    )


def closest(members: Sequence[Viewer], others: Sequence[Viewer], presence: Presence) -> Together:
    """How close the members came, against everybody and against the others who bought: the weaker of the two.

    A raid or the front page brings many who buy nothing, so that any who buy came at another time than most.
    """
    times = sorted(viewer.seen_ms for viewer in members)
    of_all = together(times, presence.came)
    if len(others) < len(members) or of_all.bits <= 0:
        return of_all  # who are most of the buyers have no others to be compared with
    some = presence.came[:: max(1, len(presence.came) // SOME_VIEWERS)]  # else few buyers would tell by chance
    of_buyers = together(times, sorted([*times, *some, *(viewer.seen_ms for viewer in others)]))
    return min(of_all, of_buyers, key=_bits_of)


def meant(s: Suspicion, before: Sequence[Purse], purses: Sequence[Purse], presence: Presence) -> tuple[Purse, ...]:
    """Who of a band, or of those found `before`, is more likely told to than not; and who came with them by their link.

    The odds of a band are those of its excess; when and by which way an account came and the strongest link that the
    others share move them, each by its likelihood among members over that among all.
    """
    usual = max(s.band.expected / s.band.ways, PRICES_SHARE * s.honest / s.band.count)
    excess = max(0.1, 1.0 - usual) / max(0.01, usual)
    rebels = REBELS_SHARE * len(s.members) / max(1, len(purses))
    known = {purse.account_id: purse for purse in (*s.members, *before)}
    members = [p for p in known.values() if excess * _ratio(s, presence.viewers[p.account_id]) >= 1.0]
    if len(members) < min(LEAST, len(s.members)):
        members = list(s.members)
    strongest = s.ties[0] if s.ties else None
    for purse in purses if strongest else ():
        viewer = presence.viewers[purse.account_id]
        linked = strongest is not None and getattr(viewer, strongest.link) == strongest.value
        if linked and purse.account_id not in known and rebels * _ratio(s, viewer) >= 1.0:
            members.append(purse)
    return tuple(members)


def _ratio(s: Suspicion, viewer: Viewer) -> float:
    """How much likelier it is of a member than of anybody to have come like this account, and to share its link."""
    ratio = 1.0
    if s.joined_bits >= TELLING_BITS:
        slack_ms = SLACK_MS + (s.joined.end_ms - s.joined.start_ms) // 4
        inside = s.joined.start_ms - slack_ms <= viewer.seen_ms <= s.joined.end_ms + slack_ms
        ratio *= _likelihood(inside, s.joined.members, s.joined.expected, s.joined.of)
    if s.called_bits > 0 and viewer.source:
        ratio *= _likelihood(by_call(viewer), s.called.members, s.called.expected, s.called.of)
    if s.ties:
        tie = s.ties[0]
        if value := getattr(viewer, tie.link):
            ratio *= _likelihood(value == tie.value, tie.members, tie.expected, tie.of)
    return ratio


def _likelihood(has: bool, members: int, expected: float, of: int) -> float:
    share, usual = (members + 0.5) / (of + 1), (expected + 0.005) / (of + 0.01)
    return share / max(usual, 1e-3) if has else (max(LEAST_LIKELY, 1 - share) / max(LEAST_LIKELY, 1 - usual)) ** AGAINST


def _different(purses: Sequence[Purse]) -> list[Purse]:
    """Of each basket only a few: one item for all says nothing."""
    seen: dict[str, int] = {}
    kept = []
    for purse in purses:
        seen[purse.composition] = seen.get(purse.composition, 0) + 1
        if seen[purse.composition] <= SAME_BASKET:
            kept.append(purse)
    return kept


def _most_spend_it(tie: Tie, inside: Sequence[Purse], others: Sequence[Purse], viewers: Mapping[str, Viewer]) -> bool:
    """Whether of those who share a link and bought half or more are inside: another scheme's crew buys all sorts."""
    has = VALUE_OF[tie.link]
    spend_it = [has(viewers[purse.account_id]) for purse in inside].count(tie.value)
    return spend_it >= [has(viewers[purse.account_id]) for purse in others].count(tie.value)


def _by_different_ways(tie: Tie, inside: Sequence[Purse], viewers: Mapping[str, Viewer]) -> bool:
    """Whether those who share a link bought different things: colleagues and dormitories order the same."""
    return len({p.composition for p in inside if getattr(viewers[p.account_id], tie.link) == tie.value}) >= 3


def _bits_of(joined: Together) -> float:
    return joined.bits
