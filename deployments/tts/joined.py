"""One file of a stream and the streams that continue it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from deployments.tts.audio.encode import finished_wav
from deployments.tts.contract import CONTENT_TYPES, SAMPLE_RATE, Speech


def joined(parts: Sequence[Speech]) -> Speech:
    """The file of ``parts``: the first begins it, the others were synthesised with ``continues``.

    Engine and voice are those of the first part that a substitute spoke, if there is one.

    Raises:

        ValueError: there is no part.
    """
    if not parts:
        raise ValueError("a file has at least one part")
    first = parts[0]
    if len(parts) == 1:
        return first
    chunks = [part.audio for part in parts]
    named = next((part for part in parts if part.stands_in), first)
    is_wav = first.content_type == CONTENT_TYPES["wav"]
    return replace(
        first,
        audio=finished_wav(chunks, SAMPLE_RATE) if is_wav else b"".join(chunks),
        duration_s=sum(part.duration_s for part in parts),
        engine=named.engine,
        voice=named.voice,
        cached=all(part.cached for part in parts),
        stands_in=named.stands_in,
    )
