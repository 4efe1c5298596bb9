"""Formula cases that the authors did not write: shared/cases, modelled on public test suites and bug reports."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

from deployments.grading.graders.formula.evaluate import ValueJob
from deployments.grading.graders.formula.grader import MODULE, FormulaGrader
from deployments.grading.graders.formula.screen import Extent, Refused, screen
from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.grades import Grade
from interview.plans.questions import Formula, Question

CASES = Path(__file__).parents[3] / "data" / "grading" / "formula_handed.jsonl"
WIDE = SandboxLimits(cpu_s=10.0, wall_s=30.0)


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text().splitlines()]


async def test_at_least_97_percent_of_core_and_60_percent_of_stretch_are_right() -> None:
    grader, sandbox = FormulaGrader(WIDE), Sandbox(MODULE, WIDE)
    right: dict[str, list[bool]] = defaultdict(list)
    wrong: list[str] = []
    for case in cases():
        if "sheet" in case:
            seen: Any = await value_of(sandbox, case)
            wanted = case["value"] if isinstance(case["value"], list) else [case["value"]]
            ok = len(seen) == len(wanted) and all(map(agrees, seen, wanted))
        else:
            spec = msgspec.convert(case["grader"], type=Formula, strict=False)
            grade = await grader.grade(Question("q", "technical", "s", "Write the formula.", spec), case["answer"])
            seen, ok = grade.rationale, meets(grade, case["expect"])
        right[case["tier"]].append(ok)
        if not ok:
            wrong.append(f"{case['id']} ({case['tier']}) {case['answer']}: {seen}")
    await grader.stop()
    await sandbox.stop()
    shares = {tier: sum(found) / len(found) for tier, found in right.items()}
    assert shares["core"] >= 0.97, "\n".join(wrong)
    assert shares["stretch"] >= 0.60, "\n".join(wrong)


async def value_of(sandbox: Sandbox, case: dict[str, Any]) -> list[str]:
    rows = tuple(map(tuple, case["sheet"]))
    read = screen(case["answer"], Extent(rows=len(rows), columns=max(map(len, rows))))
    if isinstance(read, Refused):
        return [read.reason]
    outcome = await sandbox.run(b"v" + msgspec.msgpack.encode(ValueJob((read.text,), rows)))
    return [value for row in msgspec.msgpack.decode(outcome.result, type=list[list[list[str]]])[0] for value in row]


def agrees(got: str, wanted: str) -> bool:
    try:
        return abs(float(got) - float(wanted)) < 1e-6
    except ValueError:
        return got == wanted


def meets(grade: Grade, expect: dict[str, float]) -> bool:
    """The score or range of scores; where the right score is 0, a request for review is right as well."""
    low, high = expect.get("min", expect.get("score", 0.0)), expect.get("max", expect.get("score", 1.0))
    return low - 1e-3 <= grade.score <= high + 1e-3 or (high == 0 and grade.needs_review)
