"""The archive keeps what the live store lets go: on a real Redis, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from interview.errors import InternalError, InvalidInput, NotFound, StorageUnavailable, TranscriptDeleted
from interview.plans.plan import PlanRef
from interview.sessions.events import Event, IntegrityNoted, SessionConcluded, SessionStarted
from interview.sessions.fold import fold
from interview.sessions.session import SessionState
from storage.archive import tables
from storage.archive.database import Database
from storage.archive.sql import SqlArchive
from storage.archive.transfer import (
    Sweep,
    archive_recent,
    archive_session,
    load_events,
    load_session,
    load_state,
    made_live,
)
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
KEY = SessionKey("acme", "iv-1")


@pytest.fixture
async def sessions(redis_url: str) -> AsyncIterator[RedisSessionStore]:
    store = RedisSessionStore(redis_url, ttl_s=60, prefix=f"a{secrets.token_hex(4)}")
    yield store
    await store.close()


@pytest.fixture
async def database(archive_url: str) -> AsyncIterator[Database]:
    opened = Database(archive_url)
    yield opened
    await opened.close()


@pytest.fixture
def archive(database: Database) -> SqlArchive:
    return SqlArchive(database)


def log_of(length: int, key: SessionKey = KEY) -> list[Event]:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    start = SessionStarted(interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro")
    notes = [IntegrityNoted(turn=0, signal=f"ligne\n\u2028{number}") for number in range(2, length)]
    data = [start, *notes, SessionConcluded(turn=1, by="plan", reason="done")][:length]
    return [Event(seq=seq, time=START + timedelta(seconds=seq), data=item) for seq, item in enumerate(data, 1)]


async def commit(sessions: RedisSessionStore, events: list[Event], version: int = 0, *, key: SessionKey = KEY) -> None:
    await sessions.commit(key, expected_version=version, state=fold(events), events=events[version:])


async def test_a_session_outlives_its_time_to_live(sessions: RedisSessionStore, archive: SqlArchive) -> None:
    events = log_of(6)
    await commit(sessions, events)
    live = await load_session(sessions, archive, KEY)
    assert await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    archived = await load_session(sessions, archive, KEY)
    assert live is not None
    assert archived is not None
    assert (live.archived, archived.archived) == (False, True)
    assert archived.events == live.events == events
    assert archived.state == live.state == fold(events)
    assert await load_events(sessions, archive, KEY) == events
    assert await load_state(sessions, archive, KEY) == fold(events)


async def test_what_was_never_there_is_absent(sessions: RedisSessionStore, archive: SqlArchive) -> None:
    assert not await archive_session(sessions, archive, KEY)
    assert await load_session(sessions, archive, KEY) is None
    assert await load_events(sessions, archive, KEY) == []
    assert await load_state(sessions, archive, KEY) is None


async def test_archiving_again_adds_what_came_later(sessions: RedisSessionStore, archive: SqlArchive) -> None:
    await commit(sessions, log_of(4))
    await archive_session(sessions, archive, KEY)
    await archive_session(sessions, archive, KEY)
    longer = [*log_of(4), Event(seq=5, time=START, data=IntegrityNoted(turn=1, signal="later"))]
    await commit(sessions, longer, version=4)
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    assert await load_events(sessions, archive, KEY) == longer


async def test_a_shorter_log_never_replaces_a_longer_archive(sessions: RedisSessionStore, archive: SqlArchive) -> None:
    await commit(sessions, log_of(5))
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    await commit(sessions, log_of(2))
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    assert await load_events(sessions, archive, KEY) == log_of(5)


async def damage(database: Database, table: sa.Table, **values: str) -> None:
    await database.write("damage", lambda connection: connection.execute(sa.update(table).values(values)))


async def test_a_snapshot_that_does_not_decode_is_folded_anew(
    sessions: RedisSessionStore, archive: SqlArchive, database: Database
) -> None:
    await commit(sessions, log_of(3))
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    for snapshot in ("", "{", '{"version": 1}'):
        await damage(database, tables.sessions, snapshot=snapshot)
        assert await load_state(sessions, archive, KEY) == fold(log_of(3))


async def test_a_damaged_log_is_reported_not_shortened(
    sessions: RedisSessionStore, archive: SqlArchive, database: Database
) -> None:
    await commit(sessions, log_of(3))
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    await damage(database, tables.events, record='{"seq": 1')
    with pytest.raises(InternalError):
        await load_events(sessions, archive, KEY)


async def test_an_interview_whose_words_were_deleted_has_a_state_and_no_log(
    sessions: RedisSessionStore, archive: SqlArchive
) -> None:
    await commit(sessions, log_of(3))
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    await archive.forget(KEY, "transcripts", START)
    state = await load_state(sessions, archive, KEY)
    assert state is not None
    assert state.version == 3
    for reading in (load_session, load_events, made_live):
        with pytest.raises(TranscriptDeleted, match="2026-01-05"):
            await reading(sessions, archive, KEY)


async def test_an_archived_interview_is_made_live_as_it_was(sessions: RedisSessionStore, archive: SqlArchive) -> None:
    await commit(sessions, log_of(4))
    await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    states = await asyncio.gather(*(made_live(sessions, archive, KEY) for _ in range(3)))
    assert set(map(repr, states)) == {repr(fold(log_of(4)))}
    assert await sessions.events(KEY) == log_of(4)
    with pytest.raises(NotFound):
        await made_live(sessions, archive, SessionKey("rival", "iv-1"))


async def test_the_sweep_archives_what_has_just_committed_and_what_is_about_to_expire(
    redis_url: str, archive: SqlArchive
) -> None:
    prefix = f"a{secrets.token_hex(4)}"
    short, long = (RedisSessionStore(redis_url, ttl_s=ttl_s, prefix=prefix) for ttl_s in (60, 100_000))
    await commit(short, log_of(3))
    other = SessionKey("acme", "iv-2")
    await commit(long, log_of(3, other), key=other)
    assert await archive_recent(long, archive, every_s=10) == Sweep(archived=1)  # it has just committed
    assert await archive.used(other)
    assert not await archive.used(KEY)
    assert await archive_recent(long, archive, every_s=21) == Sweep(archived=2)  # the other expires in 60 s
    assert await archive.used(KEY)
    await short.close()
    await long.close()


@pytest.mark.parametrize("error", [StorageUnavailable("no space"), InvalidInput("no path"), ValueError("a defect")])
async def test_one_session_that_cannot_be_archived_stops_no_other(
    sessions: RedisSessionStore,
    archive: SqlArchive,
    error: Exception,
    failed_items: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tenants = ("a", "z", "Acme Corp", "Müller", "a/b")
    keys = [SessionKey(tenant, name) for tenant in tenants for name in ("good", "bad")]
    for key in keys:
        await commit(sessions, log_of(3, key), key=key)
    await sessions._link.command("SET", b"\xff\xfe another application's", "x", what="test")
    await sessions._link.command("SET", f"{sessions._prefix}:{{no address}}:session", "x", "EX", 30, what="test")
    put = archive.put

    async def refusing(state: SessionState, log: Sequence[bytes]) -> bool:
        if state.interview_id == "bad":
            raise error
        return await put(state, log)

    monkeypatch.setattr(archive, "put", refusing)
    assert await archive_recent(sessions, archive, every_s=61) == Sweep(archived=5, failed=5)
    assert len(failed_items) == 5
    assert {batch for batch, _ in failed_items} == {"archive"}
    for key in keys:
        await sessions.delete(key)
        assert await load_events(sessions, archive, key) == (log_of(3, key) if key.interview_id == "good" else [])


async def test_an_erased_interview_is_not_archived_again(sessions: RedisSessionStore, archive: SqlArchive) -> None:
    await commit(sessions, log_of(3))
    await archive.erase(KEY, by="key-1", cause="request")
    assert not await archive_session(sessions, archive, KEY)
    await sessions.delete(KEY)
    assert await load_session(sessions, archive, KEY) is None
