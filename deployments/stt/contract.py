"""The contract of the speech-to-text tier: requests, transcripts, and the client."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from deployments.shell.handle_rpc import Caller, encode, unwrap


class EngineInfo(Struct, frozen=True):
    """The engine and weights that produced a result. ``notice`` states the result's limitations, if any."""

    name: str
    model: str
    device: str = "cpu"
    notice: str | None = None


class TranscribeRequest(Struct, frozen=True):
    """One recording to transcribe.

    ``audio`` is an encoded file (wav, mp3, m4a/mp4, ogg, webm, flac). ``language`` is a language tag (``de``,
    ``pt-BR``), or None to detect. ``hotwords`` bias the decoder toward a plan's vocabulary.
    """

    audio: bytes
    content_type: str = "application/octet-stream"
    language: str | None = "en"
    prompt: str | None = None
    hotwords: tuple[str, ...] = ()
    word_timestamps: bool = False
    temperature: float = 0.0


class Word(Struct, frozen=True):
    start: float
    end: float
    text: str
    probability: float


class Segment(Struct, frozen=True):
    """One utterance. ``start``/``end`` in seconds from the start of the recording; ``avg_logprob`` natural log."""

    start: float
    end: float
    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float = 1.0
    words: tuple[Word, ...] = ()


class Guard(Struct, frozen=True):
    """The action of a hallucination guard on a stretch of audio, and its text if it had one.

    ``guard``: ``vad``, ``no_speech``, ``repetition``, ``phrase``, ``language`` or ``hotwords``. ``action``: ``dropped``
    (not in the transcript), ``flagged`` (in it, but doubtful), ``skipped`` (silence, never decoded) or ``ignored``
    (prompts that the model cannot use).
    """

    guard: str
    action: str
    start: float
    end: float
    text: str = ""


class Transcript(Struct, frozen=True):
    """``duration_s`` is measured by decoding.

    ``confidence`` in [0, 1] is the expected share of right words by the model's calibration, weighted by the duration
    of the kept segments; 0 without any.
    """

    text: str
    language: str
    duration_s: float
    segments: tuple[Segment, ...]
    confidence: float
    engine: EngineInfo
    guards: tuple[Guard, ...] = ()
    speech_s: float = 0.0
    stage_ms: dict[str, float] = {}


class SpeechToText(Protocol):
    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        """Transcribe one recording.

        Raises:
            UnsupportedRequest: the model does not know the language, or not well enough.
            AudioRejected: empty, unreadable, truncated, silent, too large or too long; the message is for the
                candidate.
            Overloaded, DeadlineExceeded, EngineUnavailable: the tier cannot serve it now.
        """
        ...

    async def info(self) -> EngineInfo: ...


class SpeechToTextClient:
    """``SpeechToText`` over a handle."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        return unwrap(await self._call("transcribe", encode(request)), Transcript)

    async def info(self) -> EngineInfo:
        return unwrap(await self._call("info", b""), EngineInfo)
