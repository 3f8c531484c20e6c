"""Real live chat, in which nobody is known to be paid: no alert, and hardly a pair above the threshold."""

import csv
import gzip
from pathlib import Path

import pytest

from streams.alerts import Alert
from streams.arrivals import Arrivals
from streams.detectors.paid_praise import Praises
from streams.events import Comment
from streams.evidence.chorus import pairs_above
from streams.partition import Partition

MOST_ACCOUNTS_IN_PAIRS = 4


def chat(path: Path) -> list[Comment]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = [
            Comment(
                event_id=f"e{i}",
                ts=int(row["ts"]),
                room_id=row["room_id"],
                show_id=f"show of {row['room_id']}",
                account_id=row["account_id"],
                text=row["text"][:2_000],
            )
            for i, row in enumerate(csv.DictReader(file))
        ]
    return sorted(lines, key=lambda line: line.ts)


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


def accounts_in_pairs(partition: Partition) -> dict[str, float]:
    """Accounts that say the same as another more than chance would have it, with the bits of their best pair."""
    found: dict[str, float] = {}
    for room in partition.rooms.values():
        for show in room.on_air.values():
            state = show.detectors["paid_praise"]
            assert isinstance(state, Praises)
            for pair, bits in pairs_above(state.bursts.worth()).items():
                for account in pair:
                    found[account] = max(bits, found.get(account, 0.0))
    return found
