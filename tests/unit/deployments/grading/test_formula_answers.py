"""The formula is found in an answer: typed or spoken, corrected, offered twice, wrapped in prose, or missing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deployments.grading.graders.formula.grader import FormulaGrader
from deployments.grading.graders.formula.spoken import find_formulas, spoken_formula
from interview.plans.questions import Formula, Question, SheetColumn

SPOKEN = Path(__file__).parents[3] / "data" / "grading" / "formula_spoken.jsonl"
SUM = Formula(reference="=SUM(A2:A11)", columns=(SheetColumn("Amount", low=1, high=50),))
BAND = Formula('=IF(A2>=80,"High","Low")', (SheetColumn("Score", low=0, high=100),), rows=1)


@pytest.fixture
async def grader() -> AsyncIterator[FormulaGrader]:
    grader = FormulaGrader()
    yield grader
    await grader.stop()


def question(spec: Formula) -> Question:
    return Question(id="q", type="technical", skill="s", prompt="A formula?", grader=spec)


def test_speech_becomes_the_formula_it_spells_out() -> None:
    wrong = []
    for line in SPOKEN.read_text().splitlines():
        case = json.loads(line)
        found = find_formulas(case["said"])
        got = found[0].text if found else None
        if got != case["formula"]:
            wrong.append((case["said"], case["formula"], got))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    ("answer", "formula"),
    [
        ("=SUM(A2:A5) hmm, no wait, =SUM(A2:A11)", "=SUM(A2:A11)"),
        ("I'd write =SUM(A2:A11) because it adds them up", "=SUM(A2:A11) because it adds them up"),
        ("You can use SUM(A2:A11) here.", "SUM(A2:A11) here."),
        ("the formula is a2*b2", "a2*b2"),
        ('=IF(A2 = 5, "x = y", "z")', '=IF(A2 = 5, "x = y", "z")'),
        ("```\n=SUM(A2:A11)\n```", "=SUM(A2:A11)"),
        ("{=SUM(A2:A11)}", "{=SUM(A2:A11)}"),
        ("If(A2>=90,1,2)", "If(A2>=90,1,2)"),
    ],
)
def test_a_typed_formula_is_found_in_prose(answer: str, formula: str) -> None:
    assert [one.text for one in find_formulas(answer)] == [formula]


@pytest.mark.parametrize(
    "answer",
    [
        "=SUM(A2:A5) no wait =SUM(A2:A11)",
        "=SUM(A2:A11);",
        "=SUMME(A2:A11)",
        "=SOMME(A2:A11)",
        "=SUM(Table1[Amount])",
        "=SUM(Sheet1!A2:A11)",
        "=sum( a2 : a11 )",
        "=SUM(A2..A11)",
        "sum of a2 to a11",
    ],
)
async def test_every_way_to_write_it_is_right(grader: FormulaGrader, answer: str) -> None:
    grade = await grader.grade(question(SUM), answer)
    assert grade.score == 1.0, grade.rationale


async def test_a_sheet_that_the_prompt_names_is_the_questions_sheet(grader: FormulaGrader) -> None:
    asked = Question("q", "technical", "s", "The sheet Orders holds amounts in A2 to A11. Add them up.", SUM)
    named = await grader.grade(asked, "=SUM(Orders!A2:A11)")
    other = await grader.grade(asked, "=SUM(Returns!A2:A11)")
    assert named.score == 1.0, named.rationale
    assert other.score == 0.0
    assert other.needs_review


async def test_of_two_formulas_the_worse_counts_and_a_person_looks(grader: FormulaGrader) -> None:
    grade = await grader.grade(question(SUM), "=SUM(A2:A11) or =AVERAGE(A2:A11)")
    assert grade.score < 0.5
    assert grade.needs_review


async def test_speech_has_no_case(grader: FormulaGrader) -> None:
    said = await grader.grade(question(BAND), "if a2 is at least 80 then high otherwise low")
    typed = await grader.grade(question(BAND), '=IF(A2>=80,"high","low")')
    assert said.score == 1.0, said.rationale
    assert typed.score < 0.5


@pytest.mark.parametrize(
    "answer",
    [
        "I would just sum everything up",
        "weighted(average) of the lot",
        "the total, obviously",
        "=SUM(A2:A11",
        "=SUM(A2:A11))",
        "=A2:",
        "=FROBNICATE(A2)",
        "drag it down and it works",
    ],
)
async def test_an_answer_that_cannot_be_read_is_never_a_silent_zero(grader: FormulaGrader, answer: str) -> None:
    grade = await grader.grade(question(SUM), answer)
    assert grade.score > 0 or grade.needs_review, grade.rationale


async def test_prose_is_not_read_as_the_name_of_a_function(grader: FormulaGrader) -> None:
    grade = await grader.grade(question(SUM), "weighted(average) of the lot")
    assert grade.rationale == "The answer is not understood as a formula."


def test_an_endless_sentence_is_not_read() -> None:
    assert spoken_formula("if " * 400) is None
