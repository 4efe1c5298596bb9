"""MCP on the whole platform: Serve runs the ingress' lifespan, and the stores are the real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

if TYPE_CHECKING:
    from tests.integration.conftest import RunningPlatform

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


async def test_an_interview_is_held_and_ended_over_mcp_under_serve(platform: RunningPlatform) -> None:
    headers = {"Authorization": f"Bearer {platform.api_key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http,
        Client(streamable_http_client(f"{platform.address}/mcp", http_client=http)) as client,
    ):
        status = (await client.call_tool("get_agent_status", {})).structured_content
        asked = {"user_session_id": "mcp-1", "plan": "backend-engineer", "consent": True}
        started = (await client.call_tool("conduct_interview", asked)).structured_content
        said = {"user_session_id": "mcp-1", "candidate_answer": "I build booking services in Go with Postgres."}
        answered = (await client.call_tool("conduct_interview", said)).structured_content
        ended = (await client.call_tool("end_interview_session", {"user_session_id": "mcp-1"})).structured_content
    assert status["status"] == "ready"
    assert (started["turn_number"], answered["turn_number"]) == (0, 1)
    assert ended["status"] == "concluded"
    with platform.client() as over_http:
        assert over_http.get("/session/state/mcp-1").json()["status"] == "concluded"
