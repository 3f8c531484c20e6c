"""Crews: the densest part of the graph, of three accounts or more, by two kinds of evidence or more."""

from itertools import combinations

from streams.evidence.crews import crew_of, peel


def clique(accounts: str, **bits: float) -> dict[tuple[str, str], dict[str, float]]:
    return {pair: dict(bits) for pair in combinations(accounts, 2)}


def test_three_accounts_tied_by_words_and_a_device_are_a_crew():
    crew = crew_of(clique("abc", text=14.0, device_id=8.0))

    assert crew is not None
    assert list(crew.accounts) == ["a", "b", "c"]
    assert crew.kinds == ("device_id", "text")
    assert set(crew.accounts.values()) == {22.0}


def test_two_accounts_are_no_crew():
    assert crew_of(clique("ab", text=14.0, device_id=8.0)) is None


def test_one_kind_of_evidence_makes_no_crew_however_much_it_is():
    assert crew_of(clique("abcdef", ip_prefix=8.0)) is None
    assert crew_of(clique("abcdef", text=40.0)) is None


def test_a_kind_worth_nothing_does_not_count():
    assert crew_of(clique("abc", text=14.0, device_id=0.0)) is None


def test_who_hangs_on_by_one_weak_edge_is_peeled_off():
    edges = {**clique("abcde", text=14.0), ("a", "x"): {"text": 13.0}, ("x", "y"): {"text": 12.0}}

    assert list(peel({pair: sum(kinds.values()) for pair, kinds in edges.items()})) == list("abcde")


def test_the_denser_of_two_parts_is_the_crew():
    edges = {**clique("abcd", text=12.0), **clique("wxyz", text=20.0)}

    assert list(peel({pair: sum(kinds.values()) for pair, kinds in edges.items()})) == list("wxyz")


def test_nobody_is_peeled_from_an_empty_graph():
    assert peel({}) == {}
    assert peel({("a", "a"): 5.0, ("a", "b"): 0.0}) == {}


def test_other_names_give_the_other_names_crew():
    edges = {**clique("abcde", text=14.0), ("a", "x"): {"text": 13.0}, ("b", "y"): {"text": 13.0}}
    names = dict(zip("abcdexy", "zyxwvba", strict=True))
    other = {(names[a], names[b]): kinds for (a, b), kinds in edges.items()}
    one = peel({pair: sum(kinds.values()) for pair, kinds in edges.items()})

    assert list(peel({pair: sum(kinds.values()) for pair, kinds in other.items()})) == [names[a] for a in one]
