"""Coordinated purchases: what must raise a finding, what must not, and where exactly it begins."""

from random import Random

import pytest
from builders import (
    PRICES,
    accounts_of,
    at_ms,
    audience,
    basket,
    crew,
    crew_ids,
    join,
    marker,
    near_misses,
    order,
    play,
    signal,
)

from streams.events import Event

SCHEME = "coordinated_purchases"


def bought(*groups):
    return play(*groups, scheme=SCHEME)


def test_twelve_who_come_together_and_spend_one_sum_raise_one_finding_that_names_them():
    [alert] = bought(audience(300), crew(12))

    assert set(accounts_of(alert)) >= set(crew_ids(12))
    assert len(alert.accounts) <= 15
    assert signal(alert, "joined_together").observed == 12
    assert signal(alert, "sums_hug").observed >= 12
    assert signal(alert, "sums_hug").bits > 10


def test_the_title_says_how_many_spent_how_much_and_came_how_close():
    [alert] = bought(audience(300), crew(12, ip_prefix="one network"))

    assert "accounts spent 10" in alert.title
    assert "12 of them joined within 60 s" in alert.title
    assert "12 share one network" in alert.title
    assert "% did" in alert.title


def test_the_evidence_is_their_joins_and_orders_and_the_window_spans_it():
    [alert] = bought(audience(300), crew(12))
    by_crew = [act for act in alert.evidence if act.account_id.startswith("crew")]

    assert {act.topic for act in by_crew} == {"live.joins", "live.orders"}
    assert len(by_crew) == 36
    assert alert.evidence_total == len(alert.evidence)
    assert alert.window.start == min(act.ts for act in alert.evidence)
    assert alert.window.end == max(act.ts for act in alert.evidence)
    assert alert.impact.currency == "CNY"
    assert alert.impact.orders >= 12


@pytest.mark.parametrize(("count", "found"), [(4, False), (5, True)])
def test_five_are_a_crew_and_four_are_not(count: int, found: bool):
    assert bool(bought(audience(300), crew(count, spends=50_000, band=0.02, ip_prefix="one network"))) is found


def test_a_crew_that_takes_half_an_hour_and_shares_nothing_is_still_found():
    [alert] = bought(audience(300), crew(20, joins_within_s=1_500, buys_within_s=300, at_s=600))

    assert len(set(accounts_of(alert)) & set(crew_ids(20))) >= 18


def test_a_crew_that_splits_its_sum_over_orders_minutes_apart_is_found():
    events = audience(300)
    for i, account in enumerate(crew_ids(14)):
        events.append(join(account, 900 + 20 * i))
        first = 2_000 + 317 * i
        events.append(order(account, 1_000 + 20 * i, first, f"sku{i % 9}"))
        events.append(order(account, 1_900 + 13 * i, 10_000 + 30 * i - first, f"padding{i}"))

    [alert] = bought(events)
    assert set(crew_ids(14)) <= set(accounts_of(alert))


def test_a_crew_that_shares_an_inviter_is_found_where_everything_has_one_price():
    audience_of_one_price = [
        event for i in range(150) for event in (join(f"v{i}", 20 * i), order(f"v{i}", 20 * i + 60, 9_900))
    ]
    hired = []
    for i, account in enumerate(crew_ids(12)):
        hired += [join(account, 1_200 + 5 * i, inviter_id="agency"), order(account, 1_300 + 7 * i, 19_800, quantity=2)]

    [alert] = bought(audience_of_one_price, hired)
    assert sorted(accounts_of(alert)) == sorted(crew_ids(12))


def test_a_crew_of_which_all_buy_the_one_thing_there_is_is_found_and_guests_of_whom_some_do_are_not():
    few_buy = [join(f"v{i}", 10 * i) for i in range(300)]
    few_buy += [order(f"v{i}", 10 * i + 60, 9_900) for i in range(0, 300, 6)]
    called = [join(account, 1_200 + 5 * i, inviter_id="agency") for i, account in enumerate(crew_ids(12))]
    all_buy = [order(account, 1_300 + 7 * i, 9_900) for i, account in enumerate(crew_ids(12))]

    [alert] = bought(few_buy, called, all_buy)
    assert sorted(accounts_of(alert)) == sorted(crew_ids(12))
    assert bought(few_buy, called, all_buy[:9]) == []


def test_a_crew_that_takes_two_pieces_in_two_waves_is_found_where_everything_has_one_price():
    random = Random(7)
    audience_of_one_price = []
    for i in range(150):
        came = 20 * i
        pieces = random.choice((1, 1, 1, 1, 2, 3))
        audience_of_one_price += [join(f"v{i}", came), order(f"v{i}", came + 60, 9_900 * pieces, quantity=pieces)]
    hired = []
    for i, account in enumerate(crew_ids(16)):
        came = (1_200 if i % 2 else 1_400) + 3 * i
        hired += [join(account, came), order(account, came + 30 + 20 * i, 29_700, quantity=3)]

    assert bought(audience_of_one_price) == []
    [alert] = bought(audience_of_one_price, hired)
    assert len(set(accounts_of(alert)) & set(crew_ids(16))) >= 15


def test_a_room_without_a_crew_is_silent():
    assert all(bought(audience(300, seed=seed)) == [] for seed in range(3))


def test_the_same_buyers_spread_over_the_hour_with_sums_of_their_own_are_silent():
    random = Random(5)
    spread = []
    for i, account in enumerate(crew_ids(12)):
        spread += [join(account, 100 + 250 * i), *basket(account, 160 + 250 * i, random)]

    assert bought(audience(300), spread) == []


def test_a_flash_sale_is_silent():
    sale = [marker("flash_sale", 1_200, 1_320, sku="sku3")]
    for i in range(120):
        sale += [join(f"f{i}", 1_150 + i), order(f"f{i}", 1_205 + i, 3_990, "sku3")]

    assert bought(audience(300), sale) == []


def test_one_price_for_all_is_silent():
    assert bought([e for i in range(200) for e in (join(f"v{i}", 15 * i), order(f"v{i}", 15 * i + 60, 9_900))]) == []


def test_a_dear_thing_that_many_buy_with_something_small_is_silent():
    random = Random(5)
    favourite = []
    for i in range(16):
        came = 150 * i + random.uniform(0, 100)
        favourite += [
            join(f"f{i}", came),
            order(f"f{i}", came + 90, 30_000, "dear"),
            order(f"f{i}", came + 91, random.randrange(500, 1_800), f"small{i % 13}"),
        ]

    assert bought(audience(300), favourite) == []


def test_a_declared_promotion_is_silent_and_an_undeclared_crew_at_its_sum_is_not():
    random = Random(3)
    reached = []
    for i in range(40):
        came = random.uniform(100, 3_000)
        total = 20_000 + int(random.expovariate(1 / 900))
        first = random.randrange(3_000, 15_000)
        reached += [
            join(f"p{i}", came),
            order(f"p{i}", came + 90, first, random.choice(list(PRICES))),
            order(f"p{i}", came + 91, total - first, f"small{i % 13}"),
        ]
    promotion = [marker("promotion", 60, 3_600, threshold_minor=20_000, text="200 - 20")]

    assert bought(audience(300), reached, promotion) == []
    hired = crew(16, spends=20_000, joins_within_s=50, ip_prefix="n", inviter_id="agency")
    [alert] = bought(audience(300), reached, promotion, hired)
    assert len(set(crew_ids(16)) & set(accounts_of(alert))) >= 14


def test_a_campus_that_shares_one_network_is_silent():
    random = Random(4)
    campus = []
    for i in range(80):
        came = random.gauss(1_500, 200)
        campus.append(join(f"s{i}", came, ip_prefix="campus", address_id="gate"))
        if random.random() < 0.25:
            campus += basket(f"s{i}", came + random.uniform(60, 400), random)

    assert bought(audience(300), campus) == []


def test_colleagues_who_order_one_thing_to_one_address_are_silent():
    office = []
    for i in range(14):
        shared = {"ip_prefix": "office", "address_id": "office"}
        office += [join(f"w{i}", 1_000 + 15 * i, **shared), order(f"w{i}", 1_200 + 11 * i, 4_990, "sku3", **shared)]

    assert bought(audience(300), office) == []


def test_a_family_is_silent():
    family = [join(f"f{i}", 500 + 9 * i, address_id="home", ip_prefix="home") for i in range(5)]
    family += [order(f"f{i}", 700 + 20 * i, 5_000 + 700 * i, f"sku{i}", address_id="home") for i in range(5)]

    assert bought(audience(300), family) == []


def test_an_order_told_twice_counts_once_also_after_a_minute():
    hired = crew(12)
    told_again = [
        order(e.account_id, (e.ts - at_ms(0)) / 1_000 + 300, e.amount_minor, e.sku, order_id=e.order_id)
        for e in hired
        if hasattr(e, "sku")
    ]
    [once], [twice] = bought(audience(300), hired), bought(audience(300), hired, told_again)

    assert once.accounts == twice.accounts


def test_a_near_miss_says_what_was_missing():
    missed = near_misses(audience(300), crew(4), scheme=SCHEME)

    assert missed
    assert all(0 <= finding.score < 0.5 or finding.counterfactual.numbers["bits"] < 40 for finding in missed)
    assert all("needed" in f.counterfactual.sentence or "below" in f.counterfactual.sentence for f in missed)


def test_what_speaks_against_it_is_said():
    old = {"account_created_ts": at_ms(0) - 2 * 365 * 86_400_000}
    hired = [type(e)(**{**{f: getattr(e, f) for f in e.__struct_fields__}, **old}) for e in crew(12, ip_prefix="n")]
    [alert] = bought(audience(300), hired, [marker("flash_sale", 1_190, 1_400, sku="sku8")])

    assert any("flash sale" in sentence for sentence in alert.counter_evidence)
    assert any("older than a year" in sentence for sentence in alert.counter_evidence)
    assert any("one network only" in sentence for sentence in alert.counter_evidence)


def test_the_counterfactual_is_the_arithmetic_without_each_kind():
    [alert] = bought(audience(300), crew(12, ip_prefix="n"))
    numbers = alert.counterfactual.numbers
    links = sum(s.bits for s in alert.signals if s.name.startswith("shared_"))

    assert numbers["bits"] - numbers["without_links_bits"] == pytest.approx(links, abs=0.01)
    assert numbers["accounts_fewer"] >= 1
    assert f"{numbers['accounts_fewer']:g} account" in alert.counterfactual.sentence


def test_without_as_many_accounts_as_the_counterfactual_says_it_is_silent():
    events = [*audience(300), *crew(12)]
    [alert] = bought(events)
    fewer = int(alert.counterfactual.numbers["accounts_fewer"])
    gone = set(accounts_of(alert)[:fewer])

    assert 0 < fewer < len(alert.accounts)
    assert bought([event for event in events if event.account_id not in gone]) == []


def test_a_crew_that_fills_its_sum_up_with_what_is_in_a_flash_sale_is_still_found():
    sale = [marker("flash_sale", 1_200, 1_320, sku="sku3")]
    for i in range(60):
        sale += [join(f"f{i}", 1_150 + i), order(f"f{i}", 1_205 + i, 3_990, "sku3")]

    [alert] = bought(audience(300), sale, crew(12))
    assert len(set(accounts_of(alert)) & set(crew_ids(12))) >= 11


def test_people_who_fill_up_for_a_code_that_no_marker_tells_of_are_silent_and_without_it_they_would_not_be():
    random = Random(6)

    def filled_up(code: str | None) -> list[Event]:
        events: list[Event] = []
        for i in range(40):
            came = random.uniform(100, 3_000)
            total = 18_000 + int(random.expovariate(1 / 700))
            first = random.randrange(3_000, 15_000)
            events += [
                join(f"p{i}", came, source="feed"),
                order(f"p{i}", came + 90, first, random.choice(list(PRICES)), order_id=f"p{i}", coupon_id=code),
                order(f"p{i}", came + 91, total - first, f"small{i % 13}", order_id=f"p{i}", coupon_id=code),
            ]
        return events

    assert bought(audience(300), filled_up("code")) == []
    assert bought(audience(300), filled_up(None))
