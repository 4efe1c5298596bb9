"""The replies' audio that this replica has stored, so that a recurring line is copied within the blob store.

A script's lines recur in every interview. A copy saves the call to the voice, a hash and a write
(docs/measurements/2026-11-29-spoken-turn-cpu.md). Each interview has its own copy, and its erasure deletes only that.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from deployments.tts.contract import SynthesisRequest
from interview.errors import NotFound
from interview.sessions.session import AudioRef
from storage.blobs.layout import stored_audio
from storage.blobs.port import BlobStore

#: Then a line is synthesized again, so that a voice that was changed is heard everywhere.
KEEP_S = 3600.0


class _Line(Struct, frozen=True):
    """The latest place of a line's audio; ``until`` in seconds of the monotonic clock."""

    path: str
    audio: AudioRef
    until: float


class SpokenLines:
    """The ``capacity`` most recently used lines; 0: none. Holds places and durations, no audio."""

    def __init__(self, blobs: BlobStore, *, capacity: int, now: Callable[[], float] = time.monotonic) -> None:
        self._blobs = blobs
        self._capacity = capacity
        self._now = now
        self._lines: OrderedDict[SynthesisRequest, _Line] = OrderedDict()

    def __len__(self) -> int:
        return len(self._lines)

    def remember(self, request: SynthesisRequest, path: str, audio: AudioRef) -> None:
        """``audio`` speaks ``request`` and is stored at ``path``."""
        self._keep(request, _Line(path, audio, self._now() + KEEP_S))

    async def repeated(
        self, request: SynthesisRequest, *, tenant: str, interview_id: str, turn: int
    ) -> AudioRef | None:
        """The audio of an equal request, copied to this turn; None when it must be synthesized.

        Raises:

            StorageUnavailable: the copy could not be stored.
        """
        line = self._lines.get(request)
        if line is None:
            return None
        if line.until <= self._now():
            del self._lines[request]
            return None
        audio = line.audio
        place = stored_audio(
            tenant, interview_id, turn, "interviewer", sha256=audio.sha256, content_type=audio.content_type
        )
        try:
            await self._blobs.copy(line.path, place.path)
        except NotFound:
            # The interview that it was stored for has been erased.
            self._lines.pop(request, None)
            return None
        copied = replace(audio, url=place.url)
        self._keep(request, _Line(place.path, copied, line.until))
        return copied

    def _keep(self, request: SynthesisRequest, line: _Line) -> None:
        self._lines[request] = line
        self._lines.move_to_end(request)
        while len(self._lines) > self._capacity:
            self._lines.popitem(last=False)
