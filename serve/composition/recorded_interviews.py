"""The recorded interviews of a data directory, for ``interview prompts optimise --recorded``."""

from __future__ import annotations

import logging
from pathlib import Path

from interview.errors import InternalError, NotFound
from serve.composition.local_stores import open_stores
from serve.settings import StorageSettings
from serve.simulation.recorded import Recording, recording_of
from storage.archive.port import SessionQuery
from storage.audit.port import COMMAND_LINE, AuditEntry
from storage.blobs.pinned_plans import PinnedPlans
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)


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
