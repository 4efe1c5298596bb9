"""A story that has been begun is open until its result is told; other words are none."""

from __future__ import annotations

import pytest

from interview.plans.questions import AnswerMode, QuestionCard, QuestionType
from interview.turn_taking.stories import expects_a_story, lacks_its_result

BEGUN = "In my previous role our nightly import kept failing. I was asked to make it stable. I rewrote the parser."


@pytest.mark.parametrize("words", [BEGUN, BEGUN.partition(". I was")[0] + ".", "We had an outage last spring."])
def test_a_story_that_was_begun_lacks_its_result(words: str) -> None:
    assert lacks_its_result(words, "en")


@pytest.mark.parametrize(
    "words",
    [
        f"{BEGUN} The import has not failed since.",
        "Could you repeat the question?",
        "I don't know.",
        "",
        "Let me think.",
    ],
)
def test_a_told_story_and_words_without_one_do_not(words: str) -> None:
    assert not lacks_its_result(words, "en")


@pytest.mark.parametrize(
    ("question_type", "mode", "expected"),
    [
        ("behavioral", "spoken", True),
        ("behavioral", "choice", False),
        ("opener", "spoken", False),
        ("experience", "spoken", False),
        ("technical", "spoken", False),
    ],
)
def test_only_spoken_answers_to_behavioural_questions_are_stories(
    question_type: QuestionType, mode: AnswerMode, expected: bool
) -> None:
    assert expects_a_story(QuestionCard("q", question_type, "?", mode, "skill")) is expected


def test_without_a_question_no_story_is_expected() -> None:
    assert not expects_a_story(None)
