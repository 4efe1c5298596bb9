"""The ability estimate and the item choice against an independent implementation and against their own promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from catsim import irt
from catsim.selection import MaxInfoSelector
from hypothesis import given, settings
from hypothesis import strategies as st

from interview.measurement.adaptive import (
    PoolItem,
    ScoredItem,
    choose_item,
    estimate,
    stop_decision,
    update_ability,
)
from interview.plans.questions import Difficulty
from interview.sessions.session import Ability

ITEMS = st.builds(
    Difficulty,
    a=st.floats(0.3, 2.5, allow_nan=False),
    b=st.floats(-3.0, 3.0, allow_nan=False),
)


def _eap_by_catsim(answers: list[tuple[float, float, bool]]) -> tuple[float, float]:
    """EAP by catsim's own likelihood on an independent, finer and wider quadrature."""
    bank = np.array([[a, b, 0.0, 1.0] for a, b, _ in answers])
    pattern = [right for _, _, right in answers]
    grid = np.linspace(-8.0, 8.0, 4001)
    logs = np.array([irt.log_likelihood(theta, pattern, bank) for theta in grid]) - 0.5 * grid**2
    mass = np.exp(logs - logs.max())
    mean = float((grid * mass).sum() / mass.sum())
    return mean, math.sqrt(float(((grid - mean) ** 2 * mass).sum() / mass.sum()))


@pytest.mark.parametrize("length", [1, 3, 8, 20])
def test_estimate_agrees_with_catsims_likelihood_for_right_and_wrong_answers(length: int) -> None:
    rng = np.random.default_rng(length)
    answers = [(float(rng.uniform(0.5, 2.0)), float(rng.normal()), bool(rng.random() < 0.5)) for _ in range(length)]
    mean, error = _eap_by_catsim(answers)
    mine = estimate([ScoredItem(Difficulty(a, b), float(right)) for a, b, right in answers])
    assert mine.theta == pytest.approx(mean, abs=2e-3)
    assert mine.standard_error == pytest.approx(error, abs=2e-3)


def test_without_answers_the_prior_stands() -> None:
    prior = estimate([])
    assert (prior.theta, prior.items) == (0.0, 0)
    assert prior.standard_error == pytest.approx(1.0, abs=1e-4)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.tuples(ITEMS, st.floats(0.0, 1.0)), min_size=1, max_size=6), st.integers(0, 5))
def test_a_better_answer_never_lowers_the_estimate(answers: list[tuple[Difficulty, float]], which: int) -> None:
    index = which % len(answers)
    low = [ScoredItem(item, score) for item, score in answers]
    high = [*low]
    high[index] = ScoredItem(low[index].difficulty, 1.0)
    assert estimate(high).theta >= estimate(low).theta - 1e-9


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.tuples(ITEMS, st.floats(0.0, 1.0)), max_size=8))
def test_answers_never_leave_one_less_sure_than_the_prior(answers: list[tuple[Difficulty, float]]) -> None:
    # A normal prior times a log-concave likelihood has at most the prior's variance (Brascamp & Lieb 1976).
    assert estimate([ScoredItem(item, score) for item, score in answers]).standard_error <= 1.0 + 1e-6


def test_more_answers_narrow_the_estimate() -> None:
    errors = [estimate([ScoredItem(Difficulty(1.2, 0.0), 0.5)] * count).standard_error for count in range(9)]
    assert errors == sorted(errors, reverse=True)


def test_an_unsure_grade_moves_the_estimate_less_than_a_sure_one() -> None:
    item = Difficulty(1.5, 0.0)
    sure = estimate([ScoredItem(item, 1.0)])
    unsure = estimate([ScoredItem(item, 1.0, weight=0.3)])
    assert 0.0 < unsure.theta < sure.theta
    assert unsure.standard_error > sure.standard_error


def test_extreme_scores_stay_finite() -> None:
    many = [ScoredItem(Difficulty(3.0, 3.0), 1.0)] * 50
    assert math.isfinite(estimate(many).theta)
    assert estimate(many).theta <= 5.0


@pytest.mark.parametrize(
    "answer", [ScoredItem(Difficulty(), 1.2), ScoredItem(Difficulty(), -0.1), ScoredItem(Difficulty(), 0.5, weight=0.0)]
)
def test_a_score_or_weight_out_of_range_is_refused(answer: ScoredItem) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        estimate([answer])


def test_the_update_says_what_moved_it() -> None:
    update = update_ability("databases", [ScoredItem(Difficulty(1.2, 1.0), 0.9)])
    assert update.ability.theta > 0
    assert update.next_b == update.ability.theta
    for part in ("databases", "+1.00", "0.90", "better than expected", "after 1 item"):
        assert part in update.rationale


# ------------------------------------------------------------------------------------------------- the next item
POOL = [PoolItem(f"item-{index:02d}", "sql", Difficulty(1.0 + index / 20, -2.0 + index / 5)) for index in range(20)]


@settings(deadline=None)  # a busy machine is no failure
@given(st.floats(-2.5, 2.5, allow_nan=False))
def test_without_exposure_control_the_choice_is_catsims_maximum_information(theta: float) -> None:
    bank = np.array([[item.difficulty.a, item.difficulty.b, 0.0, 1.0] for item in POOL])
    expected = MaxInfoSelector().select(item_bank=_bank(bank), administered_items=[], est_theta=theta)
    chosen = choose_item(POOL, {"sql": Ability(theta, 0.5, 1)}, {"sql": 1.0}, {}, seed="s", randomesque=1)
    assert chosen is not None
    assert chosen.item_id == POOL[int(expected)].id


def _bank(items: np.ndarray) -> object:
    from catsim.item_bank import ItemBank

    return ItemBank(items)


def test_the_same_session_always_draws_the_same_item_and_sessions_differ() -> None:
    def draw(seed: str) -> str:
        chosen = choose_item(POOL, {}, {"sql": 1.0}, {}, seed=seed, randomesque=3)
        assert chosen is not None
        return chosen.item_id

    assert draw("interview-7") == draw("interview-7")
    drawn = [draw(f"interview-{index}") for index in range(300)]
    shares = [drawn.count(item) / len(drawn) for item in set(drawn)]
    assert len(shares) == 3
    assert max(shares) < 0.45, "no item may be shown to (nearly) everybody"


def test_questions_are_shared_out_by_the_skills_weights() -> None:
    pool = [PoolItem(f"{skill}-{index}", skill, Difficulty()) for skill in ("sql", "api", "ops") for index in range(30)]
    weights = {"sql": 0.5, "api": 0.3, "ops": 0.2}
    asked: dict[str, int] = {}
    for _ in range(20):
        chosen = choose_item(pool, {}, weights, asked, seed="s")
        assert chosen is not None
        asked[chosen.skill] = asked.get(chosen.skill, 0) + 1
        pool = [item for item in pool if item.id != chosen.item_id]
    assert asked == {"sql": 10, "api": 6, "ops": 4}


def test_a_skill_known_well_enough_waits_for_the_others() -> None:
    pool = [PoolItem("a", "sql", Difficulty()), PoolItem("b", "api", Difficulty())]
    known = {"sql": Ability(0.0, 0.3, 6), "api": Ability(0.0, 0.9, 1)}
    chosen = choose_item(pool, known, {"sql": 0.9, "api": 0.1}, {}, seed="s", stop_se=0.45)
    assert chosen is not None
    assert chosen.skill == "api"


def test_an_empty_pool_offers_nothing() -> None:
    assert choose_item([], {}, {}, {}, seed="s") is None


def test_the_choice_says_why() -> None:
    chosen = choose_item(POOL, {"sql": Ability(0.4, 0.6, 3)}, {"sql": 1.0}, {"sql": 3}, seed="s")
    assert chosen is not None
    assert chosen.item_id in chosen.rationale
    assert "information" in chosen.rationale
    assert "+0.40" in chosen.rationale


# ------------------------------------------------------------------------------------------------------ stopping
@pytest.mark.parametrize(
    ("asked", "time_left_s", "error", "stops", "why"),
    [
        (3, 600.0, 0.9, True, "3 adaptive questions are used"),
        (1, 20.0, 0.9, True, "20 s are left"),
        (1, 600.0, 0.44, True, "known well enough"),
        (1, 600.0, 0.46, False, "above 0.45"),
    ],
)
def test_the_block_stops_on_budget_time_or_certainty(
    asked: int, time_left_s: float, error: float, stops: bool, why: str
) -> None:
    decision = stop_decision(
        POOL, {"sql": Ability(0.0, error, 4)}, asked=asked, budget=3, time_left_s=time_left_s, stop_se=0.45
    )
    assert decision.stop is stops
    assert why in decision.rationale


def test_the_block_stops_when_nothing_is_left_to_ask() -> None:
    assert stop_decision([], {}, asked=0, budget=3, time_left_s=900.0, stop_se=0.45).stop
