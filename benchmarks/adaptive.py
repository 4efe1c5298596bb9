"""Measures the adaptive estimator on simulated examinees: bias, error and test length, compared with catsim's.

    python -m benchmarks.adaptive --json benchmarks/results/adaptive.json

Three parts: our estimator and selector against catsim's on one item bank (right/wrong answers, the same examinees); the
same with graded answers, as in interviews; and every installed plan with its own items and budgets, which measures
whether strong, average and weak candidates are ranked in that order.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import platform
import random
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.initialization import FixedPointInitializer
from catsim.item_bank import ItemBank
from catsim.selection import RandomesqueSelector
from catsim.simulation import Simulator
from catsim.stopping import MinErrorStopper

from interview.measurement.adaptive import PoolItem, ScoredItem, choose_item, estimate, stop_decision
from interview.measurement.item_model import expected_score
from interview.plans.checks import eligible
from interview.plans.files import load_plans
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Difficulty, Question, Ungraded
from interview.sessions.session import Ability

PLANS = Path(__file__).parents[1] / "configs" / "interviews"
SKILL = "skill"
#: The spread of a graded answer's score around its mean: Beta(mean · PRECISION, (1 - mean) · PRECISION).
PRECISION = 6.0
#: True abilities (θ) of the personas whose ranking a plan must recover.
LEVELS = {"weak": -1.5, "average": 0.0, "strong": 1.5}

Answer = Callable[[float, Difficulty, random.Random], float]


def right_or_wrong(theta: float, item: Difficulty, rng: random.Random) -> float:
    """A pass or a fail, as the 2PL has it."""
    return float(rng.random() < expected_score(theta, item))


def graded(theta: float, item: Difficulty, rng: random.Random) -> float:
    """A score in [0, 1] whose mean is the 2PL's probability."""
    mean = min(max(expected_score(theta, item), 1e-3), 1 - 1e-3)
    return rng.betavariate(mean * PRECISION, (1 - mean) * PRECISION)


def simulated_bank(size: int, rng: random.Random) -> list[PoolItem]:
    """Items with a lognormal around 1.2 and b standard normal."""
    return [
        PoolItem(f"item-{index:03d}", SKILL, Difficulty(1.2 * rng.lognormvariate(0, 0.25), rng.gauss(0, 1)))
        for index in range(size)
    ]


def administer(
    bank: Sequence[PoolItem], theta: float, answer: Answer, stop_se: float, budget: int, seed: str, *, adaptive: bool
) -> tuple[Ability, list[str]]:
    """One adaptive test on one skill (or, with ``adaptive`` false, one of randomly drawn items)."""
    rng = random.Random(seed)
    pool, answers, used = list(bank), list[ScoredItem](), list[str]()
    ability = estimate(answers)
    while not stop_decision(
        pool, {SKILL: ability}, asked=len(used), budget=budget, time_left_s=math.inf, stop_se=stop_se
    ).stop:
        if adaptive:
            choice = choose_item(pool, {SKILL: ability}, {SKILL: 1.0}, {SKILL: len(used)}, seed=seed, randomesque=3)
            assert choice is not None, "the stop rule ends the test before the pool is empty"
            item = next(found for found in pool if found.id == choice.item_id)
        else:
            item = rng.choice(pool)
        pool.remove(item)
        used.append(item.id)
        answers.append(ScoredItem(item.difficulty, answer(theta, item.difficulty, rng)))
        ability = estimate(answers)
    return ability, used


def figures(truth: Sequence[float], found: Sequence[Ability], used: Sequence[list[str]]) -> dict[str, float]:
    """Bias and RMSE in θ units; test length; the share of examinees who saw the most shown item."""
    errors = [ability.theta - theta for ability, theta in zip(found, truth, strict=True)]
    inside = [abs(error) <= 1.96 * ability.standard_error for error, ability in zip(errors, found, strict=True)]
    shown = Counter(item for items in used for item in items)
    return {
        "examinees": len(truth),
        "bias": round(statistics.fmean(errors), 4),
        "rmse": round(math.sqrt(statistics.fmean(error * error for error in errors)), 4),
        "correlation": round(statistics.correlation(truth, [ability.theta for ability in found]), 4),
        "mean_standard_error": round(statistics.fmean(ability.standard_error for ability in found), 4),
        "coverage_95": round(statistics.fmean(inside), 4),
        "test_length_mean": round(statistics.fmean(len(items) for items in used), 2),
        "test_length_max": max(len(items) for items in used),
        "largest_exposure": round(max(shown.values()) / len(truth), 4),
    }


def ours(
    bank: Sequence[PoolItem],
    truth: Sequence[float],
    answer: Answer,
    stop_se: float,
    budget: int,
    *,
    adaptive: bool = True,
) -> dict[str, float]:
    tests = [
        administer(bank, theta, answer, stop_se, budget, f"examinee-{index}", adaptive=adaptive)
        for index, theta in enumerate(truth)
    ]
    return figures(truth, [ability for ability, _ in tests], [used for _, used in tests])


def catsims(bank: Sequence[PoolItem], truth: Sequence[float], stop_se: float, budget: int) -> dict[str, float]:
    """catsim's own simulation: maximum likelihood, randomesque selection of 3, the same stop rule."""
    items = np.array([[item.difficulty.a, item.difficulty.b, 0.0, 1.0] for item in bank])
    simulator = Simulator(ItemBank(items), np.array(truth), seed=1)
    simulator.simulate(
        FixedPointInitializer(0.0),
        RandomesqueSelector(3),
        NumericalSearchEstimator(),
        MinErrorStopper(stop_se, max_items=budget),
    )
    used = [[str(index) for index in indexes] for indexes in simulator.administered_items]
    last = [float(estimates[-1]) for estimates in simulator.estimations]
    errors = [found - theta for found, theta in zip(last, truth, strict=True)]
    shown = Counter(item for administered in used for item in administered)
    return {
        "examinees": len(truth),
        "bias": round(statistics.fmean(errors), 4),
        "rmse": round(math.sqrt(statistics.fmean(error * error for error in errors)), 4),
        "correlation": round(statistics.correlation(truth, last), 4),
        "test_length_mean": round(statistics.fmean(len(items) for items in used), 2),
        "test_length_max": max(len(items) for items in used),
        "largest_exposure": round(max(shown.values()) / len(truth), 4),
    }


def interview_ability(plan: InterviewPlan, theta: float, seed: str) -> tuple[float, int]:
    """Weighted ability over the skills after one simulated interview of ``plan``, and its number of graded questions.

    Core first, then each phase's adaptive block with the plan's own rules. Time is not simulated.
    """
    rng = random.Random(seed)
    answers: dict[str, list[ScoredItem]] = {skill: [] for skill in plan.skills}
    asked: set[str] = set()

    def put(question: Question) -> None:
        asked.add(question.id)
        if not isinstance(question.grader, Ungraded):
            score = graded(theta, question.difficulty, rng)
            answers[question.skill].append(ScoredItem(question.difficulty, score))

    core = {found for phase in plan.phases for found in phase.core}
    for phase in plan.phases:
        for question_id in phase.core:
            put(plan.by_id[question_id])
        for _ in range(phase.adaptive):
            pool = [
                PoolItem(question.id, question.skill, question.difficulty)
                for question in plan.questions
                if question.id not in asked | core and eligible(question, phase)
            ]
            abilities = {skill: estimate(found) for skill, found in answers.items()}
            choice = choose_item(
                pool,
                abilities,
                plan.skills,
                {skill: len(found) for skill, found in answers.items()},
                seed=seed,
                randomesque=plan.adaptive.randomesque,
                stop_se=plan.adaptive.stop_se,
            )
            if choice is None:
                break
            put(plan.by_id[choice.item_id])
    total = sum(plan.skills.values())
    ability = sum(weight * estimate(answers[skill]).theta for skill, weight in plan.skills.items()) / total
    return ability, sum(len(found) for found in answers.values())


def ordering(plan: InterviewPlan, interviews: int) -> dict[str, Any]:
    """The share of pairs of candidates of different level that are ranked correctly."""
    found = {
        level: [interview_ability(plan, theta, f"{plan.id}-{level}-{index}") for index in range(interviews)]
        for level, theta in LEVELS.items()
    }
    pairs = {
        f"{high} > {low}": round(
            statistics.fmean(a > b for a, _ in found[high] for b, _ in found[low]),
            4,
        )
        for low, high in combinations(LEVELS, 2)
    }
    return {
        "interviews_per_level": interviews,
        "graded_questions_mean": round(statistics.fmean(count for each in found.values() for _, count in each), 2),
        "mean_ability": {level: round(statistics.fmean(a for a, _ in each), 3) for level, each in found.items()},
        "pairs_in_order": pairs,
    }


def measure(examinees: int, interviews: int) -> dict[str, Any]:
    rng = random.Random(20261120)
    bank = simulated_bank(120, rng)
    truth = [rng.gauss(0, 1) for _ in range(examinees)]
    stop_se, budget = 0.4, 30
    return {
        "command": f"python -m benchmarks.adaptive --examinees {examinees} --interviews {interviews}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "bank": {"items": len(bank), "stop_se": stop_se, "budget": budget, "randomesque": 3},
        "right_or_wrong": {
            "ours": ours(bank, truth, right_or_wrong, stop_se, budget),
            "catsim": catsims(bank, truth, stop_se, budget),
            "ours_random_items": ours(bank, truth, right_or_wrong, stop_se, budget, adaptive=False),
        },
        "graded": {
            "ours": ours(bank, truth, graded, stop_se, budget),
            "ours_five_items": ours(bank, truth, graded, 0.0, 5),
            "ours_five_random_items": ours(bank, truth, graded, 0.0, 5, adaptive=False),
        },
        "plans": {plan_id: ordering(plan, interviews) for plan_id, plan in load_plans(PLANS).items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examinees", type=int, default=500)
    parser.add_argument("--interviews", type=int, default=100, help="simulated interviews per level and plan")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here instead of to stdout")
    arguments = parser.parse_args()
    text = json.dumps(measure(arguments.examinees, arguments.interviews), indent=2) + "\n"
    if arguments.json:
        arguments.json.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
