"""Honest small shows: everybody knows the host, comes at once, from one place, and buys to be kind."""

from __future__ import annotations

from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, stay_ms
from worlds.bazaar.buying import order
from worlds.bazaar.negatives.base import Negative
from worlds.bazaar.people import share
from worlds.bazaar.shop import Item
from worlds.bazaar.show import Scribe, Show, Visit


class VillageShow(Negative):
    """A village's first show: the neighbours were told in the group, one network, one pick-up point, one inviter."""

    crowd = (20, 70)
    opening_ms = 8 * laws.MINUTE  # mean time after the opening at which they come
    circle = "FAMILY"
    praises, buys = 0.35, 0.4
    homes = 1
    one_wallet = 0.0

    def people(self, show: Show, random: Random) -> None:
        homes = [show.people.stranger(random) for _ in range(self.homes)]
        host = homes[0].account_id
        self._visits: list[Visit] = []
        for _ in range(random.randint(*self.crowd)):
            account, home = show.people.stranger(random), random.choice(homes)
            if random.random() < 0.7:
                account = share(account, ip_prefix=home.ip_prefix)
            if random.random() < 0.6:
                account = share(account, address_id=home.address_id)
            if random.random() < 0.5:
                account = share(account, inviter_id=host)
            if random.random() < self.one_wallet:
                account = share(account, pay_account_id=home.pay_account_id)
            at = show.stage.start + int(random.expovariate(1 / self.opening_ms))
            stay = max(6 * laws.MINUTE, 2 * stay_ms(random, True))
            visit = add(show, account, at, stay, random.choice(("share", "share", "direct")), 0, random)
            visit.circle, visit.talks = self.circle, 1.6
            self._visits.append(visit)

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        shop, talk, stage = show.stage.shop, show.stage.room.talk, show.stage
        wanted = [shop.any(random) for _ in range(random.randint(1, 3))]
        for visit in self._visits:
            stays = max(1, min(visit.until, stage.end) - visit.at)
            for _ in range(random.choice((1, 1, 2, 3)) if random.random() < self.praises else 0):
                at = visit.at + int(random.uniform(0.05, 0.9) * stays)
                scribe.say(visit, at, talk.line("HOST", visit.account, random))
            if random.random() < self.buys:
                at = visit.at + 5_000 + int(random.uniform(0.05, 0.9) * max(1, stays - 6_000))
                order(show, scribe, visit.account, min(at, stage.end - 500), self.basket(wanted, show, random), random)

    def basket(self, wanted: list[Item], show: Show, random: Random) -> list[tuple[Item, int]]:
        """Mostly what the village sells, one or two of it."""
        if random.random() < 0.35:
            return show.stage.shop.basket(random)
        return [(random.choice(wanted), random.choice((1, 1, 1, 2, 2, 3)))]


class FamilyShow(VillageShow):
    """An aunt's first show: three homes, some wallets shared, kind words from all."""

    crowd = (8, 22)
    opening_ms = 4 * laws.MINUTE
    praises, buys = 0.6, 0.5
    homes = 3
    one_wallet = 0.3


class SchoolShow(VillageShow):
    """A school sells for its class trip: pupils and parents come after the last lesson and buy the one thing."""

    crowd = (30, 110)
    opening_ms = 3 * laws.MINUTE
    circle = "CAMPUS"
    praises, buys = 0.2, 0.3

    def basket(self, wanted: list[Item], show: Show, random: Random) -> list[tuple[Item, int]]:
        return [(wanted[0], random.choice((1, 1, 1, 1, 2, 2, 4)))]
