"""The port of a voice engine: a name, its voices, and one call from a sentence to PCM."""

from __future__ import annotations

from collections.abc import Mapping
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


class VoiceEngine(Protocol):
    """A constructed engine is ready to speak: its constructor raises when weights or libraries are missing."""

    #: Short and stable, for metadata, such as ``espeak-ng 1.52.0``.
    name: str
    #: A notice for people while this engine serves, or None.
    notice: str | None
    #: Why this engine serves instead of the preferred one; ``""`` for the preferred one.
    stands_in: str
    #: OpenAI's voice names mapped to this engine's.
    openai_voices: Mapping[str, str]
    #: Whether synthesis is so slow that a stream should begin with a sentence's first clause.
    slow: bool

    def voices(self) -> tuple[str, ...]:
        """The offered voices by name."""
        ...

    def resolve(self, voice: str | None, language: str) -> str | None:
        """The engine's own voice for a request (None: its default for the language), or None if it has none."""
        ...

    def version(self, voice: str) -> str:
        """The engine behind ``voice`` and the version of its weights; equal versions produce equal speech."""
        ...

    def speaker(self, voice: str) -> str:
        """The name of the engine behind ``voice``."""
        ...

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        """One sentence at the engine's own loudness and rate. ``voice`` is a name returned by ``resolve``.

        ``quiet``: no listener waits, so a CPU-intensive engine takes the lowest priority. Cancelling it stops the
        synthesis.

        Raises:

            EngineFailed: this text could not be spoken.
            EngineUnavailable: the engine itself died and could not be restarted.
        """
        ...

    async def close(self) -> None: ...
