"""The port of a language model hosted by a replica: the contract plus a life cycle."""

from __future__ import annotations

from typing import Protocol

from deployments.llm.contract import LanguageModel


class HostedLanguageModel(LanguageModel, Protocol):
    async def start(self) -> None:
        """Load and warm up; returns when the first request would run at full speed."""
        ...

    async def stop(self) -> None: ...

    async def check_health(self) -> None:
        """Raises when the replica should be replaced."""
        ...
