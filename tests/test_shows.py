"""When a show opens, what keeps it on air, and when it has ended for good."""

import msgspec
import pytest
from doubles import Buyers
from logs import SHOW, Evening, alerts, at, comment, complaint, crew, join, marker, order, verdict

from streams.events import Event, Show
from streams.on_air import keeps_on_air, opens
from streams.room import MAX_ENDED
from streams.show import ShowState

# -- when a show opens ------------------------------------------------------------------------------------------------

OPENING = [
    marker(1, "started"),
    join(1),
    comment(1),
    order(1, status="placed"),
    order(1, status="paid"),
]
NOT_OPENING = [
    join(1, action="leave"),
    order(1, status="cancelled"),
    order(1, status="refunded"),
    complaint(1),
    verdict(1),
    *(marker(1, action) for action in ("ended", "prompt", "flash_sale", "lottery", "promotion", "group_buy", "status")),
]


def of_what(event: Event) -> str:
    return f"{event.TOPIC}-{getattr(event, 'action', '') or getattr(event, 'status', '')}"


@pytest.mark.parametrize("event", OPENING, ids=of_what)
def test_a_start_a_join_a_comment_and_an_order_open_a_show(event):
    evening = Evening()
    evening.see(event, upto=2)

    assert opens(event)
    assert list(evening.room.on_air) == [SHOW]
    assert evening.room.on_air[SHOW].state.started_ms == at(1)


@pytest.mark.parametrize("event", NOT_OPENING, ids=of_what)
def test_nothing_else_opens_a_show(event):
    evening = Evening()
    evening.see(event, upto=2)

    assert not opens(event)
    assert evening.room.on_air == {}
    assert evening.see(upto=9_000) == []


def test_what_does_not_open_a_show_belongs_to_it_once_it_is_open():
    evening = Evening()

    evening.see(join(1, "a"), join(1.5, "a", action="leave"), upto=2)

    assert evening.room.on_air[SHOW].state.presence.here == 0


@pytest.mark.parametrize("event", [*OPENING, *NOT_OPENING], ids=of_what)
def test_nothing_opens_a_show_again_that_ended(event):
    evening = Evening(Buyers)
    evening.see(join(0, "a"), marker(0.5, "ended"), upto=2)

    evening.see(msgspec.structs.replace(event, ts=at(3)), *crew(5, 4), upto=3_600)

    assert evening.outputs == []
    assert evening.room.on_air == {}
    assert list(evening.room.ended) == [SHOW]


def test_what_follows_the_end_in_its_own_pane_belongs_to_the_show_no_more():
    evening = Evening(Buyers)

    assert evening.see(order(0, "a"), order(0.1, "b"), marker(0.5, "ended"), order(0.6, "c"), upto=2) == []


def test_two_shows_of_a_room_are_told_apart():
    evening = Evening(Buyers)

    said = evening.see(*crew(2, 0), *(order(1 + n, f"other{n}", show_id="s2") for n in (0, 0.1, 0.2)), upto=2)

    assert [alert.show_id for alert in alerts(said)] == ["s2"]


def test_an_ended_show_is_known_for_30_days_and_then_may_begin_anew():
    day = 86_400
    evening = Evening()
    evening.see(join(0), marker(1, "ended"), upto=2)  # it ended with the pane that ends at 2

    evening.see(join(30 * day), upto=30 * day + 2)
    assert evening.room.on_air == {}
    evening.see(join(30 * day + 2), upto=30 * day + 4)
    assert list(evening.room.on_air) == [SHOW]


def test_only_so_many_ended_shows_are_known():
    evening = Evening()
    shows = [f"s{n:04}" for n in range(MAX_ENDED + 5)]

    evening.see(
        *(join(0, show_id=show) for show in shows), *(marker(1, "ended", show_id=show) for show in shows), upto=2
    )

    assert list(evening.room.ended) == shows[5:]


# -- when a show ends -------------------------------------------------------------------------------------------------


def test_silence_ends_a_show_exactly_after_so_long():
    evening = Evening(Buyers, show_silence_ms=60_000)
    evening.see(*crew(3, 0), order(2, "a"), upto=61.999)
    assert list(evening.room.on_air) == [SHOW]

    [resolved] = alerts(evening.see(upto=62))

    assert (resolved.status, resolved.resolved_reason) == ("resolved", "show_ended")
    assert evening.room.on_air == {}
    assert evening.room.ended == {SHOW: at(62)}


def test_silence_is_judged_at_the_end_of_a_pane():
    evening = Evening(show_silence_ms=60_000)
    evening.see(join(2.001), upto=62.5)

    assert list(evening.room.on_air) == [SHOW]
    evening.see(upto=64)
    assert evening.room.ended == {SHOW: at(64)}


def test_an_event_just_in_time_keeps_a_show_on_air():
    evening = Evening(show_silence_ms=60_000)
    evening.see(join(0), upto=59)

    evening.see(comment(59.999), upto=119.999)

    assert list(evening.room.on_air) == [SHOW]


@pytest.mark.parametrize("event", NOT_OPENING[:5], ids=of_what)
def test_what_goes_on_after_a_show_does_not_keep_it_on_air(event):
    evening = Evening(show_silence_ms=60_000)
    evening.see(join(0, "a"), upto=2)

    for seconds in range(10, 60, 10):
        evening.see(msgspec.structs.replace(event, ts=at(seconds), event_id=f"e{seconds}"), upto=seconds + 2)
    evening.see(upto=60)

    assert not keeps_on_air(event)
    assert evening.room.on_air == {}


@pytest.mark.parametrize("event", [*OPENING, *NOT_OPENING[5:]], ids=of_what)
def test_acts_and_markers_keep_a_show_on_air(event):
    assert keeps_on_air(event)


def test_a_show_without_silence_ends_with_its_marker_and_says_so():
    evening = Evening(Buyers)
    evening.see(*crew(3, 0), upto=2)

    [resolved] = alerts(evening.see(marker(3, "ended"), upto=4))

    assert (resolved.status, resolved.resolved_reason, resolved.revision) == ("resolved", "show_ended", 2)


def test_what_is_found_as_the_show_ends_is_said_before_it_is_resolved():
    evening = Evening(Buyers)

    said = alerts(evening.see(*crew(3, 0), marker(1, "ended"), upto=2))

    assert [(alert.status, alert.revision) for alert in said] == [("open", 1), ("resolved", 2)]


def test_a_late_end_ends_a_show_with_the_next_pane():
    evening = Evening()
    evening.see(join(0), upto=10)

    evening.see(marker(1, "ended"), upto=12)

    assert evening.room.ended == {SHOW: at(12)}


def test_a_first_event_that_is_very_late_does_not_end_its_show_for_the_evening():
    evening = Evening(Buyers, show_silence_ms=60_000)
    evening.see(join(1_000, room_id="another"), upto=1_000)

    evening.see(join(3, "slow clock"), upto=1_002)
    said = alerts(evening.see(*crew(3, 1_003), upto=1_004))

    assert [alert.status for alert in said] == ["open"]


def test_a_show_whose_events_are_all_late_is_not_silent():
    evening = Evening(show_silence_ms=60_000)
    evening.see(join(1_000, room_id="another"), upto=1_000)

    for seconds in range(0, 200, 20):
        evening.see(join(seconds, f"a{seconds}"), upto=1_000 + seconds)
    assert list(evening.room.on_air) == [SHOW]

    evening.see(upto=1_000 + 180 + 2 + 60)
    assert list(evening.room.on_air) == []


@pytest.mark.parametrize("event", NOT_OPENING[:5], ids=of_what)
def test_what_is_late_and_no_sign_of_life_keeps_no_show_on_air(event):
    evening = Evening(show_silence_ms=60_000)
    evening.see(join(0, "a"), upto=40)

    evening.see(msgspec.structs.replace(event, ts=at(3)), upto=60)

    assert list(evening.room.on_air) == []


def test_what_an_announcement_is_limited_to_is_kept():
    state = ShowState("r1", "s1", at(0))
    announce = state.taker_of(Show, ())
    assert announce is not None

    announce(marker(5, "promotion", sku="tea", until_ts=at(60), units=20, budget_minor=9_000, threshold_minor=100))

    [kept] = state.markers
    assert (kept.ts, kept.until_ms, kept.sku) == (at(5), at(60), "tea")
    assert (kept.units, kept.budget_minor, kept.threshold_minor) == (20, 9_000, 100)
