"""Hired accounts: the teams that an agency sends to its rooms, and the farms that sell viewers.

A team is the same on every day, so it comes back, to the same room and to others of its agency. What its accounts share
depends on how well the work is done (its strength): an office and a foreman, or next to nothing. Shares are guesses.
"""

from __future__ import annotations

from random import Random

from worlds.county.draws import expo, stream, whole
from worlds.county.ids import Counter
from worlds.county.laws import DAY
from worlds.county.people import CREW_BASE, People, Person
from worlds.recording import STRENGTHS

TEAMS = 4  # of one agency and strength; more staged shows in one evening share them
TEAM_SIZE = 150  # accounts that a team can call on
ABSENT = 0.12  # of a team who do not come on a day; guess
FARM_SIZE = 6_000  # accounts of one seller of viewers
FARMS = 3
LINES = {"blatant": 24, "moderate": 80, "faint": 0}  # networks that a farm goes through; guess
APART = 4_096  # numbers between two hired accounts, so that none lives with another by accident


def team(people: People, agency: int, strength: str, number: int) -> list[Person]:
    """All that a team can call on, the most willing first."""
    path = (people.seed, "team", agency, strength, number)
    rng, ids = stream(*path), Counter(*path)
    base = CREW_BASE + (((agency * len(STRENGTHS) + STRENGTHS.index(strength)) * TEAMS + number) << 24)
    office = f"n{ids.next() >> 36:07x}"
    foreman = people.id_of(base + (1 << 22))
    flat = f"a{ids.next() >> 16:012x}"
    purse = f"p{ids.next() >> 16:012x}"
    phones = [f"d{ids.next() >> 12:013x}" for _ in range(12)]
    made_ms = people.base_ms - whole(rng, 8, 200) * DAY  # when a batch of accounts was made
    members = []
    for place in range(TEAM_SIZE):
        one = people.person(base + place * APART)
        if strength == "blatant":
            if rng.random() < 0.65:
                one.ip_prefix = office
            if rng.random() < 0.6:
                one.inviter_id = foreman
            if rng.random() < 0.2:
                one.device_id = phones[int(rng.random() * 12)]
            if rng.random() < 0.55:
                one.created_ms = made_ms + int(expo(rng, 2 * DAY))
        elif strength == "moderate":
            if rng.random() < 0.5:
                _one_link(one, rng, office, foreman, flat, purse)
            if rng.random() < 0.3:
                one.created_ms = made_ms + int(expo(rng, 10 * DAY))
        elif rng.random() < 0.12:
            _one_link(one, rng, office, foreman, flat, purse)
        one.created_ms = min(one.created_ms, people.base_ms - DAY)
        members.append(one.seal())
    return members


def _one_link(one: Person, rng: Random, office: str, foreman: str, flat: str, purse: str) -> None:
    draw = rng.random()
    if draw < 0.45:
        one.ip_prefix = office
    elif draw < 0.8:
        one.inviter_id = foreman
    elif draw < 0.92:
        one.address_id = flat
    else:
        one.pay_account_id = purse


def called(members: list[Person], count: int, rng: Random) -> list[Person]:
    """Those of a team who come today: the first of it, less who is absent."""
    there = [one for one in members if rng.random() >= ABSENT]
    return there[:count] if len(there) >= count else members[:count]


def farm(people: People, strength: str, number: int, count: int, rng: Random) -> list[Person]:
    """`count` accounts of a farm, beginning somewhere in its list."""
    path = (people.seed, "farm", strength, number)
    own, ids = stream(*path), Counter(*path)
    base = CREW_BASE + (1 << 44) + ((STRENGTHS.index(strength) * FARMS + number) << 26)
    begin = int(rng.random() * FARM_SIZE)
    racks = [f"d{ids.next() >> 12:013x}" for _ in range(FARM_SIZE // 6)]
    lines = [f"n{ids.next() >> 36:07x}" for _ in range(LINES[strength])]
    made_ms = people.base_ms - whole(own, 3, 60) * DAY
    members = []
    for step in range(count):
        place = (begin + step) % FARM_SIZE
        one = people.person(base + place * APART)
        bits = one.created_ms  # of this account alone
        if strength == "blatant":
            one.device_id = racks[place // 6] if bits % 10 < 7 else one.device_id
            one.ip_prefix = lines[place % len(lines)] if bits % 13 < 9 else one.ip_prefix
            one.created_ms = made_ms + bits % (2 * DAY)
        elif strength == "moderate":
            one.ip_prefix = lines[place % len(lines)] if bits % 2 else one.ip_prefix
            if bits % 3 == 0:
                one.created_ms = made_ms + bits % (20 * DAY)
        one.created_ms = min(one.created_ms, people.base_ms - DAY)
        members.append(one.seal())
    return members
