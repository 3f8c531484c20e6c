"""Profiles: who of those marked looks like the crew, and who is there by chance."""

from streams.evidence.profile import weights

# rows 0 to 9 are a crew's, of network 7 and slot 3; the others have networks and slots of their own
COLUMNS = {
    "network": [7] * 10 + [20 + i % 50 for i in range(90)],
    "slot": [3] * 10 + [10 + i % 30 for i in range(90)],
}
EVERYBODY = list(range(100))


def test_those_alike_are_the_crew_and_a_chance_mark_among_them_is_not():
    marked = [*range(8), 50, 51]

    found = weights(COLUMNS, EVERYBODY, marked, marked, 2.0)

    assert all(found[row] > 0.9 for row in range(8))
    assert found[50] < 0.3


def test_one_of_them_without_a_mark_is_known_by_what_it_shares():
    found = weights(COLUMNS, EVERYBODY, list(range(8)), list(range(8)), 1.0)

    assert found[8] > 0.4
    assert found[60] < 0.05


def test_what_is_unknown_says_nothing():
    unknown = {name: [0] * 100 for name in COLUMNS}

    found = weights(unknown, EVERYBODY, [0, 1, 2], [0, 1, 2], 1.0)

    assert found[0] == found[1] == found[2]


def test_nobody_marked_is_nobody_named():
    assert all(weight < 0.5 for weight in weights(COLUMNS, EVERYBODY, [], [], 1.0).values())
