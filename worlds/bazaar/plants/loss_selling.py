"""Goods are sold at a loss, undeclared, so that many are sold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.afterwards import aftermath
from worlds.bazaar.audience import stay_ms
from worlds.bazaar.ids import fresh
from worlds.bazaar.people import Account
from worlds.bazaar.plants.crew import Planted, admit, farm
from worlds.bazaar.shop import PAY_TYPES, Item
from worlds.bazaar.show import Line, Order, Scribe, Show


@dataclass(slots=True, frozen=True)
class Strength:
    """One row of the agreed ranges."""

    share: float  # of the orders of the item
    paid: tuple[float, float]  # of what all that is handed over has cost
    stretch: tuple[float, float]  # of the show


STRENGTHS = {
    "blatant": Strength(1 / 3, (0.25, 0.55), (0.1, 0.5)),
    "moderate": Strength(1 / 5, (0.45, 0.75), (0.3, 0.8)),
    "faint": Strength(1 / 10, (0.55, 0.85), (0.6, 0.95)),
}
DISGUISES = ("splitting", "partial_costs", "slow_drip")
USUAL = {"blatant": (), "moderate": ("splitting",), "faint": ("splitting", "partial_costs", "slow_drip")}
LEAST = 4
"""Orders that are sold at a loss where few of the item are sold at all."""
UNTOLD = 1 / 3
"""Share of losses with partial costs of whose item no line tells the cost, of honest people's neither; guess."""


def loss_selling(show: Show, strength: str, scribe: Scribe, random: Random) -> Planted:
    """Plant orders below cost of one item by people who are nobody's crew; an act is such an order.

    `share` is a part of all orders of the item, these among them. The truth names no accounts.
    """
    row, stage = STRENGTHS[strength], show.stage
    worn = show.hiring.worn(USUAL[strength], DISGUISES)
    item, honest = chosen(show, random)
    count = max(LEAST, round(honest * row.share / (1 - row.share)))
    length = stage.end - stage.start
    part = random.uniform(*(STRENGTHS["faint"] if "slow_drip" in worn else row).stretch)
    first = stage.start + int(random.uniform(0.02, 0.97 - part) * length)
    coupon_id = fresh("coupon", random)
    if "partial_costs" in worn and show.random("loss_selling/untold").random() < UNTOLD:
        stage.untold.add(item.sku)
    acts: list[int] = []
    for account in farm(show, count, random):
        at = first + int(random.random() * part * length)
        placed = below_cost(show, account, item, row, worn, strength, coupon_id, random)
        joined = max(stage.start + 500, at - 15 * laws.SECOND - int(random.expovariate(1 / (3 * laws.MINUTE))))
        at = max(at, joined + 3 * laws.SECOND)
        scribe.step(placed, at, "placed")
        aftermath(show, placed, at, scribe, random)
        admit(show, account, joined, at + 5 * laws.SECOND + stay_ms(random), True, False, random)
        acts.append(at)
    return Planted([], acts, worn)


def chosen(show: Show, random: Random) -> tuple[Item, int]:
    """The item whose cost is told and that honest people bought most, and in how many orders; none that is declared."""
    orders: Counter[str] = Counter()
    for sold in show.sold:
        orders.update({line.item.sku for line in sold.order.lines if line.amount_minor})
    items = [item for item in show.stage.shop.items if item.unit_cost_minor is not None]
    items = [item for item in items if item.sku not in show.stage.declared] or items or show.stage.shop.items
    best = sorted(items, key=lambda item: -orders[item.sku])[:2]
    item = random.choice([item for item in best if orders[item.sku] >= 0.6 * orders[best[0].sku]])
    return item, orders[item.sku]


def below_cost(
    show: Show,
    account: Account,
    item: Item,
    row: Strength,
    worn: list[str],
    strength: str,
    coupon_id: str,
    random: Random,
) -> Order:
    """One order at a loss: a low price, a coupon of the seller's, or a dear gift, a set, a subsidy of the seller's."""
    shop = show.stage.shop
    quantity = 1 if random.random() < 0.8 else 2
    cost = (item.unit_cost_minor or int(item.price_minor * 0.6)) * quantity
    paid = random.uniform(*row.paid)
    if random.random() < 0.5 and "partial_costs" in worn:
        item = replace(item, unit_cost_minor=None)
    order = Order(fresh("order", random), account, [], random.choice(PAY_TYPES[shop.currency]), None)
    if "splitting" not in worn:
        order.lines = [Line(item, quantity, max(10, int(cost * paid)), fresh("line", random))]
        return order
    way = random.choice(("gift", "set", "subsidy", "coupon") if strength == "faint" else ("coupon", "coupon", "gift"))
    known = [other for other in shop.items if other.unit_cost_minor is not None and other.sku != item.sku]
    if way in ("gift", "set") and known:
        full = item.price_minor * quantity
        order.lines = [Line(item, quantity, full, fresh("line", random))]
        # as many of a dear thing, for nothing or nearly, as make the whole cost more than it brings
        other = min(known, key=lambda each: abs((each.unit_cost_minor or 0) - 1.2 * full))
        bundle_id = fresh("bundle", random) if way == "set" else None
        unit = other.unit_cost_minor or other.price_minor
        more = max(1, round(max(0.0, full / paid - cost) / unit))
        if cost + more * unit < 1.08 * full:
            more += 1
        if bundle_id is not None:
            order.lines = [replace(order.lines[0], item=replace(item, bundle_id=bundle_id))]
        given = replace(other, price_minor=0 if way == "gift" else 100, bundle_id=bundle_id)
        order.lines.append(Line(given, more, given.price_minor * more, fresh("line", random)))
        return order
    amount = max(10, int(cost * paid))
    order.coupon_id = coupon_id if way == "coupon" or random.random() < 0.5 else None
    # what the seller adds out of his own pocket is no income
    added = cost - amount + int(cost * random.uniform(0.0, 0.3)) if way == "subsidy" else 0
    order.lines = [Line(item, quantity, amount, fresh("line", random), added, by_platform=False)]
    return order
