"""Picklable factories of each replica's ports: stores, plans, metrics."""

from __future__ import annotations

from dataclasses import dataclass

from deployments.agent.config import AgentConfig
from deployments.agent.deployment import Tiers
from deployments.agent.model.interviewer import ModelInterviewer
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.agent.pins.session_pins import SessionPins
from deployments.agent.ports import AgentPorts
from deployments.retrieval.service import retrieval_of
from interview.policies.files import load_policies
from serve.composition.grading_placement import InlineGrading
from serve.composition.local_stores import archive_database, blob_store, session_store
from serve.metrics.metered_tiers import MeteredLanguageModel, MeteredSpeechToText, MeteredTextToSpeech
from serve.metrics.observers import AgentObserver
from serve.metrics.process import process_metrics, publish_metrics
from serve.serve_file import data_dir, plans_dir, policies_dir, prompts_url
from serve.settings import Settings, redis_url
from storage.archive.database import Database
from storage.archive.plans import SqlTenantPlans
from storage.archive.rollouts import SqlRollouts
from storage.archive.sql import SqlArchive


@dataclass(frozen=True)
class AgentPortsFactory:
    """Opens the agent's ports on its replica, on the replica's event loop.

    ``database``: the process's archive, where the agent is not alone in its process.
    """

    settings: Settings
    role: str = "agent"

    def __call__(self, config: AgentConfig, tiers: Tiers, database: Database | None = None) -> AgentPorts:
        publish_metrics(self.role)
        metrics = process_metrics()
        blobs = blob_store(self.settings.storage, data_dir())
        database = database or archive_database(data_dir())
        policies = PolicyCatalogue(load_policies(policies_dir()))
        model, prompts = None, None
        if tiers.llm is not None and config.interviewer != "scripted":
            prompts = PromptCatalogue(prompts_url(), halts=SqlRollouts(database).halted)
            model = ModelInterviewer(
                MeteredLanguageModel(tiers.llm, metrics),
                prompts,
                blobs,
                config,
                retrieval=retrieval_of(self.settings.retrieval),
            )
        return AgentPorts(
            sessions=session_store(self.settings.storage, redis_url()),
            archive=SqlArchive(database),
            tenant_plans=SqlTenantPlans(database),
            blobs=blobs,
            grading=InlineGrading(self.settings.grading, tiers.grading)
            if self.settings.graders == "inline"
            else tiers.grading,
            plans=InstalledPlans.from_directory(plans_dir()),
            stt=MeteredSpeechToText(tiers.stt, metrics) if tiers.stt is not None else None,
            tts=MeteredTextToSpeech(tiers.tts, metrics) if tiers.tts is not None else None,
            model=model,
            ahead=model,
            policy=policies,
            pins=SessionPins(blobs, config, policies, prompts, review_below=self.settings.grading.review_below),
            observer=AgentObserver(metrics),
        )
