"""Logs: one JSON object a line on stderr, whoever speaks."""

import json
import subprocess
import sys
import textwrap

SPEAKING = """
    import logging, sys
    import structlog
    from agents import logs

    logs.set_up(*sys.argv[1:])
    structlog.get_logger("ingest").info("partitions taken", partitions=[0, 1])
    structlog.get_logger("ingest").debug("a detail")
    logging.getLogger("aiokafka.consumer").error("no coordinator: %s", "k1")
    logging.getLogger("aiokafka.consumer").warning("a first request")
    logging.getLogger("somebody").info("hello")
    try:
        1 / 0
    except ZeroDivisionError:
        structlog.get_logger("detect").exception("a bug", partition=3)
"""


def said(*arguments: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SPEAKING), *arguments], capture_output=True, text=True, timeout=20
    )
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    return ran.stderr.splitlines()


def test_every_line_is_an_object_with_time_level_and_speaker_also_of_libraries():
    lines = [json.loads(line) for line in said()]

    assert [(line["level"], line["logger"], line["event"]) for line in lines] == [
        ("info", "ingest", "partitions taken"),
        ("error", "aiokafka.consumer", "no coordinator: k1"),
        ("info", "somebody", "hello"),
        ("error", "detect", "a bug"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert lines[0]["partitions"] == [0, 1]


def test_an_exception_stays_on_its_line():
    *_, last = map(json.loads, said())

    assert last["partition"] == 3
    assert last["exception"].endswith("ZeroDivisionError: division by zero")


def test_a_level_shuts_out_what_is_below_it():
    assert [json.loads(line)["level"] for line in said("error")] == ["error", "error"]
    assert "a detail" in [json.loads(line)["event"] for line in said("debug")]


def test_people_may_have_plain_lines():
    first, *_ = said("info", "console")

    assert "partitions taken" in first
    assert "\x1b" not in first
