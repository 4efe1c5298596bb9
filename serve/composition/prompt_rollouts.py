"""Assembles the guardrail of prompt rollouts, and the comparison of ``interview prompts compare``, over the archive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from deployments.agent.model.prompt_catalogue import PromptCatalogue
from serve.composition.local_stores import open_stores
from serve.metrics.process import process_metrics
from serve.optimisation.recorded_comparison import RecordedComparison, VersionComparison
from serve.optimisation.rollout_guard import RolloutGuard
from serve.serve_file import prompts_url
from serve.settings import Settings, StorageSettings
from storage.archive.database import Database
from storage.archive.port import Archive
from storage.archive.rollouts import SqlRollouts
from storage.blobs.port import BlobStore
from storage.rollouts.port import Halt


def rollout_check(
    settings: Settings, database: Database, archive: Archive, blobs: BlobStore
) -> Callable[[], Awaitable[None]] | None:
    """The sweep that halts harmful rollouts; None where no model interviews. Raises ConfigError as the catalogue."""
    if settings.llm.engine == "none" or settings.agent.interviewer == "scripted":
        return None
    rollouts = SqlRollouts(database)
    halted = process_metrics().rollouts_halted
    guard = RolloutGuard(
        PromptCatalogue(prompts_url()),
        rollouts,
        RecordedComparison(rollouts, archive, blobs),
        on_halt=lambda prompt, version: halted.labels(prompt, version).inc(),
    )
    return guard.check


async def compared_versions(
    settings: StorageSettings, data: Path, prompt: str, in_use: str, rolled_out: str
) -> tuple[VersionComparison, Halt | None]:
    """The comparison of two versions over a data directory's archive, and the halt of the second one, if any.

    Raises StorageUnavailable.
    """
    async with open_stores(settings, data) as stores:
        since = await stores.rollouts.since(prompt, in_use, rolled_out)
        comparison = RecordedComparison(stores.rollouts, stores.archive, stores.blobs)
        found = await comparison.compare(prompt, in_use, rolled_out, since=since)
        halts = await stores.rollouts.halts()
    return found, next((halt for halt in halts if (halt.prompt, halt.pin) == (prompt, rolled_out)), None)
