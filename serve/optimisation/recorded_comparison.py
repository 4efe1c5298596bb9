"""Compares two versions of a prompt by the archived interviews that were held while both were in use."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from msgspec import Struct

from interview import failures
from interview.errors import StorageUnavailable
from serve.optimisation.comparison import Compared, compare
from serve.optimisation.outcome import Shares, outcome_of
from storage.archive.port import Archive
from storage.blobs.pinned_plans import PinnedPlans
from storage.blobs.port import BlobStore
from storage.rollouts.port import PinnedInterview, Rollouts
from storage.sessions.port import SessionKey
from storage.stored_names import encoded

logger = logging.getLogger(__name__)

#: Interviews of each version that are read; what more would show is too small to matter.
AT_MOST = 1000

#: The batch name under which an interview that cannot be read is counted.
COMPARISON = "prompt comparison"


class VersionComparison(Struct, frozen=True):
    """Two versions (``version@digest``) of a prompt. Interviews that began before ``since`` do not count:
    they met other candidates and machines. None: one of the versions held no interview."""

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
        self._known: dict[SessionKey, Shares | None] = {}

    async def compare(
        self, prompt: str, in_use: str, rolled_out: str, *, since: datetime | None = None
    ) -> VersionComparison:
        """Compare the interviews that began at ``since`` or later; None: once both versions had held one.

        Raises StorageUnavailable. An interview that cannot be read is counted, logged once and left out.
        """
        since = since or await self._both_began(prompt, in_use, rolled_out)
        listed: dict[str, list[PinnedInterview]] = {in_use: [], rolled_out: []}
        if since is not None:
            for pin in listed:
                listed[pin] = await self._rollouts.interviews(prompt, pin, since=since, limit=AT_MOST)
        # of a version with more interviews, the later ones are not read: nor are the other's of that time
        ends = [max(one.started_at for one in found) for found in listed.values() if len(found) == AT_MOST]
        held: dict[str, list[Shares]] = {}
        for pin, interviews in listed.items():
            kept = [one.key for one in interviews if not ends or one.started_at <= min(ends)]
            held[pin] = [shares for key in kept if (shares := await self._shares(key)) is not None]
        return VersionComparison(
            prompt,
            in_use,
            rolled_out,
            since,
            len(held[in_use]),
            len(held[rolled_out]),
            compare(held[in_use], held[rolled_out]),
        )

    async def _both_began(self, prompt: str, *pins: str) -> datetime | None:
        began = [await self._rollouts.began(prompt, pin) for pin in pins]
        known = [time for time in began if time is not None]
        return max(known) if len(known) == len(pins) else None

    async def _shares(self, key: SessionKey) -> Shares | None:
        if key not in self._known:
            try:
                self._known[key] = await self._read(key)
            except StorageUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - counted; a log of another release must not stop the worker
                reason = failures.item_failed(COMPARISON, error)
                logger.error(
                    "an interview is left out of the comparison of prompts: tenant=%s id=%s error=%s",
                    encoded(key.tenant),
                    encoded(key.interview_id),
                    reason,
                )
                self._known[key] = None
        return self._known[key]

    async def _read(self, key: SessionKey) -> Shares | None:
        found = await self._archive.load(key)
        if found is None or not found.events:
            return None  # erased, or its transcript deleted, since it was listed
        plan = await self._plans.get(found.state)
        return await asyncio.to_thread(outcome_of, plan, found.events)
