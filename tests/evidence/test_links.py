"""What a shared link is worth: much where few have it, little where half the room does, at most 8 bits a kind."""

import pytest
from builders import join

from streams.evidence.links import MAX_KIND_BITS, pair_bits, ties
from streams.evidence.presence import Presence


def room(*shares: tuple[int, dict[str, str]]) -> Presence:
    """So many accounts, each with these links and a device of its own."""
    presence = Presence()
    for group, (count, links) in enumerate(shares):
        for i in range(count):
            account = f"{group}.{i}"
            presence.observe(join(account, i, **{"device_id": f"own {account}", **links}))
    return presence


def members(presence: Presence, group: int, count: int) -> list:
    return [presence.viewers[f"{group}.{i}"] for i in range(count)]


def test_a_pair_that_shares_what_one_in_sixteen_has_is_worth_four_bits():
    presence = room((10, {"ip_prefix": "campus"}), (150, {"ip_prefix": "other"}))

    assert pair_bits("ip_prefix", "campus", presence) == pytest.approx(4)
    assert pair_bits("ip_prefix", "unknown", presence) == 0


def test_a_pair_that_shares_what_nobody_else_has_is_worth_eight_bits_at_most():
    presence = room((2, {"inviter_id": "i"}), (5_000, {"inviter_id": "j"}))

    assert pair_bits("inviter_id", "i", presence) == MAX_KIND_BITS


@pytest.mark.parametrize(("count", "found"), [(2, 0), (3, 1)])
def test_three_make_a_tie_and_two_may_be_a_couple(count: int, found: int):
    presence = room((count, {"address_id": "home"}), (200, {"address_id": "elsewhere"}))

    assert len(ties(members(presence, 0, count), presence)) == found


def test_a_network_that_everybody_has_ties_nobody():
    presence = room((200, {"ip_prefix": "carrier"}))

    assert ties(members(presence, 0, 20), presence) == []


def test_each_kind_counts_once_with_its_strongest_value():
    presence = room((6, {"ip_prefix": "n", "inviter_id": "i"}), (300, {"ip_prefix": "m", "inviter_id": "j"}))
    found = ties(members(presence, 0, 6), presence)

    assert {tie.link for tie in found} == {"ip_prefix", "inviter_id"}
    assert all(tie.members == tie.room == 6 and tie.bits == MAX_KIND_BITS for tie in found)
    assert found[0].name in ("network", "inviter")
