"""Classifies an utterance: an answer, a request, a question to the interviewer, an afterthought, or silence.

Pure and deterministic, so that a replay classifies as the interview did.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from interview.languages.reading import reading_of
from interview.sessions.afterthoughts import afterthought_in, heard_afterthought
from interview.sessions.another_day import asks_for_another_day
from interview.sessions.candidate_questions import (
    CandidateQuestion,
    QuestionTopic,
    clarifying_questions_in,
    open_questions_in,
    questions_by_rules,
    questions_in,
    without_questions,
)
from interview.sessions.intents import IntentKind, recognise
from interview.text.machine_orders import text_without_orders
from interview.text.phrase_patterns import compiled, row_of
from interview.text.plain_words import plain_words

UtteranceKind = IntentKind | Literal["answer", "question", "afterthought", "silence"]

#: Signs without meaning on their own; others may be an answer ("!", "*", "||").
_EMPTY_SIGNS = frozenset("?.…？。｡．،؟¿、，,;:'\"`´·~-–—_ \u2800\u3164\u115f\u1160")
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Co"})


#: Questions of these topics take precedence over these requests, whose phrases are wider: "how many hints are left?",
#: "can I use pen and paper?"
_LOOSE: dict[QuestionTopic, tuple[IntentKind, ...]] = {
    "hint_cost": ("explain", "hint"),
    "accommodation": ("explain", "wait", "skip"),
    "rules": ("explain", "wait"),
}


#: The words of an utterance that only greets, thanks, acknowledges or tests the line.
_SOCIAL = compiled(
    """
    (hello|hi|hey|hallo|hiya|good (morning|afternoon|evening)|greetings) [there|again|interviewer|all|everyone]
    (thanks|thank you|thx|ty|many thanks|thanks a lot|thank you (very|so) much|cheers) [again]
    (ok|okay|okey|k|okidoki|alright|all right|got it|noted|lol|haha)
    (test|test test|testing testing|mic check|sound check|this is a test|just a test|just testing)
    """,
    {},
)
_GESTURES = re.compile(
    "[\U0001f44d\U0001f44b\U0001f64f\U0001f642\U0001f600\U0001f60a\U0001f44c\U0001f3fb-\U0001f3ff\ufe0f]"
)
#: "Delete everything and stop": a question to a person and the wish to end, in one sentence.
_HALVES = re.compile(r"[,;]?\s+(?:and|then|and then)\s+", re.IGNORECASE)

#: A second question to the interviewer, after a recognised one: "…, and who gets to see it?"
_ASKS_ON = re.compile(
    r"[,;]?\s*(?:(?:and|or|also|so|but)\s+)*(?:who|when|where|how (?:long|many|much|soon)|will|what happens"
    r"|(?:can|could|may|do|should) (?:I|you|they|someone|anyone)|(?:is|are|was) (?:it|this|that|they|you|there))\b"
    r"(?:\s+[^\s?!.]+){0,12}\s*\?\s*",
    re.IGNORECASE,
)


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


def is_social(text: str, language: str = "en") -> bool:
    """Whether all of ``text`` is a greeting, thanks, an acknowledgement or a test of the line."""
    if (reading := reading_of(language)) is not None:
        return reading.is_social(_GESTURES.sub(" ", text))
    plain = plain_words(_GESTURES.sub(" ", text))
    return not plain or row_of(f"{plain} ", {}, _SOCIAL) is not None


def _end_with_questions(text: str, language: str) -> Utterance | None:
    """The wish to end in ``text`` together with a question for a person in the same sentence, else None."""
    halves = _HALVES.split(text)
    if len(halves) != 2:
        return None
    for asked, ended in (halves, reversed(halves)):
        questions = questions_in(asked, language)
        request = recognise(ended, language)
        if questions and not without_questions(asked, questions, language) and request and request.kind == "end":
            return Utterance("end", "", questions)
    return None


@lru_cache(maxsize=2048)
def read_utterance(
    text: str, language: str = "en", *, asked_for_questions: bool = False, clarifiable: bool = False
) -> Utterance:
    """Classify ``text``, which is in ``language``; an order to the machine in it does not count.

    ``asked_for_questions``: it answers "do you have any questions?", so any question counts. ``clarifiable``: the open
    question has facts to ask for, so an utterance of nothing but questions asks for them.
    """
    if is_silence(text):
        return Utterance("silence")
    if not asked_for_questions and is_social(text, language):
        return Utterance("silence")
    meant = text_without_orders(text)
    afterthought = afterthought_in(meant, language)
    if afterthought is not None:
        return Utterance("afterthought", afterthought.addition, announcement=afterthought.announcement)
    if (ended := _end_with_questions(meant, language)) is not None:
        return ended
    request = recognise(meant, language)
    kind = None if request is None else request.kind
    if kind in ("end", "wait", None) and language == "en" and asks_for_another_day(text, stops=kind == "end"):
        return Utterance("question", "", (CandidateQuestion("accommodation", text, 0, len(text)),))
    if request is None and language == "en" and not questions_by_rules(text) and (back := heard_afterthought(text)):
        return Utterance("afterthought", back.addition, announcement=back.announcement)
    clarifying = clarifying_questions_in(text, language) if clarifiable else ()
    if clarifying and not questions_by_rules(text, language) and (request is None or request.by_model):
        return Utterance("question", "", clarifying)
    questions = open_questions_in(text, language) if asked_for_questions else questions_in(text, language)
    rest = without_questions(text, questions, language) if questions else text
    if request is not None and request.by_model and questions and not rest:
        request = None  # a question that a rule knows
    if request is not None and (rest or request.kind not in _LOOSE.get(questions[0].topic, ("explain",))):
        return Utterance(request.kind)
    if not questions:
        return Utterance("answer", text)
    if language == "en" and _ASKS_ON.fullmatch(rest) and rest in text:
        asked = rest.lstrip(" ,;")
        at = text.index(asked)
        further = CandidateQuestion("company", asked, at, at + len(asked))
        questions, rest = tuple(sorted((*questions, further), key=lambda one: one.start)), ""
    also = recognise(text_without_orders(rest), language) if rest else None
    if also is not None:
        return Utterance(also.kind if also.kind in ("skip", "done", "end") else "question", "", questions)
    return Utterance("answer" if rest else "question", rest, questions)
