"""The contract of turn detection. It runs in the process that holds the connection."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct
from numpy import int16
from numpy.typing import NDArray

#: All audio is 16 kHz mono, cut into frames of 32 ms.
SAMPLE_RATE, FRAME_SAMPLES, FRAME_MS = 16_000, 512, 32

Samples = NDArray[int16]


class TurnDetectionInfo(Struct, frozen=True):
    """``end_of_turn``: the model's name, or ``silence``. ``notice`` says why the model does not serve, if so."""

    voice_activity: str
    end_of_turn: str
    notice: str | None = None


class VoiceActivity(Protocol):
    """One stream's voice activity; its state carries over from frame to frame."""

    def feed(self, samples: Samples) -> list[float]:
        """The probability of speech in each frame that ``samples`` completes."""
        ...


class TurnDetection(Protocol):
    def info(self) -> TurnDetectionInfo: ...

    def voice_activity(self) -> VoiceActivity:
        """A new stream."""
        ...

    async def finished(self, turn: Samples) -> float | None:
        """The probability that the speaker of ``turn``, which ends with a pause, has finished; None without a model."""
        ...
