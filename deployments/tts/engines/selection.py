"""Selects the voice engine when a replica starts, and explains the choice."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from deployments.tts.config import TtsConfig
from deployments.tts.engines.port import VoiceEngine
from interview.errors import ModelMissing
from storage.weights.resolve import known, resolve_weights

Neural = Literal["kokoro", "piper"]


def build_engine(config: TtsConfig) -> VoiceEngine:
    """The engine of ``config``, ready to speak. ``auto`` is Kokoro if its weights are installed, else espeak-ng.

    Raises:

        ModelMissing: its library or weights are not installed; the message says how to get them.
        ModelCorrupt: a weights file differs from its manifest.
    """
    match config.engine:
        case "auto":
            return _automatic(config)
        case "kokoro" | "piper":
            return _with_espeak(config, *neural_weights(config, config.engine))
        case "espeak":
            return _espeak(config)
        case "fake":
            from deployments.tts.engines.fake import FakeSpeechEngine

            return FakeSpeechEngine(config.fake)


def neural_weights(config: TtsConfig, engine: Neural) -> tuple[Neural, Path, str]:
    """The engine, the ONNX file of its weights, and their version. Blocking: verifies the files.

    Raises:
        ModelMissing, ModelCorrupt: as ``build_engine``.
    """
    name = config.kokoro.model if engine == "kokoro" else config.piper.model
    if known(name) is None:
        path = Path(name).expanduser()
        if path.suffix != ".onnx" or not path.is_file():
            raise ModelMissing(
                f"The voice model {name} is not on this machine: tts.{engine}.model is a name that "
                "`interview models list` shows, or the path of an .onnx file.",
                detail={"model": name},
            )
        stamp = path.stat()
        return engine, path, f"{path.name}-{stamp.st_size}-{stamp.st_mtime_ns}"
    weights = resolve_weights(name)
    file = next((one for one in weights.manifest.files if one.name.endswith(".onnx")), None)
    if file is None:
        raise ModelMissing(f"{name} is not a voice: it has no .onnx file.", detail={"model": name})
    return engine, weights.path / file.name, f"{weights.manifest.name}-{file.sha256[:12]}"


def _automatic(config: TtsConfig) -> VoiceEngine:
    try:
        found = neural_weights(config, "kokoro")
    except ModelMissing as error:
        return _espeak(config, stands_in=error.message)
    return _with_espeak(config, *found)


def _espeak(config: TtsConfig, stands_in: str = "") -> VoiceEngine:
    from deployments.tts.engines.espeak import EspeakEngine

    return EspeakEngine(config.espeak, workers=config.workers, stands_in=stands_in)


def _with_espeak(config: TtsConfig, engine: Neural, weights: Path, version: str) -> VoiceEngine:
    from deployments.tts.engines.kokoro import KokoroModel
    from deployments.tts.engines.layered import LayeredEngine
    from deployments.tts.engines.neural import NeuralEngine, VoiceModel
    from deployments.tts.engines.piper import PiperModel

    def load(threads: int) -> VoiceModel:
        if engine == "kokoro":
            return KokoroModel(weights, replace(config.kokoro, threads=threads), version=version)
        return PiperModel(weights, replace(config.piper, threads=threads), version=version)

    threads = config.kokoro.threads if engine == "kokoro" else config.piper.threads
    return LayeredEngine(NeuralEngine(load, threads, config.espeak, workers=config.workers), _espeak(config))
