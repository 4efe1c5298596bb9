"""The archive keeps what the live store lets go: on real Redis and a real directory."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interview.errors import InternalError, InvalidInput, StorageUnavailable
from interview.plans.plan import PlanRef
from interview.sessions.events import Event, IntegrityNoted, SessionConcluded, SessionStarted
from interview.sessions.fold import fold
from storage.archive.blob_archive import (
    Sweep,
    archive_expiring,
    archive_session,
    load_events,
    load_session,
    load_state,
)
from storage.blobs import layout
from storage.blobs.fsspec_blobs import FsspecBlobStore
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
async def blobs(tmp_path: Path) -> AsyncIterator[FsspecBlobStore]:
    store = FsspecBlobStore(str(tmp_path))
    yield store
    await store.close()


def log_of(length: int, key: SessionKey = KEY) -> list[Event]:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    start = SessionStarted(interview_id=key.interview_id, tenant=key.tenant, plan=plan, phase="intro")
    notes = [IntegrityNoted(turn=0, signal=f"ligne\n\u2028{number}") for number in range(2, length)]
    data = [start, *notes, SessionConcluded(turn=1, by="plan", reason="done")][:length]
    return [Event(seq=seq, time=START + timedelta(seconds=seq), data=item) for seq, item in enumerate(data, 1)]


async def commit(sessions: RedisSessionStore, events: list[Event], version: int = 0, *, key: SessionKey = KEY) -> None:
    await sessions.commit(key, expected_version=version, state=fold(events), events=events[version:])


async def test_a_session_outlives_its_time_to_live(sessions: RedisSessionStore, blobs: FsspecBlobStore) -> None:
    events = log_of(6)
    await commit(sessions, events)
    live = await load_session(sessions, blobs, KEY)
    assert await archive_session(sessions, blobs, KEY)
    await sessions.delete(KEY)
    archived = await load_session(sessions, blobs, KEY)
    assert live is not None
    assert archived is not None
    assert (live.archived, archived.archived) == (False, True)
    assert archived.events == live.events == events
    assert archived.state == live.state == fold(events)
    assert await load_events(sessions, blobs, KEY) == events
    assert await load_state(sessions, blobs, KEY) == fold(events)


async def test_what_was_never_there_is_absent(sessions: RedisSessionStore, blobs: FsspecBlobStore) -> None:
    assert not await archive_session(sessions, blobs, KEY)
    assert await load_session(sessions, blobs, KEY) is None
    assert await load_events(sessions, blobs, KEY) == []
    assert await load_state(sessions, blobs, KEY) is None


async def test_archiving_again_adds_what_came_later(sessions: RedisSessionStore, blobs: FsspecBlobStore) -> None:
    await commit(sessions, log_of(4))
    await archive_session(sessions, blobs, KEY)
    await archive_session(sessions, blobs, KEY)
    longer = [*log_of(4), Event(seq=5, time=START, data=IntegrityNoted(turn=1, signal="later"))]
    await commit(sessions, longer, version=4)
    await archive_session(sessions, blobs, KEY)
    await sessions.delete(KEY)
    assert await load_events(sessions, blobs, KEY) == longer


async def test_a_shorter_log_never_replaces_a_longer_archive(
    sessions: RedisSessionStore, blobs: FsspecBlobStore
) -> None:
    await commit(sessions, log_of(5))
    await archive_session(sessions, blobs, KEY)
    await sessions.delete(KEY)
    await commit(sessions, log_of(2))
    await archive_session(sessions, blobs, KEY)
    await sessions.delete(KEY)
    assert await load_events(sessions, blobs, KEY) == log_of(5)


async def test_a_crash_between_log_and_snapshot_leaves_a_readable_archive(
    sessions: RedisSessionStore, blobs: FsspecBlobStore, tmp_path: Path
) -> None:
    await commit(sessions, log_of(3))
    await archive_session(sessions, blobs, KEY)
    await sessions.delete(KEY)
    snapshot = layout.archived_snapshot_path(KEY.tenant, KEY.interview_id)
    for damage in (b"", b"{", b'{"version": 1}'):
        await blobs.put(snapshot, damage)
        assert await load_state(sessions, blobs, KEY) == fold(log_of(3))
    await blobs.delete(snapshot)
    assert await load_state(sessions, blobs, KEY) == fold(log_of(3))


async def test_a_damaged_log_is_reported_not_shortened(sessions: RedisSessionStore, blobs: FsspecBlobStore) -> None:
    await commit(sessions, log_of(3))
    await archive_session(sessions, blobs, KEY)
    await sessions.delete(KEY)
    path = layout.archived_events_path(KEY.tenant, KEY.interview_id)
    await blobs.put(path, (await blobs.get(path))[:-20])
    with pytest.raises(InternalError):
        await load_events(sessions, blobs, KEY)


async def test_the_sweep_archives_what_is_about_to_expire(sessions: RedisSessionStore, blobs: FsspecBlobStore) -> None:
    await commit(sessions, log_of(3))
    assert await archive_expiring(sessions, blobs, within_s=30) == Sweep()
    assert await archive_expiring(sessions, blobs, within_s=61) == Sweep(archived=1)
    await sessions.delete(KEY)
    assert await load_events(sessions, blobs, KEY) == log_of(3)


class OneBadPath(FsspecBlobStore):
    """Refuses whatever belongs to the interview ``bad``, as a full quota or a name the store cannot hold would."""

    error: Exception = StorageUnavailable("The blob store failed; try again shortly.")

    async def put(self, path: str, data: bytes, *, durable: bool = True) -> str:
        if "/bad/" in path:
            raise self.error
        return await super().put(path, data)


@pytest.mark.parametrize("error", [StorageUnavailable("no space"), InvalidInput("no path"), ValueError("a defect")])
async def test_one_session_that_cannot_be_archived_stops_no_other(
    sessions: RedisSessionStore, tmp_path: Path, error: Exception, failed_items: list[tuple[str, str]]
) -> None:
    tenants = ("a", "z", "Acme Corp", "Müller", "a/b")
    keys = [SessionKey(tenant, name) for tenant in tenants for name in ("good", "bad")]
    for key in keys:
        await commit(sessions, log_of(3, key), key=key)
    await sessions._link.command("SET", b"\xff\xfe another application's", "x", what="test")
    await sessions._link.command("SET", f"{sessions._prefix}:{{no address}}:session", "x", "EX", 30, what="test")
    blobs = OneBadPath(str(tmp_path))
    blobs.error = error
    assert await archive_expiring(sessions, blobs, within_s=61) == Sweep(archived=5, failed=5)
    assert len(failed_items) == 5
    assert {batch for batch, _ in failed_items} == {"archive"}
    for key in keys:
        await sessions.delete(key)
        assert await load_events(sessions, blobs, key) == (log_of(3, key) if key.interview_id == "good" else [])
    await blobs.close()
