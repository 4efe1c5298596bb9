"""The candidates of one plan side by side: abilities with their standard errors, in the order of their interviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from storage.archive.port import PAGE_AT_MOST, ComparedInterview, SkillAbility
from storage.archive.tables import reports, sessions, skill_states

_ENDED = ("concluded", "expired")

_COLUMNS = (
    sessions.c.interview_id,
    sessions.c.candidate_name,
    sessions.c.candidate_reference,
    sessions.c.plan_digest,
    sessions.c.status,
    sessions.c.started_at,
    sessions.c.score,
    sessions.c.needs_review,
)


def compare_interviews(
    connection: Connection, tenant: str, plan: str, interviews: Sequence[str] | None, limit: int
) -> list[ComparedInterview]:
    """The ended interviews of the plan, newest first; ``interviews`` selects among them."""
    rows = connection.execute(_ended(tenant, plan, interviews, limit)).mappings().all()
    measured = select(skill_states).where(skill_states.c.session_id.in_([row["id"] for row in rows]))
    abilities: dict[int, list[SkillAbility]] = defaultdict(list)
    for found in connection.execute(measured.order_by(skill_states.c.skill)):
        abilities[found.session_id].append(SkillAbility(found.skill, found.theta, found.standard_error, found.items))
    return [
        ComparedInterview(
            **{column.name: row[column.name] for column in _COLUMNS},
            final=bool(row["final"]),
            abilities=tuple(abilities[row["id"]]),
        )
        for row in rows
    ]


def _ended(tenant: str, plan: str, interviews: Sequence[str] | None, limit: int) -> Select[Any]:
    found = (
        select(sessions.c.id, *_COLUMNS, reports.c.final)
        .select_from(sessions.outerjoin(reports, reports.c.session_id == sessions.c.id))
        .where(sessions.c.tenant == tenant, sessions.c.plan == plan, sessions.c.status.in_(_ENDED))
        .order_by(sessions.c.started_at.desc(), sessions.c.interview_id.desc())
        .limit(min(limit, PAGE_AT_MOST))
    )
    return found if interviews is None else found.where(sessions.c.interview_id.in_(interviews))
