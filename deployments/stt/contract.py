"""The contract of the speech-to-text tier: requests, transcripts, and the client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from deployments.shell.handle_rpc import Caller, encode, unwrap


class EngineInfo(Struct, frozen=True):
    """The engine and weights that produced a result. ``notice`` states the result's limitations, if any. ``languages``:
    ISO 639-1 codes of those that it transcribes usefully, empty where that is not known; a result does not repeat them.
    """

    name: str
    model: str
    device: str = "cpu"
    notice: str | None = None
    languages: tuple[str, ...] = ()


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
    """One utterance. ``start``/``end`` in seconds from the start of the recording; ``avg_logprob`` natural log.

    ``language_logprob``: natural log of the probability that the transcript's language is spoken; 0 if unknown.
    """

    start: float
    end: float
    text: str
    avg_logprob: float
    no_speech_prob: float
    compression_ratio: float = 1.0
    language_logprob: float = 0.0
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


def joined(parts: Sequence[tuple[float, Transcript]], duration_s: float) -> Transcript:
    """One transcript of a recording from those of its parts, each with its start in seconds.

    The confidence is the parts' own, weighted by the duration of their speech.

    Raises:

        ValueError: there is no part.
    """
    if not parts:
        raise ValueError("a transcript has at least one part")
    speech_s = sum(part.speech_s for _, part in parts)
    weighed = sum(part.confidence * part.speech_s for _, part in parts)
    return replace(
        parts[0][1],
        text=" ".join(part.text.strip() for _, part in parts if part.text.strip()),
        duration_s=duration_s,
        segments=tuple(_later(segment, start) for start, part in parts for segment in part.segments),
        guards=tuple(
            replace(guard, start=guard.start + start, end=guard.end + start)
            for start, part in parts
            for guard in part.guards
        ),
        confidence=weighed / speech_s if speech_s else 0.0,
        speech_s=speech_s,
    )


def _later(segment: Segment, start_s: float) -> Segment:
    words = tuple(replace(word, start=word.start + start_s, end=word.end + start_s) for word in segment.words)
    return replace(segment, start=segment.start + start_s, end=segment.end + start_s, words=words)


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
