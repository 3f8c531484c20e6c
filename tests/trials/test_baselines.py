"""The simplest rules: the number that each reaches, on events that can be counted by hand."""

import pytest

from trials.baselines import (
    RULES,
    BinomialCancels,
    EarsC2,
    JoinRate,
    LossLines,
    MidasR,
    OrderBursts,
    SharedOrders,
    SharedTexts,
    TextBursts,
)


def reached(rule, *events):
    made = rule()
    for topic, value in events:
        made.observe(topic, value)
    return made.statistic


def order(at_s, account, sku="tea", status="placed", **fields):
    return "live.orders", {"ts": at_s * 1_000, "account_id": account, "sku": sku, "status": status, **fields}


def comment(at_s, account, text):
    return "live.comments", {"ts": at_s * 1_000, "account_id": account, "text": text}


def join(at_s, account, **fields):
    return "live.joins", {"ts": at_s * 1_000, "account_id": account, "action": "join", **fields}


def test_a_burst_counts_accounts_that_bought_the_same_within_30_s():
    assert reached(OrderBursts, order(0, "a"), order(29, "b"), order(29, "b"), order(29, "c", "cups")) == 2
    assert reached(OrderBursts, order(0, "a"), order(30, "b")) == 1


def test_texts_are_compared_without_case_and_blanks():
    assert reached(TextBursts, comment(0, "a", "Nice "), comment(1, "b", "nice")) == 2


def test_shared_bursts_are_what_the_third_account_reaches():
    twice = [order(at + i, account) for at in (0, 120) for i, account in enumerate("abc")]

    assert reached(SharedOrders, *twice) == 2
    assert reached(SharedOrders, *(event for event in twice if event[1]["account_id"] != "c")) == 0
    assert reached(SharedTexts, *(comment(i, account, "hi") for i, account in enumerate("abc"))) == 1


def test_cancels_against_one_in_ten_by_the_exact_binomial():
    placed = [order(0, str(i)) for i in range(10)]
    undone = [order(9, str(i), status=status) for i, status in enumerate(("cancelled", "refunded", "cancelled"))]

    assert reached(BinomialCancels, *placed, *undone[:2]) == 0
    assert reached(BinomialCancels, *placed, *undone) == pytest.approx(1.1539, abs=1e-3)  # P(X >= 3) = 0.0702


def test_complaints_against_the_bins_before():
    hours = [("live.complaints", {"ts": 4 * 3_600_000 * 20 + i}) for i in range(5)]

    assert reached(EarsC2, *hours[:4]) == 0
    assert reached(EarsC2, *hours) == 25  # 5 above a mean of 0, with the least deviation of 0.2


def test_lines_below_cost_are_counted_by_line():
    line = {"quantity": 2, "unit_cost_minor": 500}

    assert reached(LossLines, order(0, "a", amount_minor=999, **line), order(0, "b", amount_minor=1_000, **line)) == 1
    assert reached(LossLines, order(0, "a", amount_minor=1, quantity=1)) == 0


def test_joins_of_a_minute_against_the_average_minute():
    slow = [join(i * 60, f"s{i}") for i in range(10)]

    assert reached(JoinRate, *slow, *(join(600, f"b{i}") for i in range(49))) == 0
    assert reached(JoinRate, *slow, *(join(600, f"b{i}") for i in range(50))) == pytest.approx(50 / 6)


def test_midas_sees_a_network_that_comes_at_once():
    slow = [join(i * 60, f"s{i}", ip_prefix=f"n{i}", source="feed") for i in range(10)]
    farm = [join(660, f"b{i}", ip_prefix="farm", source="direct") for i in range(40)]

    assert reached(MidasR, *slow, *farm) > 2 * reached(
        MidasR, *slow, *(join(660, f"o{i}", ip_prefix=f"m{i}", source="feed") for i in range(3))
    )


def test_every_scheme_but_none_other_has_a_rule():
    assert {rule.SCHEME for rule in RULES} == {
        "coordinated_purchases",
        "paid_praise",
        "fake_orders",
        "loss_selling",
        "inflated_viewers",
        "complaint_surge",
    }
