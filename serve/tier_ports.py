"""What each replica opens for itself: stores, plans, metrics. The factories are picklable, what they open is not."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from deployments.agent.config import AgentConfig
from deployments.agent.deployment import Tiers
from deployments.agent.model_interviewer import ModelInterviewer
from deployments.agent.plan_catalogue import InstalledPlans
from deployments.agent.policy_book import PolicyBook
from deployments.agent.ports import AgentPorts
from deployments.agent.prompt_book import PromptBook
from deployments.agent.session_pins import SessionPins
from interview.policies_files import load_policies
from serve.grading_placement import InlineGrading
from serve.local_stores import blob_store, session_store
from serve.metrics import MetricsPublisher, PlatformMetrics
from serve.metrics_observers import AgentObserver
from serve.serve_file import HOME, data_dir
from serve.settings import Settings, redis_url
from storage.redis_metrics_board import RedisMetricsBoard


def plans_dir() -> Path:
    return Path(os.environ.get("INTERVIEW_PLANS_DIR") or HOME / "configs" / "interviews")


def policies_dir() -> Path:
    return Path(os.environ.get("INTERVIEW_POLICIES_DIR") or HOME / "configs" / "policies")


def prompts_url() -> str:
    """A directory or any fsspec URL (``s3://bucket/prompts``)."""
    return os.environ.get("INTERVIEW_PROMPTS_URL") or str(HOME / "configs" / "prompts")


@lru_cache(maxsize=1)
def process_metrics() -> PlatformMetrics:
    """One registry a process, shared by whatever runs in it."""
    return PlatformMetrics()


@lru_cache(maxsize=1)
def process_publisher(role: str) -> MetricsPublisher:
    """One publisher a process; the name is unique among living replicas and readable on a dashboard."""
    name = f"{role}-{socket.gethostname()}-{os.getpid()}"
    return MetricsPublisher(process_metrics(), RedisMetricsBoard(redis_url()), name)


@dataclass(frozen=True)
class AgentPortsFactory:
    """Opens the agent's ports on the replica that runs turns, on its event loop."""

    settings: Settings
    role: str = "agent"

    def __call__(self, config: AgentConfig, tiers: Tiers) -> AgentPorts:
        process_publisher(self.role).start()
        blobs = blob_store(self.settings.storage, data_dir())
        policies = PolicyBook(load_policies(policies_dir()))
        model, prompts = None, None
        if tiers.llm is not None and config.interviewer != "scripted":
            prompts = PromptBook(prompts_url())
            model = ModelInterviewer(tiers.llm, prompts, blobs, config)
        return AgentPorts(
            sessions=session_store(self.settings.storage, redis_url()),
            blobs=blobs,
            grading=InlineGrading(self.settings.grading, tiers.grading)
            if self.settings.graders == "inline"
            else tiers.grading,
            plans=InstalledPlans.from_directory(plans_dir()),
            stt=tiers.stt,
            tts=tiers.tts,
            model=model,
            policy=policies,
            pins=SessionPins(blobs, config, policies, prompts, review_below=self.settings.grading.review_below),
            observer=AgentObserver(process_metrics()),
        )
