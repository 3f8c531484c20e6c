"""Fake orders: what must raise a finding, what must not, and where exactly it begins."""

from collections.abc import Iterable
from random import Random

import pytest
from builders import accounts_of, alerts, bought, fakes, in_order, join, marker, near_misses, order, signal

from streams.alerts import Alert
from streams.detectors.fake_orders import FakeOrders
from streams.events import Event
from streams.partition import Partition
from streams.rules import make_rule_set, rules_of

END_S = 3_600
HOUR_S = 3_600


def shoppers(count: int = 200, cancel: float = 0.05, seed: int = 1, name: str = "v", **fields) -> list[Event]:
    """Buyers who come when they like; a few cancel, mostly soon."""
    random = Random(seed)
    events: list[Event] = []
    for i in range(count):
        came = random.uniform(1, END_S - 400)
        at = came + random.uniform(20, 300)
        back = at + 60 + random.expovariate(1 / 1_500) if random.random() < cancel else None
        given = {"sku": f"sku{random.randrange(8)}", **fields}
        events += bought(f"{name}{i}", came, at, back, **given)
    return events


def who_cancel(count: int, cancel: int) -> set[str]:
    return {f"crew{i}" for i in range(count) if i * cancel % count < cancel}


ENDED = [marker("ended", END_S)]


def found(*groups: Iterable[Event]) -> list[Alert]:
    """What stands at the end, by the detector alone."""
    last = {alert.incident_id: alert for alert in alerts(*groups, ENDED, partition=Partition(detectors=[FakeOrders]))}
    return list(last.values())


def test_forty_who_cancel_after_the_show_raise_one_finding_that_names_them():
    [alert] = found(shoppers(), fakes(40, 36))

    named = accounts_of(alert)
    assert who_cancel(40, 36) <= set(named)
    assert sum(not account.startswith("crew") for account in named) <= 2
    assert signal(alert, "orders_undone").observed >= 34
    assert signal(alert, "orders_undone").expected < 5
    assert "orders of accounts that joined within" in alert.title
    assert "after the show" in alert.title


def test_it_is_raised_when_a_third_of_them_have_cancelled():
    third = END_S + 600 + (4 * HOUR_S - 600) / 3
    [first, *_] = alerts(shoppers(), fakes(40, 36), ENDED, partition=Partition(detectors=[FakeOrders]))

    assert first.event_ts <= 1_772_796_600_000 + third * 1_000


def test_the_evidence_is_the_cancels_and_says_what_was_ordered_and_when_it_was_undone():
    [alert] = found(shoppers(), fakes(20, 20, back_s=(HOUR_S, HOUR_S + 60)))

    assert {act.topic for act in alert.evidence} == {"live.orders"}
    assert any(act.excerpt.startswith("cancelled 60 minutes after the show") for act in alert.evidence)
    assert all(act.excerpt.endswith("99 CNY") for act in alert.evidence)
    assert alert.impact.orders == len(alert.evidence)
    assert alert.impact.amount_minor == 9_900 * alert.impact.orders
    assert alert.impact.currency == "CNY"


def test_refunds_count_like_cancels():
    assert len(found(shoppers(), fakes(40, 36, status="refunded"))) == 1


def test_cancels_spread_over_days_are_found():
    assert len(found(shoppers(), fakes(60, 42, back_s=(600, 40 * HOUR_S)))) == 1


def test_real_buyers_among_them_do_not_hide_them():
    among = [
        event for i in range(20) for event in bought(f"real{i}", 1_200 + 15 * i, 1_230 + 15 * i, sku=f"sku{i % 8}")
    ]

    [alert] = found(shoppers(), among, fakes(30, 22))

    assert not {account for account in accounts_of(alert) if account.startswith("real")}


def scattered(count: int = 40, cancel: int = 20, **fields) -> list[Event]:
    """A crew that shares nothing, comes over the whole show and cancels over days."""
    random = Random(5)
    events: list[Event] = []
    for i in range(count):
        came = random.uniform(1, END_S - 400)
        at = came + random.uniform(20, 300)
        back = END_S + random.uniform(2 * HOUR_S, 60 * HOUR_S) if i < cancel else None
        events += bought(f"crew{i}", came, at, back, **{"sku": f"sku{random.randrange(8)}", **fields})
    return events


def test_a_crew_that_shares_nothing_is_found_where_more_comes_back_than_those_who_cancel_at_once_let_expect():
    [alert] = found(shoppers(), scattered(40, 34))

    assert alert.title.split(" orders ")[1].startswith("of the show were cancelled or refunded")
    assert signal(alert, "orders_undone").observed > 2 * signal(alert, "orders_undone").expected
    assert found(shoppers(), scattered(40, 28)) == []  # a whole show that is only somewhat late: another law of lags


def test_as_many_who_cancel_at_once_are_buyers_who_think_better_of_it():
    assert found(shoppers(), shoppers(40, cancel=0.5, name="crew")) == []


def test_a_show_of_which_most_regret_it_at_once_and_a_few_the_day_after_is_silent():
    """A third cancels: most within the hour, some the day after; and who does so has nothing in common."""
    random = Random(7)
    regretted = []
    for i in range(200):
        came = random.uniform(1, END_S - 400)
        at = came + random.uniform(20, 300)
        after = random.expovariate(1 / 1_500) if i % 4 else random.expovariate(1 / (16 * HOUR_S))
        regretted += bought(f"v{i}", came, at, at + 60 + after if i % 3 == 0 else None, sku=f"sku{i % 8}")

    assert found(regretted) == []


def test_a_show_of_which_one_thing_is_refunded_to_many_is_silent():
    assert found(shoppers(), scattered(40, 32, sku="sku1", status="refunded")) == []


def test_a_crew_that_comes_when_it_likes_is_found_by_its_inviter():
    [alert] = found(shoppers(), fakes(30, 22, came_s=60, within_s=3_000, inviter_id="boss"))

    assert "share one inviter" in alert.title or "with one inviter" in alert.title
    assert who_cancel(30, 22) <= set(accounts_of(alert)) <= {f"crew{i}" for i in range(30)}


def test_cancelling_within_the_same_minutes_is_evidence_of_its_own():
    spread = found(shoppers(), fakes(20, 16))
    at_once = found(shoppers(), fakes(20, 16, back_s=(2 * HOUR_S, 2 * HOUR_S + 90)))

    assert signal(at_once[0], "undone_together").bits == FakeOrders().moments_cap_bits
    assert at_once[0].score > spread[0].score


def test_a_crew_that_cancels_while_the_show_runs_is_found_too():
    [alert, *_] = alerts(
        shoppers(), fakes(40, 36, back_s=(-1_200, -900)), ENDED, partition=Partition(detectors=[FakeOrders])
    )

    assert alert.event_ts < 1_772_796_600_000 + END_S * 1_000
    assert "during the show" in alert.title


# -- what must stay silent ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cancel", [0.03, 0.1, 0.2])
def test_honest_buyers_are_silent_whatever_is_usual_among_them(seed: int, cancel: float):
    assert found(shoppers(400, cancel, seed)) == []


@pytest.mark.parametrize("who", ["seller", "system"])
def test_a_stock_out_is_silent(who: str):
    """Everybody who bought one thing is cancelled at once, by the seller."""
    assert found(shoppers(), fakes(60, 60, cancelled_by=who, back_s=(600, 660))) == []


def test_impulse_buyers_of_a_flash_sale_are_silent():
    """Ninety order one thing within two minutes; a third of them think better of it."""
    random = Random(8)
    rush = []
    for i in range(90):
        at = 2_400 + random.uniform(0, 120)
        back = at + random.expovariate(1 / 2_400) + 60 if i % 3 == 0 else None
        rush += bought(f"rush{i}", random.uniform(1, 2_390), at, back, sku="bargain")

    assert [alert.title for alert in found(shoppers(300), rush)] == []


def test_one_bulk_booking_is_silent():
    """One account orders forty things and cancels all of them."""
    bulk = [event for i in range(40) for event in bought("bulk", 600, 610 + 5 * i, END_S + 900 + i, sku=f"sku{i % 8}")]

    assert found(shoppers(), bulk) == []


def test_a_raid_whose_people_cancel_a_little_more_is_silent():
    random = Random(4)
    raid = []
    for i in range(120):
        came = 1_500 + random.uniform(0, 90)
        back = END_S + random.uniform(300, 9_000) if random.random() < 0.1 else None
        raid += bought(f"raid{i}", came, came + random.uniform(30, 900), back, sku=f"sku{i % 8}")

    assert found(shoppers(), raid) == []


def test_a_refund_of_a_part_is_silent():
    assert found(shoppers(), fakes(40, 36, status="refunded", refund_minor=2_000)) == []


# -- boundaries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "found_it"), [(6, False), (7, True)])
def test_seven_orders_are_the_least(count: int, found_it: bool):
    same = {"inviter_id": "boss", "back_s": (HOUR_S, HOUR_S + 30), "within_s": 60}

    assert bool(found(shoppers(cancel=0), fakes(count, count, **same))) is found_it


@pytest.mark.parametrize(("count", "found_it"), [(4, False), (5, True)])
def test_five_accounts_are_the_least(count: int, found_it: bool):
    """They order twice each."""
    same = {"inviter_id": "boss", "back_s": (HOUR_S, HOUR_S + 30), "within_s": 60}
    twice = [
        *fakes(count, count, **same),
        *fakes(count, count, came_s=1_300, **{**same, "back_s": (HOUR_S, HOUR_S + 31)}),
    ]

    assert bool(found(shoppers(cancel=0), twice)) is found_it


def test_the_threshold_is_where_it_says():
    """The same evening judged with a threshold just at its bits, and just above."""
    [alert] = found(shoppers(), fakes(20, 14))
    bits = alert.counterfactual.numbers["bits"]

    def fires(threshold: float) -> bool:
        given = [{"fake_orders": {"fire_bits": threshold}}]
        return bool(with_settings(given[0], shoppers(), fakes(20, 14)))

    assert fires(bits - 0.001)
    assert not fires(bits + 0.001)


def with_settings(overrides, *groups) -> list[Alert]:
    rules = rules_of(make_rule_set(overrides, version=1, detectors=[FakeOrders]), [FakeOrders])
    return alerts(*groups, ENDED, partition=Partition(rules=rules))


def test_with_as_many_cancels_fewer_as_it_says_it_stays_silent():
    """Of what was known when it was raised."""
    evening = in_order(shoppers(), fakes(30, 15), ENDED)
    first, *_ = alerts(evening, partition=Partition(detectors=[FakeOrders]))
    fewer = int(first.counterfactual.numbers["orders_fewer"])
    last = [act.event_id for act in sorted(first.evidence, key=lambda act: act.ts)][-fewer:]
    known = [event for event in evening if event.ts <= first.event_ts and event.event_id not in last]

    assert fewer >= 1
    assert alerts(known, partition=Partition(detectors=[FakeOrders])) == []


def test_a_few_cancels_below_it_are_a_near_miss():
    missed = near_misses(shoppers(), fakes(80, 10), ENDED, scheme="fake_orders")

    assert found(shoppers(), fakes(80, 10)) == []
    assert 0.25 <= max(finding.score for finding in missed) < 0.5
    assert near_misses(shoppers(), ENDED, scheme="fake_orders") == []


# -- what is kept ---------------------------------------------------------------------------------------------


def test_orders_of_several_lines_count_once_and_are_undone_with_half_their_amount():
    def baskets(lines_back: int) -> list[Event]:
        events: list[Event] = []
        for i in range(30):
            came, at = 1_200 + 10 * i, 1_300 + 10 * i
            events.append(join(f"crew{i}", came))
            lines = [("a", 3_000), ("b", 3_000), ("c", 3_000)]
            events += [order(f"crew{i}", at, minor, sku, order_id=f"o{i}") for sku, minor in lines]
            events += [
                order(f"crew{i}", END_S + 900 + i, minor, sku, order_id=f"o{i}", status="cancelled")
                for sku, minor in lines[:lines_back]
            ]
        return events

    assert found(shoppers(), baskets(1)) == []
    [alert] = found(shoppers(), baskets(2))
    assert 28 <= signal(alert, "orders_undone").observed <= 30


def test_an_order_that_is_cancelled_and_refunded_counts_once():
    refunds = fakes(30, 24, back_s=(5 * HOUR_S, 6 * HOUR_S), status="refunded")
    twice = [*fakes(30, 24), *(event for event in refunds if event.ts > ENDED[0].ts)]

    assert signal(found(shoppers(), twice)[0], "orders_undone").observed <= 26


def test_cancels_of_orders_that_nobody_saw_placed_are_passed_over():
    unknown = [order(f"u{i}", END_S + 60 + i, 9_900, order_id=f"x{i}", status="cancelled") for i in range(60)]

    assert found(shoppers(), unknown) == []


def test_a_show_that_goes_quiet_without_an_end_is_watched_too():
    [alert, *_] = alerts(
        shoppers(), fakes(40, 36, back_s=(HOUR_S, 6 * HOUR_S)), partition=Partition(detectors=[FakeOrders])
    )

    assert len(alert.accounts) >= 5
