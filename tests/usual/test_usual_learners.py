"""What learners make of whole shows: rates that are known come back, staged shows or not."""

from random import Random

import msgspec
import pytest
from builders import audience, claque
from evenings import evening, scanned, told
from logs import at, comment, join, marker, order
from usual_histories import DAY_S, HOUR_S, sale, sales, taught

from streams.detectors import DETECTORS
from streams.detectors.inflated_viewers import InflatedViewers
from streams.events import Event
from streams.rules import default_rules
from streams.usual import LEARNERS, NOT_LEARNED, beside, learners, rates_of, usual_fields
from streams.usual.audience import Audience
from streams.usual.baskets import Baskets
from streams.usual.cancels import Cancels
from streams.usual.complaints import Complaints
from streams.usual.learned import LEAST_SHOWS, Learned, Rate, Unknown
from streams.usual.losses import Losses


def known(rate: Rate) -> Learned:
    assert isinstance(rate, Learned), rate
    return rate


# -- the list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.SCHEME)
def test_every_usual_rate_has_a_learner_or_a_reason(detector):
    learned = {field for learner in LEARNERS if learner.OF == detector.SCHEME for field in learner.FIELDS}
    left_out = {field for scheme, field in NOT_LEARNED if scheme == detector.SCHEME}

    assert set(usual_fields(detector)) <= learned | left_out
    assert not learned & left_out
    assert all(reason for reason in NOT_LEARNED.values())


def test_no_learner_and_no_reason_is_about_a_setting_that_is_gone():
    there = {(detector.SCHEME, field) for detector in DETECTORS for field in usual_fields(detector)}
    meant = {(learner.OF, field) for learner in LEARNERS for field in learner.FIELDS} | set(NOT_LEARNED)

    assert meant == there


def test_learners_beside_the_detectors_change_no_alert():
    watched = beside(default_rules(), learners(), default_rules().detectors)

    found, scan = scanned(evening(3).events)
    beside_learners, watched_scan = scanned(evening(3).events, watched)

    assert told(found)
    assert told(beside_learners) == told(found)
    assert (scan.summary.failures, watched_scan.summary.failures) == (0, 0)


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.OF)
def test_a_learner_knows_detectors_by_their_names_only(learner):
    assert learner.SCHEME not in {detector.SCHEME for detector in DETECTORS}
    assert set(learner().rates()) == set(learner.FIELDS)


def test_without_a_history_every_rate_stays_with_a_sentence_that_says_what_is_missing():
    rates = [rate for fields in rates_of(learners()).values() for rate in fields.values()]

    assert rates
    assert all(isinstance(rate, Unknown) and "needed" in rate.missing for rate in rates)


# -- cancels ------------------------------------------------------------------------------------------------------


def test_cancels_and_their_lag_are_recovered():
    rates = taught(Cancels(), *sales(40, cancels=0.1, cancel_lag_s=1_800)).rates()

    share, lag = known(rates["usual_cancel_share"]), known(rates["usual_cancel_lag_ms"])
    assert share.low <= 0.1 <= share.high
    assert lag.low <= 1_800_000 <= lag.high
    assert share.rests_on == "40 shows, 4,000 orders"


def test_where_some_cancel_at_once_and_others_days_later_the_quick_ones_say_what_is_usual():
    quick = [sale(number, cancel_lag_s=600, cancels=0.1) for number in range(0, 40, 2)]
    slow = [sale(number, cancel_lag_s=2 * DAY_S, cancels=0.1) for number in range(1, 40, 2)]

    lag = known(taught(Cancels(), *quick, *slow).rates()["usual_cancel_lag_ms"])

    assert 600_000 < lag.value < 4 * 600_000


def test_shows_with_fake_orders_do_not_move_the_cancel_share():
    clean = known(taught(Cancels(), *sales(40)[8:]).rates()["usual_cancel_share"])
    staged = known(taught(Cancels(), *sales(40, staged=8)).rates()["usual_cancel_share"])

    assert staged.value == pytest.approx(clean.value, rel=0.1)
    assert 7 <= staged.staged <= 9


def test_what_the_system_or_the_seller_cancels_is_no_cancel_and_no_order():
    history = [*sales(12, cancels=0.3)]
    for events in history:
        for place, event in enumerate(events):
            if getattr(event, "status", None) == "cancelled":
                events[place] = msgspec.structs.replace(event, cancelled_by="system")

    rate = taught(Cancels(), *history).rates()["usual_cancel_share"]

    assert rate == Unknown("only 0 orders were undone, 30 are needed")


def test_a_refund_of_less_than_half_undoes_nothing_and_one_of_half_does():
    def undone(refund_minor: int) -> int:
        events: list[Event] = [
            order(1, order_id="o"),
            order(9, status="refunded", order_id="o", refund_minor=refund_minor),
        ]
        return sum(row.undone for row in taught(Cancels(), events).rows)

    assert undone(4_949) == 0
    assert undone(4_950) == 1


def test_seven_shows_teach_nothing_and_eight_do():
    seven = taught(Cancels(), *sales(LEAST_SHOWS - 1)).rates()["usual_cancel_share"]

    assert seven == Unknown("only 7 shows have orders that the history follows for six hours, 8 are needed")
    assert isinstance(taught(Cancels(), *sales(LEAST_SHOWS)).rates()["usual_cancel_share"], Learned)


def test_what_the_end_of_the_history_cuts_off_is_added():
    # after the newest show nothing follows for more than half a day
    rates = taught(Cancels(), *sales(40, cancel_lag_s=3 * HOUR_S, follow_s=12 * HOUR_S)).rates()

    share = known(rates["usual_cancel_share"])
    assert share.low <= 0.1 <= share.high


# -- complaints ---------------------------------------------------------------------------------------------------


def test_complaints_and_their_delay_are_recovered():
    rates = taught(Complaints(), *sales(40, complaints=0.05, delay_s=30 * HOUR_S)).rates()

    share, delay = known(rates["usual_complaint_share"]), known(rates["usual_delay_ms"])
    assert share.low <= 0.05 <= share.high
    assert delay.low <= 30 * HOUR_S * 1000 <= delay.high


def test_shows_whose_buyers_complain_do_not_move_the_rate():
    clean = known(taught(Complaints(), *sales(40, complaints=0.05)[8:]).rates()["usual_complaint_share"])
    staged = known(taught(Complaints(), *sales(40, staged=8, complaints=0.05)).rates()["usual_complaint_share"])

    assert staged.value == pytest.approx(clean.value, rel=0.1)


def test_complaints_of_a_history_that_ends_at_once_are_not_learned():
    rates = taught(Complaints(), *sales(12, follow_s=HOUR_S)).rates()

    assert set(rates.values()) == {Unknown("no show has orders that the history follows for a day, 8 are needed")}


def test_while_complaints_still_come_at_the_end_of_the_history_their_delay_is_not_learned():
    rates = taught(Complaints(), *sales(30, complaints=0.2, delay_s=10 * DAY_S, follow_s=4 * DAY_S)).rates()

    missing = "the history ends before most complaints have come: give it more of what came after"
    assert rates["usual_delay_ms"] == Unknown(missing)


def test_one_buyer_complains_once_and_late_parcels_are_no_complaint():
    events = sale(1, complaints=1.0, cancels=0.0, orders=20)
    said = [event for event in events if event.TOPIC == "live.complaints"]
    again = [msgspec.structs.replace(one, event_id=f"again {one.event_id}", complaint_id="more") for one in said]
    late = [msgspec.structs.replace(one, reason="other") for one in sale(2, complaints=1.0, cancels=0.0) if one in said]

    [row] = [row for row in taught(Complaints(), events, again, late).rows if row.orders]

    assert row.complaints == len(said)


# -- the others ---------------------------------------------------------------------------------------------------


def baskets(number: int, things: float, pieces: float) -> list[Event]:
    """A show of 60 buyers who go on to a next thing, and a next piece, with these chances."""
    random, events = Random(number), []
    for buyer in range(60):
        thing = 0
        while True:
            quantity = 1
            while random.random() < pieces:
                quantity += 1
            line = {"room_id": f"r{number}", "show_id": f"s{number}", "order_id": f"o{number}-{buyer}"}
            who, second = f"a{number}-{buyer}", number * 100 + buyer
            events.append(
                order(second, who, **line, sku=f"t{thing}", quantity=quantity, event_id=f"{number}/{buyer}/{thing}")
            )
            thing += 1
            if random.random() >= things:
                break
    return list(events)


def test_baskets_are_recovered():
    rates = taught(Baskets(), *(baskets(number, 0.4, 0.2) for number in range(20))).rates()

    things, pieces = known(rates["usual_more_things_share"]), known(rates["usual_more_pieces_share"])
    assert things.low <= 0.4 <= things.high
    assert pieces.low <= 0.2 <= pieces.high


def priced(number: int, losing: int) -> list[Event]:
    """A show of 100 orders of ten things that cost six tenths; some go for half."""
    return [
        order(
            number * 200 + place,
            f"a{number}-{place}",
            room_id=f"r{number}",
            show_id=f"s{number}",
            sku=f"t{place % 10}",
            amount_minor=500 if place < losing else 1_000,
            unit_cost_minor=600,
        )
        for place in range(100)
    ]


def test_losses_and_least_costs_are_recovered_though_some_shows_sell_at_a_loss():
    shows = [priced(number, 50 if number < 4 else number % 3) for number in range(24)]

    rates = taught(Losses(), *shows).rates()

    share, cost = known(rates["usual_loss_share"]), known(rates["usual_least_cost_share"])
    assert share.low <= 0.01 <= share.high
    assert cost.value == pytest.approx(0.6, rel=0.02)


def test_what_is_announced_is_no_loss():
    shows = [priced(number, 50) for number in range(12)]
    sales_on = [
        marker(number * 200 + 0.5, "flash_sale", until_ts=at(1e6), room_id=f"r{number}", show_id=f"s{number}")
        for number in range(12)
    ]

    rate = taught(Losses(), *shows, sales_on).rates()["usual_loss_share"]

    assert rate == Unknown("no show has 20 orders or more whose costs are told, 8 are needed")


def visits(number: int, bots: int = 0) -> list[Event]:
    """A show of 150 viewers who stay for five minutes, of whom three in ten speak at once; bots stay and do nothing."""
    where = {"room_id": f"r{number}", "show_id": f"s{number}"}
    random, events = Random(number), []
    for viewer in range(150 + bots):
        who, second = f"v{number}-{viewer}", 2_000 * number + 10.0 * viewer / (1 + bots / 150)
        device = {"device_id": f"d{number}-{viewer // 2 if viewer < 30 else viewer}"}
        events.append(join(second, who, **where, source="feed", **device))
        events.append(join(second + 300, who, **where, action="leave"))
        if viewer < 150 and random.random() < 0.3:
            events.append(comment(second + 20, "hello", who, **where))
    return list(events)


def test_an_audience_is_described_and_bots_in_a_fifth_of_the_shows_change_little():
    clean, staged = (
        taught(Audience(), *(visits(number, 500 if number < farms else 0) for number in range(15))).rates()
        for farms in (0, 3)
    )

    before, after = known(clean["usual_active_3min_share"]), known(staged["usual_active_3min_share"])
    assert before.low <= 0.3 <= before.high
    assert after.value == pytest.approx(before.value, rel=0.1)
    assert after.staged == 3
    idle = known(clean["usual_idle_3min_share"])
    assert idle.low <= 0.7 <= idle.high


def test_rooms_may_differ_less_once_it_is_learned_how_much_they_do():
    rate = known(taught(Audience(), *(visits(number) for number in range(20))).rates()["usual_room_ratio"])

    assert 1.0 < rate.value < 2.0 < InflatedViewers().usual_room_ratio
    assert taught(Audience(), visits(1)).rates()["usual_room_ratio"] == Unknown(
        "no show has 20 viewers or more of whom it is known how long they stay, 8 are needed"
    )


def test_what_people_have_in_common_is_learned_from_those_who_act():
    rates = taught(Audience(), *(visits(number) for number in range(30))).rates()

    share = known(rates["usual_device_share"])
    assert share.low <= 0.2 <= share.high


def test_where_no_leave_is_told_nobody_knows_who_stayed():
    shows = [[event for event in visits(number) if getattr(event, "action", "") != "leave"] for number in range(15)]

    rates = taught(Audience(), *shows).rates()

    assert isinstance(rates["usual_active_3min_share"], Unknown)


# -- all of them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.OF)
def test_what_is_kept_of_a_show_does_not_grow_with_it(learner):
    sizes = []
    for orders in (50, 400):
        events = [*sale(1, orders=orders), *audience(2 * orders), *claque(8)]
        rows = taught(learner(), events).rows
        sizes.append(len(msgspec.msgpack.encode(rows)))

    assert sizes[1] < sizes[0] + 600  # lags are counted by a bounded number of steps


def test_the_same_history_teaches_the_same_and_an_event_given_twice_nothing_more():
    history = [event for events in sales(10, staged=2) for event in events]

    once, again, twice = (
        [taught(kind(), events).rates() for kind in LEARNERS] for events in (history, history[:], [*history, *history])
    )

    assert once == again == twice


def test_one_wrong_clock_does_not_say_how_far_the_history_goes():
    wrong = order(400 * DAY_S, "a9", room_id="r9", show_id="s9", event_id="wrong")

    assert taught(Cancels(), *sales(8), [wrong]).newest_ms < 100 * DAY_S * 1000 + sale(0)[0].ts
