"""What is kept of a show's orders: it comes back as it was, and what nobody shares has no number."""

import msgspec
import pytest
from builders import at_ms, comment, join

from streams.evidence.keeping import MAX_VALUES, NEW_MS, NO, YES, Kept, Placed, keep
from streams.evidence.presence import Presence

BEGINS_MS = at_ms(0)


def presence(*events) -> Presence:
    seen = Presence()
    for event in events:
        seen.observe(event)
    return seen


def placed(number: int, account_id: str, at_s: float, sku="tea", amount_minor=9_900, pay_type="", coupon_id=""):
    return f"order {number}", Placed(number, account_id, at_ms(at_s), sku, amount_minor, pay_type, coupon_id)


def kept(*orders, seen: Presence | None = None) -> Kept:
    return keep(orders, seen or Presence(), BEGINS_MS, at_ms(3_600))


def test_rows_come_back_as_they_were_placed():
    seen = presence(join("a", 5), join("b", 7))

    rows = kept(placed(0, "a", 60), placed(1, "b", 61, amount_minor=2**40), placed(2, "a", 62), seen=seen)

    assert rows.account_ids() == ["a", "b"]
    assert list(rows.accounts_of_rows()) == [0, 1, 0]
    assert list(rows.clock("joined")) == [5_000, 7_000, 5_000]
    assert list(rows.clock("ordered")) == [60_000, 61_000, 62_000]
    assert list(rows.amounts_minor()) == [9_900, 2**32 - 1, 9_900]
    assert [rows.amount_of(row) for row in range(3)] == list(rows.amounts_minor())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(rows), type=Kept) == rows


def test_an_order_is_found_by_its_id_and_another_is_not():
    rows = kept(*(placed(i, f"a{i}", i) for i in range(500)))

    assert [rows.row_of(f"order {i}") for i in range(500)] == list(range(500))
    assert rows.row_of("order 500") is None


def test_a_hash_across_two_rows_is_not_taken_for_an_order():
    rows = kept(placed(0, "a", 1), placed(1, "b", 2))
    across = rows.order[4:12] + rows.order[:4]  # as if another order's hash stood there

    assert Kept(0, order=across + rows.order[:8]).row_of("order 0") in (None, 1, 2)
    assert rows.row_of("") is None


def test_an_account_that_nobody_saw_coming_came_when_it_ordered():
    assert list(kept(placed(0, "a", 60)).clock("joined")) == [60_000]


def test_values_are_numbered_by_how_common_they_are():
    rows = kept(placed(0, "a", 1, "tea"), placed(1, "b", 2, "cup"), placed(2, "c", 3, "cup", pay_type="card"))

    assert rows.names["sku"] == ["cup", "tea"]
    assert rows.columns["sku"] == bytes([2, 1, 1])
    assert rows.columns["pay_type"] == bytes([0, 0, 1])
    assert "coupon_id" not in rows.columns


@pytest.mark.parametrize("link", ["device_id", "ip_prefix", "pay_account_id", "address_id"])
def test_a_link_that_two_buyers_share_has_a_number_and_says_that_it_is_shared(link: str):
    seen = presence(join("a", 1, **{link: "x"}), join("b", 2, **{link: "x"}), join("c", 3, **{link: "y"}), join("d", 4))

    rows = kept(*(placed(i, account, 10 + i) for i, account in enumerate("abcd")), seen=seen)

    assert rows.columns[link] == bytes([1, 1, 0, 0])
    assert rows.columns[f"shares_{link}"] == bytes([YES, YES, NO, 0])


def test_two_orders_of_one_account_share_nothing():
    rows = kept(placed(0, "a", 1), placed(1, "a", 2), seen=presence(join("a", 0, device_id="x", inviter_id="i")))

    assert "device_id" not in rows.columns
    assert "inviter_id" not in rows.columns
    assert rows.columns["shares_device_id"] == rows.columns["shares_inviter_id"] == bytes([NO, NO])


def test_who_is_new_and_who_spoke():
    old, new = at_ms(3_600) - NEW_MS, at_ms(3_600) - NEW_MS + 1
    seen = presence(
        join("a", 1, account_created_ts=old),
        join("b", 2, account_created_ts=new),
        join("c", 3),
        comment("c", 4, "hello"),
    )

    rows = kept(*(placed(i, account, 10 + i) for i, account in enumerate("abcd")), seen=seen)

    assert rows.columns["new"] == bytes([NO, YES, 0, 0])
    assert rows.columns["spoke"] == bytes([NO, NO, YES, 0])


def test_only_the_most_common_values_have_a_number():
    orders = [placed(2 * i + k, f"a{i} {k}", i, f"sku{i:03}") for i in range(300) for k in range(2)]

    rows = kept(*orders)

    assert len(rows.names["sku"]) == MAX_VALUES
    assert rows.columns["sku"][-1] == 0


def test_a_row_takes_no_more_than_fifty_bytes():
    seen = presence(*(join(f"account {i:05}", i / 10, ip_prefix=f"n{i % 40}", source="feed") for i in range(1_000)))
    orders = [placed(i, f"account {i:05}", i / 5, f"sku{i % 20}", pay_type="card") for i in range(1_000)]

    assert len(msgspec.msgpack.encode(kept(*orders, seen=seen))) < 50 * 1_000
