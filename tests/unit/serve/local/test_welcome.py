"""What `interview up` prints: links for people on a terminal, no secret where a service manager keeps the output."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from rich.console import Console

from serve.http.app import create_app
from serve.http.identity.candidate_tokens import CandidateTokens
from serve.local.local_platform import Platform
from serve.local.startup_message import welcome
from serve.serve_file import profile_path, read_serve_file
from storage.embedded.server import EmbeddedRedis
from storage.invitations.redis import RedisInvitations
from storage.keys.signing_keys import signing_keys
from tests.support.http_ports import stub_ports


def printed(data: Path, *, terminal: bool) -> str:
    out = io.StringIO()
    platform = SimpleNamespace(
        address="http://0.0.0.0:8000", data=data, config=read_serve_file(profile_path("local")), redis_url=""
    )
    welcome(Console(file=out, force_terminal=terminal, width=200), platform)  # type: ignore[arg-type]
    return out.getvalue()


async def test_a_terminal_gets_a_link_that_lets_a_candidate_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    text = await asyncio.to_thread(printed, tmp_path, terminal=True)
    link = re.search(r"http://127\.0\.0\.1:8000/room#(\S+)", text)
    assert link is not None, text
    assert "http://127.0.0.1:8000/review" in text
    assert text.count("http://0.0.0.0:8000") == 1, "only where it listens; no client connects to 0.0.0.0"
    with EmbeddedRedis(tmp_path) as server:
        invitations = RedisInvitations(server.url)
        app = create_app(stub_ports(candidates=CandidateTokens(signing_keys(tmp_path), invitations)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            reply = await client.post("/candidate/token", headers={"Authorization": f"Bearer {link.group(1)}"})
        await invitations.close()
    assert reply.status_code == 200
    assert reply.json()["status"] == "invited"


def test_a_journal_gets_a_command_and_no_token(tmp_path: Path) -> None:
    text = printed(tmp_path, terminal=False)
    assert "/room#" not in text
    assert f"interview link ID --plan backend-engineer --data {tmp_path}" in text


def test_the_key_is_written_before_anything_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    seen: list[str] = []
    monkeypatch.setattr(Platform, "_check", lambda self: None)
    monkeypatch.setattr(Platform, "_start_ray", lambda self, directory: None)
    monkeypatch.setattr(Platform, "_deploy", lambda self: seen.append((self.data / "api-key").read_text().strip()))
    for name in ("INTERVIEW_HOME", "INTERVIEW_DATA_DIR", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.setenv(name, "")  # restored after the test: the platform sets them for its replicas
    with Platform(read_serve_file(profile_path("local")), tmp_path) as platform:
        assert seen == [platform.api_key]
        assert platform.api_key.startswith("ik_")
