"""Whether an answer so far is short for its question: then its sound alone does not end it."""

from __future__ import annotations

from interview.plans.questions import QuestionCard
from interview.sessions.utterances import read_utterance
from interview.turn_taking.pace import pace_of

#: The interviewer asks for more after a shorter answer to an open question, too (``agent.short_answer_words``).
BRIEF_WORDS = 8


def expects_more_than_a_word(question: QuestionCard | None) -> bool:
    return pace_of(question) in ("story", "reasoning")


def is_brief(words: str, language: str) -> bool:
    """Whether ``words`` are an answer, and no request, of few words. Pure."""
    return len(words.split()) < BRIEF_WORDS and read_utterance(words, language).kind == "answer"
