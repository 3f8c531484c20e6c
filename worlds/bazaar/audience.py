"""How an honest audience comes and goes."""

from __future__ import annotations

from math import exp
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.people import Account
from worlds.bazaar.show import Show, Visit
from worlds.bazaar.stage import Stage


def stay_ms(random: Random, regular: bool = False) -> int:
    """How long somebody stays: most swipe on, some stay for an hour."""
    table = laws.STAYS_REGULAR if regular else laws.STAYS
    _, log_median, sigma = random.choices(table, [weight for weight, _, _ in table])[0]
    return int(max(1.5, exp(random.gauss(log_median, sigma))) * laws.SECOND)


def come(show: Show, viewers: int, random: Random) -> None:
    """Fill the room: about `viewers` accounts over the show, in waves, some of them again."""
    stage = show.stage
    waves = Waves(stage, random)
    seen: set[int] = set()
    while len(seen) < viewers:
        source = random.choices([s for s, _ in laws.SOURCES], [w for _, w in laws.SOURCES])[0]
        follows = source == "follow" or random.random() < 0.04
        account = show.people.account(stage.room.follower(random)) if follows else show.people.stranger(random)
        if account.number in seen:
            if len(seen) < 3 * viewers and random.random() < 0.05:
                viewers -= 1  # a small room of regulars: who would come is there already
            continue
        seen.add(account.number)
        visit = enter(show, account, waves.arrival(source, random), source, random, follows)
        for mate in show.people.household(account):
            if mate.number not in seen and random.random() < laws.MATE_COMES_TOO and len(seen) < viewers:
                seen.add(mate.number)
                at = visit.at + int(random.expovariate(1 / (3 * laws.MINUTE)))
                enter(show, mate, at, random.choice(("share", "direct", "feed")), random, follows=False)


def enter(
    show: Show,
    account: Account,
    at: int,
    source: str,
    random: Random,
    follows: bool = False,
    regular: bool | None = None,
) -> Visit:
    """Somebody comes, stays, goes, and perhaps comes back; gives the first visit."""
    stage = show.stage
    level = stage.room.level(account, follows)
    regular = follows if regular is None else regular
    first = visit = add(show, account, at, stay_ms(random, regular), source, level, random)
    first.follows = follows
    while random.random() < laws.RETURN_SHARE:
        at = visit.until + int(random.lognormvariate(5.6, 1.0) * laws.SECOND)
        if at > stage.end - laws.MINUTE:
            break
        back = random.choice(("direct", "follow" if follows else "feed", "feed"))
        visit = add(show, account, at, stay_ms(random, regular), back, level, random)
        visit.follows = follows
    return first


def add(show: Show, account: Account, at: int, stay: int, source: str, level: int, random: Random) -> Visit:
    """One visit, cut at the show's end: who is still there leaves within the next minute."""
    stage = show.stage
    at = int(min(max(at, stage.start + 300), stage.end - 2 * laws.SECOND))
    until = at + stay
    if until > stage.end:
        until = stage.end + 500 + int(random.expovariate(1 / (12 * laws.SECOND)))
    visit = Visit(account, at, until, source, level)
    show.visits.append(visit)
    return visit


class Waves:
    """When people come, by where from: feeds in slow waves, followers at the opening, ads in blocks."""

    def __init__(self, stage: Stage, random: Random) -> None:
        self._stage = stage
        self._minutes = max(1, (stage.end - stage.start) // laws.MINUTE)
        self._feed = self._wave(random)
        self._ad = [0.05] * self._minutes
        for _ in range(random.randint(1, 3)):
            first = random.randrange(self._minutes)
            for minute in range(first, min(self._minutes, first + random.randint(4, 12))):
                self._ad[minute] = 1.0
        self._range = range(self._minutes)

    def arrival(self, source: str, random: Random) -> int:
        start = self._stage.start
        if source == "follow" and random.random() < 0.5:
            return self._stage.within(start + random.expovariate(1 / (4 * laws.MINUTE)), 500)
        weights = self._ad if source == "ad" else self._feed
        minute = random.choices(self._range, weights)[0]
        return start + int((minute + random.random()) * laws.MINUTE)

    def _wave(self, random: Random) -> list[float]:
        memory, sigma = laws.FEED_MINUTE_MEMORY, laws.FEED_MINUTE_SIGMA
        level = random.gauss(0, sigma)
        weights = []
        for _ in range(self._minutes):
            level = memory * level + random.gauss(0, sigma * (1 - memory**2) ** 0.5)
            weights.append(exp(level))
        return weights
