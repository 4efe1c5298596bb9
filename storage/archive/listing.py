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
    by_reference = query.candidate is not None and _is_reference(connection, query.tenant, query.candidate)
    rows = connection.execute(_page(query, by_reference=by_reference)).mappings()
    return [SessionSummary(**{**row, "report": row["report"] is not None, "final": bool(row["final"])}) for row in rows]


def _is_reference(connection: Connection, tenant: str, candidate: str) -> bool:
    of_tenant = sessions.c.tenant == tenant
    found = select(sessions.c.id).where(of_tenant, sessions.c.candidate_reference == candidate).limit(1)
    return connection.scalar(found) is not None


def _page(query: SessionQuery, *, by_reference: bool) -> Select[Any]:
    # the filter reads one index alone, and only the page's own rows are fetched
    found = (
        select(sessions.c.tenant, sessions.c.started_at, sessions.c.interview_id)
        .where(sessions.c.tenant == query.tenant, *_filters(query, by_reference=by_reference))
        .order_by(sessions.c.started_at.desc(), sessions.c.interview_id.desc())
        .limit(min(query.limit, PAGE_AT_MOST))
    )
    if query.after is not None:
        time, interview_id = query.after
        earlier = sessions.c.started_at < time
        tied = and_(sessions.c.started_at == time, sessions.c.interview_id < interview_id)
        # the first condition alone bounds the index scan
        found = found.where(sessions.c.started_at <= time, or_(earlier, tied))
    page = found.subquery()
    of_page = and_(sessions.c.tenant == page.c.tenant, sessions.c.interview_id == page.c.interview_id)
    return (
        select(*_COLUMNS, reports.c.version.label("report"), reports.c.final)
        .select_from(page.join(sessions, of_page).outerjoin(reports, reports.c.session_id == sessions.c.id))
        .order_by(page.c.started_at.desc(), page.c.interview_id.desc())
    )


def _filters(query: SessionQuery, *, by_reference: bool) -> list[Any]:
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
        filters.append(sessions.c.candidate_reference == query.candidate if by_reference else named)
    return filters
