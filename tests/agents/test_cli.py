"""The command as a person runs it: every command explains itself, and what goes wrong is one sentence on stderr."""

import io
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import worlds
from agents.cli import main
from agents.commands import COMMANDS
from agents.settings import without_settings
from agents.version import PACKAGE

GROUPS = {"rules": ("check", "show", "apply"), "webhooks": ("list", "check", "test")}
EVERY = [(), *((name,) for name in COMMANDS), *((group, name) for group, names in GROUPS.items() for name in names)]
NOBODY = "127.0.0.1:1"  # nothing listens there


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "agents.cli", *words]


def environment(**settings: str) -> dict[str, str]:
    own = without_settings(os.environ)
    return own | {f"CLAQUEWATCH_{name}": value for name, value in settings.items()}


class Ran(NamedTuple):
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def claquewatch(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ran]:
    """Runs the command in `tmp_path`; in this process, where importing everything again would take most of the time."""

    def run(*words: str, **settings: str) -> Ran:
        # what a process of its own would be started with; nothing of the product is replaced
        monkeypatch.setattr(sys, "argv", ["claquewatch", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        monkeypatch.chdir(tmp_path)
        for name in [name for name in os.environ if name.startswith("CLAQUEWATCH_")]:
            monkeypatch.delenv(name)
        for name, value in settings.items():
            monkeypatch.setenv(f"CLAQUEWATCH_{name}", value)
        before = logging.getLogger().handlers.copy()
        with pytest.raises(SystemExit) as end:
            main()
        logging.getLogger().handlers = before
        return Ran(end.value.code, *capfd.readouterr())  # type: ignore[arg-type]

    return run


def sentence(ran: Ran, exit_code: int) -> str:
    """The one sentence that an error is."""
    assert ran.returncode == exit_code, ran.stderr
    assert ran.stdout == ""
    [line] = [line for line in ran.stderr.splitlines() if not line.startswith("{")]  # a worker's log
    return line


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_explains_itself(claquewatch, words):
    ran = claquewatch(*words, "--help")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Usage: ")
    assert len(ran.stdout.splitlines()) > 3


def test_the_list_names_every_command_with_what_it_does(claquewatch):
    said = claquewatch("--help").stdout

    for name, (_, about) in COMMANDS.items():
        assert any(line.split()[:1] == [name] and line.endswith(about) for line in said.splitlines())


def test_the_version_is_told(claquewatch):
    assert claquewatch("--version").stdout == f"claquewatch, version {PACKAGE}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such",), "No such command 'no-such'"),
        (("scan", "--no-such"), "No such option"),
        (("demo", "--seconds", "x"), "'x' is not a valid float"),
        (("rules", "no-such"), "No such command 'no-such'"),
    ],
)
def test_a_wrong_word_is_told_with_usage_and_ends_with_2(claquewatch, words, said):
    ran = claquewatch(*words)

    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("scan",), 2, "scan needs files, or --broker for a stretch of the log; see `claquewatch scan --help`"),
        (("scan", "--broker", "x.jsonl"), 2, "scan needs files, or --broker"),
        (("scan", "x.jsonl", "--from", "-2h"), 2, "--from, --to and --record go with --broker"),
        (("scan", "--broker", "--from", "yesterday"), 2, "'yesterday' is no time: write 2026-11-10T20:00+08:00, or"),
        (("scan", "nowhere.jsonl"), 2, "nowhere.jsonl cannot be read: No such file or directory"),
        (("scan", "-", "--rules", "no.toml"), 2, "no.toml cannot be read"),
        (("scan", "-", "--alerts", "no/such/folder"), 2, "no/such/folder cannot be written: No such file or directory"),
        (("rules", "check", "no.toml"), 2, "no.toml cannot be read"),
        (("rules", "apply", "no.toml"), 2, "no.toml cannot be read"),
        (("simulate", "--viewers", "many"), 2, "--viewers 'many': write the smallest and the largest audience"),
        (("simulate", "--shows", "1", "--broker"), 2, "invented orders do not belong into live topics"),
        (("worker", "--only", "ingest,dance"), 1, "--only dance: no such part; known are ingest, detect, deliver"),
        (("demo", "--rate", "5", "--speed", "5"), 2, "give one of --rate and --speed"),
        (("webhooks", "list"), 2, "no endpoints are set up"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)  # fmt: skip
def test_what_cannot_be_done_is_one_sentence(claquewatch, tmp_path, words, code, said):
    assert said in sentence(claquewatch(*words), code)


@pytest.mark.parametrize(
    "words", [("settings",), ("doctor",), ("topics",), ("scan", "-"), ("worker",), ("rules", "show"), ("demo",)],
    ids=" ".join,
)  # fmt: skip
def test_wrong_settings_stop_every_command_with_all_errors_in_one_sentence(claquewatch, words):
    said = sentence(claquewatch(*words, PARTITIONS="many", BORKER="x", BROKER=NOBODY), 2)

    assert said.startswith("claquewatch: the settings are not right: CLAQUEWATCH_BORKER is no setting (did you mean")
    assert "CLAQUEWATCH_PARTITIONS='many'" in said


@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("topics",),
        ("topics", "--create"),
        ("worker",),
        ("scan", "--broker"),
        ("rules", "show"),
        ("rules", "apply", "good.toml"),
        ("simulate", "--shows", "1", "--hours", "0.5", "--viewers", "50", "--broker"),
    ],
    ids=" ".join,
)
def test_where_no_broker_answers_every_command_says_so_in_one_sentence(claquewatch, tmp_path, words):
    (tmp_path / "good.toml").write_text("[room]\nquiet_ms = 500000\n")

    said = sentence(claquewatch(*words, BROKER=NOBODY, PREFIX="sim."), 1)

    assert said == (
        f"claquewatch: no Kafka broker answers at {NOBODY}: start one, or name another with CLAQUEWATCH_BROKER"
    )


def test_a_host_that_does_not_exist_is_the_same_sentence(claquewatch):
    assert "no Kafka broker answers at no-such-host.invalid:9092" in sentence(
        claquewatch("doctor", BROKER="no-such-host.invalid:9092"), 1
    )


def test_settings_are_shown_with_where_they_come_from(claquewatch):
    ran = claquewatch("settings", PARTITIONS="32")

    rows = {line.split()[0]: line.split()[1:3] for line in ran.stdout.splitlines()}
    assert rows["CLAQUEWATCH_PARTITIONS"] == ["32", "environment"]
    assert rows["CLAQUEWATCH_PANE_MS"] == ["2000", "default"]


def test_a_file_of_rules_is_checked_with_the_line_of_each_error(claquewatch, tmp_path):
    (tmp_path / "rules.toml").write_text("[room]\nquiet_ms = 0\nno_such = 1\n\n[nothing]\n")

    ran = claquewatch("rules", "check", "rules.toml")

    assert ran.returncode == 1
    assert [line.split(": [")[0] for line in ran.stderr.splitlines()] == [
        "rules.toml: line 5",
        "rules.toml: line 2",
        "rules.toml: line 3",
    ]


def test_the_defaults_are_a_file_of_rules_that_is_good(claquewatch, tmp_path):
    (tmp_path / "rules.toml").write_text(claquewatch("rules", "show", "--defaults").stdout)

    ran = claquewatch("rules", "check", "rules.toml")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("rules.toml is good; hash ")
    assert ran.stdout.split()[-1] in claquewatch("rules", "show", "--defaults").stdout


@pytest.mark.parametrize("world", ["bazaar", "county"])
def test_an_evening_can_be_of_either_world(claquewatch, tmp_path, world):
    asked = ("--shows", "2", "--viewers", "50-60", "--hours", "0.5", "--seed", "3")
    ran = claquewatch("simulate", "--world", world, *asked, "--out", "evening.jsonl", "--truth", "truth.json")
    scanned = claquewatch("scan", "evening.jsonl")

    made = worlds.WORLDS[world].evening(3, shows=2, viewers=(50, 60), hours=0.5)
    assert ran.returncode == scanned.returncode == 0, ran.stderr + scanned.stderr
    assert f"{len(made.events):,} events of 2 shows" in ran.stderr
    assert json.loads((tmp_path / "truth.json").read_text()) == made.truth


def test_ctrl_c_ends_with_130_and_without_a_word():
    running = subprocess.Popen(
        command("scan", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    try:
        _until_it_reads(running)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=20)
    finally:
        running.kill()
    assert (running.returncode, said) == (130, (b"", b"\n"))


def _until_it_reads(running: subprocess.Popen[bytes]) -> None:
    """Until it has read the end of what was sent to it, so it waits for more."""
    assert running.stdin is not None
    running.stdin.write(b"\n" * 300_000)  # more than a pipe holds: it returns when it has been read from
    running.stdin.flush()
