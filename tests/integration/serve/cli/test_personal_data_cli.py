"""``interview erase``, ``export``, ``audit-log`` and ``keys`` on a data directory on which no platform runs."""

from __future__ import annotations

import asyncio
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from interview.errors import InvalidInput, NotFound
from serve.cli.audit_words import action_words
from serve.cli.main import app
from serve.composition.local_stores import open_stores
from serve.settings import StorageSettings
from storage.archive.transfer import archive_session
from storage.sessions.port import SessionKey
from tests.support.interviews import concluded


async def keep(data: Path, *names: str) -> None:
    async with open_stores(StorageSettings(), data) as stores:
        for name in names:
            key = SessionKey("local", name)
            await concluded(stores.sessions, key, said="An index.", reference="cand-7", ended=datetime.now(UTC))
            await archive_session(stores.sessions, stores.archive, key)


def test_an_operator_exports_erases_and_reads_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path / "data"))
    data = tmp_path / "data"
    asyncio.run(keep(data, "one", "two", "three"))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    listed = json.loads(run("sessions", "--candidate", "lovelace", "--status", "concluded", "--json"))
    assert {row["interview_id"] for row in listed} == {"one", "two", "three"}
    assert "cand-7" in run("sessions", "--limit", "1")
    assert run("sessions", "--status", "active", "--json").strip() == "[]"
    out = tmp_path / "copy.zip"
    exported = json.loads(run("export", "one", "--out", str(out), "--json"))
    assert exported == {"file": str(out), "interviews": ["one"], "bytes": out.stat().st_size}
    with zipfile.ZipFile(out) as found:
        assert set(found.namelist()) == {"one/state.json", "one/events.jsonl"}
    with pytest.raises(NotFound):  # its plan is not pinned here, but its log was read
        run("replay", "two")
    assert json.loads(run("erase", "one", "--yes", "--json")) == {"erased": ["one"], "purged": True}
    with pytest.raises(NotFound, match="Nothing was erased: there is no interview tow"):
        run("erase", "tow", "--yes")
    with pytest.raises(InvalidInput):
        run("erase", "../../two", "--yes")
    run("erase", "--candidate", "cand-7", "--yes")
    made = json.loads(run("keys", "create", "--scope", "privacy", "--json"))
    assert made["store"] == f"the embedded store of {data}, because REDIS_URL is not set"
    key = made["key_id"]
    assert made["secret"].split("_")[1] == key
    run("keys", "revoke", key)
    entries = json.loads(run("audit-log", "--json"))
    assert [(entry["action"], entry["actor"]) for entry in reversed(entries)] == [
        *[("sessions.listed", "command line")] * 3,
        ("interview.exported", "command line"),
        ("events.read", "command line"),
        *[("interview.erased", "command line")] * 3,
        ("key.created", "command line"),
        ("key.revoked", "command line"),
    ]
    assert len(json.loads(run("audit-log", "--interview", "one", "--json"))) == 2
    for entry in entries:
        words = action_words(entry["action"])
        assert words != entry["action"], "the table shows a name of the log"
        assert any(entry["actor"] in line and words in line for line in run("audit-log").splitlines())
    with pytest.raises(NotFound):
        run("erase", "--candidate", "cand-7", "--yes")
    for arguments in ((), ("one", "--candidate", "cand-7")):
        with pytest.raises(InvalidInput):
            run("erase", *arguments, "--yes")
    assert (data / "archive.db").stat().st_mode & 0o077 == 0


def test_keys_are_printed_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments, "--data", str(tmp_path)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    made = json.loads(run("keys", "create", "--scope", "privacy", "--scope", "reports", "--label", "ci", "--json"))
    assert made["secret"].startswith(f"ik_{made['key_id']}_")
    assert (made["scopes"], made["label"]) == (["privacy", "reports"], "ci")
    (listed,) = [key for key in json.loads(run("keys", "list", "--json")) if key["key_id"] == made["key_id"]]
    assert listed == {name: value for name, value in made.items() if name not in ("secret", "store")}
    assert json.loads(run("keys", "revoke", made["key_id"], "--json"))["revoked_at"]
