"""Every tier's replicas are configured alike, and the section reaches Ray Serve as it was written."""

from __future__ import annotations

import msgspec
import pytest
from ray import serve as ray_serve

from deployments.agent.config import AgentConfig
from deployments.grading.config import GradingConfig
from deployments.grading.deployment import GradingDeployment
from deployments.llm.config import LlmConfig
from deployments.shell.replicas import ReplicaConfig
from deployments.stt.config import SttConfig
from deployments.tts.config import TtsConfig

TIERS = (AgentConfig, GradingConfig, LlmConfig, SttConfig, TtsConfig)


@pytest.mark.parametrize("tier", TIERS)
def test_a_partial_section_keeps_the_tiers_own_defaults(tier: type) -> None:
    read = msgspec.convert({"replicas": {"max_replicas": 3}}, tier).replicas
    assert isinstance(read, ReplicaConfig)
    assert read == msgspec.structs.replace(tier().replicas, max_replicas=3)


@pytest.mark.parametrize("tier", TIERS)
def test_bounds_that_contradict_each_other_are_refused(tier: type) -> None:
    with pytest.raises(msgspec.ValidationError, match="max_replicas"):
        msgspec.convert({"replicas": {"min_replicas": 3, "max_replicas": 2}}, tier)


def test_the_section_reaches_ray_serve() -> None:
    replicas = ReplicaConfig(
        min_replicas=2, max_replicas=5, target_ongoing_requests=7, max_queued_requests=9, num_gpus=0.5
    )
    deployed = ray_serve.deployment(**replicas.deployment_options("grading"))(GradingDeployment)
    scaling = deployed._deployment_config.autoscaling_config
    assert scaling is not None
    assert (scaling.min_replicas, scaling.max_replicas, scaling.get_target_ongoing_requests()) == (2, 5, 7)
    assert deployed.max_queued_requests == 9
    assert deployed.ray_actor_options["num_gpus"] == 0.5


def test_equal_bounds_switch_autoscaling_off() -> None:
    options = ReplicaConfig(min_replicas=2, max_replicas=2).deployment_options("tts")
    assert options["num_replicas"] == 2
    assert "autoscaling_config" not in options


def test_further_options_of_serve_are_passed_on_unchanged() -> None:
    replicas = ReplicaConfig(
        num_cpus=2,
        serve_options={
            "max_surge_percent": 100,
            "max_replicas_per_node": 3,
            "label_selector": {"ray.io/node-group": "cpu"},
        },
    )
    deployed = ray_serve.deployment(**replicas.deployment_options("grading"))(GradingDeployment)
    assert deployed._deployment_config.max_surge_percent == 100
    assert deployed._replica_config.max_replicas_per_node == 3
    actor = deployed.ray_actor_options
    assert actor is not None
    assert (actor["num_cpus"], actor["label_selector"]) == (2, {"ray.io/node-group": "cpu"})


def test_an_option_that_the_section_sets_itself_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="no 'num_replicas'"):
        msgspec.convert({"replicas": {"serve_options": {"num_replicas": 3}}}, AgentConfig)
