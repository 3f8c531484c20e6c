"""What accounts share: a device, a payment account, an address, an inviter, a network.

A link that several suspects share is worth -log2 of the share of the room that has it, at most 8 bits a kind:
a campus shares one network, a creator invites hundreds, and neither makes a crew by itself.
"""

from collections import Counter
from collections.abc import Sequence
from math import log2
from operator import attrgetter
from typing import Final

import msgspec

from streams.evidence.presence import LINKS, Presence, Viewer
from streams.evidence.surprise import kl_bits

MAX_KIND_BITS: Final = 8.0
LEAST: Final = 3  # accounts; a pair that shares a link may be a couple
TRIED_BITS: Final = 3.0  # what is paid for having looked at every value
NAMES: Final = {
    "device_id": "device",
    "pay_account_id": "payment account",
    "address_id": "address",
    "inviter_id": "inviter",
    "ip_prefix": "network",
}

VALUE_OF: Final = {link: attrgetter(link) for link in LINKS}
"""By link what gives an account's value of it."""


class Tie(msgspec.Struct, frozen=True):
    """One value that several suspects share, and how unusual that is."""

    link: str
    value: str
    members: int
    room: int  # accounts of the show that share it, members included
    expected: float  # members that would share it by the room's share
    bits: float
    of: int = 0  # members that said theirs

    @property
    def name(self) -> str:
        return NAMES[self.link]


def pair_bits(link: str, value: str, presence: Presence) -> float:
    """What it is worth that two accounts share this value: -log2 of the room's share that has it, capped."""
    known, room = presence.knowing(link), presence.sharing(link, value)
    return min(MAX_KIND_BITS, log2(known / room)) if 0 < room < known else 0.0


def ties(members: Sequence[Viewer], presence: Presence) -> list[Tie]:
    """The strongest shared value of each kind among `members`, worth at most 8 bits a kind; strongest first."""
    found = []
    for link in LINKS:
        best = _strongest(link, members, presence)
        if best is not None:
            found.append(best)
    found.sort(key=lambda tie: -tie.bits)
    return found


def _strongest(link: str, members: Sequence[Viewer], presence: Presence) -> Tie | None:
    values = [value for value in map(VALUE_OF[link], members) if value]
    knowing = len(values)
    if knowing < LEAST:
        return None
    best: Tie | None = None
    for value, count in Counter(values).items():
        if count < LEAST:
            continue
        room, known = presence.sharing(link, value), presence.knowing(link)
        usual = max(1 / (known + 2), (room - count + 1) / (known - knowing + 2))
        bits = min(MAX_KIND_BITS, kl_bits(count, knowing, min(1.0, usual)) - TRIED_BITS)
        if bits > 0 and (best is None or bits > best.bits):
            best = Tie(link, value, count, room, min(1.0, usual) * knowing, bits, knowing)
    return best
