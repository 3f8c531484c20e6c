"""Look-alikes of the schemes about what is sold, who comes and what comes back are there when they are asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from worlds import evening
from worlds.bazaar.laws import DAY, HOUR, MINUTE

Values = list[tuple[str, dict[str, Any]]]


def show_with(*names: str, seed: int = 3, viewers: int = 1_500) -> tuple[Values, int]:
    """The events of one show, for three weeks, and when it ended."""
    made = evening(seed, shows=1, viewers=(viewers, viewers), plants=(), negatives=names, tail_hours=500)
    return [(topic, value) for _, topic, value in made.events], made.truth["shows"][0]["end"]


def steps(values: Values, status: str) -> Values:
    return [(topic, value) for topic, value in values if value.get("status") == status]


def by_buyers(values: Values) -> int:
    return sum(value.get("cancelled_by") == "buyer" for _, value in values)


def complaints(values: Values, end: int) -> list[int]:
    """Hours after the end of complaints that are about tonight."""
    ordered = {value["order_id"] for _, value in steps(values, "placed")}
    return sorted(
        (value["ts"] - end) // HOUR for t, value in values if t == "live.complaints" and value["order_id"] in ordered
    )


def losses(values: Values) -> tuple[int, int]:
    """Orders that were placed below what they cost, and all of those whose costs are told."""
    paid: Counter[str] = Counter()
    cost: Counter[str] = Counter()
    unknown = set()
    for _, value in steps(values, "placed"):
        paid[value["order_id"]] += value["amount_minor"]
        if "unit_cost_minor" in value:
            cost[value["order_id"]] += value["unit_cost_minor"] * value["quantity"]
        else:
            unknown.add(value["order_id"])
    told = [order for order in paid if order not in unknown]
    return sum(paid[order] < cost[order] for order in told), len(told)


def test_a_stock_out_is_cancelled_by_the_seller_for_everybody_within_minutes() -> None:
    values, end = show_with("stock_out")
    skus = Counter(v["sku"] for _, v in steps(values, "cancelled") if v.get("cancelled_by") in ("seller", "system"))
    [(sku, count)] = skus.most_common(1)
    times = sorted(v["ts"] for _, v in steps(values, "cancelled") if v["sku"] == sku and v["ts"] > end - 10 * MINUTE)

    assert count >= 5
    assert times[len(times) // 10 + 1] + 8 * MINUTE > times[len(times) * 7 // 10]


def test_impulse_buyers_cancel_three_times_as_often_as_usual() -> None:
    assert by_buyers(show_with("impulse_buyers")[0]) > 2 * by_buyers(show_with()[0])


def test_a_bulk_booking_is_taken_back_by_one_account_at_once() -> None:
    values, end = show_with("bulk_booking")
    back = Counter(v["account_id"] for _, v in steps(values, "cancelled") if v["ts"] > end)
    [(account, count)] = back.most_common(1)
    times = [v["ts"] for _, v in steps(values, "cancelled") if v["account_id"] == account]

    assert count >= 10
    assert max(times) - min(times) < 15 * MINUTE


def test_a_faulty_item_is_refunded_line_by_line() -> None:
    values, plain = show_with("refund_of_a_line")[0], show_with()[0]

    assert len(steps(values, "refunded")) >= len(steps(plain, "refunded")) + 5
    assert any("refund_minor" in value for _, value in steps(values, "refunded"))


def test_a_promotion_budget_is_declared_and_kept_to() -> None:
    values, _ = show_with("promotion_budget")
    [marker] = [v for t, v in values if t == "live.shows" and v["action"] == "promotion"]
    unit = Counter(
        v["amount_minor"] // v["quantity"]
        for _, v in steps(values, "placed")
        if v["sku"] == marker["sku"] and v["ts"] > marker["ts"]
    )

    assert 2 <= unit[min(unit)] <= marker["units"]
    assert losses(values)[0] > losses(show_with()[0])[0]


def test_a_clearance_is_declared_for_each_item() -> None:
    values, _ = show_with("clearance")
    declared = {v["sku"] for t, v in values if t == "live.shows" and v["action"] == "promotion"}

    assert 1 <= len(declared) <= 3
    assert losses(values)[0] > losses(show_with()[0])[0] + 5


def test_sets_have_a_part_below_cost_and_pay_for_themselves() -> None:
    lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, value in steps(show_with("bundles")[0], "placed"):
        if "bundle_id" in value:
            lines[value["order_id"]].append(value)
    cheap = [v for each in lines.values() for v in each if v["amount_minor"] < v.get("unit_cost_minor", 0)]

    assert len(cheap) >= 5
    for each in lines.values():
        known = [v["unit_cost_minor"] for v in each if "unit_cost_minor" in v]
        if len(known) == len(each) and any(v in cheap for v in each):
            assert sum(v["amount_minor"] for v in each) > 0.8 * sum(known)


def test_honest_orders_rarely_lose_money() -> None:
    lost = told = 0
    for seed in range(6):
        found = losses(show_with(seed=seed)[0])
        lost, told = lost + found[0], told + found[1]

    assert told > 100
    assert lost < 0.08 * told


def test_hosted_joins_come_in_waves_and_stay_like_others() -> None:
    values, plain = show_with("hosted_joins")[0], show_with()[0]
    joins = sum(t == "live.joins" and v["action"] == "join" for t, v in values)
    said = sum(t == "live.comments" for t, _ in values)

    assert joins > sum(t == "live.joins" and v["action"] == "join" for t, v in plain) + 150
    assert said > sum(t == "live.comments" for t, _ in plain)


def test_a_gateway_is_shared_by_a_third_of_the_viewers() -> None:
    values, _ = show_with("one_network")
    seen: dict[str, set[str]] = defaultdict(set)
    everybody = set()
    for topic, value in values:
        if topic == "live.joins":
            everybody.add(value["account_id"])
            seen[value.get("ip_prefix", "")].add(value["account_id"])
    most = max(len(accounts) for name, accounts in seen.items() if name)

    assert 0.15 < most / len(everybody) < 0.5


def test_a_delivery_wave_brings_complaints_in_one_day_and_holidays_delay_them() -> None:
    waves: list[int] = []
    late: list[int] = []
    usual: list[int] = []
    for seed in range(4):
        for name, hours in ((("delivery_wave",), waves), (("holidays",), late), ((), usual)):
            values, end = show_with(*name, seed=seed, viewers=2_000)
            hours += complaints(values, end)
    assert len(waves) > len(usual)
    assert sorted(late)[len(late) // 2] > sorted(usual)[len(usual) // 2] + 12


def test_a_courier_outage_is_complained_of_as_other() -> None:
    values, end = show_with("courier_outage")
    plain, _ = show_with()
    reasons = [
        Counter(v["reason"] for t, v in each if t == "live.complaints" and v["ts"] > end) for each in (values, plain)
    ]

    assert reasons[0]["other"] >= reasons[1]["other"] + 5
    assert sum(reasons[0].values()) - reasons[0]["other"] <= sum(reasons[1].values()) + 3


def test_honest_cancels_come_at_once_or_later_and_complaints_after_days() -> None:
    lags, hours = [], []
    for seed in range(4):
        values, end = show_with(seed=seed, viewers=2_500)
        paid = {v["order_id"]: v["ts"] for _, v in steps(values, "paid")}
        back = [v for _, v in steps(values, "cancelled") if v.get("cancelled_by") == "buyer"]
        lags += [v["ts"] - paid[v["order_id"]] for v in back]
        hours += complaints(values, end)
    lags.sort()
    hours.sort()

    assert lags[len(lags) // 2] < HOUR < lags[len(lags) * 9 // 10] < 3 * DAY
    assert 24 < hours[len(hours) // 2] < 24 * 7
