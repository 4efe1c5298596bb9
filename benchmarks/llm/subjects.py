"""The subjects of ``benchmarks.llm``: an engine in this process, and the same engine behind the tier."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from msgspec.structs import replace

from deployments.llm.config import LlmConfig, LlmReplicas, TransformersConfig, VllmConfig
from deployments.llm.contract import LanguageModelClient
from deployments.shell.handle_rpc import handle_caller, handle_stream_caller

#: Streams one answer to a prompt, of a given number of tokens. Each piece: whether it shows text, and the tokens it
#: accounts for; the tokens of all pieces are those of the answer.
Ask = Callable[[str, int], AsyncGenerator[tuple[bool, int], None]]

ROOT = Path(__file__).resolve().parents[2]

_PROFILE = yaml.safe_load((ROOT / "configs" / "serve" / "gpu-node.yaml").read_text())

#: Ray's settings in the profiles with vLLM (configs/serve/gpu-node.yaml). Ray's defaults run a replica's code in a
#: second thread and its processes, the engine's too, at nice 15.
RAY_SETTINGS: dict[str, str] = {
    name: _PROFILE["applications"][0]["runtime_env"]["env_vars"][name]
    for name in ("RAY_SERVE_THROUGHPUT_OPTIMIZED", "RAY_worker_niceness")
}

#: The shapes of Qwen2.5 1.5B and 7B and of Llama 3.1 8B, for ``load_format=dummy`` without weights.
SHAPES: dict[str, dict[str, int]] = {
    "1.5b": {"hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28, "num_attention_heads": 12,
             "num_key_value_heads": 2},
    "7b": {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28,
           "num_key_value_heads": 4},
    "8b": {"hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
           "num_key_value_heads": 8},
}  # fmt: skip


class Subject(Struct, frozen=True):
    """``interleaved`` says whether bare and tier are both loaded and take turns, or run one after the other."""

    name: str
    config: LlmConfig
    interleaved: bool = True


def tiny_model(directory: Path) -> Path:
    """The tiny seeded Qwen2 of the tests, built in a separate process so that this one does not import torch."""
    path = directory / "tiny-qwen2"
    if not (path / "config.json").exists():
        script = ROOT / "tests" / "models" / "tiny_model.py"
        subprocess.run([sys.executable, str(script), str(path)], check=True, stdout=sys.stderr)
    return path


def shaped_model(directory: Path, shape: str) -> Path:
    """A directory with the configuration of a large model and the tiny model's tokenizer; no weights."""
    path = directory / f"shape-{shape}"
    tiny = tiny_model(directory)
    path.mkdir(exist_ok=True)
    for file in tiny.glob("*"):
        if file.suffix in (".json", ".jinja"):
            (path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tiny / "config.json").read_text())
    config.update(SHAPES[shape], max_position_embeddings=4096, dtype="bfloat16", layer_types=None)
    (path / "config.json").write_text(json.dumps(config))
    return path


def cpu_subject(engine: str, directory: Path, weights: Path | None = None) -> Subject:
    """``engine`` on this machine, with ``weights`` or with a tiny random model that is made in ``directory``."""
    replicas = LlmReplicas(max_ongoing_requests=512, max_queued_requests=512)
    if engine == "fake":
        return Subject("fake", LlmConfig(engine="fake", replicas=replicas))
    model = str(weights or tiny_model(directory))
    name = weights.name if weights else "tiny Qwen2 (3M parameters)"
    if engine == "transformers":
        settings = TransformersConfig(device="cpu", max_batch=64, kv_cache_gib=2.0, num_threads=1)
        config = LlmConfig(
            engine="transformers", model=model, max_model_len=512, transformers=settings, replicas=replicas
        )
        return Subject(f"transformers, {name}", config)
    vllm = VllmConfig(
        device="cpu",
        dtype="float32",
        max_num_seqs=256,
        max_num_batched_tokens=4096,
        enforce_eager=True,
        env={"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "1"},
    )
    config = LlmConfig(engine="vllm", model=model, max_model_len=512, vllm=vllm, replicas=replicas)
    return Subject(f"vLLM on CPU, {name}", config)


def gpu_subject(shape: str, directory: Path) -> Subject:
    vllm = VllmConfig(
        load_format="dummy",
        dtype="bfloat16",
        max_num_seqs=512,
        engine_kwargs={"gpu_memory_utilization": 0.85},
    )
    config = LlmConfig(
        engine="vllm",
        model=str(shaped_model(directory, shape)),
        max_model_len=4096,
        vllm=vllm,
        replicas=LlmReplicas(max_ongoing_requests=512, max_queued_requests=512),
    )
    return Subject(f"vLLM, {shape} shape, dummy weights", config, interleaved=False)


@asynccontextmanager
async def bare(config: LlmConfig) -> AsyncIterator[Ask]:
    """The engine in this process, without the tier."""
    if config.engine == "vllm":
        async with _bare_vllm(config) as ask:
            yield ask
        return
    from deployments.llm.deployment import create_language_model

    model = create_language_model(replace(config, deadline_s=600.0))
    await model.start()
    try:

        async def ask(prompt: str, tokens: int) -> AsyncGenerator[tuple[bool, int], None]:
            async for chunk in model.stream(request(prompt, tokens)):
                yield _piece(chunk)

        yield ask
    finally:
        await model.stop()


@asynccontextmanager
async def _bare_vllm(config: LlmConfig) -> AsyncIterator[Ask]:
    """vLLM's own ``AsyncLLM``, with the arguments the tier gives it."""
    os.environ.update(config.vllm.env)
    from transformers import AutoTokenizer
    from vllm import SamplingParams
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.sampling_params import RequestOutputKind
    from vllm.usage.usage_lib import UsageContext
    from vllm.v1.engine.async_llm import AsyncLLM

    from deployments.llm.engines.vllm_deployment import engine_kwargs

    arguments = AsyncEngineArgs(model=config.model, **engine_kwargs(config))
    engine = AsyncLLM.from_engine_args(arguments, usage_context=UsageContext.OPENAI_API_SERVER)
    tokenizer = AutoTokenizer.from_pretrained(config.model)
    try:

        async def ask(prompt: str, tokens: int) -> AsyncGenerator[tuple[bool, int], None]:
            messages = [{"role": "user", "content": prompt}]
            text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            sampling = SamplingParams(
                temperature=0, max_tokens=tokens, ignore_eos=True, output_kind=RequestOutputKind.DELTA
            )
            async for output in engine.generate(text, sampling, request_id=uuid.uuid4().hex):
                yield bool(output.outputs[0].text), len(output.outputs[0].token_ids)

        yield ask
    finally:
        engine.shutdown()


@asynccontextmanager
async def tier(config: LlmConfig) -> AsyncIterator[Ask]:
    """The engine as this tier's deployment on a local Ray, called over its handle."""
    import ray
    from ray import serve as ray_serve

    from deployments.llm.deployment import build

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(address="local", num_cpus=max(4, os.cpu_count() or 4), include_dashboard=False, log_to_driver=False)
    try:
        await asyncio.to_thread(ray_serve.start, proxy_location="Disabled")
        application = build(replace(config, deadline_s=600.0))
        handle: Any = await asyncio.to_thread(ray_serve.run, application, name="llm-benchmark", route_prefix=None)
        model = LanguageModelClient(
            handle_caller(handle, timeout_s=600, tier="language-model", by_value=True),
            handle_stream_caller(handle, timeout_s=600, tier="language-model", by_value=True),
        )

        async def ask(prompt: str, tokens: int) -> AsyncGenerator[tuple[bool, int], None]:
            async for chunk in model.stream(request(prompt, tokens)):
                yield _piece(chunk)

        yield ask
    finally:
        await asyncio.to_thread(ray_serve.shutdown)
        ray.shutdown()


def request(prompt: str, tokens: int) -> dict[str, Any]:
    """Greedy, of exactly ``tokens`` tokens where the engine knows ``ignore_eos`` (vLLM)."""
    messages = [{"role": "user", "content": prompt}]
    return {
        "messages": messages,
        "temperature": 0,
        "max_tokens": tokens,
        "ignore_eos": True,
        "stream_options": {"include_usage": True},
    }


def _piece(chunk: dict[str, Any]) -> tuple[bool, int]:
    """Chunks carry text, which may be of several tokens or of a part of one; the last carries the count."""
    shows = any(choice["delta"].get("content") for choice in chunk["choices"])
    return shows, (chunk.get("usage") or {}).get("completion_tokens", 0)
