"""Who stayed, and who of them acted: exactly from when on, and the same however it is saved."""

import msgspec
import pytest
from builders import at_ms, comment, join, leave

from streams.evidence.presence import Presence
from streams.evidence.stays import SLOT_MS, STAGES_MS, Stays, size_of, unpacked


def seen(*events, until_s: float, stays: Stays | None = None) -> tuple[Stays, Presence]:
    """Events in their order, then time passes up to `until_s`."""
    stays, presence = stays or Stays(), Presence()
    for event in events:
        presence.observe(event)
        if event.TOPIC == "live.comments":
            stays.act(event.account_id, presence)
        elif event.action == "leave":
            stays.leave(event.account_id, event.ts, presence)
        else:
            stays.join(presence.viewers[event.account_id], False)
    stays.pass_time(at_ms(until_s), presence)
    return stays, presence


def counted(stays: Stays, presence: Presence) -> list[tuple[int, int]]:
    return unpacked(stays.counts(presence).total)


@pytest.mark.parametrize(("until_s", "stayed"), [(39.999, 0), (40, 1)])
def test_half_a_minute_is_a_stay_and_a_millisecond_less_is_not(until_s: float, stayed: int):
    assert counted(*seen(join("a", 10), until_s=until_s))[0] == (stayed, 0)


@pytest.mark.parametrize(("left_s", "stayed"), [(39.999, 0), (40, 1)])
def test_who_left_stayed_as_long_as_it_was_there(left_s: float, stayed: int):
    assert counted(*seen(join("a", 10), leave("a", left_s), until_s=5_000))[0] == (stayed, 0)


def test_a_stay_is_counted_at_each_of_its_lengths():
    stays, presence = seen(join("a", 0), leave("a", 200), join("b", 0), until_s=1_000)

    assert counted(stays, presence) == [(2, 0), (2, 0), (1, 0)]


def test_who_acts_later_had_not_acted_by_half_a_minute():
    stays, presence = seen(join("a", 0), until_s=800)
    said = comment("a", 801, "hello")
    presence.observe(said)
    stays.act("a", presence)

    assert counted(stays, presence) == [(1, 0), (0, 1), (0, 1)]
    assert stays.by_then[2] == [1, 0]


def test_who_acts_at_once_is_active_at_every_length():
    assert counted(*seen(join("a", 0), comment("a", 5, "hello"), until_s=800)) == [(0, 1), (0, 1), (0, 1)]


def test_a_group_is_as_large_as_those_who_stayed():
    shared = [join(f"a{i}", i, device_id="phone") for i in range(5)]
    stays, presence = seen(*shared, leave("a0", 6), until_s=100)
    counts = stays.counts(presence)

    assert size_of(counts.groups[0]["phone"]) == 4
    assert counts.sizes[0][3] == counts.groups[0]["phone"]  # four to seven


def test_what_is_made_anew_after_a_restart_is_what_was_kept_up():
    events = [join(f"a{i}", i, device_id=f"d{i % 3}", ip_prefix=f"n{i % 2}", source="direct") for i in range(12)]
    events += [comment("a3", 100, "hello"), leave("a4", 300)]
    stays, presence = seen(*events, until_s=900)
    saved = msgspec.msgpack.decode(msgspec.msgpack.encode(stays), type=Stays)
    kept, made = stays.counts(presence), saved.counts(presence)

    assert saved == stays
    for name in ("total", "groups", "sizes", "sources", "ages", "slots"):
        assert getattr(made, name) == getattr(kept, name), name


def test_joins_are_counted_by_slots_from_the_first():
    stays, _ = seen(join("a", 0), join("b", 1), join("c", SLOT_MS / 1_000), until_s=30)

    assert sorted(stays.joins.values()) == [1, 2]


def test_stays_grow():
    assert list(STAGES_MS) == sorted(STAGES_MS)


@pytest.mark.parametrize("late_s", [-45, 1, 130, 400])
def test_joins_by_slot_are_the_same_whenever_they_were_last_asked_for(late_s: float):
    kept, anew = Stays(), Stays()
    presence = Presence()
    for i, second in enumerate([5, 50, 50, 130, 131, 300, late_s]):
        presence.observe(event := join(f"a{i}", second))
        for stays in (kept, anew):
            stays.join(presence.viewers[event.account_id], i in (1, 6))
        kept.by_slot()

    assert kept.by_slot() == anew.by_slot()
