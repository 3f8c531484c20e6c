"""The pilot's detectors beside ours: imported from where they are, compared at the pilot's recall."""

import sys

import pytest

from trials import pilot
from trials.pairs import Pair

PLAY = """
from evidence import SCHEME

def detectors():
    import fake
    return [fake.Detector]

def play(rows, classes):
    return {v["show_id"]: {SCHEME: {"event_ts": v["ts"], "accounts": ["a"]}} for _, v in rows if v["ts"] > 5}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "pilot").mkdir()
    (tmp_path / "pilot/play.py").write_text(PLAY)
    (tmp_path / "pilot/evidence.py").write_text("SCHEME = 'praise'")
    (tmp_path / "pilot/fake.py").write_text("class Detector:\n    from evidence import SCHEME")
    monkeypatch.setenv(pilot.VARIABLE, str(tmp_path))
    return pilot.folder()


def test_without_its_folder_there_is_no_pilot(tmp_path, monkeypatch):
    monkeypatch.setenv(pilot.VARIABLE, str(tmp_path))

    assert pilot.folder() is None


def test_it_is_played_and_leaves_no_module_behind(folder):
    before = set(sys.modules), list(sys.path)
    said = pilot.said_by(str(folder), [(0, "t", {"show_id": show, "ts": ts}) for show, ts in (("s1", 3), ("s2", 9))])

    assert said["s1", "praise"].found_ms is None
    assert (said["s2", "praise"].found_ms, said["s2", "praise"].accounts) == (9, {"pilot": ["a"]})
    assert (set(sys.modules), sys.path) == before


def pair(show, strength, found, score=0.0):
    return Pair(
        world="w", seed=1, show_id=show, scheme="praise", strength=strength, found_ms=found or None, score=score
    )


ITS = [pair("s1", "blatant", 1), pair("s2", "faint", 0), pair("s3", None, 1), pair("s4", None, 0)]


def test_our_false_alerts_are_counted_at_its_recall():
    ours = [
        pair("s1", "blatant", 1, 0.9),
        pair("s2", "faint", 1, 0.5),
        pair("s3", None, 1, 0.6),
        pair("s4", None, 0, 0.2),
    ]
    [row] = pilot.rows(ours, ITS)

    assert (row.recall.value, row.false, row.clean) == (0.5, 1, 2)
    assert (row.our_recall.value, row.our_false, row.our_false_at_its_recall) == (1.0, 1, 0)
    assert pilot.checks([row])[0].ok


def test_as_many_false_alerts_as_the_pilot_are_too_many():
    [row] = pilot.rows([pair("s1", "blatant", 1, 0.5), pair("s2", "faint", 0), pair("s3", None, 1, 0.9)], ITS)

    assert row.our_false_at_its_recall == 1
    assert not pilot.checks([row])[0].ok


def test_recall_that_is_never_reached_misses_the_floor():
    [row] = pilot.rows([pair("s1", "blatant", 0), pair("s2", "faint", 0), pair("s3", None, 0)], ITS)

    assert row.our_false_at_its_recall is None
    assert not pilot.checks([row])[0].ok
