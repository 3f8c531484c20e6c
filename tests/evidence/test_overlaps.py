"""Overlaps: counted for all sets at once, the same as counted one by one."""

from hypothesis import given
from hypothesis import strategies as st

from streams.evidence.overlaps import Overlaps

sets = st.frozensets(st.sampled_from("abcdefghijkl"), min_size=1)


def test_a_set_that_shares_half_is_found_and_one_that_shares_less_is_not():
    overlaps = Overlaps(10)
    for number, members in enumerate(["abc", "cde", "xyz"]):
        overlaps.add(number, members)

    assert overlaps.halves("abcd", 0) == ([0, 1], 0b011)
    assert overlaps.halves("abcf", 0) == ([0], 0b011)
    assert overlaps.halves("fghi", 0) == ([], 0)


@given(st.lists(sets, max_size=70), sets, st.integers(1, 12))
def test_all_sets_at_once_are_counted_as_one_by_one_also_where_old_ones_are_forgotten(
    added: list[frozenset[str]], members: frozenset[str], most: int
):
    overlaps = Overlaps(most)
    for number, one in enumerate(added):
        overlaps.add(number, one)
    oldest = max(0, len(added) - most)
    held = range(oldest, len(added))
    halves = [number for number in held if 2 * len(added[number] & members) >= len(members)]
    sharing = sum(1 << number - oldest for number in held if added[number] & members)

    found, bits = overlaps.halves(members, oldest)

    assert found == halves
    assert bits == sharing or not found
