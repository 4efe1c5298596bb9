"""vLLM as the engine, through ``ray.serve.llm``: its server class behind this tier's own methods, with no route."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from ray import serve as ray_serve
from ray.serve.llm import LLMConfig, build_llm_deployment
from ray.serve.llm.deployment import LLMServer

from deployments.llm.coalesce import Pacing
from deployments.llm.config import LlmConfig, VllmConfig
from deployments.llm.contract import ChatRequest, ChatResponse, LlmInfo
from deployments.llm.deadline import bounded
from deployments.llm.engines import vllm_chat
from deployments.llm.engines.weights import local_model
from deployments.llm.gen_ai_span import chat_in_span
from deployments.llm.openai_chat import ChatCall, read_call, require_one_choice
from deployments.shell.handle_rpc import reply, serve_call, serve_stream
from deployments.shell.replicas import with_serve_options
from interview.errors import EngineUnavailable, InvalidInput

logger = logging.getLogger(__name__)

DEPLOYMENT_NAME = "LanguageModel"

#: Disables telemetry and downloads.
_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
}

#: Two requests, so that both the plain and the grammar path are warm.
_WARM_UP: tuple[ChatRequest, ...] = (
    {"messages": [{"role": "user", "content": "Say ready."}], "max_tokens": 4, "temperature": 0},
    {
        "messages": [{"role": "user", "content": "Say ready."}],
        "max_tokens": 16,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "ready", "schema": {"type": "object", "properties": {"ready": {"const": True}}}},
        },
    },
)


class VllmDeployment(LLMServer):
    """``LLMServer`` whose ``chat``, ``stream`` and ``info`` exchange this tier's bytes, so no caller imports vLLM."""

    async def __init__(self, llm_config: LLMConfig, *, config: LlmConfig) -> None:  # type: ignore[misc]
        """Returns only when the engine has completed requests, so Serve routes nothing to a cold replica."""
        self._config = config
        self._models = (config.name, *(adapter.name for adapter in config.vllm.lora))
        self._pacing = Pacing(config.stream_interval_ms / 1000, config.stream_messages_per_s)
        _load_lora_modules(llm_config)
        await super().__init__(llm_config)
        for request in _WARM_UP:
            await self._complete(self._read(request), self._config.warm_up_deadline_s)
        logger.info("vLLM has completed its warm-up")

    async def chat(self, payload: bytes) -> bytes:  # type: ignore[override]  # on purpose: see the class
        return await serve_call(self._chat_in_span, payload, ChatRequest)

    async def stream(self, payload: bytes) -> AsyncGenerator[bytes, None]:
        async with aclosing(serve_stream(self._paced, payload, ChatRequest)) as items:
            async for item in items:
                yield item

    async def info(self, payload: bytes = b"") -> bytes:
        return await reply(self._info())

    async def check_health(self) -> None:
        """Raises when the engine's processes are dead or do not answer."""
        try:
            async with asyncio.timeout(self._config.health_deadline_s):
                await super().check_health()
        except TimeoutError as error:
            raise EngineUnavailable("vLLM did not answer its health check in time.") from error

    def _read(self, request: ChatRequest) -> ChatCall:
        return read_call(request, self._config, self._models)

    async def _chat_in_span(self, request: ChatRequest) -> ChatResponse:
        return await chat_in_span(self._chat, request, self._config)

    async def _chat(self, request: ChatRequest) -> ChatResponse:
        call = self._read(request)
        return await self._complete(call, call.deadline_s)

    async def _complete(self, call: ChatCall, deadline_s: float) -> ChatResponse:
        async with aclosing(bounded(self._items(call, stream=False), deadline_s)) as items:
            return await vllm_chat.whole(items, call)

    def _paced(self, request: ChatRequest) -> AsyncGenerator[Any, None]:
        return self._pacing.paced(self._stream(request))

    async def _stream(self, request: ChatRequest) -> AsyncGenerator[dict[str, Any], None]:
        call = self._read(request)
        require_one_choice(call)
        items = bounded(self._items(call, stream=True), call.deadline_s)
        async with aclosing(items), aclosing(vllm_chat.responses(items, call)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _items(self, call: ChatCall, *, stream: bool) -> AsyncGenerator[Any, None]:
        """The output of ``LLMServer.chat``; closing this closes it, which aborts the request in the engine."""
        from pydantic import ValidationError
        from ray.serve.llm.openai_api_models import ChatCompletionRequest

        try:
            request = ChatCompletionRequest(**vllm_chat.vllm_request(call, stream=stream))
        except (ValidationError, ValueError) as error:
            raise _invalid(error) from error
        async with aclosing(await super().chat(request)) as items:
            async for item in items:
                yield item

    async def _info(self) -> LlmInfo:
        client: Any = cast(Any, self.engine)._engine_client
        return LlmInfo(
            engine="vllm",
            models=self._models,
            running=client.output_processor.get_num_unfinished_requests(),
            max_model_len=client.model_config.max_model_len,
        )


def _invalid(error: Exception) -> InvalidInput:
    """Maps vLLM's field errors to InvalidInput; its messages may quote the request, so only error types are kept."""
    errors = getattr(error, "errors", None)
    fields = {".".join(str(at) for at in one["loc"]): one["msg"] for one in errors()} if callable(errors) else {}
    named = ", ".join(fields) or "request"
    return InvalidInput(f"vLLM cannot use these fields: {named}.", detail={"fields": fields})


def _load_lora_modules(llm_config: LLMConfig) -> None:
    """vLLM's own type for the adapters; made here because the driver that builds the application has no vLLM."""
    modules = llm_config.engine_kwargs.get("lora_modules")
    if modules:
        from vllm.entrypoints.openai.models.protocol import LoRAModulePath

        llm_config.engine_kwargs["lora_modules"] = [LoRAModulePath(**module) for module in modules]


def engine_kwargs(config: LlmConfig) -> dict[str, Any]:
    """vLLM's engine arguments; ``vllm.engine_kwargs`` overrides all of them."""
    settings = config.vllm
    arguments: dict[str, Any] = {
        "tensor_parallel_size": settings.tensor_parallel,
        "load_format": settings.load_format,
        "dtype": settings.dtype,
        "max_num_seqs": settings.max_num_seqs,
        "max_num_batched_tokens": settings.max_num_batched_tokens,
        "enforce_eager": settings.enforce_eager,
        "enable_prefix_caching": True,
        "scheduling_policy": "priority",
        # A weak model under a grammar that allows white space may write spaces until its limit.
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        "override_generation_config": {"max_new_tokens": min(config.max_tokens_default, config.max_tokens_limit)},
    }
    if settings.device == "cuda":
        arguments["gpu_memory_utilization"] = settings.gpu_memory_utilization
        arguments["kv_cache_dtype"] = settings.kv_cache_dtype
    if config.max_model_len is not None:
        arguments["max_model_len"] = config.max_model_len
    if settings.quantization is not None:
        arguments["quantization"] = settings.quantization
    if settings.tool_call_parser is not None:
        arguments["enable_auto_tool_choice"] = True
        arguments["tool_call_parser"] = settings.tool_call_parser
    if settings.lora:
        arguments["enable_lora"] = True
        arguments["max_lora_rank"] = settings.max_lora_rank
        arguments["lora_modules"] = [{"name": one.name, "path": one.path} for one in settings.lora]
    return {**arguments, **settings.engine_kwargs}


def _bundles(settings: VllmConfig) -> list[dict[str, float]]:
    if settings.bundles is not None:
        return [dict(bundle) for bundle in settings.bundles]
    each: dict[str, float] = {"CPU": 1} if settings.device == "cpu" else {"CPU": 1, "GPU": 1}
    return [dict(each) for _ in range(settings.tensor_parallel)]


def llm_config(config: LlmConfig) -> LLMConfig:
    """``ray.serve.llm``'s configuration of this tier.

    Raises:
        ModelMissing: the weights (or, with ``load_format: dummy``, the configuration) are not on this machine.
    """
    settings, replicas = config.vllm, config.replicas
    source = config.model if settings.weights_on_workers_only else str(local_model(config.model, config.models_dir))
    return LLMConfig(
        model_loading_config={"model_id": config.name, "model_source": source},
        accelerator_type=settings.accelerator_type,
        placement_group_config={"bundles": _bundles(settings), "strategy": "PACK"},
        engine_kwargs=engine_kwargs(config),
        runtime_env={"env_vars": {**_ENVIRONMENT, **settings.env}},
        deployment_config=with_serve_options(
            {**replicas.scaling_options(), "ray_actor_options": {"num_cpus": replicas.num_cpus}}, replicas.serve_options
        ),
        # The default holds the first token back for up to 50 ms to send several together.
        experimental_configs={"stream_batching_interval_ms": 0},
    )


def build_vllm(config: LlmConfig, name: str = DEPLOYMENT_NAME) -> ray_serve.Application:
    """The tier's application over vLLM: deployment ``name``, the same methods as the other engines'.

    Raises:
        ModelMissing: the weights are not on this machine.
    """
    application: ray_serve.Application = build_llm_deployment(
        llm_config(config),
        bind_kwargs={"config": config},
        override_serve_options={"name": name},
        deployment_cls=VllmDeployment,
    )
    return application
