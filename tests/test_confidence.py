"""What a score is worth: read off a curve, back again, and how such a curve is fitted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.confidence import CURVES, confidence, score_behind
from streams.detectors import DETECTORS
from trials.confidence import KNOTS, curve, pooled
from trials.pairs import Pair

BENT = {"buyers": ((0.0, 0.0), (0.5, 0.8), (1.0, 1.0))}


@pytest.mark.parametrize(("score", "share"), [(0.0, 0.0), (0.25, 0.4), (0.5, 0.8), (0.75, 0.9), (1.0, 1.0)])
def test_between_its_points_a_curve_is_straight(score, share):
    assert confidence("buyers", score, BENT) == pytest.approx(share)


def test_a_scheme_without_a_curve_says_its_own_score():
    assert confidence("nobody", 0.37, BENT) == 0.37


@given(st.floats(0, 1))
def test_every_share_leads_back_to_its_score(score):
    assert score_behind("buyers", confidence("buyers", score, BENT), BENT) == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize("scheme", CURVES)
def test_the_curves_in_force_rise_from_0_to_1_and_are_of_schemes_that_there_are(scheme):
    points = CURVES[scheme]

    assert scheme in {detector.SCHEME for detector in DETECTORS}
    assert (points[0][0], points[-1][0]) == (0.0, 1.0)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(points))
    assert all(0 <= share <= 1 for _, share in points)


def test_shares_that_fall_are_pooled_by_their_weight():
    assert pooled([(0.1, 1), (0.6, 3), (0.2, 1), (0.9, 1)]) == pytest.approx([0.1, 0.5, 0.5, 0.9])


def pair(score, strength=None, number=0):
    return Pair(world="w", seed=1, show_id=f"s{number}", scheme="buyers", strength=strength, score=score)


def test_a_curve_is_low_where_shows_were_clean_and_high_where_they_were_staged():
    pairs = [pair(0.3, None, i) for i in range(40)] + [pair(0.8, "blatant", i) for i in range(40)]
    points = dict(curve(pairs))

    assert list(points) == list(KNOTS)
    assert points[0.25] < 0.05
    assert points[0.8] > 0.95
    assert list(points.values()) == sorted(set(points.values()))
