"""The contract of the text-to-speech tier: requests, speech, and the client."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal, Protocol

from msgspec import Struct

from deployments.shell.handle_rpc import Caller, StreamCaller, encode, unwrap

AudioFormat = Literal["wav", "mp3", "opus", "pcm"]

CONTENT_TYPES: dict[str, str] = {"wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg", "pcm": "audio/pcm"}

#: Sample rate of all speech in Hz, as voice frameworks expect of raw ``pcm`` (16-bit mono, little-endian).
SAMPLE_RATE = 24_000


class SynthesisRequest(Struct, frozen=True):
    """Text to speak, plain or markdown. ``voice`` None is the engine's default for the language; ``speed`` 1.0 is the
    voice's normal rate. ``whole``: a stream also returns the complete file at its end.

    ``continues``: the text continues the file of an earlier stream of the same format and voice. Its bytes are appended
    to that file (``joined``), so a wav has no header, and it begins with the pause between two sentences.
    """

    text: str
    voice: str | None = None
    format: AudioFormat = "wav"
    language: str = "en"
    speed: float = 1.0
    whole: bool = False
    continues: bool = False


class Speech(Struct, frozen=True):
    """``audio`` is a complete file of ``content_type``.

    ``stands_in``: why ``engine`` spoke instead of the preferred one; ``""`` for the preferred one.
    """

    audio: bytes
    content_type: str
    duration_s: float
    engine: str
    voice: str
    cached: bool = False
    stands_in: str = ""


class SpeechPart(Struct, frozen=True, omit_defaults=True):
    """The next bytes of a stream: ``duration_s`` more of speech.

    ``caption``: the words that begin in this part, in written form. ``speech``: the complete file, in the last part of
    a ``whole`` stream, which has no audio of its own.
    """

    audio: bytes
    duration_s: float = 0.0
    caption: str = ""
    speech: Speech | None = None


class PreparationRequest(Struct, frozen=True):
    """Texts that will be needed in the default voice of ``language``, the most urgent first."""

    texts: tuple[str, ...]
    language: str = "en"


class Preparation(Struct, frozen=True):
    """The number of sentences of a ``PreparationRequest`` that are stored already, and of those queued."""

    kept: int
    queued: int


class TtsInfo(Struct, frozen=True):
    """``stands_in``: as in ``Speech``."""

    name: str
    voices: tuple[str, ...] = ()
    notice: str | None = None
    stands_in: str = ""


class TextToSpeech(Protocol):
    async def synthesize(self, request: SynthesisRequest) -> Speech:
        """Speak ``request.text``.

        Raises:
            InvalidInput: empty or overlong text, unknown voice.
            Overloaded, DeadlineExceeded, EngineUnavailable: the tier cannot serve it now.
        """
        ...

    def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        """The same file in parts: the first clause, then each sentence as soon as it is spoken.

        Closing the iterator stops the synthesis. A streamed wav states no length in its header. Raises as
        ``synthesize``.
        """
        ...

    async def prepare(self, request: PreparationRequest) -> Preparation:
        """Synthesize texts in the background and store them on disk; returns at once.

        A fast voice (espeak-ng) needs none of this and stores nothing.

        Only for texts without personal data, because stored sentences outlive the session.

        Raises:

            InvalidInput: no voice speaks the language.
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

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        if self._stream_call is None:
            speech = await self.synthesize(request)
            yield SpeechPart(speech.audio, speech.duration_s, caption=request.text)
            if request.whole:
                yield SpeechPart(b"", speech=speech)
            return
        async with aclosing(self._stream_call("stream", encode(request))) as envelopes:
            async for envelope in envelopes:
                yield unwrap(envelope, SpeechPart)

    async def prepare(self, request: PreparationRequest) -> Preparation:
        return unwrap(await self._call("prepare", encode(request)), Preparation)

    async def info(self) -> TtsInfo:
        return unwrap(await self._call("info", b""), TtsInfo)
