"""Formula answers: graded by behaviour, screened before anything runs, stopped at their limits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from deployments.grading.graders.formula.evaluate import FormulaJob, FormulaVerdict, ValueJob
from deployments.grading.graders.formula.grader import MODULE, FormulaGrader
from deployments.grading.graders.formula.screen import Extent, Refused, Screened, screen
from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.errors import InvalidInput
from interview.plans.questions import AnyGrader, Formula, Question, SheetColumn
from tests.support.paths import TESTS

DATA = TESTS / "data" / "grading"
EXTENT = Extent(rows=11, columns=2)


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines() if line.strip()]


def question(spec: Any) -> Question:
    grader: AnyGrader = spec if isinstance(spec, Formula) else msgspec.convert(spec, type=AnyGrader)
    return Question(id="q", type="technical", skill="s", prompt="A formula?", grader=grader)


SUM = Formula(reference="=SUM(A2:A11)", columns=(SheetColumn("Amount", low=1, high=50),))


@pytest.fixture
async def grader() -> AsyncIterator[FormulaGrader]:
    grader = FormulaGrader()
    yield grader
    await grader.stop()


@pytest.mark.parametrize(
    ("cases", "sheet"),
    [("formula_values.jsonl", "formula_sheet.json"), ("formula_kinds.jsonl", "formula_kinds_sheet.json")],
)
async def test_every_listed_function_gives_the_spreadsheets_result(cases: str, sheet: str) -> None:
    rows = tuple(tuple(row) for row in json.loads((DATA / sheet).read_text()))
    given = lines(cases)
    sandbox = Sandbox(MODULE, SandboxLimits(cpu_s=10.0, wall_s=30.0))
    wrong = []
    for at in range(0, len(given), 40):
        some = given[at : at + 40]
        screened = [screen(case["formula"], Extent(rows=len(rows), columns=len(rows[0]))) for case in some]
        texts = tuple(one.text for one in screened if isinstance(one, Screened))
        assert len(texts) == len(some), [one for one in screened if isinstance(one, Refused)]
        outcome = await sandbox.run(b"v" + msgspec.msgpack.encode(ValueJob(texts, rows)))
        assert outcome.kind == "done", outcome
        for case, grid in zip(some, msgspec.msgpack.decode(outcome.result, type=list[list[list[str]]]), strict=True):
            got = [value for row in grid for value in row]
            wanted = as_list(case["value"])
            if len(got) != len(wanted) or not all(map(agrees, got, wanted)):
                wrong.append((case["formula"], wanted, got))
    await sandbox.stop()
    assert not wrong, "\n".join(map(str, wrong))


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def agrees(got: str, wanted: str) -> bool:
    try:
        return abs(float(got) - float(wanted)) <= 1e-4 * max(1.0, abs(float(wanted)))
    except ValueError:
        return got == wanted


async def test_every_case_gets_the_score_of_its_key(grader: FormulaGrader) -> None:
    wrong = []
    for case in lines("formula.jsonl"):
        grade = await grader.grade(question(case["grader"]), case["answer"])
        low, high = case.get("between", [case.get("score")] * 2)
        review = case.get("review", grade.needs_review)
        if not low - 1e-9 <= grade.score <= high + 1e-9 or grade.needs_review != review:
            wrong.append((case["answer"], (low, high), grade.score, grade.rationale, grade.review_reason))
        assert all(one.quote == case["answer"][one.start : one.end] for one in grade.evidence)
    assert not wrong, "\n".join(map(str, wrong))


async def test_no_hostile_formula_runs_over_its_limits(grader: FormulaGrader) -> None:
    """Each is refused with a sentence, stopped within 3 CPU seconds and 200 MB more memory, or found wrong."""
    sandbox = Sandbox(MODULE)
    await sandbox.start()
    over = []
    for case in lines("formula_hostile.jsonl"):
        screened = screen(case["answer"], Extent(rows=11, columns=1))
        if isinstance(screened, Refused):
            grade = await grader.grade(question(SUM), case["answer"])
            assert grade.score == 0.0
            assert grade.rationale
            continue
        job = FormulaJob(SUM, screened.text, SUM.reference, "seed")
        outcome = await sandbox.run(b"f" + msgspec.msgpack.encode(job))
        agreed = msgspec.msgpack.decode(outcome.result, type=FormulaVerdict).agreed if outcome.kind == "done" else 0
        if outcome.cpu_s > 3.0 or outcome.peak_bytes > 200_000_000 or outcome.kind == "crash" or agreed > 2:
            over.append((case["answer"][:60], outcome.cpu_s, outcome.peak_bytes, outcome.kind, agreed))
    await sandbox.stop()
    assert not over, "\n".join(map(str, over))


async def test_a_formula_that_ran_into_a_limit_is_graded_zero_and_says_which() -> None:
    grader = FormulaGrader(SandboxLimits(wall_s=0.4))
    grade = await grader.grade(question(SUM), "=SUMPRODUCT(COUNTIF(A1:A999,A1:A999))")
    assert grade.score == 0.0
    await grader.stop()
    assert "was stopped: it ran longer than 0.4 s" in grade.rationale
    assert grade.needs_review


def test_the_sets_are_as_large_as_promised() -> None:
    hostile = len(lines("formula_hostile.jsonl"))
    assert hostile >= 30
    assert len(lines("formula.jsonl")) + len(lines("formula_values.jsonl")) + hostile >= 150


async def test_partial_credit_names_the_first_sheet_that_differs_and_both_results(grader: FormulaGrader) -> None:
    grade = await grader.grade(question(SUM), "=A2+A3+A4+A5+A6+A7+A8+A9+A10+A11")
    assert 0.5 <= grade.score < 1.0
    assert "First difference on sheet" in grade.rationale
    assert "the answer gives #VALUE!, the reference" in grade.rationale


async def test_the_same_answer_meets_the_same_sheets(grader: FormulaGrader) -> None:
    one = await grader.grade(question(SUM), "=AVERAGE(A2:A11)*10")
    two = await grader.grade(question(SUM), "=AVERAGE(A2:A11)*10")
    assert one == two


async def test_a_reference_that_may_not_run_is_the_authors_mistake(grader: FormulaGrader) -> None:
    with pytest.raises(InvalidInput, match="volatile"):
        await grader.grade(question(Formula(reference="=NOW()", columns=SUM.columns)), "=NOW()")


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("=WEBSERVICE(A1)", "reaches outside"),
        ("=NOW()", "volatile"),
        ("=LET(x,1,y)", "no cell or name 'y'"),
        ("=LET(1,2,3)", "needs a name"),
        ("=IF()", "without an argument"),
        ("=ROUND(A1,2,3)", "too many arguments"),
        ("=FOO(1)", "not a function this grader knows"),
        ("=Sheet2!A1", "only cells of this sheet"),
        ("=SUM(A1:Z9999)", "cover more than"),
        ("=1" + "+1" * 400, "more than 250 parts"),
        ("=" + "x" * 2000, "longer than 1000"),
        ('="' + "x" * 300 + '"', "longer than 255"),
        ("=" + "(" * 30 + "1" + ")" * 30, "nested more than"),
        ("=1E300", "larger than"),
    ],
)
def test_a_refusal_is_a_sentence(formula: str, sentence: str) -> None:
    refused = screen(formula, EXTENT)
    assert isinstance(refused, Refused)
    assert sentence in refused.reason


def test_a_function_named_only_inside_a_text_is_no_call() -> None:
    assert isinstance(screen('="NOW()"&A1', EXTENT), Screened)
