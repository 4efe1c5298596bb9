"""The reply that is prepared while the candidate's pause may yet turn out to be the end of the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from deployments.agent.contract import PreparedReply
from deployments.stt.contract import Transcript
from interview import failures
from interview.errors import InterviewError

logger = logging.getLogger(__name__)

#: How long the answer's turn waits for a reply that is still being prepared. It was asked for at a low priority: a
#: busy engine may not have begun with it.
WAIT_S = 0.5

#: Gets the answer so far; None when nothing was said.
Words = Callable[[], Awaitable[Transcript | None]]

#: A reply under preparation; None when there is nothing to prepare.
Preparing = asyncio.Task[PreparedReply | None]


class ThinkingAhead:
    """At most one prepared reply: to the words before the latest pause. ``ask`` None: nothing is prepared."""

    def __init__(self, ask: Callable[[Transcript], Awaitable[PreparedReply | None]] | None) -> None:
        self._ask = ask
        self._preparing: Preparing | None = None

    @property
    def enabled(self) -> bool:
        return self._ask is not None

    def begin(self, words: Words) -> None:
        """Prepare the reply to ``words``, in place of an earlier one."""
        self.stop()
        self._preparing = asyncio.create_task(self._prepared(words))

    def stop(self) -> None:
        """The candidate goes on, or has gone."""
        if self._preparing is not None:
            self._preparing.cancel()
            self._preparing = None

    def taken(self) -> Preparing | None:
        """Hands over the reply that is being prepared."""
        preparing, self._preparing = self._preparing, None
        return preparing

    async def _prepared(self, words: Words) -> PreparedReply | None:
        try:
            transcript = await words()
        except InterviewError:
            return None  # the answer's end transcribes again, and says so
        if transcript is None or self._ask is None:
            return None
        try:
            return await self._ask(transcript)
        except Exception as error:
            # Whatever it is, the turn itself meets it again, or does without.
            reason = failures.item_failed("think-ahead", error)
            logger.warning("no reply was prepared: %s", reason, exc_info=not isinstance(error, InterviewError))
            return None


async def in_time(preparing: Preparing | None) -> PreparedReply | None:
    """The prepared reply, if it comes within ``WAIT_S``; then it is given up."""
    if preparing is None:
        return None
    await asyncio.wait([preparing], timeout=WAIT_S)
    if not preparing.done():
        preparing.cancel()
        return None
    return None if preparing.cancelled() else preparing.result()
