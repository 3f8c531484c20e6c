"""A room's catalogue and what people put into their baskets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.ids import Ids
from worlds.bazaar.laws import LAWS, Law

USUAL = LAWS["usual"]

MEDIAN_PRICE_MINOR = {"CNY": 5_900, "USD": 1_900, "TWD": 39_000, "HKD": 8_900}
"""By currency, all of two decimals; guesses. The next table: how much dearer a category is; guesses too."""
CATEGORY_PRICE = {
    "apparel": 1.3,
    "beauty": 1.1,
    "food": 0.5,
    "home": 0.9,
    "jewellery": 2.2,
    "gadgets": 1.5,
    "baby": 0.9,
}
PAY_TYPES = {
    "CNY": ("wechat",) * 9 + ("alipay",) * 7 + ("card",) * 2 + ("wallet",) + ("cod",),
    "TWD": ("card",) * 6 + ("wallet",) * 3 + ("cod",) * 3,
    "HKD": ("card",) * 6 + ("alipay",) * 4 + ("wallet",) * 2,
    "USD": ("card",) * 6 + ("paypal",) * 3 + ("wallet",) * 2,
}


@dataclass(slots=True, frozen=True)
class Item:
    """Something on sale; prices in minor units."""

    sku: str
    price_minor: int
    list_price_minor: int
    unit_cost_minor: int | None  # None where the seller does not tell
    bundle_id: str | None = None  # the set that it is sold as a part of


@dataclass(slots=True, frozen=True)
class Coupon:
    """Money off from a total on; paid by the platform or by the seller."""

    coupon_id: str
    threshold_minor: int
    off_minor: int
    by_platform: bool
    wanted: float  # share of the entitled who use it


Basket = list[tuple[Item, int]]


class Shop:
    """What one room sells on an evening."""

    def __init__(
        self,
        ids: Ids,
        number: int,
        category: str,
        currency: str,
        random: Random,
        one_price: bool,
        law: Law = USUAL,
        must_tell: bool = False,
    ) -> None:
        self.category = category
        self.law = law
        self.currency = currency
        median = MEDIAN_PRICE_MINOR[currency] * CATEGORY_PRICE[category] * law.price * exp(random.gauss(0, 0.35))
        tells_cost = random.random() < 0.75
        margin = random.uniform(0.25, 0.6)
        count = 1 if one_price else random.randint(8, 36)
        self.items: list[Item] = []
        costs: list[int] = []
        for i in range(count):
            price = pretty_price(median * exp(random.gauss(0, laws.PRICE_SIGMA)), currency, random)
            listed = pretty_price(price * random.uniform(1.1, 2.4), currency, random)
            cost = max(1, int(price * (1 - min(0.85, max(0.05, random.gauss(margin, 0.08))))))
            # who must tell does not draw otherwise: prices and all else stay as they are
            told = random.random() < 0.93 if tells_cost else must_tell
            knows = told or (must_tell and i == 0)
            costs.append(cost)
            self.items.append(Item(ids.of("sku", f"{number}/{i}"), price, max(price, listed), cost if knows else None))
        self.tells_costs = tells_cost and self.items[0].unit_cost_minor is not None
        # Few items make most of the sales (a guess after the sales of UCI: a tenth of the items, half the money).
        self.weights = [1 / (i + 1.5) ** 0.9 for i in range(count)]
        self.small = sorted(self.items, key=lambda item: item.price_minor)[: max(1, count // 3)]
        self.coupons: list[Coupon] = []
        for i in range(random.choice((0, 1, 1, 2))):
            threshold = round_sum(median * random.uniform(1.2, 4), currency)
            off = max(100, int(threshold * random.choice((0.05, 0.08, 0.1, 0.15))) // 100 * 100)
            self.coupons.append(
                Coupon(
                    ids.of("coupon", f"{number}/{i}"), threshold, off, random.random() < 0.5, random.uniform(0.15, 0.5)
                )
            )
        self.set = (
            self._set(ids.of("bundle", number), costs, random)
            if count > 3 and random.random() < laws.HAS_BUNDLE
            else ()
        )
        self.gift: tuple[int, Item] | None = None  # from which total on, and what
        if count > 3 and random.random() < laws.HAS_GIFT:
            self.gift = (int(median * random.uniform(1.5, 4)), replace(random.choice(self.small), price_minor=0))

    def _set(self, bundle_id: str, costs: list[int], random: Random) -> tuple[Item, ...]:
        """Two or three things that are cheaper together, one of them perhaps below its cost, the set never."""
        chosen = random.sample(range(max(4, len(self.items) // 2)), random.choice((2, 2, 3)))
        chosen.sort(key=lambda i: -self.items[i].price_minor)
        first, *others = (replace(self.items[i], bundle_id=bundle_id) for i in chosen)
        off = random.uniform(0.3, 0.7)
        cheaper = [replace(item, price_minor=max(100, int(item.price_minor * off) // 100 * 100)) for item in others]
        paid = first.price_minor + sum(item.price_minor for item in cheaper)
        if paid > 1.05 * sum(costs[i] for i in chosen):
            return (first, *cheaper)
        return (first, *others)

    def basket(self, random: Random, pitched: Item | None = None) -> Basket:
        """An ordinary basket; where an item is being pitched, it is most likely in it."""
        lines = pick(self.law.lines_of_basket, random)
        first = pitched if pitched is not None and random.random() < 0.78 else self.any(random)
        chosen = {first.sku: (first, pick(self.law.quantities, random))}
        while len(chosen) < min(lines, len(self.items)):
            item = self.any(random)
            if item.sku not in chosen:
                chosen[item.sku] = (item, pick(self.law.quantities, random))
            elif random.random() < 0.2:
                break
        return list(chosen.values())

    def any(self, random: Random) -> Item:
        return random.choices(self.items, self.weights)[0]

    def padded(self, basket: Basket, threshold_minor: int, random: Random) -> Basket:
        """The basket with small things, or more of the same, added until it reaches a sum."""
        grown = {item.sku: (item, quantity) for item, quantity in basket}
        sum_minor = total(basket)
        for _ in range(40):
            missing = threshold_minor - sum_minor
            if missing <= 0:
                break
            fits = [item for item in self.items if missing <= item.price_minor <= missing * 1.6 + 500]
            item = random.choice(fits) if fits and random.random() < 0.8 else random.choice(self.small)
            grown[item.sku] = (item, grown[item.sku][1] + 1 if item.sku in grown else 1)
            sum_minor += item.price_minor
        return list(grown.values())


def total(basket: Basket) -> int:
    """What a basket costs before coupons, in minor units."""
    return sum(item.price_minor * quantity for item, quantity in basket)


def pick(table: tuple[tuple[float, int], ...], random: Random) -> int:
    """One of the values, each with its share."""
    draw = random.random()
    for share, value in table:
        if draw < share:
            return value
        draw -= share
    return table[0][1]


def pretty_price(amount_minor: float, currency: str, random: Random) -> int:
    """A price as shops write them: 9.9, 19.9, 39, 59.9, 129, 199, 12.95."""
    amount = max(3.0, amount_minor / 100)
    if currency == "TWD":
        step = 10 if amount < 1_000 else 50
        return max(2_900, (round(amount / step) * step - random.choice((1, 1, 1, 0, 2))) * 100)
    step = 1 if amount < 20 else (5 if amount < 60 else 10)
    whole = max(step, round(amount / step) * step)
    ending = random.choice(
        (-10, -10, -10, -100, -100, -1, -5, -50, 0) if currency != "USD" else (-1, -1, -5, -5, -51, 0)
    )
    return max(190, int(whole) * 100 + ending)


def round_sum(amount_minor: float, currency: str) -> int:
    """The nearest sum that people call round, in minor units."""
    amount = max(10.0, amount_minor / 100)
    magnitude = 10 ** int(log(amount, 10))
    steps = [f * magnitude for f in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)]
    best = min(steps, key=lambda step: abs(log(step / amount)))
    return int(round(best / 10) * 10 if best >= 20 else round(best / 5) * 5) * 100
