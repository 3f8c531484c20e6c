"""Loss selling: what must raise a finding, what must not, and where exactly it begins."""

from random import Random

import pytest
from builders import alerts, at_ms, audience, marker, near_misses, order, play, signal

from streams.alerts import Alert

SCHEME = "loss_selling"
COST = 3_000


def found(*groups):
    return play(*groups, scheme=SCHEME)


def sales(count, *, amount=5_000, cost=COST, sku="tea", at_s=100, every_s=20, name="b", **fields):
    """One order each of so many buyers."""
    return [
        order(f"{name}{i}", at_s + every_s * i, amount, sku, unit_cost_minor=cost, list_price_minor=6_000, **fields)
        for i in range(count)
    ]


def losses(count, **fields):
    """The same below cost."""
    return sales(count, **{"amount": 1_900, "name": "low", "at_s": 105, **fields})


# -- what is found ----------------------------------------------------------------------------------------------------


def test_a_third_of_an_items_orders_below_cost_raise_one_finding_about_that_item():
    [alert] = found(sales(60, every_s=15), losses(30, every_s=40))

    assert alert.title == (
        "30 of 90 orders of tea were sold below cost, unannounced: 330 CNY lost, 37% of what the goods cost; "
        "none would be usual"
    )
    assert alert.accounts == []
    assert alert.accounts_total == 0
    assert (alert.impact.orders, alert.impact.amount_minor, alert.impact.currency) == (30, 33_000, "CNY")


def test_the_evidence_is_the_arithmetic_line_by_line_the_greatest_loss_first_and_the_total_is_a_signal():
    events = [*losses(4), order("worst", 300, 1_000, "tea", unit_cost_minor=COST, subsidy_minor=200)]
    [alert] = found(sales(20), events)

    assert alert.evidence[0].excerpt == "1 x tea: paid 10 CNY + platform 2 CNY - cost 30 CNY = -18 CNY"
    assert [act.excerpt for act in alert.evidence[1:]] == ["1 x tea: paid 19 CNY - cost 30 CNY = -11 CNY"] * 4
    assert signal(alert, "lost").observed == 1_800 + 4 * 1_100
    assert signal(alert, "orders_below_cost").observed == 5
    assert alert.window.start == at_ms(105)


@pytest.mark.parametrize(("count", "raised"), [(2, False), (3, True)])
def test_three_orders_below_cost_are_too_many_and_two_are_not(count: int, raised: bool):
    assert bool(found(sales(20), losses(count))) is raised


@pytest.mark.parametrize(("amount", "raised"), [(2_790, False), (2_789, True)])
def test_an_order_counts_from_a_loss_of_more_than_seven_hundredths_of_its_cost(amount: int, raised: bool):
    assert bool(found(sales(20), losses(8, amount=amount))) is raised


def test_a_stretch_sold_below_cost_is_found_though_the_item_earns_much_over_the_whole_show():
    [alert] = found(sales(300, every_s=10), losses(6, at_s=1_501, every_s=10))

    assert alert.impact.orders == 6


def test_the_alert_comes_long_before_a_third_of_the_losses():
    first = next(a for a in alerts(sales(100), losses(50, every_s=40)) if a.scheme == SCHEME)

    assert first.status == "open"
    assert first.event_ts < at_ms(105 + 40 * 50 / 3)


def test_a_tenth_of_the_orders_behind_gifts_is_found_and_the_gift_counts_with_its_order():
    events = sales(90, amount=5_000)
    for i in range(9):
        paid = order(f"g{i}", 110 + 190 * i, 5_000, "tea", unit_cost_minor=COST, order_id=f"g{i}")
        gift = order(f"g{i}", 110 + 190 * i, 0, "cup", unit_cost_minor=3_500, order_id=f"g{i}")
        events += [paid, gift]

    [alert] = found(events)
    assert alert.impact.orders == 9
    assert "1 x cup: a gift - cost 35 CNY = -35 CNY" in {act.excerpt for act in alert.evidence}


def test_the_gift_that_comes_a_minute_later_counts_with_its_order_too():
    events = sales(60)
    for i in range(8):
        events.append(order(f"g{i}", 110 + 90 * i, 5_000, "tea", unit_cost_minor=COST, order_id=f"g{i}"))
        events.append(order(f"g{i}", 170 + 90 * i, 0, "cup", unit_cost_minor=3_500, order_id=f"g{i}"))

    [alert] = found(events)
    assert alert.impact.orders == 8


def test_the_sellers_own_subsidy_is_no_income():
    [alert] = found(sales(40), losses(10, subsidy_minor=3_000, subsidy_by="seller"))

    assert alert.impact.amount_minor == 11_000


def test_losses_behind_coupons_and_bundles_are_found():
    bundles = []
    for i in range(10):
        for sku, amount in (("tea", 2_900), ("pot", 100)):
            bundles.append(
                order(
                    f"s{i}",
                    150 + 60 * i,
                    amount,
                    sku,
                    unit_cost_minor=COST,
                    order_id=f"s{i}",
                    bundle_id="set",
                    coupon_id="secret",
                )
            )

    assert len(found(sales(50), bundles)) == 1


def test_a_cost_that_was_told_once_holds_for_the_lines_that_lack_it():
    [alert] = found(sales(1), sales(30, cost=None, at_s=140), losses(8, cost=None))

    assert alert.impact.amount_minor == 8 * 1_100


def test_a_cost_that_is_told_after_the_losses_counts_for_them():
    [alert] = found(losses(8, cost=None), sales(20, at_s=600))

    assert alert.impact.amount_minor == 8 * 1_100
    assert alert.event_ts < at_ms(700) or alert.revision > 1


def test_where_no_cost_is_told_an_item_costs_at_least_a_third_of_what_is_usually_paid():
    [alert] = found(sales(40, cost=None), losses(8, cost=None, amount=900))

    assert "cost at least 17.50 CNY" in alert.evidence[0].excerpt
    assert any("8 of 8 orders hold goods whose cost was not told" in said for said in alert.counter_evidence)
    assert found(sales(40, cost=None), losses(8, cost=None, amount=1_900)) == []


def test_losses_spread_over_many_items_are_found_as_the_shows():
    events = [e for i in range(12) for e in sales(8, sku=f"sku{i}", at_s=100 + i, every_s=200, name=f"b{i} ")]
    events += [e for i in range(12) for e in losses(1, sku=f"sku{i}", at_s=150 + 90 * i, name=f"low{i} ")]

    [alert] = found(events)
    assert "12 of 84 orders of this show" in alert.title


def test_losses_of_two_items_are_two_incidents():
    assert len(found(sales(30), losses(8), sales(30, sku="pot", name="p"), losses(8, sku="pot", name="q"))) == 2


def test_an_item_is_found_by_all_orders_that_hold_it_and_no_other_item_for_the_same_orders():
    events = sales(40, every_s=60)
    for i, other in enumerate(("pot", "cup", "jar", "pot")):
        events.append(order(f"s{i}", 200 + 500 * i, 1_500, "tea", unit_cost_minor=COST, order_id=f"s{i}"))
        events.append(order(f"s{i}", 200 + 500 * i, 100, other, unit_cost_minor=2_000, order_id=f"s{i}"))

    [alert] = found(events, sales(4, sku="pot", name="p"))
    assert "4 of 31 orders of tea" in alert.title


def test_what_is_sold_beyond_the_announced_units_is_found():
    sale = marker("promotion", 100, 3_000, sku="tea", units=10)
    assert found(sales(40), losses(11), [sale]) == []
    [alert] = found(sales(40), losses(30), [sale])
    assert alert.impact.orders == 30 - 11


def test_what_is_lost_beyond_the_announced_budget_is_found():
    sale = marker("promotion", 100, 3_000, sku="tea", budget_minor=11_000)
    assert found(sales(40), losses(11), [sale]) == []
    [alert] = found(sales(40), losses(30), [sale])
    assert alert.impact.orders == 30 - 11


def test_what_is_sold_after_the_announced_time_is_found():
    [alert] = found(sales(40), losses(20), [marker("flash_sale", 104, 205, sku="tea", units=500)])

    assert alert.impact.orders == 14
    assert any("left out" in said for said in alert.counter_evidence)


def test_another_item_than_the_announced_one_is_found():
    assert len(found(sales(40), losses(8), [marker("promotion", 100, 3_000, sku="pot", units=50)])) == 1


# -- what is not ------------------------------------------------------------------------------------------------------


def test_an_ordinary_show_is_silent():
    assert found(audience(300), sales(60)) == []


def test_an_announced_promotion_within_its_units_is_silent():
    assert found(sales(60), losses(50), [marker("promotion", 100, 3_000, sku="tea", units=50)]) == []


def test_a_promotion_for_anything_within_its_budget_is_silent():
    assert found(sales(60), losses(30), [marker("promotion", 100, 3_000, budget_minor=33_000)]) == []


def test_a_flash_sale_that_says_no_units_covers_sixty():
    sale = marker("flash_sale", 100, 3_000, sku="tea")
    assert found(sales(60), losses(60, every_s=10), [sale]) == []
    assert len(found(sales(60), losses(80, every_s=10), [sale])) == 1


def test_the_platforms_subsidy_is_income():
    assert found(sales(40), losses(10, subsidy_minor=1_100, subsidy_by="platform")) == []
    assert found(sales(40), losses(10, subsidy_minor=1_100)) == []


def test_a_clearance_whose_list_price_fell_for_everybody_is_silent():
    cleared = [
        order(f"c{i}", 900 + 10 * i, 1_900, "tea", unit_cost_minor=COST, list_price_minor=1_900) for i in range(120)
    ]

    assert found(sales(30, every_s=20), cleared) == []
    assert found(sales(30, every_s=20), cleared, [marker("promotion", 890, sku="tea", text="clearance")]) == []


def test_a_clearance_that_was_announced_for_as_long_as_there_are_any_is_silent_to_the_end_of_the_show():
    cleared = losses(120, at_s=900, every_s=15)

    assert found(sales(100), cleared, [marker("promotion", 890, sku="tea", text="clearance")]) == []
    assert len(found(sales(100), cleared, [marker("promotion", 890, sku="pot", text="clearance")])) == 1


def test_a_bundle_with_one_cheap_part_is_silent():
    bundles = []
    for i in range(30):
        for sku, amount in (("tea", 9_000), ("cup", 100)):
            bundles.append(
                order(f"s{i}", 150 + 60 * i, amount, sku, unit_cost_minor=COST, order_id=f"s{i}", bundle_id="set")
            )

    assert found(sales(50), bundles) == []


def test_a_gift_that_its_order_pays_for_is_silent():
    events = []
    for i in range(30):
        events.append(order(f"g{i}", 110 + 60 * i, 9_000, "tea", unit_cost_minor=COST, order_id=f"g{i}"))
        events.append(order(f"g{i}", 110 + 60 * i, 0, "cup", unit_cost_minor=2_000, order_id=f"g{i}"))

    assert found(events) == []


def test_lines_of_an_order_that_come_seconds_apart_are_one_order():
    events = []
    for i in range(30):
        events.append(order(f"g{i}", 110 + 60 * i, 0, "cup", unit_cost_minor=2_000, order_id=f"g{i}"))
        events.append(order(f"g{i}", 113 + 60 * i, 9_000, "tea", unit_cost_minor=COST, order_id=f"g{i}"))

    assert found(events) == []


def test_orders_below_cost_that_were_reversed_are_no_losses():
    low = losses(20)
    undone = [
        order(e.account_id, 106 + 20 * i, e.amount_minor, "tea", order_id=e.order_id, status=status)
        for i, e in enumerate(low)
        for status in [("cancelled", "refunded")[i % 2]]
    ]

    assert found(sales(40), low, undone) == []


def test_a_refund_of_one_line_makes_no_loss_of_the_gift_that_stays():
    events = []
    for i in range(20):
        events.append(order(f"g{i}", 110 + 60 * i, 9_000, "tea", unit_cost_minor=COST, order_id=f"g{i}"))
        events.append(order(f"g{i}", 110 + 60 * i, 0, "cup", unit_cost_minor=2_000, order_id=f"g{i}"))
        events.append(order(f"g{i}", 150 + 60 * i, 9_000, "tea", order_id=f"g{i}", status="refunded"))

    assert found(events) == []


def test_a_refund_of_a_part_makes_no_loss():
    back = [
        order(e.account_id, 110 + 20 * i, 5_000, "tea", order_id=e.order_id, status="refunded", refund_minor=4_000)
        for i, e in enumerate(sales(30))
    ]

    assert found(sales(30), back) == []


def test_a_lotterys_prizes_are_silent():
    prizes = [order(f"w{i}", 400 + i, 100, "tea", unit_cost_minor=COST) for i in range(20)]

    assert len(found(sales(60), prizes)) == 1
    assert found(sales(60), prizes, [marker("lottery", 200, 260, text="1")]) == []


def test_orders_for_nothing_are_no_sales():
    assert found(sales(60), [order(f"w{i}", 400 + i, 0, "tea", unit_cost_minor=COST) for i in range(20)]) == []


def test_an_order_told_twice_counts_once_also_after_a_minute():
    low = losses(2)
    again = [
        order(e.account_id, 400 + i, e.amount_minor, e.sku, order_id=e.order_id, unit_cost_minor=COST)
        for i, e in enumerate(low)
    ]

    assert found(sales(20), low, again) == []


def test_a_gift_told_again_after_a_minute_does_not_become_an_order():
    events = []
    for i in range(10):
        for late in (0, 400):
            events.append(order(f"g{i}", 110 + late + i, 0, "cup", unit_cost_minor=2_000, order_id=f"g{i}"))
        events.append(order(f"g{i}", 110 + i, 9_000, "tea", unit_cost_minor=COST, order_id=f"g{i}"))

    assert found(events) == []


# -- what is said -----------------------------------------------------------------------------------------------------


def test_a_near_miss_says_what_was_missing():
    [*_, missed] = near_misses(sales(20), losses(2), scheme=SCHEME)

    assert not missed.fires
    assert "12 bits and 3 orders are needed" in missed.counterfactual.sentence


def test_the_counterfactual_holds_when_it_is_applied():
    random = Random(1)
    low = [
        e for i in range(9) for e in losses(1, amount=random.randrange(1_000, 2_900), at_s=130 + 70 * i, name=f"l{i}")
    ]
    [alert] = found(sales(40), low)
    fewer = int(alert.counterfactual.numbers["orders_fewer"])
    worst = sorted(low, key=lambda e: e.amount_minor)
    assert 0 < fewer < 9

    def at_cost(count: int) -> list[Alert]:
        gone = {e.event_id for e in worst[:count]}
        paid = [
            order(e.account_id, (e.ts - at_ms(0)) / 1_000, COST, "tea", unit_cost_minor=COST) for e in worst[:count]
        ]
        return found(sales(40), [e for e in low if e.event_id not in gone], paid)

    assert at_cost(fewer) == []
    assert len(at_cost(fewer - 1)) == 1
