"""What a demo says at its end: what was planted and seen, and what could not be seen yet."""

from typing import Any

import pytest
from evenings import evening, scanned

from agents.demo.report import report
from agents.demo.tally import SCHEMES, Tally


def said_at_the_end(tally: Tally, truth: dict[str, Any], until_ms: int) -> list[str]:
    counts = {"delivered": 0, "verified": 0, "bad": 0, "duplicates": 0, "restarts": 0}
    return report(tally, truth, until_ms, **counts, metrics_url="")


@pytest.fixture(scope="module")
def played() -> tuple[dict[str, Any], Tally]:
    """The truth of an evening and a demo that was told its alerts."""
    made = evening(3)
    tally = Tally()
    alerts, _ = scanned(made.events)
    for alert in alerts:
        tally.took(alert)
    return made.truth, tally


def thirds(truth: dict[str, Any]) -> list[int]:
    return sorted(plant["third"] for plants in truth["schemes"].values() for plant in plants.values())


def test_every_scheme_has_its_lines(played):
    truth, tally = played
    lines = said_at_the_end(tally, truth, thirds(truth)[-1])

    for scheme in SCHEMES:
        assert any(line.split()[:2] == [scheme, "false"] for line in lines)
    planted = [line for line in lines if " planted " in line]
    assert sum(int(line.split("planted ")[1].split(",")[0]) for line in planted) == len(thirds(truth))
    assert not [line for line in lines if "too early" in line]


def test_what_was_mostly_still_to_come_counts_neither_as_missed_nor_as_clean(played):
    truth, _ = played
    last = thirds(truth)[-1]
    told, early = Tally().pairs(truth, last - 1)

    assert [pair.third_ms for pair in early] == [last]
    assert len(told) + len(early) == len(SCHEMES) * len(truth["shows"])
    assert " too early planted 1;" in "\n".join(said_at_the_end(Tally(), truth, last - 1))


def test_what_was_seen_before_a_third_of_it_was_played_is_found(played):
    truth, tally = played
    told, early = tally.pairs(truth, 0)

    assert [pair for pair in told if pair.is_found and not pair.is_clean]
    assert not [pair for pair in early if pair.is_found]
