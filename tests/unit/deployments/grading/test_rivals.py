"""Short answers that name something else and only speak of the accepted term, beside answers that name it."""

from __future__ import annotations

import pytest

from deployments.grading.graders.quick import grade_quickly
from interview.grades import Grade
from interview.plans.questions import Question, ShortText

QUEUE = "queue", "Which structure hands out what came in first?"
STACK = "stack", "Which structure hands out first what came in last?"
GAS = "carbon dioxide", "Which gas do plants take in for photosynthesis?"
HEAT = "exothermic reaction", "What do we call a reaction that gives off heat?"


def graded(asked: tuple[str, str], answer: str) -> Grade:
    term, prompt = asked
    spec = ShortText(accepted=(term,))
    return grade_quickly(spec, Question(id="q", type="technical", skill="s", prompt=prompt, grader=spec), answer)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (STACK, "it's a queue, a stack is first in first out"),
        (STACK, "a queue. A stack hands out what came in first."),
        (STACK, "I'd say it's a heap, while a stack is the one that came in first"),
        (GAS, "they take in oxygen and give off carbon dioxide"),
        (GAS, "plants breathe out carbon dioxide and take in nitrogen"),
    ],
)
def test_a_term_beside_another_answer_needs_a_review(asked: tuple[str, str], answer: str) -> None:
    grade = graded(asked, answer)
    assert grade.score < 1.0 or (grade.needs_review and grade.confidence < 0.9)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (QUEUE, "it's a queue, a stack is last in first out"),
        (QUEUE, "a queue; with a stack the last one comes out first"),
        (STACK, "it's not a queue, a stack is what hands out first what came in last"),
        (STACK, "it's a structure where the last comes first, a stack"),
        (GAS, "they take in carbon dioxide and give off oxygen"),
        (GAS, "carbon dioxide, and they give off oxygen"),
        (HEAT, "an exothermic reaction, an endothermic one takes in heat"),
    ],
)
def test_a_term_that_is_named_is_right(asked: tuple[str, str], answer: str) -> None:
    grade = graded(asked, answer)
    assert grade.score == 1.0
    assert not grade.needs_review
