"""The calibration of the closed graders' confidences, and their accuracy.

    python -m benchmarks.grading_calibration [--cases FILE ...] [--out benchmarks/results/DATE-grading-calibration.json]

With ``--cases``, it grades these files of ``tests/data/grading`` and shows each ``half`` of them. Without, it reads the
conformance cases ``handed`` (not written by the graders' authors, but used to fix them) and ``fresh`` (own cases that
were new to the graders; the grade is the one of their first run). A grade is right when its score is within what the
case allows, or when 0 is right and it needs review. The expected calibration error is the mean distance of confidence
and accuracy over ten bins of equal width, weighted by size (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated
Probabilities Using Bayesian Binning", 2015).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from deployments.shell.sandbox import SandboxLimits
from interview.errors import InvalidInput
from interview.plans.questions import AnyGrader, Question

DATA = Path(__file__).resolve().parent.parent / "tests" / "data" / "grading"
HANDED = ("handed/numeric.jsonl", "handed/objective.jsonl", "handed/symbolic.jsonl", "formula_handed.jsonl")
FRESH = "objective_fresh.jsonl"
#: The graders whose answers have a closed form; formulas and expressions are graded by computing them.
CLOSED = frozenset({"exact", "multi_select", "multiple_choice", "numeric", "ordered", "short_text"})
_BINS = 10
#: Generous, so that a busy machine changes no verdict.
_LIMITS = SandboxLimits(cpu_s=10.0, wall_s=30.0)


class Judged(Struct, frozen=True):
    """One grade: its grader, tier and confidence in [0, 1], whether it is right, and its kind of error."""

    grader: str
    tier: str
    confidence: float
    right: bool
    silent_zero: bool = False
    silent_full: bool = False


def expected_calibration_error(judged: Iterable[Judged]) -> float:
    """In [0, 1]; 0 for no grades."""
    bins: dict[int, list[Judged]] = defaultdict(list)
    for one in judged:
        bins[min(_BINS - 1, int(one.confidence * _BINS))].append(one)
    total = sum(map(len, bins.values()))
    if not total:
        return 0.0
    gaps = (abs(sum(one.confidence for one in some) - sum(one.right for one in some)) for some in bins.values())
    return sum(gaps) / total


def judge(case: dict[str, Any], score: float, confidence: float, review: bool) -> Judged:
    """``case`` is a line of the conformance data."""
    expect = case.get("expect", case)
    low = expect.get("score", expect.get("at_least", expect.get("min", 0.0)))
    high = expect.get("score", expect.get("at_most", expect.get("max", 1.0)))
    right = (
        low - 0.005 <= score <= high + 0.005 or (high == 0 and review) or (expect.get("or_review", False) and review)
    )
    return Judged(
        grader=case["grader"]["kind"],
        tier=case.get("tier", "core"),
        confidence=confidence,
        right=right,
        silent_zero=low > 0 and score == 0 and not review,
        silent_full=high < 1 and score >= 1 and not review,
    )


async def grade_cases(names: Sequence[str]) -> dict[str, list[Judged]]:
    """The grades of the cases of some files of ``DATA``, by the half that a case belongs to ("all" without halves).
    Cases without a grader, and those of how a formula is computed, are left out."""
    service = GradingService(GradingConfig(formula_sandbox=_LIMITS, symbolic_sandbox=_LIMITS, deadline_s=120.0))
    halves: dict[str, list[Judged]] = defaultdict(list)
    for name in names:
        for line in (DATA / name).read_text().splitlines():
            case = json.loads(line)
            if "grader" not in case or "value" in case.get("expect", {}):
                continue
            judged = halves[case.get("half", "all")]
            grader: AnyGrader = msgspec.convert(case["grader"], type=AnyGrader)
            question = Question("q", "technical", "s", case.get("prompt", "A question."), grader)
            try:
                grade = await service.grade(GradeRequest(question=question, answer=case["answer"]))
            except InvalidInput:  # the grader cannot use the key: not right, and it says so
                judged.append(Judged(case["grader"]["kind"], case.get("tier", "core"), confidence=0.0, right=False))
                continue
            judged.append(judge(case, grade.score, grade.confidence, grade.needs_review))
    await service.stop()
    return halves


def first_run() -> list[Judged]:
    """The fresh cases with the score and review of their first run, and the current confidence of such a grade."""
    cases = [json.loads(line) for line in (DATA / FRESH).read_text().splitlines()]
    return [judge(case, *(case["first_run"][key] for key in ("score", "confidence", "review"))) for case in cases]


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    def share(some: Sequence[Judged]) -> float | None:
        return round(sum(one.right for one in some) / len(some), 3) if some else None

    core = [one for one in judged if one.tier == "core"]
    return {
        "cases": len(judged),
        "core_right": share(core),
        "stretch_right": share([one for one in judged if one.tier != "core"]),
        "mean_confidence": round(sum(one.confidence for one in judged) / max(1, len(judged)), 3),
        "expected_calibration_error": round(expected_calibration_error(judged), 3),
        "silent_zeros": sum(one.silent_zero for one in judged),
        "silent_full_marks": sum(one.silent_full for one in judged),
    }


def by_confidence(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    levels: dict[float, list[Judged]] = defaultdict(list)
    for one in judged:
        levels[round(one.confidence, 2)].append(one)
    return {
        f"{level:.2f}": {"cases": len(some), "right": round(sum(one.right for one in some) / len(some), 3)}
        for level, some in sorted(levels.items())
    }


async def study(cases: Sequence[str]) -> dict[str, Any]:
    """The figures by set, then by grader; of the halves of ``cases``, or of the handed and the fresh cases."""
    if cases:
        sets = await grade_cases(cases)
        closed = [one for half in sets.values() for one in half if one.grader in CLOSED]
        sets = {**sets, "closed graders": closed}
    else:
        sets = {"handed": (await grade_cases(HANDED))["all"], "fresh": first_run()}
    result: dict[str, Any] = {}
    for name, judged in sets.items():
        graders = sorted({one.grader for one in judged})
        result[name] = {
            "all": summary(judged),
            **{grader: summary([one for one in judged if one.grader == grader]) for grader in graders},
        }
        result[name]["by_confidence"] = {
            grader: by_confidence([one for one in judged if one.grader == grader]) for grader in graders
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=[], metavar="FILE", help="files of tests/data/grading")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    result = asyncio.run(study(options.cases))
    print(f"{'':24}{'cases':>6}{'core':>7}{'stretch':>9}{'confid.':>9}{'ECE':>7}{'silent 0':>10}{'silent 1':>10}")
    for name, table in result.items():
        for grader, row in table.items():
            if grader != "by_confidence":
                cells = (row["cases"], row["core_right"], row["stretch_right"], row["mean_confidence"])
                print(f"{name + ' ' + grader:24}{cells[0]:6}{cells[1]!s:>7}{cells[2]!s:>9}{cells[3]:9}", end="")
                print(f"{row['expected_calibration_error']:7}{row['silent_zeros']:10}{row['silent_full_marks']:10}")
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
