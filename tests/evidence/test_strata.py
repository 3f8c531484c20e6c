"""Strata: where marks are more common than elsewhere, and what it costs to have looked."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.evidence.strata import LEAST_USUAL, Population, Tuning, evidence_bits, rows_of, strongest

MINUTE_MS = 60_000
GOODS = Tuning(goods=("ordered", "sku"))


def people(*rows, usual=0.05):
    """Rows (joined in minutes, sku, network, marked) -> a population of them."""
    joined = [int(row[0] * MINUTE_MS) for row in rows]
    skus = bytes(row[1] for row in rows)
    marked = sum(1 << i for i, row in enumerate(rows) if row[3])
    columns = {"sku": skus, "network": bytes(row[2] for row in rows)}
    return Population(
        {"joined": joined}, columns, skus, range(len(rows)), [usual] * len(rows), (1 << len(rows)) - 1, marked
    )


def honest(count, seed=1, share=0.05):
    """People who come over two hours, buy one of eight things, and seldom cancel."""
    random = Random(seed)
    return [(random.uniform(0, 120), random.randint(1, 8), 0, random.random() < share) for _ in range(count)]


def crew(count, cancel, at=60.0, within=5.0, sku=3, network=0):
    return [(at + within * i / count, sku, network, i * cancel % count < cancel) for i in range(count)]


def names(stratum):
    return [condition.name for condition in stratum.conditions]


def test_those_who_came_together_and_cancel_are_the_strongest_stratum():
    rows = [*honest(200), *crew(20, 16)]

    best, *_ = strongest(people(*rows), GOODS, 5)

    assert "joined" in names(best)
    assert set(range(200, 216)) <= set(rows_of(best.rows))
    assert best.marked >= 16
    assert best.bits > 25


def test_those_with_one_network_are_found_however_they_come():
    random = Random(3)
    scattered = [(random.uniform(0, 120), random.randint(1, 8), 7, i < 12) for i in range(16)]

    best, *_ = strongest(people(*honest(200), *scattered), GOODS, 5)

    assert names(best)[0] == "network"
    assert (best.count, best.marked) == (16, 12)


def test_a_smaller_stratum_inside_another_is_told_by_both_conditions():
    same_network = [(random_minute, 1, 7, False) for random_minute in range(0, 120, 2)]

    theirs = [
        (joined, 1 + i % 8, network, mark) for i, (joined, _, network, mark) in enumerate(crew(20, 18, network=7))
    ]

    best, *_ = strongest(people(*honest(300), *same_network, *theirs), GOODS, 5)

    assert sorted(names(best)) == ["joined", "network"]


@pytest.mark.parametrize("seed", range(12))
def test_where_nobody_goes_together_there_is_little_evidence(seed: int):
    found = strongest(people(*honest(250, seed, share=0.08)), GOODS, 1)

    assert not found or found[0].bits < 10


@pytest.mark.parametrize(("marked", "found"), [(6, False), (7, True)])
def test_seven_marks_are_the_least(marked: int, found: bool):
    others = [(m, 1, 0, False) for m in range(0, 120, 2)]

    assert bool(strongest(people(*crew(7, marked), *others), GOODS, 1)) is found


def test_an_item_that_everybody_cancels_explains_those_who_do_so():
    """The same sixteen who came together: of an item that nobody else cancels, and of one that everybody does."""
    others = [(m, 3, 0, m % 10 < 8) for m in range(55)]

    quiet = strongest(people(*honest(200), *crew(20, 16)), GOODS, 1)
    explained = strongest(people(*honest(200), *others, *crew(20, 16)), GOODS, 9)

    assert quiet[0].bits > 25
    assert all(stratum.bits < 10 for stratum in explained if "joined" in names(stratum))


def test_what_was_bought_alone_is_worth_less_than_who_came_together():
    """Of one item nine of ten are cancelled. Its buyers come from everywhere: an impulse, or a poor item."""
    impulse = [(m * 2, 3, 0, m % 10 > 0) for m in range(60)]
    population = people(*honest(200), *impulse)

    as_goods = [stratum for stratum in strongest(population, GOODS, 20) if names(stratum) == ["sku"]]
    as_people = [stratum for stratum in strongest(population, Tuning(), 20) if names(stratum) == ["sku"]]

    assert as_people[0].bits > 50
    assert all(stratum.bits < 12 for stratum in as_goods)


def test_others_who_cancel_as_much_leave_nothing():
    quarter = [(m / 4, 1 + m % 8, 0, m % 5 < 4) for m in range(400)]

    assert all(stratum.bits < 5 for stratum in strongest(people(*quarter, usual=0.05), GOODS, 5) if stratum.conditions)


def test_all_rows_together_are_judged_by_how_many_were_marked_before():
    """Forty of two hundred are marked, ten were usual: twenty before where five were usual explain them."""
    rows = [(m / 2, 1 + m % 8, 0, m % 5 == 0) for m in range(200)]

    def whole(earlier_marks: int, earlier_usual: float) -> float:
        given = people(*rows)._replace(earlier_marks=earlier_marks, earlier_usual=earlier_usual)
        return next((found.bits for found in strongest(given, GOODS, 9) if not found.conditions), 0.0)

    assert whole(5, 5.0) > 10
    assert whole(20, 5.0) < 2
    assert whole(5, 5.0) > whole(0, 0.0)


def test_all_rows_together_are_little_evidence_where_most_marks_are_of_one_item():
    def whole(item: int) -> float:
        rows = [(m / 2, 1 + m % 8, 0, m % 8 == 3 and m < 100) for m in range(200)]
        rows += [(m, 1 + (m * item) % 8, 0, True) for m in range(20)]
        given = people(*rows)._replace(earlier_marks=10, earlier_usual=10.0)
        return next((found.bits for found in strongest(given, GOODS, 9) if not found.conditions), 0.0)

    assert whole(1) > 3 * whole(8)


def test_long_stretches_are_tried_where_rows_come_over_days():
    day = 24 * 60
    rows = [(m * 7 * day / 300, 1 + m % 8, 0, m % 30 == 0) for m in range(300)]
    crew_rows = [(3 * day + m * 8, 1 + m % 8, 0, m % 2 == 0) for m in range(30)]

    best, *_ = strongest(people(*rows, *crew_rows), GOODS, 5)

    assert names(best) == ["joined"]
    assert best.marked >= 15
    assert best.bits > 14


def test_evidence_falls_with_the_correlation_and_never_below_nothing():
    bits = [evidence_bits(20, 40, 2.0, correlation) for correlation in (0.0, 0.005, 0.1, 1.0)]

    assert bits == sorted(bits, reverse=True)
    assert evidence_bits(2, 40, 2.0, 0.0) == 0
    assert evidence_bits(5, 40, 0.0, 0.0) == evidence_bits(5, 40, 40 * LEAST_USUAL, 0.0)


def test_marks_of_one_owner_say_less_than_those_of_several():
    population = people(*honest(200), *crew(20, 16))
    twice = population._replace(owners=[row // 2 for row in range(220)])

    assert strongest(twice, GOODS, 1)[0].bits < 0.85 * strongest(population, GOODS, 1)[0].bits


def test_a_count_with_fewer_marks_is_worth_fewer_bits():
    best = strongest(people(*honest(200), *crew(20, 16)), GOODS, 1)[0]

    assert best.bits_with(best.marked) == pytest.approx(best.bits)
    assert best.bits_with(best.marked - 1) < best.bits


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 120), st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=80
    )
)
def test_every_stratum_is_what_its_conditions_say(rows: list[tuple[int, int, int, bool]]):
    population = people(*rows)
    for stratum in strongest(population, Tuning(least_marked=2), 20):
        inside = [
            i
            for i in range(len(rows))
            if all(
                condition.first <= population.clocks["joined"][i] <= condition.last
                if condition.name == "joined"
                else population.columns[condition.name][i] == condition.first
                for condition in stratum.conditions
            )
        ]
        assert list(rows_of(stratum.rows)) == inside
        assert stratum.count == len(inside)
        assert stratum.marked == sum(rows[i][3] for i in inside)
        assert stratum.bits > 0
