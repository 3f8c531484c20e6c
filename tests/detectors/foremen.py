"""Evenings of shops and crews with other habits than a simulated world's: what a foreman's brief might say.

A shop has a price list, usual baskets and a share who buy; a brief says how many come, what they spend, how close to
it, over how many orders and minutes, and what they share. Times are seconds into the show. Everything is drawn anew
from the seed, so that a detector is not fitted to one world's customs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from random import Random

from builders import join, order

from streams.events import Event


@dataclass(frozen=True)
class Shop:
    """What is sold and how it is bought."""

    prices: Sequence[int] = ()  # minor units; drawn where none are given
    kinds: int = 20
    median_minor: int = 5_000
    spread: float = 0.7  # of log prices
    more_things: float = 0.35
    more_pieces: float = 0.2
    buyers: float = 0.12  # of the audience
    again: float = 0.15  # buyers who order again
    favourite: float = 0.25  # of all lines, the first of the list


@dataclass(frozen=True)
class Brief:
    """What a foreman tells his people, and how well they do it."""

    people: int = 14
    spend_minor: int = 20_000
    noise: float = 0.12  # sums end within [spend, (1 + noise) spend]
    splits: float = 0.0  # who split the sum over two or three orders
    apart_s: float = 600  # between these orders at most
    comes_s: tuple[float, float] = (900, 2_700)
    waves: int = 0  # come at so many times, else whenever
    buys_after_s: float = 600  # of coming, at most
    linked: float = 0.0
    link: str = "ip_prefix"


def price_list(shop: Shop, random: Random) -> list[int]:
    if shop.prices:
        return list(shop.prices)
    drawn = [shop.median_minor * exp(random.gauss(0, shop.spread)) for _ in range(shop.kinds)]
    return [max(190, round(price / 100) * 100 - 10) for price in drawn]


def public(shop: Shop, seed: int, people: int = 400, length_s: int = 3_600) -> list[Event]:
    """An honest audience: waves of arrivals, a favourite thing, baskets of this shop's sizes, no sum in mind."""
    random = Random(f"public/{seed}")
    prices = price_list(shop, random)
    tides = [random.uniform(0, length_s * 0.9) for _ in range(6)]
    events: list[Event] = []
    for i in range(people):
        account = f"p{i}"
        tide = random.choice(tides)
        came = min(
            length_s - 60.0, abs(random.gauss(tide, 300)) if random.random() < 0.6 else random.uniform(0, length_s - 60)
        )
        events.append(
            join(account, came, source=random.choice(("feed", "feed", "follow", "share")), ip_prefix=f"n{account}")
        )
        orders = 0
        if random.random() < shop.buyers:
            orders = 1 + (random.random() < shop.again)
        for k in range(orders):
            at = min(length_s - 1.0, came + random.uniform(20, 600) * (k + 1))
            for sku, quantity in basket(shop, prices, random):
                events.append(order(account, at, prices[sku] * quantity, f"sku{sku}", quantity=quantity))
    return events


def basket(shop: Shop, prices: Sequence[int], random: Random) -> list[tuple[int, int]]:
    lines: dict[int, int] = {}
    while True:
        sku = 0 if random.random() < shop.favourite else random.randrange(len(prices))
        quantity = 1
        while random.random() < shop.more_pieces and quantity < 6:
            quantity += 1
        lines[sku] = lines.get(sku, 0) + quantity
        if random.random() >= shop.more_things or len(lines) >= 6:
            return list(lines.items())


def crew_of(brief: Brief, shop: Shop, seed: int) -> list[Event]:
    """The people of a brief; their baskets are what this shop has, filled up until the sum is reached."""
    random = Random(f"public/{seed}")
    prices = price_list(shop, random)  # the same as the public's
    random = Random(f"crew/{seed}/{brief}")
    waves = [random.uniform(*brief.comes_s) for _ in range(brief.waves)]
    events: list[Event] = []
    for i in range(brief.people):
        account = f"crew{i}"
        came = random.choice(waves) + random.gauss(0, 40) if waves else random.uniform(*brief.comes_s)
        shared = {brief.link: "theirs"} if i < brief.linked * brief.people else {brief.link: f"own{i}"}
        events.append(join(account, came, source=random.choice(("share", "feed", "direct")), **shared))
        lines = filled(brief, prices, random)
        parts = random.choice((2, 3)) if random.random() < brief.splits else 1
        at = came + random.uniform(20, brief.buys_after_s)
        for part in range(parts):
            for sku, amount in lines[part::parts]:
                events.append(order(account, at, amount, f"sku{sku}"))
            at += random.uniform(60, brief.apart_s)
    return events


def filled(brief: Brief, prices: Sequence[int], random: Random) -> list[tuple[int, int]]:
    """Lines that come to the sum within the noise: things at their price, of the last what still fits."""
    target = int(brief.spend_minor * (1 + brief.noise * random.random()))
    lines: dict[int, int] = {}
    left = target
    while True:
        fits = [sku for sku, price in enumerate(prices) if price <= left and sku not in lines]
        if not fits or len(lines) >= 7:
            break
        sku = random.choice(fits)
        lines[sku] = prices[sku] * random.choice((1, 1, 2 if 2 * prices[sku] <= left else 1))
        left -= lines[sku]
    if left > 0:  # a small thing that fills it up
        lines[len(prices) + random.randrange(5)] = left
    return list(lines.items())


def crew_names(brief: Brief) -> set[str]:
    return {f"crew{i}" for i in range(brief.people)}
