"""Recordings already decoded, so that a probe followed by a transcription decodes once."""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from deployments.stt.audio.decode import DecodedAudio
from deployments.stt.audio.vad import Span


class Recording(Struct, frozen=True):
    """A decoded recording and where somebody speaks in it."""

    audio: DecodedAudio
    speech: tuple[Span, ...]

    @property
    def speech_s(self) -> float:
        return sum(span.duration_s for span in self.speech)

    @property
    def size_bytes(self) -> int:
        return self.audio.samples.nbytes


class DecodedCache:
    """Least recently used, bounded by bytes, keyed by the SHA-256 of the file. For one event loop."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held: OrderedDict[bytes, Recording] = OrderedDict()
        self.size_bytes = 0

    def get(self, digest: bytes) -> Recording | None:
        found = self._held.get(digest)
        if found is not None:
            self._held.move_to_end(digest)
        return found

    def put(self, digest: bytes, recording: Recording) -> None:
        """Keep a recording; one larger than the whole cache is not kept."""
        if recording.size_bytes > self._limit_bytes or digest in self._held:
            return
        self._held[digest] = recording
        self.size_bytes += recording.size_bytes
        while self.size_bytes > self._limit_bytes:
            _, old = self._held.popitem(last=False)
            self.size_bytes -= old.size_bytes
