"""Whole evenings through the detectors: the same pairs whatever the number of processes, and the command."""

import json
import re

import pytest
from click.testing import CliRunner

from agents.commands.evaluate import command, seeds_of
from agents.errors import UsageError
from trials.learning import learned_from
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
        "pilot",
        "packed",
        "returning",
        "promise",
        "laws",
        "floors",
    ]
    assert (tmp_path / "out/evaluation.html").read_text().startswith("<!doctype html>")


def test_small_shows_and_crews_that_come_back_are_played_too():
    said = evaluate(
        "--world",
        "bazaar",
        "--seeds",
        "5",
        "--schemes",
        "coordinated_purchases",
        "--full",
        "--quick",
        "--processes",
        "1",
    )

    assert said.exit_code == 0
    for scheme, group, shows in (("coordinated_purchases", "90%", 3), ("paid_praise", "school_show", 4)):
        assert f"| {scheme} | {group} | {shows} |" in said.output
    assert "| coordinated_purchases | 3 | 1 |" in said.output
    assert re.search(
        r"^\| coordinated_purchases \| \d+ \| \d+, in \d+ shows \| .* \| not measured \|$", said.output, re.M
    )
    laws = re.findall(r"^\| (\w+|all of them) \| coordinated_purchases \| .* of .* \|$", said.output, re.M)
    assert len(set(laws)) == 5
    assert laws[-1] == "all of them"
    assert "| paid_praise | 3 |" not in said.output


def test_what_is_said_in_words_is_not_made_quick():
    said = evaluate("--world", "bazaar", "--seeds", "5-6", "--quick", "--processes", "1")

    assert said.output.startswith("# 2 evenings of 2 shows")


def test_a_show_that_went_wrong_has_a_detail_and_no_other_has():
    [played] = play_all([Plan(world="bazaar", seed=2501, options=SMALL | {"shows": 8, "strength": "faint"})], 1)
    wrong = {pair.show_id for pair in played.pairs if pair.is_clean == pair.is_found}

    assert wrong
    assert {detail.show_id for detail in played.details} == wrong


def test_a_scheme_that_cannot_be_planted_is_refused():
    with pytest.raises(UsageError, match="cannot plant 'bribes'"):
        evaluate("--world", "bazaar", "--schemes", "bribes")


def test_seeds_are_numbers_and_ranges():
    assert seeds_of("3, 7-9") == [3, 7, 8, 9]
    for wrong in ("", "x", "9-3", "1-99999"):
        with pytest.raises(UsageError):
            seeds_of(wrong)


def test_rates_are_learned_from_several_evenings_as_from_a_history_of_days():
    options = {"shows": 8, "viewers": (50, 400), "hours": 0.5, "tail_hours": 24.0}
    first, second, both = (learned_from("bazaar", seeds, options).hash for seeds in ((2502,), (2503,), (2502, 2503)))

    assert len({first, second, both}) == 3


def test_an_evening_that_is_judged_is_not_learned_from():
    with pytest.raises(UsageError, match="--calibrate-on 2504: an evening that is judged"):
        evaluate("--world", "bazaar", "--seeds", "2504-2505", "--calibrate-on", "2502-2504")
    with pytest.raises(UsageError, match="--calibrate-on 'x'"):
        evaluate("--world", "bazaar", "--seeds", "2504", "--calibrate-on", "x")
