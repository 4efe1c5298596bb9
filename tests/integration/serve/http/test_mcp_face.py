"""The official MCP client against a real uvicorn: tools and whole interviews, by key and tenant, from any replica."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import httpx2
import pytest
import uvicorn
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from deployments.agent.config import AgentConfig
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import EngineUnavailable, StorageUnavailable
from serve.http.app import create_app
from serve.http.auth import AGENT, INFERENCE, INTERVIEWS, REPORTS
from serve.http.ports import IngressPorts
from serve.http.settings import HttpSettings
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue
from storage.sessions.memory import MemorySessionStore
from tests.support.http_ports import Grant, StubAgent, StubKeys, is_problem, stub_ports
from tests.support.paths import DATA, ROOT

KEYS = StubKeys(
    {
        "key-acme": Grant("acme", frozenset({INTERVIEWS, REPORTS, AGENT})),
        "key-rival": Grant("rival", frozenset({INTERVIEWS, REPORTS, AGENT})),
        "key-application": Grant("acme", frozenset({INTERVIEWS})),
        "key-inference": Grant("acme", frozenset({INFERENCE})),
    }
)
START = {"user_session_id": "i-1", "plan": "backend-engineer", "consent": True, "candidate_name": "Ada"}
ANSWER = (
    "I would look at the query plan first, add an index on the customer column, and measure again, because an index "
    "makes reads faster and writes slower."
)


@asynccontextmanager
async def serving(*ports: IngressPorts) -> AsyncIterator[list[str]]:
    """Addresses of one ingress replica per ``ports``."""
    servers, runs = [], []
    for each in ports:
        application = create_app(each, HttpSettings(max_json_bytes=200_000))
        server = uvicorn.Server(uvicorn.Config(application, port=0, log_config=None, timeout_graceful_shutdown=1))
        servers.append(server)
        runs.append(asyncio.create_task(server.serve()))
    try:
        while not all(server.started for server in servers):
            await asyncio.sleep(0.005)
        yield [f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}" for server in servers]
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*runs)


@asynccontextmanager
async def connected(address: str, key: str = "key-acme", mode: str = "auto") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30, trust_env=False) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def replicas(number: int = 1, installed: Path = ROOT / "configs" / "interviews") -> list[IngressPorts]:
    """The ports of ``number`` ingress replicas, each with an agent of its own, over the same stores."""
    sessions, blobs = MemorySessionStore(), MemoryBlobs()
    grading = GradingService(GradingConfig(), background=NotedQueue())
    plans = InstalledPlans.from_directory(installed)
    return [
        stub_ports(
            agent=AgentService(AgentPorts(sessions, blobs, grading, plans), AgentConfig()),
            sessions=sessions,
            blobs=blobs,
            keys=KEYS,
        )
        for _ in range(number)
    ]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with serving(*replicas()) as (address,):
        yield address


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_whole_interview_by_a_client_of_either_protocol_era(address: str, mode: str):
    async with connected(address, mode=mode) as client:
        step = (await client.call_tool("conduct_interview", START)).structured_content
        assert step["user_session_id"] == "i-1"
        assert step["question"]["prompt"] in step["interviewer_text"]
        asked, followed_up = [step["question"]["question_id"]], False
        while step["should_continue"]:
            answered = {"user_session_id": "i-1", "candidate_answer": ANSWER}
            step = (await client.call_tool("conduct_interview", answered)).structured_content
            if step["action"] == "ask_followup":
                assert step["follow_up"] and step["interviewer_text"].endswith(step["follow_up"])
                followed_up = True
            if step["question"]:
                asked.append(step["question"]["question_id"])
            assert len(asked) < 60
        assert step["status"] == "concluded"
        session = (await client.call_tool("get_interview_session", {"user_session_id": "i-1"})).structured_content
    assert session["status"] == "concluded"
    assert [found["question_id"] for found in session["questions_asked"]] == list(dict.fromkeys(asked))
    assert session["grades"] and followed_up


async def test_each_call_may_meet_another_replica():
    async with serving(*replicas(2)) as (first, second), connected(first) as one, connected(second) as other:
        started = (await one.call_tool("conduct_interview", START)).structured_content
        answer = {"user_session_id": "i-1", "candidate_answer": ANSWER, "idempotency_key": "a-1"}
        answered = (await other.call_tool("conduct_interview", answer)).structured_content
        repeated = (await one.call_tool("conduct_interview", answer)).structured_content
        standing = (await one.call_tool("conduct_interview", {"user_session_id": "i-1"})).structured_content
    assert answered["turn_number"] == started["turn_number"] + 1
    assert repeated == answered
    kept = ("turn_number", "interviewer_text", "question", "hints_left", "status", "should_continue", "follow_up")
    assert {name: standing[name] for name in kept} == {name: answered[name] for name in kept}


async def test_an_answer_names_its_question_and_a_candidate_pauses_and_returns():
    brief = {"plan": "every-form", "consent": True, "user_session_id": "i-1"}
    async with serving(*replicas(installed=DATA / "web")) as (address,), connected(address) as client:
        started = (await client.call_tool("conduct_interview", brief)).structured_content
        other = {"user_session_id": "i-1", "candidate_answer": ANSWER, "question_id": "index"}
        refused = await client.call_tool("conduct_interview", other)
        assert (refused.is_error, refused.structured_content["code"]) == (True, "question-not-current")
        left = (await client.call_tool("pause_interview_session", {"user_session_id": "i-1"})).structured_content
        assert (left["status"], left["should_continue"]) == ("paused", False)
        assert left["return_by"] is not None
        back = (await client.call_tool("conduct_interview", {"user_session_id": "i-1"})).structured_content
        assert (back["status"], back["question"], back["return_by"]) == ("active", started["question"], None)
        again = (await client.call_tool("conduct_interview", {"user_session_id": "i-1"})).structured_content
        assert (again["interviewer_text"], again["question"]) == (back["interviewer_text"], started["question"])
        own = {**other, "question_id": "opener", "turn_number": started["turn_number"]}
        answered = (await client.call_tool("conduct_interview", own)).structured_content
        assert answered["turn_number"] == started["turn_number"] + 1


async def test_a_plan_is_chosen_from_the_role_and_an_id_given_when_the_caller_has_none(address: str):
    async with connected(address) as client:
        asked = {
            "role_description": "Backend engineer: APIs, databases, Python services",
            "resume_content": "Ten years of Python.",
            "consent": True,
        }
        step = (await client.call_tool("conduct_interview", asked)).structured_content
        found = {"user_session_id": step["user_session_id"]}
        session = (await client.call_tool("get_interview_session", found)).structured_content
    assert session["plan"]["id"] == "backend-engineer"
    assert set(session["documents"]) == {"resume", "role_description"}


async def test_every_tool_of_the_agent_is_listed_with_both_schemas(address: str):
    async with connected(address) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    own = {
        "conduct_interview",
        "pause_interview_session",
        "get_interview_session",
        "end_interview_session",
        "get_agent_status",
    }
    agents = {
        "get_next_question",
        "grade_answer",
        "record_outcome",
        "update_difficulty",
        "finalize_session",
        "log_interaction",
        "get_hint",
        "get_session_context",
    }
    assert own | agents <= set(tools)
    assert all(
        tool.input_schema["type"] == "object" and tool.output_schema["type"] == "object" for tool in tools.values()
    )
    arguments = set(tools["conduct_interview"].input_schema["properties"])
    assert {"resume_content", "role_description", "user_session_id", "candidate_answer"} <= arguments
    assert tools["get_session_context"].annotations.read_only_hint
    assert not tools["get_hint"].annotations.read_only_hint


async def test_the_agents_tools_work_on_an_interview_and_answer_to_their_schemas(address: str):
    async with connected(address) as client:
        await client.list_tools()  # from here on the client checks every result against its tool's schema
        started = await client.call_tool("conduct_interview", START)
        skill = started.structured_content["question"]["skill"]
        on = {"interview_id": "i-1"}
        for name, further in (
            ("get_session_context", {}),
            ("get_next_question", {}),
            ("grade_answer", {"answer": ANSWER}),
            ("log_interaction", {"signal": "called_over_mcp"}),
            ("update_difficulty", {"skill": skill}),
            ("finalize_session", {}),
        ):
            result = await client.call_tool(name, {**on, **further})
            assert not result.is_error, (name, result.content)
        status = (await client.call_tool("get_agent_status", {})).structured_content
        ended = (await client.call_tool("end_interview_session", {"user_session_id": "i-1"})).structured_content
        again = (await client.call_tool("conduct_interview", {"user_session_id": "i-1"})).structured_content
    assert status["status"] == "ready"
    assert "grade_answer" in status["tools"]
    assert (ended["status"], ended["should_continue"]) == ("concluded", False)
    assert again == ended
    assert (again["action"], again["question"]) == ("conclude", None)


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic key-acme", "Bearer key-inference"])
async def test_a_caller_without_a_key_for_interviews_gets_nothing(address: str, authorization: str | None):
    headers = {"Accept": "application/json, text/event-stream"}
    if authorization:
        headers["Authorization"] = authorization
    status = 403 if authorization == "Bearer key-inference" else 401
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        reply = await http.post(f"{address}/mcp", json=message)
    assert reply.status_code == status
    assert reply.headers["www-authenticate"].startswith("Bearer ")
    assert is_problem(reply.headers["content-type"], reply.json(), status)


async def test_the_client_of_a_stranger_does_not_connect(address: str):
    with pytest.raises(Exception) as refused:
        async with connected(address, "key-unknown") as client:
            await client.list_tools()
    assert "tools" not in str(refused.value)


async def test_a_foreign_interview_is_as_absent_as_one_that_never_was(address: str):
    async with connected(address) as acme, connected(address, "key-rival") as rival:
        await acme.call_tool("conduct_interview", START)
        answer = {"candidate_answer": ANSWER}
        for tool, named, further in (
            ("get_interview_session", "user_session_id", {}),
            ("end_interview_session", "user_session_id", {}),
            ("conduct_interview", "user_session_id", answer),
            ("get_session_context", "interview_id", {}),
            ("get_hint", "interview_id", {}),
        ):
            foreign = await rival.call_tool(tool, {named: "i-1", **further})
            absent = await rival.call_tool(tool, {named: "i-2", **further})
            assert foreign.is_error
            assert foreign.structured_content["code"] == "not-found"
            told = foreign.content[0].text
            assert told.replace("i-1", "i-2") == absent.content[0].text
        state = (await acme.call_tool("get_interview_session", {"user_session_id": "i-1"})).structured_content
        assert (state["status"], state["turn_number"]) == ("active", 0)
        # the same id is the rival's own to use
        assert not (await rival.call_tool("conduct_interview", START)).is_error


@pytest.mark.parametrize(
    ("tool", "arguments", "code", "field"),
    [
        ("conduct_interview", {"plan": "backend-engineer"}, "invalid-input", "consent"),
        ("conduct_interview", {"plan": "no-such-plan", "consent": True}, "invalid-input", "plan"),
        ("conduct_interview", {"user_session_id": "../x"}, "invalid-input", "user_session_id"),
        ("conduct_interview", {"candidate_anwser": "misspelt"}, "invalid-input", "candidate_anwser"),
        ("conduct_interview", {"consent": "yes"}, "invalid-input", "consent"),
        ("conduct_interview", {"user_session_id": "i-9", "candidate_answer": "Early."}, "not-found", None),
        ("get_interview_session", {}, "invalid-input", "user_session_id"),
        ("grade_answer", {"interview_id": "i-1", "anwser": "misspelt"}, "invalid-input", "anwser"),
        ("get_hint", {"interview_id": 7}, "invalid-input", "interview_id"),
        ("get_hint", {"interview_id": "i-1", "number": 2**70}, "invalid-input", "arguments"),
    ],
)
async def test_a_tools_failure_says_what_to_mend(
    address: str, tool: str, arguments: dict, code: str, field: str | None
):
    async with connected(address) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    problem = result.structured_content
    assert is_problem("application/problem+json", problem, problem["status"])
    assert problem["code"] == code
    assert problem["detail"] in result.content[0].text
    if field:
        assert field in {error["field"] for error in problem["errors"]}


async def test_no_such_tool_is_a_protocol_error(address: str):
    async with connected(address) as client:
        with pytest.raises(MCPError, match="no tool of that name"):
            await client.call_tool("drop_tables", {})


async def test_what_failed_behind_a_tool_is_told_without_its_insides(caplog: pytest.LogCaptureFixture):
    agent = StubAgent()
    agent.outcomes = [
        EngineUnavailable("The agent is away.", retry_after_s=2.0),
        RuntimeError("secret of the inside"),
    ]
    async with serving(stub_ports(agent=agent, keys=KEYS)) as (address,), connected(address) as client:
        away = await client.call_tool("conduct_interview", {"plan": "p", "consent": True})
        broken = await client.call_tool("conduct_interview", {"plan": "p", "consent": True})
    assert (away.structured_content["code"], away.structured_content["retryable"]) == ("engine-unavailable", True)
    assert away.structured_content["retry_after_s"] == 2.0
    assert broken.is_error
    assert broken.structured_content["code"] == "internal"
    assert "secret" not in broken.content[0].text
    request_id = broken.structured_content["instance"].removeprefix("urn:request:")
    assert any(request_id in record.getMessage() for record in caplog.records)


async def test_the_status_names_the_tier_that_fails():
    async def no_ears() -> None:
        raise StorageUnavailable("No ears.")

    (ports,) = replicas()
    broken = stub_ports(agent=ports.agent, sessions=ports.sessions, keys=KEYS, probes={"stt": no_ears})
    async with serving(broken) as (address,), connected(address) as client:
        status = (await client.call_tool("get_agent_status", {})).structured_content
    assert status["status"] == "degraded"
    assert status["checks"]["stt"] == {"ok": False, "error": "storage-unavailable", "detail": "No ears."}
    assert status["checks"]["agent"] == {"ok": True}


async def test_pages_of_other_origins_and_bodies_without_end_are_refused(address: str):
    headers = {"Authorization": "Bearer key-acme", "Accept": "application/json, text/event-stream"}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        foreign = await http.post(f"{address}/mcp", json=message, headers={"Origin": "https://evil.example"})
        own = await http.post(f"{address}/mcp", json=message, headers={"Origin": address})
        long = await http.post(f"{address}/mcp", json={**message, "params": {"pad": "x" * 300_000}})
        listening = await http.get(f"{address}/mcp")
    assert (foreign.status_code, own.status_code, long.status_code) == (403, 200, 413)
    assert listening.status_code == 405  # no stream to listen on: nothing is kept between calls


async def test_many_clients_hold_interviews_at_once(address: str):
    async def first_turns(number: int) -> dict:
        async with connected(address) as client:
            name = f"many-{number}"
            await client.call_tool("conduct_interview", {**START, "user_session_id": name})
            answer = {"user_session_id": name, "candidate_answer": ANSWER}
            return (await client.call_tool("conduct_interview", answer)).structured_content

    steps = await asyncio.gather(*(first_turns(number) for number in range(10)))
    assert [step["user_session_id"] for step in steps] == [f"many-{number}" for number in range(10)]
    assert {step["turn_number"] for step in steps} == {1}


async def test_null_for_an_optional_argument_is_as_good_as_leaving_it_out(address: str):
    async with connected(address) as client:
        result = await client.call_tool(
            "conduct_interview", {**START, "user_session_id": "i-null", "answer": None, "role_description": None}
        )
    assert not result.is_error, result.content


async def test_a_request_without_an_accept_header_accepts_what_there_is(address: str):
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}}
    async with httpx.AsyncClient(base_url=address) as http:
        request = http.build_request(
            "POST",
            "/mcp",
            json={"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
            headers={"Authorization": "Bearer key-acme"},
        )
        del request.headers["accept"]
        response = await http.send(request)
    assert response.status_code == 200
    assert response.json()["result"]["serverInfo"]["name"] == "interview"
