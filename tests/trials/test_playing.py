"""Whole evenings through the detectors: the same pairs whatever the number of processes, and the command."""

import json

import pytest
from click.testing import CliRunner

from agents.commands.evaluate import command, seeds_of
from agents.errors import UsageError
from trials.playing import Plan, all_pairs, all_statistics, play_all

SMALL = {"shows": 3, "viewers": (50, 120), "hours": 0.5, "tail_hours": 1.0}


def plans(*seeds):
    return [Plan(world="bazaar", seed=seed, options=SMALL) for seed in seeds]


def test_two_processes_give_what_one_gives():
    one, two = play_all(plans(5, 6), 1), play_all(plans(5, 6), 2)

    assert all_pairs(one) == all_pairs(two)
    assert all_statistics(one) == all_statistics(two)
    assert [played.failures for played in one] == [0, 0]


def test_every_show_is_a_pair_for_each_scheme_and_has_its_audience():
    [played] = play_all(plans(5), 1)

    assert len({pair.show_id for pair in played.pairs}) == 3
    assert all(40 <= pair.audience <= 400 for pair in played.pairs)


def evaluate(*words):
    return CliRunner().invoke(
        command, ["--shows", "2", "--viewers", "50-90", "--hours", "0.5", *words], catch_exceptions=False
    )


def test_the_command_prints_the_table_and_writes_it(tmp_path):
    said = evaluate("--world", "bazaar", "--seeds", "5", "--processes", "1", "--out", str(tmp_path / "out"))

    assert said.output.startswith("# 1 evenings of 2 shows in the world 'bazaar', seeds 5\n")
    assert (tmp_path / "out/evaluation.md").read_text() == said.output
    assert list(json.loads((tmp_path / "out/evaluation.json").read_bytes())) == [
        "title",
        "notes",
        "schemes",
        "rules",
        "floors",
    ]


def test_a_scheme_that_cannot_be_planted_is_refused():
    with pytest.raises(UsageError, match="cannot plant 'bribes'"):
        evaluate("--world", "bazaar", "--schemes", "bribes")


def test_seeds_are_numbers_and_ranges():
    assert seeds_of("3, 7-9") == [3, 7, 8, 9]
    for wrong in ("", "x", "9-3", "1-99999"):
        with pytest.raises(UsageError):
            seeds_of(wrong)
