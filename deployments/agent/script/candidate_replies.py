"""The script's replies to a candidate's questions: from the plan's consent text and facts, or the interview's state;
other questions are passed on. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from msgspec import Struct

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.brief.next_question import questions_left
from deployments.agent.journal.reply import hints_left
from deployments.agent.script.phrases import joined
from interview.sessions.candidate_questions import CandidateQuestion, QuestionTopic
from interview.text.facts import fact_for
from interview.text.sentences import sentences_of

PASSED_ON = "I cannot answer that myself; I have noted your question for the hiring team."

#: The reply to a clarifying question that the plan has no fact for.
UNSPECIFIED = "That is open. Please assume what seems reasonable to you, and say what you assume."

_LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese"}


class Reply(Struct, frozen=True):
    """``source`` is ``consent``, ``facts``, ``state`` or ``script``; empty when the question is passed on."""

    text: str
    source: str = ""


def reply_to(question: CandidateQuestion, brief: TurnBrief) -> Reply:
    """The reply to ``question``, without repeating the open question."""
    if question.topic == "clarification":
        fact = fact_for(question.text, brief.question.clarifications)
        return Reply(fact or UNSPECIFIED, "facts" if fact else "script")
    fact = fact_for(question.text, brief.plan.company_facts)
    if fact:
        return Reply(fact, "facts")
    return _BY_TOPIC[question.topic](brief)


def replies_to(brief: TurnBrief) -> str:
    """The replies to all questions of this turn, without duplicates."""
    return joined(*dict.fromkeys(reply_to(question, brief).text for question in brief.observation.questions))


def _consent(brief: TurnBrief, words: str) -> str:
    """The sentences of the consent text that match ``words`` (a pattern)."""
    found = re.compile(rf"\b(?:{words})", re.IGNORECASE)
    return joined(*(sentence for sentence in sentences_of(brief.plan.consent) if found.search(sentence)))


def _recorded(brief: TurnBrief) -> Reply:
    told = _consent(brief, "record|transcri|stor|kept|audio")
    if told:
        return Reply(told, "consent")
    return Reply("What you type is kept with this interview, and what you say as a recording and its text.", "script")


def _data(brief: TurnBrief) -> Reply:
    told = _consent(brief, "data|recording|stor|kept|delet|responsible|read the report")
    return Reply(told, "consent") if told else Reply(PASSED_ON)


def _objection(brief: TurnBrief) -> Reply:
    noted = (
        "I have noted your objection; the hiring team sees it first. You may end the interview now. If you go on, your "
        "answers are still stored."
    )
    return Reply(noted, "script")


def _assessed(brief: TurnBrief) -> Reply:
    told = _consent(brief, "assess|criteria")
    return Reply(told, "consent") if told else Reply(PASSED_ON)


def _integrity(brief: TurnBrief) -> Reply:
    told = _consent(brief, "paste|window")
    return Reply(told, "consent") if told else Reply(PASSED_ON)


def _deletion(brief: TurnBrief) -> Reply:
    noted = "I have noted your request, and a person will see to it."
    told = _consent(brief, "delet|eras")
    return Reply(joined(told, noted), "consent" if told else "script")


def _machine(brief: TurnBrief) -> Reply:
    told = _consent(brief, "automated|machine|computer|artificial|AI\\b|robot")
    return Reply(told, "consent") if told else Reply("I am an automated interviewer, not a person.", "script")


def _person(brief: TurnBrief) -> Reply:
    noted = (
        "I have noted that you would like a human interviewer; the hiring team sees it first. You may end the "
        "interview now, or go on with me."
    )
    told = _consent(brief, "human")
    return Reply(joined(told, noted), "consent" if told else "script")


def _questions_left(brief: TurnBrief) -> Reply:
    fewest, most = questions_left(brief.state, brief.plan)
    if brief.next_step.question is None or most == 0:
        return Reply("This is the last question.", "state")
    count = str(most) if fewest == most else f"{fewest} to {most}"
    plural = "question comes" if count == "1" else "questions come"
    return Reply(joined(f"{count} more {plural} after this one.", _time_words(brief)), "state")


def _time_left(brief: TurnBrief) -> Reply:
    return Reply(joined(_time_words(brief), "Take the time you need for each answer."), "state")


def _time_words(brief: TurnBrief) -> str:
    minutes = max(1, math.ceil(brief.time_left_s / 60))
    return f"There {'is' if minutes == 1 else 'are'} about {minutes} minute{'' if minutes == 1 else 's'} left in all."


def _hint_cost(brief: TurnBrief) -> Reply:
    left = hints_left(brief.state, brief.plan)
    if not left:
        return Reply("There is no hint left for this question.", "state")
    cost = brief.question.hints[brief.asked.hints].cost
    costs = f"takes {cost:.0%} of the full score off this answer" if cost else "costs nothing"
    return Reply(f"The next hint {costs}. {left} {'is' if left == 1 else 'are'} left for this question.", "state")


def _language(brief: TurnBrief) -> Reply:
    code = brief.state.language.split("-")[0]
    language = _LANGUAGES.get(code, f"the language {code!r}")
    return Reply(f"This interview is held in {language}; please answer in {language}.", "state")


def _said(text: str, source: str = "script") -> Callable[[TurnBrief], Reply]:
    return lambda brief: Reply(text, source)


_BY_TOPIC: dict[QuestionTopic, Callable[[TurnBrief], Reply]] = {
    "recorded": _recorded,
    "data": _data,
    "objection": _objection,
    "deletion": _deletion,
    "machine": _machine,
    "person": _person,
    "questions_left": _questions_left,
    "time_left": _time_left,
    "hint_cost": _hint_cost,
    "language": _language,
    "enough": _said(
        "I cannot tell you how an answer is graded. You may add to it, or say that you are done and we will go on."
    ),
    "accommodation": _said(
        "Thank you for telling me; I have noted it for the hiring team. Meanwhile you may type or speak, read each "
        "question on your screen, take your time, and stop whenever you like."
    ),
    "solution": _said("I can give no answer away, and I cannot say how an answer did; a person reviews them."),
    "tools": _said("Use the tool that you know, and say what you assume."),
    "answered": _said(
        "Each question counts what is answered to it. Please say it here once more in short, or skip the question."
    ),
    "typing": _said("You may type your answer or speak it; both count the same."),
    "presence": _said("Yes, I am here, and your words reach me."),
    "result": _said("I do not decide, and I see no results. I have noted your question for the hiring team.", ""),
    "rules": _said(
        "You may skip a question, hear it again, ask for a hint, and take your time. I have noted your question for "
        "the hiring team.",
        "",
    ),
    "company": _said(PASSED_ON, ""),
    "clarification": _said(UNSPECIFIED),
    "assessed": _assessed,
    "integrity": _integrity,
}
