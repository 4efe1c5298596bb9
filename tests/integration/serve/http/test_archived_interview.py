"""A reviewer works days later: report, override and list from the archive, after the live store has let go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.background.jobs import BackgroundGrading
from deployments.grading.background.queued_work import QueuedWork
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from serve.composition.stored_reports import StoredReports
from serve.http.app import create_app
from storage.archive.sql import SqlArchive
from storage.audit.port import AuditLog
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from storage.work_queue.port import QueueRules
from tests.support.archives import memory_archive
from tests.support.http_ports import stub_ports
from tests.support.memory_work_queue import MemoryWorkQueue
from tests.support.paths import ROOT

KEY = SessionKey("acme", "i-1")
ANSWER = "I would look at the query plan first, add an index on the customer column, and measure again."


@dataclass
class Place:
    client: httpx.AsyncClient
    sessions: MemorySessionStore
    archive: SqlArchive
    queue: MemoryWorkQueue
    grading: BackgroundGrading
    audit: AuditLog

    async def hold(self) -> None:
        """An interview of two answers, ended, evaluated, and gone from the live store."""
        start = {"plan": "backend-engineer", "consent": True, "candidate": {"name": "Ada"}, "voice": False}
        assert (await self.client.post("/session/start/i-1", json=start)).status_code == 200
        for _ in range(2):
            reply = await self.client.post("/session/turn/i-1", json={"answer": ANSWER, "voice": False})
            assert reply.status_code == 200
        assert (await self.client.delete("/session/state/i-1")).status_code == 200
        for claim in await self.queue.claim("w", limit=9):
            await self.grading.handlers[claim.job.kind](claim.job)
        await self.sessions.delete(KEY)

    async def report(self) -> dict[str, object]:
        reply = await self.client.get("/session/report/i-1", headers={"Accept": "application/json"})
        assert reply.status_code == 200
        found: dict[str, object] = reply.json()
        return found


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    sessions, archive, blobs = MemorySessionStore(), memory_archive(), FsspecBlobStore(str(tmp_path))
    queue = MemoryWorkQueue(rules=QueueRules(lease_s=30.0))
    graders = GradingService(GradingConfig(), background=QueuedWork(queue))
    plans = InstalledPlans.from_directory(ROOT / "configs" / "interviews")
    agent = AgentService(AgentPorts(sessions, blobs, graders, plans, archive=archive), AgentConfig())
    ports = stub_ports(
        agent=agent, sessions=sessions, archive=archive, blobs=blobs, reports=StoredReports(sessions, archive, blobs)
    )
    grading = BackgroundGrading(sessions, archive, blobs, GradingConfig(), grade=graders.grade)
    headers = {"Authorization": "Bearer key-acme"}
    transport = httpx.ASGITransport(create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield Place(client, sessions, archive, queue, grading, ports.audit)
    await graders.stop()
    await archive.close()
    await blobs.close()


async def test_an_override_days_later_stands_in_the_report_and_in_the_list(place: Place) -> None:
    await place.hold()
    before = await place.report()
    questions = before["questions"]
    assert isinstance(questions, list)
    asked = next(question for question in questions if question["graded"] and question["grades"])
    body = {"question_id": asked["question_id"], "score": 1.0, "reason": "All of it is there.", "author": "Grace"}
    reply = await place.client.post("/session/report/i-1/override", json=body)
    assert reply.status_code == 200, reply.text
    await place.sessions.delete(KEY)
    after = await place.report()
    assert after["weighted_score"] != before["weighted_score"]
    (row,) = (await place.client.get("/sessions", params={"status": "concluded"})).json()["sessions"]
    assert row["score"] == after["weighted_score"]
    assert row["report"] is True
    standing = next(q for q in after["questions"] if q["question_id"] == asked["question_id"])["grades"][-1]  # type: ignore[attr-defined]
    assert (standing["source"], standing["grade"]["score"]) == ("override", 1.0)
    (entry,) = [one for one in await place.audit.entries(KEY.tenant) if one.action == "grade.overridden"]
    assert entry.detail == {"question_id": asked["question_id"], "author": standing["author"]}
    assert "Grace" in entry.detail["author"]


async def test_the_second_of_two_reviewers_learns_that_the_first_has_decided(place: Place) -> None:
    await place.hold()
    report = await place.report()
    questions = report["questions"]
    assert isinstance(questions, list)
    asked = next(question for question in questions if question["graded"] and question["grades"])
    seen = {"question_id": asked["question_id"], "replaces": asked["grades"][-1]["seq"]}
    first = {**seen, "score": 1.0, "reason": "All of it is there.", "author": "Grace Hopper"}
    assert (await place.client.post("/session/report/i-1/override", json=first)).status_code == 200
    second = {**seen, "score": 0.2, "reason": "I miss the index.", "author": "Ada Lovelace"}
    reply = await place.client.post("/session/report/i-1/override", json=second)
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    standing = reply.json()["context"]["standing"]
    assert (standing["score"], standing["source"]) == (1.0, "override")
    assert standing["author"].startswith("Grace Hopper")
    informed = {**second, "replaces": standing["seq"]}
    assert (await place.client.post("/session/report/i-1/override", json=informed)).status_code == 200


async def test_another_tenants_override_finds_nothing_and_restores_nothing(place: Place) -> None:
    await place.hold()
    body = {"question_id": "be-project", "score": 1.0, "reason": "Mine."}
    reply = await place.client.post(
        "/session/report/i-1/override", json=body, headers={"Authorization": "Bearer key-rival"}
    )
    assert reply.status_code == 404
    assert await place.sessions.live_count() == 0
