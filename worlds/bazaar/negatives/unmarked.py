"""What no marker tells of and looks like being told to spend: switched on by name only.

They are not dealt out, so that evenings that were reported stay as they are.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, stay_ms
from worlds.bazaar.buying import order
from worlds.bazaar.ids import fresh
from worlds.bazaar.negatives.base import Negative, colleagues, some_of, threshold_of
from worlds.bazaar.people import share
from worlds.bazaar.show import Scribe, Show
from worlds.bazaar.stage import Stage, Tier


class CouponCode(Negative):
    """The host reads out a code, "spend this much, get some off": orders carry it, and nothing else tells of it."""

    share_off = (0.05, 0.15)

    def plan(self, stage: Stage, random: Random) -> None:
        shop = stage.shop
        threshold = threshold_of(shop, random, 1.1, 2.6)
        off = max(100, int(threshold * random.uniform(*self.share_off)) // 100 * 100)
        at, until = some_of(stage, random)
        gift = replace(random.choice(shop.small), price_minor=0)
        code = fresh("coupon", random)
        stage.tiers.append(Tier(at, until, threshold, off, gift, random.uniform(0.4, 0.7), code))


class FreeShipping(Negative):
    """Parcels from a sum on go free: some fill up to it, all evening, and no event says why."""

    def plan(self, stage: Stage, random: Random) -> None:
        threshold = threshold_of(stage.shop, random, 1.0, 1.8)
        stage.tiers.append(Tier(stage.start, stage.end, threshold, 0, None, random.uniform(0.15, 0.4)))


class HomeOffice(Negative):
    """Colleagues in one network, each of whom has it sent home: some of the same things, then what each likes."""

    def people(self, show: Show, random: Random) -> None:
        network = show.people.network(random)
        self._colleagues = colleagues(show, 25, 8 * laws.MINUTE, random, ip_prefix=network)

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        shop = show.stage.shop
        wanted = [shop.any(random) for _ in range(random.randint(1, 3))]
        for visit in self._colleagues:
            at = visit.at + int(random.uniform(1, 8) * laws.MINUTE)
            if at >= min(visit.until, show.stage.end) or random.random() >= 0.7:
                continue
            basket = [(random.choice(wanted), 1)]
            if random.random() < 0.4:
                basket += [line for line in shop.basket(random) if line[0].sku != basket[0][0].sku][:1]
            order(show, scribe, visit.account, at, basket, random)


class InvitedFans(Negative):
    """A creator calls his followers over: one inviter, all within minutes, and each buys what he likes."""

    def people(self, show: Show, random: Random) -> None:
        creator = show.people.inviter(random)
        called = show.stage.some_time(random, 6 * laws.MINUTE)
        for _ in range(min(150, max(12, int(show.stage.room.audience * random.uniform(0.03, 0.15))))):
            account = share(show.people.stranger(random), inviter_id=creator)
            at = called + int(random.expovariate(1 / (80 * laws.SECOND)))
            source = random.choice(("share", "share", "direct", "search"))
            visit = add(show, account, at, 3 * laws.MINUTE + stay_ms(random, True), source, 0, random)
            visit.keen = 2.0
