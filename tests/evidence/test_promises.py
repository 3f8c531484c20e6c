"""What was announced covers losses within its units, its budget and its time, and nothing beyond."""

import pytest
from builders import at_ms, marker, order

from streams.events import Show
from streams.evidence.ledger import Sale, line_of
from streams.evidence.promises import LATE_MS, Bought, Loss, not_announced, promises_of
from streams.show import ANSWERED_MS, ShowState


def loss(at, *, sku="tea", amount=1_000, lost=100, quantity=1):
    event = order(f"a{at}", at, amount, sku, quantity=quantity)
    return Loss(
        Sale(event.order_id, event.account_id, event.ts, "CNY", [line_of(event)]), lost, 1_100, at, {sku: Bought(at)}
    )


def left(losses, *markers: Show, unsaid_units=5, slack_ratio=0.0):
    show = ShowState("room", "show", at_ms(0))
    for each in markers:
        show.taker_of(Show, ())(each)  # type: ignore[misc]
    return [one.at for one in not_announced(losses, promises_of(show.markers, unsaid_units, slack_ratio))]


TEN = [loss(10 * i) for i in range(1, 11)]


def test_units_are_covered_in_the_order_of_the_orders():
    assert left(TEN, marker("promotion", 0, 500, sku="tea", units=7)) == [80, 90, 100]


def test_an_order_uses_up_as_many_units_as_it_holds():
    twos = [loss(10 * i, quantity=2) for i in range(1, 6)]

    assert left(twos, marker("promotion", 0, 500, sku="tea", units=6)) == [40, 50]


def test_a_budget_is_covered_and_both_limits_hold():
    assert left(TEN, marker("promotion", 0, 500, sku="tea", budget_minor=300)) == [40, 50, 60, 70, 80, 90, 100]
    assert left(TEN, marker("promotion", 0, 500, sku="tea", units=9, budget_minor=800)) == [90, 100]


def test_a_little_beyond_is_covered_too():
    assert left(TEN, marker("promotion", 0, 500, sku="tea", units=8), slack_ratio=0.15) == [100]


def test_nothing_long_before_it_or_after_it_is_covered():
    late = LATE_MS // 1_000

    assert left(TEN, marker("flash_sale", 30, 60, sku="tea", units=99)) == [10, *range(60 + late + 5, 101, 10)]


def test_a_lotterys_prizes_are_ordered_after_it():
    prizes = [loss(ANSWERED_MS // 1_000, lost=880), loss(20 + ANSWERED_MS // 1_000, lost=880)]

    assert left(prizes, marker("lottery", 0, 10)) == [20 + ANSWERED_MS // 1_000]


def test_a_lottery_covers_prizes_and_no_goods_that_were_sold_meanwhile():
    assert left([loss(1, lost=880), loss(2, lost=879)], marker("lottery", 0, 10)) == [2]


def test_a_threshold_is_to_be_reached():
    assert left([loss(1, amount=999), loss(2)], marker("promotion", 0, 500, threshold_minor=1_000, units=9)) == [1]


@pytest.mark.parametrize(("amount", "lost", "covered"), [(700, 300, True), (699, 300, False), (900, 301, False)])
def test_something_off_from_a_sum_on_covers_what_three_tenths_of_that_sum_can_explain(amount, lost, covered):
    spend = marker("promotion", 0, 500, threshold_minor=1_000)

    assert (left([loss(1, amount=amount, lost=lost)], spend) == []) is covered


def test_another_item_is_not_covered_and_any_is_where_none_is_named():
    two = [loss(1), loss(2, sku="pot")]

    assert left(two, marker("promotion", 0, 500, sku="tea", units=9)) == [2]
    assert left(two, marker("promotion", 0, 500, units=9)) == []


@pytest.mark.parametrize("action", ["flash_sale", "group_buy"])
def test_a_sale_that_says_no_limit_covers_some(action):
    assert left(TEN, marker(action, 0, 500, sku="tea")) == [60, 70, 80, 90, 100]


def test_a_promotion_of_one_item_that_says_no_limit_and_no_end_covers_all():
    assert left([*TEN, loss(5_000)], marker("promotion", 0, sku="tea", text="clearance")) == []
    assert left(TEN, marker("promotion", 0, threshold_minor=900)) == []
    assert left(TEN, marker("promotion", 0)) == [60, 70, 80, 90, 100]


def test_a_prompt_covers_nothing():
    assert left(TEN[:1], marker("prompt", 0, 500, sku="tea", units=9)) == [10]
