"""What prices alone explain: one price explains everything, different ways to one sum nothing."""

from builders import order

from streams.evidence.prices import Prices
from streams.evidence.purses import Purse


def purse(name: str, *lines: tuple[str, int, int]) -> Purse:
    made = Purse(name, "CNY")
    for i, (sku, price, quantity) in enumerate(lines):
        made.add(order(name, i, price * quantity, sku, quantity=quantity))
    return made


def test_where_all_has_one_price_the_price_explains_every_sum():
    prices = Prices([purse(f"a{i}", ("x", 9_900, 1)) for i in range(30)])

    assert prices.expected(9_900, 9_999) > 29
    assert prices.expected(19_800, 19_999) < 1


def test_many_ways_to_one_sum_are_not_explained_by_prices():
    ways = [purse(f"a{i}", (f"x{i}", 2_000 + 300 * i, 1), (f"y{i}", 8_000 - 300 * i, 1)) for i in range(20)]

    assert Prices(ways).expected(10_000, 10_400) < 6
