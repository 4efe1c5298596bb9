"""The composition root: one function from typed settings to the Serve application that ``serve/`` deploys."""

from __future__ import annotations

from functools import partial
from typing import Any

import ray
from msgspec.structs import replace
from ray import serve as ray_serve

from deployments.agent import deployment as agent_tier
from deployments.grading import deployment as grading_tier
from deployments.llm import deployment as llm_tier
from deployments.stt import deployment as stt_tier
from deployments.tts import deployment as tts_tier
from serve.composition.grading_placement import GradingStoresFactory
from serve.composition.ingress import build_ingress
from serve.composition.local_stores import require_shared_stores
from serve.composition.tier_ports import AgentPortsFactory
from serve.metrics.process import metered_judge_model, publish_metrics
from serve.settings import Settings, read_settings


def build(args: dict[str, Any]) -> ray_serve.Application:
    """Build the Serve application of the whole platform. ``args`` is the ``args`` mapping of a
    ``configs/serve/*.yaml``.

    Raises:

        ConfigError: a section or field is wrong; the message names it.
    """
    return compose(read_settings(args))


def _nodes() -> int:
    if not ray.is_initialized():
        return 1
    nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
    return sum(bool(node["Alive"]) for node in nodes)


def compose(settings: Settings) -> ray_serve.Application:
    """Bind the tiers bottom up: each gets handles only to the tiers that its contract may call.

    Raises:

        ConfigError: the settings do not fit the cluster that this process is connected to.
    """
    require_shared_stores(settings.storage, _nodes())
    tiers: dict[str, ray_serve.Application] = {
        "stt": stt_tier.build(settings.stt),
        "tts": tts_tier.build(settings.tts, on_replica=partial(publish_metrics, "tts")),
    }
    if settings.llm.engine != "none":
        tiers["llm"] = llm_tier.build(settings.llm, on_replica=partial(publish_metrics, "llm"))
    if settings.llm.of_judge is not None:
        tiers["judge"] = llm_tier.build(
            settings.llm.of_judge,
            on_replica=partial(publish_metrics, "judge"),
            name=llm_tier.JUDGE_DEPLOYMENT_NAME,
        )
    elif "llm" not in tiers:
        # without a model no worker could run a queued rubric judgement: key points grade, and the grade says so
        settings = replace(settings, agent=replace(settings.agent, judge_open_answers=False))
    tiers["grading"] = grading_tier.build(
        settings.grading,
        stores_factory=GradingStoresFactory(settings),
        llm=tiers.get("llm"),
        judge=tiers.get("judge"),
        meter=metered_judge_model,
    )
    if settings.placement == "tier":
        callable_tiers = {name: tier for name, tier in tiers.items() if name != "judge"}
        tiers["agent"] = agent_tier.build(settings.agent, AgentPortsFactory(settings), **callable_tiers)
    return build_ingress(settings, tiers)
