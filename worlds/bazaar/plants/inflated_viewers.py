"""Viewers that were bought: they come, are counted, and do nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.people import Account, share
from worlds.bazaar.plants.crew import Planted, farm
from worlds.bazaar.show import Scribe, Show, Visit


@dataclass(slots=True, frozen=True)
class Strength:
    """One row of the agreed ranges."""

    bots: tuple[int, int]
    chats: float
    devices: tuple[float, int]  # share of them that share devices, and how many have one
    networks: tuple[float, int]
    padded: float  # chance that the counter shows more than came, too


STRENGTHS = {
    "blatant": Strength((500, 5_000), 0.0, (0.7, 12), (0.9, 150), 0.3),
    "moderate": Strength((200, 2_000), 0.1, (0.15, 4), (0.6, 60), 0.2),
    "faint": Strength((150, 700), 0.0, (0.0, 1), (0.0, 1), 0.0),
}
TIMES_AUDIENCE = 2.5
"""A farm is at most so many times the audience, but never below its strength's least size; guess."""
SOURCES = (("feed", 0.45), ("direct", 0.25), ("search", 0.15), ("share", 0.15))
"""Where bots say they come from; guess."""
DISGUISES = ("jitter", "slow_drip", "chatty_bots", "mixed_in")
USUAL = {"blatant": (), "moderate": ("jitter", "chatty_bots"), "faint": ("jitter", "slow_drip")}


def inflated_viewers(show: Show, strength: str, scribe: Scribe, random: Random) -> Planted:
    """Plant a farm; an act is a bot's first join. Its people come by themselves, so the scribe has nothing to write."""
    row, stage = STRENGTHS[strength], show.stage
    worn = show.hiring.worn(USUAL[strength], DISGUISES)
    lowest, highest = row.bots
    most = max(lowest, min(highest, int(stage.room.audience * TIMES_AUDIENCE)))
    count = min(most, int(exp(random.uniform(log(lowest), log(most + 1)))))
    ways = [row.devices, row.networks]
    if strength == "blatant":
        ways[random.randrange(2)] = (0.0, 1)  # on shared devices, or behind few networks
    bots = disguised(show, farm(show, count, random), ways[0], ways[1], random)
    arrival = arrivals(show, worn, count, random)
    stay = stays(show, worn, random)
    source = _drawn(SOURCES, random)
    chats = max(row.chats, 0.1) if "chatty_bots" in worn else 0.0
    acts: list[int] = []
    for bot in bots:
        at = stage.within(arrival(), 500)
        until = at + stay()
        if until > stage.end:
            until = stage.end + 500 + int(random.expovariate(1 / (12 * laws.SECOND)))
        level = min(4, stage.room.level(bot, False))
        came = "raid" if "mixed_in" in worn and stage.raids and random.random() < 0.9 else source()
        visit = Visit(bot, at, until, came, level, keen=0.0, talks=0.0, hired=True)
        visit.talks = 1.5 if random.random() < chats else 0.0
        show.hired.append(visit)
        acts.append(at)
    if random.random() < row.padded:
        show.padding.append((min(acts), stage.end, int(count * random.uniform(0.1, 0.5))))
    return Planted([bot.account_id for bot in bots], acts, worn)


def disguised(
    show: Show, bots: list[Account], devices: tuple[float, int], networks: tuple[float, int], random: Random
) -> list[Account]:
    """Bots with the devices and networks of their farm: so many of them on each."""
    made = []
    device = network = bots[0]
    for i, bot in enumerate(bots):
        if i % devices[1] == 0:
            device = bot
        if i % networks[1] == 0:
            network = bot
        if random.random() < devices[0]:
            bot = share(bot, device_id=device.device_id)
        if random.random() < networks[0]:
            bot = share(bot, ip_prefix=network.ip_prefix)
        made.append(bot)
    random.shuffle(made)
    return made


def arrivals(show: Show, worn: list[str], count: int, random: Random) -> Callable[[], int]:
    """When bots come: in bursts of seconds, in waves of minutes, drop by drop, or under a raid or a busy time."""
    start, length = show.stage.start, show.stage.end - show.stage.start
    if "slow_drip" in worn:
        first, last = start + int(random.uniform(0.02, 0.15) * length), start + int(random.uniform(0.75, 0.95) * length)
        return lambda: random.randint(first, last)
    waves = max(1, min(6, round(count / random.uniform(150, 700))))
    centres = [start + int(random.uniform(0.04, 0.8) * length) for _ in range(waves)]
    if "mixed_in" in worn:
        busy = [visit.at for visit in random.sample(show.visits, min(len(show.visits), waves))]
        centres = show.stage.raids or busy or centres
    if "jitter" in worn:
        spread = [random.uniform(0.6, 4) * laws.MINUTE for _ in centres]
        waving = list(zip(centres, spread, strict=True))
        return lambda: int(random.gauss(*random.choice(waving)))
    lasts = [random.uniform(3, 40) * laws.SECOND for _ in centres]
    bursts = list(zip(centres, lasts, strict=True))

    def in_a_burst() -> int:
        centre, length_ms = random.choice(bursts)
        return centre + int(random.random() * length_ms)

    return in_a_burst


def stays(show: Show, worn: list[str], random: Random) -> Callable[[], int]:
    """How long bots stay: as long as was paid for, all nearly the same; with jitter it is anything."""
    paid_ms = random.choice((5, 10, 15, 20, 30, 60, 120)) * laws.MINUTE
    if "jitter" not in worn and "slow_drip" not in worn:
        return lambda: paid_ms + int(random.gauss(0, 4) * laws.SECOND)
    middle, sigma = random.uniform(4, 15) * laws.MINUTE, random.uniform(0.5, 1.0)
    return lambda: max(20 * laws.SECOND, int(random.lognormvariate(log(middle), sigma)))


def _drawn(table: tuple[tuple[str, float], ...], random: Random) -> Callable[[], str]:
    names, weights = [name for name, _ in table], [weight for _, weight in table]
    return lambda: random.choices(names, weights)[0]
