"""A room's catalogue and what people put into their baskets."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.ids import Ids

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

    def __init__(self, ids: Ids, number: int, category: str, currency: str, random: Random, one_price: bool) -> None:
        self.category = category
        self.currency = currency
        median = MEDIAN_PRICE_MINOR[currency] * CATEGORY_PRICE[category] * exp(random.gauss(0, 0.35))
        tells_cost = random.random() < 0.75
        margin = random.uniform(0.25, 0.6)
        count = 1 if one_price else random.randint(8, 36)
        self.items: list[Item] = []
        for i in range(count):
            price = pretty_price(median * exp(random.gauss(0, laws.PRICE_SIGMA)), currency, random)
            listed = pretty_price(price * random.uniform(1.1, 2.4), currency, random)
            cost = max(1, int(price * (1 - min(0.85, max(0.05, random.gauss(margin, 0.08))))))
            knows = tells_cost and random.random() < 0.93
            self.items.append(Item(ids.of("sku", f"{number}/{i}"), price, max(price, listed), cost if knows else None))
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

    def basket(self, random: Random, pitched: Item | None = None) -> Basket:
        """An ordinary basket; where an item is being pitched, it is most likely in it."""
        lines = pick(laws.LINES_OF_BASKET, random)
        first = pitched if pitched is not None and random.random() < 0.78 else self.any(random)
        chosen = {first.sku: (first, pick(laws.QUANTITIES, random))}
        while len(chosen) < min(lines, len(self.items)):
            item = self.any(random)
            if item.sku not in chosen:
                chosen[item.sku] = (item, pick(laws.QUANTITIES, random))
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
