"""The list of interviews: one query per page, by start time and id (keyset), so that a page costs the same anywhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from storage.archive.port import PAGE_AT_MOST, SessionQuery, SessionSummary
from storage.archive.tables import reports, sessions

_COLUMNS = (
    sessions.c.interview_id,
    sessions.c.candidate_name,
    sessions.c.candidate_reference,
    sessions.c.plan,
    sessions.c.status,
    sessions.c.started_at,
    sessions.c.last_updated,
    sessions.c.ended_at,
    sessions.c.turns,
    sessions.c.score,
    sessions.c.needs_review,
)


def find_sessions(connection: Connection, query: SessionQuery) -> list[SessionSummary]:
    """The page after ``query.after``."""
    rows = connection.execute(_page(query)).mappings()
    return [SessionSummary(**{**row, "report": row["report"] is not None, "final": bool(row["final"])}) for row in rows]


def _page(query: SessionQuery) -> Select[Any]:
    wanted = (
        select(*_COLUMNS, reports.c.version.label("report"), reports.c.final)
        .select_from(sessions.outerjoin(reports, reports.c.session_id == sessions.c.id))
        .where(sessions.c.tenant == query.tenant, *_filters(query))
        .order_by(sessions.c.started_at.desc(), sessions.c.interview_id.desc())
        .limit(min(query.limit, PAGE_AT_MOST))
    )
    if query.after is not None:
        time, interview_id = query.after
        earlier = sessions.c.started_at < time
        tied = and_(sessions.c.started_at == time, sessions.c.interview_id < interview_id)
        # the first condition alone bounds the index scan
        wanted = wanted.where(sessions.c.started_at <= time, or_(earlier, tied))
    return wanted


def _filters(query: SessionQuery) -> list[Any]:
    filters: list[Any] = []
    if query.plan is not None:
        filters.append(sessions.c.plan == query.plan)
    if query.status is not None:
        filters.append(sessions.c.status == query.status)
    if query.needs_review is not None:
        filters.append(sessions.c.needs_review.is_(query.needs_review))
    if query.score_min is not None:
        filters.append(sessions.c.score >= query.score_min)
    if query.score_max is not None:
        filters.append(sessions.c.score <= query.score_max)
    if query.since is not None:
        filters.append(sessions.c.started_at >= query.since)
    if query.until is not None:
        filters.append(sessions.c.started_at < query.until)
    if query.candidate is not None:
        named = sessions.c.candidate_folded.contains(query.candidate.casefold(), autoescape=True)
        filters.append(or_(sessions.c.candidate_reference == query.candidate, named))
    return filters
