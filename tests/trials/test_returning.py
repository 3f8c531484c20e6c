"""Crews that come back: which show of theirs it is, how soon it was seen, whether as the same crew."""

from trials.pairs import Said
from trials.returning import by_number, returns_of


def show(show_id, start, **planted):
    """A show and the crews in it, as accounts by scheme; their first act is a second after the show's start."""
    return (
        {"show_id": show_id, "start": start, "end": start + 100_000},
        {scheme: {"accounts": list(accounts), "start": start + 1_000} for scheme, accounts in planted.items()},
    )


def returns(*shows, **said):
    truth = {"shows": [made for made, _ in shows], "schemes": {made["show_id"]: planted for made, planted in shows}}
    return returns_of(truth, {(show_id, "praise"): of for show_id, of in said.items()}, seed=1)


def seen(found_ms, crew=None):
    return Said(found_ms, 0.9, {}, {"i": crew} if crew else {})


def test_shows_of_one_crew_are_counted_in_the_order_of_their_beginning():
    made = returns(show("s2", 500_000, praise="abcx"), show("s1", 0, praise="abcd"), show("s3", 900_000, praise="uvwx"))

    assert [(one.show_id, one.number) for one in made] == [("s1", 1), ("s2", 2), ("s3", 1)]


def test_the_same_people_in_another_scheme_are_another_crew():
    assert [one.number for one in returns(show("s1", 0, praise="ab"), show("s2", 9, orders="ab"))] == [1, 1]


def test_delay_counts_from_the_first_act():
    [one] = returns(show("s1", 0, praise="ab"), s1=seen(31_000))

    assert one.delay_ms == 30_000


def test_a_crew_is_known_again_by_its_id():
    shows = [show(f"s{i}", i * 500_000, praise="abcd") for i in (1, 2, 3, 4)]
    made = returns(*shows, s1=seen(501_000, "k"), s2=seen(1_001_000, "k"), s3=seen(1_501_000, "other"))

    assert [one.has_same_id for one in made] == [None, True, False, None]


def test_schemes_without_accounts_have_no_crew():
    assert returns(show("s1", 0, praise="")) == []


def test_sooner_is_than_the_same_show_by_itself():
    shows = [show(f"s{i}", i * 500_000, praise="abcd") for i in (1, 2)]
    remembered = returns(*shows, s1=seen(541_000), s2=seen(1_011_000))
    [_, second] = by_number(remembered, returns(shows[1], s2=seen(1_031_000)))

    assert (second.sooner_s.value, second.sooner, second.later) == (20.0, 1, 0)
    assert by_number(remembered)[1].sooner_s.value is None


def test_a_row_for_each_number():
    shows = [show(f"s{i}", i * 500_000, praise="abcd") for i in (1, 2)]
    first, second = by_number(returns(*shows, s1=seen(541_000, "k"), s2=seen(1_011_000, "k")))

    assert (first.number, first.recall.value, first.delay_s.value, first.same_id.value) == (1, 1.0, 40.0, None)
    assert (second.number, second.delay_s.value, second.same_id.value) == (2, 10.0, 1.0)
