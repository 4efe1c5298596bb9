"""The lease on an answer: one worker at a time; a failing worker releases it, and a killed worker's lease expires."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from interview.errors import InterviewError
from storage.sessions.port import SessionKey, SessionStore

#: The idempotency scope of turns.
TURN = "turn"

GIVE_UP_WITHIN_S = 1.0

logger = logging.getLogger(__name__)


@asynccontextmanager
async def given_up_on_failure(sessions: SessionStore, key: SessionKey, idempotency_key: str) -> AsyncIterator[None]:
    """Release the lease when the block fails or its caller is cancelled, so that a retry can begin at once.

    Best effort: a lease that cannot be released expires. Releasing another worker's lease on the same answer wastes
    work at most, because one commit wins.
    """
    try:
        yield
    except BaseException:
        try:
            async with asyncio.timeout(GIVE_UP_WITHIN_S):
                await sessions.release(key, TURN, idempotency_key)
        except (InterviewError, TimeoutError) as error:
            logger.warning("a lease could not be released; it will expire: %s", type(error).__name__)
        raise
