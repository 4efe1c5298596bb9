"""Whether a story has been begun and its result not told yet: then a pause between two sentences is no end."""

from __future__ import annotations

from interview.measurement.star import analyse_story
from interview.plans.questions import QuestionCard


def expects_a_story(question: QuestionCard | None) -> bool:
    return question is not None and question.answer_mode == "spoken" and question.question_type == "behavioral"


def lacks_its_result(words: str, language: str) -> bool:
    """Whether ``words``, an answer so far, tell parts of a story and no result. Pure."""
    story = analyse_story(words, language)
    return bool(story.present) and "result" in story.missing
