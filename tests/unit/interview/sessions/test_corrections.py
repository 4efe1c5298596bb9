"""A bare correction is recognised, goes to the question whose form it has, and an answer in like words is none."""

from __future__ import annotations

import msgspec
import pytest

from interview.plans.questions import AnyGrader, Question
from interview.sessions.corrections import corrected_question, correction_in


def question(grader: dict[str, object]) -> Question:
    return Question("q", "technical", "s", "A question.", msgspec.convert(grader, type=AnyGrader))


CHOICE = question(
    {
        "kind": "multiple_choice",
        "options": [{"id": "a", "text": "A queue"}, {"id": "b", "text": "A stack"}],
        "answer": "a",
    }
)
NUMBER = question({"kind": "numeric", "value": 42})
TERM = question({"kind": "short_text", "accepted": ["deadlock"]})


@pytest.mark.parametrize(
    ("said", "put"),
    [
        ("sorry I meant B", "B"),
        ("Oh, wait, sorry. I meant to say 42!", "42!"),
        ("i meant a livelock, not a deadlock", "a livelock, not a deadlock"),
        ("That should've been 17", "17"),
        ("sorry make it the second one", "the second one"),
        ("oops, change that to B please", "B please"),
        ("my bad, I wanted to say mutex", "mutex"),
        ("I mistyped: 3.5", "3.5"),
        ("Correction: option a", "option a"),
    ],
)
def test_a_correction_says_what_it_puts_in_place(said: str, put: str) -> None:
    assert correction_in(said) == put


@pytest.mark.parametrize(
    "said",
    [
        "make it idempotent",
        "change it to a hash map",
        "I mean, a queue decouples the services",
        "it should be 42",
        "I wanted to say that a queue helps",
        "sorry, a queue",
        "actually I would use an index",
        "I meant to",
        "correction of the data is the first step",
        "I meant the index " + "and then the plan of the query " * 5,
    ],
)
def test_an_answer_in_like_words_is_no_correction(said: str) -> None:
    assert correction_in(said) == ""


def test_a_correction_belongs_to_the_question_whose_form_it_has() -> None:
    assert corrected_question("B", NUMBER, [CHOICE]) is CHOICE
    assert corrected_question("42", CHOICE, [NUMBER]) is NUMBER
    assert corrected_question("42", NUMBER, [CHOICE]) is None
    assert corrected_question("B", CHOICE, [TERM]) is None
    assert corrected_question("livelock", NUMBER, [CHOICE, TERM]) is TERM
    assert corrected_question("B", CHOICE, []) is None
