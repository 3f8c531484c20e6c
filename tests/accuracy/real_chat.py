"""Real live chat as events, crews that can be planted into it, and who in it speaks together more than chance has it.

Planted crews are ours: L0 says the same words within 20 s of a cue; the others follow it by an exponential delay of
45 s on average, in one of three ways of saying it (near-duplicates, or freely
said), and 40 % skip a cue (L3: 70 %). The chat knows no joins: where they
are wanted each of its accounts joins some minutes before its first line, and a crew within two minutes.
"""

import csv
import gzip
from pathlib import Path
from random import Random
from typing import NamedTuple

from streams.detectors.paid_praise import Praises
from streams.events import Comment, Event, Join
from streams.evidence.chorus import pairs_above
from streams.partition import Partition

EARLIER_MS = 300_000  # before its first line an account joined, on average; guess


class Level(NamedTuple):
    """How a crew hides."""

    accounts: int
    cues: int
    acting: float  # of the accounts, at each cue
    paraphrases: int
    jitter_s: float | None  # None: within 20 s, evenly


LEVELS = {
    "L0": Level(12, 6, 1.0, 1, None),
    "L1": Level(12, 6, 0.6, 3, 45.0),
    "L2": Level(12, 10, 0.6, 3, 45.0),
    "L3": Level(30, 10, 0.3, 3, 45.0),
}
FREELY = [
    ("you look so beautiful tonight", "so beautiful tonight!!", "wow, you look beautiful tonight"),
    ("your voice is so lovely", "such a lovely voice", "I love your voice, so lovely"),
    ("you are the best host ever", "best host ever!", "really the best host I ever saw"),
    ("what a charming smile you have", "that charming smile", "your smile is so charming"),
    ("you are so kind and honest", "so kind, so honest", "such an honest and kind person"),
    ("I could listen to you all day", "could listen to her all day long", "listening to you all day"),
    ("you are gorgeous, really", "really gorgeous!", "she is so gorgeous, really"),
    ("so elegant and so clever", "you are elegant and clever", "clever and elegant as always"),
    ("the sweetest person here", "you are the sweetest person", "sweetest person I know"),
    ("your hair looks amazing today", "amazing hair today", "wow your hair is amazing today"),
]
NEARLY = [
    (line, f"{word} {line}", f"{line} {end}")
    for (line, *_), word, end in zip(
        FREELY,
        ("wow", "really,", "yes", "omg", "truly") * 2,
        ("❤❤", "!!", "indeed", "as ever", "haha") * 2,
        strict=True,
    )
]
"""Near-duplicates: what a crew makes of the line that it was given when it is in a hurry."""
MANNERS = {"nearly": NEARLY, "freely": FREELY}


def chat(path: Path) -> list[Comment]:
    """All lines, in order."""
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


def planted(
    lines: list[Comment], level: Level, seed: int, manner: str, *, with_joins: bool
) -> tuple[list[Event], set[str]]:
    """The lines of one room with a crew among them -> all events in order, and the crew's accounts."""
    random = Random(f"planted/{seed}/{manner}")
    room, show = lines[0].room_id, lines[0].show_id
    crew = [f"crew-{i}" for i in range(level.accounts)]
    first, last = lines[len(lines) // 4].ts, lines[3 * len(lines) // 4].ts
    events: list[Event] = list(lines)
    for cue, said in enumerate(MANNERS[manner][: level.cues]):
        at = int(first + (last - first) * (cue + random.random()) / level.cues)
        for account in crew:
            if random.random() >= level.acting:
                continue
            late_s = random.uniform(0, 20) if level.jitter_s is None else random.expovariate(1 / level.jitter_s)
            events.append(
                Comment(
                    event_id=f"{account}-{cue}",
                    ts=at + int(late_s * 1_000),
                    room_id=room,
                    show_id=show,
                    account_id=account,
                    text=said[random.randrange(level.paraphrases)],
                )
            )
    if with_joins:
        came = {line.account_id: line.ts - int(random.expovariate(1 / EARLIER_MS)) for line in reversed(lines)}
        came |= {account: first - int(random.uniform(0, 120_000)) for account in crew}
        for i, (account, ts) in enumerate(came.items()):
            links = {"inviter_id": "the agency"} if account in crew else {"ip_prefix": f"net-{random.randrange(5_000)}"}
            events.append(
                Join(event_id=f"j{i}", ts=ts, room_id=room, show_id=show, account_id=account, action="join", **links)
            )
    return sorted(events, key=lambda event: event.ts), set(crew)


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
