"""Logs: one JSON object a line on stderr, whoever speaks."""

import json
import subprocess
import sys
import textwrap

from agents.logs import MOST_SAYINGS, Repeats

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

REPEATING = """
    import logging, time
    import structlog
    from agents import logs

    logs.set_up()
    for broker in range(50):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", broker)
        structlog.get_logger("ingest").info("ours")
    logging.getLogger("aiokafka").error("Unable to update metadata from %s", [1])
    time.sleep(1.0)
    logging.getLogger("aiokafka").error("Unable connect to node with id %s", 50)
"""


def said(*arguments: str, program: str = SPEAKING) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments], capture_output=True, text=True, timeout=20
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


def test_what_a_library_says_again_and_again_is_a_line_a_second_with_a_count_and_ours_are_all_there():
    lines = [json.loads(line) for line in said(program=REPEATING)]

    assert [(line["event"], line.get("held_back")) for line in lines if line["logger"] == "aiokafka"] == [
        ("Unable connect to node with id 0", None),
        ("Unable to update metadata from [1]", None),
        ("Unable connect to node with id 50", 49),
    ]
    assert sum(line["event"] == "ours" for line in lines) == 50


def test_a_saying_is_let_through_when_its_time_has_passed_and_not_before():
    repeats, saying = Repeats(every_s=1.0), ("aiokafka", "no broker")

    assert [repeats.held_back(saying, now_s) for now_s in (10.0, 10.5, 10.999, 11.0, 11.999, 12.0)] == [
        0,
        None,
        None,
        2,
        None,
        1,
    ]


def test_sayings_of_another_logger_or_text_do_not_count():
    repeats = Repeats()

    assert repeats.held_back(("aiokafka", "no broker"), 0.0) == 0
    assert repeats.held_back(("aiokafka.consumer", "no broker"), 0.0) == 0
    assert repeats.held_back(("aiokafka", "another"), 0.0) == 0
    assert repeats.held_back(("aiokafka", "no broker"), 0.0) is None


def test_what_is_remembered_is_bounded():
    repeats = Repeats()

    for number in range(3 * MOST_SAYINGS):
        assert repeats.held_back(("aiokafka", f"text {number}"), 0.0) == 0

    assert len(repeats._said) <= MOST_SAYINGS
