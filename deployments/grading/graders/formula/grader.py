"""The formula grader: find the formula in the answer, screen it, and compare it with the reference in the sandbox."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from deployments.grading.contract import Calculation
from deployments.grading.graders import answer_text
from deployments.grading.graders.formula.evaluate import BROKEN, FormulaJob, FormulaVerdict, Grid, ValueJob
from deployments.grading.graders.formula.example import example_rows, fixed_addresses, shown
from deployments.grading.graders.formula.screen import Limits, Refused, screen
from deployments.grading.graders.formula.sheets import extent_of
from deployments.grading.graders.formula.spoken import FormulaText, find_formulas
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.shell.sandbox import Sandbox, SandboxLimits, SandboxOutcome
from interview.errors import EngineUnavailable, InvalidInput
from interview.grades import Evidence, Grade
from interview.plans.questions import Formula, Question

GRADER = "formula"
#: The score limit of a formula that differs on a plain sheet or on an edge case that the question names. It lies below
#: "strong".
MOST_WITH_A_DIFFERENCE = 0.8
#: A spoken formula with a lower score needs review: it may have been misheard or misread.
SPOKEN_REVIEW_BELOW = 0.15
#: Rows and columns of a result that a candidate is shown.
MAX_SHOWN = 20
MODULE = "deployments.grading.graders.formula.evaluate"

_STOPPED = {
    "time": "it ran longer than {wall:g} s",
    "memory": "it used more than {memory} MiB of memory",
    "crash": "it made the calculation crash",
}


class FormulaGrader:
    """Grades by behaviour on at least 20 seeded sheets; partial credit is the share of sheets with equal results."""

    def __init__(self, limits: SandboxLimits | None = None, caps: Limits | None = None) -> None:
        self._limits = limits or SandboxLimits()
        self._caps = caps or Limits()
        self._sandbox = Sandbox(MODULE, self._limits)

    async def start(self) -> None:
        await self._sandbox.start()

    async def stop(self) -> None:
        await self._sandbox.stop()

    async def grade(self, question: Question, answer: str, seed: int = 0, tenant: str = "") -> Grade:
        """Raises InvalidInput (the question's own reference cannot run), EngineUnavailable (the sandbox died)."""
        spec = question.grader
        if not isinstance(spec, Formula):
            raise InvalidInput("Not a formula question.", detail={"fields": {"grader": "kind"}})
        extent = replace(extent_of(spec), prompt=question.prompt)
        reference = screen(spec.reference, extent, self._caps)
        if isinstance(reference, Refused):
            raise InvalidInput(
                f"The reference formula of {question.id!r} cannot be used: {reference.reason}",
                detail={"fields": {"reference": reference.reason}},
            )
        empty = no_answer(GRADER, answer)
        if empty is not None:
            return empty
        found = find_formulas(answer)
        if not found:
            return _not_understood(answer)
        grades = [
            await self._one(question, spec, answer, one, reference.text, f"{question.id}:{seed}", tenant)
            for one in found
        ]
        return grades[0] if len(grades) == 1 else _worse(grades)

    async def calculate(self, question: Question, formula: str, tenant: str = "") -> Calculation:
        """The example sheet, and what ``formula`` gives on it.

        Raises:

            InvalidInput: not a formula question.
            EngineUnavailable: the sandbox died.
        """
        spec = question.grader
        if not isinstance(spec, Formula):
            raise InvalidInput(
                "The open question asks for no formula.", detail={"fields": {"formula": "not asked for"}}
            )
        rows = example_rows(spec, question.id)
        cells = {address: shown(rows[row - 1][column - 1]) for address, (column, row) in fixed_addresses(spec).items()}
        table = tuple(tuple(shown(value) for value in row[: len(spec.columns)]) for row in rows[: spec.rows + 1])
        sheet = Calculation(table, cells)
        if not formula.strip():
            return sheet
        screened = screen(formula, replace(extent_of(spec), prompt=question.prompt), self._caps)
        if isinstance(screened, Refused):
            return replace(sheet, problem=screened.reason)
        job = ValueJob((screened.text,), rows)
        outcome = await self._sandbox.run(b"v" + msgspec.msgpack.encode(job), tenant)
        if outcome.kind != "done":
            reason = _STOPPED.get(outcome.kind)
            if reason is None:
                raise EngineUnavailable("The sandbox gave no result; try again.", retry_after_s=1)
            why = reason.format(wall=self._limits.wall_s, memory=self._limits.memory_bytes >> 20)
            return replace(sheet, problem=f"The formula was stopped: {why}.")
        (result,) = msgspec.msgpack.decode(outcome.result, type=tuple[Grid, ...])
        problem = result[0][0].removeprefix(BROKEN) if result and result[0][0].startswith(BROKEN) else ""
        if problem:
            return replace(sheet, problem=problem)
        return replace(sheet, result=tuple(row[:MAX_SHOWN] for row in result[:MAX_SHOWN]))

    async def _one(
        self, question: Question, spec: Formula, answer: str, found: FormulaText, reference: str, seed: str, tenant: str
    ) -> Grade:
        extent = replace(extent_of(spec), prompt=question.prompt)
        screened = screen(found.text, extent, self._caps)
        if isinstance(screened, Refused):
            return _refused(answer, found, screened)
        job = FormulaJob(spec, screened.text, reference, seed, ignore_case=found.spoken or spec.ignore_case)
        outcome = await self._sandbox.run(b"f" + msgspec.msgpack.encode(job), tenant)
        end = found.end if found.spoken else min(found.end, found.start + screened.used_chars)
        evidence = [answer_text.quote(answer, found.start, end, screened.text)]
        return self._grade(question, found, screened.text, evidence, outcome)

    def _grade(
        self, question: Question, found: FormulaText, text: str, evidence: list[Evidence], outcome: SandboxOutcome
    ) -> Grade:
        if outcome.kind != "done":
            reason = _STOPPED.get(outcome.kind)
            if reason is None:
                raise EngineUnavailable("The sandbox gave no result; try again.", retry_after_s=1)
            why = reason.format(wall=self._limits.wall_s, memory=self._limits.memory_bytes >> 20)
            return mark(
                GRADER,
                0.0,
                f"The formula was stopped: {why}.",
                confidence=0.9,
                evidence=evidence,
                review="The formula ran into the grader's limits.",
            )
        verdict = msgspec.msgpack.decode(outcome.result, type=FormulaVerdict)
        if verdict.broken == "reference":
            raise InvalidInput(
                f"The reference formula of {question.id!r} cannot be used: {verdict.problem}",
                detail={"fields": {"reference": verdict.problem}},
            )
        if verdict.broken == "candidate":
            return mark(GRADER, 0.0, verdict.problem, confidence=0.85, evidence=evidence, review=verdict.problem)
        score = score_of(verdict)
        return mark(
            GRADER,
            score,
            _rationale(text, verdict),
            confidence=0.85 if found.spoken else 0.98,
            evidence=evidence,
            review=f"The answer was spoken and read as {text}." if found.spoken and score < SPOKEN_REVIEW_BELOW else "",
        )


def score_of(verdict: FormulaVerdict) -> float:
    """The share of sheets with equal results, capped when a plain or named edge-case sheet differs."""
    share = verdict.agreed / verdict.sheets
    return min(share, MOST_WITH_A_DIFFERENCE) if verdict.stated_differences else share


def _rationale(text: str, verdict: FormulaVerdict) -> str:
    if verdict.difference is None:
        return f"{text} gives the reference's result on all {verdict.sheets} sheets."
    first = verdict.difference
    kind = "plain values" if first.kind == "plain" else f"edge case: {first.kind}"
    return (
        f"{text} gives the reference's result on {verdict.agreed} of {verdict.sheets} sheets"
        f" ({verdict.agreed_plain} of {verdict.plain} plain ones). First difference on sheet {first.sheet} ({kind}):"
        f" the answer gives {first.candidate}, the reference {first.reference}."
    )


def _worse(grades: list[Grade]) -> Grade:
    """The lowest grade of alternatives ("=SUM(A2:A9) or =A2+A9"); needs review."""
    lowest = min(grades, key=lambda grade: grade.score)
    reason = "The answer offers several formulas; the lowest grade counts."
    return replace(lowest, needs_review=True, review_reason=f"{reason} {lowest.review_reason}".strip())


def _refused(answer: str, found: FormulaText, refused: Refused) -> Grade:
    if found.spoken:
        return _not_understood(answer)
    evidence = [answer_text.quote(answer, found.start, min(found.end, found.start + 240), "the formula")]
    confidence = 0.6 if refused.syntax else 0.9
    return mark(GRADER, 0.0, refused.reason, confidence=confidence, evidence=evidence, review=refused.reason)


def _not_understood(answer: str) -> Grade:
    reason = "The answer is not understood as a formula."
    evidence = [answer_text.whole(answer, "no formula")]
    return mark(GRADER, 0.0, reason, confidence=0.4, evidence=evidence, review=reason, understood=False)
