"""What came back of orders: by whose will, how much, and what earlier shows of the room say."""

import pytest
from builders import order

from streams.evidence.returns import EarlierShows, Returned, undone_by

DAY_MS = 86_400_000


def back(status="cancelled", amount_minor=10_000, at=10.0, **fields):
    return order("a", at, amount_minor, status=status, **fields)


@pytest.mark.parametrize(("amount_minor", "undone"), [(4_999, False), (5_000, True)])
def test_an_order_is_undone_once_half_of_its_amount_is_back(amount_minor: int, undone: bool):
    returned = Returned()

    assert returned.add(back(amount_minor=amount_minor), 10_000) is undone
    assert bool(returned.undone_ms) is undone


def test_lines_add_up():
    returned = Returned()

    assert [returned.add(back(amount_minor=3_000, at=at), 10_000) for at in (1, 2, 3)] == [False, True, False]


def test_a_line_that_is_cancelled_and_then_refunded_came_back_once():
    returned = Returned()

    assert not returned.add(back(amount_minor=3_000), 10_000)
    assert not returned.add(back("refunded", amount_minor=3_000), 10_000)


def test_a_small_refund_is_no_return():
    assert not Returned().add(back("refunded", refund_minor=4_999), 10_000)
    assert Returned().add(back("refunded", refund_minor=5_000), 10_000)


@pytest.mark.parametrize("who", ["seller", "system"])
def test_what_the_seller_or_the_system_cancels_is_not_the_buyers_and_no_more_at_risk(who: str):
    returned = Returned()

    assert not returned.add(back(cancelled_by=who), 10_000)
    assert returned.gone
    assert not returned.add(back(), 10_000)


def test_half_of_the_cancels_came_by_the_median():
    assert undone_by(0, 60) == 0
    assert undone_by(60, 60) == 0.5
    assert 0.8 < undone_by(1_000, 60) < 0.9
    assert undone_by(10**9, 60) < 1


def earlier(*shows):
    """Shows of 100 orders, one a day, of which so many were undone."""
    past = EarlierShows()
    for day, undone in enumerate(shows):
        past.ended(f"s{day}", day * DAY_MS, 100, undone, most=5)
    return past


def test_a_room_without_earlier_shows_has_the_usual_share():
    assert earlier().share(0.08, 300, 9 * DAY_MS, DAY_MS) == 0.08
    assert earlier(40).share(0.08, 300, 9 * DAY_MS, DAY_MS) == 0.08


def test_earlier_shows_move_it_and_the_third_with_the_most_does_not():
    calm = earlier(20, 20).share(0.08, 300, 9 * DAY_MS, DAY_MS)

    assert calm == pytest.approx((40 + 24) / 500)
    assert earlier(20, 90, 20).share(0.08, 300, 9 * DAY_MS, DAY_MS) == calm


def test_a_show_of_which_more_will_still_come_back_does_not_count():
    past = earlier(20, 20, 0)

    assert past.share(0.08, 300, 3 * DAY_MS - 1, DAY_MS) == past.share(0.08, 300, 2 * DAY_MS, DAY_MS)


def test_the_newest_shows_are_remembered():
    assert [show.show_id for show in earlier(*range(7)).shows] == ["s2", "s3", "s4", "s5", "s6"]


def test_what_comes_back_later_is_added_to_its_show():
    past = earlier(1, 2)
    past.undo("s0")
    past.undo("unknown")

    assert [show.undone for show in past.shows] == [2, 2]
