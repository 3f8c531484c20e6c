"""What honest viewers buy."""

from __future__ import annotations

from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.afterwards import aftermath
from worlds.bazaar.ids import fresh
from worlds.bazaar.people import Account
from worlds.bazaar.shop import PAY_TYPES, Basket, Coupon, total
from worlds.bazaar.show import Line, Order, Present, Scribe, Show, Visit
from worlds.bazaar.stage import Tier


def buy(show: Show, visits: list[Visit], scribe: Scribe, random: Random) -> None:
    """Everything that these visitors order during the show."""
    law = show.stage.room.law
    for visit in visits:
        chance = show.stage.room.buyers * min(4.0, (visit.seconds / 200) ** 0.75) * visit.keen
        chance *= 2.0 if visit.fan else 1.0
        if random.random() < min(0.8, chance):
            shop_for(show, visit, scribe, random)
            if random.random() < law.second_order:
                shop_for(show, visit, scribe, random)
                if random.random() < law.third_order / law.second_order:
                    shop_for(show, visit, scribe, random)
    present = Present(visits, show.stage.start, show.stage.end)
    for rush in show.stage.rushes:
        for visit in present.at(rush.at):
            if random.random() < rush.share * min(1.5, visit.keen):
                at = rush.at + 2_000 + int(random.expovariate(1 / rush.mean_ms))
                if at < min(visit.until, rush.until):
                    quantity = 1 if random.random() < 0.93 else 2
                    order(show, scribe, visit.account, at, [(rush.item, quantity)], random, coupons=False)


def shop_for(show: Show, visit: Visit, scribe: Scribe, random: Random) -> None:
    """One order at a time when the visitor is there, rather when an item has just been put on sale."""
    stage = show.stage
    at = visit.at + 4_000 + int(random.random() * max(1, visit.until - visit.at - 5_000))
    at = min(at, visit.until, stage.end - 500)
    pitch = stage.pitch_at(at)
    if pitch is not None and random.random() < 0.55:
        launched = pitch.at + 15_000 + int(exp(random.gauss(log(35_000), 0.8)))
        if visit.at < launched < min(visit.until, stage.end):
            at = launched
    basket = stage.shop.basket(random, pitch.item if pitch is not None else None)
    order(show, scribe, visit.account, at, basket, random)


def order(
    show: Show, scribe: Scribe, account: Account, at: int, basket: Basket, random: Random, coupons: bool = True
) -> Order:
    """Place an order and let it take its course; filling up for a running tier comes first."""
    stage = show.stage
    tier = next((tier for tier in stage.tiers if tier.at <= at < tier.until), None)
    if tier is not None and coupons:
        in_reach = tier.threshold_minor * 0.3 <= total(basket) < tier.threshold_minor
        if in_reach and random.random() < tier.pads:
            basket = stage.shop.padded(basket, tier.threshold_minor, random)
    if coupons:
        basket = with_the_set(show, basket)
    coupon = usable(show, basket, random) if coupons else None
    placed = draw_up(show, account, basket, coupon, random, tier)
    gift = stage.shop.gift
    if gift is not None and coupons and placed.amount_minor >= gift[0] and show.chance.random() < laws.GETS_GIFT:
        placed.lines.append(Line(gift[1], 1, 0, fresh("line", show.chance)))
    scribe.step(placed, at, "placed")
    show.sold.append(aftermath(show, placed, at, scribe, random))
    return placed


def with_the_set(show: Show, basket: Basket) -> Basket:
    """The basket, in which a set may have taken the place of its first part; chance of its own decides."""
    parts = show.stage.shop.set
    if not parts or show.chance.random() >= laws.TAKES_BUNDLE or basket[0][0].sku != parts[0].sku:
        return basket
    skus = {item.sku for item in parts}
    return [(item, 1) for item in parts] + [line for line in basket if line[0].sku not in skus]


def usable(show: Show, basket: Basket, random: Random) -> Coupon | None:
    """A coupon that the buyer has and remembers."""
    for coupon in show.stage.shop.coupons:
        if total(basket) >= coupon.threshold_minor and random.random() < coupon.wanted:
            return coupon
    return None


def draw_up(
    show: Show, account: Account, basket: Basket, coupon: Coupon | None, random: Random, tier: Tier | None = None
) -> Order:
    """The lines of an order: money off is spread over them, a gift is a line of amount 0."""
    goods = total(basket)
    off = coupon.off_minor if coupon is not None else 0
    reached = tier is not None and goods >= tier.threshold_minor
    if tier is not None and reached:
        off += tier.off_minor
    off = min(off, goods - 100)
    lines: list[Line] = []
    left = off
    for i, (item, quantity) in enumerate(basket):
        full = item.price_minor * quantity
        part = left if i == len(basket) - 1 else off * full // goods
        left -= part
        subsidy = 0
        if coupon is not None and part and (coupon.by_platform or item.unit_cost_minor is not None):
            subsidy = part * coupon.off_minor // off
        lines.append(
            Line(item, quantity, full - part, fresh("line", random), subsidy, coupon is None or coupon.by_platform)
        )
    if tier is not None and reached and not tier.off_minor and tier.gift is not None:
        lines.append(Line(tier.gift, 1, 0, fresh("line", random)))
    pay_type = random.choice(PAY_TYPES[show.stage.shop.currency])
    coupon_id = coupon.coupon_id if coupon is not None else None
    if tier is not None and reached and tier.code is not None:
        coupon_id = tier.code
    return Order(fresh("order", random), account, lines, pay_type, coupon_id)
