"""Ways of selling that make many people buy one thing, at one time, or for one sum."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.buying import order
from worlds.bazaar.ids import fresh
from worlds.bazaar.negatives.base import Negative, colleagues, guest, some_of, threshold_of
from worlds.bazaar.shop import Item, pretty_price
from worlds.bazaar.show import Scribe, Show, Visit
from worlds.bazaar.stage import Rush, Stage, Tier


class FlashSale(Negative):
    """One to three times everybody may buy one item, cheaply, for a minute or two."""

    def plan(self, stage: Stage, random: Random) -> None:
        for _ in range(random.randint(1, 3)):
            at = stage.some_time(random, 4 * laws.MINUTE)
            until = min(stage.end, at + random.choice((60, 60, 90, 120, 180)) * laws.SECOND)
            item = stage.shop.any(random)
            cheap = pretty_price(item.price_minor * random.uniform(0.35, 0.75), stage.shop.currency, random)
            sold = replace(item, price_minor=above_cost(min(cheap, item.price_minor), item))
            stage.rushes.append(Rush(at, until, sold, random.uniform(0.06, 0.22), 22 * laws.SECOND))
            stage.mark(at, "flash_sale", sku=item.sku, until_ts=until, units=random.choice((None, 50, 100, 300)))


class PromotionTier(Negative):
    """Spend this much, get something: baskets bunch just above the sum."""

    def plan(self, stage: Stage, random: Random) -> None:
        shop = stage.shop
        threshold = threshold_of(shop, random, 1.1, 2.6)
        if random.random() < 0.3:
            threshold -= 100  # 199 rather than 200
        off = 0 if random.random() < 0.5 else max(100, int(threshold * random.uniform(0.05, 0.15)) // 100 * 100)
        at, until = some_of(stage, random)
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
        sold = replace(item, price_minor=above_cost(min(cheap, item.price_minor), item))
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
                group.append(guest(show, came, random.choice(("share", "share", "direct")), random))
            self._groups.append(group)

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        for group in self._groups:
            for visit in group:
                at = visit.at + 15_000 + int(random.expovariate(1 / (40 * laws.SECOND)))
                if at < min(visit.until, self._rush.until) and random.random() < 0.8:
                    order(show, scribe, visit.account, at, [(self._rush.item, 1)], random, coupons=False)


class OnePrice(Negative):
    """The whole show sells one item at one price (the shop is made so)."""


class OfficeOrder(Negative):
    """Colleagues order the same thing to one address within minutes, and somebody books for a whole department."""

    def people(self, show: Show, random: Random) -> None:
        office = show.people.stranger(random)
        same = {"ip_prefix": office.ip_prefix, "address_id": office.address_id}
        self._colleagues = colleagues(show, 20, 6 * laws.MINUTE, random, **same)

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


class PromotionBudget(Negative):
    """So many pieces below cost, said to be so, and not one more."""

    def plan(self, stage: Stage, random: Random) -> None:
        item = stage.shop.any(random)
        cost = item.unit_cost_minor or int(item.price_minor * 0.6)
        self._sold = replace(item, price_minor=max(100, int(cost * random.uniform(0.4, 0.9)) // 10 * 10))
        self._units = max(10, min(400, int(stage.room.audience * random.uniform(0.02, 0.08))))
        self._at = stage.some_time(random, 6 * laws.MINUTE)
        self._until = min(stage.end, self._at + random.randint(3, 15) * laws.MINUTE)
        budget = self._units * max(100, cost - self._sold.price_minor)
        stage.declared.add(item.sku)
        stage.mark(
            self._at,
            "promotion",
            sku=item.sku,
            units=self._units,
            budget_minor=budget if random.random() < 0.7 else None,
            until_ts=self._until if random.random() < 0.8 else None,
        )

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        _sell(show, scribe, self._sold, self._at, self._until, random.uniform(0.06, 0.2), self._units, random)


class Clearance(Negative):
    """The last pieces of a season below cost, announced, for as long as there are any."""

    def plan(self, stage: Stage, random: Random) -> None:
        skus = {stage.shop.any(random).sku for _ in range(random.randint(1, 3))}
        self._at = stage.start + int(random.uniform(1, 5) * laws.MINUTE)
        self._sold = []
        for item in (item for item in stage.shop.items if item.sku in skus):
            cost = item.unit_cost_minor or int(item.price_minor * 0.6)
            units = random.randint(20, 150)
            cheap = replace(item, price_minor=max(100, int(cost * random.uniform(0.3, 0.8)) // 10 * 10))
            self._sold.append((cheap, units))
            stage.declared.add(item.sku)
            text = stage.room.talk.clearance()
            stage.mark(self._at, "promotion", sku=item.sku, text=text, units=random.choice((units, None)))

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        end = show.stage.end
        for item, units in self._sold:
            for _ in range(6):
                at = random.randint(self._at, end - laws.MINUTE)
                taken = _sell(show, scribe, item, at, end, random.uniform(0.01, 0.04), units, random)
                units -= taken


class Bundles(Negative):
    """Sets at one price, in which one part costs next to nothing; the set pays for itself."""

    def acts(self, show: Show, scribe: Scribe, random: Random) -> None:
        shop, stage = show.stage.shop, show.stage
        costs = [item for item in shop.items if item.unit_cost_minor is not None] or shop.items
        for number in range(random.randint(1, 3)):
            lead = max(random.sample(costs, min(4, len(costs))), key=_price)
            spare = lead.price_minor - (lead.unit_cost_minor or int(lead.price_minor * 0.6))
            fits = [i for i in costs if i.sku != lead.sku and 100 < (i.unit_cost_minor or i.price_minor) < spare * 0.7]
            if not fits:
                continue
            extra = replace(random.choice(fits), price_minor=100)
            bundle_id = fresh("bundle", random)
            parts = [(replace(item, bundle_id=bundle_id), 1) for item in (lead, extra)]
            for visit in show.visits:
                if random.random() < 0.02 * min(3.0, visit.seconds / 200) / (number + 1):
                    at = visit.at + int(random.uniform(0.1, 0.95) * (visit.until - visit.at))
                    if at < stage.end - laws.SECOND:
                        order(show, scribe, visit.account, at, parts, random, coupons=False)


def _sell(show: Show, scribe: Scribe, item: Item, at: int, until: int, part: float, units: int, random: Random) -> int:
    """Let a part of those present take one, as long as there are any; gives how many went."""
    takers = []
    for visit in show.visits:
        if visit.at <= at < visit.until and random.random() < part * min(1.5, visit.keen):
            bought = at + 3_000 + int(random.expovariate(1 / (50 * laws.SECOND)))
            if bought < min(visit.until, until, show.stage.end):
                takers.append((bought, visit.account.number, visit))
    for bought, _, visit in sorted(takers, key=_by_time)[: max(0, units)]:
        order(show, scribe, visit.account, bought, [(item, 1)], random, coupons=False)
    return min(len(takers), max(0, units))


def above_cost(price_minor: int, item: Item) -> int:
    """The price, or, where that were a loss, the least that is none."""
    cost = item.unit_cost_minor
    return price_minor if cost is None or price_minor > cost else min(item.price_minor, (cost // 100 + 1) * 100)


def _price(item: Item) -> int:
    return item.price_minor


def _by_time(taker: tuple[int, int, Visit]) -> tuple[int, int]:
    return taker[0], taker[1]
