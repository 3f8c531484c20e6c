"""Bursts: who is in one, what it is worth, when it ends; pairs by distinct keys."""

import msgspec
import pytest

from streams.evidence.bursts import (
    ACTIVE_MS,
    ALONE_MS,
    GAP_MS,
    MAX_CLOSED,
    MAX_MEMBERS,
    SPAN_MS,
    SWEEP_MS,
    Act,
    Active,
    Bursts,
    pairs_of,
    threshold_bits,
)


def bursts_with_active(count: int) -> Bursts:
    bursts = Bursts()
    for i in range(count):
        bursts.active.act(f"v{i}", 1_000)
    return bursts


def say(bursts: Bursts, key: str, ts: int, *accounts: str, explained: bool = False) -> None:
    for account in accounts:
        bursts.act(key, account, Act(f"{key} {account} {ts}", ts), explained)


def test_an_account_is_active_for_two_minutes():
    active = Active()
    active.act("a", 1_000)
    active.act("b", 2_000)

    assert active.count(1_000 + ACTIVE_MS - 1) == 2
    assert active.count(1_000 + ACTIVE_MS) == 1
    active.act("b", 1_500)
    assert active.count(2_000 + ACTIVE_MS - 1) == 1


def test_a_burst_of_four_among_64_is_worth_four_bits_to_each():
    bursts = bursts_with_active(60)
    say(bursts, "k", 2_000, "a", "b", "c", "d")

    assert [burst.bits for burst in bursts.worth()] == [4.0]


def test_a_burst_of_the_whole_room_is_worth_nothing():
    bursts = Bursts()
    say(bursts, "1", 1_000, *(f"v{i}" for i in range(60)))

    assert bursts.worth() == []


def test_what_nobody_else_said_is_forgotten_and_what_two_said_is_not():
    bursts = Bursts()
    say(bursts, "alone", 1_000, "a")
    say(bursts, "two", 1_000, "a", "b")
    say(bursts, "late", ALONE_MS - 1_000, "c")
    assert list(bursts.open) == ["alone", "two", "late"]
    say(bursts, "later", ALONE_MS + SWEEP_MS + 1_000, "d")

    assert list(bursts.open) == ["two", "late", "later"]


def test_what_was_announced_is_worth_nothing():
    bursts = bursts_with_active(100)
    say(bursts, "k", 2_000, "a", "b", explained=True)

    assert bursts.worth() == []


def test_an_account_that_repeats_itself_is_no_burst():
    bursts = bursts_with_active(100)
    say(bursts, "k", 2_000, "a", "a", "a")

    assert bursts.worth() == []


@pytest.mark.parametrize(("pause_ms", "count"), [(GAP_MS, 1), (GAP_MS + 1, 2)])
def test_an_act_just_after_the_gap_begins_another_burst(pause_ms: int, count: int):
    bursts = bursts_with_active(100)
    say(bursts, "k", 2_000, "a", "b")
    say(bursts, "k", 2_000 + pause_ms, "c", "d")

    assert len(bursts.worth()) == count


def test_a_burst_that_goes_on_and_on_is_cut():
    bursts = Bursts()
    for i in range(20):
        say(bursts, "k", 1_000 + i * 10_000, f"a{i}")

    assert max(burst.newest_ms - burst.start_ms for burst in [*bursts.closed, *bursts.open.values()]) <= SPAN_MS


@pytest.mark.parametrize(("members", "worth"), [(MAX_MEMBERS, True), (MAX_MEMBERS + 1, False)])
def test_a_burst_of_more_than_150_says_nothing(members: int, worth: bool):
    bursts = bursts_with_active(1_000)
    say(bursts, "k", 2_000, *(f"a{i}" for i in range(members)))

    assert bool(bursts.worth()) is worth


def test_closed_bursts_are_bounded_and_the_oldest_are_forgotten():
    bursts = bursts_with_active(10)
    for i in range(MAX_CLOSED + 3):
        say(bursts, f"k{i}", 2_000, "a", "b")
    bursts.close_until(10**9)

    assert (len(bursts.closed), bursts.forgotten, bursts.closed[0].key) == (MAX_CLOSED, 3, "k3")


def test_a_pair_needs_two_distinct_keys_and_counts_the_best_burst_of_each():
    bursts = bursts_with_active(60)
    say(bursts, "hello", 2_000, "a", "b")
    say(bursts, "hello", 50_000, "a", "b", "c", "d")
    assert pairs_of(bursts.worth()) == {}
    say(bursts, "lovely", 52_000, "b", "a")
    [(pair, evidence)] = pairs_of(bursts.worth()).items()

    assert pair == ("a", "b")
    assert list(evidence.keys) == ["hello", "lovely"]
    assert evidence.bits == pytest.approx(evidence.keys["hello"] + evidence.keys["lovely"])
    assert evidence.keys["hello"] == pytest.approx(4.954, abs=0.001)


def test_it_goes_on_after_it_was_saved_as_if_it_had_not_been():
    bursts = bursts_with_active(60)
    say(bursts, "k", 2_000, "a", "b")
    restored = msgspec.msgpack.decode(msgspec.msgpack.encode(bursts), type=Bursts)
    for each in (bursts, restored):
        say(each, "k", 3_000, "c")
        say(each, "l", 3_000, "a", "b", "c")
        each.close_until(10**9)

    assert restored == bursts
    assert list(pairs_of(restored.worth())) == list(pairs_of(bursts.worth()))


def test_the_threshold_grows_with_the_pairs_that_share_a_key():
    bursts = bursts_with_active(5_000)
    say(bursts, "k", 2_000, "a", "b")
    assert threshold_bits(bursts.worth()) == 12
    say(bursts, "l", 2_000, *(f"a{i}" for i in range(100)))
    assert threshold_bits(bursts.worth()) == pytest.approx(15.27, abs=0.01)
