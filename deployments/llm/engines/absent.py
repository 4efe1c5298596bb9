"""The engine without a language model: every request fails with instructions to configure one."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from deployments.llm.engines.weights import no_model_configured

_NOTICE = "No language model is configured; the scripted interviewer conducts interviews."


class AbsentLanguageModel:
    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def check_health(self) -> None:
        return

    async def chat(self, request: ChatRequest) -> ChatResponse:
        raise no_model_configured()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        yield await self.chat(request)

    async def info(self) -> LlmInfo:
        return LlmInfo(engine="none", models=(), notice=_NOTICE)
