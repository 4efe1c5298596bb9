"""A Piper voice (VITS) through onnxruntime: optional, for speed; ``docs/tts.md`` has the licence of its voices.

The package ``piper-tts`` is not used, because it is GPL-3.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from deployments.tts.config import OPENAI_VOICES, PiperConfig
from deployments.tts.engines.neural import open_session
from interview.errors import ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAD, START, END = "_", "^", "$"

#: Scale of the noise that VITS adds to its latent and to its durations (``noise_scale``, ``noise_w``). Without it the
#: model speaks the mean of its distribution, so that a text always sounds the same; onnxruntime draws the noise inside
#: the graph and cannot seed it per run.
NOISE = 0.0


class _Audio(Struct, frozen=True):
    sample_rate: int


class _Espeak(Struct, frozen=True):
    voice: str


class _Inference(Struct, frozen=True):
    length_scale: float = 1.0


class VoiceCard(Struct, frozen=True):
    """The parts of a Piper voice's ``.onnx.json`` that synthesis needs."""

    audio: _Audio
    espeak: _Espeak
    phoneme_id_map: dict[str, list[int]]
    inference: _Inference = _Inference()
    num_speakers: int = 1


class PiperModel:
    """``VoiceModel`` of one single-speaker Piper voice; its name is the file's."""

    def __init__(self, path: Path, config: PiperConfig, *, version: str) -> None:
        """Raises ModelMissing when a file is absent or malformed."""
        self._card = _card(path)
        self._session = open_session(path, config.threads)
        self.sample_rate = self._card.audio.sample_rate
        self.languages = {path.stem: self._card.espeak.voice}
        self.openai_voices: Mapping[str, str] = dict.fromkeys(OPENAI_VOICES, path.stem)
        self.name = f"piper {path.stem}"
        self.version = f"{version}-noise{NOISE:g}"

    def run(self, phonemes: str, *, voice: str, speed: float, options: Any) -> NDArray[np.float32]:
        import numpy as np

        ids = self._card.phoneme_id_map
        # Piper's own order: a pad follows every phoneme.
        tokens = [*ids[START], *ids[PAD]]
        for phoneme in phonemes:
            if phoneme in ids:
                tokens += [*ids[phoneme], *ids[PAD]]
        tokens += ids[END]
        scales = [NOISE, self._card.inference.length_scale / speed, NOISE]
        feeds = {
            "input": np.array([tokens], dtype=np.int64),
            "input_lengths": np.array([len(tokens)], dtype=np.int64),
            "scales": np.array(scales, dtype=np.float32),
        }
        return np.asarray(self._session.run(None, feeds, options)[0], dtype=np.float32).ravel()


def _card(path: Path) -> VoiceCard:
    card = path.with_name(f"{path.name}.json")
    try:
        found = msgspec.json.decode(card.read_bytes(), type=VoiceCard)
    except OSError as error:
        raise ModelMissing(f"A Piper voice needs {card.name} next to it: {card} cannot be read.") from error
    except msgspec.MsgspecError as error:
        raise ModelMissing(f"{card} is not a Piper voice description: {error}") from error
    if found.num_speakers != 1:
        raise ModelMissing(f"{path.name} has {found.num_speakers} speakers; only voices of one speaker are supported.")
    if not {PAD, START, END} <= found.phoneme_id_map.keys():
        raise ModelMissing(f"{card} does not map the marks of a Piper voice ({PAD} {START} {END}).")
    return found
