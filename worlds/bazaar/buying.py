"""What honest viewers buy, and what becomes of an order."""

from __future__ import annotations

from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.ids import fresh
from worlds.bazaar.people import Account
from worlds.bazaar.shop import PAY_TYPES, Basket, Coupon, Item, total
from worlds.bazaar.show import Line, Order, Present, Scribe, Show, Visit
from worlds.bazaar.stage import Tier


def buy(show: Show, visits: list[Visit], scribe: Scribe, random: Random) -> None:
    """Everything that these visitors order during the show."""
    for visit in visits:
        chance = show.stage.room.buyers * min(4.0, (visit.seconds / 200) ** 0.75) * visit.keen
        chance *= 2.0 if visit.fan else 1.0
        if random.random() < min(0.8, chance):
            shop_for(show, visit, scribe, random)
            if random.random() < laws.SECOND_ORDER:
                shop_for(show, visit, scribe, random)
                if random.random() < laws.THIRD_ORDER / laws.SECOND_ORDER:
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
    coupon = usable(show, basket, random) if coupons else None
    placed = draw_up(show, account, basket, coupon, random, tier)
    scribe.step(placed, at, "placed")
    aftermath(show, placed, at, scribe, random)
    return placed


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
    if tier is not None and reached and not tier.off_minor:
        lines.append(Line(tier.gift, 1, 0, fresh("line", random)))
    pay_type = random.choice(PAY_TYPES[show.stage.shop.currency])
    return Order(fresh("order", random), account, lines, pay_type, coupon.coupon_id if coupon is not None else None)


def aftermath(show: Show, placed: Order, at: int, scribe: Scribe, random: Random) -> None:
    """Paid or not, kept or not, and now and then a complaint, by the rates of an honest evening."""
    draw = random.random()
    if draw < laws.NEVER_PAYS:
        late = random.choice((15, 30, 30)) * laws.MINUTE + random.randint(0, 2_000)
        scribe.step(placed, at + late, "cancelled", cancelled_by="system")
        return
    if draw < laws.NEVER_PAYS + laws.PAYS_LATE:
        paid_at = at + int(random.uniform(1, 14) * laws.MINUTE)
    else:
        paid_at = at + 2_500 + int(exp(random.gauss(log(11_000), 0.7)))
    scribe.step(placed, paid_at, "paid")
    draw = random.random()
    several = len(placed.lines) > 1 and random.random() < 0.3
    only = random.randrange(len(placed.lines)) if several else None
    if draw < show.stage.room.cancels:
        scribe.step(placed, paid_at + _later(random, 25 * laws.MINUTE), "cancelled", only, cancelled_by="buyer")
        return
    draw -= show.stage.room.cancels
    if draw < laws.SELLER_CANCELS:
        scribe.step(placed, paid_at + _later(random, 3 * laws.HOUR), "cancelled", only, cancelled_by="seller")
        return
    draw -= laws.SELLER_CANCELS
    if draw < laws.REFUNDS:
        refunded_at = paid_at + _later(random, 8 * laws.HOUR)
        if only is not None and placed.lines[only].amount_minor > 200 and random.random() < 0.4:
            part = placed.lines[only].amount_minor // 2
            scribe.step(placed, refunded_at, "refunded", only, refund_minor=part)
        else:
            scribe.step(placed, refunded_at, "refunded", only)
        return
    if random.random() < laws.COMPLAINTS_PER_ORDER:
        complain(show, placed, paid_at + _later(random, 40 * laws.HOUR), scribe, random)


def complain(show: Show, placed: Order, at: int, scribe: Scribe, random: Random) -> None:
    """A complaint about an order of tonight."""
    sku = placed.lines[0].item.sku if random.random() < 0.8 else None
    complaint(show, placed.account, at, scribe, random, placed.order_id, sku)


def complaint(
    show: Show, account: Account, at: int, scribe: Scribe, random: Random, order_id: str | None, sku: str | None
) -> None:
    reason = random.choices(("quality", "after_sales", "other", "counterfeit"), (0.40, 0.27, 0.27, 0.06))[0]
    fields: dict[str, str] = {"seller_id": show.stage.room.seller_id}
    if order_id is not None:
        fields["order_id"] = order_id
    if sku is not None:
        fields["sku"] = sku
    if random.random() < 0.7:
        fields["text"] = show.stage.room.talk.line("COMPLAIN", account, random)
    scribe.complain(account, at, reason, **fields)


def old_complaints(show: Show, orders: int, scribe: Scribe, random: Random) -> None:
    """Complaints that come in tonight about what the room sold on earlier days, about as much as today."""
    stage = show.stage
    hours = (stage.horizon - stage.start) / laws.HOUR
    expected = orders * laws.COMPLAINTS_PER_ORDER * hours / 24
    for _ in range(poisson(expected, random)):
        at = random.randint(stage.start, stage.horizon)
        account = show.people.account(stage.room.follower(random))
        item: Item = stage.shop.any(random)
        complaint(show, account, at, scribe, random, fresh("order", random), item.sku)


def poisson(mean: float, random: Random) -> int:
    """A Poisson number; means here are small."""
    limit, product, count = exp(-min(mean, 500.0)), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _later(random: Random, mean_ms: int) -> int:
    return laws.MINUTE + int(random.expovariate(1 / mean_ms))
