"""The response models against independent implementations and against their own definitions."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from catsim import irt
from hypothesis import given, settings
from hypothesis import strategies as st

from interview.measurement.adaptive import ScoredItem, estimate
from interview.measurement.item_model import (
    GRID,
    STEPS,
    expected_score,
    information,
    is_graded,
    level_shares,
    log_likelihood,
    parameters,
)
from interview.plans import questions as q
from interview.plans.questions import Difficulty

SLOPES = st.floats(0.3, 2.5, allow_nan=False)
PLACES = st.floats(-3.0, 3.0, allow_nan=False)
GUESSES = st.sampled_from([0.0, 0.2, 0.25, 0.5])
THETAS = st.floats(-4.0, 4.0, allow_nan=False)
KEY = q.MultipleChoice(options=(q.Option("a", "one"), q.Option("b", "two")), answer="a")


@settings(deadline=None)  # a busy machine is no failure
@given(THETAS, SLOPES, PLACES, GUESSES)
def test_keyed_answers_follow_catsims_logistic_model(theta: float, a: float, b: float, c: float) -> None:
    item = Difficulty(a, b, c)
    assert expected_score(theta, item) == pytest.approx(irt.icc(theta, a, b, c), rel=1e-12)
    assert information(theta, item) == pytest.approx(irt.inf(theta, a, b, c), rel=1e-6)


@settings(deadline=None)  # a busy machine is no failure
@given(THETAS, SLOPES, PLACES)
def test_a_level_is_as_likely_as_the_partial_credit_model_says(theta: float, a: float, b: float) -> None:
    """Muraki's definition: adjacent levels k - 1 and k are a logistic choice at the step b_k."""
    shares = level_shares(theta, Difficulty(a, b))
    assert sum(shares) == pytest.approx(1.0)
    for (lower, upper), step in zip(pairwise(shares), STEPS, strict=True):
        assert upper / (lower + upper) == pytest.approx(1 / (1 + math.exp(-a * (theta - b - step))), rel=1e-9)


@settings(deadline=None)  # a busy machine is no failure
@given(THETAS, SLOPES, PLACES)
def test_information_is_the_slope_of_the_expected_level(theta: float, a: float, b: float) -> None:
    """In an exponential family dE[X]/dθ = a · Var(X), so the information a² · Var(X) is a times the slope."""
    item, h = Difficulty(a, b), 1e-5
    slope = (expected_score(theta + h, item, graded=True) - expected_score(theta - h, item, graded=True)) / (2 * h)
    assert information(theta, item, graded=True) == pytest.approx(a * len(STEPS) * slope, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("level", range(4))
def test_the_likelihood_of_a_whole_level_is_its_probability(level: int) -> None:
    item = Difficulty(1.2, 0.3)
    curve = log_likelihood(level / 3, item, graded=True)
    apart = [value - math.log(level_shares(theta, item)[level]) for value, theta in zip(curve, GRID, strict=True)]
    assert max(apart) - min(apart) < 1e-9, "they differ by more than a constant"


def test_an_open_answer_tells_more_than_a_right_or_wrong_one() -> None:
    item = Difficulty(1.2, 0.0)
    graded = estimate([ScoredItem(item, 0.6, graded=True)])
    keyed = estimate([ScoredItem(item, 0.6)])
    assert graded.standard_error < keyed.standard_error


def test_a_right_choice_tells_less_where_it_can_be_guessed_and_a_wrong_one_nearly_as_much() -> None:
    free, guessed = Difficulty(1.2, 0.0), Difficulty(1.2, 0.0, 0.25)
    assert 0 < estimate([ScoredItem(guessed, 1.0)]).theta < estimate([ScoredItem(free, 1.0)]).theta
    wrong = estimate([ScoredItem(guessed, 0.0)]).theta
    assert wrong == pytest.approx(estimate([ScoredItem(free, 0.0)]).theta, abs=1e-9)


@pytest.mark.parametrize("a", [4.0, 20.0, 500.0])
@pytest.mark.parametrize("b", [-4.0, 4.0])
def test_the_guessing_curve_is_finite_and_the_models_on_the_whole_grid(a: float, b: float) -> None:
    """Computed from P, ln(1 - P) is the logarithm of 0 where a(θ - b) > 37."""
    item = Difficulty(a, b, 0.25)
    wrong, right = log_likelihood(0.0, item), log_likelihood(1.0, item)
    assert all(map(math.isfinite, (*wrong, *right)))
    for theta, no, yes in zip(GRID, wrong, right, strict=True):
        assert math.exp(yes) == pytest.approx(expected_score(theta, item))
        assert math.exp(no) == pytest.approx(1 - expected_score(theta, item), abs=1e-12)


def test_the_model_of_a_question_follows_its_grader_and_the_plan() -> None:
    choice = q.Question("c", "technical", "s", "Which?", KEY, Difficulty(1.0, 0.0, 0.5))
    spoken = q.Question("o", "technical", "s", "Why?", q.RubricGrading(), Difficulty(1.0, 0.0))
    assert is_graded(spoken, "gpcm")
    assert not is_graded(choice, "gpcm")
    assert not is_graded(spoken, "2pl")
    assert parameters(choice, "gpcm").c == 0.5
    assert parameters(choice, "2pl").c == 0.0
