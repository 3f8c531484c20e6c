"""Who lives here: a person is a pure function of the seed and a number, so the same in every room and on every day.

Households of one to four share an address, often a line, at times a tablet or a wallet; four hundred share a campus or
a works; millions share the carriers' gateways. Shares are guesses.
"""

from __future__ import annotations

from math import log
from random import Random

from worlds.county.ids import account, mix
from worlds.county.laws import DAY, Laws

MANNERS = ("plain", "warm", "terse", "emoji", "net", "formal", "traditional", "canton", "english", "casual", "mixed")
MANNER_WEIGHTS = (24, 14, 14, 8, 10, 6, 9, 3, 5, 4, 3)  # of 100 people; guess

HOUSEHOLDS = (  # how four neighbours live together: who has which household
    (0, 0, 0, 0),
    (0, 0, 0, 3),
    (0, 0, 2, 2),
    (0, 0, 2, 3),
    (0, 1, 2, 2),
    (0, 1, 1, 3),
    (0, 1, 2, 3),
    (0, 1, 2, 3),
)
HOME_LINE = 540  # of 1,000 who come over a line at home; guess
CARRIER = 900  # up to here over a carrier's gateway, the others over a campus or works
GATEWAYS = 48  # prefixes of the carriers' gateways
CAMPUS = 400  # people on one campus or works
AGE_MEAN_DAYS = 640  # of an account; guess
NEW_SHARE = 0.05  # of accounts made in the last ten days; guess
NO_DEVICE = 50  # of 1,000 whose client sends no device; guess

CREW_BASE = 1 << 40  # numbers above it are hired; nobody honest has one


class Person:
    """An account and what it may share with others."""

    __slots__ = ("account_id", "address_id", "created_ms", "device_id", "inviter_id", "ip_prefix", "manner", "number",
                 "on_comment", "on_join", "on_order", "pay_account_id")  # fmt: skip

    def __init__(self, number: int, account_id: str, created_ms: int, manner: str) -> None:
        self.number = number
        self.account_id = account_id
        self.created_ms = created_ms
        self.manner = manner
        self.device_id: str | None = None
        self.ip_prefix: str | None = None
        self.inviter_id: str | None = None
        self.pay_account_id: str | None = None
        self.address_id: str | None = None
        self.on_join: dict[str, str | int] = {}
        self.on_comment: dict[str, str | int] = {}
        self.on_order: dict[str, str | int] = {}

    def seal(self) -> Person:
        """Write down once what its events carry: joins who and where, orders also the wallet and the address."""
        where: dict[str, str | int] = {}
        if self.device_id is not None:
            where["device_id"] = self.device_id
        self.on_comment = dict(where)
        if self.ip_prefix is not None:
            where["ip_prefix"] = self.ip_prefix
        where["account_created_ts"] = self.created_ms
        self.on_join = dict(where)
        if self.inviter_id is not None:
            self.on_join["inviter_id"] = self.inviter_id
        self.on_order = where
        if self.pay_account_id is not None:
            where["pay_account_id"] = self.pay_account_id
        if self.address_id is not None:
            where["address_id"] = self.address_id
        return self


class People:
    """The population of one world. `base_ms` is its day 0: ages of accounts count back from it."""

    def __init__(self, seed: int, base_ms: int, laws: Laws) -> None:
        rng = Random(f"county/{seed}/people")
        self.seed = seed
        self.base_ms = base_ms
        self.laws = laws
        self.key = rng.getrandbits(48)
        self.salt = rng.getrandbits(62)
        self.manners = [name for name, weight in zip(MANNERS, MANNER_WEIGHTS, strict=True) for _ in range(weight)]

    def id_of(self, number: int) -> str:
        return account(number, self.key)

    def person(self, number: int) -> Person:
        salt = self.salt
        own = mix(number * 0x9E3779B97F4A7C15 + salt)
        block = number >> 2
        together = mix(block * 0xD1B54A32D192ED03 + salt)
        pattern = HOUSEHOLDS[together & 7]
        place = pattern[number & 3]
        home = mix((block * 4 + place) * 0xA24BAED4963EE407 + salt)
        shares = pattern.count(place) > 1

        age_draw = (own & 0xFFFFF) + 1
        if (own >> 20) % 1000 < NEW_SHARE * 1000:
            age_days = 10.0 * age_draw / 0x100001
        else:
            age_days = 10.0 - AGE_MEAN_DAYS * log(age_draw / 0x100001)
        one = Person(
            number, account(number, self.key), self.base_ms - int(age_days * DAY) - 60_000, self.manners[own % 100]
        )

        if (own >> 30) % 1000 >= NO_DEVICE:
            tablet = shares and (home >> 8) % 100 < 7
            one.device_id = f"d{(home if tablet else own) >> 12:013x}"
        line = (home >> 16) % 1000
        if line < HOME_LINE:
            one.ip_prefix = f"n{mix((number >> 5) + salt) >> 36:07x}"
        elif line < CARRIER:
            skewed = (own >> 40) % GATEWAYS * ((own >> 46) % GATEWAYS) // GATEWAYS
            one.ip_prefix = f"n{mix(skewed + salt + 1) >> 36:07x}"
        else:
            one.ip_prefix = f"n{mix(number // CAMPUS + salt + 2) >> 36:07x}"
        purse = home if shares and (home >> 26) % 100 < 22 else own
        one.pay_account_id = f"p{mix(purse + 3) >> 16:012x}"
        one.address_id = f"a{mix(home + 5) >> 16:012x}"
        invited = (own >> 52) % 100
        if invited < 14:
            one.inviter_id = account(number ^ (1 + (own >> 59) % 7), self.key)
        elif invited < 17:
            one.inviter_id = account(number | 511, self.key)  # a promoter who goes from door to door
        return one.seal()
