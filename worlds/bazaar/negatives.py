"""What is innocent but looks suspicious: each adds to the plan, to the audience, or to what people do.

A show's truth names those it has. All of them are guesses at how such evenings go.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.audience import add, enter, stay_ms
from worlds.bazaar.buying import order
from worlds.bazaar.people import Account, share
from worlds.bazaar.shop import pretty_price, round_sum, total
from worlds.bazaar.show import Scribe, Show, Visit
from worlds.bazaar.stage import Moment, Prompt, Rush, Stage, Tier


class Negative:
    """Nothing out of the ordinary: the base of all."""

    def plan(self, stage: Stage, random: Random) -> None:
        """Add to the plan of the show."""

    def people(self, show: Show, random: Random) -> None:
        """Bring people."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        """Let them do what they came for."""


class FlashSale(Negative):
    """One to three times everybody may buy one item, cheaply, for a minute or two."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(1, 3)):
            at = stage.some_time(random, 4 * laws.MINUTE)
            until = min(stage.end, at + random.choice((60, 60, 90, 120, 180)) * laws.SECOND)
            item = stage.shop.any(random)
            cheap = pretty_price(item.price_minor * random.uniform(0.35, 0.75), stage.shop.currency, random)
            sold = replace(item, price_minor=min(cheap, item.price_minor))
            stage.rushes.append(Rush(at, until, sold, random.uniform(0.06, 0.22), 22 * laws.SECOND))
            stage.mark(at, "flash_sale", sku=item.sku, until_ts=until, units=random.choice((None, 50, 100, 300)))


class Lottery(Negative):
    """Who types the words may win: a third of the room does."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(1, 3)):
            at = stage.some_time(random, 3 * laws.MINUTE)
            stage.prompt(at, random, random.uniform(0.35, 0.6), heard=1.0, lottery=True)


class Prompting(Negative):
    """A host who has the room type something every few minutes."""

    def plan(self, stage: Stage, random: Random) -> None:
        at = stage.start + int(random.uniform(2, 5) * laws.MINUTE)
        while at < stage.end - laws.MINUTE:
            stage.prompt(at, random, random.uniform(0.25, 0.55))
            at += int(random.uniform(2.5, 6) * laws.MINUTE)


class PromptedPraise(Negative):
    """The host asks to be praised, for a sample or a link, and the room does."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(1, 4)):
            at = stage.some_time(random, 3 * laws.MINUTE)
            until = at + random.choice((60, 90, 120)) * laws.SECOND
            stage.prompts.append(Prompt(at, until, None, random.uniform(0.12, 0.35), 2))
            text = random.choice(stage.room.talk.praise_prompts())
            stage.mark(at, "prompt", text=text, until_ts=until if random.random() < 0.6 else None)


class PromotionTier(Negative):
    """Spend this much, get something: baskets bunch just above the sum."""

    def plan(self, stage: Stage, random: Random) -> None:
        shop = stage.shop
        typical = sorted(total(shop.basket(random)) for _ in range(41))[20]
        threshold = round_sum(typical * random.uniform(1.1, 2.6), shop.currency)
        if random.random() < 0.3:
            threshold -= 100  # 199 rather than 200
        off = 0 if random.random() < 0.5 else max(100, int(threshold * random.uniform(0.05, 0.15)) // 100 * 100)
        at = stage.start + 1_000
        until = stage.end
        if random.random() < 0.5:
            at = stage.some_time(random, 5 * laws.MINUTE)
            until = min(stage.end, at + random.randint(15, 45) * laws.MINUTE)
        gift = replace(random.choice(shop.small), price_minor=0)
        stage.tiers.append(Tier(at, until, threshold, off, gift, random.uniform(0.4, 0.7)))
        text = stage.room.talk.tier(threshold // 100, off // 100)
        ends = until if random.random() < 0.8 else None
        stage.mark(at, "promotion", threshold_minor=threshold, until_ts=ends, text=text)


class GroupBuy(Negative):
    """Cheaper for groups of three to six, who call each other in and order at nearly one time."""

    def plan(self, stage: Stage, random: Random) -> None:
        at = stage.some_time(random, 6 * laws.MINUTE)
        until = min(stage.end, at + random.randint(8, 20) * laws.MINUTE)
        item = stage.shop.any(random)
        cheap = pretty_price(item.price_minor * random.uniform(0.6, 0.85), stage.shop.currency, random)
        stage.mark(at, "group_buy", sku=item.sku, until_ts=until if random.random() < 0.8 else None)
        sold = replace(item, price_minor=min(cheap, item.price_minor))
        self._rush = Rush(at, until, sold, 0.03, 4 * laws.MINUTE)
        stage.rushes.append(self._rush)

    def people(self, show: Show, random: Random) -> None:
        self._groups: list[list[Visit]] = []
        rush = self._rush
        for _ in range(max(3, int(show.stage.room.audience * random.uniform(0.006, 0.02)))):
            calls = random.randint(rush.at, max(rush.at + 1, rush.until - 2 * laws.MINUTE))
            group = []
            for _ in range(random.randint(3, 6)):
                came = calls + int(random.expovariate(1 / (50 * laws.SECOND)))
                group.append(_guest(show, came, random.choice(("share", "share", "direct")), random))
            self._groups.append(group)

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        for group in self._groups:
            for visit in group:
                at = visit.at + 15_000 + int(random.expovariate(1 / (40 * laws.SECOND)))
                if at < min(visit.until, self._rush.until) and random.random() < 0.8:
                    order(show, scribe, visit.account, at, [(self._rush.item, 1)], random, coupons=False)


class Raid(Negative):
    """Another room sends its viewers over: hundreds within a minute, most gone after a few."""

    def people(self, show: Show, random: Random) -> None:
        stage = show.stage
        at = stage.some_time(random, 4 * laws.MINUTE)
        spread = random.uniform(12, 45) * laws.SECOND
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


class FanClub(Negative):
    """Fans come together at the opening, praise the host a lot, and cheer at the same moments."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(3, 6)):
            stage.moments.append(Moment(stage.some_time(random, 2 * laws.MINUTE), "HOST", random.uniform(0.05, 0.14)))

    def people(self, show: Show, random: Random) -> None:
        stage = show.stage
        present = {visit.account.number for visit in show.visits}
        for _ in range(min(160, max(8, int(stage.room.audience * random.uniform(0.05, 0.15))))):
            account = show.people.account(stage.room.follower(random))
            if account.number in present:
                continue
            present.add(account.number)
            came = stage.start + int(random.expovariate(1 / (75 * laws.SECOND)))
            level = 5 + int(random.expovariate(1 / 4.5))
            visit = add(show, account, came, max(5 * laws.MINUTE, stay_ms(random, True) * 2), "follow", level, random)
            visit.follows, visit.talks = True, 1.8


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


class OnePrice(Negative):
    """The whole show sells one item at one price (the shop is made so)."""


class OfficeOrder(Negative):
    """Colleagues order the same thing to one address within minutes, and somebody books for a whole department."""

    def people(self, show: Show, random: Random) -> None:
        office = show.people.stranger(random)
        came = show.stage.some_time(random, 6 * laws.MINUTE)
        self._colleagues: list[Visit] = []
        for _ in range(random.randint(8, 20)):
            account = share(show.people.stranger(random), ip_prefix=office.ip_prefix, address_id=office.address_id)
            at = came + int(random.expovariate(1 / (100 * laws.SECOND)))
            stay = 6 * laws.MINUTE + stay_ms(random)
            visit = add(show, account, at, stay, random.choice(("share", "share", "direct")), 0, random)
            visit.circle = "OFFICE"
            self._colleagues.append(visit)

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        shop = show.stage.shop
        items = [shop.any(random) for _ in range(random.randint(1, 3))]
        bulk = random.choice(self._colleagues)
        for visit in self._colleagues:
            at = visit.at + int(random.uniform(1, 6) * laws.MINUTE)
            if at >= min(visit.until, show.stage.end):
                continue
            if visit is bulk:
                quantity = random.choice((20, 24, 30, 40, 50, 60))
                order(show, scribe, visit.account, at, [(random.choice(shop.small), quantity)], random)
            elif random.random() < 0.75:
                order(show, scribe, visit.account, at, [(random.choice(items), 1)], random)


NEGATIVES: dict[str, type[Negative]] = {
    "flash_sale": FlashSale,
    "lottery": Lottery,
    "prompt": Prompting,
    "prompted_praise": PromptedPraise,
    "promotion_tier": PromotionTier,
    "group_buy": GroupBuy,
    "raid": Raid,
    "front_page": FrontPage,
    "fan_club": FanClub,
    "family": Family,
    "campus": Campus,
    "one_price": OnePrice,
    "office_order": OfficeOrder,
}
EXCLUDES = {"one_price": {"promotion_tier", "group_buy", "flash_sale"}}
"""One price for everything leaves no room for these."""


def _guest(show: Show, at: int, source: str, random: Random) -> Visit:
    account: Account = show.people.stranger(random)
    return add(show, account, at, 3 * laws.MINUTE + stay_ms(random), source, 0, random)
