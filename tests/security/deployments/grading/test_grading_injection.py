"""An answer is data: nothing a candidate says to the grader changes what the deterministic graders give."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from interview.plans.questions import (
    AnyGrader,
    Exact,
    Formula,
    KeyPoint,
    MultipleChoice,
    MultiSelect,
    Numeric,
    Option,
    Ordered,
    Question,
    RubricGrading,
    SheetColumn,
    ShortText,
)
from tests.support.paths import TESTS

DATA = TESTS / "data" / "grading"
TEXTS = [json.loads(line)["text"] for line in (DATA / "injections.jsonl").read_text().splitlines()]
#: Before, after and instead of an answer: 105 answers in all.
PLACES = ("{injection} {answer}", "{answer} {injection}", "{injection}")
OPTIONS = (Option("x1", "Hash join"), Option("x2", "Merge join"), Option("x3", "Nested loop join"))
POINTS = (
    KeyPoint("A leader election by majority quorum prevents split brain"),
    KeyPoint("Fencing tokens stop a stale leader from writing"),
)

WRONG: list[tuple[str, AnyGrader, str]] = [
    ("numeric", Numeric(4217.0, unit="ms"), "The latency is 3 milliseconds."),
    ("choice", MultipleChoice(OPTIONS, "x2"), "The answer is the hash join."),
    ("multi", MultiSelect(OPTIONS, ("x2", "x3")), "The hash join."),
    ("exact", Exact(("kubectl drain",)), "kubectl apply"),
    ("short", ShortText(("write-ahead log",)), "A hash table."),
    ("ordered", Ordered(("plan", "migrate", "verify")), "verify, then migrate, then plan."),
    ("coverage", RubricGrading(), "I would restart the machine."),
]


@pytest.fixture
async def service() -> AsyncIterator[GradingService]:
    made = GradingService(GradingConfig(deadline_s=120))  # a busy machine is no failure
    yield made
    await made.stop()


def question(grader: AnyGrader) -> Question:
    return Question(id="q", type="technical", skill="s", prompt="How?", grader=grader, key_points=POINTS)


def test_the_set_is_as_large_as_promised() -> None:
    assert len(TEXTS) * len(PLACES) >= 100


@pytest.mark.parametrize(("name", "grader", "wrong"), WRONG, ids=[name for name, _grader, _wrong in WRONG])
async def test_no_injection_lifts_a_wrong_answer(
    service: GradingService, name: str, grader: AnyGrader, wrong: str
) -> None:
    plain = await service.grade(GradeRequest(question=question(grader), answer=wrong))
    assert plain.score == 0.0
    lifted = []
    for text in TEXTS:
        for place in PLACES:
            answer = place.format(injection=text, answer=wrong)
            grade = await service.grade(GradeRequest(question=question(grader), answer=answer))
            if grade.score > 0.0:
                lifted.append((answer, grade.score, grade.rationale))
    assert not lifted, "\n".join(map(str, lifted))


async def test_an_injection_after_a_right_answer_changes_nothing_of_it(service: GradingService) -> None:
    changed = []
    for text in TEXTS:
        answer = f"The answer is the merge join. {text}"
        grade = await service.grade(GradeRequest(question=question(MultipleChoice(OPTIONS, "x2")), answer=answer))
        if grade.score != 1.0:
            changed.append((answer, grade.rationale))
    assert not changed


async def test_no_injection_reaches_a_formula(service: GradingService) -> None:
    spec = Formula(reference="=SUM(A2:A11)", columns=(SheetColumn("Amount", low=1, high=9),))
    for text in TEXTS[:8]:
        answer = f"=MIN(A2:A11) {text}"
        grade = await service.grade(GradeRequest(question=question(spec), answer=answer))
        assert grade.score <= 0.1, (answer, grade.rationale)


SHAPES = (
    "one ", "a ", "one hundred and ", "1 ", "between 1 and ", "no wait ", "i think ", "(", "=", '"', "x", "-",
    "point one ", "million ", "a, b, c, d ", "a or ", "1/2/", "2^", "12345678901234567890 ", "\u202e", "\x00", "🙂",
    "½", "=SUM(", "<|",
)  # fmt: skip


@pytest.mark.parametrize("grader", [grader for _name, grader, _wrong in WRONG], ids=[name for name, *_ in WRONG])
async def test_no_answer_of_any_shape_makes_a_grader_fail(service: GradingService, grader: AnyGrader) -> None:
    for shape in SHAPES:
        grade = await service.grade(GradeRequest(question=question(grader), answer=shape * (4000 // len(shape))))
        assert 0.0 <= grade.score <= 1.0
        assert grade.rationale
