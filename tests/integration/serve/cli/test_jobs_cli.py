"""`interview jobs`: an operator sees why jobs are dead and lets them be tried again."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest
from typer.testing import CliRunner

from serve.cli.main import app
from storage.embedded.server import EmbeddedRedis
from storage.work_queue.port import QueuedJob
from storage.work_queue.redis import RedisWorkQueue


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory):
    with EmbeddedRedis(tmp_path_factory.mktemp("jobs"), fsync="no") as server:
        monkeypatch.setenv("REDIS_URL", server.url)
        yield server.url


def bury(url: str, *ids: str) -> None:
    async def work() -> None:
        queue = RedisWorkQueue(url, "grading")
        for job in ids:
            await queue.enqueue(QueuedJob(job, "judge"))
        for claim in await queue.claim("w", limit=len(ids)):
            await queue.bury(claim, "engine-failed: no schema")
        await queue.close()

    asyncio.run(work())


def jobs(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["jobs", *arguments])
    return done.exit_code, done.stdout


def test_dead_jobs_are_listed_with_their_reason_and_revived(store: str) -> None:
    one, other = uuid.uuid4().hex, uuid.uuid4().hex
    bury(store, one, other)
    status, printed = jobs("list", "--json")
    found = json.loads(printed)
    assert status == 0
    assert (found["counts"]["dead"], {job["reason"] for job in found["dead"]}) == (2, {"engine-failed: no schema"})

    assert jobs("revive", one) == (0, f"{one}: revived\n")
    assert jobs("revive", one) == (1, f"{one}: is not dead\n")
    assert jobs("revive", "--all") == (0, f"{other}: revived\n")
    counts = json.loads(jobs("list", "--json")[1])["counts"]
    assert (counts["dead"], counts["waiting"]) == (0, 2)
    assert jobs("revive", "--all") == (0, "No job is dead.\n")


def test_revive_wants_names_or_all(store: str) -> None:
    done = CliRunner().invoke(app, ["jobs", "revive"])
    assert done.exit_code != 0
