"""What every voice engine is to the service: a name, its voices, and one call from a sentence to PCM."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Pcm(NamedTuple):
    """Mono signed 16-bit ``samples`` (shape ``[n]``) at ``sample_rate`` Hz."""

    samples: NDArray[np.int16]
    sample_rate: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.sample_rate


class SpeechEngine(Protocol):
    """An engine is built ready to speak: its constructor raises when weights or libraries are missing."""

    #: Short and stable, for metadata and cache keys, for instance ``espeak-ng 1.52.0``.
    name: str
    sample_rate: int
    #: Said to people when this engine serves, or None.
    notice: str | None

    def voices(self) -> tuple[str, ...]:
        """The voices to offer by name."""
        ...

    def resolve(self, voice: str | None, language: str) -> str | None:
        """The engine's own voice for a request (None: its default for the language), or None if it has none."""
        ...

    async def speak(self, text: str, *, voice: str, speed: float) -> Pcm:
        """One sentence, unnormalised, at the engine's ``sample_rate``. ``voice`` is a name ``resolve`` returned.

        Raises:
            EngineFailed: this text could not be spoken.
            EngineUnavailable: the engine itself is gone and could not be restarted.
        """
        ...

    async def close(self) -> None: ...
