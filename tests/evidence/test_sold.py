"""What a show sold, as it is kept for complaints: counts by time, and ids in four bytes each."""

import pytest
from builders import at_ms, complaint, order

from streams.evidence.known import hash_of, holds, packed
from streams.evidence.sold import MAX_SLOTS, SLOT_MS, Sold, come_share

DAY_MS = 86_400_000


def sold_to(count, *, max_orders=100, every_s=60):
    sold = Sold()
    for i in range(count):
        sold.place(order(f"a{i}", every_s * i, 100, order_id=f"o{i}"), max_orders)
    return sold


def test_packed_ids_are_known_and_others_are_not():
    known = packed(hash_of(f"o{i}") for i in range(100))

    assert len(known) == 400
    assert all(holds(known, f"o{i}") for i in range(100))
    assert not any(holds(known, f"x{i}") for i in range(100))
    assert not holds(b"", "o1")


def test_an_order_of_many_lines_counts_once_on_air_and_after():
    sold = sold_to(3)
    sold.place(order("a0", 1, 50, "padding", order_id="o0"), 100)
    sold.end()
    sold.place(order("a0", 1, 50, "padding", order_id="o0"), 100)

    assert (sold.total, sold.kept) == (3, 3)
    assert (len(sold.known_orders), sold.orders) == (12, {})


def test_a_cancelled_order_is_taken_back_once_and_another_shows_not():
    sold = sold_to(3)
    sold.end()

    assert sold.cancel(order("a0", 90, 100, order_id="o0", status="cancelled"))
    assert not sold.cancel(order("a0", 91, 100, order_id="o0", status="cancelled"))
    assert not sold.cancel(order("z", 91, 100, order_id="another", status="cancelled"))
    assert sold.kept == 2


def test_who_bought_is_known_also_after_the_show():
    sold = sold_to(3)
    assert sold.bought("a1")
    sold.end()
    assert sold.bought("a1")
    assert not sold.bought("z")


def test_a_complaint_is_about_another_show_where_it_names_an_order_of_another():
    sold = sold_to(3)

    assert sold.is_about_another(complaint("a1", 90, order_id="another"), 100)
    assert not sold.is_about_another(complaint("a1", 90, order_id="o1"), 100)
    assert not sold.is_about_another(complaint("z", 90), 100)
    assert not sold_to(3, max_orders=2).is_about_another(complaint("z", 90, order_id="another"), 2)


def test_what_is_due_grows_to_the_orders_kept():
    sold = sold_to(10, every_s=0)
    sold.cancel(order("a0", 90, 100, order_id="o0", status="cancelled"))

    assert sold.due(at_ms(0) - SLOT_MS, DAY_MS) == 0
    assert sold.due(at_ms(0) + DAY_MS, DAY_MS) == pytest.approx(9 * come_share(DAY_MS, DAY_MS), rel=0.01)
    assert sold.due(at_ms(0) + 100 * DAY_MS, DAY_MS) == pytest.approx(9)
    assert Sold().due(at_ms(0), DAY_MS) == 0


def test_slots_are_bounded():
    sold = sold_to(MAX_SLOTS + 50, every_s=SLOT_MS // 1_000)

    assert len(sold.slots) == MAX_SLOTS
    assert sum(sold.slots.values()) == sold.total == MAX_SLOTS + 50
