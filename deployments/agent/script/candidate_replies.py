"""The script's replies to a candidate's questions: from the plan's consent text and facts, or the interview's state;
other questions are passed on. Pure."""

from __future__ import annotations

import math
import re
from typing import assert_never

from msgspec import Struct

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.brief.next_question import questions_left
from deployments.agent.journal.reply import hints_left
from deployments.agent.script.phrases import joined
from interview.languages.language import Replies, language_of
from interview.sessions.candidate_questions import CandidateQuestion, QuestionTopic
from interview.text.facts import fact_for
from interview.text.sentences import sentences_of


class Reply(Struct, frozen=True):
    """``source`` is ``consent``, ``facts``, ``state`` or ``script``; empty when the question is passed on."""

    text: str
    source: str = ""


def reply_to(question: CandidateQuestion, brief: TurnBrief) -> Reply:
    """The reply to ``question``, without repeating the open question."""
    if question.topic == "clarification":
        fact = fact_for(question.text, brief.question.clarifications)
        return Reply(fact or language_of(brief.state.language).replies.unspecified, "facts" if fact else "script")
    fact = fact_for(question.text, brief.plan.company_facts)
    if fact:
        return Reply(fact, "facts")
    return _by_topic(question.topic, brief)


def replies_to(brief: TurnBrief) -> str:
    """The replies to all questions of this turn, without duplicates."""
    return joined(*dict.fromkeys(reply_to(question, brief).text for question in brief.observation.questions))


def _consent(brief: TurnBrief, words: str) -> str:
    """The sentences of the consent text that match ``words`` (a pattern)."""
    found = re.compile(rf"\b(?:{words})", re.IGNORECASE)
    sentences = sentences_of(brief.plan.consent, brief.plan.language)
    return joined(*(sentence for sentence in sentences if found.search(sentence)))


def _said(text: str) -> Reply:
    return Reply(text, "script")


def _told(brief: TurnBrief, words: str, otherwise: Reply) -> Reply:
    """The consent text's own sentences on a topic."""
    told = _consent(brief, words)
    return Reply(told, "consent") if told else otherwise


def _with_consent(brief: TurnBrief, words: str, noted: str) -> Reply:
    """The consent text's own sentences on a topic, and that the request is noted."""
    told = _consent(brief, words)
    return Reply(joined(told, noted), "consent" if told else "script")


def _by_topic(topic: QuestionTopic, brief: TurnBrief) -> Reply:
    words = language_of(brief.state.language).replies
    match topic:
        case "recorded":
            return _told(brief, words.consent.recorded, _said(words.recorded))
        case "data":
            return _told(brief, words.consent.data, Reply(words.passed_on))
        case "assessed":
            return _told(brief, words.consent.assessed, Reply(words.passed_on))
        case "integrity":
            return _told(brief, words.consent.integrity, Reply(words.passed_on))
        case "machine":
            return _told(brief, words.consent.machine, _said(words.machine))
        case "deletion":
            return _with_consent(brief, words.consent.deletion, words.deletion)
        case "person":
            return _with_consent(brief, words.consent.person, words.person)
        case "objection":
            return _said(words.objection)
        case "questions_left":
            return Reply(_questions_left(brief, words), "state")
        case "time_left":
            return Reply(joined(_time_words(brief, words), words.take_time), "state")
        case "hint_cost":
            return Reply(_hint_cost(brief, words), "state")
        case "language":
            return Reply(words.language, "state")
        case "enough":
            return _said(words.enough if brief.answer else words.solution)  # there is nothing to add to
        case "accommodation":
            return _said(words.accommodation)
        case "solution":
            return _said(words.solution)
        case "tools":
            return _said(words.tools)
        case "answered":
            return _said(words.answered)
        case "typing":
            return _said(words.typing)
        case "presence":
            return _said(words.presence)
        case "result":
            return Reply(words.result)
        case "rules":
            return Reply(words.rules)
        case "company":
            return Reply(words.passed_on)
        case "clarification":
            return _said(words.unspecified)
        case _:
            assert_never(topic)


def _questions_left(brief: TurnBrief, words: Replies) -> str:
    fewest, most = questions_left(brief.state, brief.plan)
    if brief.next_step.question is None or most == 0:
        return words.last_question
    if fewest == most == 1:
        return joined(words.one_question_left, _time_words(brief, words))
    count = str(most) if fewest == most else words.count_range.format(fewest=fewest, most=most)
    return joined(words.questions_left.format(count=count), _time_words(brief, words))


def _time_words(brief: TurnBrief, words: Replies) -> str:
    minutes = max(1, math.ceil(brief.time_left_s / 60))
    return words.one_minute_left if minutes == 1 else words.minutes_left.format(minutes=minutes)


def _hint_cost(brief: TurnBrief, words: Replies) -> str:
    left = hints_left(brief.state, brief.plan)
    if not left:
        return words.no_hint_left
    cost = brief.question.hints[brief.asked.hints].cost
    costs = words.hint_costs.format(cost=f"{cost:.0%}") if cost else words.hint_is_free
    return joined(costs, words.one_hint_left if left == 1 else words.hints_left.format(count=left))
