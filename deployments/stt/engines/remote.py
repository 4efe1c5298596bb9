"""Any OpenAI-compatible transcription server (OpenAI, speaches, vLLM, whisper.cpp) as the tier's engine.

Recordings are still decoded, validated and cut here: the server gets pieces of speech as 16 kHz wav files.
"""

from __future__ import annotations

import asyncio
import io
import logging
import math
import os
import random
import time
import wave
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deployments.shell.circuit_breaker import CircuitBreaker
from deployments.shell.egress import require_allowed
from deployments.shell.remote_errors import RemoteServer, typed_error
from deployments.stt.audio.decode import SAMPLE_RATE, Samples
from deployments.stt.config import SttConfig
from deployments.stt.contract import EngineInfo, Word
from deployments.stt.engines.model_profile import ModelProfile
from deployments.stt.engines.port import AudioPiece, BatchKey, EngineStats, Part, PieceOptions, PieceText
from deployments.stt.engines.prompt_tokens import prompt_text
from deployments.stt.engines.whisper_languages import language_code
from interview import retries
from interview.errors import ConfigError, DeadlineExceeded, EngineFailed, EngineUnavailable, InterviewError, Overloaded

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

#: The language value that lets the server detect the language.
DETECT = ""

_UNUSED_KEY = BatchKey(0, 0, 0, False, 1, 0.0)


@dataclass(eq=False)
class RemotePiece(AudioPiece):
    """A piece as a wav file. ``features`` and ``prompt`` of its base are empty: the server computes its own."""

    wav: bytes = b""
    options: PieceOptions = field(default_factory=lambda: PieceOptions("en"))


class RemoteRecognizer:
    """``Recognizer`` over the ``openai`` client, whose pooled connections all pieces share.

    ``transcribe`` is the service's ``Transcriber``: retries within the piece's deadline, a circuit breaker, typed
    errors.
    """

    def __init__(
        self,
        config: SttConfig,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``jitter`` returns a number in [0, 1) that scales every back-off.

        Raises:
            ConfigError: no base_url, or a host that this process may not reach.
        """
        from openai import AsyncOpenAI, Timeout

        remote = config.remote
        if not remote.base_url:
            raise ConfigError("stt.remote.base_url: set the server's URL, e.g. http://127.0.0.1:8000/v1")
        require_allowed(remote.base_url)
        self._remote = remote
        self._server = RemoteServer("transcription server", remote.model, "stt.remote.model", remote.api_key_env)
        self._sleep = sleep
        self._jitter = jitter
        self._breaker = CircuitBreaker(remote.breaker, clock, guarded="The transcription server")
        self.profile = ModelProfile(confidence=remote.confidence)
        self.stats = EngineStats()
        self.workers = 1
        notice = None
        if remote.response_format == "json":
            notice = f"The server gives no scores: a confidence of {remote.assumed_confidence} is assumed."
        self.info = EngineInfo(name="remote", model=remote.model, device="remote", notice=notice)
        timeout = Timeout(config.deadline_s, connect=remote.connect_timeout_s)
        # The client requires a key even for servers without authentication.
        api_key = os.environ.get(remote.api_key_env) or "none"
        self._client = AsyncOpenAI(base_url=remote.base_url, api_key=api_key, max_retries=0, timeout=timeout)

    def detect_language(self, samples: Samples) -> str:
        return DETECT

    def prepare(self, samples: Samples, options: PieceOptions) -> RemotePiece:
        frames = len(samples) * 100 // SAMPLE_RATE
        empty = np.zeros((0, 0), np.float32)
        return RemotePiece(
            _UNUSED_KEY, empty, frames, [], options.language, frames / 100, wav=_wav(samples), options=options
        )

    def remainder(self, piece: AudioPiece, from_frame: int) -> AudioPiece | None:
        return None

    def full_window(self, piece: AudioPiece) -> AudioPiece | None:
        return None

    def transcribe_batch(self, pieces: Sequence[AudioPiece]) -> list[PieceText]:
        raise EngineFailed("A remote engine transcribes single pieces.")

    async def transcribe(self, piece: AudioPiece) -> PieceText:
        """One piece on the server.

        Raises:

            DeadlineExceeded, Overloaded, EngineUnavailable, EngineFailed, ModelMissing, InvalidInput: the server's
                error, after the configured number of attempts.
        """
        if not isinstance(piece, RemotePiece):
            raise TypeError("a remote engine transcribes the pieces that it prepared")
        for attempt in range(1, self._remote.attempts + 1):
            try:
                return await self._attempt(piece)
            except InterviewError as error:
                if not error.retryable or attempt == self._remote.attempts or not piece.wanted():
                    raise
                pause_s = self._backoff_s(attempt, error)
                logger.info("transcription attempt %d failed (%s); next in %.2f s", attempt, error.code, pause_s)
                await self._sleep(pause_s)
                retries.tried_again("stt", error.code)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def close(self) -> None:
        await self._client.close()

    def _backoff_s(self, attempt: int, error: InterviewError) -> float:
        """Exponential with full jitter, never sooner than the server's Retry-After.

        Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        ceiling = min(self._remote.backoff_max_s, self._remote.backoff_s * 2.0 ** (attempt - 1))
        return max(self._jitter() * ceiling, error.retry_after_s or 0.0)

    async def _attempt(self, piece: RemotePiece) -> PieceText:
        self._breaker.admit()
        verdict = self._breaker.withdrawn
        try:
            text = self._text(piece, await self._call(piece))
            verdict = self._breaker.succeeded
        except InterviewError as error:
            if isinstance(error, Overloaded):
                verdict = self._breaker.succeeded  # it answered, so it is up
            elif isinstance(error, EngineUnavailable | EngineFailed | DeadlineExceeded):
                verdict = self._breaker.failed
            raise
        finally:
            verdict()
        self.stats.pieces += 1
        return text

    async def _call(self, piece: RemotePiece) -> dict[str, Any]:
        options = piece.options
        body: dict[str, Any] = {"response_format": self._remote.response_format, "temperature": options.temperature}
        if options.language != DETECT:
            body["language"] = options.language
        prompt = prompt_text(options.prompt, options.hotwords)
        if prompt:
            body["prompt"] = prompt
        if options.word_timestamps and self._remote.response_format == "verbose_json":
            body["timestamp_granularities"] = ["segment", "word"]
        left_s = piece.expires_at - time.monotonic()
        if math.isfinite(left_s):
            body["timeout"] = max(0.001, left_s)
        try:
            answer = await self._client.audio.transcriptions.create(
                model=self._remote.model, file=("speech.wav", piece.wav, "audio/wav"), **body
            )
        except Exception as error:
            raise typed_error(error, self._server) from error
        if not isinstance(getattr(answer, "text", None), str):
            raise EngineFailed("The transcription server's answer has no text.")
        return dict(answer.to_dict())

    def _text(self, piece: RemotePiece, answer: dict[str, Any]) -> PieceText:
        """The server's answer as this piece's text. Scores are weighted by the duration of their segments."""
        duration_s = piece.window_s
        segments = [_Scored.of(segment, duration_s) for segment in answer.get("segments") or ()]
        parts = tuple(Part(one.start, one.end, one.text) for one in segments if one.text)
        text = str(answer["text"]).strip()
        if not parts and text:
            parts = (Part(0.0, duration_s, text),)
        scored = [one for one in segments if one.avg_logprob is not None]
        weight = sum(one.length_s for one in scored)
        logprob = math.log(self._remote.assumed_confidence)
        if scored and weight > 0:
            logprob = sum((one.avg_logprob or 0.0) * one.length_s for one in scored) / weight
        return PieceText(
            parts=parts,
            avg_logprob=logprob,
            no_speech_prob=max((one.no_speech_prob for one in scored), default=0.0),
            compression_ratio=max((one.compression_ratio for one in scored), default=1.0),
            words=tuple(_word(word) for word in answer.get("words") or ()),
            language=language_code(str(answer.get("language") or "")),
        )


@dataclass(frozen=True)
class _Scored:
    start: float
    end: float
    text: str
    avg_logprob: float | None
    no_speech_prob: float
    compression_ratio: float

    @property
    def length_s(self) -> float:
        return max(0.01, self.end - self.start)

    @classmethod
    def of(cls, segment: dict[str, Any], duration_s: float) -> _Scored:
        """Raises EngineFailed when a field is not a number."""
        try:
            logprob = segment.get("avg_logprob")
            return cls(
                start=min(max(0.0, float(segment.get("start") or 0.0)), duration_s),
                end=min(float(segment.get("end") or duration_s), duration_s),
                text=str(segment.get("text") or "").strip(),
                avg_logprob=None if logprob is None else min(0.0, float(logprob)),
                no_speech_prob=float(segment.get("no_speech_prob") or 0.0),
                compression_ratio=float(segment.get("compression_ratio") or 1.0),
            )
        except (TypeError, ValueError) as error:
            raise EngineFailed("The transcription server's answer has an unreadable segment.") from error


def _word(word: dict[str, Any]) -> Word:
    try:
        probability = float(word.get("probability") or 0.0)
        return Word(float(word["start"]), float(word["end"]), str(word["word"]).strip(), probability)
    except (KeyError, TypeError, ValueError) as error:
        raise EngineFailed("The transcription server's answer has an unreadable word.") from error


def _wav(samples: Samples) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
