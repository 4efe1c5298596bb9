"""The audio of the answer that is being spoken, on its own clock, and the transcripts of its parts.

What was said before a pause is transcribed during the pause, so that only the tail remains when the answer ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
from msgspec import Struct

from deployments.stt.contract import Transcript, joined
from interview.errors import AudioRejected
from serve.http.realtime.audio_formats import HEARD_HZ, Samples

_PER_MS = HEARD_HZ // 1000

#: A part at least this long is transcribed once and for all; a shorter one again, with what follows.
PART_MS = 3_000
#: Silence kept after a part. Less than the pause that ends it.
PAD_MS = 300


class AnswerAudio:
    """Samples at 16 kHz. Positions are milliseconds since the session's first sample."""

    def __init__(self) -> None:
        self._pieces: list[Samples] = []
        self._dropped = 0
        self._length = 0

    @property
    def start_ms(self) -> int:
        return self._dropped // _PER_MS

    @property
    def end_ms(self) -> int:
        return (self._dropped + self._length) // _PER_MS

    @property
    def length_ms(self) -> int:
        return self._length // _PER_MS

    def append(self, samples: Samples) -> None:
        if len(samples):
            self._pieces.append(samples)
            self._length += len(samples)

    def between(self, start_ms: int, end_ms: int) -> Samples:
        whole = self.samples()
        start = max(0, start_ms * _PER_MS - self._dropped)
        return whole[start : max(start, end_ms * _PER_MS - self._dropped)]

    def samples(self) -> Samples:
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces)]
        return self._pieces[0] if self._pieces else np.zeros(0, np.int16)

    def drop_before(self, ms: int) -> None:
        """Forget what was before ``ms``."""
        count = min(max(0, ms * _PER_MS - self._dropped), self._length)
        if count:
            rest = self.samples()[count:].copy()
            self._pieces, self._dropped, self._length = [rest], self._dropped + count, len(rest)

    def take(self) -> Samples:
        """All samples; the audio is empty afterwards, and its clock goes on."""
        taken = self.samples()
        self.drop_before(self.end_ms + 1)
        return taken


class _Part(Struct):
    start_ms: int
    end_ms: int
    transcript: asyncio.Task[Transcript | None]


class PartTranscripts:
    """The transcripts of one answer's parts. ``told`` gets the words of each part that is final."""

    def __init__(self, hear: Callable[[Samples], Awaitable[Transcript]], told: Callable[[str], None]) -> None:
        self._hear = hear
        self._told = told
        self._final: list[_Part] = []
        self._tail: _Part | None = None
        self._cut_ms: int | None = None

    def begins_ms(self, audio: AnswerAudio) -> int:
        """The beginning of what is not transcribed for good."""
        return audio.start_ms if self._cut_ms is None else self._cut_ms

    def paused(self, audio: AnswerAudio, at_ms: int) -> asyncio.Task[Transcript | None] | None:
        """The candidate fell silent at ``at_ms``: transcribe what is new. Returns the transcript of the words before
        the pause; None when there is nothing new, or the part before is still being transcribed."""
        if self._tail is not None and not self._tail.transcript.done():
            return None
        start_ms = self.begins_ms(audio)
        end_ms = at_ms + PAD_MS
        if end_ms <= start_ms:
            return None
        if end_ms - start_ms < PART_MS:
            self._tail = self._transcribed(audio, start_ms, end_ms)
            return self._tail.transcript
        self._tail = None
        self._final.append(self._transcribed(audio, start_ms, end_ms, final=True))
        self._cut_ms = end_ms
        return self._final[-1].transcript

    async def whole(self, audio: AnswerAudio, ended_ms: int) -> Transcript | None:
        """The transcript of the answer; None when nothing was said.

        Raises:

            InterviewError: a part could not be transcribed now.
        """
        start_ms = self.begins_ms(audio)
        end_ms = ended_ms + PAD_MS
        if end_ms > start_ms and (self._tail is None or self._tail.end_ms != end_ms):
            self._tail = self._transcribed(audio, start_ms, end_ms)
        parts = [*self._final, *([self._tail] if self._tail is not None and end_ms > start_ms else [])]
        # shielded: an answer that goes on cancels this wait, not the transcription, whose words it still needs
        heard = [(part, await asyncio.shield(part.transcript)) for part in parts]
        known = [((part.start_ms - audio.start_ms) / 1000, one) for part, one in heard if one is not None]
        return joined(known, audio.length_ms / 1000) if known else None

    def _transcribed(self, audio: AnswerAudio, start_ms: int, end_ms: int, *, final: bool = False) -> _Part:
        samples = audio.between(start_ms, end_ms).copy()
        work = self._told_in_order(samples, self._final[-1:]) if final else self._one(samples)
        return _Part(start_ms, end_ms, asyncio.create_task(work))

    async def _one(self, samples: Samples) -> Transcript | None:
        try:
            return await self._hear(samples)
        except AudioRejected:
            return None  # no speech in this part

    async def _told_in_order(self, samples: Samples, before: list[_Part]) -> Transcript | None:
        transcript = await self._one(samples)
        if before:
            await asyncio.wait([before[0].transcript])
        if transcript is not None:
            self._told(transcript.text)
        return transcript
