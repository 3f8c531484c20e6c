"""Other platforms' laws: which evenings are played, under which rates, and the table of it."""

from trials.laws import ALL, HEADS, Law, cells, names_of, plans, rows
from trials.learning import learned_from
from trials.markdown import table
from trials.pairs import Pair
from trials.playing import Learning, Plan, Played, play

SMALL = {"shows": 9, "viewers": (60, 200), "hours": 1.0, "tail_hours": 6.0}


def test_there_are_four_and_the_first_of_the_world_is_none_of_them():
    assert names_of("bazaar") == ["regretful", "resolute", "slow_parcels", "same_day"]


def test_the_same_evenings_are_played_twice_and_learned_from_is_none_of_them():
    planned = plans("bazaar", ["quiet"], 2_401, 2, SMALL)
    more = plans("bazaar", ["quiet", "crowded"], 2_401, 2, SMALL)

    assert len({(law.plan.seed, law.name) for law in more}) == len({law.plan.seed for law in more}) == 4
    assert [(law.is_calibrated, law.plan.seed) for law in planned] == [
        (False, 2_401_001),
        (False, 2_401_002),
        (True, 2_401_001),
        (True, 2_401_002),
    ]
    assert {law.plan.calibrate_on.seed for law in planned if law.is_calibrated} == {2_401_000}
    assert {law.plan.options["laws"] for law in planned} == {"quiet"}
    assert planned[-1].plan.calibrate_on.options["tail_hours"] == 480.0


def test_a_plan_that_is_calibrated_is_played_under_the_rates_that_were_learned():
    options = SMALL | {"laws": "talkative", "viewers": (150, 600)}
    plan = Plan(world="bazaar", seed=2_402, options=options, with_rules=False)
    learning = Learning(2_403, options)
    with_rates = Plan(
        world="bazaar", seed=2_402, options=options, with_rules=False, rules=learned_from("bazaar", (2_403,), options)
    )

    calibrated = play(Plan(world="bazaar", seed=2_402, options=options, with_rules=False, calibrate_on=learning))
    assert calibrated.pairs == play(with_rates).pairs
    assert [p.strength for p in calibrated.pairs] == [p.strength for p in play(plan).pairs]


def pair(show, strength, found):
    return Pair(
        world="w", seed=1, show_id=show, scheme="paid_praise", strength=strength, found_ms=1 if found else None,
        score=0.5,
    )  # fmt: skip


def played(*pairs):
    return Played(list(pairs), {}, 0, 0, [])


def test_a_row_for_each_law_and_one_for_all():
    plan = Plan(world="w", seed=1, options={})
    before = played(pair("s1", "faint", False), pair("s2", None, True))
    after = played(pair("s1", "faint", True), pair("s2", None, False))
    made = rows([(Law(name, of is after, plan), of) for name in ("quiet", "crowded") for of in (before, after)])

    assert [row.law for row in made] == ["quiet", "crowded", ALL]
    assert "paid_praise faint: recall by show" in made[0].before.missed
    assert "paid_praise faint: recall by show" not in made[0].after.missed
    assert table(HEADS, map(cells, made))[-1].startswith(
        "| all of them | paid_praise | -, -, 0 of 2 | -, -, 2 of 2 | 2 of 2 | 0 of 2 | "
    )
