"""Criteria with anchored levels, on the real judge: the reference answers of shipped questions, at three levels each.

No person graded these answers; their authors wrote them to be strong, average and weak. So the figures say whether the
judge keeps that order, and where on the scale it puts each level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.judge.records import Case, Record, RecordedModel
from deployments.grading.config import JudgeConfig
from deployments.grading.judge.rubric import RubricJudge
from interview.errors import NotFound
from interview.grades import Grade
from interview.plans.files import load_plan
from interview.plans.questions import RubricGrading

PLANS = Path("configs/interviews")
LEVELS = ("strong", "average", "weak")


def criteria_cases(count: int) -> list[Case]:
    """The reference answers of ``count`` questions with criteria, evenly over the English plans."""
    plans = [load_plan(path) for path in sorted(PLANS.glob("*.yaml"))]
    found = []
    for plan in (one for one in plans if one.language == "en"):
        own = [
            one
            for one in plan.questions
            if one.criteria and one.reference is not None and isinstance(one.grader, RubricGrading)
        ]
        share = max(1, count // 4)
        found += own[:: max(1, len(own) // share)][:share]
    return [
        Case(f"criteria/{question.id}/{level}", question, getattr(question.reference, level))
        for question in found
        for level in LEVELS
    ]


async def criteria_figures(cases: Sequence[Case], records: Mapping[str, Record]) -> dict[str, Any]:
    """The figures of the recorded cases, by the judge alone; empty without any."""
    judge = RubricJudge(RecordedModel(records), JudgeConfig(coverage_share=0.0))
    grades: dict[str, Grade] = {}
    for case in cases:
        try:
            grades[case.id] = await judge.grade(case.question, case.answer)
        except NotFound:
            continue
    if not grades:
        return {}
    scores = {name: grade.score for name, grade in grades.items()}
    questions = list(dict.fromkeys(name.split("/")[1] for name in grades))
    pairs = [
        (scores[f"criteria/{name}/{better}"], scores[f"criteria/{name}/{worse}"])
        for name in questions
        for better, worse in pairwise(LEVELS)
        if f"criteria/{name}/{better}" in scores and f"criteria/{name}/{worse}" in scores
    ]
    return {
        "answers": len(grades),
        "questions": len(questions),
        "mean score": {
            level: round(mean(found), 3)
            for level in LEVELS
            if (found := [score for name, score in scores.items() if name.endswith(f"/{level}")])
        },
        "pairs": len(pairs),
        "pairs in order": sum(better > worse for better, worse in pairs),
        "pairs equal": sum(better == worse for better, worse in pairs),
        "sent to review": sum(grade.needs_review for grade in grades.values()),
        "quotes that are not in the answer": sum(
            case.answer[quoted.start : quoted.end] != quoted.quote
            for case in cases
            if case.id in grades
            for quoted in grades[case.id].evidence
        ),
    }
