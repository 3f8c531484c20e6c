"""Crowds that come together, or from one place."""

from __future__ import annotations

from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, enter, stay_ms
from worlds.bazaar.buying import order
from worlds.bazaar.negatives.base import Negative
from worlds.bazaar.people import share
from worlds.bazaar.show import Scribe, Show, Visit


class Raid(Negative):
    """Another room sends its viewers over: hundreds within a minute, most gone after a few."""

    def people(self, show: Show, random: Random) -> None:
        stage = show.stage
        at = stage.some_time(random, 4 * laws.MINUTE)
        spread = random.uniform(12, 45) * laws.SECOND
        stage.raids.append(at)
        for _ in range(min(2_500, max(25, int(stage.room.audience * random.uniform(0.25, 0.9))))):
            came = at + int(random.gammavariate(2.0, spread / 2))
            source = "raid" if random.random() < 0.9 else "direct"
            stay = stay_ms(random) if random.random() < 0.3 else int(random.lognormvariate(4.8, 0.8) * laws.SECOND)
            visit = add(show, show.people.stranger(random), came, stay, source, 0, random)
            visit.circle = "RAID"
            visit.keen = 0.4


class FrontPage(Negative):
    """The platform shows the room on its front page for ten minutes: many come, few stay."""

    def people(self, show: Show, random: Random) -> None:
        stage = show.stage
        lasts = random.uniform(6, 16) * laws.MINUTE
        at = stage.within(random.uniform(stage.start, stage.end - lasts), laws.MINUTE)
        for _ in range(min(3_000, max(30, int(stage.room.audience * random.uniform(0.3, 1.0))))):
            came = at + int(lasts * random.triangular(0, 1, 0.3))
            enter(show, show.people.stranger(random), came, "front_page", random, regular=False)


class Campus(Negative):
    """A dormitory watches: one network, one or two pick-up points, and all after the same lecture."""

    def people(self, show: Show, random: Random) -> None:
        stage, ids = show.stage, show.people
        network = ids.network(random)
        points = [show.people.stranger(random).address_id for _ in range(random.randint(1, 2))]
        at = stage.some_time(random, 5 * laws.MINUTE)
        for _ in range(min(250, max(15, int(stage.room.audience * random.uniform(0.08, 0.25))))):
            account = share(show.people.stranger(random), ip_prefix=network, address_id=random.choice(points))
            came = at + int(abs(random.gauss(0, 5)) * laws.MINUTE)
            source = random.choice(("share", "share", "feed", "direct", "search"))
            visit = add(show, account, came, stay_ms(random, random.random() < 0.35), source, 0, random)
            visit.circle = "CAMPUS"


class Family(Negative):
    """Three to six families, one of them the host's: one address, one network, some one wallet or one phone."""

    def people(self, show: Show, random: Random) -> None:
        self._families: list[list[Visit]] = []
        for _ in range(random.randint(3, 6)):
            home = show.people.stranger(random)
            one_wallet, one_phone = random.random() < 0.5, random.random() < 0.25
            came = show.stage.some_time(random, 3 * laws.MINUTE)
            family = []
            for _ in range(random.randint(3, 6)):
                account = share(show.people.stranger(random), ip_prefix=home.ip_prefix, address_id=home.address_id)
                account = share(account, pay_account_id=home.pay_account_id) if one_wallet else account
                account = share(account, device_id=home.device_id) if one_phone else account
                at = came + int(random.expovariate(1 / (70 * laws.SECOND)))
                stay = max(4 * laws.MINUTE, stay_ms(random, True))
                visit = add(show, account, at, stay, random.choice(("share", "direct", "follow")), 0, random)
                visit.circle, visit.talks = "FAMILY", 1.6
                family.append(visit)
            self._families.append(family)

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        talk = show.stage.room.talk
        for number, family in enumerate(self._families):
            decided = max(visit.at for visit in family) + int(random.uniform(0.5, 6) * laws.MINUTE)
            for visit in family:
                at = decided + int(random.expovariate(1 / (90 * laws.SECOND)))
                if random.random() < 0.5 and at < min(visit.until, show.stage.end):
                    order(show, scribe, visit.account, at, show.stage.shop.basket(random), random)
                if number == 0:  # the host's own: a kind word each
                    at = visit.at + int(random.uniform(0.3, 4) * laws.MINUTE)
                    if random.random() < 0.6 and at < visit.until:
                        scribe.say(visit, at, talk.line("HOST", visit.account, random))


class HostedJoins(Negative):
    """A partner sends its viewers over in waves, by links and paid places; they behave like everybody else."""

    def people(self, show: Show, random: Random) -> None:
        stage = show.stage
        for _ in range(random.randint(1, 3)):
            at = stage.some_time(random, 5 * laws.MINUTE)
            spread = random.uniform(0.5, 4) * laws.MINUTE
            source = random.choice(("ad", "share", "hosted"))
            for _ in range(min(1_200, max(15, int(stage.room.audience * random.uniform(0.1, 0.4))))):
                came = at + int(random.gammavariate(1.5, spread / 1.5))
                said = source if random.random() < 0.92 else "direct"
                enter(show, show.people.stranger(random), came, said, random, regular=random.random() < 0.2)
