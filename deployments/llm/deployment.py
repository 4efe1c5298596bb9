"""The language-model tier on Ray Serve: the same deployment for every in-process or remote engine."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from ray import serve as ray_serve

from deployments.llm.coalesce import Pacing
from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatRequest, ChatResponse
from deployments.llm.engines.absent import AbsentLanguageModel
from deployments.llm.gen_ai_span import chat_in_span
from deployments.llm.hosted import HostedLanguageModel
from deployments.shell.garbage_collection import freeze_startup_objects
from deployments.shell.handle_rpc import reply, serve_call, serve_stream
from deployments.shell.replica_logs import log_through_serve
from interview.errors import ConfigError, ModelMissing

DEPLOYMENT_NAME = "LanguageModel"
#: The deployment of ``llm.judge``.
JUDGE_DEPLOYMENT_NAME = "JudgeModel"


def create_language_model(config: LlmConfig) -> HostedLanguageModel:
    """The engine ``config`` names, not yet started, without Ray (vLLM runs only as a deployment: see ``build``).

    Raises:
        ConfigError: the engine cannot be built from this configuration.
    """
    match config.engine:
        case "none":
            return AbsentLanguageModel()
        case "fake":
            from deployments.llm.engines.fake import FakeTextEngine
            from deployments.llm.service import ChatService

            return ChatService(
                FakeTextEngine(config=config.fake, record=False, max_model_len=config.max_model_len), config
            )
        case "transformers":
            from deployments.llm.engines.transformers_engine import TransformersEngine
            from deployments.llm.service import ChatService

            return ChatService(TransformersEngine(config), config)
        case "remote":
            from deployments.llm.engines.remote import RemoteLanguageModel

            return RemoteLanguageModel(config)
        case "vllm":
            raise ConfigError("llm.engine: vllm runs only inside its own deployment; use build().")


class LlmDeployment:
    """A ``LanguageModel`` behind a Serve handle, with the payloads of ``deployments.shell.handle_rpc``."""

    async def __init__(  # type: ignore[misc]  # Serve awaits it
        self, config: LlmConfig, on_replica: Callable[[], None] | None = None
    ) -> None:
        """Returns only when the engine has completed a request, so Serve routes nothing to a cold replica."""
        if on_replica is not None:
            on_replica()
        self._pacing = Pacing(config.stream_interval_ms / 1000, config.stream_messages_per_s)
        self._config = config
        self._model = create_language_model(config)
        await self._model.start()
        log_through_serve()
        freeze_startup_objects()

    async def chat(self, payload: bytes) -> bytes:
        return await serve_call(self._chat, payload, ChatRequest)

    async def stream(self, payload: bytes) -> AsyncGenerator[bytes, None]:
        async with aclosing(serve_stream(self._paced, payload, ChatRequest)) as items:
            async for item in items:
                yield item

    async def _chat(self, request: ChatRequest) -> ChatResponse:
        return await chat_in_span(self._model.chat, request, self._config)

    def _paced(self, request: ChatRequest) -> AsyncGenerator[Any, None]:
        return self._pacing.paced(self._model.stream(request))

    async def info(self, payload: bytes = b"") -> bytes:
        return await reply(self._model.info())

    async def check_health(self) -> None:
        await self._model.check_health()

    async def __del__(self) -> None:
        model = getattr(self, "_model", None)
        if model is not None:
            await model.stop()


def build(
    config: LlmConfig, *, on_replica: Callable[[], None] | None = None, name: str = DEPLOYMENT_NAME
) -> ray_serve.Application:
    """The tier's application: deployment ``name`` with methods ``chat``, ``stream`` and ``info``; no route.

    Each replica calls ``on_replica`` on its event loop before its engine starts (to publish metrics); it must be
    picklable. vLLM's replicas, which retry nothing and have a separate environment, do not call it.

    Raises:

        ConfigError: the engine cannot be built from this configuration.
        ModelMissing: engine ``vllm``, and its packages or the weights are not on this machine.
    """
    if config.engine == "vllm":
        try:
            from deployments.llm.engines.vllm_deployment import build_vllm
        except ImportError as error:
            raise ModelMissing(
                f"Engine vllm needs the extra `gpu` of this package ({error.name} is missing)."
            ) from error
        return build_vllm(config, name)
    deployed = ray_serve.deployment(**config.replicas.deployment_options(name))(LlmDeployment)
    application: ray_serve.Application = deployed.bind(config, on_replica)
    return application
