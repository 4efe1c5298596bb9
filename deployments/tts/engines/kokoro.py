"""Kokoro-82M (Apache-2.0 weights): the default English voice when its weights are installed.

The package ``kokoro-onnx`` is not used, because it loads ``phonemizer``, which is GPL-3, into the platform's own
process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deployments.tts.config import KokoroConfig
from deployments.tts.engines.neural import open_session
from interview.errors import ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE = 24_000
#: The model's window is 512 tokens, two of which pad the ends.
MAX_TOKENS = 510
STYLE_SIZE = 256

VOICES_DIRECTORY = Path(__file__).with_name("voices")

#: The first letter of a Kokoro voice is its language; these are espeak-ng's codes for phonemes.
LANGUAGES = {"a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "p": "pt-br"}

#: OpenAI's voice names mapped to the voices in this repository.
OPENAI_VOICES = {
    **dict.fromkeys(("alloy", "ballad", "coral", "marin", "nova", "shimmer"), "af_heart"),
    **dict.fromkeys(("ash", "cedar", "echo", "onyx", "verse"), "am_michael"),
    **dict.fromkeys(("fable", "sage"), "bf_emma"),
}


class KokoroModel:
    """``VoiceModel`` of Kokoro-82M: one style row per phoneme count, one token per IPA character."""

    def __init__(self, weights: Path, config: KokoroConfig, *, version: str) -> None:
        """Raises ModelMissing when a file is absent or malformed."""
        voices, default_voice = Path(config.voices or VOICES_DIRECTORY), config.default_voice
        self._symbols: dict[str, int] = json.loads((VOICES_DIRECTORY / "symbols.json").read_text(encoding="utf-8"))
        self._styles = {path.stem: _style(path) for path in sorted(voices.glob("*.bin")) if path.stem[0] in LANGUAGES}
        if default_voice not in self._styles:
            raise ModelMissing(
                f"There is no voice {default_voice!r} in {voices}; tts.kokoro.default_voice may be one of "
                f"{', '.join(self._styles) or 'none'}."
            )
        ordered = (default_voice, *(name for name in self._styles if name != default_voice))
        self.languages = {name: LANGUAGES[name[0]] for name in ordered}
        self.openai_voices: Mapping[str, str] = {
            name: voice if voice in self.languages else default_voice for name, voice in OPENAI_VOICES.items()
        }
        self._session = open_session(weights, config.threads)
        self.name = "kokoro-82m"
        self.version = version
        self.sample_rate = SAMPLE_RATE

    def run(self, phonemes: str, *, voice: str, speed: float, options: Any) -> NDArray[np.float32]:
        import numpy as np

        tokens = [self._symbols[symbol] for symbol in phonemes if symbol in self._symbols]
        parts = [
            self._session.run(
                None,
                {
                    "tokens": np.array([[0, *part, 0]], dtype=np.int64),
                    "style": self._styles[voice][len(part) - 1][None],
                    "speed": np.array([speed], dtype=np.float32),
                },
                options,
            )[0]
            for part in _windows(tokens, self._symbols[" "])
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def _windows(tokens: list[int], space: int) -> list[list[int]]:
    """``tokens`` in runs of the model's size, split at spaces if possible."""
    windows = []
    while len(tokens) > MAX_TOKENS:
        head = tokens[:MAX_TOKENS]
        cut = MAX_TOKENS - head[::-1].index(space) if space in head else MAX_TOKENS
        windows.append(tokens[:cut])
        tokens = tokens[cut:]
    return [*windows, tokens] if tokens else windows


def _style(path: Path) -> NDArray[np.float32]:
    import numpy as np

    values = np.fromfile(path, dtype="<f4")
    if values.size == 0 or values.size % STYLE_SIZE:
        raise ModelMissing(
            f"{path} is not a Kokoro voice vector: its size is not a multiple of {STYLE_SIZE} float32 values."
        )
    return values.reshape(-1, STYLE_SIZE)
