"""Recovery of simulated abilities by the English plans: bias, RMSE, coverage, length and the share of early stops.

    python -m benchmarks.measurement_recovery --json benchmarks/results/DATE-measurement-recovery.json

Each simulated interview asks the plan's core and adaptive blocks with the product's own ``next_step``, and estimates
the composites with its own ``composite_abilities``. A candidate has one ability per composite, drawn from N(0, 1).
Three ways to answer: ``model`` draws levels from the fitted model; ``fraction`` draws a Beta fraction with the model's
mean, as rubrics of two criteria give; ``uneven`` moves the ability by N(0, 0.7) for each question, as candidates know
one topic and not another. Only the first is what the model assumes. Grades have the confidence of a model judge (0.8)
or of key-point coverage (0.4). ``2pl`` measures the same plans as before: without levels, guessing or composites. Time
is not simulated.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import platform
import random
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from interview.grades import Grade
from interview.measurement.adaptive_block import ability_after, composite_abilities, next_step
from interview.measurement.item_model import STEPS, expected_score, is_graded, level_shares, parameters
from interview.plans.files import load_plans
from interview.plans.plan import InterviewPlan, PhasePlan, reference
from interview.plans.questions import Question, Ungraded
from interview.sessions.session import Ability, AskedQuestion, GradeRecord, SessionState

PLANS = Path(__file__).parents[1] / "configs" / "interviews"
Answering = Literal["model", "fraction", "uneven"]
#: A rubric's score is spread like Beta(mean · PRECISION, (1 - mean) · PRECISION).
PRECISION = 6.0
#: The spread of a candidate's ability from question to question (θ units), in ``uneven``.
UNEVEN = 0.7
JUDGE, COVERAGE = 0.8, 0.4
_NOW = datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)


class Held(Struct, frozen=True):
    """One interview: true and estimated abilities, the number of graded questions, and whether a stop rule fired."""

    truth: dict[str, float]
    found: dict[str, Ability]
    graded: int
    stopped: bool


def answered(question: Question, theta: float, answering: Answering, rng: random.Random) -> float:
    """The score in [0, 1] that a candidate of ability ``theta`` gets."""
    item, graded = parameters(question, "gpcm"), is_graded(question, "gpcm")
    if answering == "uneven":
        theta = rng.gauss(theta, UNEVEN)
    mean = expected_score(theta, item, graded=graded)
    if not graded:
        return float(rng.random() < mean)
    if answering == "fraction":
        return rng.betavariate(mean * PRECISION, (1 - mean) * PRECISION)
    shares = level_shares(theta, item)
    return float(rng.choices(range(len(shares)), shares)[0] / len(STEPS))


def hold(
    plan: InterviewPlan,
    owner: dict[str, str],
    truth: dict[str, float],
    answering: Answering,
    confidence: float,
    seed: str,
) -> Held:
    """``owner``: the name in ``truth`` of each skill's ability; ``confidence``: of the grades of open answers."""
    rng = random.Random(seed)
    state = SessionState(
        interview_id=seed,
        tenant="t",
        plan=reference(plan),
        started_at=_NOW,
        last_updated=_NOW,
        current_phase=plan.phases[0].name,
    )
    stopped = False
    for phase in plan.phases:
        for question_id in phase.core:
            state = _asked(state, plan, phase, plan.by_id[question_id], True, truth, owner, answering, confidence, rng)
        for _ in range(phase.adaptive):
            step = next_step(plan, phase, state, math.inf)
            if step.choice is None:
                stopped = stopped or "known well enough" in step.rationale
                break
            question = plan.by_id[step.choice.item_id]
            state = _asked(state, plan, phase, question, False, truth, owner, answering, confidence, rng)
    found = composite_abilities(plan, state.grades) or {
        skill: ability_after(plan, state.grades, skill).ability for skill in plan.skills
    }
    return Held(truth, found, len(state.grades), stopped)


def _asked(
    state: SessionState,
    plan: InterviewPlan,
    phase: PhasePlan,
    question: Question,
    core: bool,
    truth: dict[str, float],
    owner: dict[str, str],
    answering: Answering,
    confidence: float,
    rng: random.Random,
) -> SessionState:
    turn = len(state.questions_asked) + 1
    asked = AskedQuestion(question.id, question.type, question.skill, phase.name, turn, _NOW, core=core)
    state = replace(state, questions_asked=(*state.questions_asked, asked), current_phase=phase.name)
    if isinstance(question.grader, Ungraded):
        return state
    score = answered(question, truth[owner[question.skill]], answering, rng)
    sure = confidence if question.is_open else 1.0
    record = GradeRecord(question.id, turn, Grade(score, "", sure, "", "simulated"), "inline")
    state = replace(state, grades=(*state.grades, record))
    if plan.composites:
        return state
    ability = ability_after(plan, state.grades, question.skill).ability
    return replace(state, abilities={**state.abilities, question.skill: ability})


def figures(held: Iterable[Held], name: str) -> dict[str, float]:
    """Recovery of the ability ``name``. Bias and RMSE in θ units; ``rmse_of_prior`` is what no answer at all gives."""
    pairs = [(one.truth[name], one.found[name]) for one in held]
    errors = [found.theta - truth for truth, found in pairs]
    top = [found.theta - truth for truth, found in pairs if truth > 1.0]
    return {
        "bias": round(statistics.fmean(errors), 3),
        "bias_above_1": round(statistics.fmean(top), 3),
        "rmse": round(math.sqrt(statistics.fmean(error * error for error in errors)), 3),
        "rmse_of_prior": round(math.sqrt(statistics.fmean(truth * truth for truth, _ in pairs)), 3),
        "correlation": round(
            statistics.correlation([truth for truth, _ in pairs], [found.theta for _, found in pairs]), 3
        ),
        "mean_standard_error": round(statistics.fmean(found.standard_error for _, found in pairs), 3),
        "coverage_95": round(
            statistics.fmean(abs(found.theta - truth) <= 1.96 * found.standard_error for truth, found in pairs), 3
        ),
        "items": round(statistics.fmean(found.items for _, found in pairs), 1),
    }


def recovery(plan: InterviewPlan, answering: Answering, confidence: float, interviews: int) -> dict[str, Any]:
    """All abilities of ``plan`` over ``interviews`` candidates; without composites its skills are measured alone."""
    owner = {skill: name for name, skills in plan.abilities.items() for skill in skills}
    held = []
    for index in range(interviews):
        rng = random.Random(f"{plan.id}-candidate-{index}")
        truth = {name: rng.gauss(0, 1) for name in plan.abilities}
        held.append(hold(plan, owner, truth, answering, confidence, f"{plan.id}-{index}"))
    return {
        "interviews": interviews,
        "graded_questions_mean": round(statistics.fmean(one.graded for one in held), 2),
        "graded_questions_min": min(one.graded for one in held),
        "graded_questions_max": max(one.graded for one in held),
        "stopped_by_precision": round(statistics.fmean(one.stopped for one in held), 3),
        "abilities": {name: figures(held, name) for name in plan.abilities},
    }


def as_before(plan: InterviewPlan) -> InterviewPlan:
    """The plan under the 2PL, skill by skill."""
    return replace(plan, adaptive=replace(plan.adaptive, model="2pl", stop_se=0.45), composites={})


def measure(interviews: int) -> dict[str, Any]:
    plans = {plan_id: plan for plan_id, plan in load_plans(PLANS).items() if plan.language.startswith("en")}
    return {
        "command": f"python -m benchmarks.measurement_recovery --interviews {interviews}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "stop_se": {plan.id: plan.adaptive.stop_se for plan in plans.values()},
        "gpcm": {
            plan.id: {
                f"{answering}, confidence {confidence}": recovery(plan, answering, confidence, interviews)
                for answering in ("model", "fraction", "uneven")
                for confidence in (JUDGE, COVERAGE)
            }
            for plan in plans.values()
        },
        "2pl": {
            plan.id: {
                f"{answering}, confidence {JUDGE}": recovery(as_before(plan), answering, JUDGE, interviews)
                for answering in ("model", "fraction", "uneven")
            }
            for plan in plans.values()
        },
    }


def table(result: dict[str, Any]) -> str:
    lines = [
        f"{'plan':26}{'answers':26}{'ability':24}{'bias':>7}"
        f"{'RMSE':>7}{'SE':>7}{'95 %':>7}{'items':>7}{'asked':>7}{'stop':>7}"
    ]
    for model in ("gpcm", "2pl"):
        for plan_id, ways in result[model].items():
            for way, one in ways.items():
                for name, row in one["abilities"].items():
                    lines.append(
                        f"{plan_id:26}{model + ' ' + way[:20]:26}{name:24}{row['bias']:7.2f}{row['rmse']:7.2f}"
                        f"{row['mean_standard_error']:7.2f}{row['coverage_95']:7.2f}{row['items']:7.1f}"
                        f"{one['graded_questions_mean']:7.1f}{one['stopped_by_precision']:7.2f}"
                    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interviews", type=int, default=400, help="simulated interviews per plan and way to answer")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here as well")
    arguments = parser.parse_args()
    result = measure(arguments.interviews)
    print(table(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
