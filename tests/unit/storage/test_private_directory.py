"""Whatever makes the data directory first, only its owner enters it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.archive.database import Database, sqlite_url
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.keys.signing_keys import signing_keys
from storage.private_directory import make_private
from storage.weights.places import made_models_dir


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The usual umask, which lets others enter a new directory."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_missing_parents_are_private_and_others_keep_their_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    make_private(shared / "one" / "two")
    make_private(shared / "one" / "two")
    assert [mode(path) for path in (shared, shared / "one", shared / "one" / "two")] == [0o755, 0o700, 0o700]


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="exists"):
        make_private(tmp_path / "file")


@pytest.mark.parametrize(
    "opens",
    [
        lambda data: FsspecBlobStore(str(data / "blobs")),
        lambda data: Database(sqlite_url(data / "archive.db")),
        lambda data: signing_keys(data),
        lambda _: made_models_dir(),
    ],
    ids=["blobs", "archive", "signing key", "weights"],
)
def test_the_first_store_of_a_data_directory_makes_it_private(
    opens: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    for name in ("INTERVIEW_MODELS_DIR", "INTERVIEW_TOKEN_KEYS"):
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "share" / "interview-serve"
    opens(data)
    assert mode(data) == 0o700
