"""A neural voice engine: espeak-ng's phonemes into an ONNX model, without torch and without GPL code in this process.

Concrete models (``kokoro.py``, ``piper.py``) map phonemes to tokens and tokens to audio; this module has the rest.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from deployments.tts.config import EspeakConfig
from deployments.tts.engines.espeak import EspeakVoice
from deployments.tts.engines.phonemes import phonemes_of
from deployments.tts.engines.port import Pcm
from interview.errors import EngineFailed, ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Relative to the sentence's peak.
SILENCE_BELOW_PEAK = 10 ** (-50 / 20)
KEPT_LEAD_S = 0.02
KEPT_TAIL_S = 0.08


class VoiceModel(Protocol):
    """An ONNX voice. ``run`` is called from several threads at once."""

    name: str
    #: Identifies the weights exactly, because another version may speak a text differently.
    version: str
    sample_rate: int
    #: OpenAI's voice names → this model's.
    openai_voices: Mapping[str, str]
    #: Voice name → espeak-ng's code of its language. The first voice of a language is its default.
    languages: dict[str, str]

    def run(self, phonemes: str, *, voice: str, speed: float, options: Any) -> NDArray[np.float32]:
        """Audio of shape ``[n]`` in [−1, 1]. ``options`` are onnxruntime's, whose ``terminate`` stops the run."""
        ...


def open_session(path: Path, threads: int) -> Any:
    """An onnxruntime CPU session of ``path`` on ``threads`` threads.

    Raises:
        ModelMissing: the file is not a model onnxruntime can load.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads spin while a sentence is computed, which makes it faster, and sleep afterwards: transcription runs on the
    # same cores between two replies.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelMissing(f"{path} is not a voice model onnxruntime can load ({type(error).__name__}).") from error


def without_silence(audio: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """``audio`` without surrounding silence, except 20 ms before and 80 ms after the voice."""
    import numpy as np

    level = np.abs(audio)
    loud = np.flatnonzero(level > level.max(initial=0.0) * SILENCE_BELOW_PEAK)
    if not len(loud):
        return audio[:0]
    start = max(0, int(loud[0]) - int(KEPT_LEAD_S * sample_rate))
    return audio[start : int(loud[-1]) + 1 + int(KEPT_TAIL_S * sample_rate)]


def _take_lowest_priority() -> None:
    """For this thread only; except on Linux, priorities belong to processes."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


class NeuralEngine:
    """``SpeechEngine`` over a ``VoiceModel``; ``workers`` sentences are spoken at once.

    A cancelled ``speak`` stops the model within one of its layers. Quiet work uses a separate model on one thread of
    the lowest priority, because transcription may need the same cores; it is loaded on first use.
    """

    notice: str | None = None
    stands_in = ""
    slow = True

    def __init__(
        self, load: Callable[[int], VoiceModel], threads: int, espeak: EspeakConfig, *, workers: int = 1
    ) -> None:
        """``load`` opens the model on a number of threads; its errors are raised here."""
        self._model = model = load(threads)
        self._load_quiet = partial(load, 1)
        self._quiet_model: VoiceModel | None = None
        self._phonemes = EspeakVoice(espeak)
        self._threads = ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="voice")
        self._quiet_thread = ThreadPoolExecutor(1, thread_name_prefix="quiet-voice", initializer=_take_lowest_priority)
        self.name = model.name
        self.openai_voices = model.openai_voices

    def voices(self) -> tuple[str, ...]:
        return tuple(sorted(self._model.languages))

    def resolve(self, voice: str | None, language: str) -> str | None:
        """A named voice is accepted in any language; else the first voice that speaks ``language``.

        The region selects between voices of one language if possible: ``en-GB`` is a British voice.
        """
        if voice is not None:
            return voice if voice in self._model.languages else None
        wanted = language.lower()
        spoken = wanted.split("-")[0]
        found = [name for name, code in self._model.languages.items() if code.split("-")[0] == spoken]
        regional = [name for name in found if self._model.languages[name] == wanted]
        return next(iter((*regional, *found)), None)

    def version(self, voice: str) -> str:
        return self._model.version

    def speaker(self, voice: str) -> str:
        return self.name

    def _quiet(self) -> VoiceModel:
        """The quiet thread's model. A single-threaded onnxruntime session runs on its caller's thread."""
        if self._quiet_model is None:
            self._quiet_model = self._load_quiet()
        return self._quiet_model

    def _speak(self, text: str, voice: str, speed: float, options: Any, quiet: bool) -> Pcm:
        import numpy as np

        phonemes = phonemes_of(text, self._phonemes, self._model.languages[voice])
        if not phonemes:
            return Pcm(np.zeros(0, dtype=np.int16), self._model.sample_rate)
        try:
            model = self._quiet() if quiet else self._model
            audio = model.run(phonemes, voice=voice, speed=speed, options=options)
        except Exception as error:
            raise EngineFailed(f"{self.name} could not speak this text ({type(error).__name__}).") from error
        spoken = without_silence(audio, self._model.sample_rate)
        return Pcm((np.clip(spoken, -1.0, 1.0) * 32767).astype(np.int16), self._model.sample_rate)

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        import onnxruntime

        options = onnxruntime.RunOptions()
        threads = self._quiet_thread if quiet else self._threads
        work = asyncio.get_running_loop().run_in_executor(threads, self._speak, text, voice, speed, options, quiet)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            options.terminate = True
            work.cancel()
            with contextlib.suppress(EngineFailed, asyncio.CancelledError):
                await work
            raise

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._quiet_thread.shutdown)
        self._phonemes.close()
