"""The same seed is the same evening, and what is added leaves the rest as it was."""

from __future__ import annotations

import os
import subprocess
import sys

from worlds import BEGINS_AT_MS, evening, lazily
from worlds.bazaar.laws import DAY

DIGEST = """
import hashlib, msgspec
from worlds import evening
made = evening(seed=8, shows=6, viewers=(50, 400), share=1.0)
print(hashlib.sha256(msgspec.json.encode([made.events, made.truth])).hexdigest())
"""


def digest(hash_seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_two_processes_with_other_hash_seeds_make_the_same_evening() -> None:
    assert digest("1") == digest("4242") != ""


def test_another_seed_is_another_evening() -> None:
    first, second = (evening(seed, shows=2, viewers=(50, 80)) for seed in (1, 2))

    assert first.truth["shows"][0]["room_id"] != second.truth["shows"][0]["room_id"]


def test_an_evening_read_lazily_is_the_same_evening() -> None:
    made = evening(seed=9, shows=5, viewers=(50, 300), share=0.6)
    read = lazily(seed=9, shows=5, viewers=(50, 300), share=0.6)

    assert list(read) == made.events
    assert read.truth == made.truth
    assert list(read) == made.events  # once more


def test_the_honest_events_of_a_show_are_the_same_with_and_without_plants() -> None:
    honest = evening(seed=10, shows=12, viewers=(80, 900), plants=(), share=1.0)
    staged = evening(seed=10, shows=12, viewers=(80, 900), share=1.0)
    ids = {value["event_id"] for _, _, value in honest.events}

    def background(events: list) -> list:
        return [e for e in events if e[2]["event_id"] in ids and e[2].get("action") != "status"]

    assert all(staged.truth["schemes"].values())
    assert len(staged.events) > len(honest.events)
    assert background(staged.events) == background(honest.events)


def test_another_day_has_the_same_rooms_and_returning_people() -> None:
    days = [evening(seed=11, shows=3, viewers=(300, 900), plants=(), day=day) for day in (0, 1)]
    rooms = [{show["room_id"] for show in made.truth["shows"]} for made in days]
    people = [{v["account_id"] for _, t, v in made.events if t == "live.joins"} for made in days]
    skus = [{v["sku"] for _, t, v in made.events if t == "live.orders"} for made in days]

    assert rooms[0] == rooms[1]
    assert not {s["show_id"] for s in days[0].truth["shows"]} & {s["show_id"] for s in days[1].truth["shows"]}
    assert 20 < len(people[0] & people[1]) < 0.6 * len(people[0])
    assert skus[0] & skus[1]
    assert days[1].events[0][2]["ts"] >= BEGINS_AT_MS + DAY
