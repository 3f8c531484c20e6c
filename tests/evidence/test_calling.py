"""Being called: who came by a link, straight or by searching, against the others."""

from streams.evidence.calling import NOT_CALLED, called
from streams.evidence.presence import Viewer


def came(count: int, source: str) -> list[Viewer]:
    return [Viewer(f"{source}{i}", 0, 0, source=source) for i in range(count)]


def test_ten_who_came_by_a_link_where_others_came_by_the_feed_were_called():
    found = called(came(10, "share"), [*came(40, "feed"), *came(4, "direct")])

    assert (found.members, found.of) == (10, 10)
    assert found.bits > 15


def test_where_all_come_by_a_link_nobody_was_called():
    assert called(came(10, "share"), came(40, "share")).bits == 0


def test_whose_way_is_not_known_counts_for_nothing():
    assert called(came(10, ""), came(40, "feed")) == NOT_CALLED
