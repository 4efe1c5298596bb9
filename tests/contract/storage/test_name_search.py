"""A search by a part of a name uses a trigram index, on SQLite and on a real PostgreSQL, and erasure empties it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from interview.plans.plan import PlanRef
from interview.sessions.events import Event, IntegrityNoted, SessionStarted, encode_event
from interview.sessions.fold import fold
from interview.sessions.session import Candidate
from storage.archive import listing, name_search
from storage.archive.database import Database
from storage.archive.diagnosis import diagnose
from storage.archive.name_search import can_look_up, sessions_named
from storage.archive.port import SessionQuery
from storage.archive.sql import SqlArchive
from storage.archive.tables import sessions
from storage.sessions.port import SessionKey

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NAMES = ("Ada Lovelace", 'Grace "Amazing" Hopper', "100% Ärlig_Straße", "O'Brien \\ Söhne", "李小龍 先生", "Bob")


@pytest.fixture
async def database(archive_url: str) -> AsyncIterator[Database]:
    opened = Database(archive_url)
    yield opened
    await opened.close()


@pytest.fixture
def archive(database: Database) -> SqlArchive:
    return SqlArchive(database)


async def keep(archive: SqlArchive, name: str, interview_id: str, tenant: str = "acme", events: int = 1) -> SessionKey:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    data = SessionStarted(interview_id, tenant, plan, "intro", candidate=Candidate(name=name))
    log = [Event(1, BEGAN, data)]
    log += [Event(seq, BEGAN + timedelta(seconds=seq), IntegrityNoted(0, "tab.hidden")) for seq in range(2, events + 1)]
    await archive.put(fold(log), [encode_event(event) for event in log])
    return SessionKey(tenant, interview_id)


async def found(archive: SqlArchive, part: str) -> set[str]:
    return {row.candidate_name for row in await archive.find(SessionQuery("acme", candidate=part))}


async def looked_up(database: Database, part: str) -> Any:
    def look(connection: sa.Connection) -> Any:
        return sessions_named(connection, part) if can_look_up(connection, part) else None

    return await database.read("test", look)


async def test_every_part_of_a_name_finds_it_through_the_index(archive: SqlArchive, database: Database) -> None:
    for number, name in enumerate(NAMES):
        await keep(archive, name, f"iv-{number}")
    await keep(archive, "Ada of another tenant", "iv-0", tenant="rival")
    for name in NAMES:
        parts = {name[first:last] for first in range(len(name)) for last in range(first + 1, len(name) + 1)}
        for part in {part for part in parts if len(part) in (1, 3, 5, len(name))}:
            expected = {one for one in NAMES if part.casefold() in one.casefold()}
            assert await found(archive, part) == expected, part
            if len(part) >= 3:
                assert await looked_up(database, part.casefold()) is not None, "the index was not used"
    assert await found(archive, "strasse") == {"100% Ärlig_Straße"}
    assert await found(archive, "zacharias") == set()
    assert await found(archive, 'x" OR candidate_folded:"ada') == set()


async def test_the_index_follows_a_changed_name_and_an_erasure(archive: SqlArchive, database: Database) -> None:
    await keep(archive, "Ada Lovelace", "iv-1")
    kept = await keep(archive, "Ada Byron", "iv-2")
    renamed = sa.update(sessions).where(sessions.c.interview_id == "iv-1")
    name = {"candidate_name": "Augusta King", "candidate_folded": "augusta king"}
    await database.write("test", lambda connection: connection.execute(renamed.values(name)))
    assert await found(archive, "lovelace") == set()
    assert await found(archive, "augusta") == {"Augusta King"}
    await archive.erase(SessionKey("acme", "iv-1"), by="test", cause="request")
    assert await found(archive, "augusta") == set()
    assert await looked_up(database, "augusta") == []
    await keep(archive, "Ada Byron", kept.interview_id, events=3)
    assert await found(archive, "byron") == {"Ada Byron"}


async def test_a_name_that_many_share_is_read_in_the_lists_order(
    archive: SqlArchive, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_search, "_SELECTIVE_AT_MOST", 2)
    monkeypatch.setattr(listing, "_NEWEST", 3)
    for number in range(4):
        await keep(archive, f"Maria {number}", f"iv-{number}")
    assert await looked_up(database, "maria") is None
    assert await found(archive, "maria") == {f"Maria {number}" for number in range(4)}
    page = await archive.find(SessionQuery("acme", candidate="maria", limit=3))
    assert [row.interview_id for row in page] == ["iv-3", "iv-2", "iv-1"]
    after = (page[-1].started_at, page[-1].interview_id)
    assert [row.interview_id for row in await archive.find(SessionQuery("acme", candidate="maria", after=after))] == [
        "iv-0"
    ]
    assert await looked_up(database, "maria 3") is not None


async def test_no_trigram_of_an_erased_name_is_left_in_sqlites_index(tmp_path: Path) -> None:
    file = tmp_path / "archive.db"
    database = Database(f"sqlite:///{file}")
    archive, rare = SqlArchive(database), "ҖҘҚ"
    try:
        await keep(archive, "Ada", "iv-1")
        gone = await keep(archive, rare, "iv-2")

        def blocks(connection: sa.Connection) -> bytes:
            return b"".join(connection.scalars(sa.text("SELECT block FROM session_names_data")))

        tail = rare.casefold()[1:].encode()  # a segment leaves out what a term shares with the term before
        await archive.erase(gone, by="test", cause="request")
        assert tail in await database.read("test", blocks), "a deletion alone leaves the trigram"
        assert await archive.purge()
        assert tail not in await database.read("test", blocks)
        assert not any(tail in path.read_bytes() for path in tmp_path.iterdir())
    finally:
        await database.close()


async def test_names_are_read_where_sqlite_has_no_trigrams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(name_search, "_SQLITE", ("CREATE VIRTUAL TABLE session_names USING fts_of_no_kind(name)",))
    url = f"sqlite:///{tmp_path / 'archive.db'}"
    database = Database(url)
    try:
        with caplog.at_level(logging.WARNING):
            await keep(SqlArchive(database), "Ada Lovelace", "iv-1")
        assert "read every name" in caplog.text
        assert await found(SqlArchive(database), "love") == {"Ada Lovelace"}
        assert await looked_up(database, "love") is None
    finally:
        await database.close()
    assert diagnose(url).slow_names
    monkeypatch.undo()
    later = Database(url)
    try:
        assert await found(SqlArchive(later), "love") == {"Ada Lovelace"}
        assert await looked_up(later, "love") is not None, "the next start creates the index"
    finally:
        await later.close()


async def test_names_are_read_until_the_extension_is_allowed(postgres_url: str) -> None:
    """A user of PostgreSQL who may create tables and no extension; an administrator creates it later."""
    admin = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    role = f"r{admin.url.database}"
    with admin.begin() as connection:
        connection.execute(sa.text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(sa.text(f"GRANT ALL ON SCHEMA public TO {role}"))
    url = postgres_url.replace("tests@", f"{role}@")
    database = Database(url)
    try:
        await keep(SqlArchive(database), "Ada Lovelace", "iv-1")
        assert await looked_up(database, "love") is None
        assert await found(SqlArchive(database), "love") == {"Ada Lovelace"}
        assert diagnose(url).slow_names
    finally:
        await database.close()
    with admin.begin() as connection:
        connection.execute(sa.text("CREATE EXTENSION pg_trgm"))
    admin.dispose()
    later = Database(url)
    try:
        assert await found(SqlArchive(later), "love") == {"Ada Lovelace"}
        assert await looked_up(later, "love") is not None
        assert not diagnose(url).slow_names
    finally:
        await later.close()


async def test_an_earlier_releases_writes_are_indexed(archive: SqlArchive, database: Database) -> None:
    """A replica that knows no index inserts into ``sessions`` alone."""
    await keep(archive, "Ada Lovelace", "iv-1")

    def copy(connection: sa.Connection) -> None:
        row = dict(connection.execute(sa.select(sessions)).mappings().one())
        del row["id"]
        row |= {"interview_id": "iv-2", "candidate_name": "Eve", "candidate_folded": "eve"}
        connection.execute(sa.insert(sessions).values(row))

    await database.write("test", copy)
    assert await looked_up(database, "eve") != []
    assert await found(archive, "eve") == {"Eve"}
