"""What holds for every detector in DETECTORS, whatever the events: a new one is held to it without further ado."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from builders import (
    at_ms,
    audience,
    below_cost,
    bots,
    buyers,
    claque,
    comment,
    complaint,
    complaints,
    crew,
    fakes,
    in_order,
    join,
    leave,
    marker,
    order,
    renamed,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.alerts import MAX_ACCOUNTS, MAX_EVIDENCE, MAX_EXCERPT_CHARS, Alert
from streams.arrivals import LATENESS_MS, Arrivals
from streams.detectors import DETECTORS
from streams.events import Event, Show
from streams.finding import Detector
from streams.partition import PANE_MS, Output, Partition
from streams.show import ShowState

quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ACCOUNTS = [f"a{i}" for i in range(12)]
NAMES_NOBODY = ("loss_selling", "complaint_surge")  # what they find is about goods and their seller


@st.composite
def noise(draw: st.DrawFn) -> list[Event]:
    """Anything, in any order, by a few accounts: repeats, leaves without joins, odd amounts, empty lines."""
    random = Random(draw(st.integers(0, 10_000)))
    return [anything(random, random.randrange(0, 900) + i / 1_000) for i in range(draw(st.integers(0, 60)))]


def anything(random: Random, at: float) -> Event:
    account = random.choice(ACCOUNTS)
    links = random.choice(({}, {"ip_prefix": "n"}, {"device_id": "d", "inviter_id": "i"}, {"address_id": "home"}))
    match random.randrange(7):
        case 0:
            return join(account, at, **links)
        case 1:
            return leave(account, at)
        case 2:
            said = random.choice(("", "主播好漂亮", "1", "🌹", "you are so pretty"))
            return comment(account, at, said, **links)
        case 3:
            amount = random.choice((0, 1, 9_900, 9_950, 10_000, 10_100, 2**50))
            return order(account, at, amount, random.choice("xyz"), **links)
        case 4:
            return order(account, at, 9_900, "x", status="cancelled")
        case 5:
            return complaint(account, at, random.choice(("quality", "other", "counterfeit")))
        case _:
            return marker(random.choice(("prompt", "lottery", "flash_sale", "promotion")), at, at + 60)


@st.composite
def evenings(draw: st.DrawFn) -> list[Event]:
    """A small show, mostly with a crew or a claque in it, and noise."""
    groups = [audience(80, seed=draw(st.integers(0, 50)), length_s=1_500), draw(noise())]
    hired = draw(st.sampled_from((0, 4, 5, 6, 8, 12)))
    groups.append(crew(hired, at_s=600, ip_prefix=draw(st.sampled_from(("n", "crew's")))))
    groups.append(claque(draw(st.sampled_from((0, 3, 4, 6, 10))), lines=3, every_s=200))
    groups.append(below_cost(draw(st.sampled_from((0, 3, 4, 20)))))
    groups += [buyers(20, length_s=1_200), complaints(draw(st.sampled_from((0, 3, 9))), after_s=1_300, every_s=30)]
    groups.append(bots(draw(st.sampled_from((0, 0, 20, 90))), at_s=700, devices=8, stays_s=500))
    fake = draw(st.sampled_from((0, 5, 9, 14)))
    groups.append(fakes(fake, fake, name="fake", came_s=300, within_s=100, ended_s=1_450, back_s=(60, 3_000)))
    if draw(st.booleans()):
        groups.append([marker("ended", 1_450)])
    return in_order(*groups)


def outputs(events: Sequence[Event], partition: Partition | None = None, save_at: int | None = None) -> list[Output]:
    """What the whole path says; at event `save_at` everything is saved and taken up by another partition."""
    arrivals = Arrivals(partition or Partition())
    said: list[Output] = []
    for i, event in enumerate(events):
        if i == save_at:
            arrivals.partition = restored(arrivals.partition)
        said += arrivals.take(event)
    return said + arrivals.end()


def impatient(detector: type[Detector]) -> Any:
    """The same detector, asked in every pane in which it is handed something."""
    plain: Any = detector()  # what it answers by its own due_ms stays as it is
    other = {
        "due_ms": lambda self, state: 0,
        "wake_ms": lambda self, state, now_ms: plain.wake_ms(state, now_ms),
        "judge": lambda self, state, show, now_ms: plain.judge(state, show, now_ms),
    }
    return type(detector.__name__, (detector,), other, frozen=True, kw_only=True)


def restored(partition: Partition) -> Partition:
    other = Partition()
    other.restore(
        partition.header(), {name: (partition.offset, room.encode()) for name, room in partition.rooms.items()}
    )
    return other


def values(said: Sequence[Output]) -> list[bytes]:
    return [output.value() for output in said]


def alerts(said: Sequence[Output]) -> list[Alert]:
    return [output.body for output in said if isinstance(output.body, Alert)]


@quick
@given(evenings())
def test_the_same_events_give_the_same_alerts_and_no_detector_fails(events: list[Event]):
    first = outputs(events)

    assert [output.topic for output in first if output.topic == "live.failed"] == []
    assert values(outputs(events)) == values(first)


@quick
@given(evenings(), st.floats(0, 1))
def test_saved_and_taken_up_at_any_event_nothing_changes(events: list[Event], part: float):
    assert values(outputs(events, save_at=int(part * len(events)))) == values(outputs(events))


@quick
@given(evenings())
def test_an_event_given_twice_adds_nothing(events: list[Event]):
    twice = [event for event in events for _ in range(2)]

    assert values(outputs(twice)) == values(outputs(events))


@settings(quick, max_examples=20)
@given(evenings())
def test_being_asked_whenever_it_was_handed_something_changes_nothing(events: list[Event]):
    impatiently = Partition(detectors=[impatient(detector) for detector in DETECTORS])

    assert values(outputs(events, impatiently)) == values(outputs(events))


@quick
@given(evenings(), st.integers(0, 10_000))
def test_another_order_of_arrival_changes_nothing(events: list[Event], seed: int):
    random = Random(seed)
    # the first two events set the clock, so they stay
    late = sorted(events[2:], key=lambda event: event.ts + random.randrange(LATENESS_MS))

    assert values(outputs([*events[:2], *late])) == values(outputs(events))


@quick
@given(evenings())
def test_other_names_for_the_accounts_give_the_same_findings_under_other_names(events: list[Event]):
    names = sorted({event.account_id for event in events if hasattr(event, "account_id")})
    new_names = dict(zip(names, [f"z{i}" for i in reversed(range(len(names)))], strict=True))

    assert [told(alert) for alert in alerts(outputs(renamed(events, new_names)))] == [
        told(alert, new_names) for alert in alerts(outputs(events))
    ]


def told(alert: Alert, new_names: dict[str, str] | None = None) -> tuple[Any, ...]:
    """What an alert says, without the ids that are made from names."""
    name = (new_names or {}).get
    return (
        alert.scheme,
        alert.status,
        alert.score,
        alert.title,
        alert.window,
        alert.event_ts,
        alert.signals,
        sorted((name(a.account_id, a.account_id), a.bits, a.acts) for a in alert.accounts),
        sorted((act.event_id, name(act.account_id, act.account_id)) for act in alert.evidence),
        alert.counterfactual,
    )


@quick
@given(evenings())
def test_every_alert_keeps_the_contract(events: list[Event]):
    by_id = {event.event_id: event for event in events}
    for alert in alerts(outputs(events)):
        assert 0 <= alert.score <= 1
        assert alert.title
        assert "\n" not in alert.title
        assert len(alert.accounts) <= MAX_ACCOUNTS
        assert bool(alert.accounts) is (alert.scheme not in NAMES_NOBODY)
        assert alert.accounts_total >= len(alert.accounts)
        assert len({suspect.account_id for suspect in alert.accounts}) == len(alert.accounts)
        assert [suspect.bits for suspect in alert.accounts] == sorted((s.bits for s in alert.accounts), reverse=True)
        assert 0 < len(alert.evidence) <= min(MAX_EVIDENCE, alert.evidence_total)
        assert len({act.event_id for act in alert.evidence}) == len(alert.evidence)
        for act in alert.evidence:
            event = by_id[act.event_id]
            assert (act.ts, act.topic, act.account_id) == (event.ts, event.TOPIC, event.account_id)
            assert act.ts <= alert.event_ts
            assert alert.window.start <= act.ts <= alert.window.end
            assert len(act.excerpt) <= MAX_EXCERPT_CHARS
        assert alert.window.end <= alert.event_ts
        assert alert.counterfactual.sentence
        assert alert.counterfactual.numbers
        assert all(sentence.endswith(".") for sentence in alert.counter_evidence)
        assert all(s.name and s.unit and s.bits is not None and s.bits >= 0 for s in alert.signals)


@quick
@given(evenings())
def test_an_input_cut_off_just_after_the_event_time_gives_the_same_alert(events: list[Event]):
    whole = [alert for alert in alerts(outputs(events)) if alert.status != "resolved"]
    for alert in whole[:3]:
        cut = [event for event in events if event.ts <= alert.event_ts + PANE_MS + LATENESS_MS]

        assert msgspec.json.encode(alert) in values(outputs(cut))


@quick
@given(evenings())
def test_without_its_evidence_the_finding_is_gone(events: list[Event]):
    standing = {alert.incident_id: alert for alert in alerts(outputs(events))}
    for alert in standing.values():
        if alert.evidence_total > len(alert.evidence):
            continue
        acts = {act.event_id for act in alert.evidence}
        suspects = {suspect.account_id for suspect in alert.accounts}
        background = [event for event in events if event.event_id not in acts]

        for other in alerts(outputs(background)):
            named = {suspect.account_id for suspect in other.accounts}
            if suspects:
                assert other.scheme != alert.scheme or 2 * len(named & suspects) < len(suspects)
            else:
                assert other.incident_id != alert.incident_id


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.SCHEME)
def test_its_settings_say_their_units_and_its_state_starts_empty(detector: type[Detector]):
    units = ("_ms", "_bits", "_share", "_minor", "_ratio", "_tolerance", "_accounts", "_praisers", "_buyers", "_chars")
    units += ("_orders", "_units")
    for field in msgspec.structs.fields(detector):
        assert field.name.endswith(units) or field.name in ("min_cohort",), field.name
    assert detector.__doc__
    assert "Blind to" in detector.__doc__
    assert "Source" in detector.__doc__
    state = detector.State()
    assert detector().wake_ms(state, 5) is None
    assert detector().judge(state, ShowState("r", "s", 1), 10) == []


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.SCHEME)
def test_its_state_stays_bounded(detector: type[Detector]):
    """Ten thousand accounts that do everything, many times over, with texts and baskets of their own."""
    made, state, show = detector(), detector.State(), ShowState("r", "s", at_ms(0))
    sizes = []
    for part in range(4):
        for i in range(5_000):
            account, at = f"p{part} {i}", part * 100 + i / 100
            for event in (
                comment(account, at, f"主播好漂亮 {i} {part} {i * 7919}"),
                order(account, at, 1_000 + i, f"sku{i % 50}"),
                complaint(account, at + 1, text=f"坏了 {i}" * 50),
            ):
                if type(event) in made.READS:
                    made.observe(state, show, event)
        sizes.append(len(msgspec.msgpack.encode(state)))

    assert sizes[3] < 1.4 * sizes[1]
    assert sizes[3] < 8_000_000


def test_the_evenings_that_these_tests_draw_do_raise_alerts():
    drawn: list[str] = []

    @quick
    @given(evenings())
    def collect(events: list[Event]) -> None:
        drawn.extend({alert.scheme for alert in alerts(outputs(events))})

    collect()
    assert {detector.SCHEME for detector in DETECTORS} == set(drawn)
    assert len(drawn) >= 15


def test_the_hash_seed_of_the_process_changes_nothing():
    folder = Path(__file__).resolve().parent
    told = [
        subprocess.run(
            [sys.executable, "-c", SAY_ALL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(folder.parent), *sys.path])},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert told[0] == told[1]
    assert all(f'"scheme":"{detector.SCHEME}"' in told[0] for detector in DETECTORS)


SAY_ALL = """
from builders import alerts, audience, below_cost, bots, buyers, claque, complaints, crew, fakes, marker
from streams.alerts import encode_alert

hired = crew(9, ip_prefix="n", inviter_id="i"), claque(9, device_id="d"), fakes(20, 20), bots(120, devices=8)
for alert in alerts(audience(200), *hired, below_cost(9), buyers(20), complaints(9), [marker("ended", 3_600)]):
    print(encode_alert(alert).decode())
"""


def test_a_show_marker_alone_raises_nothing():
    events: list[Event] = [marker("started", 0), marker("promotion", 1, threshold_minor=5_000), marker("ended", 60)]

    assert all(type(event) is Show for event in events)
    assert values(outputs(events)) == []
