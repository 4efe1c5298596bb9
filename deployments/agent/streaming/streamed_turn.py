"""Streams a turn's reply, and finishes the turn when the listener disconnects."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from deployments.agent.contract import Done, Sentence, StepReply, TurnPart
from deployments.agent.streaming.heard_so_far import Aloud
from interview.errors import InterviewError

logger = logging.getLogger(__name__)


async def streamed(
    step: Callable[[Aloud], Coroutine[Any, Any, StepReply]], unheard: set[asyncio.Task[StepReply]]
) -> AsyncGenerator[TurnPart, None]:
    """The sentences of ``step`` as they are said, then its reply. Raises what it raises.

    Closed early, the step is cancelled, which gives its lease up; but once somebody has heard a sentence, it is
    finished and committed as it was heard, kept in ``unheard`` meanwhile.
    """
    said: asyncio.Queue[str | None] = asyncio.Queue()
    aloud = Aloud(said.put_nowait)
    working = asyncio.create_task(step(aloud))
    working.add_done_callback(lambda _: said.put_nowait(None))
    try:
        index = 0
        while (text := await said.get()) is not None:
            yield Sentence(index, text)
            index += 1
        yield Done(await working)
    finally:
        if working.done():
            # Retrieved, so that asyncio does not call an error lost that nobody was left to raise it to.
            _ = working.cancelled() or working.exception()
        elif aloud.sentences:
            unheard.add(working)
            working.add_done_callback(unheard.discard)
            working.add_done_callback(_noted)
        else:
            working.cancel()
            await asyncio.wait((working,))


def _noted(working: asyncio.Task[StepReply]) -> None:
    """Nobody awaits the task any more, so that its failure is told here."""
    if working.cancelled():
        return
    error = working.exception()
    if isinstance(error, InterviewError):
        logger.info("a turn whose listener left was not finished: %s", error.code)
    elif error is not None:
        logger.error("a turn whose listener left failed unexpectedly", exc_info=error)
