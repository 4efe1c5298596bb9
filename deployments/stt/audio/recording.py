"""A decoded recording and the speech in it."""

from __future__ import annotations

from msgspec import Struct

from deployments.stt.audio.decode import DecodedAudio
from deployments.stt.audio.vad import Span


class Recording(Struct, frozen=True):
    """A decoded recording and its speech intervals."""

    audio: DecodedAudio
    speech: tuple[Span, ...]

    @property
    def speech_s(self) -> float:
        return sum(span.duration_s for span in self.speech)
