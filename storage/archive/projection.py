"""Projects one interview, its state and its log, onto the rows of the archive's tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from interview.sessions.events import Event, GradeRecorded, SessionConcluded
from interview.sessions.session import GradeRecord, SessionState
from interview.sessions.snapshot_format import SNAPSHOT_FORMAT

Row = dict[str, Any]


def session_row(state: SessionState, events: Sequence[Event]) -> Row:
    """The row of ``sessions`` but its id, and the columns that only retention and reports set."""
    ended = next((event for event in reversed(events) if isinstance(event.data, SessionConcluded)), None)
    by = ended.data.by if ended is not None and isinstance(ended.data, SessionConcluded) else None
    return {
        "tenant": state.tenant,
        "interview_id": state.interview_id,
        "candidate_reference": text(state.candidate.reference),
        "candidate_name": text(state.candidate.name),
        "candidate_folded": text(state.candidate.name).casefold(),
        "plan": text(state.plan.id),
        "plan_digest": state.plan.digest,
        "language": text(state.language),
        "status": state.status,
        "started_at": state.started_at,
        "last_updated": state.last_updated,
        "ended_at": ended.time if ended else None,
        "ended_by": by,
        "turns": state.turn_number,
        "version": state.version,
        "needs_review": any(record.grade.needs_review for record in state.grades),
        "snapshot": encode_snapshot(state),
        "return_by": state.return_by if state.paused_by == "candidate" else None,
    }


class _Snapshot(Struct, frozen=True):
    format: str
    state: SessionState


class _Format(Struct, frozen=True):
    format: str = ""


def encode_snapshot(state: SessionState) -> str:
    return msgspec.json.encode(_Snapshot(SNAPSHOT_FORMAT, state)).decode()


def decode_snapshot(snapshot: str) -> tuple[SessionState, bool]:
    """The state, and whether this release's format wrote it; else fields may have been lost. Raises DecodeError."""
    ours = msgspec.json.decode(snapshot, type=_Format).format == SNAPSHOT_FORMAT
    return msgspec.json.decode(snapshot, type=_Snapshot).state, ours


def event_rows(log: Sequence[bytes], events: Sequence[Event]) -> list[Row]:
    return [
        {"seq": event.seq, "time": event.time, "type": event.type, "record": raw.decode()}
        for raw, event in zip(log, events, strict=True)
    ]


def prompt_rows(state: SessionState) -> list[Row]:
    """The prompt versions, which an interview keeps from its start to its end."""
    return [{"prompt": text(name), "pin": text(pin)} for name, pin in state.settings.prompts.items()]


def question_rows(state: SessionState) -> list[Row]:
    return [
        {
            "question_id": text(asked.question_id),
            "position": position,
            "question_type": asked.question_type,
            "skill": text(asked.skill),
            "phase": asked.phase,
            "turn": asked.turn,
            "asked_at": asked.asked_at,
            "core": asked.core,
            "skipped": asked.skipped,
            "follow_ups": asked.follow_ups,
            "clarifications": asked.clarifications,
            "hints": asked.hints,
        }
        for position, asked in enumerate(state.questions_asked, start=1)
    ]


def attempt_rows(state: SessionState) -> list[Row]:
    """The candidate's utterances, one per turn; a later one of the same turn wins."""
    said = [turn for turn in state.conversation_history if turn.role == "candidate"]
    rows = {
        turn.turn: {
            "turn": turn.turn,
            "question_id": turn.question_id,
            "text": text(turn.content),
            "received_at": turn.timestamp,
            "confidence": turn.confidence,
            "audio_url": turn.audio_url,
        }
        for turn in said
    }
    return list(rows.values())


def skill_rows(state: SessionState) -> list[Row]:
    return [
        {
            "skill": text(skill),
            "theta": ability.theta,
            "standard_error": ability.standard_error,
            "items": ability.items,
        }
        for skill, ability in state.abilities.items()
    ]


def grade_rows(events: Sequence[Event]) -> tuple[list[Row], list[Row]]:
    """The rows of ``grades`` and of ``overrides``; the last of a question's rows in both stands."""
    recorded = [(event, event.data) for event in events if isinstance(event.data, GradeRecorded)]
    standing = {data.question_id: event.seq for event, data in recorded}
    grades: list[Row] = []
    overrides: list[Row] = []
    for event, data in recorded:
        row: Row = {
            "seq": event.seq,
            "turn": data.turn,
            "question_id": text(data.question_id),
            "recorded_at": event.time,
            "score": data.grade.score,
            "level": text(data.grade.level),
            "standing": standing[data.question_id] == event.seq,
        }
        if data.source == "override":
            overrides.append({**row, "author": text(data.author), "reason": text(data.reason)})
        else:
            grades.append({**row, **_judgement(data)})
    return grades, overrides


def _judgement(data: GradeRecorded) -> Row:
    grade = data.grade
    return {
        "source": text(data.source),
        "grader": text(grade.grader),
        "confidence": grade.confidence,
        "rationale": text(grade.rationale),
        "evidence": text(msgspec.json.encode(grade.evidence).decode()),
        "needs_review": grade.needs_review,
        "provisional": grade.provisional,
    }


def without_words(state: SessionState) -> SessionState:
    """The state without the candidate's words: what the retention of decisions keeps when transcripts go."""
    return replace(
        state,
        documents={},
        conversation_history=(),
        topics_covered=(),
        insights=(),
        grades=tuple(_without_words(record) for record in state.grades),
        pending_action=None,
        pending_answer=None,
        summary="",
    )


def _without_words(record: GradeRecord) -> GradeRecord:
    criteria = tuple(replace(criterion, quote="", rationale="") for criterion in record.grade.criteria)
    return replace(record, grade=replace(record.grade, rationale="", evidence=(), review_reason="", criteria=criteria))


def text(value: str) -> str:
    """``value`` without NUL, which PostgreSQL's text cannot hold; the event's record keeps it, escaped."""
    return value.replace("\x00", "")
