"""``interview doctor`` asks a PostgreSQL before the platform needs it, shows no password, and creates nothing."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from serve.local import doctor
from serve.local.diagnosis import Diagnosis


def archive(url: str | None, data: Path, monkeypatch: pytest.MonkeyPatch) -> Diagnosis:
    monkeypatch.delenv("INTERVIEW_DATABASE_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("INTERVIEW_DATABASE_URL", url)
    return doctor._archive(data)


def test_a_postgresql_that_answers_is_fine_and_stays_empty(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = archive(postgres_url, tmp_path, monkeypatch)
    assert found.level == "ok"
    assert "empty" in found.found
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


@pytest.mark.parametrize("url", ["postgresql://me:secret@127.0.0.1:9/x", "mysql://me:secret@h/x", "nonsense"])
def test_a_database_that_cannot_be_used_is_named_with_the_remedy(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = archive(url, tmp_path, monkeypatch)
    assert found.level == "fail"
    assert "INTERVIEW_DATABASE_URL" in found.remedy
    assert "secret" not in found.found + found.remedy


def test_the_default_is_a_file_in_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = archive(None, tmp_path, monkeypatch)
    assert (found.level, found.found) == ("ok", f"sqlite:///{tmp_path}/archive.db")
    assert not (tmp_path / "archive.db").exists()
