"""Staff, or people paid in kind, are told to come and spend at least a round sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp
from random import Random

from worlds.bazaar import laws
from worlds.bazaar.afterwards import aftermath
from worlds.bazaar.audience import stay_ms
from worlds.bazaar.buying import draw_up
from worlds.bazaar.people import Account
from worlds.bazaar.plants.crew import Planted, admit, hire, link, size
from worlds.bazaar.shop import Basket, Coupon, Item, Shop, round_sum, total
from worlds.bazaar.show import Order, Scribe, Show


@dataclass(slots=True, frozen=True)
class Strength:
    """One row of the agreed ranges."""

    crew: tuple[int, int]
    band: float  # totals lie within [sum, (1 + band) sum]
    hugs: float  # exponent of the draw within the band: above 1 close to the sum
    splits: float
    disobeys: float
    chats: float
    linked: tuple[float, ...]  # share that is linked, one is drawn
    kinds: tuple[tuple[str, ...], ...]


STRENGTHS = {
    "blatant": Strength(
        (12, 60),
        0.05,
        1.3,
        0.0,
        0.0,
        0.1,
        (0.85, 0.95, 1.0),
        (("inviter_id",), ("ip_prefix",), ("inviter_id", "ip_prefix")),
    ),
    "moderate": Strength(
        (8, 40), 0.12, 1.2, 1 / 3, 0.1, 0.45, (0.5,), (("inviter_id",), ("ip_prefix",), ("device_id",), ("address_id",))
    ),
    "faint": Strength((6, 20), 0.25, 1.0, 0.35, 0.0, 0.5, (0.0, 0.0, 0.2), (("inviter_id",), ("ip_prefix",))),
}


DISGUISES = ("jitter", "splitting", "slow_drip", "mixed_in")
USUAL = {
    "blatant": (),
    "moderate": ("jitter", "splitting", "mixed_in"),
    "faint": ("jitter", "splitting", "slow_drip"),
}


def coordinated_purchases(show: Show, strength: str, scribe: Scribe, random: Random) -> Planted:
    """Plant a crew that spends `sum` or a little more each; an act is an order."""
    row, stage = STRENGTHS[strength], show.stage
    count = size(show, *row.crew, random)
    crew = link(
        hire(show, count, "purchases", random), random.choice(row.linked), random.choice(row.kinds), show, random
    )
    sum_minor = spend(stage.shop, row.band, random)
    worn = show.hiring.worn(USUAL[strength], DISGUISES)
    row, pace = disguised(row, strength, worn, show.hiring.disguises is None)
    times = timetable(show, pace, count, random)
    rebels = set(random.sample(range(count), round(count * row.disobeys)))
    loyal = [i for i in range(count) if i not in rebels]
    splitters = set(random.sample(loyal, round(count * row.splits)))
    acts: list[int] = []
    for i, account in enumerate(crew):
        joins, buys, latest = times[i]
        plan: list[tuple[Basket, Coupon | None]]
        if i in rebels:
            plan = [(stage.shop.basket(random), None)]
        else:
            plan = obedient(stage.shop, sum_minor, row, i in splitters, random)
        at, last = buys, joins
        for n, (basket, coupon) in enumerate(plan):
            if n:
                at = min(latest, at + int(random.uniform(0.4, 4 if pace == "moderate" else 12) * laws.MINUTE))
            last = at
            place(show, account, basket, coupon, at, scribe, random)
            acts.append(at)
        leaves = last + 20 * laws.SECOND + stay_ms(random, regular=True)
        admit(show, account, joins, leaves, random.random() < row.chats, False, random)
    return Planted([account.account_id for account in crew], acts, worn)


def disguised(row: Strength, strength: str, worn: list[str], usual: bool) -> tuple[Strength, str]:
    """The row with the disguises that were asked for in place of its own, and whose timetable the crew keeps."""
    if usual:
        return row, strength
    pace = "faint" if "slow_drip" in worn else "moderate" if "jitter" in worn else "blatant"
    splits, disobeys = 1 / 3 if "splitting" in worn else 0.0, 0.1 if "mixed_in" in worn else 0.0
    return replace(row, splits=splits, disobeys=disobeys), pace


def place(
    show: Show, account: Account, basket: Basket, coupon: Coupon | None, at: int, scribe: Scribe, random: Random
) -> Order:
    placed = draw_up(show, account, basket, coupon, random)
    scribe.step(placed, at, "placed")
    aftermath(show, placed, at, scribe, random)
    return placed


def timetable(show: Show, strength: str, count: int, random: Random) -> list[tuple[int, int, int]]:
    """For each of the crew: when it joins, when it first buys, and the time by which it is done."""
    start, end = show.stage.start, show.stage.end
    length = end - start
    if strength == "blatant":
        joined = start + int(random.uniform(0.05, 0.7) * length)
        bought = joined + 2 * laws.MINUTE + int(random.uniform(0, min(6 * laws.MINUTE, 0.1 * length)))
        return [
            (
                joined + random.randint(0, 118 * laws.SECOND),
                bought + random.randint(0, 178 * laws.SECOND),
                bought + 179 * laws.SECOND,
            )
            for _ in range(count)
        ]
    if strength == "moderate":
        window = int(min(random.uniform(9, 30) * laws.MINUTE, 0.75 * length))
        first = start + int(random.uniform(0.03, 0.97 - window / length) * length)
        # two to four waves, the first early and the last late enough that joins and purchases take five minutes or more
        waves = [0.05 * window, 0.66 * window] + [
            random.uniform(0.1, 0.6) * window for _ in range(random.randint(0, 2))
        ]
        until = first + window
        times = []
        for i in range(count):
            joined = first + int(min(max(0, random.gauss(waves[i % len(waves)], 40 * laws.SECOND)), 0.75 * window))
            times.append((joined, joined + int((0.06 + 0.86 * random.random()) * (until - joined)), until))
        return times
    times = []
    for _ in range(count):
        joined = start + int(random.uniform(0.01, 0.82) * length)
        stays = min(end - joined - 30 * laws.SECOND, int(random.uniform(3, 40) * laws.MINUTE))
        bought = joined + int(random.uniform(0.1, 0.9) * stays)
        times.append((joined, bought, end - 5 * laws.SECOND))
    return times


def spend(shop: Shop, band: float, random: Random) -> int:
    """A round sum that the shop's prices can reach within the band in several ways."""
    typical = sorted(total(shop.basket(random)) for _ in range(21))[10]
    for _ in range(60):
        sum_minor = round_sum(typical * exp(random.uniform(-0.2, 1.4)), shop.currency)
        found = [basket for basket in (fitted(shop, sum_minor, band, random) for _ in range(8)) if basket]
        if len(found) >= 6:
            return sum_minor
    # One item at one price: the sum is what some number of them just passes.
    item = shop.items[0]
    for quantity in range(1, 60):
        cost = item.price_minor * quantity
        for sum_minor in (cost - cost % step for step in (10_000, 5_000, 1_000)):
            if 0 < sum_minor <= cost <= sum_minor * (1 + band):
                return sum_minor
    return item.price_minor


def obedient(
    shop: Shop, sum_minor: int, row: Strength, split: bool, random: Random
) -> list[tuple[Basket, Coupon | None]]:
    """One basket that just passes the sum after coupons, or, split, several that do together."""
    coupon = next((c for c in shop.coupons if c.threshold_minor <= sum_minor and random.random() < c.wanted), None)
    if not split and coupon is not None:
        # the sum is what they must pay, so the coupon has to come on top
        basket = fitted(shop, sum_minor, row.band, random, extra_minor=coupon.off_minor, hugs=row.hugs)
        if basket:
            return [(basket, coupon)]
    basket = fitted(shop, sum_minor, row.band, random, hugs=row.hugs) or cheapest(shop, sum_minor)
    if not split:
        return [(basket, None)]
    units: list[Item] = []
    for _ in range(40):
        units = [item for item, quantity in basket for _ in range(quantity)]
        if len(units) > 1:
            break
        # one thing alone cannot be split
        basket = fitted(shop, sum_minor, row.band, random, hugs=row.hugs) or basket
    random.shuffle(units)
    parts = min(len(units), random.choice((2, 2, 2, 3, 4)))
    heaps: list[list[Item]] = [units[i::parts] for i in range(parts)]
    return [(_gathered(heap), None) for heap in heaps]


def fitted(
    shop: Shop, sum_minor: int, band: float, random: Random, extra_minor: int = 0, hugs: float = 1.0
) -> Basket | None:
    """Things that somebody might want, filled up with small ones to a total within the band; None where that fails."""
    lowest, highest = sum_minor + extra_minor, int(sum_minor * (1 + band)) + extra_minor
    for _ in range(60):
        # somebody who cares little about the sum stops later
        stop = lowest + (highest - lowest) * random.random() ** hugs * 0.6
        units: list[Item] = []
        paid = 0
        while paid < lowest and len(units) < 40:
            fits = [item for item in shop.items if paid + item.price_minor <= highest]
            if not fits:
                break
            closing = [item for item in fits if paid + item.price_minor >= stop]
            pool = closing if closing and random.random() < 0.5 else fits
            item = random.choice(pool) if units else random.choice(sorted(pool, key=_price)[len(pool) // 3 :])
            times = 1
            if random.random() < 0.25 and paid + 2 * item.price_minor <= highest:
                times = 2
            units += [item] * times
            paid += item.price_minor * times
        if lowest <= paid <= highest:
            return _gathered(units)
    return None


def cheapest(shop: Shop, sum_minor: int) -> Basket:
    """As many of the smallest item as it takes."""
    item = shop.small[0]
    return [(item, -(-sum_minor // item.price_minor))]


def _price(item: Item) -> int:
    return item.price_minor


def _gathered(units: list[Item]) -> Basket:
    counts: dict[str, tuple[Item, int]] = {}
    for item in units:
        counts[item.sku] = (item, counts[item.sku][1] + 1 if item.sku in counts else 1)
    return list(counts.values())
