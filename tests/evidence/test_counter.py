"""The counter that the audience sees: exactly from when on the joins do not support it."""

import pytest
from builders import join, marker

from streams.evidence.counter import MAX_STATUSES, Counter
from streams.evidence.presence import Presence


def room(count: int) -> Presence:
    presence = Presence()
    for i in range(count):
        presence.observe(join(f"a{i}", i))
    return presence


def told(*events, here: int = 100) -> Counter:
    counter, presence = Counter(), room(here)
    for event in events:
        counter.observe(event, presence, 1.5, 30)
    return counter


STARTED = marker("started", 0)


@pytest.mark.parametrize(("shown", "unsupported"), [(180, 0), (181, 1)])
def test_half_as_many_again_and_thirty_are_allowed(shown: int, unsupported: int):
    assert len(told(STARTED, marker("status", 200, viewers_shown=shown)).unsupported) == unsupported


def test_before_the_start_was_seen_nothing_is_counted():
    assert told(marker("status", 200, viewers_shown=9_000)).statuses == 0


def test_the_more_statuses_are_unsupported_the_more_bits():
    bits = [
        told(STARTED, *(marker("status", 200 + i, viewers_shown=9_000) for i in range(n))).bits() for n in (1, 3, 5)
    ]

    assert bits == sorted(bits)
    assert bits[2] > 20


def test_no_more_than_two_hundred_are_kept():
    many = [marker("status", 200 + i, viewers_shown=9_000) for i in range(MAX_STATUSES + 5)]

    assert len(told(STARTED, *many).unsupported) == MAX_STATUSES
