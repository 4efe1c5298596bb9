"""Candidates' turns besides answers: returning to an earlier question, and asking the interviewer."""

from __future__ import annotations

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.script.candidate_replies import reply_to
from deployments.agent.turn.exchange import Exchange
from deployments.agent.turn.observe import observed_answer
from deployments.agent.turn.runtime import Runtime
from interview.errors import InternalError
from interview.plans.questions import Question
from interview.sessions.afterthoughts import meant_question
from interview.sessions.candidate_questions import FOR_A_PERSON
from interview.sessions.corrections import corrected_question, correction_in
from interview.sessions.events import CandidateAsked, QuestionReopened
from interview.sessions.hearing import heard_from
from interview.sessions.utterances import read_utterance


def reopen_earlier(runtime: Runtime, exchange: Exchange) -> None:
    """Reopen the question that an afterthought or a bare correction returns to, or the one before a question that was
    interrupted before it was heard; in any other turn nothing changes."""
    state = exchange.ledger.state
    observation = observed_answer(
        exchange.pending,
        exchange.asked,
        exchange.plan,
        language=state.language,
        config=runtime.config,
    )
    earlier = [exchange.plan.by_id[asked.question_id] for asked in state.questions_asked[:-1]]
    if observation.heard == "afterthought":
        meant = meant_question(read_utterance(observation.text, state.language).announcement, earlier)
    elif observation.heard == "answer" and heard_from(state, exchange.asked, exchange.question) is None:
        meant = _continued(observation.text, earlier)
    elif observation.heard == "answer" and (put := correction_in(observation.text)):
        meant = None if _was_answered(exchange) else corrected_question(put, exchange.question, earlier)
    else:
        return
    if meant is None:
        return
    exchange.record(QuestionReopened(turn=exchange.pending.turn, question_id=meant.id))
    asked = exchange.ledger.state.current_question
    if asked is None:
        raise InternalError("A reopened question is not open.")
    exchange.asked, exchange.question, exchange.went_back = asked, meant, True


def _continued(text: str, earlier: list[Question]) -> Question | None:
    """The question before, if its answer goes on: an open one; another if ``text`` corrects its answer."""
    if not earlier or earlier[-1].answer_mode == "spoken":
        return earlier[-1] if earlier else None
    put = correction_in(text)
    return corrected_question(put, None, earlier) if put else None


def _was_answered(exchange: Exchange) -> bool:
    """Whether the candidate has tried to answer the open question already, so that a correction is about that."""
    asked = exchange.asked
    return any(
        said.role == "candidate"
        and asked.turn < said.turn < exchange.pending.turn
        and said.question_id in (asked.question_id, None)
        and read_utterance(said.content, exchange.ledger.state.language).kind == "answer"
        for said in exchange.ledger.state.conversation_history
    )


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
