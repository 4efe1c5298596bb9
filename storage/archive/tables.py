"""The archive's tables. ``migrations/`` creates them; a test compares the two.

Rows of one interview hang on ``sessions.id`` with ``ON DELETE CASCADE``, so that no row outlives its interview. The
event log is the truth; the other tables are projections of it for queries, rewritten with each transfer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A point in time: ``timestamptz`` in PostgreSQL, UTC text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: SQLite numbers rows only in columns of its own integer type.
_RowId = BigInteger().with_variant(Integer, "sqlite")


def _of_session(*key: Column[Any]) -> list[Column[Any]]:
    reference = ForeignKey("sessions.id", ondelete="CASCADE")
    return [Column("session_id", _RowId, reference, primary_key=True, autoincrement=False), *key]


candidates = Table(
    "candidates",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("interview_id", Text, nullable=False),
    Column("candidate_reference", Text, nullable=False),
    Column("candidate_name", Text, nullable=False),
    Column("candidate_folded", Text),  # the name without case, for searches
    Column("plan", Text, nullable=False),
    Column("plan_digest", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("last_updated", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("ended_by", Text),
    Column("turns", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("score", Float),
    Column("needs_review", Boolean, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("recordings_deleted_at", UtcTime),
    Column("transcript_deleted_at", UtcTime),
    Column("return_by", UtcTime),  # while the candidate's pause lasts
    UniqueConstraint("tenant", "interview_id"),
    # in the list's order, with every column that it filters by: a page reads only the rows that it shows
    Index(
        "ix_sessions_find",
        "tenant",
        "started_at",
        "interview_id",
        "status",
        "plan",
        "needs_review",
        "score",
        "candidate_reference",
        "candidate_folded",
    ),
    Index(None, "tenant", "status", "started_at"),
    Index(None, "tenant", "plan", "started_at"),
    Index(None, "tenant", "candidate_reference", "started_at"),
    Index(None, "tenant", "needs_review", "started_at"),
    Index(None, "ended_at"),
    Index(None, "return_by"),
)

questions_asked = Table(
    "questions_asked",
    metadata,
    *_of_session(Column("question_id", Text, primary_key=True)),
    Column("position", Integer, nullable=False),
    Column("question_type", Text, nullable=False),
    Column("skill", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("core", Boolean, nullable=False),
    Column("skipped", Boolean, nullable=False),
    Column("follow_ups", Integer, nullable=False),
    Column("clarifications", Integer, nullable=False),
    Column("hints", Integer, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    *_of_session(Column("turn", Integer, primary_key=True)),
    Column("question_id", Text),
    Column("text", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("confidence", Float),
    Column("audio_url", Text),
)

skill_states = Table(
    "skill_states",
    metadata,
    *_of_session(Column("skill", Text, primary_key=True)),
    Column("theta", Float, nullable=False),
    Column("standard_error", Float, nullable=False),
    Column("items", Integer, nullable=False),
)

#: ``record`` is the event as it was committed, byte for byte.
events = Table(
    "events",
    metadata,
    *_of_session(Column("seq", Integer, primary_key=True)),
    Column("time", UtcTime, nullable=False),
    Column("type", Text, nullable=False),
    Column("record", Text, nullable=False),
)

_GRADE = (
    ("turn", Integer, False),
    ("question_id", Text, False),
    ("recorded_at", UtcTime, False),
    ("score", Float, False),
    ("level", Text, False),
)

grades = Table(
    "grades",
    metadata,
    *_of_session(Column("seq", Integer, primary_key=True)),
    *(Column(name, kind, nullable=nullable) for name, kind, nullable in _GRADE),
    Column("source", Text, nullable=False),
    Column("grader", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("standing", Boolean, nullable=False),
)

overrides = Table(
    "overrides",
    metadata,
    *_of_session(Column("seq", Integer, primary_key=True)),
    *(Column(name, kind, nullable=nullable) for name, kind, nullable in _GRADE),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("standing", Boolean, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    *_of_session(),
    Column("version", Integer, nullable=False),
    Column("ready_at", UtcTime, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("score", Float),
    Column("needs_review", Boolean, nullable=False),
)

#: The version (``version@digest``) of each prompt that an interview is held with.
session_prompts = Table(
    "session_prompts",
    metadata,
    *_of_session(Column("prompt", Text, primary_key=True)),
    Column("pin", Text, nullable=False),
    Index(None, "prompt", "pin"),
)

#: The rollouts that run, with the time since which they run unchanged: no candidate's data.
prompt_rollouts = Table(
    "prompt_rollouts",
    metadata,
    Column("prompt", Text, primary_key=True),
    Column("in_use", Text, nullable=False),
    Column("rolled_out", Text, nullable=False),
    Column("percent", Float, nullable=False),
    Column("since", UtcTime, nullable=False),
)

#: Rollouts that a guardrail halted: no candidate's data.
prompt_halts = Table(
    "prompt_halts",
    metadata,
    Column("prompt", Text, primary_key=True),
    Column("pin", Text, primary_key=True),
    Column("halted_at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
)

#: The proof log of erasures: a digest of the id, so that the id stays used, and nothing of the interview.
erasures = Table(
    "erasures",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("erased_at", UtcTime, nullable=False),
    Column("erased_by", Text, nullable=False),
    Column("cause", Text, nullable=False),
)

#: Plans that a tenant made: no candidate's data, kept until the tenant deletes them. ``draft`` is JSON of PlanDraft.
tenant_plans = Table(
    "tenant_plans",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("plan_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved_at", UtcTime),
    Column("approved_by", Text, nullable=False),
    Column("draft", Text, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", _RowId, primary_key=True, autoincrement=True),
    Column("time", UtcTime, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "tenant", "id"),
    Index(None, "tenant", "subject"),
    Index(None, "time"),
)
