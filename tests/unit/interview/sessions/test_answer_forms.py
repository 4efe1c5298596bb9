"""A bare option or number is an answer of the form that the question asks for."""

from __future__ import annotations

import msgspec
import pytest

from interview.plans.questions import AnyGrader, Question
from interview.sessions.answer_forms import is_bare


def question(grader: dict[str, object]) -> Question:
    return Question("q", "technical", "s", "A question.", msgspec.convert(grader, type=AnyGrader))


CHOICE = question(
    {
        "kind": "multiple_choice",
        "options": [{"id": "A", "text": "A left join"}, {"id": "B", "text": "An inner join"}],
        "answer": "B",
    }
)
YES = question(
    {
        "kind": "multiple_choice",
        "options": [{"id": "A", "text": "Yes"}, {"id": "B", "text": "No"}],
        "answer": "B",
    }
)
NUMBER = question({"kind": "numeric", "value": 42})
TERM = question({"kind": "short_text", "accepted": ["deadlock"]})
OPEN = question({"kind": "none"})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (CHOICE, "B."),
        (CHOICE, "option B..."),
        (CHOICE, "The second one."),
        (CHOICE, "an inner join"),
        (YES, "No."),
        (NUMBER, "42"),
        (NUMBER, "A hundred."),
        (NUMBER, "Forty-two."),
        (NUMBER, "It is 250."),
        (NUMBER, "Two hundred and fifty."),
    ],
)
def test_an_option_or_a_number_alone_is_bare(asked: Question, said: str) -> None:
    assert is_bare(asked, said)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (CHOICE, "Thank you."),
        (CHOICE, "What are you doing?"),
        (CHOICE, "Ups and B"),
        (CHOICE, "You"),
        (CHOICE, ""),
        (NUMBER, "Now"),
        (NUMBER, "three dogs"),
        (NUMBER, "..."),
        (TERM, "deadlock"),
        (OPEN, "42"),
    ],
)
def test_other_words_and_the_key_of_a_term_are_not(asked: Question, said: str) -> None:
    assert not is_bare(asked, said)
