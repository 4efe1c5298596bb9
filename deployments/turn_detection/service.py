"""Turn detection in one process: models loaded once, streams for each connection."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from deployments.turn_detection.config import TurnDetectionConfig
from deployments.turn_detection.contract import Samples, TurnDetectionInfo, VoiceActivity
from deployments.turn_detection.engines import silero
from deployments.turn_detection.engines.smart_turn import SmartTurn
from interview.errors import ModelMissing
from storage.weights.resolve import resolve_weights


class TurnDetectionService:
    """``TurnDetection`` of this machine's models."""

    def __init__(self, config: TurnDetectionConfig | None = None) -> None:
        """Blocking. Raises ModelMissing (``model`` without weights), ModelCorrupt."""
        config = config or TurnDetectionConfig()
        self._silero = silero.load()
        self._model, self._notice = _end_of_turn(config)
        self._name = config.model if self._model else "silence"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="end-of-turn")

    def info(self) -> TurnDetectionInfo:
        return TurnDetectionInfo(silero.NAME, self._name, self._notice)

    def voice_activity(self) -> VoiceActivity:
        return silero.SileroStream(self._silero)

    async def finished(self, turn: Samples) -> float | None:
        if self._model is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._model.finished, turn)


def _end_of_turn(config: TurnDetectionConfig) -> tuple[SmartTurn | None, str | None]:
    """The model, or the reason why silence alone decides."""
    if config.end_of_turn == "silence":
        return None, None
    try:
        weights = resolve_weights(config.model)
    except ModelMissing as error:
        if config.end_of_turn == "model":
            raise
        return None, error.message
    return SmartTurn(weights.path / weights.manifest.files[0].name, config.threads), None
