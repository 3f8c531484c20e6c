"""What prices alone explain: one price explains everything, different ways to one sum nothing."""

from builders import order

from streams.evidence.prices import Prices, usual_sizes
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


def test_baskets_of_the_rest_and_usual_ones_tell_what_is_usual_where_nearly_all_are_suspected():
    crew = [purse(f"a{i}", ("x", 5_000, 4)) for i in range(20)]
    prices = Prices([*crew, purse("b", ("x", 5_000, 1))])

    assert prices.share((4,), 20_000, 20_600) > 0.9
    assert prices.usual_share(20_000, 20_600, crew, usual_sizes(0.4, 0.25), 8.0) < 0.2


def test_usual_baskets_are_of_as_many_things_and_pieces_as_is_said():
    singles = [sizes for sizes in usual_sizes(0.4, 0.25) if sizes == (1,)]

    assert 0.3 < len(singles) / len(usual_sizes(0.4, 0.25)) < 0.6
    assert usual_sizes(0.0, 0.0) == [(1,)] * len(usual_sizes(0.0, 0.0))
