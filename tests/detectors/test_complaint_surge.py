"""Complaint surge: what must raise a finding, what must not, and where exactly it begins."""

from random import Random

import msgspec
import pytest
from builders import HOUR_S, alerts, at_ms, buyers, complaint, complaints, marker, near_misses, order, play, signal

from streams.alerts import Alert
from streams.detectors.complaint_surge import ComplaintSurge
from streams.partition import Partition
from streams.rules import make_rule_set, rules_of

SCHEME = "complaint_surge"
DAY_S = 24 * HOUR_S
ENDED = [marker("ended", HOUR_S)]


def found(*groups, **settings):
    partition = Partition(detectors=[ComplaintSurge])
    if settings:
        rules = make_rule_set({SCHEME: settings}, version=1, detectors=[ComplaintSurge])
        partition = Partition(rules=rules_of(rules, [ComplaintSurge]), detectors=[ComplaintSurge])
    last = {alert.incident_id: alert for alert in alerts(*groups, partition=partition)}
    return list(last.values())


def spread(count, *, seed=1, mean_s=36 * HOUR_S, name="buyer", **fields):
    """So many of 10,000 buyers complain at the pace that is usual."""
    random = Random(seed)
    return [
        complaint(f"{name}{i}", 1_800 + random.expovariate(1 / mean_s), random.choice(REASONS), **fields)
        for i in range(count)
    ]


REASONS = ("quality", "counterfeit", "after_sales")


# -- what is found ----------------------------------------------------------------------------------------------------


def test_five_times_the_usual_complaints_raise_one_finding_about_complaints():
    [alert] = found(buyers(400), ENDED, complaints(20))

    assert alert.show_id == "show"
    assert alert.accounts == []
    assert signal(alert, "complaints").observed == 20
    assert signal(alert, "complaints").expected < 3
    assert signal(alert, "of_quality").observed == 20


def test_the_title_says_how_many_how_many_would_be_usual_of_what_and_about_which_item():
    [alert] = found(buyers(400), ENDED, complaints(12), complaints(8, name="buyer2", reason="counterfeit"))

    assert alert.title == (
        "20 complaints about 400 orders, 0 to 5 would be usual by now: 12 quality, 8 counterfeit; 20 about sku0"
    )


def test_it_is_found_while_they_come_in_and_belongs_to_the_show_that_has_ended():
    first, *_ = alerts(buyers(400), ENDED, complaints(40), partition=Partition(detectors=[ComplaintSurge]))

    assert (first.status, first.show_id) == ("open", "show")
    assert first.event_ts < at_ms(20 * HOUR_S + 40 * 600 / 3)


@pytest.mark.parametrize(("count", "raised"), [(5, False), (6, True)])
def test_six_complaints_are_a_surge_where_few_were_sold_and_five_are_not(count: int, raised: bool):
    assert bool(found(buyers(40), ENDED, complaints(count))) is raised


def test_three_times_the_usual_is_found_in_a_large_show():
    assert len(found(buyers(1_500), ENDED, spread(45))) == 1


def test_complaints_about_orders_that_were_quietly_refunded_count():
    sold = buyers(400)
    refunds = [
        order(e.account_id, 19 * HOUR_S + i, e.amount_minor, order_id=e.order_id, status="refunded")
        for i, e in enumerate(sold[:20])
    ]

    assert len(found(sold, ENDED, refunds, complaints(20))) == 1


def test_a_rivals_review_bombing_counts_half_and_is_said():
    bombing = [complaint(f"rival{i}", 5 * HOUR_S + i % 3, "quality") for i in range(60)]
    [alert] = found(buyers(400), ENDED, bombing)

    assert signal(alert, "complaints").observed == 30
    assert "60 of 60 come from accounts that bought nothing here; they count half." in alert.counter_evidence


def test_buyers_who_complain_at_the_same_seconds_count_half_and_it_is_said():
    [alert] = found(buyers(400), ENDED, complaints(40, every_s=0.5))

    assert signal(alert, "complaints").observed == 20
    assert "40 of 40 came at the same seconds as others; they count half." in alert.counter_evidence


def test_complaints_are_found_after_weeks():
    assert len(found(buyers(400), ENDED, complaints(40, after_s=20 * DAY_S))) == 1


# -- what is not ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_usual_complaints_are_silent(seed: int):
    assert found(buyers(3_000), ENDED, spread(30, seed=seed)) == []


def test_the_delivery_wave_of_a_big_sale_is_silent():
    wave = [complaint(f"buyer{i}", 3 * DAY_S + 120 * i, "quality") for i in range(30)]

    assert found(buyers(3_000), ENDED, wave) == []


def test_a_couriers_outage_is_silent_and_said_where_there_is_more():
    outage = complaints(60, name="buyer1", reason="other", every_s=60)
    assert found(buyers(400), ENDED, outage) == []
    [alert] = found(buyers(400), ENDED, outage, complaints(20))
    assert "60 more are about late parcels and the like; they are left out." in alert.counter_evidence


def test_complaints_that_waited_for_the_end_of_a_holiday_are_silent():
    assert found(buyers(3_000), ENDED, [complaint(f"buyer{i}", 7 * DAY_S + 60 * i) for i in range(34)]) == []


def test_complaints_about_orders_of_other_shows_are_left_out():
    other = [complaint(f"someone{i}", 20 * HOUR_S + 60 * i, order_id=f"old{i}") for i in range(40)]

    assert found(buyers(400), ENDED, other) == []


def test_an_account_counts_once():
    again = [complaint("buyer1", 20 * HOUR_S + 60 * i) for i in range(40)]

    assert found(buyers(40), ENDED, again) == []


@pytest.mark.parametrize("days", [0.5, 7.0])
def test_a_platform_whose_complaints_come_within_a_day_or_take_a_week_is_served_by_its_own_rates(days: float):
    own = {"usual_delay_ms": int(days * DAY_S * 1_000), "usual_complaint_share": 0.02}
    usual = spread(60, mean_s=days * DAY_S)
    surge = spread(240, mean_s=days * DAY_S)

    assert found(buyers(3_000), ENDED, usual, **own) == []
    assert len(found(buyers(3_000), ENDED, surge, **own)) == 1


def test_a_room_that_is_usually_complained_of_more_is_compared_with_its_own_shows():
    earlier = [
        e
        for day in range(6)
        for e in (
            *[_on(day, e) for e in buyers(600, name=f"d{day} ")],
            _on(day, marker("ended", HOUR_S)),
            *[_on(day, e) for e in complaints(20, name=f"d{day} ", after_s=2 * HOUR_S, every_s=300)],
        )
    ]
    tonight = [
        _on(40, e) for e in (*buyers(600), marker("ended", HOUR_S), *complaints(20, after_s=2 * DAY_S, every_s=3_000))
    ]

    assert [alert for alert in found(tonight) if alert.show_id == "show 40"] != []
    assert [alert for alert in found(earlier, tonight) if alert.show_id == "show 40"] == []


def _on(day, event):
    """The same on another day, in a show of its own."""
    return msgspec.structs.replace(
        event, ts=event.ts + day * DAY_S * 1_000, show_id=f"show {day}", event_id=f"{day} {event.event_id}"
    )


# -- what is said -----------------------------------------------------------------------------------------------------


def test_a_near_miss_says_what_was_missing():
    missed = near_misses(buyers(40), ENDED, complaints(5), scheme=SCHEME)

    assert missed
    assert "6 complaints are needed" in missed[-1].counterfactual.sentence


def test_the_counterfactual_holds_when_it_is_applied():
    said = complaints(20)
    [alert] = found(buyers(400), ENDED, said)
    fewer = int(alert.counterfactual.numbers["complaints_fewer"])

    def told(count: int) -> list[Alert]:
        """The finding at the time of the last, with fewer of the latest before it."""
        kept = said[: len(said) - count]
        return found(buyers(400), ENDED, kept)

    assert 0 < fewer < 20
    assert told(fewer) == [] or told(fewer)[0].revision < alert.revision


def test_what_was_cancelled_is_not_expected_to_be_complained_of():
    sold = buyers(400)
    cancels = [
        order(e.account_id, 2 * HOUR_S + i, e.amount_minor, order_id=e.order_id, status="cancelled")
        for i, e in enumerate(sold[200:])
    ]
    [all_kept], [half_kept] = found(sold, ENDED, complaints(20)), found(sold, cancels, ENDED, complaints(20))

    before, after = signal(all_kept, "complaints").expected, signal(half_kept, "complaints").expected
    assert after == pytest.approx(before / 2)
    assert "200 of 400 orders were cancelled; they are not counted." in half_kept.counter_evidence
    assert play(sold, ENDED, scheme=SCHEME) == []
