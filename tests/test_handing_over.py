"""What detectors are handed, when they are asked, and what a show keeps up for them."""

from itertools import groupby

import pytest
from doubles import Buyers, Echoes, finding
from hypothesis import given
from hypothesis import strategies as st
from logs import ROOM, SHOW, Evening, LogWriter, arrive, at, comment, evening, join, marker, order, play, told

from streams.order import put_in_order, runs_of
from streams.partition import Partition
from streams.rules import make_rule_set

# -- when they are asked ----------------------------------------------------------------------------------------------


class Counting(Buyers, frozen=True, kw_only=True):
    """Buyers that also say, as a near miss of no account, each time they are asked."""

    def judge(self, state, show, now_ms):
        super().judge(state, show, now_ms)
        return [finding(self.SCHEME, [], fires=False, subject=str((now_ms - at(0)) // 1_000))]


def asked(evening: Evening) -> list[str | None]:
    """The ends of the panes at which the detector was asked, seconds into the evening."""
    return [near_miss.subject for _, near_miss in evening.partition.near_misses]


def test_a_detector_is_asked_where_it_was_handed_something_and_else_only_when_it_wants_to_wake():
    evening = Evening(Counting)

    for pane in (0, 2, 4, 10, 20, 22):
        evening.see(join(pane, f"viewer {pane}"), upto=pane + 2)
    evening.see(order(25, "a"), join(25), upto=26)  # it wants to wake at 45, when the order leaves its window
    evening.see(join(27, "b"), upto=28)
    evening.see(upto=60)

    assert asked(evening) == ["2", "26", "46"]  # the first pane of a show is always judged


class Resting(Counting, frozen=True, kw_only=True):
    """The same, but it says that it has nothing to judge before ten seconds into the evening."""

    def due_ms(self, state):
        return at(10)


def test_a_detector_that_says_when_it_has_something_to_judge_is_not_asked_before():
    evening = Evening(Resting)

    evening.see(order(1, "a"), join(1), upto=2)
    evening.see(order(3, "b"), upto=4)
    evening.see(order(9, "c"), upto=10)
    evening.see(order(11, "d"), upto=12)

    assert asked(evening) == ["2", "10", "12"]  # the first pane of a show is always judged


def test_at_the_end_of_a_show_every_detector_is_asked():
    evening = Evening(Counting)

    evening.see(join(0, "a"), upto=2)
    evening.see(marker(5, "ended"), upto=6)

    assert asked(evening) == ["2", "6"]


def test_a_change_of_rules_has_every_detector_asked_with_the_next_pane():
    evening = Evening(Counting)
    evening.see(join(0, "a"), upto=2)

    evening.partition.hear(make_rule_set({"buyers": {"min_buyers": 2}}, version=2, detectors=(Counting,)))
    evening.see(join(3, "b"), upto=4)
    evening.see(join(5, "c"), upto=6)

    assert asked(evening) == ["2", "4"]


# -- shared evidence --------------------------------------------------------------------------------------------------


class Alone(Buyers, frozen=True, kw_only=True):
    """Buyers that read nothing of what detectors may share."""

    SHARES = ()


@pytest.mark.parametrize(
    ("detectors", "known"), [((), []), ((Alone,), []), ((Buyers,), ["a"]), ((Alone, Echoes), ["a"])]
)
def test_a_show_knows_who_is_there_where_a_detector_may_ask_for_it(detectors, known):
    partition = Partition(detectors=detectors)

    play(partition, LogWriter().write([join(0, "a"), marker(1, "prompt", text="say hi")], 2).records)

    show = partition.rooms[ROOM].on_air[SHOW].state
    assert list(show.presence.viewers) == known
    assert [marker.text for marker in show.markers] == ["say hi"]
    assert show.newest_ms == at(1)


@pytest.mark.parametrize("seed", range(3))
def test_a_detector_that_shares_nothing_says_the_same_alone_and_beside_others(seed):
    records = arrive(evening(seed), seed).tick(5_000).records

    alone = told(play(Partition(detectors=(Alone,)), records))

    assert alone == told(o for o in play(Partition(detectors=(Buyers,)), records))


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("jco"), st.integers(0, 5)), max_size=30))
def test_events_are_put_in_the_order_of_time_topic_and_id(drawn):
    made = {"j": join, "c": comment, "o": order}
    events = [made[kind](second, event_id=f"e{n}") for second, kind, n in drawn]

    sorted_by_all = sorted(events, key=lambda event: (event.ts, event.TOPIC, event.event_id))
    put_in_order(events)

    assert events == sorted_by_all


@given(st.lists(st.tuples(st.sampled_from("jco"), st.sampled_from(["s1", "s2"])), max_size=12))
def test_events_are_cut_where_the_show_or_the_type_changes(drawn):
    made = {"j": join, "c": comment, "o": order}
    events = [made[kind](n, event_id=f"e{n}", show_id=show_id) for n, (kind, show_id) in enumerate(drawn)]

    plain = [list(run) for _, run in groupby(events, key=lambda event: (type(event), event.show_id))]

    assert list(runs_of(events)) == plain
