"""What the language-model tier takes and returns: OpenAI chat-completion dicts, whole or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol

from msgspec import Struct

#: An OpenAI chat-completion request body. Extra keys understood here: ``priority`` (int, lower is sooner;
#: live turns 0, background grading 10) and ``deadline_s`` (float). Structured output is the standard
#: ``response_format = {"type": "json_schema", "json_schema": {"name": ..., "schema": {...}}}``.
ChatRequest = dict[str, Any]

#: An OpenAI ``chat.completion`` object.
ChatResponse = dict[str, Any]

#: An OpenAI ``chat.completion.chunk`` object.
ChatChunk = dict[str, Any]

PRIORITY_LIVE = 0
PRIORITY_BACKGROUND = 10


class LlmInfo(Struct, frozen=True):
    """``engine`` is ``vllm``, ``transformers``, ``remote``, ``fake`` or ``none``; ``running`` counts its requests."""

    engine: str
    models: tuple[str, ...]
    running: int = 0
    max_model_len: int | None = None
    notice: str | None = None


class LanguageModel(Protocol):
    async def chat(self, request: ChatRequest) -> ChatResponse:
        """One completion.

        Raises:
            InvalidInput, ContextTooLong, UnsupportedRequest: the request is wrong.
            ModelMissing: the weights are not here; the message says how to get them.
            Overloaded, DeadlineExceeded, EngineUnavailable, CircuitOpen, EngineFailed: the engine's trouble.
        """
        ...

    def stream(self, request: ChatRequest) -> AsyncIterator[ChatChunk]:
        """The same completion as chunks; errors raised as in ``chat``. Closing the iterator aborts the request."""
        ...

    async def info(self) -> LlmInfo: ...
