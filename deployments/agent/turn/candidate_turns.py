"""Candidates' turns besides answers: returning to an earlier question, and asking the interviewer."""

from __future__ import annotations

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.script.candidate_replies import reply_to
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.observe import observed_answer
from deployments.agent.turn.runtime import Runtime
from interview.errors import InternalError
from interview.sessions.afterthoughts import meant_question
from interview.sessions.candidate_questions import FOR_A_PERSON
from interview.sessions.events import CandidateAsked, QuestionReopened
from interview.sessions.utterances import read_utterance


def reopen_earlier(runtime: Runtime, exchange: Exchange) -> None:
    """Reopen the question that an afterthought returns to; in any other turn nothing changes."""
    observation = observed_answer(
        exchange.pending,
        exchange.asked,
        exchange.plan,
        language=exchange.ledger.state.language,
        config=runtime.config,
    )
    if observation.heard != "afterthought":
        return
    earlier = [exchange.plan.by_id[asked.question_id] for asked in exchange.ledger.state.questions_asked[:-1]]
    meant = meant_question(read_utterance(observation.text, exchange.ledger.state.language).announcement, earlier)
    if meant is None:
        return
    exchange.record(QuestionReopened(turn=exchange.pending.turn, question_id=meant.id))
    asked = exchange.ledger.state.current_question
    if asked is None:
        raise InternalError("A reopened question is not open.")
    exchange.asked, exchange.question, exchange.went_back = asked, meant, True


def note_questions(exchange: Exchange, brief: TurnBrief) -> None:
    """Record the candidate's questions, for the hiring team and for the report."""
    for asked in brief.observation.questions:
        exchange.record(
            CandidateAsked(
                turn=brief.turn,
                topic=asked.topic,
                text=asked.text,
                answered_from=reply_to(asked, brief).source,
                for_a_person=asked.topic in FOR_A_PERSON,
                question_id=brief.asked.question_id,
            )
        )
