"""scan: what it says of files and of a recorded log, and that neither order of arrival nor the way changes an alert."""

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest
from evenings import evening, ids, log_of, scanned, shuffled, told
from logs import LogWriter, alerts, comment, join, play

import worlds
from agents.errors import ClaquewatchError
from agents.recordings import LoggedRecord, line_of, parse
from agents.scan import Scan, nothing
from agents.settings import without_settings
from agents.version import code
from streams.log import Record, headers_of
from streams.partition import Partition
from streams.rules import default_rules, make_rule_set

SEEDS = (3, 7)


def claquewatch(*words: str, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a person runs it."""
    own = without_settings(os.environ)
    command = [sys.executable, "-m", "agents.cli", *words]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, env={**own, **env})


def recorded(logs: dict[int, list[Record]], first_offset: int = 0) -> list[bytes]:
    return [
        line_of(number, offset, headers_of(record), record.value)
        for number, log in logs.items()
        for offset, record in enumerate(log, first_offset)
    ]


def scan_of(lines: Iterable[bytes], **options: Any) -> tuple[list[Any], Scan]:
    found: list[Any] = []
    scan = Scan(default_rules(), pane_ms=2_000, lateness_ms=2_000, emit=found.append, **options)
    scan.take_all(parse(line, "here") for line in lines)
    return found, scan


@pytest.fixture(scope="module")
def a_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("evening") / "evening.jsonl"
    worlds.write(evening(3), str(path))
    return path


# -- whole evenings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_another_order_of_arrival_within_the_lateness_gives_the_same_bytes(seed):
    found, scan = scanned(evening(seed).events)
    other, other_scan = scanned(shuffled(evening(seed).events, seed))

    assert len(found) > 10
    assert told(other) == told(found)
    assert scan.summary.late == other_scan.summary.late == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_over_the_recorded_log_scan_says_what_was_said_live(seed):
    logs = log_of(evening(seed).events, partitions=3)
    live = [alert for log in logs.values() for alert in alerts(play(Partition(code=code(), checkpoints=True), log))]

    found, scan = scan_of(recorded(logs))

    assert len(found) > 10
    assert told(found) == told(live)
    assert (scan.summary.holes, scan.summary.late, scan.summary.unreadable) == (0, 0, 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_scan_of_the_file_finds_what_is_found_live_by_the_same_ids_and_contents(seed):
    logs = log_of(evening(seed).events, partitions=3)
    live = [alert for log in logs.values() for alert in alerts(play(Partition(), log))]

    found, _ = scanned(evening(seed).events)

    assert ids(found) == ids(live)
    assert sorted(told(found)) == sorted(told(live))


def test_a_log_that_was_cut_otherwise_and_partly_written_twice_says_the_same():
    once = log_of(evening(3).events, partitions=2)
    other = log_of(evening(3).events, partitions=2, seed=2, longest=3_000)
    twice = {number: [*log[:9], *log[4:30], *log[20:]] for number, log in once.items()}

    expected = told(scan_of(recorded(once))[0])

    assert sorted(told(scan_of(recorded(other))[0])) == sorted(expected)
    assert told(scan_of(recorded(twice))[0]) == expected


# -- a recorded log ---------------------------------------------------------------------------------------------------


def test_a_log_that_does_not_begin_at_its_beginning_starts_cold_and_says_so():
    log = LogWriter().write([join(1)], upto=5).records

    _, scan = scan_of(recorded({2: log}, first_offset=40))

    assert scan.summary.cold == {2: 40}


def test_a_recorded_log_is_never_moved_past_its_last_record():
    log = LogWriter().write([join(n, f"a{n}") for n in range(5)], upto=3).records

    _, scan = scan_of(recorded({0: log}))
    moved, _ = scan_of(recorded({0: log}))

    assert moved == []
    assert scan.summary.events == {"live.joins": 5}
    assert scan._logged[0].reader.watermark == log[-1].watermark


def test_a_range_that_is_missing_is_counted():
    writer = LogWriter().write([join(1)]).write([join(2)]).write([join(3)], upto=5)
    log = [writer.records[0], *writer.records[2:]]

    assert scan_of(recorded({0: log}))[1].summary.holes == 1


def test_lines_that_todays_code_cannot_read_are_counted_as_rejected():
    [record, time] = LogWriter().write([join(1), join(2)], upto=5).records
    broken = msgspec.structs.replace(record, value=record.value.replace(b'"join"', b'"jump"', 1))

    _, scan = scan_of(recorded({0: [broken, time]}))

    assert (scan.summary.unreadable, scan.summary.rejected_total) == (1, 1)
    assert scan.summary.events == {"live.joins": 1}


def test_a_kind_that_this_version_does_not_know_is_a_sentence_and_not_passed_over():
    strange = Record(kind="hologram", watermark=0)  # type: ignore[arg-type]
    scan = Scan(default_rules(), pane_ms=2_000, lateness_ms=2_000, emit=nothing)

    with pytest.raises(ClaquewatchError, match=r"live\.activity/1/7: the log has a record of kind 'hologram'"):
        scan.take(LoggedRecord(1, 7, strange))


def test_a_rule_set_in_the_log_is_in_force_from_there_on():
    logs = log_of(evening(3).events, partitions=1)
    rules = make_rule_set({}, version=5)
    half = len(logs[0]) // 2
    published = Record(
        kind="rules", source="live.rules", first=0, last=0, value=msgspec.json.encode(rules),
        watermark=logs[0][half].watermark, newest=logs[0][half].newest,
    )  # fmt: skip

    found, _ = scan_of(recorded({0: [*logs[0][: half + 1], published, *logs[0][half + 1 :]]}))

    versions = [alert.ruleset.version for alert in found]
    assert versions == sorted(versions)
    assert set(versions) == {0, 5}


# -- the command ------------------------------------------------------------------------------------------------------


def test_a_good_file_ends_with_0_and_says_what_was_in_it(a_file):
    scan = claquewatch("scan", str(a_file))

    said = scan.stderr.decode().splitlines()
    assert (scan.returncode, scan.stdout) == (0, b"")
    assert said[0].startswith(f"{len(evening(3).events):,} events (")
    assert said[0].endswith(" of 8 shows")
    assert any(line.startswith("coordinated_purchases: ") for line in said)


def test_alerts_go_to_standard_output_or_a_file_as_json_lines(a_file, tmp_path):
    out = tmp_path / "alerts.jsonl.gz"
    expected = [json.loads(line) for line in told(scanned(evening(3).events)[0])]

    printed = claquewatch("scan", str(a_file), "--alerts", "-")
    written = claquewatch("scan", str(a_file), "--alerts", str(out))

    assert [json.loads(line) for line in printed.stdout.splitlines()] == expected
    assert gzip.decompress(out.read_bytes()) == printed.stdout
    assert (printed.returncode, written.returncode, written.stdout) == (0, 0, b"")
    assert printed.stderr == written.stderr


def test_a_file_comes_out_the_same_from_standard_input(a_file):
    packed = gzip.compress(a_file.read_bytes())

    assert claquewatch("scan", "-", "--alerts", "-", stdin=packed).stdout == (
        claquewatch("scan", str(a_file), "--alerts", "-").stdout
    )


def test_what_is_found_in_a_pipe_is_said_while_the_pipe_is_open(a_file):
    command = [sys.executable, "-m", "agents.cli", "scan", "-", "--alerts", "-"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=without_settings(os.environ), **pipes) as scan:
        try:
            writer = threading.Thread(target=_write_and_leave_open, args=(scan.stdin, a_file.read_bytes()))
            writer.start()
            first = json.loads(scan.stdout.readline())  # the test's time-out ends a wait in vain
            scan.send_signal(signal.SIGINT)
            scan.stdout.read()
            scan.wait(timeout=20)
            writer.join(timeout=20)
        finally:
            scan.kill()

    assert (first["status"], first["revision"]) == ("open", 1)
    assert scan.returncode == 130


def _write_and_leave_open(pipe: IO[bytes], content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # who reads it may have gone
        pipe.write(content)
        pipe.flush()


BAD = b"\n".join(
    [
        msgspec.json.encode({"topic": "live.joins", "value": join(1)}),
        b"{",
        msgspec.json.encode({"topic": "live.comments", "value": {"text": "x"}}),
        b"nonsense",
        msgspec.json.encode({"topic": "live.comments", "value": comment(2)}),
    ]
)


def test_rejected_input_ends_with_3_and_each_reason_with_its_count_and_first():
    scan = claquewatch("scan", "-", stdin=BAD)

    said = scan.stderr.decode().splitlines()
    assert scan.returncode == 3
    assert said[0] == "2 events (1 comments, 1 joins) of 1 shows"
    assert "rejected 1 as missing_field; the first at standard input:3: `event_id` is missing" in said
    assert any(line.startswith("rejected 2 as not_json; the first at standard input:2: ") for line in said)


def test_with_strict_rejected_input_ends_with_1():
    assert claquewatch("scan", "-", "--strict", stdin=BAD).returncode == 1
    assert claquewatch("scan", "-", "--strict", stdin=BAD.splitlines()[0]).returncode == 0


def test_a_cold_start_is_said(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"\n".join(recorded({2: LogWriter().write([join(1)], upto=5).records}, first_offset=40)))

    scan = claquewatch("scan", str(path))

    assert scan.returncode == 0
    assert "partition 2 starts cold at offset 40: shows on air then are seen only from there on" in scan.stderr.decode()


def test_thresholds_come_from_a_rules_file(a_file, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text("[coordinated_purchases]\nfire_bits = 1e9\n")

    strict = claquewatch("scan", str(a_file), "--rules", str(rules)).stderr.decode()

    assert "coordinated_purchases" not in strict
    assert "paid_praise" in strict


def test_a_bad_rules_file_ends_with_every_error_and_its_line(a_file, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('[coordinated_purchases]\nfire_bits = "five"\n\n[room]\nno_such = 1\n')

    scan = claquewatch("scan", str(a_file), "--rules", str(rules))

    assert scan.returncode == 1
    assert "has 2 errors:" in scan.stderr.decode()
    assert "line 2: [coordinated_purchases] fire_bits" in scan.stderr.decode()
    assert "line 5: [room] no_such: no such setting" in scan.stderr.decode()


def test_a_reader_that_has_had_enough_is_no_error(a_file):
    command = f"{sys.executable} -m agents.cli scan {a_file} --alerts - | head -c 1 > /dev/null"

    scan = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60)

    assert b"Traceback" not in scan.stderr
