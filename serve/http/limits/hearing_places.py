"""How many recordings or formulas of one interview are worked on at once for ``POST /candidate/…``."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from interview import failures
from interview.errors import Overloaded, StorageUnavailable
from storage.limits.port import SharedSlots
from storage.sessions.port import SessionKey

#: One recording, and one that a candidate sends while the page still waits for the other.
AT_ONCE = 2

#: Seconds, above any transcription. A place whose replica died counts for so long.
LEASE_S = 120.0

_RETRY_S = 2.0


class Work(NamedTuple):
    """A kind of work: its ``name`` among the slots, the ``limit`` in a refusal, and the end of its message."""

    name: str
    limit: str
    busy: str


RECORDINGS = Work(
    "recordings", "interview_transcripts", "recordings of this interview are being transcribed; wait for their text."
)
FORMULAS = Work("formulas", "interview_formulas", "formulas of this interview are being calculated; wait for them.")


class HearingPlaces:
    """The places of each interview for one kind of work, shared by all replicas through ``slots``."""

    def __init__(self, slots: SharedSlots, work: Work = RECORDINGS) -> None:
        self._slots = slots
        self._work = work

    @asynccontextmanager
    async def held(self, key: SessionKey) -> AsyncIterator[None]:
        """Holds a place of the interview inside the block.

        Raises:

            Overloaded: ``AT_ONCE`` places are held.
            StorageUnavailable: the store does not answer.
        """
        group, member = f"{self._work.name} of {key.tenant}/{key.interview_id}", uuid.uuid4().hex
        if not await self._slots.take(group, member, limit=AT_ONCE, ttl_s=LEASE_S):
            raise Overloaded(
                f"{AT_ONCE} {self._work.busy}",
                retry_after_s=_RETRY_S,
                detail={"limit": self._work.limit, "max": AT_ONCE},
            )
        try:
            yield
        finally:
            try:
                await self._slots.release(group, member)
            except StorageUnavailable as error:  # the lease ends by itself
                failures.item_failed("limits", error)
