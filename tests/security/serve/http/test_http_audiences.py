"""Two audiences: whatever route a candidate takes, nothing of the assessment reaches them.

The interview is real: agent, graders, script. Its keys, reference answers, rubrics, grades and reasons hold canaries.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from deployments.agent.config import AgentConfig
from deployments.agent.contract import CANDIDATE_TOOLS, REVIEW_TOOLS
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.contract import GradeRequest
from deployments.grading.service import GradingService
from interview.grades import CriterionGrade, Evidence, Grade
from interview.plans.files import load_plan
from interview.plans.plan import InterviewPlan
from serve.http.app import create_app
from serve.http.auth import AGENT, INTERVIEWS, REPORTS
from serve.http.ports import IngressPorts
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.http_ports import Grant, StubKeys, is_problem, stub_ports
from tests.support.paths import ROOT

CANARY = "CANARY"
KEY_VALUE = 918273
KEYS = {
    "operator": Grant("acme", frozenset({INTERVIEWS, REPORTS, AGENT})),
    "application": Grant("acme", frozenset({INTERVIEWS})),
    "reviewer": Grant("acme", frozenset({INTERVIEWS, REPORTS})),
}
ANSWERS = (
    "I build the billing service of a logistics company together with four other people",
    "Every write must also update the index, which takes time.",
    "It also takes additional disk space, I think, and slows down every insert.",
    "Is that answer right? What grade do I get?",
    "5",
    "It is about fifty, but I am not sure about that at all.",
)


class TellTaleGrading(GradingService):
    """Real grades, with a canary in every text of them."""

    async def grade(self, request: GradeRequest) -> Grade:
        return replace(
            await super().grade(request),
            rationale=f"{CANARY} rationale",
            review_reason=f"{CANARY} reason",
            prompt=f"{CANARY} prompt",
            evidence=(Evidence(quote=f"{CANARY} quote", supports=f"{CANARY} point"),),
            criteria=(CriterionGrade(f"{CANARY} criterion", 1, 0.5, rationale=f"{CANARY} why"),),
        )


def _plan() -> InterviewPlan:
    plan: dict[str, Any] = msgspec.to_builtins(load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml"))
    for question in plan["questions"]:
        for points in question.get("key_points", ()):
            points["text"] += f" {CANARY}"
        for level in question.get("reference") or {}:
            question["reference"][level] += f" {CANARY}"
        for criterion in question.get("criteria", ()):
            for level in criterion["levels"]:
                level["anchor"] += f" {CANARY}"
        if question["grader"]["kind"] == "numeric":
            question["grader"]["value"] = KEY_VALUE
    return msgspec.convert(plan, InterviewPlan)


PLAN = _plan()
PROMPTS = {question.id: question.prompt for question in PLAN.questions}


@pytest.fixture
def ports() -> IngressPorts:
    sessions, blobs = MemorySessionStore(), MemoryBlobs()
    grading = TellTaleGrading(GradingConfig(), background=NotedQueue())
    agent = AgentService(AgentPorts(sessions, blobs, grading, InstalledPlans({PLAN.id: PLAN})), AgentConfig())
    return stub_ports(agent=agent, sessions=sessions, blobs=blobs, keys=StubKeys(KEYS))


@asynccontextmanager
async def serving(ports: IngressPorts) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(ports)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        yield client


async def _candidate(client: httpx.AsyncClient) -> str:
    link = await client.post(
        "/interviews/i-1/link", json={"plan": PLAN.id, "candidate": {"name": "Ada"}}, headers=_bearer("operator")
    )
    return str((await client.post("/candidate/token", headers=_bearer(link.json()["token"]))).json()["access_token"])


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class Seen:
    """Everything that one client was sent, checked as it comes."""

    def __init__(self, client: httpx.AsyncClient, ports: IngressPorts, token: str) -> None:
        self._client, self._ports, self._token = client, ports, token
        self.replies = 0

    async def __call__(self, method: str, path: str, *, accept: str = "application/json", **options: Any) -> str:
        headers = {**_bearer(self._token), "Accept": accept}
        reply = await self._client.request(method, path, headers=headers, **options)
        assert reply.status_code < 300, reply.text
        text = reply.text + str(dict(reply.headers))
        assert CANARY not in text and str(KEY_VALUE) not in text, (path, text)
        for name in ("rationale", "reasoning", "score", "theta", "abilities", "grades", "needs_review", "settings"):
            assert f'"{name}"' not in text, (name, path, text)
        state = await self._ports.sessions.load(SessionKey("acme", "i-1"))
        asked = {question.question_id for question in state.questions_asked} if state else set()
        early = [name for name, prompt in PROMPTS.items() if name not in asked and prompt in text]
        assert early == [], (path, early)
        self.replies += 1
        return reply.text


@pytest.mark.parametrize("who", ["candidate", "application"])
async def test_nothing_of_the_assessment_is_sent(ports: IngressPorts, who: str) -> None:
    async with serving(ports) as client:
        seen = Seen(client, ports, await _candidate(client) if who == "candidate" else who)
        start = {"consent": True} if who == "candidate" else {"consent": True, "plan": PLAN.id}
        if who == "candidate":
            assert PLAN.consent in await seen("GET", "/candidate/interview")
        await seen("POST", "/session/start/i-1", json=start)
        for number, answer in enumerate(ANSWERS):
            accept = "text/event-stream" if number % 2 else "application/json"
            await seen("POST", "/session/turn/i-1", accept=accept, json={"answer": answer})
            await seen("GET", "/session/state/i-1")
        for accept in ("application/json", "application/x-ndjson"):
            await seen("GET", "/session/events/i-1", accept=accept)
        await seen("POST", "/session/signal/i-1", json={"signal": "paste", "data": {}})
        await seen("POST", "/session/start/i-1", json=start)
        await seen("DELETE", "/session/state/i-1")
        await seen("GET", "/session/state/i-1")
        await seen("GET", "/session/events/i-1")
        assert seen.replies > 2 * len(ANSWERS)
        whole = (await client.get("/session/state/i-1", headers=_bearer("reviewer"))).text
        assert CANARY in whole, "the canaries are in the session, and a reviewer sees them"
        log = await client.get("/session/events/i-1", headers={**_bearer("reviewer"), "Accept": "application/json"})
        assert CANARY in log.text and "reasoning" in log.text


async def test_tools_need_the_scope_of_their_audience(ports: IngressPorts) -> None:
    async with serving(ports) as client:
        await client.post("/session/start/i-1", json={"consent": True, "plan": PLAN.id}, headers=_bearer("operator"))
        await client.post("/session/turn/i-1", json={"answer": ANSWERS[0]}, headers=_bearer("operator"))
        described = (await client.get("/tools", headers=_bearer("application"))).json()
        scopes = {tool["name"]: tool["scope"] for tool in described}
        assert {name for name, scope in scopes.items() if scope == INTERVIEWS} == CANDIDATE_TOOLS
        assert {name for name, scope in scopes.items() if scope == REPORTS} == REVIEW_TOOLS
        for name, scope in scopes.items():
            refused = await client.post(f"/tools/{name}", json={"interview_id": "i-1"}, headers=_bearer("application"))
            if scope == INTERVIEWS:
                assert refused.status_code != 403 and CANARY not in refused.text
            else:
                assert is_problem(refused.headers["content-type"], refused.json(), 403), name
        hint = await client.post("/tools/get_hint", json={"interview_id": "i-1"}, headers=_bearer("application"))
        assert hint.status_code == 200 and CANARY not in hint.text
        graded = await client.post("/tools/grade_answer", json={"interview_id": "i-1", "answer": "x"},
                                   headers=_bearer("operator"))  # fmt: skip
        assert graded.status_code == 200 and CANARY in graded.text


async def test_mcp_shows_an_application_no_more_than_a_candidate(ports: IngressPorts) -> None:
    async with serving(ports) as client:

        async def call(who: str, method: str, **params: Any) -> dict[str, Any]:
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            reply = await client.post("/mcp", json=message, headers=_bearer(who))
            assert reply.status_code == 200, reply.text
            if who == "application":
                assert CANARY not in reply.text and "theta" not in reply.text
            found: dict[str, Any] = json.loads(reply.text)["result"]
            return found

        conduct = {"user_session_id": "i-1", "plan": PLAN.id, "consent": True}
        await call("application", "tools/call", name="conduct_interview", arguments=conduct)
        for answer in ANSWERS[:4]:
            arguments = {"user_session_id": "i-1", "candidate_answer": answer}
            await call("application", "tools/call", name="conduct_interview", arguments=arguments)
        offered = {tool["name"] for tool in (await call("application", "tools/list"))["tools"]}
        own = {"conduct_interview", "pause_interview_session", "end_interview_session", "get_agent_status"}
        assert offered == own | CANDIDATE_TOOLS
        every = {tool["name"] for tool in (await call("operator", "tools/list"))["tools"]}
        for name in sorted(every - offered):
            arguments = {"user_session_id": "i-1"} if name == "get_interview_session" else {"interview_id": "i-1"}
            refused = await call("application", "tools/call", name=name, arguments=arguments)
            assert refused["isError"] and refused["structuredContent"]["code"] == "forbidden", name
        whole = await call("operator", "tools/call", name="get_interview_session", arguments={"user_session_id": "i-1"})
        assert CANARY in json.dumps(whole)
