"""What the text-to-speech tier takes and returns."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal, Protocol

from msgspec import Struct

from deployments.shell.handle_rpc import Caller, StreamCaller, encode, unwrap

AudioFormat = Literal["wav", "mp3", "opus"]

CONTENT_TYPES: dict[str, str] = {"wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg"}


class SynthesisRequest(Struct, frozen=True):
    """Text to speak. ``voice`` None is the engine's default; ``speed`` 1.0 is the voice's normal rate."""

    text: str
    voice: str | None = None
    format: AudioFormat = "wav"
    language: str = "en"
    speed: float = 1.0


class Speech(Struct, frozen=True):
    """``audio`` is a complete file of ``content_type``."""

    audio: bytes
    content_type: str
    duration_s: float
    engine: str
    voice: str
    cached: bool = False


class TtsInfo(Struct, frozen=True):
    name: str
    voices: tuple[str, ...] = ()
    notice: str | None = None


class TextToSpeech(Protocol):
    async def synthesize(self, request: SynthesisRequest) -> Speech:
        """Speak ``request.text``.

        Raises:
            InvalidInput: empty or overlong text, unknown voice.
            Overloaded, DeadlineExceeded, EngineUnavailable: the tier cannot serve it now.
        """
        ...

    def stream(self, request: SynthesisRequest) -> AsyncGenerator[bytes, None]:
        """The same file in pieces, each sentence as soon as it is spoken; errors raised as in ``synthesize``.

        Closing the iterator stops the synthesis. A streamed wav states no length in its header.
        """
        ...

    async def info(self) -> TtsInfo: ...


class TextToSpeechClient:
    """``TextToSpeech`` over a handle. Without ``stream_call`` a stream is the whole file in one piece."""

    def __init__(self, call: Caller, stream_call: StreamCaller | None = None) -> None:
        self._call = call
        self._stream_call = stream_call

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        return unwrap(await self._call("synthesize", encode(request)), Speech)

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[bytes, None]:
        if self._stream_call is None:
            yield (await self.synthesize(request)).audio
            return
        async with aclosing(self._stream_call("stream", encode(request))) as envelopes:
            async for envelope in envelopes:
                yield unwrap(envelope, bytes)

    async def info(self) -> TtsInfo:
        return unwrap(await self._call("info", b""), TtsInfo)
