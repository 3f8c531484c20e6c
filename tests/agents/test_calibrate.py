"""calibrate: from a platform's history to a rules file, end to end."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

import worlds
from agents.settings import without_settings
from streams.rules import check, default_rules, make_rule_set, parse


def claquewatch(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "agents.cli", *words]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=240, env=without_settings(os.environ))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "history.jsonl"
    evening = worlds.WORLDS["bazaar"].evening(
        2103, shows=14, viewers=(150, 500), hours=1, laws="regretful", tail_hours=200
    )
    worlds.write(evening, str(path))
    return path


@pytest.fixture(scope="module")
def calibrated(history: Path) -> tuple[subprocess.CompletedProcess[bytes], str]:
    out = history.with_name("rules.toml")
    done = claquewatch("calibrate", str(history), "--out", str(out))
    return done, out.read_text()


def test_an_evening_becomes_a_rules_file_that_is_accepted(history, calibrated):
    done, text = calibrated

    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert check(text) == []
    made = make_rule_set(parse(text), version=1)
    assert made.hash != default_rules().published.hash
    checked = claquewatch("rules", "check", str(history.with_name("rules.toml")))
    assert checked.stdout.decode().endswith(f"is good; hash {made.hash}\n")


def test_it_says_what_changed_and_how_alerts_would(calibrated):
    done, _ = calibrated
    said = done.stderr.decode()

    assert "  usual_least_cost_share: 0.35 -> " in said
    assert "alerts over this history, and the incidents that they are about" in said
    assert "  paid_praise: " in said
    assert "a bug" not in said


def test_it_is_the_same_packed_from_standard_input_and_without_comparing(history, calibrated):
    _, text = calibrated
    packed = gzip.compress(history.read_bytes())

    done = claquewatch("calibrate", "-", "--out", "-", "--no-compare", stdin=packed)

    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == text.replace(str(history), "standard input")
    assert b"alerts over" not in done.stderr


def test_what_is_in_force_is_where_it_starts_from(history):
    mine = history.with_name("mine.toml")
    mine.write_text("[room]\nquiet_ms = 500000\n")

    done = claquewatch("calibrate", str(history), "--rules", str(mine), "--out", "-", "--no-compare")

    assert parse(done.stdout.decode())["room"] == {"quiet_ms": 500_000}


def test_too_little_history_changes_nothing_and_says_what_is_missing(history, tmp_path):
    few = tmp_path / "few.jsonl"
    few.write_bytes(b"".join(history.read_bytes().splitlines(keepends=True)[:300]))

    done = claquewatch("calibrate", str(few), "--out", "-")

    assert make_rule_set(parse(done.stdout.decode()), version=0).hash == default_rules().published.hash
    assert (
        "usual_more_things_share stays at" in done.stderr.decode()
        or "usual_complaint_share stays at" in done.stderr.decode()
    )
    assert b"are needed" in done.stderr


def test_bad_input_is_counted_and_named(history, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b'{"topic": "live.joins"}\n')

    done = claquewatch("calibrate", str(bad), "--out", "-", "--no-compare")
    of_stdin = claquewatch("calibrate", "-", "--out", "-", "--no-compare", "--strict", stdin=bad.read_bytes())

    assert done.returncode == 3
    assert f"the first at {bad}:1: " in done.stderr.decode()
    assert of_stdin.returncode == 1
    assert "the first at standard input:1: " in of_stdin.stderr.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "x"), "calibrate needs files, or --broker"),
        (("a.jsonl", "--broker", "--out", "x"), "calibrate needs files, or --broker"),
        (("a.jsonl", "--from", "-2h", "--out", "x"), "--from and --to go with --broker"),
        (("missing.jsonl", "--out", "-"), "missing.jsonl cannot be read"),
        (("-", "-", "--out", "x"), "standard input can be given once"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words, said):
    done = claquewatch("calibrate", *words)

    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
