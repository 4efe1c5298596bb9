"""Compares two versions of a prompt by the archived interviews that were held while both were in use."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from msgspec import Struct

from interview import failures
from interview.errors import InterviewError, StorageUnavailable
from serve.optimisation.comparison import Compared, compare
from serve.optimisation.outcome import Shares, outcome_of
from storage.archive.port import Archive
from storage.blobs.pinned_plans import PinnedPlans
from storage.blobs.port import BlobStore
from storage.rollouts.port import Rollouts
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)

#: Interviews of each version that are read; what more would show is too small to matter.
AT_MOST = 1000

#: The batch name under which an interview that cannot be read is counted.
COMPARISON = "prompt comparison"


class VersionComparison(Struct, frozen=True):
    """Two versions (``version@digest``) of a prompt. ``since``: the start of the first interview with the rolled-out
    version; earlier interviews do not count, because they met other candidates and machines. None: it held none."""

    prompt: str
    in_use: str
    rolled_out: str
    since: datetime | None
    interviews_in_use: int
    interviews_rolled_out: int
    figures: tuple[Compared, ...]

    @property
    def worse(self) -> tuple[Compared, ...]:
        return tuple(figure for figure in self.figures if figure.verdict == "worse")


class RecordedComparison:
    """Reads each ended interview once; what is kept of it are its shares."""

    def __init__(self, rollouts: Rollouts, archive: Archive, blobs: BlobStore) -> None:
        self._rollouts = rollouts
        self._archive = archive
        self._plans = PinnedPlans(blobs, capacity=16)
        self._known: dict[SessionKey, Shares] = {}

    async def compare(self, prompt: str, in_use: str, rolled_out: str) -> VersionComparison:
        """Raises StorageUnavailable. An interview that cannot be read is counted, logged and left out."""
        since = await self._rollouts.began(prompt, rolled_out)
        held: dict[str, list[Shares]] = {in_use: [], rolled_out: []}
        if since is not None:
            for pin, shares in held.items():
                for one in await self._rollouts.interviews(prompt, pin, since=since, limit=AT_MOST):
                    found = await self._shares(one.key)
                    if found is not None:
                        shares.append(found)
        return VersionComparison(
            prompt,
            in_use,
            rolled_out,
            since,
            len(held[in_use]),
            len(held[rolled_out]),
            compare(held[in_use], held[rolled_out]),
        )

    async def _shares(self, key: SessionKey) -> Shares | None:
        if key not in self._known:
            try:
                found = await self._archive.load(key)
                if found is None or not found.events:
                    return None  # erased, or its transcript deleted, since it was listed
                plan = await self._plans.get(found.state)
            except StorageUnavailable:
                raise
            except InterviewError as error:
                reason = failures.item_failed(COMPARISON, error)
                logger.error("an interview is left out of the comparison of prompts: error=%s", reason)
                return None
            self._known[key] = await asyncio.to_thread(outcome_of, plan, found.events)
        return self._known[key]
