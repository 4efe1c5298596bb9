"""Fakes for the model's weights and time: for tests of other tiers and load runs of the rest of the platform."""

from __future__ import annotations

import asyncio
import hashlib
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import numpy as np

from deployments.stt.audio.decode import SAMPLE_RATE, Samples
from deployments.stt.config import FakeTiming
from deployments.stt.contract import EngineInfo, Segment, TranscribeRequest, Transcript
from deployments.stt.engines.model_profile import ModelProfile
from deployments.stt.engines.port import AudioPiece, BatchKey, EngineStats, Part, PieceOptions, PieceText
from interview.errors import EmptyAudio

FAKE_ENGINE = EngineInfo(name="fake", model="fake", notice="fake speech engine: the text is invented, not transcribed")

_SENTENCES = (
    "I would start with the failing request and follow it through the logs.",
    "We kept the old service running while the new one took a share of the traffic.",
    "The answer is forty two.",
    "I measured it before and after and the latency fell by half.",
)


class ServiceTimes:
    """Seeded service times in seconds. A lognormal's ``mean_ms`` is its mean, not its median."""

    def __init__(self, timing: FakeTiming) -> None:
        self._timing = timing
        self._random = random.Random(timing.seed)  # noqa: S311 - load shape, not a secret

    def next_s(self) -> float:
        timing = self._timing
        if timing.kind == "zero" or timing.mean_ms <= 0:
            return 0.0
        if timing.kind == "fixed":
            return timing.mean_ms / 1000
        mu = math.log(timing.mean_ms) - timing.sigma**2 / 2
        return self._random.lognormvariate(mu, timing.sigma) / 1000


def _sentence(seed: bytes) -> str:
    return _SENTENCES[hashlib.sha256(seed).digest()[0] % len(_SENTENCES)]


class FakeSpeechToText:
    """``SpeechToText`` that decodes nothing.

    ``transcripts`` maps audio bytes to their text; other audio gives one of a few sentences, the same for the same
    bytes. Empty audio is rejected as in the real tier.
    """

    def __init__(
        self,
        transcripts: Mapping[bytes, str] | None = None,
        *,
        timing: FakeTiming | None = None,
        confidence: float = 0.95,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transcripts = dict(transcripts or {})
        self._times = ServiceTimes(timing or FakeTiming())
        self._confidence = confidence
        self._sleep = sleep

    async def info(self) -> EngineInfo:
        return FAKE_ENGINE

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        duration_s = self._duration_s(request)
        await self._sleep(self._times.next_s())
        text = self._transcripts.get(request.audio, _sentence(request.audio))
        segment = Segment(
            start=0.0, end=duration_s, text=text, avg_logprob=math.log(self._confidence), no_speech_prob=0.01
        )
        return Transcript(
            text=text,
            language=request.language or "en",
            duration_s=duration_s,
            segments=(segment,),
            confidence=self._confidence,
            engine=FAKE_ENGINE,
            speech_s=duration_s,
        )

    def _duration_s(self, request: TranscribeRequest) -> float:
        if not request.audio:
            raise EmptyAudio("The recording is empty. Please check your microphone and record your answer again.")
        return round(len(request.audio) / (2 * SAMPLE_RATE), 3)


class FakeRecognizer:
    """``SpeechEngine`` without weights: the whole tier runs except the model.

    ``fails_on`` selects pieces that fail a batch, as a damaged one would in CTranslate2.
    """

    def __init__(
        self,
        *,
        timing: FakeTiming | None = None,
        profile: ModelProfile | None = None,
        workers: int = 1,
        fails_on: Callable[[AudioPiece], bool] = lambda piece: False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.info = FAKE_ENGINE
        self.profile = profile or ModelProfile()
        self.stats = EngineStats()
        self.workers = workers
        self._times = ServiceTimes(timing or FakeTiming())
        self._fails_on = fails_on
        self._sleep = sleep

    def detect_language(self, samples: Samples) -> str:
        return "en"

    def prepare(self, samples: Samples, options: PieceOptions) -> AudioPiece:
        key = BatchKey(
            window_frames=3000,
            prompt_tokens=2,
            transcript_token_at=0,
            timestamps=False,
            beam_size=1,
            temperature=options.temperature,
        )
        level = np.array([[float(np.abs(samples).mean())]], np.float32)
        frames = len(samples) * 100 // SAMPLE_RATE
        return AudioPiece(key, level, frames, [0, 1], options.language, window_s=30.0)

    def remainder(self, piece: AudioPiece, from_frame: int) -> AudioPiece | None:
        return None

    def full_window(self, piece: AudioPiece) -> AudioPiece | None:
        return None

    def transcribe_batch(self, pieces: Sequence[AudioPiece]) -> list[PieceText]:
        self._sleep(self._times.next_s())
        if any(self._fails_on(piece) for piece in pieces):
            raise RuntimeError("the fake engine was told to fail on this piece")
        self.stats.record(len(pieces))
        return [
            PieceText(
                parts=(Part(0.0, piece.content_frames / 100, _sentence(piece.features.tobytes())),),
                avg_logprob=-0.05,
                no_speech_prob=0.01,
                compression_ratio=1.0,
                batch_size=len(pieces),
            )
            for piece in pieces
        ]
