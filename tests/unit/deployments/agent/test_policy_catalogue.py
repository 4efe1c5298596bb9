"""The policies of a plan, pinned for a session: the very set it started with, or a trip that says otherwise."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from deployments.agent.brief.interviewer import Decision, Overheard, TurnBrief
from deployments.agent.config import AgentConfig
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.agent.script import scripted
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.errors import InvalidInput
from interview.plans.files import load_plan
from interview.plans.plan import InterviewPlan
from interview.policies.files import load_policies, policies_from_text
from interview.policies.rules import PolicySet, decode_policies
from interview.sessions.events import FallbackEntered, GuardrailTripped
from interview.sessions.session import AgentAction
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.blobs.layout import policies_path
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
SETS = load_policies(ROOT / "configs" / "policies")
LONG = "I build the billing service of a logistics company together with four other people"
SHORT = policies_from_text("id: default\nrules:\n  - {rule: conversation_length, action: conclude, max_turns: 1}\n")


def stage_with(sets: dict[str, PolicySet], plan: InterviewPlan = PLAN) -> RehearsalStage:
    blobs = MemoryBlobs()
    book = PolicyCatalogue(sets)
    return RehearsalStage(
        sessions=MemorySessionStore(),
        plan=plan,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        blobs=blobs,
        policy=book,
        pins=SessionPins(blobs, AgentConfig(), book),
    )


async def trips_of(stage: RehearsalStage) -> list[tuple[str, str]]:
    events = [event.data for event in await stage.log()]
    return [(data.rule, data.detail) for data in events if isinstance(data, GuardrailTripped)]


async def test_a_session_keeps_its_policies_where_a_replay_finds_them() -> None:
    stage = stage_with(SETS, replace(PLAN, policies=("default", "strict")))
    await stage.rehearsal().start("short-plan")
    digest = (await stage.state()).settings.policies
    kept = decode_policies(await stage.blobs.get(policies_path(digest)))
    assert (kept.id, kept.digest) == ("default+strict", digest)


async def test_rules_hold_without_a_model_too() -> None:
    stage = stage_with({"default": SHORT})
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    assert (await stage.state()).status == "concluded"
    assert await trips_of(stage) == [("conversation_length", "1 answers, the limit is 1")]


async def test_a_replica_without_a_sessions_policies_says_by_which_it_judged() -> None:
    stage = stage_with({"default": SHORT})
    await stage.rehearsal().start("short-plan")
    stage.policy = PolicyCatalogue(SETS)
    await stage.rehearsal().answer(LONG)
    assert (await stage.state()).status == "active"
    ((rule, detail),) = await trips_of(stage)
    assert rule == "policies" and detail.startswith(f"started under {SHORT.digest[:12]}")


async def test_a_plan_that_names_unknown_policies_does_not_start() -> None:
    stage = stage_with(SETS, replace(PLAN, policies=("default", "strickt")))
    with pytest.raises(InvalidInput, match="strickt – did you mean 'strict'") as caught:
        await stage.rehearsal().start("short-plan")
    assert "plan.policies" in caught.value.detail["fields"]


async def test_words_mended_until_none_are_left_are_the_scripts_turn() -> None:
    """Praise alone, where the plan adds nothing: the rule that rewrote it is the reason, though it only rewrites."""
    book = PolicyCatalogue(SETS)
    seen: list[TurnBrief] = []
    praising = "Great answer about the billing!"

    class Praising:
        async def decide(self, brief: TurnBrief, overheard: Overheard | None = None) -> Decision:
            seen.append(brief)
            decision = scripted.decide(brief)
            return replace(decision, text=praising, question=None, action=_followup(decision.action))

    stage = stage_with(SETS)
    stage.model = Praising()
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    body = await candidate.answer(LONG)
    assert "off policy" not in str(body), "the rule is for the operator, not for the candidate"
    (fallback,) = [event.data for event in await stage.log() if isinstance(event.data, FallbackEntered)]
    assert fallback.reason == "off policy: tone"
    praise = replace(scripted.decide(seen[0]), text=praising, question=None)
    praise = replace(praise, action=_followup(praise.action))
    assert book.review(seen[0], praise).reason.startswith("The rule tone")


def _followup(action: AgentAction) -> AgentAction:
    return replace(action, action_type="ask_followup")
