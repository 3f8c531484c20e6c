"""Inflated viewers: what must raise a finding, what must not, and where exactly it begins."""

from random import Random

import pytest
from builders import (
    YEAR_S,
    accounts_of,
    alerts,
    at_ms,
    bots,
    comment,
    in_order,
    join,
    leave,
    marker,
    near_misses,
    play,
    signal,
)

from streams.detectors.inflated_viewers import InflatedViewers
from streams.events import Event
from streams.partition import Partition
from streams.rules import make_rule_set, rules_of

SCHEME = "inflated_viewers"


def inflated(*groups):
    return play(*groups, scheme=SCHEME)


def viewers(
    count: int,
    *,
    name: str = "v",
    length_s: int = 3_000,
    at_s: float | None = None,
    within_s: float = 60,
    chatty: float = 1.0,
    stays_s: tuple[float, ...] = (20, 20, 20, 100, 300, 900),
    sources: tuple[str, ...] = ("feed", "feed", "feed", "follow", "search", "share", "direct"),
    **shared: str,
) -> list[Event]:
    """People: half of them are gone after half a minute, and who stays is the likelier to say something."""
    random = Random(name)
    events: list[Event] = []
    for i in range(count):
        account_id = f"{name}{i}"
        came = random.uniform(1, length_s - 300) if at_s is None else at_s + random.uniform(0, within_s)
        stays = random.choice(stays_s) * random.uniform(0.7, 1.4)
        made = at_ms(came - random.uniform(0.1, 4) * YEAR_S)
        own = {"device_id": f"d {account_id}", "ip_prefix": f"n {account_id}", "account_created_ts": made}
        events.append(join(account_id, came, source=random.choice(sources), **{**own, **shared}))
        at = came + random.expovariate(chatty / 400)
        while at < came + stays:
            events.append(comment(account_id, at, f"line {i}"))
            at += random.expovariate(1 / 300)
        events.append(leave(account_id, came + stays))
    return events


def test_three_hundred_on_shared_devices_that_come_at_once_raise_one_finding_that_names_them():
    [alert] = inflated(viewers(500), bots(300, devices=40))
    named = set(accounts_of(alert))

    assert len(named & {f"bot{i}" for i in range(300)}) >= 290
    assert len(named) <= 310
    assert signal(alert, "shared_device").observed > 10 * signal(alert, "shared_device").expected
    assert signal(alert, "joined_in_crowd").bits >= 6
    assert "share devices" in alert.title


def test_it_is_said_within_a_minute_of_their_coming():
    [alert] = inflated(viewers(500), bots(300, devices=40), [marker("ended", 1_100)])

    assert alert.event_ts <= at_ms(1_100)


def test_the_evidence_is_their_joins():
    [alert] = inflated(viewers(500), bots(300, devices=40))

    assert {act.topic for act in alert.evidence} == {"live.joins"}
    assert {act.excerpt for act in alert.evidence} == {"joined from feed"}
    assert len(alert.evidence) == 200
    assert alert.evidence_total == alert.accounts_total


def test_bots_that_chat_a_little_are_found_all_the_same():
    [alert] = inflated(viewers(500), bots(300, devices=40, says=15))

    assert len({f"bot{i}" for i in range(300)} & set(accounts_of(alert))) >= 270


def test_bots_that_come_in_under_a_raid_are_found_by_what_they_share():
    raid = viewers(400, name="raider", at_s=1_000, within_s=40, sources=("raid",))
    [alert] = inflated(viewers(600), raid, bots(300, devices=40, networks=10))

    named = accounts_of(alert)
    assert sum(account.startswith("bot") for account in named) >= 280
    assert sum(not account.startswith("bot") for account in named) <= 15


def test_a_slow_drip_with_nothing_in_common_is_found_when_it_silences_the_room():
    [alert] = inflated(viewers(400), bots(300, at_s=300, within_s=2_200, stays_s=900))

    assert {"silent_room", "idle_room"} <= {s.name for s in alert.signals}
    assert sum(account.startswith("bot") for account in accounts_of(alert)) >= 0.8 * len(alert.accounts)


def test_people_are_silent():
    assert all(inflated(viewers(count, name=f"v{count} ")) == [] for count in (60, 300, 1_500))


@pytest.mark.parametrize("source", ["raid", "front_page", "ad"])
def test_people_who_are_sent_here_are_silent(source: str):
    assert inflated(viewers(400), viewers(500, name="sent", at_s=1_000, sources=(source, source, source, ""))) == []


def test_hosted_joins_of_people_are_silent():
    assert inflated(viewers(400), viewers(200, name="guest", at_s=1_000, sources=("share",))) == []


def test_people_of_one_network_are_silent():
    assert inflated(viewers(400), viewers(200, name="campus", at_s=1_000, within_s=600, ip_prefix="campus")) == []


def test_silent_people_of_one_network_alone_are_silent():
    quiet = viewers(120, name="quiet", chatty=0.01, ip_prefix="office")

    assert inflated(viewers(800), quiet) == []


def test_a_platform_that_does_not_tell_who_leaves_is_silent():
    stay = [event for event in viewers(600) if getattr(event, "action", "") != "leave"]

    assert inflated(stay) == []


@pytest.mark.parametrize(("needed", "found"), [(0, True), (1, False)])
def test_it_fires_at_the_least_number_of_accounts_and_not_below(needed: int, found: bool):
    """However many are named at first: with a least number of one more, it would have been a near miss."""
    events = in_order(viewers(500), bots(300, devices=40), [marker("ended", 1_080)])
    [first, *_] = alerts(events, partition=Partition(detectors=[InflatedViewers]))
    least = first.accounts_total + needed
    rules = rules_of(make_rule_set({SCHEME: {"min_accounts": least}}, version=1))
    told = [a for a in alerts(events, partition=Partition(rules=rules)) if a.scheme == SCHEME]

    assert bool(told and told[0].event_ts == first.event_ts) is found


def test_what_speaks_against_it_is_said():
    [alert] = inflated(viewers(500), bots(300, devices=40, says=15, source="front_page"))

    assert any("came by a raid, the front page or an ad." in sentence for sentence in alert.counter_evidence)
    assert any("said or bought something." in sentence for sentence in alert.counter_evidence)
    assert any("older than a year." in sentence for sentence in alert.counter_evidence)


def test_the_counterfactual_says_how_many_fewer_would_have_cleared_it():
    [alert] = inflated(viewers(500), bots(300, devices=40))
    numbers = alert.counterfactual.numbers

    assert numbers["bits"] > numbers["threshold_bits"]
    assert 1 <= numbers["accounts_fewer"] < 300


def test_too_few_bots_are_a_near_miss_at_most():
    assert inflated(viewers(500), bots(25, devices=5)) == []
    assert all(not miss.fires for miss in near_misses(viewers(500), bots(25, devices=5), scheme=SCHEME))


# -- the counter ------------------------------------------------------------------------------------------------------


def counted(shown: int, count: int, *, started: bool = True) -> list[Event]:
    """A show with `count` statuses of the counter, one a minute."""
    statuses = [marker("status", 1_200 + 60 * i, viewers_shown=shown) for i in range(count)]
    return ([marker("started", 0)] if started else []) + statuses


@pytest.mark.parametrize(("count", "found"), [(3, False), (4, True)])
def test_a_counter_that_no_joins_support_is_found_after_four_statuses(count: int, found: bool):
    told = inflated(viewers(400), counted(2_000, count))

    assert bool(told) is found


def test_it_names_nobody_and_shows_the_counter():
    [alert] = inflated(viewers(400), counted(2_000, 8))

    assert alert.accounts == []
    assert {act.topic for act in alert.evidence} == {"live.shows"}
    assert signal(alert, "viewers_shown").observed == 2_000
    assert "The counter showed 2000 viewers" in alert.title


@pytest.mark.parametrize(("over", "found"), [(0, False), (1, True)])
def test_half_as_many_again_and_the_least_number_are_allowed(over: int, found: bool):
    people = [join(f"v{i}", i) for i in range(100)]

    assert bool(inflated(people, counted(150 + InflatedViewers().min_accounts + over, 6))) is found


def test_a_show_whose_start_was_not_seen_may_have_had_viewers_before():
    assert inflated(viewers(400), counted(2_000, 8, started=False)) == []
