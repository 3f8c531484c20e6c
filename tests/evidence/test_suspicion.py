"""Who of a band is meant: those who came with the others, and who shares their link though not their sum."""

from builders import join, order

from streams.evidence.alike import alike
from streams.evidence.hug import Band
from streams.evidence.presence import Presence
from streams.evidence.purses import Purse
from streams.evidence.suspicion import closest, meant, suspicion


def came(presence: Presence, name: str, seconds: float, **shared: str) -> None:
    presence.observe(join(name, seconds, source="feed", **shared))


def purse(name: str, price: int, quantity: int = 1, sku: str = "") -> Purse:
    made = Purse(name, "CNY")
    made.add(order(name, 1, price * quantity, sku or name, quantity=quantity))
    return made


def evening() -> tuple[Presence, list[Purse], list[Purse]]:
    """Ten who come within a minute, a stranger at their sum, a rebel with their inviter, and the rest of the room."""
    presence = Presence()
    for i in range(10):
        came(presence, f"crew{i}", 1_000 + 5 * i, inviter_id="agency")
    for i in range(300):
        came(presence, f"v{i}", 12 * i, inviter_id=f"friend{i}")
    came(presence, "rebel", 1_020, inviter_id="agency")
    inside = [purse(f"crew{i}", 10_000 + 40 * i) for i in range(10)] + [purse("v0", 10_100)]
    return presence, sorted(inside, key=lambda p: p.sum_minor), [purse("rebel", 3_000), purse("v7", 3_100)]


def test_who_came_at_another_time_and_shares_no_link_is_not_meant_and_a_rebel_is():
    presence, inside, others = evening()
    band = Band(10_000, 10_400, 0, len(inside), float(len(inside)), 2.0, 20.0)
    found = suspicion(band, 15.0, 2.0, inside, others, presence)
    names = {p.account_id for p in meant(found, [], [*others, *inside], presence)}

    assert names == {f"crew{i}" for i in range(10)} | {"rebel"}


def test_a_link_counts_while_half_of_those_who_share_it_and_bought_are_inside_and_no_longer():
    presence, inside, _ = evening()
    for i in range(11):
        came(presence, f"else{i}", 2_000 + 90 * i, inviter_id="agency")
    band = Band(10_000, 10_400, 0, len(inside), float(len(inside)), 2.0, 20.0)
    elsewhere = [purse(f"else{i}", 3_000 + 500 * i) for i in range(11)]
    half = suspicion(band, 15.0, 2.0, inside, elsewhere[:10], presence)
    fewer = suspicion(band, 15.0, 2.0, inside, elsewhere, presence)

    assert [tie.value for tie in half.ties] == ["agency"]
    assert half.link_bits > 0
    assert fewer.ties == ()
    assert fewer.link_bits == 0.0


def test_a_group_that_came_together_and_takes_three_pieces_each_is_alike_and_one_that_takes_one_is_not():
    presence, _, _ = evening()
    threes = [purse(f"crew{i}", 9_900, 3, "x") for i in range(10)]
    ones = [purse(f"crew{i}", 9_900, 1, "x") for i in range(10)]

    assert [group for group, _ in alike(threes, [29_700] * 10, [29_700], presence, (), 3.0)] == [threes]
    assert alike(ones, [9_900] * 10, [9_900], presence, (), 3.0) == []
    assert alike(threes, [29_700] * 10, [29_700], presence, ("x",), 3.0) == []


def test_in_a_shop_of_one_thing_it_counts_how_much_more_of_those_who_came_then_took_as_many():
    presence, _, _ = evening()
    crew = [purse(f"crew{i}", 9_900, 3, "x") for i in range(10)]
    ones = [purse(f"v{i}", 9_900, 1, "x") for i in range(40)]
    threes = [purse(f"v{i}", 9_900, 3, "x") for i in range(40, 44)]
    purses = [*ones, *threes, *crew]
    sums = [p.sum_minor for p in purses]

    [(group, bits)] = alike(purses, sums, [29_700], presence, (), 3.0)
    assert group == [*threes, *crew]
    assert bits > 20
    [(_, of_two_things)] = alike(
        [*ones[1:], purse("v0", 9_900, 1, "y"), *threes, *crew], sums, [29_700], presence, (), 3.0
    )
    assert of_two_things == 0.0
    [(few, of_few)] = alike([*ones, *crew[:6]], [9_900] * 40 + [29_700] * 6, [29_700], presence, (), 3.0)
    assert len(few) == 6
    assert of_few == 0.0


def test_a_coupon_that_may_ask_for_so_many_pieces_leaves_their_coming_together_without_a_word_on_the_sum():
    presence, _, _ = evening()
    crew = [purse(f"crew{i}", 9_900, 3, "x") for i in range(10)]
    ones = [purse(f"v{i}", 9_900, 1, "x") for i in range(40)]
    for of in crew[:6]:
        of.coupon = True
    purses = [*ones, *crew]

    [(group, bits)] = alike(purses, [p.sum_minor for p in purses], [29_700], presence, (), 3.0)
    assert group == crew
    assert bits == 0.0


def test_who_came_when_all_did_who_bought_did_not_come_together_though_a_raid_came_at_another_time():
    presence = Presence()
    for i in range(30):
        came(presence, f"b{i}", 1_000 + 10 * i)
    for i in range(600):
        came(presence, f"raid{i}", 2_000 + i / 10)
    buyers = [presence.viewers[f"b{i}"] for i in range(30)]
    members, others = buyers[::3], [viewer for i, viewer in enumerate(buyers) if i % 3]

    assert closest(members, [], presence).bits > 15
    assert closest(members, others, presence).bits < 5
    early, late = buyers[:10], [presence.viewers[f"raid{i}"] for i in range(20)]
    assert closest(early, late, presence).bits > 15
