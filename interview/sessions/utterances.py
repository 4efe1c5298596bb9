"""Classifies an utterance: an answer, a request, a question to the interviewer, an afterthought, or silence.

Pure and deterministic, so that a replay classifies as the interview did.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from interview.sessions.afterthoughts import afterthought_in
from interview.sessions.candidate_questions import (
    CandidateQuestion,
    QuestionTopic,
    open_questions_in,
    questions_in,
    without_questions,
)
from interview.sessions.intents import IntentKind, recognise
from interview.text.machine_orders import text_without_orders

UtteranceKind = IntentKind | Literal["answer", "question", "afterthought", "silence"]

#: Signs without meaning on their own; others may be an answer ("!", "*", "||").
_EMPTY_SIGNS = frozenset("?.…？。｡．،؟¿、，,;:'\"`´·~-–—_ \u2800\u3164\u115f\u1160")
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co"})


#: Questions of these topics take precedence over these requests, whose phrases are wider: "how many hints are left?"
_LOOSE: dict[QuestionTopic, tuple[IntentKind, ...]] = {"hint_cost": ("explain", "hint")}


class Utterance(Struct, frozen=True):
    """``answer`` is the answering part, in the candidate's own words; empty when there is none.

    ``questions`` come with an answer or alone (``kind`` is then ``question``). ``announcement`` says which earlier
    question an afterthought belongs to.
    """

    kind: UtteranceKind
    answer: str = ""
    questions: tuple[CandidateQuestion, ...] = ()
    announcement: str = ""


def is_silence(text: str) -> bool:
    """Whether ``text`` holds only invisible characters and signs such as "?" and "..."."""
    return all(char in _EMPTY_SIGNS or unicodedata.category(char) in _INVISIBLE for char in text)


@lru_cache(maxsize=2048)
def read_utterance(text: str, *, asked_for_questions: bool = False) -> Utterance:
    """Classify ``text``; an order to the machine in it does not count.

    ``asked_for_questions``: it answers "do you have any questions?", so any question counts.
    """
    if is_silence(text):
        return Utterance("silence")
    meant = text_without_orders(text)
    afterthought = afterthought_in(meant)
    if afterthought is not None:
        return Utterance("afterthought", afterthought.addition, announcement=afterthought.announcement)
    request = recognise(meant)
    questions = open_questions_in(text) if asked_for_questions else questions_in(text)
    rest = without_questions(text, questions) if questions else text
    if request is not None and (rest or request.kind not in _LOOSE.get(questions[0].topic, ("explain",))):
        return Utterance(request.kind)
    if not questions:
        return Utterance("answer", text)
    return Utterance("answer" if rest else "question", rest, questions)
