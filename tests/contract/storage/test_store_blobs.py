"""The promises of the blob store, on a local directory and on object stores: fsspec's in-memory one, and under `make
test-objects` moto's S3 server and an emulator of Google Cloud Storage."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from interview.errors import ConfigError, InvalidInput, NotFound, StorageUnavailable
from storage.blobs import layout
from storage.blobs.fsspec_blobs import FsspecBlobStore
from tests.support.object_servers import object_store

#: The URL of a place for blobs, and fsspec's options for it.
Place = tuple[str, dict[str, Any]]

OUTSIDE = ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/./b", "a/", ".hidden", "a\\b", "a\x00b", "a b", "a\n"]


@pytest.fixture(params=["directory", "object store", "s3", "gcs"], scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where the blobs of a test lie, each in a prefix of its own."""
    match request.param:
        case "directory":
            yield str(tmp_path_factory.mktemp("blobs")), {}
        case "object store":
            yield f"memory://{secrets.token_hex(4)}", {}
        case kind:
            with object_store(kind) as found:
                yield found


@pytest.fixture
async def blobs(place: Place) -> AsyncIterator[FsspecBlobStore]:
    url, options = place
    store = FsspecBlobStore(f"{url}/{secrets.token_hex(4)}/blobs", options=options)
    yield store
    await store.close()


async def test_what_was_put_is_got_back(blobs: FsspecBlobStore) -> None:
    data = bytes(range(256)) * 400
    path = layout.audio_path("acme", "iv-1", layout.audio_name(3, "candidate", "0123456789abcdef" * 4, "audio/webm"))
    assert await blobs.put(path, data) == path
    assert path.startswith("sessions/acme/iv-1/audio/3-candidate-")
    assert await blobs.get(path) == data
    assert await blobs.exists(path)


async def test_only_a_durable_write_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FsspecBlobStore(str(tmp_path / "blobs"))
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    assert await store.put("a/spoken", b"again", durable=False) == "a/spoken"
    assert synced == []
    await store.put("a/kept", b"for good")
    assert len(synced) == 2, "the file and its directory"
    assert [await store.get(f"a/{name}") for name in ("spoken", "kept")] == [b"again", b"for good"]
    await store.close()


async def test_putting_again_replaces(blobs: FsspecBlobStore) -> None:
    await blobs.put("plans/a.json", b"first, and longer")
    await blobs.put("plans/a.json", b"second")
    assert await blobs.get("plans/a.json") == b"second"


async def test_a_copy_is_independent_of_its_source(blobs: FsspecBlobStore) -> None:
    await blobs.put("a/one", b"spoken")
    assert await blobs.copy("a/one", "b/two") == "b/two"
    await blobs.put("a/one", b"changed")
    assert await blobs.get("b/two") == b"spoken"
    await blobs.copy("b/two", "c/three")
    assert await blobs.delete("b") == 1
    assert [await blobs.get("a/one"), await blobs.get("c/three")] == [b"changed", b"spoken"]


async def test_a_copy_replaces_what_its_path_held(blobs: FsspecBlobStore) -> None:
    await blobs.put("a/one", b"new")
    await blobs.put("a/two", b"old")
    for _ in range(2):
        await blobs.copy("a/one", "a/two")
        assert await blobs.get("a/two") == b"new"
    assert await blobs.delete("a") == 2


async def test_a_copy_of_an_absent_blob_is_not_found(blobs: FsspecBlobStore) -> None:
    with pytest.raises(NotFound):
        await blobs.copy("a/one", "b/two")
    assert not await blobs.exists("b/two")


async def test_without_hard_links_a_copy_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FsspecBlobStore(str(tmp_path / "blobs"))
    await store.put("a/one", b"spoken")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMLINK, "Too many links")

    monkeypatch.setattr(os, "link", refuse)
    await store.copy("a/one", "b/two")
    await store.delete("a")
    assert await store.get("b/two") == b"spoken"
    await store.close()


async def test_an_empty_blob_is_a_blob(blobs: FsspecBlobStore) -> None:
    await blobs.put("a/empty", b"")
    assert await blobs.get("a/empty") == b""
    assert await blobs.exists("a/empty")


async def test_an_absent_blob_is_not_found(blobs: FsspecBlobStore) -> None:
    await blobs.put("a/b/c", b"x")
    for absent in ("a/b/d", "zzz", "a/b/c/d"):
        assert not await blobs.exists(absent)
        with pytest.raises(NotFound):
            await blobs.get(absent)


async def test_a_folder_is_no_blob(blobs: FsspecBlobStore) -> None:
    await blobs.put("a/b/c", b"x")
    assert not await blobs.exists("a/b")
    with pytest.raises(NotFound):
        await blobs.get("a/b")


async def test_deleting_takes_everything_under_the_prefix_and_nothing_else(blobs: FsspecBlobStore) -> None:
    for path in ("audio/t/iv/1.wav", "audio/t/iv/deep/2.wav", "audio/t/iv-2/1.wav", "audio/t2/iv/1.wav"):
        await blobs.put(path, b"x")
    assert await blobs.delete("audio/t/iv") == 2
    assert not await blobs.exists("audio/t/iv/1.wav")
    assert await blobs.exists("audio/t/iv-2/1.wav")
    assert await blobs.exists("audio/t2/iv/1.wav")
    assert await blobs.delete("audio/t/iv") == 0


@pytest.mark.parametrize("path", OUTSIDE)
async def test_a_path_that_leads_elsewhere_is_refused(blobs: FsspecBlobStore, path: str) -> None:
    with pytest.raises(InvalidInput):
        await blobs.put(path, b"x")
    with pytest.raises(InvalidInput):
        await blobs.delete(path)
    for source, target in ((path, "a/b"), ("a/b", path)):
        with pytest.raises(InvalidInput):
            await blobs.copy(source, target)
    with pytest.raises(NotFound):
        await blobs.get(path)
    assert not await blobs.exists(path)


async def test_many_writers_of_one_blob_leave_one_whole_version(blobs: FsspecBlobStore) -> None:
    # Letters: the emulator's MIME parser drops a carriage return at the end of an upload.
    versions = [bytes([ord("a") + number]) * 50_000 for number in range(16)]
    await asyncio.gather(*(blobs.put("a/b", version) for version in versions))
    assert await blobs.get("a/b") in versions


async def test_an_interrupted_write_leaves_the_old_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = FsspecBlobStore(str(tmp_path))
    await blobs.put("a/b", b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageUnavailable):
        await blobs.put("a/b", b"new")
    monkeypatch.undo()
    assert await blobs.get("a/b") == b"old"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    await blobs.close()


async def test_local_blobs_are_private(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(str(tmp_path / "blobs"))
    await blobs.put("a/b", b"x")
    assert stat.S_IMODE((tmp_path / "blobs" / "a" / "b").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "blobs" / "a").stat().st_mode) == 0o700
    await blobs.close()


def test_an_unknown_scheme_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError):
        FsspecBlobStore("nonsense://bucket/x")


@pytest.mark.parametrize("name", ["", "..", ".", "a/b", "a\\b", "a b", "é", "x" * 65, "a\n", "1-candidate-0.wav"])
def test_no_path_is_made_from_a_clients_name(name: str) -> None:
    with pytest.raises(InvalidInput):
        layout.audio_path("acme", "iv", name)
    with pytest.raises(InvalidInput):
        layout.plan_path(name)
    with pytest.raises(InvalidInput):
        layout.policies_path(name)


@pytest.mark.parametrize("tenant", ["t", "Acme Corp", "Müller", "a/b", "..", "🦊"])
async def test_an_erasure_takes_every_path_of_an_interview_and_no_others(blobs: FsspecBlobStore, tenant: str) -> None:
    def paths(tenant: str, interview_id: str) -> list[str]:
        name = layout.audio_name(1, "candidate", "0123456789abcdef" * 4, "audio/wav")
        return [
            layout.audio_path(tenant, interview_id, name),
            layout.document_path(tenant, interview_id, "resume", "text"),
            layout.report_path(tenant, interview_id, "report.json"),
        ]

    others = [*paths(tenant, "iv-2"), *paths(tenant, "IV"), *paths("T", "iv"), layout.plan_path("0" * 64)]
    for path in [*paths(tenant, "iv"), *others]:
        await blobs.put(path, b"x")
    assert await blobs.delete(layout.session_prefix(tenant, "iv")) == 3
    assert not any([await blobs.exists(path) for path in paths(tenant, "iv")])
    assert all([await blobs.exists(path) for path in others])


@pytest.mark.parametrize(("tenant", "interview_id"), [("", ""), ("", "iv"), ("t", "")])
async def test_an_erasure_without_an_address_is_refused(blobs: FsspecBlobStore, tenant: str, interview_id: str) -> None:
    with pytest.raises(InvalidInput):
        await blobs.delete(layout.session_prefix(tenant, interview_id))
