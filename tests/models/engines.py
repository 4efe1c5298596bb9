"""Starts each kind of language-model engine for the conformance suite, as a ``LanguageModel`` ready to be asked."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployments.llm.config import FakeModelConfig, LlmConfig, RemoteConfig, TransformersConfig, VllmConfig
from deployments.llm.contract import LanguageModel, LanguageModelClient
from deployments.shell.handle_rpc import handle_caller, handle_stream_caller
from tests.support import openai_server
from tests.support.local_ray import start_local_ray

if TYPE_CHECKING:
    import pytest

#: The fake takes this long for one answer, so that there is something to abort.
FAKE = FakeModelConfig(service_time="fixed", service_ms=40)


@asynccontextmanager
async def engine(kind: str, tmp: pytest.TempPathFactory, *, window_tokens: int) -> AsyncIterator[LanguageModel]:
    match kind:
        case "fake":
            async with hosted(LlmConfig(engine="fake", fake=FAKE, max_model_len=window_tokens)) as model:
                yield model
        case "remote":
            async with over_http(LlmConfig(engine="fake", fake=FAKE, max_model_len=window_tokens)) as model:
                yield model
        case "handle":
            async with over_serve(LlmConfig(engine="fake", fake=FAKE, max_model_len=window_tokens)) as model:
                yield model
        case "transformers":
            settings = TransformersConfig(device="cpu", max_batch=16, num_threads=1, kv_cache_gib=1.0)
            path = tiny_model(tmp)
            config = LlmConfig(
                engine="transformers", model=str(path), max_model_len=window_tokens, transformers=settings
            )
            async with hosted(config) as model:
                yield model
        case "vllm":
            async with over_serve(vllm_config(tiny_model(tmp), window_tokens)) as model:
                yield model
        case _:
            raise ValueError(kind)


def vllm_config(path: Path, window_tokens: int) -> LlmConfig:
    settings = VllmConfig(
        device="cpu",
        dtype="float32",
        max_num_seqs=64,
        max_num_batched_tokens=2048,
        enforce_eager=True,
        tool_call_parser="hermes",
        env={"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "1"},
    )
    return LlmConfig(engine="vllm", model=str(path), max_model_len=window_tokens, vllm=settings)


def tiny_model(tmp: pytest.TempPathFactory) -> Path:
    """The tiny Qwen2, built once for a test session."""
    path = tmp.getbasetemp() / "tiny-qwen2"
    if not (path / "config.json").exists():
        spec = importlib.util.spec_from_file_location("tiny_model", Path(__file__).with_name("tiny_model.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.build(path)
    return path


@asynccontextmanager
async def hosted(config: LlmConfig) -> AsyncIterator[LanguageModel]:
    """The engine in this process."""
    from deployments.llm.deployment import create_language_model

    model = create_language_model(config)
    await model.start()
    try:
        await model.check_health()
        yield model
    finally:
        await model.stop()


@asynccontextmanager
async def over_http(config: LlmConfig) -> AsyncIterator[LanguageModel]:
    """The engine behind a small OpenAI-shaped HTTP server, asked through the remote engine."""
    async with hosted(config) as served, openai_server.serving(served) as base_url:
        remote = RemoteConfig(base_url=base_url, backoff_s=0.01)
        async with hosted(LlmConfig(engine="remote", model=config.name, remote=remote)) as model:
            yield _RestingWithServer(model, served)


class _RestingWithServer:
    """The remote engine; ``running`` also counts what the server behind it still holds, as an abort must reach it."""

    def __init__(self, remote: LanguageModel, served: LanguageModel) -> None:
        self._remote = remote
        self._served = served
        self.chat = remote.chat
        self.stream = remote.stream

    async def info(self) -> Any:
        import msgspec

        info = await self._remote.info()
        behind = await self._served.info()
        return msgspec.structs.replace(info, running=max(info.running, behind.running))


@asynccontextmanager
async def over_serve(config: LlmConfig) -> AsyncIterator[LanguageModel]:
    """The engine as its deployment on a real Ray cluster, asked through its handle."""
    import ray
    from ray import serve as ray_serve

    from deployments.llm.deployment import build

    started = not ray.is_initialized()
    if started:
        start_local_ray(num_cpus=4, configure_logging=False)
    try:
        await asyncio.to_thread(ray_serve.start, proxy_location="Disabled")
        name = f"llm-{config.engine}"
        handle = await asyncio.to_thread(ray_serve.run, build(config), name=name, route_prefix=None)
        yield LanguageModelClient(
            handle_caller(handle, timeout_s=config.deadline_s, tier="language-model", by_value=True),
            handle_stream_caller(handle, timeout_s=config.deadline_s, tier="language-model", by_value=True),
        )
        await asyncio.to_thread(ray_serve.delete, name)
    finally:
        if started:
            await asyncio.to_thread(ray_serve.shutdown)
            ray.shutdown()
