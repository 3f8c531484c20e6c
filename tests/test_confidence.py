"""What a score is worth: read off a line, back again, and how such a line is fitted."""

from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest
from click import ClickException
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from streams.confidence import DOUBT, LINES, Line, confidence, evidence_of, score_behind
from streams.detectors import DETECTORS
from streams.evidence.surprise import score_of
from trials import confidence as refitting
from trials.fitting import Sample, as_code, checked, fit, fit_all
from trials.playing import Played

STEEP = {"buyers": Line(0.0, 2.0)}


# -- read off ---------------------------------------------------------------------------------------------------------


def test_at_the_threshold_a_score_says_what_the_line_says():
    assert confidence("buyers", 0.5, STEEP) == pytest.approx(0.5)
    assert confidence("buyers", 0.5, {"buyers": Line(-2.0, 2.0)}) == pytest.approx(0.1268, abs=1e-4)


def test_each_doubling_of_the_evidence_adds_as_much():
    shares = [confidence("buyers", score_of(bits, 10.0), STEEP) for bits in (5.0, 10.0, 20.0)]

    assert shares[0] == pytest.approx(1 - shares[2], abs=1e-6)
    assert shares[2] == pytest.approx(DOUBT + (1 - 2 * DOUBT) * 0.880797, abs=1e-6)


def test_no_score_is_surer_than_doubt_allows():
    assert DOUBT <= confidence("buyers", 0.0, STEEP) < confidence("buyers", 1.0, STEEP) <= 1 - DOUBT


def test_a_scheme_without_a_line_says_its_own_score():
    assert confidence("nobody", 0.37, STEEP) == 0.37
    assert score_behind("nobody", 0.37, STEEP) == 0.37


@given(st.floats(1.0, 80.0))
def test_the_evidence_behind_a_score_is_what_the_score_was_made_of(bits):
    assert evidence_of(score_of(bits, 10.0)) == pytest.approx(bits / 10.0, rel=1e-6)


@pytest.mark.parametrize("scheme", LINES)
@given(score=st.floats(0.05, 0.99))
def test_every_share_leads_back_to_its_score(scheme, score):
    assert score_behind(scheme, confidence(scheme, score)) == pytest.approx(score, abs=2e-3)


@pytest.mark.parametrize("scheme", LINES)
def test_the_lines_in_force_rise_and_are_of_schemes_that_there_are(scheme):
    shares = [confidence(scheme, score / 20) for score in range(1, 20)]

    assert scheme in {detector.SCHEME for detector in DETECTORS}
    assert all(one < other for one, other in pairwise(shares))


def test_every_scheme_has_a_line():
    assert set(LINES) == {detector.SCHEME for detector in DETECTORS}


# -- fitted -----------------------------------------------------------------------------------------------------------


def drawn(line, count, seed=1, scheme="buyers", condition="usual"):
    """Shows whose scores are worth what a line says."""
    random = Random(seed)
    scores = [random.uniform(0.2, 0.97) for _ in range(count)]
    return [
        Sample(condition, seed, f"s{i}", scheme, score, random.random() < confidence(scheme, score, {scheme: line}))
        for i, score in enumerate(scores)
    ]


def test_a_line_is_found_again_from_many_shows():
    found = fit(drawn(Line(-1.0, 2.5), 4_000))

    assert found.at_threshold == pytest.approx(-1.0, abs=0.2)
    assert found.doubling == pytest.approx(2.5, abs=0.3)


def test_a_scheme_with_few_shows_is_drawn_to_the_others():
    many, few = drawn(Line(-1.0, 2.5), 2_000), [Sample("usual", 1, "s", "talkers", 0.5, True)]
    lines = fit_all([*many, *few])

    assert lines["buyers"].at_threshold < lines["talkers"].at_threshold < 0.5
    assert lines["talkers"].doubling == pytest.approx(lines["buyers"].doubling, abs=0.3)


def test_a_line_rises_whatever_was_played():
    assert fit([Sample("usual", 1, f"s{i}", "buyers", i / 100, i < 50) for i in range(100)]).doubling >= 0.2


def test_shows_that_were_all_staged_leave_doubt():
    lines = fit_all([Sample("usual", 1, f"s{i}", "buyers", 0.9, True) for i in range(5)])

    assert confidence("buyers", 0.9, lines) <= 1 - DOUBT


def test_each_law_is_judged_by_lines_that_were_fitted_on_the_others():
    usual = drawn(Line(-1.0, 2.5), 400)
    another = drawn(Line(3.0, 2.5), 400, seed=2, condition="crowded")

    assert checked([*usual, *drawn(Line(-1.0, 2.5), 400, seed=2, condition="crowded")])["buyers"].error.value < 0.04
    assert checked([*usual, *another])["buyers"].error.value > 0.1


# -- the command ------------------------------------------------------------------------------------------------------


def test_what_was_kept_is_fitted_again(tmp_path):
    kept = tmp_path / "kept.json"
    samples = [*drawn(Line(-1.0, 2.5), 300), *drawn(Line(-1.0, 2.5), 300, seed=2, condition="crowded")]
    kept.write_bytes(msgspec.json.encode(samples))

    said = CliRunner().invoke(refitting.main, ["--again", str(kept)], catch_exceptions=False)

    assert as_code(fit_all(samples)) in said.output


def test_lines_are_written_where_they_are_read_and_nothing_else_is_changed(tmp_path):
    text, copy = Path(refitting.in_force.__file__).read_text(encoding="utf-8"), tmp_path / "copy.py"
    copy.write_text(text, encoding="utf-8")

    refitting.write({"buyers": Line(-1.0, 2.5)}, copy)
    assert '{\n    "buyers": Line(-1.0, 2.5),\n}\n' in copy.read_text(encoding="utf-8")

    refitting.write(LINES, copy)
    assert copy.read_text(encoding="utf-8") == text


def test_a_module_that_has_no_place_for_lines_is_refused(tmp_path):
    (tmp_path / "copy.py").write_text("LINES = {}\n", encoding="utf-8")

    with pytest.raises(ClickException, match="has no place for the lines"):
        refitting.write(LINES, tmp_path / "copy.py")


def test_every_condition_is_of_other_evenings_and_half_of_them_are_calibrated():
    planned = [plan for _, plan in refitting.conditions("bazaar", 2501, 2) if plan.make == "lazily"]
    evenings = [plan for plan in planned if plan.options["shows"] == 24]
    seeds = [plan.seed for plan in evenings] + [plan.calibrate_on.seed for plan in evenings if plan.calibrate_on]

    assert len(seeds) == len(set(seeds))
    assert {law for law, _ in refitting.conditions("bazaar", 2501, 1)} == set(refitting.worlds.WORLDS["bazaar"].LAWS)
    assert sum(plan.calibrate_on is not None for plan in evenings) == 2 * len(refitting.worlds.WORLDS["bazaar"].LAWS)


def test_shows_that_got_no_score_are_no_samples():
    assert refitting.samples_of("usual", Played([], {}, 0, 0, [])) == []
