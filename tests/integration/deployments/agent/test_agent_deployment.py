"""The agent answers over a Serve handle as it does in process, and reaches its tiers over theirs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace
from ray import serve as ray_serve

from deployments.agent.config import AgentConfig
from deployments.agent.contract import AgentClient, Done, Sentence, StartRequest, ToolRequest, TurnPart
from deployments.agent.deployment import Tiers, build
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.ports import AgentPorts
from deployments.grading.config import GradingConfig
from deployments.grading.deployment import build as build_grading
from deployments.shell.handle_rpc import handle_caller, handle_stream_caller, unwrap
from interview.errors import InvalidInput, NotFound, SessionEnded
from interview.plans.files import load_plan
from serve.simulation.rehearsal import MemoryBlobs, Rehearsal
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"


def ports_in_memory(_config: AgentConfig, tiers: Tiers) -> AgentPorts:
    return AgentPorts(
        sessions=MemorySessionStore(),
        blobs=MemoryBlobs(),
        grading=tiers.grading,
        plans=InstalledPlans({PLAN.id: PLAN}),
    )


@pytest.fixture(scope="module")
def client() -> Iterator[AgentClient]:
    config = AgentConfig(by_value=False)
    app = build(config, ports_in_memory, grading=build_grading(GradingConfig()))
    handle = ray_serve.run(app, name="agent-test", _local_testing_mode=True)
    yield AgentClient(
        handle_caller(handle, timeout_s=20, tier="agent"), handle_stream_caller(handle, timeout_s=20, tier="agent")
    )


async def test_an_interview_crosses_the_handle_with_its_grades(client: AgentClient) -> None:
    candidate = Rehearsal(client, interview_id="over-a-handle")
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    body = await candidate.answer(COST)
    assert "grade" not in body
    asked = {"interview_id": "over-a-handle", "question_id": "index-cost"}
    grade = await client.call_tool(ToolRequest(tenant=candidate.tenant, name="grade_answer", arguments=asked))
    assert grade["score"] > 0.8
    hint = await candidate.end(by="candidate")
    assert hint["session_state"]["status"] == "concluded"


async def test_a_notice_is_told_before_the_start_and_after(client: AgentClient) -> None:
    asked = StartRequest(tenant="acme", interview_id="noticed", plan="short-plan", language="en-GB")
    notice = await client.notice(asked)
    assert (notice.title, notice.consent_text) == ("Short Plan", "This interview is recorded.")
    assert (notice.language, notice.time_budget_s, notice.hint_budget) == ("en-GB", 1800.0, 2)
    with pytest.raises(InvalidInput):
        await client.notice(StartRequest(tenant="acme", interview_id="noticed", plan="no-such-plan"))
    await client.start(replace(asked, consent=True, voice=False))
    assert await client.notice(StartRequest(tenant="acme", interview_id="noticed")) == notice


async def test_errors_cross_the_handle_as_themselves(client: AgentClient) -> None:
    with pytest.raises(NotFound):
        await Rehearsal(client, interview_id="nobody").answer("hello")
    candidate = Rehearsal(client, interview_id="ended")
    await candidate.start("short-plan")
    await candidate.end()
    with pytest.raises(SessionEnded):
        await candidate.answer("too late")
    with pytest.raises(InvalidInput) as caught:
        await Rehearsal(client, interview_id="unwilling").start("short-plan", consent=False)
    assert caught.value.detail["consent_text"] == PLAN.consent


async def test_a_streamed_turn_crosses_the_handle_as_sentences_and_the_reply_that_the_key_gives_again(
    client: AgentClient,
) -> None:
    candidate = Rehearsal(client, interview_id="streamed")
    await candidate.start("short-plan")
    request = candidate.turn_request("k", text=LONG)
    parts: list[TurnPart] = [part async for part in client.turn_stream(request)]
    done = parts.pop()
    assert isinstance(done, Done)
    sentences = [part.text for part in parts if isinstance(part, Sentence)]
    reply = msgspec.json.decode(done.reply.encoded)
    assert len(sentences) >= 2 and reply["interviewer_response"]["text"] == " ".join(sentences)
    again = [part async for part in client.turn_stream(request)]
    assert [part.reply.encoded for part in again if isinstance(part, Done)] == [done.reply.encoded]
    assert len(again) == 1 and (await client.turn(request)).encoded == done.reply.encoded
    with pytest.raises(NotFound):
        await anext(client.turn_stream(Rehearsal(client, interview_id="nobody-streams").turn_request(text="hello")))


async def test_a_malformed_payload_is_the_callers_error(client: AgentClient) -> None:
    with pytest.raises(InvalidInput, match="TurnRequest"):
        unwrap(await client._call("turn", b"\x00no msgpack"), dict)
    with pytest.raises(InvalidInput, match="TurnRequest"):
        unwrap(await anext(client._stream_call("turn_stream", b"\x00no msgpack")), dict)
