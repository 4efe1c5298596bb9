"""An agent inside the ingress shares the archive of the process: a second engine on its SQLite file would lock it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployments.agent.deployment import Tiers
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.fake import FakeGrading
from serve.composition import tier_ports
from serve.composition.ingress import _agent
from serve.composition.local_stores import archive_database
from serve.serve_file import profile_path, read_serve_file
from serve.settings import read_settings


async def test_the_agent_in_the_ingress_opens_no_second_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9")
    monkeypatch.setenv("INTERVIEW_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(tier_ports, "publish_metrics", lambda _role: None)
    opened = []
    monkeypatch.setattr(tier_ports, "archive_database", lambda data: opened.append(data) or archive_database(data))
    file = read_serve_file(profile_path("local"))
    settings = read_settings({**file.arguments, "placement": "ingress", "graders": "tier"}, file.document)
    database = archive_database(tmp_path)
    tiers = Tiers(grading=FakeGrading(GradingConfig().fake))
    assert isinstance(_agent(settings, tiers, None, database), AgentService)
    assert opened == []
    tier_ports.AgentPortsFactory(settings)(settings.agent, tiers)
    assert opened == [tmp_path], "a replica of its own opens one"
    await database.close()
