"""The contract of the language-model tier: OpenAI chat-completion dicts, whole or streamed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

from msgspec import Struct

from deployments.shell.handle_rpc import Caller, StreamCaller, encode, unwrap

#: An OpenAI chat-completion request body. Additional keys: ``priority`` (int, lower runs first; live turns 0,
#: background grading 10), ``deadline_s`` (float) and ``session_id`` (str: requests with a common prefix, such as the
#: turns of one interview; see ``session_of``). Structured output is the standard ``response_format = {"type":
#: "json_schema", "json_schema": {"name": ..., "schema": {...}}}``.
ChatRequest = dict[str, Any]

#: An OpenAI ``chat.completion`` object.
ChatResponse = dict[str, Any]

#: An OpenAI ``chat.completion.chunk`` object.
ChatChunk = dict[str, Any]

PRIORITY_LIVE = 0
PRIORITY_BACKGROUND = 10


def session_of(request: ChatRequest) -> str:
    """What a session-sticky request router keeps on one replica, whose cache holds the prefix; empty for any replica.

    ``session_id``, or else OpenAI's ``prompt_cache_key``, which has the same purpose. Anything but text is ignored here
    and refused by the replica.
    """
    found = request.get("session_id") or request.get("prompt_cache_key")
    return found if isinstance(found, str) else ""


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
            ModelMissing: the weights are not on this machine; the message says how to get them.
            Overloaded, DeadlineExceeded, EngineUnavailable, CircuitOpen, EngineFailed: the engine failed.
        """
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """The same completion as chunks; errors raised as in ``chat``. Closing the iterator aborts the request."""
        ...

    async def info(self) -> LlmInfo: ...


class LanguageModelClient:
    """``LanguageModel`` over a handle; the callers come from ``handle_caller`` and ``handle_stream_caller``.

    A stream's chunks travel in lists.
    """

    def __init__(self, call: Caller, stream_call: StreamCaller) -> None:
        self._call = call
        self._stream_call = stream_call

    async def chat(self, request: ChatRequest) -> ChatResponse:
        return unwrap(await self._call("chat", encode(request), session_of(request)), ChatResponse)

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        async with aclosing(self._stream_call("stream", encode(request), session_of(request))) as items:
            async for raw in items:
                for chunk in unwrap(raw, list[ChatChunk]):
                    yield chunk

    async def info(self) -> LlmInfo:
        return unwrap(await self._call("info", b""), LlmInfo)
