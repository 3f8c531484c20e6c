"""The people of a plant: how many, who they are, and how they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil, exp, log
from random import Random
from typing import Any

from worlds.bazaar import laws
from worlds.bazaar.audience import stay_ms
from worlds.bazaar.people import Account, share
from worlds.bazaar.show import Show, Visit

SOURCES = (("share", 0.30), ("direct", 0.27), ("feed", 0.17), ("follow", 0.13), ("search", 0.13))
"""Hired people have a link or look for the room, some let the feed bring them; guess."""
STAFF_SHARE = 0.4
"""A crew is at most this share of the room's usual audience, but never below its strength's least size; guess."""

BUSY = 0.1
"""Share of a named crew for whom somebody else comes; guess."""
REGULARS = 0.5
"""Share of a crew that a room hires every time; guess."""


@dataclass(slots=True)
class Planted:
    """What was planted, for the truth."""

    accounts: list[str]
    acts: list[int]  # event times, one an act
    disguises: list[str] = field(default_factory=list)

    def truth(self, strength: str) -> dict[str, Any]:
        """The contract's form; `third` is the time at which a third of the acts are done."""
        acts = sorted(self.acts)
        return {
            "accounts": sorted(self.accounts),
            "start": acts[0],
            "end": acts[-1],
            "strength": strength,
            "third": acts[ceil(len(acts) / 3) - 1],
            "acts": len(acts),
            "disguises": self.disguises,
        }


def size(show: Show, lowest: int, highest: int, random: Random) -> int:
    """How many are hired: small crews are more common than large ones, and a small room gets no large one."""
    if show.hiring.size is not None:
        return max(lowest, min(highest, show.hiring.size))
    highest = max(lowest, min(highest, int(show.stage.room.audience * STAFF_SHARE)))
    return min(highest, int(exp(random.uniform(log(lowest), log(highest + 1)))))


def hire(show: Show, count: int, purpose: str, random: Random) -> list[Account]:
    """Accounts like all others, that no honest visitor of the evening uses.

    A room that hires again another day gets many of the same people: half are drawn from a hundred that it knows.
    A crew that has a name is the same for all who hire it, but for one in ten, who has something else to do.
    """
    if show.crew:
        crew, show.crew = show.crew[:count], []
        return crew + hire(show, count - len(crew), purpose, random) if len(crew) < count else crew
    if show.hiring.crew is not None:
        named = int(_named(show, purpose).random() * 1_000_000_000)
        busy = int(random.random() * 1_000_000_000)
        return [show.people.outsider((named if random.random() > BUSY else busy) + 8 * k + k % 4) for k in range(count)]
    known = int(show.stage.room.random(f"{purpose}/crew").random() * 1_000_000_000)
    fresh = int(random.random() * 1_000_000_000)
    regulars = random.sample(range(100), count)
    numbers = [known + 8 * k if random.random() < REGULARS else fresh + 8 * k for k in regulars]
    return [show.people.outsider(number + number // 8 % 4) for number in numbers]


def farm(show: Show, count: int, random: Random) -> list[Account]:
    """Many accounts like all others, that no honest visitor of the evening uses."""
    first = int((random if show.hiring.crew is None else _named(show, "farm")).random() * 1_000_000_000)
    return [show.people.outsider(first + 8 * k + k // 8 % 4) for k in range(count)]


def _named(show: Show, purpose: str) -> Random:
    """The chance of the named crew that is hired, the same wherever it works."""
    return Random(f"{show.people.seed}/crew/{show.hiring.crew}/{purpose}")


def within(show: Show, after_ms: Callable[[], int], at: int, random: Random) -> int:
    """A time after `at` that still is written down; an evening that is cut off early crowds them into what there is."""
    latest = show.stage.horizon - 2 * laws.SECOND
    for _ in range(40):
        then = at + after_ms()
        if then <= latest:
            return then
    return at + int(random.random() * max(0, latest - at))


def link(
    accounts: list[Account], share_of_them: float, kinds: tuple[str, ...], show: Show, random: Random
) -> list[Account]:
    """Give a part of them something in common: one inviter or network for all, devices by twos and threes."""
    if any(visit.account in accounts for visit in show.hired):
        return accounts  # who is known by what it shares already shares nothing else
    linked = list(accounts)
    if show.hiring.crew is None:
        chosen = random.sample(range(len(accounts)), round(len(accounts) * share_of_them))
    else:  # the same of them, wherever they work
        draws = _named(show, "links")
        chosen = [i for i in range(len(accounts)) if draws.random() < share_of_them]
    for kind in kinds:
        random = random if show.hiring.crew is None else _named(show, kind)
        if kind == "device_id":
            for i in range(0, len(chosen) - 1, 3):
                for other in chosen[i : i + 3]:
                    linked[other] = share(linked[other], device_id=linked[chosen[i]].device_id)
            continue
        if kind == "inviter_id":
            common = show.people.inviter(random)
        elif kind == "ip_prefix":
            common = show.people.network(random)
        else:
            common = show.people.stranger(random).address_id
        for i in chosen:
            linked[i] = share(linked[i], **{kind: common})
    return linked


def admit(show: Show, account: Account, at: int, until: int, chats: bool, buys: bool, random: Random) -> Visit:
    """A hired visitor: comes, stays as agreed, and is otherwise free to talk and to buy, but what it is hired for."""
    stage = show.stage
    at = stage.within(at, 500)
    there = next((visit for visit in show.hired if visit.account.account_id == account.account_id), None)
    if until > stage.end:
        until = stage.end + 500 + int(random.expovariate(1 / (12 * laws.SECOND)))
    if there is not None:  # it does both: it is there for both
        there.at, there.until = min(there.at, at), max(there.until, until)
        there.talks, there.keen = max(there.talks, 1.0 if chats else 0.0), 0.0
        return there
    source = random.choices([s for s, _ in SOURCES], [w for _, w in SOURCES])[0]
    # nobody who is hired is a fan; otherwise levels are those of any visitor
    level = min(4, stage.room.level(account, source == "follow"))
    visit = Visit(account, at, max(at + 5 * laws.SECOND, until), source, level, hired=True)
    visit.keen = 1.0 if buys else 0.0
    visit.talks = 1.0 if chats else 0.0
    show.hired.append(visit)
    if random.random() < laws.RETURN_SHARE:  # they too come back later
        back = visit.until + int(random.lognormvariate(5.6, 1.0) * laws.SECOND)
        if back < stage.end - laws.MINUTE:
            gone = min(stage.end + 4 * laws.SECOND, back + stay_ms(random))
            show.hired.append(replace(visit, at=back, until=gone, source=random.choice(("direct", "feed"))))
    return visit
