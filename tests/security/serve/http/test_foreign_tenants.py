"""Another tenant's interview is a 404, byte for byte that of an unknown one, on every operation of the API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from serve.http.app import create_app
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.blobs.layout import audio_path
from storage.sessions.memory import MemorySessionStore
from tests.support.http_ports import stub_ports
from tests.support.turn_workload import ANSWERS, PLAN

CANARY = "CANARY-4711"
THEIRS, UNKNOWN = "theirs", "unknown"
AUDIO = "1-candidate-0123456789abcdef.wav"

#: The operations that name no interview, and so have no foreign one.
WITHOUT_INTERVIEW = {
    ("post", "/candidate/token"),  # the token names its interview: test_candidate_tokens.py in identity/
    ("get", "/candidate/interview"),
    ("post", "/candidate/transcript"),  # of the token's interview: test_http_hearing.py
    ("post", "/candidate/formula"),  # of the token's interview
    ("post", "/v1/realtime/client_secrets"),  # a secret of the caller's own tenant; the socket looks up what it opens
    ("get", "/sessions"),
    ("get", "/interviews"),  # the caller's tenant's links: test_extra_time.py
    ("get", "/comparison"),  # names interviews in its query: test_http_archive.py
    ("get", "/plans"),  # foreign plans: test_http_plans.py
    ("post", "/plans"),
    ("post", "/plans/check"),
    ("get", "/plans/{plan_id}"),
    ("put", "/plans/{plan_id}"),
    ("delete", "/plans/{plan_id}"),
    ("post", "/plans/{plan_id}/approval"),
    ("get", "/plans/{plan_id}/consent"),
    ("get", "/keys"),  # test_http_keys.py
    ("post", "/keys"),
    ("delete", "/keys/{key_id}"),
    ("get", "/tools"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/status"),
    ("get", "/metrics"),
    ("get", "/platform"),
    ("get", "/problems/{code}"),
    ("get", "/schemas/events"),
}

#: A caller's own interview, or link, is created under the same id: the tenant is part of every name.
CREATES = {("post", "/session/start/{interview_id}"), ("post", "/interviews/{interview_id}/link")}

START = {"plan": PLAN.id, "consent": True, "voice": False, "candidate": {"reference": THEIRS}}
BODIES: dict[tuple[str, str], Any] = {
    ("post", "/interviews/{interview_id}/link"): {},
    ("post", "/session/start/{interview_id}"): START,
    ("post", "/session/turn/{interview_id}"): {"answer": "Let me in.", "voice": False},
    ("post", "/session/hint/{interview_id}"): {},
    ("post", "/session/pause/{interview_id}"): {},
    ("post", "/session/resume/{interview_id}"): {},
    ("post", "/session/signal/{interview_id}"): {"signal": "tab_hidden"},
    ("post", "/session/extra-time/{interview_id}"): {"minutes": 5, "reason": "because"},
    ("post", "/session/report/{interview_id}/override"): {"question_id": "sql", "score": 1.0, "reason": "because"},
}

#: The arguments of each tool besides the interview.
TOOL_ARGUMENTS: dict[str, dict[str, Any]] = {
    "log_interaction": {"signal": "note"},
    "resume_session": {"reason": "I was cut off"},
    "record_outcome": {"outcome": "answered"},
    "update_difficulty": {"skill": "sql"},
}

stage = RehearsalStage(
    sessions=MemorySessionStore(heartbeat_s=0.05),
    plan=PLAN,
    grading=GradingService(GradingConfig(), background=NotedQueue()),
)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(stub_ports(agent=stage.agent(), sessions=stage.sessions, blobs=stage.blobs))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as made:
        await made.post(f"/session/start/{THEIRS}", headers=as_("acme"), json=START)
        await made.post(
            f"/session/turn/{THEIRS}", headers=as_("acme"), json={"answer": f"{CANARY} {ANSWERS[0]}", "voice": False}
        )
        await stage.blobs.put(audio_path("acme", THEIRS, AUDIO), CANARY.encode())
        yield made


def as_(tenant: str) -> dict[str, str]:
    return {"Authorization": f"Bearer key-{tenant}", "Idempotency-Key": "k", "Accept": "application/json"}


def operations(app: FastAPI) -> list[tuple[str, str]]:
    return [(method, path) for path, methods in app.openapi()["paths"].items() for method in methods]


def names_one(path: str) -> bool:
    """Whether the path names an interview or a candidate."""
    return "{interview_id}" in path or "{reference}" in path


async def reached(client: httpx.AsyncClient, method: str, path: str, interview: str) -> httpx.Response:
    url = path.replace("{interview_id}", interview).replace("{reference}", interview).replace("{name}", AUDIO)
    return await client.request(method, url, headers=as_("rival"), json=BODIES.get((method, path)))


async def test_every_operation_of_the_api_is_tried(app: FastAPI) -> None:
    tried = {one for one in operations(app) if names_one(one[1])} | {("post", "/tools/{name}")}
    assert set(operations(app)) - tried == WITHOUT_INTERVIEW
    assert {one for one in tried if one[0] == "post"} - {("post", "/tools/{name}")} == set(BODIES)


async def test_a_foreign_interview_is_an_unknown_one_on_every_operation(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    for method, path in operations(app):
        if not names_one(path) or (method, path) in CREATES:
            continue
        theirs, unknown = [await reached(client, method, path, one) for one in (THEIRS, UNKNOWN)]
        assert CANARY not in theirs.text, (method, path)
        assert theirs.status_code == unknown.status_code, (method, path)
        assert theirs.content.replace(THEIRS.encode(), UNKNOWN.encode()) == unknown.content, (method, path)
        if not path.endswith("/link"):  # revoking is idempotent, whether or not there is a link
            assert theirs.status_code == 404, (method, path, theirs.text)
    kept = await client.get(f"/session/state/{THEIRS}", headers=as_("acme"))
    assert CANARY in kept.text, "no foreign operation changed the interview"


async def test_a_foreign_interview_is_an_unknown_one_to_every_tool(client: httpx.AsyncClient) -> None:
    tools = (await client.get("/tools", headers=as_("rival"))).json()
    assert len(tools) >= 9
    for tool in tools:
        name = tool["name"]
        replies = []
        for interview in (THEIRS, UNKNOWN):
            arguments = {"interview_id": interview, **TOOL_ARGUMENTS.get(name, {})}
            replies.append(await client.post(f"/tools/{name}", headers=as_("rival"), json=arguments))
        theirs, unknown = replies
        assert theirs.status_code == 404, (name, theirs.text)
        assert theirs.content.replace(THEIRS.encode(), UNKNOWN.encode()) == unknown.content, name


async def test_lists_name_only_the_callers_own(client: httpx.AsyncClient) -> None:
    for path in ("/sessions", "/status", "/metrics"):
        reply = await client.get(path, headers=as_("rival"))
        assert THEIRS not in reply.text
        assert CANARY not in reply.text


async def test_the_same_id_is_another_interview_for_another_tenant(client: httpx.AsyncClient) -> None:
    reply = await client.post(f"/session/start/{THEIRS}", headers=as_("rival"), json=START)
    assert reply.status_code == 200
    assert CANARY not in reply.text
    state = await client.get(f"/session/state/{THEIRS}", headers=as_("rival"))
    assert CANARY not in state.text
    assert re.search(CANARY, (await client.get(f"/session/state/{THEIRS}", headers=as_("acme"))).text)
