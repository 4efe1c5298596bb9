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
FORMULA = question({"kind": "formula", "reference": "=SUM(A2:A9)", "columns": [{"name": "Amount"}]})
ORDER = question({"kind": "ordered", "answer": ["build", "test", "deploy", "monitor"]})
OPEN = question({"kind": "rubric"})
CLOSED = [CHOICE, NUMBER, TERM, FORMULA, ORDER]


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
        ("I misspoke, B", "B"),
        ("no, make that 42", "42"),
        ("sorry, I misread the question, it is B", "it is B"),
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
        "I misread the logs at first and then found the leak",
        "It should have been caught by monitoring, so I added an alert",
        "And it should have been tested",
        "I misspoke, we used Kafka",
        "and make it idempotent",
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


@pytest.mark.parametrize(
    ("said", "previous"),
    [
        ("sorry, I meant B", CHOICE),
        ("sorry, I meant the stack", CHOICE),
        ("sorry, make it the second one", CHOICE),
        ("sorry, I misread the question, it is B", CHOICE),
        ("sorry, I meant 42 milliseconds", NUMBER),
        ("that should have been 17", NUMBER),
        ("oops, I meant livelock", TERM),
        ("sorry, I meant =SUM(A2:A10)", FORMULA),
        ("sorry, I meant build first, then test, then deploy, then monitor", ORDER),
    ],
)
def test_a_bare_answer_while_a_story_is_asked_corrects_the_previous_key(said: str, previous: Question) -> None:
    assert corrected_question(correction_in(said), OPEN, [previous]) is previous


@pytest.mark.parametrize("previous", [OPEN, *CLOSED], ids=lambda found: found.grader.__class__.__name__)
@pytest.mark.parametrize(
    "said",
    [
        "I meant it as a joke in the retro",
        "sorry, it was supposed to be a quick fix but took weeks",
        "sorry, I misspoke, we used Kafka",
        "actually, it should have been caught by monitoring, so I added an alert",
        "sorry, I misread the logs at first and then found the one leak in our queue",
        "I meant to write a queue of two workers for them",
    ],
)
def test_prose_answers_the_open_question(said: str, previous: Question) -> None:
    put = correction_in(said)
    assert put, "this sample is to reach the comparison of forms"
    assert corrected_question(put, OPEN, [previous]) is None


@pytest.mark.parametrize("put", ["a livelock", "42", "we used Kafka for it", "B"])
def test_a_previous_open_answer_is_never_replaced(put: str) -> None:
    assert all(corrected_question(put, current, [OPEN]) is None for current in (*CLOSED, OPEN))


def test_an_article_is_no_option() -> None:
    assert corrected_question("a quick fix", NUMBER, [CHOICE]) is None
    assert corrected_question("A please", NUMBER, [CHOICE]) is CHOICE
