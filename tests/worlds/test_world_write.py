"""Evenings are written to files, moved in time, and played at another speed."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest
import zstandard

from worlds import Evening, beginning_at, ending_at, evening, scale, shift, write


@pytest.fixture(scope="module")
def small() -> Evening:
    return evening(seed=12, shows=2, viewers=(50, 80), share=1.0, tail_hours=0.5)


def read(path: Path) -> list[dict]:
    raw = path.read_bytes()
    if path.suffix == ".gz":
        raw = gzip.decompress(raw)
    if path.suffix == ".zst":
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    return [msgspec.json.decode(line) for line in raw.splitlines()]


@pytest.mark.parametrize("name", ["evening.jsonl", "evening.jsonl.gz", "evening.jsonl.zst"])
def test_a_file_holds_topic_and_value_of_every_event_in_order_of_arrival(
    small: Evening, tmp_path: Path, name: str
) -> None:
    count = write(small, str(tmp_path / name), str(tmp_path / "truth.json"))

    assert read(tmp_path / name) == [{"topic": topic, "value": value} for _, topic, value in small.events]
    assert count == len(small.events)
    assert msgspec.json.decode((tmp_path / "truth.json").read_bytes()) == small.truth


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_the_same_evening_is_the_same_file(small: Evening, tmp_path: Path, ending: str) -> None:
    for name in ("one", "two"):
        write(small, str(tmp_path / f"{name}.jsonl{ending}"))

    assert (tmp_path / f"one.jsonl{ending}").read_bytes() == (tmp_path / f"two.jsonl{ending}").read_bytes()


def test_a_dash_is_standard_output(small: Evening, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write(small, "-")

    assert len(capfdbinary.readouterr().out.splitlines()) == len(small.events)


def test_shifting_moves_every_time_and_nothing_else(small: Evening) -> None:
    moved = shift(small, 5_000)

    for (arrival, topic, value), (arrival2, topic2, value2) in zip(small.events, moved.events, strict=True):
        assert (arrival2, topic2) == (arrival + 5_000, topic)
        for name in value:
            late = 5_000 if name in ("ts", "until_ts", "ends_at_ts", "account_created_ts") else 0
            assert value2[name] == (value[name] + late if late else value[name])
    for show_id, found in small.truth["schemes"].items():
        for scheme, planted in found.items():
            assert moved.truth["schemes"][show_id][scheme]["third"] == planted["third"] + 5_000
    assert shift(moved, -5_000).truth == small.truth


def test_an_evening_can_be_made_to_begin_or_end_at_a_time(small: Evening) -> None:
    assert max(value["ts"] for _, _, value in ending_at(small, 1_800_000_000_000).events) == 1_800_000_000_000
    assert min(value["ts"] for _, _, value in beginning_at(small, 1_800_000_000_000).events) == 1_800_000_000_000


def test_playing_faster_divides_the_time_of_arrival_and_leaves_event_time(small: Evening) -> None:
    played = list(scale(small, speed=10, ends_at_ms=1_800_000_000_000))

    assert played[0][0] == 0
    assert played[-1][0] == pytest.approx((small.events[-1][0] - small.events[0][0]) / 10)
    by_ms = 1_800_000_000_000 - max(value["ts"] for _, _, value in small.events)
    assert [value["ts"] for _, _, value in played] == [value["ts"] + by_ms for _, _, value in small.events]


def test_a_speed_of_nothing_is_refused(small: Evening) -> None:
    with pytest.raises(ValueError, match="give a number above 0"):
        list(scale(small, speed=0))
