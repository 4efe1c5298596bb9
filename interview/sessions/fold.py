"""The fold: ``apply(state, event) -> state`` is pure, and a session's state is its events applied in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from interview.errors import InternalError
from interview.sessions import events as ev
from interview.sessions.hearing import follow_ups_heard
from interview.sessions.session import (
    Ability,
    AskedQuestion,
    ConversationTurn,
    GradeRecord,
    HeardAnswer,
    PendingAnswer,
    SessionState,
)


def fold(events: Iterable[ev.Event], state: SessionState | None = None) -> SessionState:
    """The state after ``events``.

    Raises:
        InternalError: the log is empty, has a gap, or does not begin with ``session.started``.
    """
    for event in events:
        state = apply(state, event)
    if state is None:
        raise InternalError("A session's event log is empty.")
    return state


def apply(state: SessionState | None, event: ev.Event) -> SessionState:
    """The state after one event.

    Raises:
        InternalError: ``event.seq`` does not follow ``state.version``, or the first event is not ``session.started``.
    """
    expected = 1 if state is None else state.version + 1
    if event.seq != expected:
        raise InternalError(f"The event log has a gap: expected sequence {expected}, found {event.seq}.")
    data = event.data
    if state is None:
        if not isinstance(data, ev.SessionStarted):
            raise InternalError(f"The event log begins with {event.type}, not session.started.")
        return SessionState(
            interview_id=data.interview_id,
            tenant=data.tenant,
            plan=data.plan,
            started_at=event.time,
            last_updated=event.time,
            language=data.language,
            candidate=data.candidate,
            consent=data.consent,
            documents=data.documents,
            settings=data.settings,
            current_phase=data.phase,
            phase_started_at=event.time,
            version=event.seq,
        )
    return replace(state, version=event.seq, last_updated=event.time, **_changes(state, event))


def _changes(state: SessionState, event: ev.Event) -> dict[str, Any]:
    data = event.data
    match data:
        case ev.AnswerReceived():
            return _answer_received(state, event, data)
        case ev.AnswerTranscribed():
            return _answer_transcribed(state, event, data)
        case ev.PlanMade():
            return {"pending_action": data.action}
        case ev.GradeRecorded():
            record = GradeRecord(
                question_id=data.question_id,
                turn=data.turn,
                grade=data.grade,
                source=data.source,
                author=data.author,
                reason=data.reason,
                seq=event.seq,
            )
            others = tuple(found for found in state.grades if found.question_id != data.question_id)
            return {"grades": (*others, record)}
        case ev.DifficultyUpdated():
            ability = Ability(theta=data.theta, standard_error=data.standard_error, items=data.items)
            return {"abilities": {**state.abilities, data.skill: ability}}
        case ev.GuardrailTripped():
            return {"guardrails": state.guardrails + 1}
        case ev.FallbackEntered(substitute_voice=voice):
            spoken = {"substitute_voice": voice} if voice else {}
            return {"fallbacks": state.fallbacks + 1, **spoken}
        case ev.ResponseSent():
            return _response_sent(state, event, data)
        case ev.ResponseHeard(text=text):
            return _response_heard(state, text)
        case ev.ReflectionNoted():
            new = tuple(topic for topic in dict.fromkeys(data.topics) if topic not in state.topics_covered)
            return {
                "topics_covered": (*state.topics_covered, *new),
                "insights": (*state.insights, *data.insights),
                "summary": state.summary if data.summary is None else data.summary,
            }
        case ev.TimeGranted(extra_s=extra_s):
            return {"extra_time_s": state.extra_time_s + extra_s}
        case ev.SessionPaused():
            return _paused(state, event, data)
        case ev.SessionResumed():
            return _resumed(state, event)
        case ev.SessionConcluded():
            return {
                "status": "expired" if data.by == "expiry" else "concluded",
                "concluded_because": data.reason,
                "paused_by": None,
                "pending_action": None,
                "pending_answer": None,
            }
        case ev.ReportReady():
            return {"report_url": data.url}
        case ev.QuestionReopened():
            return _reopened(state, data)
        case ev.ToolCalled() | ev.ToolReturned() | ev.IntegrityNoted() | ev.HelpOffered():
            return {}
        case ev.SynthesisWritten() | ev.Unrecognised():
            return {}
        case ev.CandidateAsked():
            return _candidate_asked(state, data)
        case ev.SessionStarted():
            raise InternalError("A session cannot start twice.")


def _paused(state: SessionState, event: ev.Event, data: ev.SessionPaused) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "status": "paused",
        "paused_at": state.paused_at or event.time,
        "paused_by": data.by,
    }
    if data.by == "candidate":
        changes |= {"pauses": state.pauses + 1, "return_by": data.return_by}
    return changes


def _resumed(state: SessionState, event: ev.Event) -> dict[str, Any]:
    """The pause counts neither against the plan's time nor against the phase's."""
    if state.paused_at is None:
        return {"status": "active", "paused_by": None}
    pause = event.time - state.paused_at
    return {
        "status": "active",
        "paused_at": None,
        "paused_by": None,
        "paused_s": state.paused_s + pause.total_seconds(),
        "phase_started_at": None if state.phase_started_at is None else state.phase_started_at + pause,
    }


def _candidate_asked(state: SessionState, data: ev.CandidateAsked) -> dict[str, Any]:
    """Count the turn once, however many questions it holds; a question before the first asks nothing back."""
    current = state.current_question
    if current is None or data.turn == current.asked_back_turn:
        return {}
    counted = replace(current, asked_back=current.asked_back + 1, asked_back_turn=data.turn)
    return {"questions_asked": (*state.questions_asked[:-1], counted)}


def _answer_received(state: SessionState, event: ev.Event, data: ev.AnswerReceived) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "pending_answer": PendingAnswer(
            turn=data.turn,
            idempotency_key=data.idempotency_key,
            received_at=event.time,
            text=data.text,
            audio=data.audio,
        )
    }
    if data.text is not None:
        spoken = ConversationTurn(
            role="candidate",
            content=data.text,
            timestamp=event.time,
            turn=data.turn,
            audio_url=data.recording.url if data.recording else None,
            question_id=data.question_id,
            question_type=_type_of(state, data.question_id),
        )
        changes["conversation_history"] = (*state.conversation_history, spoken)
    return changes


def _answer_transcribed(state: SessionState, event: ev.Event, data: ev.AnswerTranscribed) -> dict[str, Any]:
    heard = HeardAnswer(
        text=data.text,
        confidence=data.confidence,
        duration_s=data.duration_s,
        engine=data.engine,
        failure=data.failure,
    )
    pending = state.pending_answer
    # the end came while it was transcribed: it is kept for the evaluation, and no reply follows
    late = state.has_ended
    return {
        "conversation_history": (*state.conversation_history, _transcribed(state, event, data)),
        "pending_answer": None if pending is None or late else replace(pending, heard=heard),
    }


def _transcribed(state: SessionState, event: ev.Event, data: ev.AnswerTranscribed) -> ConversationTurn:
    pending = state.pending_answer
    current = state.current_question
    return ConversationTurn(
        role="candidate",
        content=data.text,
        timestamp=pending.received_at if pending else event.time,
        turn=data.turn,
        audio_url=pending.audio.url if pending and pending.audio else None,
        question_id=current.question_id if current else None,
        question_type=current.question_type if current else None,
        confidence=data.confidence,
    )


def _response_sent(state: SessionState, event: ev.Event, data: ev.ResponseSent) -> dict[str, Any]:
    asked = _after_response(state, event, data)
    current = asked[-1] if asked else None
    pending = state.pending_answer
    said = ConversationTurn(
        role="interviewer",
        content=data.text,
        timestamp=event.time,
        turn=data.turn,
        audio_url=data.audio_url,
        question_id=current.question_id if current else None,
        question_type="clarification"
        if data.action.action_type == "clarify"
        else (current.question_type if current else None),
        asked_form=data.form_asked,
    )
    moved = data.phase != state.current_phase
    return {
        "conversation_history": (*state.conversation_history, said),
        "questions_asked": asked,
        "hints_used": state.hints_used + (1 if data.hint is not None else 0),
        "current_phase": data.phase,
        "phase_started_at": event.time if moved else state.phase_started_at,
        "pending_action": None,
        "pending_answer": None if pending is None or data.turn >= pending.turn else pending,
        "turn_number": max(state.turn_number, data.turn),
    }


def _response_heard(state: SessionState, heard: str) -> dict[str, Any]:
    """Cut the interviewer's last utterance after ``heard``."""
    history = state.conversation_history
    for place in reversed(range(len(history))):
        said = history[place]
        if said.role == "interviewer" and said.whole.startswith(heard):
            cut = replace(said, content=heard, unheard=said.whole[len(heard) :])
            return {"conversation_history": (*history[:place], cut, *history[place + 1 :])}
        if said.role == "interviewer":
            break
    return {}


def _after_response(state: SessionState, event: ev.Event, data: ev.ResponseSent) -> tuple[AskedQuestion, ...]:
    asked = state.questions_asked
    if data.returned:
        return asked
    if asked and data.skipped:
        asked = (*asked[:-1], replace(asked[-1], skipped=True))
    if data.question is not None:
        again = [found for found in asked if found.question_id == data.question.question_id]
        if again:
            return (*(found for found in asked if found is not again[0]), replace(again[0], interrupted=False))
        new = AskedQuestion(
            question_id=data.question.question_id,
            question_type=data.question.question_type,
            skill=data.question.skill,
            phase=data.phase,
            turn=data.turn,
            asked_at=event.time,
            core=data.core,
        )
        return (*asked, new)
    if not asked:
        return asked
    last = replace(asked[-1], form_asked=asked[-1].form_asked or data.form_asked)
    match data.action.action_type:
        case "ask_followup":
            last = replace(last, follow_ups=follow_ups_heard(state, last) + 1, follow_up_turn=data.turn)
        case "clarify":
            last = replace(last, clarifications=last.clarifications + 1)
        case "give_hint" if data.hint is not None:
            last = replace(last, hints=last.hints + 1)
    return (*asked[:-1], last)


def _reopened(state: SessionState, data: ev.QuestionReopened) -> dict[str, Any]:
    """Make ``data.question_id`` the current question and assign this turn's utterances to it.

    Changes nothing when the question was never asked, or is current already.
    """
    again = [found for found in state.questions_asked if found.question_id == data.question_id]
    if not again or again[0] is state.current_question:
        return {}
    others = [found for found in state.questions_asked if found is not again[0]]
    others[-1] = replace(others[-1], interrupted=True)
    history = tuple(
        replace(said, question_id=data.question_id, question_type=again[0].question_type)
        if said.role == "candidate" and said.turn == data.turn
        else said
        for said in state.conversation_history
    )
    return {
        "questions_asked": (*others, replace(again[0], skipped=False)),
        "conversation_history": history,
    }


def _type_of(state: SessionState, question_id: str | None) -> Any:
    for asked in reversed(state.questions_asked):
        if asked.question_id == question_id:
            return asked.question_type
    return None
