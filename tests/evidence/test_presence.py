"""Who is there: first and newest times, links that stand, counts that a restore does not change."""

import msgspec
from builders import at_ms, comment, join, leave, order

from streams.evidence.presence import MAX_ACCOUNTS, Presence


def seen(*events) -> Presence:
    presence = Presence()
    for event in events:
        presence.observe(event)
    return presence


def test_an_account_is_here_from_its_join_to_its_leave():
    presence = seen(join("a", 1), join("b", 2), leave("a", 3))

    assert presence.here == 1
    assert presence.viewers["a"].left_ms == at_ms(3)
    presence.observe(join("a", 4))
    assert presence.here == 2
    assert presence.viewers["a"].joined_ms == at_ms(1)


def test_a_leave_without_a_join_and_a_second_join_change_no_count():
    assert seen(leave("a", 1), join("b", 2), join("b", 3)).here == 1


def test_who_only_leaves_or_cancels_was_never_here():
    presence = seen(leave("a", 1), order("b", 2, 100, status="cancelled"))

    assert presence.viewers == {}
    assert seen(order("b", 2, 100)).viewers.keys() == {"b"}


def test_the_first_link_that_an_account_says_stands():
    presence = seen(join("a", 1, device_id="d1"), comment("a", 2, "hi", device_id="d2", ip_prefix="n1"))

    assert presence.viewers["a"].device_id == "d1"
    assert presence.viewers["a"].ip_prefix == "n1"
    assert (presence.sharing("device_id", "d1"), presence.sharing("device_id", "d2")) == (1, 0)


def test_sharing_counts_accounts_whether_it_was_asked_before_or_after():
    presence = seen(join("a", 1, ip_prefix="n"))
    assert presence.sharing("ip_prefix", "n") == 1
    presence.observe(order("b", 2, 100, ip_prefix="n"))
    presence.observe(order("b", 3, 100, ip_prefix="n"))
    presence.observe(join("c", 3))

    assert presence.sharing("ip_prefix", "n") == 2
    assert presence.knowing("ip_prefix") == 2
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(presence), type=Presence)
    assert restored.sharing("ip_prefix", "n") == 2
    assert restored == presence


def test_who_came_between_two_times_counts_both_ends_also_out_of_order():
    presence = seen(join("a", 10), join("late", 5), join("b", 20))

    assert presence.came_between(at_ms(5), at_ms(10)) == 2
    assert presence.came_between(at_ms(10.001), at_ms(19.999)) == 0


def test_the_highest_badge_and_what_was_done_is_known():
    presence = seen(comment("a", 1, "hi", badge=6), comment("a", 2, "hi", badge=2), order("a", 3, 100))
    viewer = presence.viewers["a"]

    assert (viewer.badge, viewer.comments, viewer.orders, viewer.active_ms) == (6, 2, 1, at_ms(3))


def test_an_audience_beyond_the_bound_is_counted_not_known():
    presence = Presence(viewers=dict.fromkeys(map(str, range(MAX_ACCOUNTS))))  # type: ignore[arg-type]
    presence.observe(join("one more", 1))

    assert presence.unknown == 1
    assert "one more" not in presence.viewers


def test_what_is_kept_of_later_acts_keeps_the_one_id_that_is_here():
    first, later = join("".join(["acc", "ount"]), 1), comment("".join(["acco", "unt"]), 2, "hi")
    assert first.account_id is not later.account_id

    presence = seen(first, later)

    assert later.account_id is presence.viewers["account"].account_id


def test_a_source_is_kept_as_it_came_also_where_it_is_in_no_list():
    presence = seen(join("a", 1, source="raid"), join("b", 2, source="hall"))

    assert [viewer.source for viewer in presence.viewers.values()] == ["raid", "hall"]
