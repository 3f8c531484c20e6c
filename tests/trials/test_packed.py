"""Packed houses and honest small shows: which are planned, what they come to, what they are held to."""

import pytest

import worlds
from trials.packed import checks, houses, packed
from trials.pairs import Pair

PLANNED = houses("bazaar", worlds.WORLDS["bazaar"], [7, 8])


def judged(found, false):
    """Every staged show is found where `found` says so of its strength, every honest one where `false` does."""
    return [
        (
            house,
            [
                Pair(
                    world="w",
                    seed=house.plan.seed,
                    show_id="s",
                    scheme=scheme,
                    strength=house.plan.options.get("strength") if scheme == house.scheme else None,
                    found_ms=1 if (false(house) if house.kind else found(house)) else None,
                )
                for scheme in ("coordinated_purchases", "paid_praise")
            ],
        )
        for house in PLANNED
    ]


def test_each_share_scheme_and_strength_once_a_seed_and_four_honest_shows_of_each_kind():
    staged = [(house.plan.seed, house.scheme, house.share, house.plan.options["strength"]) for house in PLANNED[:48]]
    honest = [house for house in PLANNED if house.kind]

    assert len(set(staged)) == 2 * 2 * 4 * 3
    assert sorted({house.kind for house in honest}) == ["family_show", "school_show", "village_show"]
    assert len({(house.plan.seed, house.kind) for house in honest}) == len(honest) == 2 * 4 * 3


def test_schemes_that_are_not_planted_have_no_house():
    made = houses("bazaar", worlds.WORLDS["bazaar"], [7], ["paid_praise", "fake_orders"])

    assert {house.scheme for house in made if not house.kind} == {"paid_praise"}


@pytest.mark.parametrize("world", worlds.WORLDS)
def test_every_world_has_three_kinds_of_honest_small_shows(world):
    assert len({house.kind for house in houses(world, worlds.WORLDS[world], [7]) if house.kind}) == 3


def test_figures_by_share_and_by_strength_of_those_that_are_packed():
    made = packed(
        judged(lambda house: house.share > 0.3 and house.plan.options["strength"] != "faint", lambda _: False)
    )

    assert {group: figure.value for group, figure in made.recall["paid_praise"].items()} == {
        "5%": 0.0,
        "30%": 0.0,
        "60%": 4 / 6,
        "90%": 4 / 6,
    }
    assert made.by_strength["paid_praise"]["faint"].value == 0.0
    assert made.by_strength["paid_praise"]["moderate"].of == 4


def test_the_crew_of_another_scheme_counts_for_neither():
    made = packed(judged(lambda _: True, lambda _: False))

    assert made.recall["paid_praise"]["60%"].of == 6
    assert made.false["paid_praise"]["all"].of == 24


def test_floors_hold_for_packed_houses_and_for_all_kinds_of_honest_shows_together():
    made = checks(packed(judged(lambda house: house.share > 0.3, lambda house: house.kind == "family_show")))

    assert [(check.name, check.ok) for check in made if check.name.startswith("paid_praise")] == [
        ("paid_praise: recall where the crew is 60% of a small show", True),
        ("paid_praise: recall where the crew is 90% of a small show", True),
        ("paid_praise: honest small shows with an alert", False),
    ]
