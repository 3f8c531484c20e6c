"""The second world repeats: the same arguments give the same bytes, under any hash seed, at once or show by show."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from worlds import county
from worlds.write import write

HASHED = """
import hashlib, msgspec
from worlds import county
made = county.evening(seed=5, shows=8, viewers=(50, 400), tail_hours=120, share=0.8)
print(hashlib.sha256(msgspec.json.encode([made.events, made.truth])).hexdigest())
"""


def test_one_seed_gives_one_file(tmp_path) -> None:
    for name in ("a", "b"):
        write(county.evening(seed=4, shows=4), str(tmp_path / f"{name}.jsonl.zst"), str(tmp_path / f"{name}.json"))

    assert (tmp_path / "a.jsonl.zst").read_bytes() == (tmp_path / "b.jsonl.zst").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_the_seed_of_hashes_changes_nothing() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHED],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1


def test_another_seed_is_another_world() -> None:
    one, other = (county.evening(seed=seed, shows=2, viewers=(50, 100)) for seed in (1, 2))

    accounts = [{value["account_id"] for _, _, value in made.events if "account_id" in value} for made in (one, other)]
    assert not accounts[0] & accounts[1]


@pytest.mark.parametrize("hours", [2.0, 12.0])
def test_show_by_show_is_the_same_evening(hours) -> None:
    asked = {"seed": 6, "shows": 10, "viewers": (50, 500), "hours": hours, "tail_hours": 100}
    at_once, one_by_one = county.evening(**asked), county.lazily(**asked)

    assert list(one_by_one) == at_once.events
    assert one_by_one.truth == at_once.truth


def test_what_was_read_is_not_read_again() -> None:
    made = county.lazily(seed=1, shows=1, viewers=(50, 60))
    list(made)

    with pytest.raises(RuntimeError, match="read already"):
        list(made)


def test_another_length_of_the_tail_only_cuts_what_comes_late() -> None:
    long = county.evening(seed=8, shows=3, viewers=(300, 900), plants=(), negatives=(), tail_hours=300)
    short = county.evening(seed=8, shows=3, viewers=(300, 900), plants=(), negatives=(), tail_hours=4)
    ends = {show["show_id"]: show["end"] for show in long.truth["shows"]}

    assert short.events == [one for one in long.events if one[2]["ts"] <= ends[one[2]["show_id"]] + 4 * 3_600_000]


def test_what_nobody_knows_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="nothing named 'magic' in plants; known are coordinated_purchases"):
        county.evening(seed=1, plants=("magic",))
    with pytest.raises(ValueError, match="nothing named 'noise' in negatives"):
        county.evening(seed=1, negatives=("noise",))
    with pytest.raises(ValueError, match="no strength 'mild'"):
        county.evening(seed=1, strength="mild")
    with pytest.raises(ValueError, match="no laws named 'moon'"):
        county.evening(seed=1, laws="moon")
    with pytest.raises(ValueError, match="give tail_hours of as many"):
        county.evening(seed=1, plants=("complaint_surge",), tail_hours=4)
