"""The archive in SQL: SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from interview.errors import InternalError
from interview.sessions.events import decode_event
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from storage.archive import projection
from storage.archive.audit import audit_row
from storage.archive.comparison import compare_interviews
from storage.archive.database import Database
from storage.archive.listing import find_sessions
from storage.archive.name_search import forget_deleted_names
from storage.archive.port import (
    ArchivedSession,
    ComparedInterview,
    EraseCause,
    ReportFacts,
    RetentionClass,
    SessionQuery,
    SessionSummary,
)
from storage.archive.tables import (
    attempts,
    audit_log,
    candidates,
    erasures,
    events,
    grades,
    overrides,
    questions_asked,
    reports,
    session_prompts,
    sessions,
    skill_states,
)
from storage.audit.port import AuditEntry, subject_digest
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)

_PROJECTED: tuple[Table, ...] = (session_prompts, questions_asked, attempts, skill_states, grades, overrides)

# The statements of every start of an interview are built once: building one costs more CPU than SQLite's answer. Their
# parameters have names that no column has, because an UPDATE takes its columns from the names of its parameters.
_THIS_INTERVIEW = (sessions.c.tenant == bindparam("of_tenant")) & (sessions.c.interview_id == bindparam("of_interview"))
_THIS_PROOF = (erasures.c.tenant == bindparam("of_tenant")) & (erasures.c.digest == bindparam("of_digest"))
_ERASED = select(exists().where(_THIS_PROOF))
_USED = select(or_(exists().where(_THIS_INTERVIEW), exists().where(_THIS_PROOF)))
_HELD = select(sessions.c.id, sessions.c.version, sessions.c.started_at, sessions.c.transcript_deleted_at).where(
    _THIS_INTERVIEW
)
_ENTER = insert(sessions).returning(sessions.c.id)
_RENEW = update(sessions).where(sessions.c.id == bindparam("of_id"))
_CLEAR = tuple(delete(table).where(table.c.session_id == bindparam("of_id")) for table in _PROJECTED)
_INSERT = {table: insert(table) for table in (events, *_PROJECTED)}


class SqlArchive:
    """``Archive`` over a ``Database``, which it closes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, state: SessionState, log: Sequence[bytes]) -> bool:
        return await self._database.write("put", lambda connection: _put(connection, state, log))

    async def put_report(self, key: SessionKey, facts: ReportFacts) -> None:
        await self._database.write("put_report", lambda connection: _put_report(connection, key, facts))

    async def load(self, key: SessionKey) -> ArchivedSession | None:
        found = await self._database.read("load", lambda connection: _rows_of(connection, key))
        return None if found is None else _archived(*found)

    async def used(self, key: SessionKey) -> bool:
        return await self._database.read("used", lambda connection: _used(connection, key))

    async def find(self, query: SessionQuery) -> list[SessionSummary]:
        return await self._database.read("find", lambda connection: find_sessions(connection, query))

    async def compare(
        self, tenant: str, plan: str, *, interviews: Sequence[str] | None = None, limit: int = 50
    ) -> list[ComparedInterview]:
        return await self._database.read(
            "compare", lambda connection: compare_interviews(connection, tenant, plan, interviews, limit)
        )

    async def of_candidate(self, tenant: str, reference: str) -> list[SessionKey]:
        wanted = (
            select(sessions.c.interview_id)
            .where(sessions.c.tenant == tenant, sessions.c.candidate_reference == reference)
            .order_by(sessions.c.started_at, sessions.c.interview_id)
        )
        found = await self._database.read("of_candidate", lambda connection: connection.scalars(wanted).all())
        return [SessionKey(tenant, interview_id) for interview_id in found]

    async def erase(self, key: SessionKey, *, by: str, cause: EraseCause) -> bool:
        return await self._database.write("erase", lambda connection: _erase(connection, key, by, cause))

    async def due(self, kind: RetentionClass, ended_before: datetime, *, limit: int) -> list[SessionKey]:
        wanted = select(sessions.c.tenant, sessions.c.interview_id).where(sessions.c.ended_at < ended_before)
        if kind != "decisions":
            wanted = wanted.where(_deleted_at(kind).is_(None))
        wanted = wanted.order_by(sessions.c.ended_at).limit(limit)
        rows = await self._database.read("due", lambda connection: connection.execute(wanted).all())
        return [SessionKey(tenant, interview_id) for tenant, interview_id in rows]

    async def overdue(self, now: datetime, *, limit: int) -> list[SessionKey]:
        # a worker of a release before ``return_by`` ends an interview and leaves the column as it was
        overdue = (sessions.c.return_by <= now) & (sessions.c.status == "paused")
        wanted = select(sessions.c.tenant, sessions.c.interview_id).where(overdue)
        wanted = wanted.order_by(sessions.c.return_by).limit(limit)
        rows = await self._database.read("overdue", lambda connection: connection.execute(wanted).all())
        return [SessionKey(tenant, interview_id) for tenant, interview_id in rows]

    async def forget(self, key: SessionKey, kind: Literal["recordings", "transcripts"], at: datetime) -> None:
        await self._database.write("forget", lambda connection: _forget(connection, key, kind, at))

    async def purge(self) -> bool:
        await self._database.write("purge", forget_deleted_names)
        return await self._database.purge_files()

    async def ping(self) -> None:
        await self._database.read("ping", lambda connection: connection.execute(select(1)).scalar())

    async def close(self) -> None:
        await self._database.close()


def _where(key: SessionKey) -> Any:
    return (sessions.c.tenant == key.tenant) & (sessions.c.interview_id == key.interview_id)


def _deleted_at(kind: Literal["recordings", "transcripts"]) -> Any:
    return sessions.c.recordings_deleted_at if kind == "recordings" else sessions.c.transcript_deleted_at


def upsert(connection: Connection, table: Table) -> Any:
    """``INSERT … ON CONFLICT`` in the connection's dialect."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _put(connection: Connection, state: SessionState, log: Sequence[bytes]) -> bool:
    key = SessionKey(state.tenant, state.interview_id)
    if state.version != len(log):
        raise InternalError("An archived state must be the fold of its whole log.")
    _alone_with(connection, key)
    if _erased(connection, key):
        return False
    held = connection.execute(_HELD, _named(key)).one_or_none()
    if held is not None:
        if held.transcript_deleted_at is not None:
            return False
        if held.started_at != state.started_at:
            raise InternalError("The archive holds another interview under this id.")
        if held.version >= state.version:
            return True
    decoded = [decode_event(raw) for raw in log]
    row = projection.session_row(state, decoded)
    if held is None:
        session_id = connection.execute(_ENTER, row).scalar_one()
    else:
        session_id = held.id
        connection.execute(_RENEW, {**row, "of_id": session_id})
        for clearing in _CLEAR:
            connection.execute(clearing, {"of_id": session_id})
    known = 0 if held is None else held.version
    _insert(connection, events, session_id, projection.event_rows(log, decoded)[known:])
    _project(connection, session_id, state, projection.grade_rows(decoded))
    if state.candidate.reference:
        _keep_candidate(connection, state)
    return True


def _alone_with(connection: Connection, key: SessionKey) -> None:
    """Keep other writers of the interview waiting until the transaction ends: a transfer must not follow an erasure
    that it did not see. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        digest = hashlib.sha256(msgspec.json.encode([key.tenant, key.interview_id])).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def _project(connection: Connection, session_id: int, state: SessionState, graded: tuple[Any, Any]) -> None:
    """Enter the projected rows of a state, after the earlier ones are gone."""
    _insert(connection, session_prompts, session_id, projection.prompt_rows(state))
    _insert(connection, questions_asked, session_id, projection.question_rows(state))
    _insert(connection, attempts, session_id, projection.attempt_rows(state))
    _insert(connection, skill_states, session_id, projection.skill_rows(state))
    _insert(connection, grades, session_id, graded[0])
    _insert(connection, overrides, session_id, graded[1])


def _insert(connection: Connection, table: Table, session_id: int, rows: Sequence[projection.Row]) -> None:
    if rows:
        connection.execute(_INSERT[table], [{"session_id": session_id, **row} for row in rows])


def _keep_candidate(connection: Connection, state: SessionState) -> None:
    statement = upsert(connection, candidates).values(
        tenant=state.tenant,
        reference=projection.text(state.candidate.reference),
        name=projection.text(state.candidate.name),
        first_seen=state.started_at,
        last_seen=state.last_updated,
    )
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[candidates.c.tenant, candidates.c.reference],
            set_={"name": new.name, "last_seen": new.last_seen},
        )
    )


def _put_report(connection: Connection, key: SessionKey, facts: ReportFacts) -> None:
    _alone_with(connection, key)
    session_id = connection.scalar(select(sessions.c.id).where(_where(key)))
    if session_id is None:
        return
    held = connection.scalar(select(reports.c.version).where(reports.c.session_id == session_id))
    if held is not None and held > facts.version:
        return
    statement = upsert(connection, reports).values(session_id=session_id, **msgspec.structs.asdict(facts))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[reports.c.session_id],
            set_={name: statement.excluded[name] for name in ReportFacts.__struct_fields__},
        )
    )
    found = {"score": facts.score, "needs_review": facts.needs_review}
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(found))


def _rows_of(connection: Connection, key: SessionKey) -> tuple[str, datetime | None, Sequence[str]] | None:
    found = connection.execute(
        select(sessions.c.id, sessions.c.snapshot, sessions.c.transcript_deleted_at).where(_where(key))
    ).one_or_none()
    if found is None:
        return None
    log = connection.scalars(select(events.c.record).where(events.c.session_id == found.id).order_by(events.c.seq))
    return found.snapshot, found.transcript_deleted_at, log.all()


def _archived(snapshot: str, deleted_at: datetime | None, log: Sequence[str]) -> ArchivedSession:
    try:
        decoded = [decode_event(line) for line in log]
    except msgspec.DecodeError as error:
        raise InternalError("An archived event log cannot be decoded.") from error
    try:
        state, ours = projection.decode_snapshot(snapshot)
    except msgspec.DecodeError as error:
        logger.warning("an archived snapshot does not decode: error=%s", type(error).__name__)
        if not decoded:
            raise InternalError("An archived snapshot cannot be decoded.") from error
        ours = False
    if not ours and decoded:
        state = fold(decoded)
    return ArchivedSession(state, decoded, deleted_at)


def _erased(connection: Connection, key: SessionKey) -> bool:
    return bool(connection.scalar(_ERASED, _named(key)))


def _used(connection: Connection, key: SessionKey) -> bool:
    return bool(connection.scalar(_USED, _named(key)))


def _named(key: SessionKey) -> dict[str, str]:
    digest = subject_digest(key.tenant, key.interview_id)
    return {"of_tenant": key.tenant, "of_interview": key.interview_id, "of_digest": digest}


def _erase(connection: Connection, key: SessionKey, by: str, cause: EraseCause) -> bool:
    _alone_with(connection, key)
    digest = subject_digest(key.tenant, key.interview_id)
    proof = upsert(connection, erasures).values(
        tenant=key.tenant, digest=digest, erased_at=datetime.now(UTC), erased_by=by, cause=cause
    )
    first = not _erased(connection, key)
    connection.execute(proof.on_conflict_do_nothing())
    connection.execute(
        update(audit_log)
        .where(audit_log.c.tenant == key.tenant, audit_log.c.subject == key.interview_id)
        .values(subject=digest)
    )
    if first:
        _note_erasure(connection, key.tenant, digest, by, cause)
    reference = connection.scalar(select(sessions.c.candidate_reference).where(_where(key)))
    if reference is None:
        return False
    connection.execute(delete(sessions).where(_where(key)))  # all other rows of the interview go with it
    others = select(sessions.c.id).where(sessions.c.tenant == key.tenant, sessions.c.candidate_reference == reference)
    connection.execute(
        delete(candidates).where(
            candidates.c.tenant == key.tenant, candidates.c.reference == reference, ~others.exists()
        )
    )
    return True


def _note_erasure(connection: Connection, tenant: str, digest: str, by: str, cause: EraseCause) -> None:
    row = audit_row(AuditEntry(tenant, by, "interview.erased", digest, {"cause": cause}))
    connection.execute(insert(audit_log).values(row))


def _forget(connection: Connection, key: SessionKey, kind: Literal["recordings", "transcripts"], at: datetime) -> None:
    _alone_with(connection, key)
    found = connection.execute(select(sessions.c.id, sessions.c.snapshot).where(_where(key))).one_or_none()
    if found is None:
        return
    changes: dict[Any, Any] = {_deleted_at(kind): at}
    if kind == "transcripts":
        for table in (events, attempts):
            connection.execute(delete(table).where(table.c.session_id == found.id))
        connection.execute(update(grades).where(grades.c.session_id == found.id).values(rationale="", evidence="[]"))
        state, _ = projection.decode_snapshot(found.snapshot)
        changes[sessions.c.snapshot] = projection.encode_snapshot(projection.without_words(state))
    connection.execute(update(sessions).where(sessions.c.id == found.id).values(changes))
