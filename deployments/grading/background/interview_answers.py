"""Collects a candidate's answer to each question, and the answers that still wait for the rubric judge."""

from __future__ import annotations

from deployments.grading.contract import GradeRequest
from deployments.grading.synthesis.numbered_interview import Answered
from deployments.grading.synthesis.topic import Topic
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.plans.style import STORIES
from interview.sessions.hearing import heard_from, replies_by_turn
from interview.sessions.session import AskedQuestion, SessionState
from interview.sessions.utterances import read_utterance


def answer_to(state: SessionState, asked: AskedQuestion, question: Question) -> tuple[str, float | None, int]:
    """The whole answer to ``asked``, which put ``question``, its lowest transcript confidence, and its last turn.

    It omits requests ("please repeat", "a hint"), questions to the interviewer, answers that were requested again, and
    what was said before the question was heard.
    """
    since = heard_from(state, asked, question)
    if since is None:
        return "", None, asked.turn
    replies = replies_by_turn(state)
    parts: list[str] = []
    lowest: float | None = None
    last = asked.turn
    for said in state.conversation_history:
        if said.role != "candidate" or said.turn <= since or said.question_id not in (asked.question_id, None):
            continue
        reply = replies.get(said.turn)
        asked_again = said.confidence is not None and reply is not None and reply.question_type == "clarification"
        answer = read_utterance(said.content, state.language, clarifiable=bool(question.clarifications)).answer
        if asked_again or not answer.strip() or (reply is not None and reply.asked_form):
            continue
        parts.append(answer)
        last = said.turn
        if said.confidence is not None:
            lowest = said.confidence if lowest is None else min(lowest, said.confidence)
    return "\n".join(parts), lowest, last


def topics_of(state: SessionState, plan: InterviewPlan) -> list[Topic]:
    """What the candidate said to the scored questions, utterance by utterance, with each one's standing grade; requests
    are left out."""
    grades = {record.question_id: record.grade for record in state.grades if record.grade.is_judgement}
    found = []
    for asked in state.questions_asked:
        question = plan.by_id.get(asked.question_id)
        if question is None or not question.is_scored:
            continue
        since = heard_from(state, asked, question)
        if since is None:
            continue
        answers = []
        for said in state.conversation_history:
            if said.role == "candidate" and said.turn > since and said.question_id == asked.question_id:
                words = read_utterance(said.content, state.language, clarifiable=bool(question.clarifications)).answer
                if words.strip():
                    answers.append(Answered(said.turn, question.prompt, words))
        if answers:
            grade = grades.get(question.id)
            points = {point.text for point in question.key_points}
            missed = [one.criterion for one in grade.criteria if one.score == 0] if grade is not None else []
            found.append(
                Topic(
                    question=question.prompt,
                    answers=tuple(answers),
                    score=grade.score if grade is not None else None,
                    story=question.type in STORIES,
                    missed=tuple(text for text in missed if text in points),
                )
            )
    return found


def requests_to_judge(state: SessionState, plan: InterviewPlan) -> list[GradeRequest]:
    """A request for every open answer whose standing grade is provisional or missing."""
    standing = {record.question_id: record for record in state.grades}
    found: list[GradeRequest] = []
    for asked in state.questions_asked:
        question = plan.by_id.get(asked.question_id)
        if question is None or not question.is_open:
            continue
        record = standing.get(asked.question_id)
        if record is not None and not record.grade.provisional:
            continue
        answer, confidence, turn = answer_to(state, asked, question)
        if not answer:
            continue
        found.append(
            grade_request(state, asked, question, answer, confidence, record.turn if record is not None else turn)
        )
    return found


def grade_request(
    state: SessionState, asked: AskedQuestion, question: Question, answer: str, confidence: float | None, turn: int
) -> GradeRequest:
    """The request for an ``answer`` that ended in ``turn``, with the cost of its hints."""
    return GradeRequest(
        question=question,
        answer=answer,
        transcript_confidence=confidence,
        hint_cost=min(1.0, sum(hint.cost for hint in question.hints[: asked.hints])),
        language=state.language,
        tenant=state.tenant,
        interview_id=state.interview_id,
        turn=turn,
        seed=state.settings.seed,
    )
