"""``interview archive import``: interviews that an earlier release archived as blobs are listed and readable."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from interview.errors import StorageUnavailable
from serve.cli.main import app
from serve.composition import archive_import
from serve.composition.local_stores import Stores, open_stores
from serve.settings import StorageSettings
from storage.archive.port import SessionQuery
from storage.archive.transfer import load_session
from storage.blobs.layout import session_prefix
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey
from tests.support.interviews import concluded

KEY = SessionKey("Acme Corp", "One")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("REDIS_URL", raising=False)
    return tmp_path


async def archived_as_blobs(stores: Stores, key: SessionKey) -> None:
    """As ``storage/archive/blob_archive.py`` of 0.1 did; then the session leaves the live store."""
    await concluded(stores.sessions, key, said="An index.", reference="cand-7", ended=datetime.now(UTC))
    log = await stores.sessions.raw_events(key)
    place = f"{session_prefix(key.tenant, key.interview_id)}/archive"
    await stores.blobs.put(f"{place}/events.jsonl", b"\n".join(log) + b"\n")
    await stores.blobs.put(f"{place}/snapshot.json", b"{}")
    await stores.sessions.delete(key)


def run(data: Path, work: Any) -> Any:
    async def with_stores() -> Any:
        async with open_stores(StorageSettings(), data) as stores:
            return await work(stores)

    return asyncio.run(with_stores())


def imported(data: Path) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["archive", "import", "--json", "--data", str(data)], catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)


def test_a_blob_archive_is_moved_once_and_then_listed_and_readable(data: Path) -> None:
    run(data, lambda stores: archived_as_blobs(stores, KEY))
    assert imported(data) == (0, {"imported": 1, "erased": 0, "failed": []})
    assert imported(data) == (0, {"imported": 0, "erased": 0, "failed": []})

    async def look(stores: Stores) -> None:
        (row,) = await stores.archive.find(SessionQuery(KEY.tenant, candidate="cand-7"))
        assert (row.interview_id, row.status) == (KEY.interview_id, "concluded")
        stored = await load_session(stores.sessions, stores.archive, KEY)
        assert stored is not None and stored.archived and stored.state.version == len(stored.events)
        assert not [path for path in await stores.blobs.paths("sessions") if "/archive/" in path]
        assert await stores.archive.used(KEY)

    run(data, look)


def test_a_damaged_log_and_one_of_another_interview_are_named_and_kept(data: Path) -> None:
    async def spoil(stores: Stores) -> None:
        for name in ("good", "torn", "other"):
            await archived_as_blobs(stores, SessionKey("acme", name))
        torn, other, good = (
            f"{session_prefix('acme', name)}/archive/events.jsonl" for name in ("torn", "other", "good")
        )
        await stores.blobs.put(torn, (await stores.blobs.get(torn))[:-40])
        await stores.blobs.put(other, await stores.blobs.get(good))

    run(data, spoil)
    status, found = imported(data)
    assert (status, found["imported"], {one["id"] for one in found["failed"]}) == (1, 1, {"torn", "other"})
    left = run(data, lambda stores: stores.blobs.paths("sessions"))
    assert {path.split("/")[2] for path in left if path.endswith("events.jsonl")} == {"torn", "other"}


@pytest.mark.parametrize("failure", [StorageUnavailable("The store does not answer."), KeyError("a defect")])
def test_an_interview_whose_report_fails_is_counted_and_taken_again(
    data: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """The blobs go last: whatever ends the import before the facts of the report are kept, a repeat finds them."""
    left: list[int] = []
    reported: list[str] = []

    async def keep(sessions: object, archive: object, blobs: BlobStore, key: SessionKey, *, now: datetime) -> None:
        left.append(len([path for path in await blobs.paths("sessions") if path.endswith("events.jsonl")]))
        if len(left) == 1:
            raise failure
        reported.append(key.interview_id)

    async def two(stores: Stores) -> None:
        for name in ("one", "two"):
            await archived_as_blobs(stores, SessionKey("acme", name))

    monkeypatch.setattr(archive_import, "keep_report", keep)
    run(data, two)
    status, found = imported(data)
    assert (status, found["imported"], len(found["failed"])) == (1, 1, 1)
    assert imported(data) == (0, {"imported": 1, "erased": 0, "failed": []})
    assert sorted(reported) == ["one", "two"]
    assert left == [2, 2, 1], "the blobs of an interview are there while its report is made"


def test_an_interview_that_was_erased_does_not_return(data: Path) -> None:
    async def erase(stores: Stores) -> None:
        await stores.archive.erase(KEY, by="test", cause="request")
        await archived_as_blobs(stores, KEY)

    run(data, erase)
    assert imported(data) == (0, {"imported": 0, "erased": 1, "failed": []})
    assert run(data, lambda stores: stores.archive.load(KEY)) is None
    assert not [path for path in run(data, lambda stores: stores.blobs.paths("sessions")) if "/archive/" in path]
