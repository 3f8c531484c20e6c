"""Crews planted into real quiet chat, from plain to well hidden: how many of their accounts are found.

Comments alone are one kind of evidence, and there are few bits in a quiet chat: so accounts in a pair above the
threshold are counted there, and beside them those whom an alert of paid_praise names. With joins and links the alerts
count. The crews are ours and the seeds few; about half of those named are the chat's own accounts that praise
again and again.
"""

from pathlib import Path
from statistics import mean
from typing import NamedTuple

import msgspec
import pytest
from real_chat import LEVELS, accounts_in_pairs, chat, planted

from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.partition import Partition
from trials.pairs import said_of

SEEDS = (1, 2)
LEAST_IN_PAIRS = {"L0": 0.9, "L2": 0.8}  # of the crew, comments alone
LEAST_NAMED = {"L0": 0.95, "L1": 0.95, "L2": 0.95, "L3": 0.6}  # with joins and links
LEAST_RIGHT = 0.35  # of those named, with joins and links; 0.42 (L2) to 0.78 (L3) were
MOST_OTHERS_IN_PAIRS = 4


class Found(NamedTuple):
    """Shares of the crew in a pair above the threshold, and named; of those named, that are of the crew."""

    in_pairs: float
    named: float
    right: float
    others_in_pairs: int


def found(data_dir: Path, level: str, manner: str, *, with_joins: bool) -> list[Found]:
    """Of both rooms and all seeds."""
    lines = chat(data_dir / "live_chat_quiet.csv.gz")
    made = []
    for room in ("chat-0", "chat-1"):
        for seed in SEEDS:
            of_room = [line for line in lines if line.room_id == room]
            events, crew = planted(of_room, LEVELS[level], seed, manner, with_joins=with_joins)
            partition = Partition()
            arrivals = Arrivals(partition)
            outputs = []
            in_pairs: set[str] = set()
            for i, event in enumerate(events):
                outputs += arrivals.take(event)
                if not with_joins and (i % 500 == 499 or i == len(events) - 1):
                    in_pairs |= set(accounts_in_pairs(partition))
            outputs += arrivals.end()
            alerts = [msgspec.to_builtins(output.body) for output in outputs if isinstance(output.body, Alert)]
            said = [of for (_, scheme), of in said_of(alerts).items() if scheme == "paid_praise"]
            named = {account for of in said for accounts in of.accounts.values() for account in accounts}
            made.append(
                Found(
                    len(crew & in_pairs) / len(crew),
                    len(crew & named) / len(crew),
                    len(crew & named) / len(named) if named else 1.0,
                    len(in_pairs - crew),
                )
            )
    what = "joins and links" if with_joins else "comments"
    print(
        f"\n{level}, {what}, {manner}: in pairs {mean(one.in_pairs for one in made):.2f}, named "
        f"{mean(one.named for one in made):.2f}, right of the named {mean(one.right for one in made):.2f}"
    )
    return made


@pytest.mark.data
@pytest.mark.parametrize("level", LEVELS)
def test_crews_that_repeat_their_words_nearly_are_found_by_comments_alone(data_dir: Path, level: str):
    made = found(data_dir, level, "nearly", with_joins=False)

    assert max(one.others_in_pairs for one in made) <= MOST_OTHERS_IN_PAIRS
    assert mean(one.in_pairs for one in made) >= LEAST_IN_PAIRS.get(level, 0.0)
    assert mean(one.named for one in made) >= 0.8


@pytest.mark.data
@pytest.mark.parametrize("level", LEVELS)
def test_crews_that_speak_freely_are_named_by_an_alert_where_pairs_see_few(data_dir: Path, level: str):
    """Of L2 a third is in pairs, below the floor: what they say shares too few letters.

    That they praise again and again is seen: 1.00 (L0, L2), 0.71 (L1) and 0.77 (L3) of them were named.
    """
    made = found(data_dir, level, "freely", with_joins=False)

    assert max(one.others_in_pairs for one in made) <= MOST_OTHERS_IN_PAIRS
    assert mean(one.in_pairs for one in made) >= {"L0": 0.9, "L2": 0.2}.get(level, 0.0)
    assert mean(one.named for one in made) >= {"L0": 0.9, "L2": 0.9}.get(level, 0.65)


@pytest.mark.data
@pytest.mark.parametrize("level", LEVELS)
def test_with_joins_and_links_nearly_all_of_a_crew_are_named(data_dir: Path, level: str):
    made = found(data_dir, level, "nearly", with_joins=True)

    assert mean(one.named for one in made) >= LEAST_NAMED[level]
    assert mean(one.right for one in made) >= LEAST_RIGHT


@pytest.mark.data
@pytest.mark.parametrize("level", LEVELS)
def test_with_joins_and_links_crews_that_speak_freely_are_named_too(data_dir: Path, level: str):
    """1.00 (L0, L2), 0.88 (L1) and 0.77 (L3) of them were named, 0.47 to 0.78 of those named were of the crew."""
    made = found(data_dir, level, "freely", with_joins=True)

    assert mean(one.named for one in made) >= {"L0": 0.95, "L1": 0.8, "L2": 0.95, "L3": 0.6}[level]
    assert mean(one.right for one in made) >= LEAST_RIGHT
