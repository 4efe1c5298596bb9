"""The audio of a reply that is still being written: its sentences are spoken as they are released."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from deployments.tts.contract import AudioFormat, Speech, SpeechPart, SynthesisRequest, TextToSpeech
from deployments.tts.joined import joined
from interview.errors import EngineFailed, InterviewError


class GrowingSpeech:
    """Belongs to one turn and one event loop. ``close`` it when the turn ends.

    The sentences that wait when the voice is free are spoken as one stream. The first stream begins the file, and each
    later one continues it.
    """

    def __init__(
        self, tts: TextToSpeech, format: AudioFormat, language: str, play: Callable[[SpeechPart], None]
    ) -> None:
        """``play`` gets each part of the audio; it must neither block nor raise."""
        self._tts = tts
        self._format = format
        self._language = language
        self._play = play
        self._waiting: list[str] = []
        self._spoken: list[Speech] = []
        self._error: InterviewError | None = None
        self._speaking: asyncio.Task[None] | None = None

    def say(self, sentence: str) -> None:
        """Speak ``sentence`` after those before it, unless the voice has failed."""
        if self._error is not None:
            return
        self._waiting.append(sentence)
        if self._speaking is None or self._speaking.done():
            self._speaking = asyncio.create_task(self._speak())

    async def finished(self) -> Speech:
        """The file of all sentences so far.

        Raises:

            InterviewError: the voice failed.
        """
        if self._speaking is not None:
            await asyncio.shield(self._speaking)
        if self._error is not None:
            raise self._error
        if not self._spoken:
            raise EngineFailed("The reply has no words to speak.")
        return joined(self._spoken)

    async def close(self) -> None:
        """Stop speaking."""
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.wait((self._speaking,))

    async def _speak(self) -> None:
        while self._waiting:
            text = " ".join(self._waiting)
            self._waiting.clear()
            request = SynthesisRequest(
                text, format=self._format, language=self._language, whole=True, continues=bool(self._spoken)
            )
            try:
                self._spoken.append(await self._played(request))
            except InterviewError as error:
                self._error = error
                return

    async def _played(self, request: SynthesisRequest) -> Speech:
        async with aclosing(self._tts.stream(request)) as parts:
            async for part in parts:
                if part.speech is not None:
                    return part.speech
                if part.audio:
                    self._play(part)
        raise EngineFailed("The voice's stream ended without its file.")
