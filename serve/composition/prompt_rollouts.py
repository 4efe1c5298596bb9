"""Assembles the guardrail of prompt rollouts over the archive."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from deployments.agent.model.prompt_catalogue import Halts, PromptCatalogue
from interview.errors import InternalError, NotFound
from serve.composition.local_stores import archive_database, open_stores
from serve.metrics.process import process_metrics
from serve.optimisation.recorded_comparison import RecordedComparison, VersionComparison
from serve.optimisation.rollout_guard import RolloutGuard
from serve.serve_file import prompts_url
from serve.settings import Settings, StorageSettings
from serve.simulation.recorded import Recording, recording_of
from storage.archive.database import Database
from storage.archive.port import Archive, SessionQuery
from storage.archive.rollouts import SqlRollouts
from storage.audit.port import COMMAND_LINE, AuditEntry
from storage.blobs.pinned_plans import PinnedPlans
from storage.blobs.port import BlobStore
from storage.rollouts.port import Halt
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)


def halted_rollouts(database: Database) -> Halts:
    """Reads the halts of the archive."""
    rollouts = SqlRollouts(database)

    async def read() -> Collection[tuple[str, str]]:
        return [(halt.prompt, halt.pin) for halt in await rollouts.halts()]

    return read


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


async def recorded_interviews(settings: StorageSettings, data: Path, tenant: str, at_most: int) -> list[Recording]:
    """The newest concluded interviews of a tenant whose transcripts and plans are kept; the audit log has the reads.

    Raises StorageUnavailable.
    """
    found: list[Recording] = []
    async with open_stores(settings, data) as stores:
        plans = PinnedPlans(stores.blobs, capacity=16)
        for row in await stores.archive.find(SessionQuery(tenant, status="concluded", limit=at_most)):
            try:
                archived = await stores.archive.load(SessionKey(tenant, row.interview_id))
                if archived is None or not archived.events:
                    continue  # its transcript was deleted
                plan = await plans.get(archived.state)
            except (NotFound, InternalError) as error:
                logger.warning(
                    "an interview cannot be read and is left out: id=%s: %s", row.interview_id, error.message
                )
                continue
            await stores.audit.record(AuditEntry(tenant, COMMAND_LINE, "events.read", row.interview_id))
            found.append(recording_of(plan, archived.state))
    return found


async def compared_versions(
    settings: StorageSettings, data: Path, prompt: str, in_use: str, rolled_out: str
) -> tuple[VersionComparison, Halt | None]:
    """The comparison of two versions over a data directory's archive, and the halt of the second one, if any.

    Raises StorageUnavailable.
    """
    async with open_stores(settings, data) as stores:
        database = archive_database(data)
        try:
            rollouts = SqlRollouts(database)
            since = await rollouts.since(prompt, in_use, rolled_out)
            comparison = RecordedComparison(rollouts, stores.archive, stores.blobs)
            found = await comparison.compare(prompt, in_use, rolled_out, since=since)
            halts = await rollouts.halts()
        finally:
            await database.close()
    return found, next((halt for halt in halts if (halt.prompt, halt.pin) == (prompt, rolled_out)), None)
