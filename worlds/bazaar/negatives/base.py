"""What every look-alike is: additions to the plan, to the audience, or to what people do."""

from __future__ import annotations

from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, stay_ms
from worlds.bazaar.people import Account, share
from worlds.bazaar.shop import Shop, round_sum, total
from worlds.bazaar.show import Scribe, Show, Visit
from worlds.bazaar.stage import Stage


class Negative:
    """Nothing out of the ordinary: the base of all."""

    def plan(self, stage: Stage, random: Random) -> None:
        """Add to the plan of the show."""

    def people(self, show: Show, random: Random) -> None:
        """Bring people."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        """Let them do what they came for."""


def guest(show: Show, at: int, source: str, random: Random) -> Visit:
    """Somebody of the platform who comes for a reason and stays a while."""
    account: Account = show.people.stranger(random)
    return add(show, account, at, 3 * laws.MINUTE + stay_ms(random), source, 0, random)


def colleagues(show: Show, most: int, least_stay_ms: int, random: Random, **same: str) -> list[Visit]:
    """Eight or more of one office, who come within minutes and have `same` in common."""
    came = show.stage.some_time(random, 6 * laws.MINUTE)
    visits = []
    for _ in range(random.randint(8, most)):
        account = share(show.people.stranger(random), **same)
        at = came + int(random.expovariate(1 / (100 * laws.SECOND)))
        stay = least_stay_ms + stay_ms(random)
        visit = add(show, account, at, stay, random.choice(("share", "share", "direct")), 0, random)
        visit.circle = "OFFICE"
        visits.append(visit)
    return visits


def threshold_of(shop: Shop, random: Random, low: float, high: float) -> int:
    """A round sum from which on something is given: so many times what a basket usually comes to."""
    typical = sorted(total(shop.basket(random)) for _ in range(41))[20]
    return round_sum(typical * random.uniform(low, high), shop.currency)


def some_of(stage: Stage, random: Random) -> tuple[int, int]:
    """All of a show or, as often, a part of it."""
    if random.random() < 0.5:
        at = stage.some_time(random, 5 * laws.MINUTE)
        return at, min(stage.end, at + random.randint(15, 45) * laws.MINUTE)
    return stage.start + 1_000, stage.end
