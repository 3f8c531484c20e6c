"""A room and what is planned to happen in its show tonight, before anybody has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from random import Random
from typing import Any

from worlds.bazaar import laws
from worlds.bazaar.ids import Ids
from worlds.bazaar.laws import Law
from worlds.bazaar.people import Account
from worlds.bazaar.shop import CATEGORY_PRICE, USUAL, Item, Shop
from worlds.bazaar.talk import Host, Talk
from worlds.bazaar.words import en, zh


@dataclass(slots=True, frozen=True)
class Moment:
    """Something happens to which those present react at once; kind is an intent: LAUGH, WOW, HOST, QUESTION, CHAT."""

    at: int
    kind: str
    share: float


@dataclass(slots=True, frozen=True)
class Prompt:
    """The host asks for an answer; `answers` None asks for praise."""

    at: int
    until: int
    answers: str | None
    share: float
    repeats: int


@dataclass(slots=True, frozen=True)
class Pitch:
    """An item is shown and sold."""

    at: int
    until: int
    item: Item


@dataclass(slots=True, frozen=True)
class Rush:
    """A share of those present buys one thing at once: a flash sale or a group buy."""

    at: int
    until: int
    item: Item
    share: float
    mean_ms: int


@dataclass(slots=True, frozen=True)
class Tier:
    """Spend so much, get something: a gift, or money off."""

    at: int
    until: int
    threshold_minor: int
    off_minor: int  # 0: a gift instead
    gift: Item | None  # None: nothing is put in
    pads: float  # share of those in reach of it who fill up
    code: str | None = None  # the coupon that orders carry which reach it


class Room:
    """A seller's channel: the same number is the same room on every day of a world."""

    def __init__(self, seed: int, number: int, ids: Ids, audience: int, law: Law = USUAL) -> None:
        self.law = law
        random = Random(f"{seed}/room/{number}")
        self.number = number
        self.room_id = ids.of("room", number)
        self.seller_id = ids.of("seller", number)
        self.host_id = ids.of("host", number)
        self.language = random.choices(("zh", "hant", "en"), (0.62, 0.12, 0.26))[0]
        self.currency = {"zh": "CNY", "en": "USD", "hant": random.choice(("TWD", "HKD"))}[self.language]
        self.category = random.choice(tuple(CATEGORY_PRICE))
        self.audience = audience
        man = random.random() < 0.3
        names = {
            "zh": random.choice((zh.NAMES_MAN if man else zh.NAMES_WOMAN).split("|")),
            "en": random.choice((en.NAMES_MAN if man else en.NAMES_WOMAN).split("|")),
        }
        self.talk = Talk(self.language, Host(self.category, man, names))
        self.chattiness = exp(random.gauss(0, 0.35))
        self.praise = law.praise * exp(random.gauss(0, 0.4))  # how much its viewers praise the host of their own accord
        # small rooms sell to friends and regulars, large ones to passers-by; guess
        self.buyers = law.buyers * exp(random.gauss(0, laws.BUYERS_SIGMA)) * (300 / max(30, audience)) ** 0.12
        self.cancels = law.cancels * exp(random.gauss(0, laws.CANCELS_SIGMA))
        self.sends_line_id = random.random() < 0.8
        self.sends_list_price = random.random() < 0.85
        self.sends_category = random.random() < 0.9
        self._key = f"{seed}/room/{number}"
        self._salt = random.getrandbits(40) | 1
        self.complaints = law.complaints * exp(self.random("complaints").gauss(0, laws.COMPLAINTS_SIGMA))
        self._followers = max(10, int(audience * laws.FOLLOWER_FACTOR))

    def random(self, purpose: str) -> Random:
        """A stream of chance that is the same on every day."""
        return Random(f"{self._key}/{purpose}")

    def follower(self, random: Random) -> int:
        """The number of one of its followers; the loyal ones more often."""
        rank = int(self._followers * random.random() ** 1.6)
        return (rank * 2_654_435_761 + self._salt) % laws.POOL

    def level(self, account: Account, follows: bool) -> int:
        """An account's fan level here: 5 or more for a fifth of the followers, 0 for most others."""
        draw = ((account.number + 7) * self._salt * 2_654_435_761 >> 11) % 1_000 / 1_000
        if not follows:
            return 0 if draw < 0.78 else 1 + int((draw - 0.78) * 14)
        return 1 + int(draw * 5.2) if draw < 0.78 else 5 + int(((draw - 0.78) / 0.22) ** 2 * 18)


@dataclass(slots=True)
class Stage:
    """The plan of one show; negatives add to it before the audience comes."""

    room: Room
    shop: Shop
    show_id: str
    start: int
    end: int
    horizon: int  # nothing is written later
    moments: list[Moment] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    pitches: list[Pitch] = field(default_factory=list)
    rushes: list[Rush] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)
    markers: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    cancels: float = 0.0  # share of paid orders that their buyers cancel
    raids: list[int] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)  # what is sold below cost and said to be
    untold: set[str] = field(default_factory=set)  # items whose cost nobody is told tonight
    wave: tuple[int, int] | None = None  # all parcels come within this time
    closed: tuple[int, int] | None = None  # no parcel comes within this time

    def __post_init__(self) -> None:
        self.cancels = self.room.cancels

    def mark(self, at: int, action: str, **fields: Any) -> None:
        """A marker of live.shows; a field of None is left out."""
        self.markers.append((at, action, {name: value for name, value in fields.items() if value is not None}))

    def within(self, at: float, margin_ms: int = 0) -> int:
        """A time moved into the show."""
        return int(min(max(at, self.start + margin_ms), max(self.start + margin_ms, self.end - margin_ms)))

    def some_time(self, random: Random, margin_ms: int = 2 * laws.MINUTE) -> int:
        return self.within(random.uniform(self.start, self.end), margin_ms)

    def pitch_at(self, at: int) -> Pitch | None:
        """What is being sold at a time."""
        for pitch in self.pitches:
            if pitch.at <= at < pitch.until:
                return pitch
        return None

    def prompt(self, at: int, random: Random, share: float, heard: float = 0.75, lottery: bool = False) -> None:
        """The host asks for something; the platform hears of it with the chance `heard`."""
        text, answers = random.choice(self.room.talk.lotteries() if lottery else self.room.talk.prompts())
        lasts = random.randint(60, 180 if lottery else 90) * laws.SECOND
        self.prompts.append(Prompt(at, at + lasts, answers, share, 4 if lottery else 2))
        if random.random() < heard:
            tells_end = lottery or random.random() < 0.5
            until = at + lasts if tells_end else None
            self.mark(at, "lottery" if lottery else "prompt", text=text, until_ts=until)


def plan(room: Room, shop: Shop, show_id: str, start: int, end: int, horizon: int, random: Random) -> Stage:
    """The ordinary course of a show: pitches one after the other, moments, now and then a prompt."""
    stage = Stage(room, shop, show_id, start, end, horizon)
    about_end = start + round((end - start) * random.uniform(0.9, 1.15) / (10 * laws.MINUTE)) * 10 * laws.MINUTE
    stage.mark(
        start,
        "started",
        seller_id=room.seller_id,
        host_id=room.host_id,
        category=room.category,
        ends_at_ts=max(about_end, start + 10 * laws.MINUTE) if random.random() < 0.6 else None,
    )
    at = start + int(random.uniform(1, 4) * laws.MINUTE)
    while at < end:
        until = min(end, at + int(random.uniform(2.5, 7) * laws.MINUTE))
        stage.pitches.append(Pitch(at, until, shop.any(random)))
        at = until + random.randint(0, 40) * laws.SECOND
    minutes = (end - start) / laws.MINUTE
    for _ in range(int(minutes * laws.MOMENTS_PER_MINUTE * random.uniform(0.6, 1.5))):
        kind = random.choices(("LAUGH", "WOW", "HOST", "QUESTION", "CHAT"), (0.34, 0.22, 0.12, 0.17, 0.15))[0]
        stage.moments.append(Moment(stage.some_time(random, laws.MINUTE), kind, 0.02 + 0.16 * random.betavariate(1, 3)))
    for _ in range(int(minutes / 14 + random.random())):
        stage.prompt(stage.some_time(random), random, share=random.uniform(0.12, 0.4))
    stage.moments.sort(key=lambda moment: moment.at)
    return stage
