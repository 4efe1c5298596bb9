"""The Ray Serve deployment of the speech-to-text tier: queues, batches, health and scaling around ``service.py``."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from msgspec.structs import replace
from ray import serve as ray_serve

from deployments.shell.garbage_collection import freeze_startup_objects
from deployments.shell.handle_rpc import reply, serve_call
from deployments.shell.replica_logs import log_through_serve
from deployments.stt.autoscaling import QUEUED_AUDIO_METRIC
from deployments.stt.config import SttConfig
from deployments.stt.contract import SpeechToText, TranscribeRequest
from deployments.stt.engines.fake import FakeRecognizer, FakeSpeechToText
from deployments.stt.engines.port import AudioPiece, PieceOutcome, PieceText, Recognizer, Transcriber
from deployments.stt.engines.remote import RemoteRecognizer
from deployments.stt.keyed_batches import KeyedBatches, batch_audio_s
from deployments.stt.service import SttService
from interview.errors import InterviewError

logger = logging.getLogger(__name__)

DEPLOYMENT_NAME = "stt"

#: Two seconds of espeak-ng speech, in which any English model recognises words.
HEALTH_CLIP = Path(__file__).parent / "health_clip.wav"


class SpeechToTextDeployment:
    """``SpeechToText`` as bytes in, bytes out. Only its replica loads the weights."""

    def __init__(self, config: SttConfig) -> None:
        self._config = config
        self._engine = _engine(config)
        self._batches = KeyedBatches(self._engine, config.max_batch_audio_s)

        @ray_serve.batch(
            max_batch_size=config.max_batch_audio_s,
            batch_wait_timeout_s=config.batch_wait_s,
            # More than the engine's workers: pieces must reach the lanes of KeyedBatches while the engine is busy.
            max_concurrent_batches=config.replicas.max_ongoing_requests,
            batch_size_fn=batch_audio_s,
        )
        async def transcribe_pieces(pieces: list[AudioPiece]) -> list[PieceOutcome]:
            return await self._batches.run(pieces)

        async def transcribe_piece(piece: AudioPiece) -> PieceText:
            outcome = await transcribe_pieces(piece)
            if isinstance(outcome, InterviewError):
                raise outcome
            return outcome

        transcriber: Transcriber = transcribe_piece
        if isinstance(self._engine, RemoteRecognizer):
            transcriber = self._engine.transcribe
        self._real = SttService(config, self._engine, transcriber)
        self._service: SpeechToText = self._real
        if config.engine == "fake":
            self._service = FakeSpeechToText(timing=config.fake)
        self._pieces_at_last_check = -1
        logger.info("speech to text is served by %s", self._engine.info.model)
        log_through_serve()
        freeze_startup_objects()

    async def transcribe(self, payload: bytes) -> bytes:
        return await serve_call(self._service.transcribe, payload, TranscribeRequest)

    async def info(self, payload: bytes = b"") -> bytes:
        return await reply(self._service.info())

    async def check_health(self) -> None:
        """Transcribe a clip, unless requests have succeeded since the last check.

        Behind a long queue the clip would time out, and Serve would kill the busiest replica. A replica of a remote
        engine is always healthy, because a restart would not restore the server.
        """
        if self._config.engine == "remote":
            return
        done = self._engine.stats.pieces
        if done > self._pieces_at_last_check >= 0:
            self._pieces_at_last_check = done
            return
        request = TranscribeRequest(audio=await asyncio.to_thread(HEALTH_CLIP.read_bytes), content_type="audio/wav")
        heard = await self._real.transcribe(request)
        if not heard.text and not heard.guards:
            raise RuntimeError("the speech engine recognised nothing in a clip of speech")
        self._pieces_at_last_check = self._engine.stats.pieces

    async def record_autoscaling_stats(self) -> dict[str, float]:
        return {QUEUED_AUDIO_METRIC: self._real.queued_audio_s}


def _engine(config: SttConfig) -> Recognizer:
    if config.engine == "fake":
        return FakeRecognizer()
    if config.engine == "remote":
        return RemoteRecognizer(config)
    from deployments.stt.engines.model_resolution import resolve_model
    from deployments.stt.engines.whisper import load_engine

    return load_engine(config, resolve_model(config))


def build(config: SttConfig) -> ray_serve.Application:
    """The application; its handle answers ``transcribe`` and ``info``."""
    policy = {
        "policy_function": "deployments.stt.autoscaling:QueuedAudioPolicy",
        "policy_kwargs": {"target_audio_s": config.target_queued_audio_s},
    }
    replicas = config.replicas if config.device == "cuda" else replace(config.replicas, num_gpus=0)
    options = replicas.deployment_options(DEPLOYMENT_NAME, policy)
    application: ray_serve.Application = ray_serve.deployment(**options)(SpeechToTextDeployment).bind(config)
    return application
