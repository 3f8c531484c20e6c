"""Who is meant: what one account's acts say of its being one of a group."""

from streams.evidence.links import Tie
from streams.evidence.meant import CAP_BITS, joined_bits, meeting_bits, tie_bits, times_near
from streams.evidence.presence import Viewer
from streams.evidence.together import NOT_TOGETHER, Together


def test_an_act_is_near_the_group_when_two_others_act_within_twenty_seconds():
    assert times_near([100_000], [80_000, 120_000], 2) == 1
    assert times_near([100_000], [79_999, 120_000], 2) == 0


def test_acting_with_the_group_speaks_for_it_and_acting_alone_against():
    assert meeting_bits(3, 3, 0.2, 0.8) > 0 > meeting_bits(0, 3, 0.2, 0.8)


def test_where_everybody_acts_with_the_group_it_says_nothing():
    assert meeting_bits(3, 3, 0.8, 0.8) == 0


def test_coming_with_the_group_speaks_for_it_within_a_cap():
    joined = Together(20.0, 1_000, 2_000, 10, 0.5)

    assert joined_bits(Viewer("a", 1_500, 1_500), joined, 10) == CAP_BITS / 2
    assert joined_bits(Viewer("a", 5_000, 5_000), joined, 10) < 0
    assert joined_bits(Viewer("a", 1_500, 1_500), NOT_TOGETHER, 10) == 0


def test_a_rare_link_speaks_for_it():
    tie = Tie("device_id", "d", 5, 5, 0.1, 8.0)

    assert tie_bits(Viewer("a", 1, 1, device_id="d"), [tie], 10) > 4
    assert tie_bits(Viewer("a", 1, 1, device_id="e"), [tie], 10) == 0
