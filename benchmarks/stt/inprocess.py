"""The speech tier in this process: the service over real weights and its batches, without Ray."""

from __future__ import annotations

from deployments.stt.config import SttConfig
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.engines.port import AudioPiece, PieceText
from deployments.stt.engines.whisper import load_engine
from deployments.stt.keyed_batches import KeyedBatches
from deployments.stt.service import SttService
from interview.errors import InterviewError


def speech_service(config: SttConfig) -> SttService:
    """Loads the weights of ``config.model``."""
    engine = load_engine(config, resolve_model(config))
    batches = KeyedBatches(engine, config.max_batch_audio_s)

    async def transcribe(piece: AudioPiece) -> PieceText:
        outcome = (await batches.run([piece]))[0]
        if isinstance(outcome, InterviewError):
            raise outcome
        return outcome

    return SttService(config, engine, transcribe)
