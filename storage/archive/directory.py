"""Lists interviews, archived and live: the archive's page, with the live store's newer state of each running one."""

from __future__ import annotations

import asyncio
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from interview.sessions.session import SessionState
from storage.archive.port import Archive, SessionQuery, SessionSummary
from storage.sessions.port import SessionKey, SessionStore


class Page(Struct, frozen=True):
    """Interviews, newest first, and the place after which the next page begins; None on the last page."""

    interviews: list[SessionSummary]
    after: tuple[datetime, str] | None


async def list_sessions(sessions: SessionStore, archive: Archive, query: SessionQuery) -> Page:
    """One page. Every interview is archived at its start, so that one query finds live ones as well.

    The query filters by the archived state, which lags behind the live one by at most two sweeps of the grading worker.
    Then an interview that the live store shows in another status than the filter's is left out, so a page may be
    shorter than ``query.limit`` before the last one.

    Raises:

        StorageUnavailable: a store does not answer.
    """
    found = await archive.find(query)
    current = await asyncio.gather(*(_current(sessions, query.tenant, row) for row in found))
    full = len(found) == query.limit
    return Page(
        interviews=[row for row in current if query.status in (None, row.status)],
        after=(found[-1].started_at, found[-1].interview_id) if full else None,
    )


async def _current(sessions: SessionStore, tenant: str, row: SessionSummary) -> SessionSummary:
    if row.status not in ("active", "paused"):
        return row
    state = await sessions.load(SessionKey(tenant, row.interview_id))
    return row if state is None else _updated(row, state)


def _updated(row: SessionSummary, state: SessionState) -> SessionSummary:
    return replace(
        row,
        status=state.status,
        last_updated=state.last_updated,
        turns=state.turn_number,
        needs_review=row.needs_review or any(record.grade.needs_review for record in state.grades),
        report=row.report or state.report_url is not None,
        return_by=state.return_by if state.paused_by == "candidate" else None,
    )
