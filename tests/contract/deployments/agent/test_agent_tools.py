"""The agent's tools: what they promise by schema they do, and none of them gives a key away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deployments.agent.contract import ToolRequest
from deployments.agent.tools.registry import TOOLS
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import Conflict, InvalidInput, NotFound, SessionEnded
from interview.plans.files import load_plan
from interview.sessions.events import SessionPaused, SessionResumed, ToolCalled, ToolReturned
from interview.sessions.fold import fold
from serve.simulation.rehearsal import NotedQueue, Rehearsal, RehearsalStage
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"
NAMES = {
    "get_next_question", "grade_answer", "record_outcome", "update_difficulty", "finalize_session", "log_interaction",
    "get_hint", "get_session_context", "resume_session",
}  # fmt: skip


class ToolCaller:
    def __init__(self, stage: RehearsalStage, queue: NotedQueue) -> None:
        self.stage = stage
        self.queue = queue
        self.candidate: Rehearsal = stage.rehearsal()

    async def call(self, name: str, *, tenant: str = "acme", **arguments: Any) -> dict[str, Any]:
        arguments = {"interview_id": "rehearsal", **arguments}
        return await self.stage.agent().call_tool(ToolRequest(tenant=tenant, name=name, arguments=arguments))


@pytest.fixture
async def caller() -> AsyncIterator[ToolCaller]:
    """A session at its second question, the one about indexes."""
    queue = NotedQueue()
    stage = RehearsalStage(
        sessions=MemorySessionStore(), plan=PLAN, grading=GradingService(GradingConfig(), background=queue)
    )
    caller = ToolCaller(stage, queue)
    await caller.candidate.start("short-plan")
    await caller.candidate.answer(LONG)
    yield caller
    assert fold(await stage.log()) == await stage.state(), "whatever a tool did, the log folds to the snapshot"


async def test_every_tool_is_described_with_the_schemas_of_its_arguments_and_result(caller: ToolCaller) -> None:
    tools = await caller.stage.agent().tools()
    assert {tool["name"] for tool in tools} == NAMES
    for tool in tools:
        assert tool["description"]
        assert tool["parameters"]["additionalProperties"] is False
        assert "interview_id" in tool["parameters"]["required"]
        assert tool["returns"]["properties"]
    json.dumps(tools)


async def test_an_unknown_tool_names_those_there_are(caller: ToolCaller) -> None:
    with pytest.raises(NotFound, match="get_hint"):
        await caller.call("drop_tables")


@pytest.mark.parametrize("name", sorted(NAMES))
async def test_wrong_arguments_are_named_and_change_nothing(caller: ToolCaller, name: str) -> None:
    before = await caller.stage.state()
    with pytest.raises(InvalidInput) as caught:
        await caller.call(name, interview_id="", no_such_argument=1)
    assert {"interview_id", "no_such_argument"} <= caught.value.detail["fields"].keys()
    assert await caller.stage.state() == before


@pytest.mark.parametrize("name", sorted(NAMES))
async def test_another_tenants_interview_is_absent(caller: ToolCaller, name: str) -> None:
    extra = {"record_outcome": {"outcome": "answered"}, "update_difficulty": {"skill": "databases"}}
    extra |= {"log_interaction": {"signal": "noted"}, "resume_session": {"reason": "looked"}}
    before = await caller.stage.state()
    with pytest.raises(NotFound):
        await caller.call(name, tenant="other", **extra.get(name, {}))
    assert await caller.stage.state() == before


async def test_a_pause_for_a_person_is_resumed_and_a_candidates_own_is_not(caller: ToolCaller) -> None:
    key = SessionKey("acme", "rehearsal")
    await amend(caller.stage.sessions, key, lambda _: [SessionPaused(turn=1, reason="later", by="candidate")])
    before = await caller.stage.state()
    with pytest.raises(Conflict) as refused:
        await caller.call("resume_session", reason="Nobody is there.")
    assert refused.value.detail == {"paused_by": "candidate"}
    assert await caller.stage.state() == before
    await amend(caller.stage.sessions, key, lambda _: [SessionResumed(turn=1), SessionPaused(turn=1, reason="a rule")])
    assert (await caller.call("resume_session", reason="A false alarm."))["status"] == "active"


async def test_the_next_question_is_the_plans_and_asking_changes_nothing(caller: ToolCaller) -> None:
    before = await caller.stage.state()
    found = await caller.call("get_next_question")
    assert found["question_id"] == "seven-six"
    assert found["core"] is True
    assert found["rationale"]
    assert await caller.stage.state() == before


async def test_an_answer_can_be_graded_without_recording_it(caller: ToolCaller) -> None:
    before = await caller.stage.state()
    grade = await caller.call("grade_answer", answer=COST)
    assert grade["score"] > 0.8
    assert grade["evidence"][0]["quote"] in COST
    assert await caller.stage.state() == before
    with pytest.raises(InvalidInput):
        await caller.call("grade_answer")
    with pytest.raises(NotFound):
        await caller.call("grade_answer", question_id="isolation", answer=COST)


async def test_an_outcome_is_on_record(caller: ToolCaller) -> None:
    await caller.candidate.answer(COST)
    found = await caller.call("record_outcome", question_id="index-cost", outcome="answered", note="clear and short")
    assert found["score"] > 0.8
    state = await caller.stage.state()
    assert state.insights[-1].text == "index-cost answered: clear and short"
    log = await caller.stage.log()
    assert [event.type for event in log[-3:]] == ["tool.called", "tool.returned", "reflection.noted"]


async def test_an_ability_is_estimated_anew(caller: ToolCaller) -> None:
    await caller.candidate.answer(COST)
    before = (await caller.stage.state()).abilities["databases"]
    found = await caller.call("update_difficulty", skill="databases")
    assert found["theta"] == before.theta
    assert found["rationale"]
    with pytest.raises(InvalidInput, match="databases"):
        await caller.call("update_difficulty", skill="juggling")


async def test_an_interaction_is_logged_under_the_sequence_number_it_returns(caller: ToolCaller) -> None:
    found = await caller.call("log_interaction", signal="tab_hidden", data={"seconds": 4})
    (event,) = [event for event in await caller.stage.log() if event.seq == found["seq"]]
    assert event.type == "integrity.noted"
    with pytest.raises(InvalidInput):
        await caller.call("log_interaction", signal="Tab Hidden!")
    with pytest.raises(InvalidInput):
        await caller.call("log_interaction", signal="tab_hidden", data={"x": "y" * 20_000})


async def test_a_hint_is_the_next_rung_unless_its_key_is_known(caller: ToolCaller) -> None:
    first = await caller.call("get_hint", idempotency_key="a")
    assert await caller.call("get_hint", idempotency_key="a") == first
    second = await caller.call("get_hint")
    assert second["text"] != first["text"]
    assert second["hints_left"] == 0
    with pytest.raises(Conflict):
        await caller.call("get_hint")


async def test_the_context_says_where_the_interview_stands(caller: ToolCaller) -> None:
    await caller.candidate.answer("It makes writes slower.")
    context = await caller.call("get_session_context", recent_turns=2)
    assert context["phase"] == "technical"
    assert context["current_question"]["question_id"] == "index-cost"
    assert context["current_question"]["answer_so_far"] == "It makes writes slower."
    assert len(context["recent"]) == 2
    assert 0 < context["time_left_s"] <= PLAN.time_budget_s


async def test_finalizing_ends_the_interview_once_and_asks_for_its_evaluation(caller: ToolCaller) -> None:
    found = await caller.call("finalize_session", reason="The room is needed.", by="operator")
    assert found["status"] == "concluded"
    assert await caller.call("finalize_session") == found
    assert set(caller.queue.evaluated) == {"rehearsal"}
    with pytest.raises(SessionEnded):
        await caller.call("log_interaction", signal="late")


@pytest.mark.parametrize("name", ["get_next_question", "get_session_context"])
async def test_no_tool_that_describes_a_question_gives_its_key_or_rubric_away(caller: ToolCaller, name: str) -> None:
    shown = json.dumps(await caller.call(name))
    for secret in ("additional disk space", "Names no cost", "42"):
        assert secret not in shown


async def test_the_calls_a_turn_records_fit_the_tools_schemas(caller: ToolCaller) -> None:
    for answer in (COST, "42", "Could you repeat that?", "Skip.", LONG, "That is all."):
        await caller.candidate.answer(answer)
    await caller.call("record_outcome", outcome="partial")
    seen = set()
    for event in await caller.stage.log():
        data = event.data
        if isinstance(data, ToolCalled):
            TOOLS.get(data.tool).arguments.model_validate({"interview_id": "rehearsal", **data.arguments})
        elif isinstance(data, ToolReturned):
            TOOLS.get(data.tool).result.model_validate(data.result)
            seen.add(data.tool)
    assert seen == {"grade_answer", "record_outcome", "update_difficulty", "get_next_question"}
