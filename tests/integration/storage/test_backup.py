"""The backup and restore of docs/operations.md, rehearsed with the guide's own commands."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from interview.plans.plan import PlanRef
from interview.sessions.events import Event, SessionStarted
from interview.sessions.fold import fold
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.embedded.server import EmbeddedRedis
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import ROOT

KEY = SessionKey("acme", "iv")


def commands(heading: str) -> str:
    """The first shell block below a heading of the guide."""
    guide = (ROOT / "docs" / "operations.md").read_text()
    found = re.search(rf"^## {heading}$.*?```sh\n(.*?)```", guide, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group(1)


def started() -> Event:
    plan = PlanRef(id="backend", version="1", digest="0" * 64)
    data = SessionStarted(interview_id=KEY.interview_id, tenant=KEY.tenant, plan=plan, phase="intro")
    return Event(seq=1, time=datetime(2026, 1, 5, 9, 0, tzinfo=UTC), data=data)


async def test_a_data_directory_is_restored_from_its_backup(tmp_path: Path) -> None:
    data, restored = tmp_path / "data", tmp_path / "restored"
    data.mkdir(mode=0o700)
    with EmbeddedRedis(data) as server:
        store = RedisSessionStore(server.url)
        await store.commit(KEY, expected_version=0, state=fold([started()]), events=[started()])
        await store.close()
        await FsspecBlobStore(str(data / "blobs")).put("t/acme/iv/audio/0.wav", b"RIFF")
    environment = {
        **os.environ,
        "DATA": str(data),
        "BACKUP": str(tmp_path / "backup.tar.gz"),
        "RESTORED": str(restored),
    }
    subprocess.run(["bash", "-euc", commands("Backup and restore")], env=environment, check=True)
    assert stat.S_IMODE(restored.stat().st_mode) == 0o700
    with EmbeddedRedis(restored) as server:
        store = RedisSessionStore(server.url)
        assert await store.load(KEY) == fold([started()])
        assert await store.events(KEY) == [started()]
        await store.close()
    assert await FsspecBlobStore(str(restored / "blobs")).get("t/acme/iv/audio/0.wav") == b"RIFF"
