"""The configuration that the tier passes to ``ray.serve.llm`` and vLLM, without starting an engine."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from deployments.llm.config import LlmConfig, LlmReplicas, LoraAdapter, VllmConfig
from deployments.llm.deployment import build
from interview.errors import ModelMissing

pytestmark = pytest.mark.models


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "config.json").write_text("{}")
    return str(tmp_path)


def ray_config(model: str, vllm: VllmConfig | None = None, **more: Any) -> Any:
    from deployments.llm.engines.vllm_deployment import llm_config

    return llm_config(LlmConfig(engine="vllm", model=model, vllm=vllm or VllmConfig(), **more))


def test_the_first_token_is_not_held_back_and_scaling_is_explicit(model: str) -> None:
    replicas = LlmReplicas(min_replicas=2, max_replicas=5, target_ongoing_requests=24, max_queued_requests=7)
    config = ray_config(model, replicas=replicas)

    assert config.experimental_configs["stream_batching_interval_ms"] == 0
    scaling = config.deployment_config["autoscaling_config"]
    assert (scaling["min_replicas"], scaling["max_replicas"], scaling["target_ongoing_requests"]) == (2, 5, 24)
    assert config.deployment_config["max_queued_requests"] == 7


def test_live_turns_pass_background_work_and_prefixes_are_kept(model: str) -> None:
    arguments = ray_config(model).engine_kwargs

    assert arguments["scheduling_policy"] == "priority"
    assert arguments["enable_prefix_caching"] is True
    assert arguments["structured_outputs_config"]["disable_any_whitespace"] is True


def test_nothing_phones_home_and_nothing_downloads(model: str) -> None:
    environment = ray_config(model).runtime_env["env_vars"]

    assert environment["VLLM_NO_USAGE_STATS"] == environment["DO_NOT_TRACK"] == environment["HF_HUB_OFFLINE"] == "1"


def test_tensor_parallel_replicas_reserve_a_gpu_for_each_worker(model: str) -> None:
    config = ray_config(model, VllmConfig(tensor_parallel=4, quantization="fp8", accelerator_type="H100"))

    assert config.placement_group_config["bundles"] == [{"CPU": 1, "GPU": 1}] * 4
    assert config.engine_kwargs["tensor_parallel_size"] == 4
    assert config.engine_kwargs["quantization"] == "fp8"


def test_the_operators_own_engine_arguments_win(model: str) -> None:
    settings = VllmConfig(max_num_seqs=8, engine_kwargs={"max_num_seqs": 16})

    assert ray_config(model, settings).engine_kwargs["max_num_seqs"] == 16


def test_every_engine_argument_is_one_vllm_knows(model: str) -> None:
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.entrypoints.launchers.cli_args import FrontendArgs

    settings = VllmConfig(
        quantization="awq", tool_call_parser="hermes", lora=(LoraAdapter(name="polite", path="/adapters/polite"),)
    )
    known = {field.name for kind in (AsyncEngineArgs, FrontendArgs) for field in dataclasses.fields(kind)}

    assert set(ray_config(model, settings, max_model_len=4096).engine_kwargs) <= known


def test_missing_weights_are_told_before_anything_is_deployed() -> None:
    with pytest.raises(ModelMissing, match="interview models pull acme/absent"):
        build(LlmConfig(engine="vllm", model="acme/absent"))


def test_the_application_is_one_deployment_of_the_tiers_name(model: str) -> None:
    application = build(LlmConfig(engine="vllm", model=model, vllm=VllmConfig(device="cpu")))

    assert application._bound_deployment.name == "LanguageModel"
