"""Those who praise: which lines count, and how many who praise again are more than is usual."""

import msgspec
import pytest

from streams.evidence.praisers import (
    FURTHER,
    NEVER,
    TALKER,
    Praise,
    Praiser,
    Usual,
    again,
    friends_among,
    only_talks,
    words_bits,
)


def usual(audience: int = 1_000, friends: float = 0.0) -> Usual:
    return Usual(again_share=0.1, prior_praisers=5.0, friends=friends, audience=audience, audience_share=0.12)


def praiser(*times_s: int) -> Praiser:
    made = Praiser("a")
    for ts in times_s:
        made.add(Praise(ts * 1_000, f"e{ts}", "so pretty"), 30_000)
    return made


def test_praises_close_to_each_other_are_one_moment():
    assert praiser(100, 129, 130).moments == [100_000, 130_000]


def test_a_line_counts_once():
    made = praiser(100)

    assert made.add(Praise(100_000, "e100", "so pretty"), 30_000) is False
    assert len(made.praises) == 1


def test_lines_close_to_each_other_are_one_of_what_was_said():
    assert praiser(100, 110, 200).share(lines=5) == 0.5


def test_three_who_praise_again_are_too_few_and_four_are_not():
    assert again([(2, 1.0)] * 3, 5, usual(), 4) == NEVER
    assert again([(2, 1.0)] * 4, 5, usual(), 4).bits > 0


def test_as_many_as_is_usual_say_nothing():
    assert again([(2, 0.3)] * 10, 95, usual(), 4) == NEVER


def test_where_few_praise_once_the_same_number_says_more():
    assert again([(2, 0.3)] * 10, 5, usual(), 4).bits > again([(2, 0.3)] * 10, 40, usual(), 4).bits > 0


def test_who_praises_once_more_is_rarer_by_a_fixed_share():
    assert usual().share_of(3, 0.3) == pytest.approx(FURTHER * usual().share_of(2, 0.3))


def test_in_a_packed_house_the_share_of_the_audience_tells():
    kind = msgspec.structs.replace(usual(audience=20, friends=1.0), again_share=0.5)
    found = again([(2, 0.4)] * 12, 0, kind, 4)

    assert found.bits > 15
    assert found.expected == pytest.approx(2.4)


@pytest.mark.parametrize(("audience", "friends"), [(120, 1.0), (240, 0.25), (1_200, 0.01)])
def test_beyond_a_small_audience_friends_are_few_among_many(audience: int, friends: float):
    assert friends_among(audience, 120) == pytest.approx(friends)


def test_who_says_much_and_never_praised_is_not_read_on():
    assert not only_talks(None, TALKER)
    assert only_talks(None, TALKER + 1)
    assert not only_talks(praiser(100), TALKER + 1)


def test_praise_again_speaks_for_being_hired_and_praise_once_against():
    assert words_bits(1, 1.0, usual()) < 0 < words_bits(2, 1.0, usual()) < words_bits(3, 1.0, usual())
