"""A start with one of the tenant's own plans: only an approved one, only its tenant's, and pinned with the session."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from deployments.agent.contract import StartRequest
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from interview.drafts.draft import PlanDraft
from interview.errors import Conflict, InvalidInput
from interview.plans.files import load_plan
from interview.plans.questions import Symbolic
from serve.simulation.rehearsal import NotedQueue, RehearsalStage
from storage.archive.database import Database
from storage.archive.plans import SqlTenantPlans
from storage.blobs.layout import session_plan_path
from storage.plans.port import TenantPlan
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS

INSTALLED = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
OWN = replace(INSTALLED, id="baker", title="Baker")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
async def plans() -> AsyncIterator[SqlTenantPlans]:
    database = Database("sqlite://")
    yield SqlTenantPlans(database)
    await database.close()


@pytest.fixture
def stage() -> RehearsalStage:
    return RehearsalStage(
        sessions=MemorySessionStore(),
        plan=INSTALLED,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
    )


@pytest.fixture
def agent(stage: RehearsalStage, plans: SqlTenantPlans) -> AgentService:
    return AgentService(dataclasses.replace(stage.ports(), tenant_plans=plans), stage.config)


def start(tenant: str = "acme", plan: str = "baker") -> StartRequest:
    return StartRequest(tenant=tenant, interview_id="i-1", plan=plan, consent=True, voice=False)


async def add(plans: SqlTenantPlans, *, plan: PlanDraft | None = None, approved: bool = True) -> None:
    draft = plan or PlanDraft(OWN, ())
    await plans.add(TenantPlan("acme", draft, NOW, "Ada"), at_most=5)
    if approved:
        await plans.approve("acme", draft.plan.id, digest=draft.plan.digest, by="Ada", at=NOW)


async def test_a_draft_starts_nothing_until_a_person_approves_it(
    agent: AgentService, plans: SqlTenantPlans, stage: RehearsalStage
) -> None:
    await add(plans, approved=False)
    with pytest.raises(Conflict, match="is a draft"):
        await agent.start(start())
    with pytest.raises(Conflict, match="is a draft"):
        await agent.notice(start())
    await plans.approve("acme", "baker", digest=OWN.digest, by="Ada", at=NOW)
    await agent.start(start())
    state = await stage.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    assert (state.plan.id, state.plan.from_request) == ("baker", True)
    assert "approved by Ada" in state.plan.chosen_because
    assert await stage.blobs.exists(session_plan_path("acme", "i-1", OWN.digest))


async def test_another_tenant_is_told_that_there_is_no_such_plan(agent: AgentService, plans: SqlTenantPlans) -> None:
    await add(plans)
    with pytest.raises(InvalidInput) as foreign:
        await agent.start(start("rival"))
    with pytest.raises(InvalidInput) as absent:
        await agent.start(start("rival", "baker-2"))
    assert foreign.value.message.replace("baker", "baker-2") == absent.value.message


async def test_an_installed_plan_is_not_replaced_by_one_of_the_tenant(
    agent: AgentService, plans: SqlTenantPlans, stage: RehearsalStage
) -> None:
    await add(plans, plan=PlanDraft(replace(INSTALLED, title="Mine"), ()))
    await agent.start(start(plan=INSTALLED.id))
    state = await stage.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    assert state.plan.title == INSTALLED.title


async def test_a_draft_file_of_the_same_id_hides_no_approved_plan_of_the_tenant(
    plans: SqlTenantPlans, stage: RehearsalStage
) -> None:
    catalogue = InstalledPlans({INSTALLED.id: INSTALLED}, drafts=("baker",))
    agent = AgentService(dataclasses.replace(stage.ports(), plans=catalogue, tenant_plans=plans), stage.config)
    await add(plans)
    await agent.start(start())
    state = await stage.sessions.load(SessionKey("acme", "i-1"))
    assert state is not None
    assert state.plan.id == "baker"
    with pytest.raises(Conflict, match="is a draft"):
        await agent.start(start("rival"))


async def test_a_plan_of_the_tenant_whose_key_cannot_be_graded_is_refused(
    agent: AgentService, plans: SqlTenantPlans
) -> None:
    first = next(one for one in OWN.questions if one.is_scored)
    broken = replace(first, grader=Symbolic(expression="1/(("), key_points=(), criteria=(), probes=(), reference=None)
    questions = tuple(broken if one is first else one for one in OWN.questions)
    await add(plans, plan=PlanDraft(replace(OWN, questions=questions), ()))
    with pytest.raises(InvalidInput, match="cannot be graded"):
        await agent.start(start())
