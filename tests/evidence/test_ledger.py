"""A ledger: what an order with all its lines brought in and cost, as it was placed and as it stands."""

import msgspec
import pytest
from builders import at_ms, order

from streams.evidence.ledger import (
    LEAST_PRICES,
    MAX_REMEMBERED,
    Catalogue,
    Costs,
    Ledger,
    arithmetic,
    line_of,
    reverses,
)


class Terms(msgspec.Struct, frozen=True):
    """Settings of a ledger."""

    usual_least_cost_share: float = 0.5
    least_loss_ratio: float = 0.0
    settle_ms: int = 5_000
    max_orders: int = 3


TERMS = Terms()


def ledger_of(*events, terms=TERMS, past=None):
    ledger = Ledger()
    for event in events:
        ledger.take(event, terms, past)
    ledger.settle(at_ms(10_000), terms)
    return ledger


def test_lines_of_an_order_are_summed():
    ledger = ledger_of(
        order("a", 1, 100, "tea", order_id="1", unit_cost_minor=30),
        order("a", 1, 0, "cup", order_id="1", unit_cost_minor=40),
    )
    one = ledger.costs.sum_of(ledger.sales["1"].lines, 0.5)

    assert (one.income_minor, one.cost_minor, one.sure) == (100, 70, True)
    assert list(ledger.losing) == []


@pytest.mark.parametrize(("subsidy_by", "income"), [("seller", 100), ("platform", 120), (None, 120)])
def test_the_platforms_subsidy_is_income_and_the_sellers_is_not(subsidy_by, income):
    line = line_of(order("a", 1, 100, subsidy_minor=20, subsidy_by=subsidy_by))

    assert Costs().sum_of([line], 0.5).income_minor == income


def test_an_unknown_cost_is_the_last_that_was_told_else_a_share_of_what_is_usually_paid():
    costs = Costs()
    line = line_of(order("z", 1, 50, "tea", quantity=2))
    for i in range(LEAST_PRICES - 1):
        costs.learn(order(f"a{i}", 1, 100, "tea"))
    assert costs.of(line, 0.5) == (0, False)
    costs.learn(order("b", 1, 100, "tea"))
    assert costs.of(line, 0.5) == (100, False)
    costs.learn(order("c", 1, 100, "tea", unit_cost_minor=70))
    costs.learn(order("d", 1, 100, "tea", unit_cost_minor=71))
    assert costs.of(line, 0.5) == (142, True)


@pytest.mark.parametrize(
    ("step", "whole"),
    [
        ({"status": "cancelled"}, True),
        ({"status": "refunded"}, True),
        ({"status": "refunded", "refund_minor": 100}, True),
        ({"status": "refunded", "refund_minor": 99}, False),
        ({"status": "paid"}, False),
    ],
)
def test_a_cancel_and_a_whole_refund_reverse_a_line_and_a_part_does_not(step, whole):
    assert reverses(order("a", 1, 100, **step)) is whole


def test_an_order_whose_losing_line_was_reversed_is_no_loss():
    low = order("a", 1, 100, "tea", order_id="1", unit_cost_minor=300)
    assert list(ledger_of(low).losing) == ["1"]
    assert list(ledger_of(low, msgspec.structs.replace(low, event_id="x", status="cancelled")).losing) == []


def test_an_order_is_weighed_when_its_lines_are_in():
    ledger, terms = Ledger(), Terms()
    ledger.take(order("a", 0, 100, order_id="1", unit_cost_minor=300), terms, None)
    ledger.settle(at_ms(5) - 1, terms)
    assert not ledger.losing
    ledger.settle(at_ms(5), terms)
    assert list(ledger.losing) == ["1"]


def test_the_oldest_orders_are_forgotten_beyond_the_bound():
    ledger = ledger_of(*(order(f"a{i}", i, 100, order_id=str(i), unit_cost_minor=300) for i in range(5)))

    assert list(ledger.sales) == ["2", "3", "4"]
    assert list(ledger.losing) == ["2", "3", "4"]


def test_costs_of_earlier_shows_are_remembered():
    past = Catalogue()
    past.remember(ledger_of(order("a", 1, 500, "tea", unit_cost_minor=300, list_price_minor=900)))
    ledger = ledger_of(order("b", 1, 100, "tea", order_id="1", list_price_minor=200), past=past)

    assert list(ledger.losing) == ["1"]
    assert ledger.listed == {"tea": 900}


def test_what_is_remembered_is_bounded_and_the_oldest_is_forgotten_first():
    past = Catalogue()
    for i in range(MAX_REMEMBERED + 1):
        past.remember(ledger_of(order("a", 1, 500, f"sku{i}", unit_cost_minor=1)))

    assert len(past.told) == MAX_REMEMBERED
    assert "sku0" not in past.told


def test_the_arithmetic_is_written_as_a_person_would():
    line = line_of(order("a", 1, 1_000, subsidy_minor=250))

    assert arithmetic(line, 3_000, True, "CNY") == "paid 10 CNY + platform 2.50 CNY - cost 30 CNY = -17.50 CNY"
    assert arithmetic(line_of(order("a", 1, 0)), 10, False, "JPY") == "a gift - cost at least 10 JPY = -10 JPY"
