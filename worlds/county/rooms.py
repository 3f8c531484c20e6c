"""Rooms, their sellers, and the agencies that run several of them. The same on every day of a world."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from worlds.county.draws import lognormal, stream, weighted
from worlds.county.goods import CURRENCIES, Item, a_category, catalogue
from worlds.county.ids import Counter
from worlds.county.laws import Laws

AGENCY_ROOMS = 5  # rooms of one agency; guess
FOLLOWERS_PER_VIEWER = 3.0  # followers of a room for each viewer of a usual show; guess
ROOM_BLOCK = 1 << 22  # numbers of people kept for the followers of one room
QUALITY_SPREAD = 0.35  # of the logarithm, how good a shop's goods are; guess


@dataclass(slots=True)
class Room:
    """A seller's channel."""

    number: int
    room_id: str
    seller_id: str
    host_id: str
    agency: int
    category: str
    currency: str
    worth: float  # minor units of this currency for one of yuan
    items: list[Item]
    viewers: int  # of a usual show
    complaint_factor: float  # how much more or less often than usual its buyers complain
    names_lines: bool  # its orders carry line_id
    charm: float  # how much more than usual its host is praised
    talk: float  # how many more chat
    pull: float  # how many more buy

    @property
    def followers(self) -> int:
        return min(ROOM_BLOCK - 1, int(120 + self.viewers * FOLLOWERS_PER_VIEWER))

    @property
    def first_follower(self) -> int:
        return (self.number + 1) * ROOM_BLOCK


def a_room(seed: int, number: int, viewers: tuple[int, int], laws: Laws) -> Room:
    rng = stream(seed, "room", number)
    ids = Counter(seed, "room", number)
    low, high = viewers
    category = a_category(rng)
    name, worth = weighted(rng, [((name, worth), share) for name, share, worth in CURRENCIES])
    return Room(
        number=number,
        room_id=f"r{ids.next() >> 24:010x}",
        seller_id=f"m{ids.next() >> 24:010x}",
        host_id=f"h{ids.next() >> 24:010x}",
        agency=number // AGENCY_ROOMS,
        category=category,
        currency=name,
        worth=worth,
        viewers=min(high, max(low, round(low * (high / low) ** (rng.random() ** laws.audience_skew)))),
        complaint_factor=lognormal(rng, 1.0, min(QUALITY_SPREAD, laws.complaint_spread)),
        names_lines=rng.random() < 0.7,
        charm=lognormal(rng, 1.0, laws.charm_spread),
        talk=lognormal(rng, 1.0, laws.talk_spread),
        pull=lognormal(rng, 1.0, laws.pull_spread),
        items=catalogue(ids, category, worth, laws, rng),
    )


def laws_of_show(room: Room, laws: Laws, rng: Random) -> Laws:
    """How this room's people behave in one show: rooms differ, and so do their shows."""
    charm, talk, pull = (
        factor * lognormal(rng, 1.0, laws.show_spread) for factor in (room.charm, room.talk, room.pull)
    )
    return replace(
        laws,
        host_praise_share=min(0.5, laws.host_praise_share * charm),
        fan_praise_share=min(0.6, laws.fan_praise_share * charm),
        chatter_share=min(0.8, laws.chatter_share * talk),
        buyer_share=min(0.6, laws.buyer_share * pull),
    )
