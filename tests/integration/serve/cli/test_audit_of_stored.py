"""``interview audit`` over stored interviews: a damaged one is named and left out, and the others are counted."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import func, update
from typer.testing import CliRunner

from serve.cli.grading import app
from storage.archive.database import Database, sqlite_url
from storage.archive.sql import SqlArchive
from storage.archive.tables import events
from storage.archive.transfer import archive_session
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS


def staged() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stored_interviews", TESTS / "data" / "grading" / "interviews.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def store(data: Path, names: tuple[str, ...], damaged: str) -> None:
    sessions, blobs, interviews = MemorySessionStore(), FsspecBlobStore(str(data / "blobs")), staged()
    database = Database(sqlite_url(data / "archive.db"))
    archive = SqlArchive(database)
    for name in names:
        await interviews.stage_interview(sessions, blobs, name, interviews.plan_of(2))
        assert await archive_session(sessions, archive, SessionKey("acme", name))
    marked = events.c.record.contains(f'"{damaged}"') & (events.c.seq == 1)
    cut = update(events).where(marked).values(record=func.substr(events.c.record, 1, 40))
    assert await database.write("damage", lambda connection: connection.execute(cut).rowcount) == 1
    await database.close()
    await blobs.close()


def test_a_damaged_interview_is_named_and_the_others_are_audited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    data = tmp_path / "data"
    asyncio.run(store(data, ("one", "two", "three"), damaged="two"))
    groups = tmp_path / "groups.csv"
    groups.write_text("interview_id,sex,selected\none,f,1\ntwo,f,1\nthree,m,0\nfour,m,0\n")
    done = CliRunner().invoke(
        app, ["audit", "--groups", str(groups), "--tenant", "acme", "--data", str(data), "--json"]
    )
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert sum(rate["count"] for rate in result["rates"] if rate["category"] == "sex") == 2
    notes = " ".join(result["notes"])
    assert "two could not be read and is excluded: An archived event log cannot be decoded." in notes
    assert "1 interviews: named in the groups file, but not found." in notes
