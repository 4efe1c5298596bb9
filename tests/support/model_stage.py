"""An interview in memory that a language model holds, with the shipped prompts and policies."""

from __future__ import annotations

from deployments.agent.config import AgentConfig
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.contract import LanguageModel
from deployments.tts.contract import TextToSpeech
from interview.plans.plan import InterviewPlan
from interview.policies.files import load_policies
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import ROOT


def model_stage(
    model: LanguageModel,
    plan: InterviewPlan,
    config: AgentConfig,
    *,
    sessions: MemorySessionStore | None = None,
    voice: TextToSpeech | None = None,
) -> RehearsalStage:
    """Grades stay in the queue."""
    blobs = MemoryBlobs()
    prompts = PromptCatalogue(str(ROOT / "configs" / "prompts"))
    interviewer = ModelInterviewer(model, prompts, blobs, config)
    policies = PolicyCatalogue(load_policies(ROOT / "configs" / "policies"))
    return RehearsalStage(
        sessions=sessions or MemorySessionStore(),
        plan=plan,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        blobs=blobs,
        config=config,
        model=interviewer,
        ahead=interviewer,
        policy=policies,
        pins=SessionPins(blobs, config, policies, prompts, review_below=GradingConfig().review_below),
        voice=voice,
    )
