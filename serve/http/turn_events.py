"""The data of the events of a streamed turn."""

from __future__ import annotations

from msgspec import Struct


class SentenceData(Struct, frozen=True):
    """The data of ``sentence``; provisional until ``reply``."""

    index: int
    text: str


class AudioData(Struct, frozen=True):
    """The data of ``audio``: the bytes in base64. All parts in order are one file of ``content_type``."""

    index: int
    caption: str
    content_type: str
    duration_s: float
    audio: str
