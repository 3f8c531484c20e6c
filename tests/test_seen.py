"""Ids that were seen of late: what is remembered, for how long, and how it is saved."""

from hypothesis import given
from hypothesis import strategies as st
from logs import at, join

from streams.order import hash_of, put_in_order, smallest_of_each_id
from streams.seen import DUPLICATE_MS, Seen


class Plain:
    """The same, pane by pane: a list of what each had, and a look at all of them for every event."""

    def __init__(self):
        self.panes = []

    def fresh(self, events, end_ms):
        self.panes = [(end, hashes) for end, hashes in self.panes if end >= end_ms - DUPLICATE_MS]
        known = {id_hash for _, hashes in self.panes for id_hash in hashes}
        fresh = [event for event in smallest_of_each_id(events) if hash_of(event) not in known]
        if fresh:
            self.panes.append((end_ms, [hash_of(event) for event in fresh]))
        return fresh


PANES = st.lists(
    st.tuples(st.sampled_from([2, 8, 50, 60, 62]), st.lists(st.integers(0, 9), min_size=1, max_size=4)), max_size=40
)


@given(PANES, st.integers(0, 40))
def test_each_id_is_fresh_once_in_60_s_as_in_the_plain_form(drawn, restored_at):
    seen, plain, second = Seen(), Plain(), 0
    for number, (after_s, ids) in enumerate(drawn):
        second += after_s
        events = [join(second, "a", event_id=f"e{n}", source=f"s{i}") for i, n in enumerate(ids)]
        put_in_order(events)

        assert seen.fresh(list(events), at(second)) == plain.fresh(events, at(second))
        assert seen.recent(at(second)) == plain.panes
        if number == restored_at:
            seen = Seen(seen.recent(at(second)))


def test_an_id_may_come_again_until_a_minute_after_its_pane():
    seen = Seen()
    seen.fresh([join(0, "a")], at(2))

    assert seen.may_come_again(at(61))
    assert not seen.may_come_again(at(62))
    assert not Seen().may_come_again(at(0))
