"""Streams a turn's reply, and finishes the turn when the listener disconnects."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from deployments.agent.contract import Done, Sentence, SpokenPart, StepReply, TurnPart
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.tts.contract import SpeechPart
from interview.errors import InterviewError

logger = logging.getLogger(__name__)


class _Told:
    """The step's output for its listener, in order; None is the end."""

    def __init__(self, audio_type: str) -> None:
        self.parts: asyncio.Queue[TurnPart | None] = asyncio.Queue()
        self._audio_type = audio_type
        self._sentences = 0
        self._audio = 0

    def say(self, text: str) -> None:
        self.parts.put_nowait(Sentence(self._sentences, text))
        self._sentences += 1

    def play(self, part: SpeechPart) -> None:
        self.parts.put_nowait(SpokenPart(self._audio, part.caption, self._audio_type, part.audio, part.duration_s))
        self._audio += 1


async def streamed(
    step: Callable[[HeardSoFar], Coroutine[Any, Any, StepReply]],
    unheard: set[asyncio.Task[StepReply]],
    *,
    audio_type: str = "",
) -> AsyncGenerator[TurnPart, None]:
    """The sentences of ``step`` as they are released, its audio as it is spoken if ``audio_type`` names its content
    type, then its reply. Raises the step's errors.

    Closing this cancels the step, which releases its lease. Once a sentence has been sent, the step is instead
    completed and committed as it was heard, kept in ``unheard`` meanwhile.
    """
    told = _Told(audio_type)
    heard_so_far = HeardSoFar(told.say, told.play if audio_type else None)
    working = asyncio.create_task(step(heard_so_far))
    working.add_done_callback(lambda _: told.parts.put_nowait(None))
    try:
        while (part := await told.parts.get()) is not None:
            yield part
        yield Done(await working)
    finally:
        if working.done():
            # Retrieved, so that asyncio does not report an unhandled exception.
            _ = working.cancelled() or working.exception()
        elif heard_so_far.sentences:
            unheard.add(working)
            working.add_done_callback(unheard.discard)
            working.add_done_callback(_noted)
        else:
            working.cancel()
            await asyncio.wait((working,))


def _noted(working: asyncio.Task[StepReply]) -> None:
    """Nothing awaits the task any more, so its failure is logged here."""
    if working.cancelled():
        return
    error = working.exception()
    if isinstance(error, InterviewError):
        logger.info("a turn whose listener disconnected was not finished: %s", error.code)
    elif error is not None:
        logger.error("a turn whose listener disconnected failed unexpectedly", exc_info=error)
