"""A basket that reaches a sum: what somebody does who must spend m, or wants a tier's discount."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from random import Random

from worlds.county.draws import shuffled
from worlds.county.goods import Item

TRIES = 60
MOST_LINES = 9
# sums that people name, in units
ROUND = (10, 12, 15, 18, 20, 25, 28, 30, 36, 40, 50, 66, 88, 99, 100, 120, 128, 150, 168, 188, 199, 200, 258,
         288, 299, 300, 399, 400, 500, 520, 600, 666, 800, 888, 999, 1_000, 1_288, 1_500, 2_000, 3_000, 5_000,
         8_000, 10_000)  # fmt: skip


def total_of(basket: Sequence[tuple[Item, int]]) -> int:
    return sum(item.price_minor * quantity for item, quantity in basket)


def basket_for(items: Sequence[Item], low: int, high: int, rng: Random) -> list[tuple[Item, int]]:
    """Items whose prices add up to low to high (minor units); where none is found, the nearest above."""
    by_price = sorted(items, key=lambda item: (item.price_minor, item.sku))
    prices = [item.price_minor for item in by_price]
    best: list[tuple[Item, int]] = []
    best_total = 0
    for _ in range(TRIES):
        got: dict[str, tuple[Item, int]] = {}
        total = 0
        while total < low and len(got) < MOST_LINES:
            affordable = bisect_right(prices, high - total)
            if not affordable:
                break
            # large ones first, then what pads
            item = by_price[int(affordable * max(rng.random(), rng.random() * 0.9))]
            most = max(1, (high - total) // item.price_minor)
            quantity = min(most, 1 + int(rng.random() ** 3 * 5))
            had = got.get(item.sku, (item, 0))[1]
            got[item.sku] = (item, had + quantity)
            total += item.price_minor * quantity
        if low <= total <= high:
            return list(got.values())
        if abs(total - low) < abs(best_total - low):
            best, best_total = list(got.values()), total
    cheapest = by_price[0]
    while best_total < low:
        more = -(-(low - best_total) // cheapest.price_minor)
        best = [*[line for line in best if line[0] is not cheapest],
                (cheapest, more + sum(quantity for item, quantity in best if item is cheapest))]  # fmt: skip
        best_total = total_of(best)
    return best


def sums_for(items: Sequence[Item]) -> list[int]:
    """Round sums that this shop's prices can reach with some padding, minor units of its currency."""
    middle = sorted(item.price_minor for item in items)[len(items) // 2]
    found = [units * 100 for units in ROUND if 1.3 * middle <= units * 100 <= 5.5 * middle]
    return found or [min((units * 100 for units in ROUND), key=lambda sum_of: abs(sum_of - 2 * middle))]


def a_sum(items: Sequence[Item], tolerance: float, rng: Random) -> int:
    """A round sum that baskets of this shop meet within the tolerance; where none is, what some basket costs."""
    for m in shuffled(rng, sums_for(items)):
        if all(
            m <= total_of(basket_for(items, m, int(m * (1 + tolerance)), rng)) <= m * (1 + tolerance) for _ in "123"
        ):
            return m
    middle = sorted(item.price_minor for item in items)[len(items) // 2]
    return total_of(basket_for(items, 2 * middle, 3 * middle, rng))
