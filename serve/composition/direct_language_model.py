"""The language model of ``/v1`` without the tier's hop, where the model is a remote server anyway.

The tier adds batching and weights to an engine. A remote server has both itself, so the ingress replica calls it over
connections of its own. The agent and the grading tier keep the tier, whose replicas bound their calls together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deployments.llm.config import LlmConfig
from deployments.llm.contract import LanguageModel
from deployments.llm.deployment import create_language_model
from deployments.llm.gen_ai_span import TracedLanguageModel
from deployments.llm.hosted import HostedLanguageModel


class DirectLanguageModel:
    """``model`` is None unless the engine is ``remote``; the caller keeps its handle then."""

    def __init__(self, config: LlmConfig) -> None:
        """Raises ConfigError: the engine cannot be built from this configuration."""
        self._hosted: HostedLanguageModel | None = create_language_model(config) if config.engine == "remote" else None
        self.model: LanguageModel | None = TracedLanguageModel(self._hosted, config) if self._hosted else None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect on entry, disconnect on exit. A server that is down delays the entry by its connect timeout."""
        if self._hosted is None:
            yield
            return
        await self._hosted.start()
        try:
            yield
        finally:
            await self._hosted.stop()
