"""Loads the models that a profile names, or asks the server that has them, for ``interview doctor``.

The exceptions are vLLM's weights, which fill the memory of a card that may be in use, weights for which the free memory
does not suffice, and, while the platform runs (``serves``), a language model and a speech model on a card: the platform
has them loaded already. Their files are found and verified.
"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from msgspec.structs import replace

from deployments.llm.config import LlmConfig
from deployments.retrieval.config import RetrievalConfig
from deployments.stt.config import SttConfig
from deployments.tts.config import TtsConfig
from deployments.turn_detection.config import TurnDetectionConfig
from interview.errors import InterviewError, ModelMissing
from serve.local.diagnosis import Diagnosis

_CONNECT_S = 2.0
_GIB = 1024**3
#: Memory that loading takes, as a multiple of the size of the weights' files; 4-bit weights are unpacked to 16 bits.
_LOADED, _UNPACKED = 1.5, 5.0
_LOADED_ALREADY = "not loaded here, because the platform runs on this data directory and has loaded it"


def speech_to_text(config: SttConfig, *, serves: bool = False) -> Diagnosis:
    from deployments.stt.engines.model_resolution import resolve_model
    from deployments.stt.engines.whisper import chosen_device, load_engine

    area = "speech to text"
    if config.engine == "remote":
        if not config.remote.base_url:
            return Diagnosis(area, "fail", "remote, without an address", "set stt.remote.base_url")
        found = f"remote: {config.remote.model} at {config.remote.base_url}"
        if problem := _unreachable(config.remote.base_url):
            remedy = "start the server, or correct stt.remote.base_url"
            return Diagnosis(area, "fail", f"{found} does not answer ({problem})", remedy)
        return Diagnosis(area, "ok", found)
    if config.engine == "fake":
        return Diagnosis(area, "warn", "fake: nothing is heard", "set stt.engine to whisper or remote")
    try:
        resolved = resolve_model(config)
        if serves and chosen_device(config) == "cuda":
            return Diagnosis(area, "ok", f"faster-whisper with {resolved.name}: {resolved.reason}; {_LOADED_ALREADY}")
        load_engine(config, resolved)
    except InterviewError as error:
        return Diagnosis(area, "fail", error.message, "fetch the model, or set stt.model to an installed one")
    return Diagnosis(area, "ok", f"faster-whisper with {resolved.name}: {resolved.reason}")


def _unreachable(address: str) -> str:
    """Why no connection to the server of a URL can be opened; empty if one can. Transcription servers have no common
    request that lists their models."""
    place = urlsplit(address)
    try:
        port = place.port or (443 if place.scheme == "https" else 80)
        socket.create_connection((place.hostname or "", port), _CONNECT_S).close()
    except (OSError, ValueError) as error:
        return str(error)
    return ""


def text_to_speech(config: TtsConfig) -> Diagnosis:
    from deployments.tts.engines.espeak import espeak_paths
    from deployments.tts.engines.kokoro import KokoroModel
    from deployments.tts.engines.piper import PiperModel
    from deployments.tts.engines.selection import neural_weights

    area = "text to speech"
    if config.engine == "fake":
        return Diagnosis(area, "warn", "the fake voice of tests and load runs", "set tts.engine to auto")
    try:
        library, _ = espeak_paths(config.espeak)
    except InterviewError as error:
        return Diagnosis(area, "fail", error.message, "pip install espeakng-loader")
    if config.engine == "espeak":
        return Diagnosis(area, "ok", f"espeak-ng ({library})")
    try:
        engine, weights, version = neural_weights(config, "piper" if config.engine == "piper" else "kokoro")
    except ModelMissing as error:
        if config.engine == "auto":
            return Diagnosis(area, "warn", "espeak-ng, because a natural voice is not installed", error.message)
        return Diagnosis(area, "fail", error.message, "fetch the voice, or set tts.engine to auto or espeak")
    except InterviewError as error:
        return Diagnosis(area, "fail", error.message, "remove the damaged file and fetch the voice again")
    try:
        if engine == "piper":
            PiperModel(weights, config.piper, version=version)
        else:
            KokoroModel(weights, config.kokoro, version=version)
    except InterviewError as error:
        return Diagnosis(area, "fail", error.message, "fetch the voice again, or set tts.engine to espeak")
    return Diagnosis(area, "ok", f"{engine} ({weights}); espeak-ng for languages without a voice")


def turn_detection(config: TurnDetectionConfig) -> Diagnosis:
    """The detector of voice activity and, where configured, the model of the end of a turn."""
    from deployments.turn_detection.service import TurnDetectionService

    area = "end of turn"
    try:
        info = TurnDetectionService(config).info()
    except InterviewError as error:
        return Diagnosis(area, "fail", error.message, "fetch the model, or set turn_detection.end_of_turn to silence")
    heard = f"voice activity: {info.voice_activity}"
    if config.end_of_turn == "silence":
        return Diagnosis(area, "ok", f"a rule on silence, as configured; {heard}")
    if info.notice:
        found = f"a rule on silence, because the model is not installed; {heard}"
        return Diagnosis(area, "warn", found, info.notice)
    return Diagnosis(area, "ok", f"{info.end_of_turn}; {heard}")


def search_by_meaning(config: RetrievalConfig) -> Diagnosis:
    from deployments.retrieval.service import retrieval_of

    area = "search by meaning"
    try:
        retrieval = retrieval_of(config)
        if retrieval is None:
            return Diagnosis(area, "ok", "by words, as configured")
        try:
            asyncio.run(retrieval.scores(["a database"], ["an index"]))
        finally:
            retrieval.close()
    except ModelMissing as error:
        return Diagnosis(area, "warn", "by words, because the encoder is not installed", error.message)
    except InterviewError as error:
        remedy = "fetch the encoder again, or set retrieval.embeddings to null to search by words"
        return Diagnosis(area, "fail", error.message, remedy)
    return Diagnosis(area, "ok", f"{config.embeddings}")


def local_language_model(area: str, config: LlmConfig, *, serves: bool = False) -> Diagnosis:
    """Loads the weights of a transformers engine and completes one small request, as the tier does when it starts.
    If the platform ``serves`` already, the weights are on this machine's memory or card, and there may be no room for
    a second copy.

    Raises:

        ModelMissing: the weights are not on this machine.
        ConfigError: the weights do not serve with this configuration.
        EngineUnavailable, EngineFailed, DeadlineExceeded: they cannot be loaded, or the request failed.
    """
    from deployments.llm.deployment import create_language_model
    from deployments.llm.engines.weights import gguf_in, local_model

    path = local_model(config.model, config.models_dir)
    found = f"{config.engine}: {config.name}"
    if config.engine == "vllm":
        return Diagnosis(area, "ok", f"{found}; the files are complete, and vLLM loads them when the platform starts")
    if serves:
        return Diagnosis(area, "ok", f"{found}, at {path}; {_LOADED_ALREADY}")
    needed = _size(path) * (_UNPACKED if gguf_in(path) else _LOADED) + config.transformers.kv_cache_gib * _GIB
    free = psutil.virtual_memory().available
    if needed > free:
        told = f"{found} was not loaded: it needs about {needed / _GIB:.1f} GiB, and {free / _GIB:.1f} GiB are free"
        return Diagnosis(area, "warn", told, "stop what uses the memory, or name a smaller model")
    one = replace(config, transformers=replace(config.transformers, max_batch=1))

    async def load() -> None:
        model = create_language_model(one)
        try:
            await model.start()
        finally:
            await model.stop()

    asyncio.run(load())
    return Diagnosis(area, "ok", f"{found}, loaded from {path}")


def _size(directory: Path) -> int:
    """Bytes of the files of weights in ``directory``."""
    return sum(file.stat().st_size for file in directory.iterdir() if file.suffix in {".safetensors", ".gguf", ".bin"})


def remote_language_model(area: str, config: LlmConfig, section: str) -> Diagnosis:
    """Asks the server for its models. Raises ConfigError as the engine does."""
    from deployments.llm.engines.remote import RemoteLanguageModel

    async def asked() -> str | None:
        model = RemoteLanguageModel(config)
        try:
            await model.start()
            return (await model.info()).notice
        finally:
            await model.stop()

    notice = asyncio.run(asked())
    found = f"remote: {config.name} at {config.remote.base_url}"
    if notice:
        remedy = f"start the server, or correct {section}.remote.base_url, {section}.model and the key"
        return Diagnosis(area, "fail", f"{found}: {notice}", remedy)
    return Diagnosis(area, "ok", found)
