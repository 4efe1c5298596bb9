"""Assembles a simulation from the installed plans, personas, policies, graders and, optionally, a model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from deployments.agent.brief.interviewer import Interviewer
from deployments.agent.config import AgentConfig
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.config import LlmConfig
from interview.errors import ModelMissing
from interview.plans.files import load_plan, load_plans
from interview.plans.plan import InterviewPlan
from interview.policies.files import load_policies
from serve.simulation.campaign import Campaign, SimulationReport
from serve.simulation.personas import ALL, chosen, chosen_personas, load_personas
from serve.simulation.records import InterviewRecord, RecordFile
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.stage import Troupe
from storage.blobs.port import BlobStore

Engine = Literal["scripted", "model"]


async def simulate(
    *,
    plan: str,
    persona: str,
    engine: Engine,
    n: int,
    seed: int,
    plans_directory: Path,
    policies_directory: Path,
    prompts_url: str,
    llm: LlmConfig,
    agent: AgentConfig | None = None,
    at_once: int = 8,
    progress: Callable[[InterviewRecord], None] = lambda record: None,
    records: Path | None = None,
) -> SimulationReport:
    """Run the interviews and judge them. ``agent`` is a profile's, except the choice of interviewer; ``at_once``
    interviews share a model. ``records``: a file of interviews that are not held again, to which the others are added.

    Raises:

        InvalidInput: no such plan or persona, ``n`` is not positive, or ``records`` holds something else.
        ConfigError, ModelMissing: an installed file is invalid or missing.
    """
    personas = load_personas(plans_directory)
    wanted = chosen_personas(persona, personas)
    plans = _plans(plan, plans_directory)
    async with open_troupe(engine, policies_directory, prompts_url, llm, agent or AgentConfig()) as (troupe, model):
        places = at_once if engine == "model" else 1
        file = RecordFile(records, seed=seed, model=model) if records is not None else None
        campaign = Campaign(plans, wanted, troupe, n=n, seed=seed, at_once=places, progress=progress, records=file)
        return await campaign.run(engine=engine, model=model)


def _plans(wanted: str, directory: Path) -> dict[str, InterviewPlan]:
    """Read a single named plan alone, so that an error in another plan does not matter."""
    alone = directory / f"{wanted}.yaml"
    if wanted != ALL and alone.is_file():
        plan = load_plan(alone)
        return {plan.id: plan}
    plans = load_plans(directory)
    return {name: plans[name] for name in chosen(wanted, tuple(plans), "plan")}


@asynccontextmanager
async def open_troupe(
    engine: Engine, policies_directory: Path, prompts_url: str, llm: LlmConfig, agent: AgentConfig
) -> AsyncIterator[tuple[Troupe, str]]:
    """The interviews' shared parts, and the name of the model."""
    grading = GradingService(GradingConfig(), background=NotedQueue())
    policies = PolicyCatalogue(load_policies(policies_directory))
    config = replace(agent, interviewer=engine)
    try:
        if engine == "scripted":
            yield Troupe(grading, policies, config), ""
            return
        from deployments.agent.model.interviewer import ModelInterviewer
        from deployments.agent.model.prompt_catalogue import PromptCatalogue
        from deployments.llm.deployment import create_language_model

        if llm.engine == "none":
            raise ModelMissing("This profile has no language model; name another with --profile.")
        prompts = PromptCatalogue(prompts_url)
        model = create_language_model(llm)
        await model.start()

        def interviewer(blobs: BlobStore) -> Interviewer:
            return ModelInterviewer(model, prompts, blobs, config)

        try:
            info = await model.info()
            yield Troupe(grading, policies, config, prompts, interviewer), f"{info.engine}: {', '.join(info.models)}"
        finally:
            await model.stop()
    finally:
        await grading.stop()
