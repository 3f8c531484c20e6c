"""Real live chat, in which nobody is known to be paid: no alert, and hardly a pair above the threshold."""

from pathlib import Path

import pytest
from real_chat import accounts_in_pairs, chat

from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.partition import Partition

MOST_ACCOUNTS_IN_PAIRS = 4


@pytest.mark.data
@pytest.mark.parametrize(("name", "lines"), [("live_chat_quiet", 14_144), ("live_chat_twitch", 5_293)])
def test_real_chat_raises_no_alert_and_at_most_four_accounts_are_in_a_pair_above_the_threshold(
    data_dir: Path, name: str, lines: int
):
    partition = Partition()
    arrivals = Arrivals(partition)
    said: list[object] = []
    in_pairs: dict[str, float] = {}
    events = chat(data_dir / f"{name}.csv.gz")
    for i, event in enumerate(events):
        said += [output.body for output in arrivals.take(event)]
        if i % 500 == 499 or i == len(events) - 1:
            in_pairs.update(accounts_in_pairs(partition))
    said += [output.body for output in arrivals.end()]

    assert len(events) == lines
    assert [body for body in said if isinstance(body, Alert)] == []
    assert said == []
    print(f"\n{name}: {len(in_pairs)} accounts in a pair above the threshold: {in_pairs}")
    assert len(in_pairs) <= MOST_ACCOUNTS_IN_PAIRS
