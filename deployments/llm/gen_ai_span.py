"""The span of one chat completion, with OpenTelemetry's ``gen_ai.*`` attributes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable

from opentelemetry.trace import SpanKind

from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LanguageModel, LlmInfo
from interview.telemetry import span


async def chat_in_span(
    chat: Callable[[ChatRequest], Awaitable[ChatResponse]], request: ChatRequest, config: LlmConfig
) -> ChatResponse:
    """``chat(request)`` inside a span that counts its tokens; neither prompt nor completion becomes an attribute.

    https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
    """
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": config.engine,
        "gen_ai.request.model": config.name,
    }
    kind = SpanKind.CLIENT if config.engine == "remote" else SpanKind.INTERNAL
    with span(f"chat {config.name}", kind, attributes) as current:
        response = await chat(request)
        usage = response.get("usage") or {}
        current.set_attributes(
            {
                "gen_ai.usage.input_tokens": int(usage.get("prompt_tokens", 0)),
                "gen_ai.usage.output_tokens": int(usage.get("completion_tokens", 0)),
            }
        )
        return response


class TracedLanguageModel:
    """``LanguageModel`` whose completions are spans, for a model that is called without the tier's deployment."""

    def __init__(self, model: LanguageModel, config: LlmConfig) -> None:
        self._model = model
        self._config = config

    async def chat(self, request: ChatRequest) -> ChatResponse:
        return await chat_in_span(self._model.chat, request, self._config)

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        return self._model.stream(request)

    async def info(self) -> LlmInfo:
        return await self._model.info()
