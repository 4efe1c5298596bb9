"""The list of interviews: one query per page, by start time and id (keyset), so that a page costs the same anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from storage.archive.name_search import can_look_up, sessions_named
from storage.archive.port import PAGE_AT_MOST, SessionQuery, SessionSummary
from storage.archive.tables import reports, sessions

#: So many interviews are read in the list's order before the index of names is asked: a millisecond.
_NEWEST = 2000

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
    sessions.c.return_by,
)


def find_sessions(connection: Connection, query: SessionQuery) -> list[SessionSummary]:
    """The page after ``query.after``."""
    if query.candidate is None:
        return _rows(connection, query, ())
    own = (sessions.c.interview_id == query.candidate, sessions.c.candidate_reference == query.candidate)
    if any(_is_any(connection, query.tenant, one) for one in own):
        return _rows(connection, query, (or_(*own),))
    part = query.candidate.casefold()
    if can_look_up(connection, part):
        # a name that many share fills the page from the newest interviews, before the index has listed them all
        page = _rows(connection, query, (), part, among=_NEWEST)
        if len(page) == min(query.limit, PAGE_AT_MOST):
            return page
        named = sessions_named(connection, part)
        if named is not None:
            return _rows(connection, query, (sessions.c.id.in_(named),))
    return _rows(connection, query, (), part)


def _is_any(connection: Connection, tenant: str, condition: Any) -> bool:
    """Whether an interview of the tenant fulfils ``condition``."""
    found = select(sessions.c.id).where(sessions.c.tenant == tenant, condition).limit(1)
    return connection.scalar(found) is not None


def _rows(
    connection: Connection, query: SessionQuery, chosen: Sequence[Any], part: str = "", among: int | None = None
) -> list[SessionSummary]:
    """The page of the interviews that fulfil ``chosen`` and whose folded name contains ``part``, ``among`` the newest
    so many."""
    rows = connection.execute(_page(query, chosen, part, among)).mappings()
    return [SessionSummary(**{**row, "report": row["report"] is not None, "final": bool(row["final"])}) for row in rows]


def _page(query: SessionQuery, chosen: Sequence[Any], part: str, among: int | None) -> Select[Any]:
    # the filter reads one index alone, and only the page's own rows are fetched
    found = (
        select(sessions.c.tenant, sessions.c.started_at, sessions.c.interview_id, sessions.c.candidate_folded)
        .where(sessions.c.tenant == query.tenant, *_filters(query), *chosen)
        .order_by(sessions.c.started_at.desc(), sessions.c.interview_id.desc())
    )
    if query.after is not None:
        time, interview_id = query.after
        earlier = sessions.c.started_at < time
        tied = and_(sessions.c.started_at == time, sessions.c.interview_id < interview_id)
        # the first condition alone bounds the index scan
        found = found.where(sessions.c.started_at <= time, or_(earlier, tied))
    limit = min(query.limit, PAGE_AT_MOST)
    if among is None:
        named = found.where(sessions.c.candidate_folded.contains(part, autoescape=True)) if part else found
        page = named.limit(limit).subquery()
    else:
        newest = found.limit(among).subquery()
        page = (
            select(newest)
            .where(newest.c.candidate_folded.contains(part, autoescape=True))
            .order_by(newest.c.started_at.desc(), newest.c.interview_id.desc())
            .limit(limit)
            .subquery()
        )
    of_page = and_(sessions.c.tenant == page.c.tenant, sessions.c.interview_id == page.c.interview_id)
    return (
        select(*_COLUMNS, reports.c.version.label("report"), reports.c.final)
        .select_from(page.join(sessions, of_page).outerjoin(reports, reports.c.session_id == sessions.c.id))
        .order_by(page.c.started_at.desc(), page.c.interview_id.desc())
    )


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
    return filters
