"""What an account bought: each line once, in its own currency, whatever the order."""

from builders import order

from streams.evidence.purses import MAX_LINES, Purse, few_things, main_thing, way_of


def test_lines_are_summed_and_a_line_told_again_is_not():
    purse = Purse("a", "CNY")
    line = order("a", 1, 500, "x", order_id="o", line_id="l")

    assert purse.add(line)
    assert not purse.add(order("a", 99, 500, "x", order_id="o", line_id="l"))
    assert purse.add(order("a", 2, 700, "y"))
    assert (purse.sum_minor, len(purse.lines), purse.single) == (1_200, 2, False)


def test_without_a_line_id_sku_quantity_and_amount_name_the_line():
    purse = Purse("a", "CNY")

    assert purse.add(order("a", 1, 500, "x", order_id="o"))
    assert not purse.add(order("a", 2, 500, "x", order_id="o"))
    assert purse.add(order("a", 2, 500, "x", order_id="o", quantity=2))


def test_gifts_and_other_currencies_add_nothing():
    purse = Purse("a", "CNY")

    assert not purse.add(order("a", 1, 0))
    assert not purse.add(order("a", 1, 500, currency="USD"))


def test_the_same_things_in_another_order_are_the_same_basket():
    one, other = Purse("a", "CNY"), Purse("b", "CNY")
    for i, sku in enumerate("xyx"):
        one.add(order("a", i, 500 + i, sku))
    for i, sku in enumerate("yxx"):
        other.add(order("b", i, 500 + i, sku))

    assert one.composition == other.composition


def test_lines_kept_are_bounded_and_the_sum_is_not():
    purse = Purse("a", "CNY")
    for i in range(MAX_LINES + 5):
        purse.add(order("a", i, 100, "x"))

    assert (len(purse.lines), purse.sum_minor) == (MAX_LINES, 100 * (MAX_LINES + 5))


def test_bundles_and_what_was_announced_are_one_way_to_a_sum():
    one, other = Purse("a", "CNY"), Purse("b", "CNY")
    one.add(order("a", 1, 5_000, "x", bundle_id="set"))
    other.add(order("b", 1, 5_100, "y", bundle_id="set"))

    assert one.composition == other.composition == "bundle set"
    assert way_of(other, {"y": True}) == "announced y"
    other.add(order("b", 2, 9_000, "z"))
    assert way_of(other, {"y": True}) == other.composition != "bundle set"


def test_the_same_few_things_are_pushed_where_a_room_sells_many():
    pushed = [Purse(name, "CNY") for name in "abc"]
    room = [Purse(f"v{i}", "CNY") for i in range(9)]
    for p in pushed:
        p.add(order(p.account_id, 1, 500, "x"))
    for i, p in enumerate(room):
        p.add(order(p.account_id, 1, 500, f"y{i}"))

    assert few_things(pushed, [*pushed, *room])
    assert not few_things(room, [*pushed, *room])
    assert not few_things(pushed, pushed)


def test_the_main_thing_is_more_than_half_of_the_sum_however_it_was_ordered():
    purse = Purse("a", "CNY")
    purse.add(order("a", 1, 500, "x"))
    purse.add(order("a", 2, 500, "y"))

    assert main_thing(purse) == ""
    purse.add(order("a", 3, 1, "x"))
    assert main_thing(purse) == "x"
