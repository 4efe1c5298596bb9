"""The port of an in-process engine: one validated call in, pieces of text out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, Protocol

from msgspec import Struct

from deployments.llm.openai_chat import ChatCall, FinishReason


class TextPiece(Struct, frozen=True):
    """Newly decoded text. The last piece of a call carries ``finish``; token counts are totals so far."""

    text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish: FinishReason | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()


class TextEngine(Protocol):
    """The engine, which knows its tokens, cuts at stop sequences, limits tokens and enforces schemas."""

    name: str
    max_model_len: int | None
    notice: str | None

    @property
    def running(self) -> int:
        """Requests waiting or decoding in the engine; 0 when no caller is left."""
        ...

    async def start(self) -> None:
        """Load the weights.

        Raises:
            ModelMissing: they are not on this machine.
        """
        ...

    def generate(self, call: ChatCall) -> AsyncGenerator[TextPiece, None]:
        """Decode one call. Closing the iterator aborts it."""
        ...

    async def check_health(self) -> None:
        """Raises ``EngineUnavailable`` when the engine can no longer decode."""
        ...

    async def stop(self) -> None: ...
