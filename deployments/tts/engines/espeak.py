"""espeak-ng as a voice engine: a pool of worker processes, each restarted when it dies.

The library is GPL-3 and keeps global state, so it runs in a separate program (``espeak_worker.py``) behind a pipe. The
processes are long-lived, because start-up costs ten times as much as a sentence.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from deployments.tts.config import OPENAI_VOICES, EspeakConfig
from deployments.tts.engines.port import Pcm
from interview import retries
from interview.errors import EngineFailed, EngineUnavailable, ModelMissing

logger = logging.getLogger(__name__)

WORKER_PROGRAM = Path(__file__).with_name("espeak_worker.py")
START_TIMEOUT_S = 10.0
#: Far above the time for a sentence; past this the worker hangs.
SENTENCE_TIMEOUT_S = 10.0
ATTEMPTS = 2

T = TypeVar("T")


class WorkerDied(Exception):
    """The process ended or stopped answering; a retry on a new one may succeed."""


class Hello(NamedTuple):
    sample_rate: int
    version: str
    voices: frozenset[str]
    variants: frozenset[str]


def espeak_paths(config: EspeakConfig) -> tuple[str, str]:
    """The library and data directory to load.

    Raises:
        ModelMissing: neither the configuration nor the ``espeakng-loader`` wheel provides them.
    """
    if config.library and config.data:
        library, data = config.library, config.data
    else:
        try:
            import espeakng_loader
        except ImportError as error:
            raise ModelMissing(
                "espeak-ng is not installed: `pip install espeakng-loader`, "
                "or set tts.espeak.library and tts.espeak.data."
            ) from error
        library = config.library or espeakng_loader.get_library_path()
        data = config.data or espeakng_loader.get_data_path()
    for what, path in (("library", library), ("data", data)):
        if not Path(path).exists():
            raise ModelMissing(
                f"espeak-ng's {what} is not at {path}: reinstall espeakng-loader or correct tts.espeak.{what}."
            )
    return str(library), str(data)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:  # bytes of a request the dead worker never read
                logger.debug("a voice worker died with a request in its pipe")


class EspeakProcess:
    """One worker process and the protocol to it; blocking, one call at a time, used from one thread at a time."""

    def __init__(self, library: str, data: str) -> None:
        # -I -S: only the standard library is importable, and start-up is ten times faster.
        self._process = subprocess.Popen(  # noqa: S603 - our own program, by absolute path, without a shell
            [sys.executable, "-I", "-S", str(WORKER_PROGRAM), library, data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # the library prints notes on optional voices there; failures come as frames
        )
        self._finalizer = weakref.finalize(self, _end, self._process)
        try:
            kind, body = self._read_frame(time.monotonic() + START_TIMEOUT_S)
            if kind != b"H":
                raise WorkerDied("the voice worker uses another protocol version")
        except WorkerDied:
            self.close()
            raise
        hello = json.loads(body)
        self.hello = Hello(
            int(hello["sample_rate"]), str(hello["version"]), frozenset(hello["voices"]), frozenset(hello["variants"])
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        self._finalizer()

    def speak(self, text: str, voice: str, rate_wpm: int, pitch: int, timeout_s: float) -> bytes:
        """PCM bytes of one sentence.

        Raises:

            EngineFailed: the library rejected this text or voice.
            WorkerDied: the process died or did not answer; it has been ended.
        """
        order = {"text": text, "voice": voice, "rate_wpm": rate_wpm, "pitch": pitch}
        return self._ask(b"S", order, timeout_s)

    def phonemes(self, texts: Sequence[str], voice: str, timeout_s: float) -> list[str]:
        """The IPA of each text. Raises as ``speak``."""
        found: list[str] = json.loads(self._ask(b"T", {"texts": list(texts), "voice": voice}, timeout_s))
        return found

    def _ask(self, request: bytes, order: dict[str, Any], timeout_s: float) -> bytes:
        try:
            self._write_frame(request, json.dumps(order).encode())
            kind, body = self._read_frame(time.monotonic() + timeout_s)
        except WorkerDied:
            self.close()
            raise
        if kind == b"E":
            raise EngineFailed(f"espeak-ng could not speak this text: {json.loads(body)['message']}.")
        return body

    def _write_frame(self, kind: bytes, body: bytes) -> None:
        pipe: IO[bytes] | None = self._process.stdin
        assert pipe is not None  # noqa: S101 - opened above
        try:
            pipe.write(kind + struct.pack(">I", len(body)) + body)
            pipe.flush()
        except OSError as error:
            raise WorkerDied(f"the voice worker's pipe is closed ({error.strerror})") from error

    def _read_frame(self, deadline: float) -> tuple[bytes, bytes]:
        head = self._read(5, deadline)
        (length,) = struct.unpack(">I", head[1:])
        return head[:1], self._read(length, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        pipe: IO[bytes] | None = self._process.stdout
        assert pipe is not None  # noqa: S101 - opened above
        descriptor = pipe.fileno()
        # poll, not select: descriptors above 1024 are common in a replica with many sockets.
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        data = bytearray()
        while len(data) < size:
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise WorkerDied("the voice worker did not answer in time")
            chunk = os.read(descriptor, min(size - len(data), 1 << 16))
            if not chunk:
                raise WorkerDied("the voice worker ended")
            data += chunk
        return bytes(data)


class EspeakVoice:
    """A blocking voice that restarts its worker when it dies; thread-safe by one lock. Scripts may use it directly."""

    def __init__(self, config: EspeakConfig | None = None) -> None:
        self._config = config or EspeakConfig()
        self._paths = espeak_paths(self._config)
        self._lock = threading.Lock()
        self._worker: EspeakProcess | None = None
        self.restarts = 0
        self.hello = self._started().hello

    def _started(self) -> EspeakProcess:
        if self._worker is None:
            try:
                self._worker = EspeakProcess(*self._paths)
            except (WorkerDied, OSError) as error:
                raise EngineUnavailable("The espeak-ng worker could not be started.", retry_after_s=5) from error
        return self._worker

    @property
    def pid(self) -> int | None:
        return self._worker.pid if self._worker else None

    def speak(self, text: str, *, voice: str, speed: float, timeout_s: float = SENTENCE_TIMEOUT_S) -> Pcm:
        import numpy as np

        rate_wpm = round(self._config.rate_wpm * speed)
        body = self._tried(lambda worker: worker.speak(text, voice, rate_wpm, self._config.pitch, timeout_s))
        return Pcm(np.frombuffer(body, dtype="<i2").astype(np.int16), self.hello.sample_rate)

    def phonemes(self, texts: Sequence[str], *, voice: str, timeout_s: float = SENTENCE_TIMEOUT_S) -> list[str]:
        """The IPA of each text with stress marks and without punctuation. Raises as ``speak``."""
        return self._tried(lambda worker: worker.phonemes(texts, voice, timeout_s))

    def _tried(self, work: Callable[[EspeakProcess], T]) -> T:
        """Run ``work`` on the worker, and once more on a new one when it dies.

        Raises:

            EngineUnavailable: the new one dies as well, or cannot be started.
        """
        with self._lock:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    return work(self._started())
                except WorkerDied as error:
                    self._worker = None
                    self.restarts += 1
                    logger.warning("espeak-ng worker lost (%s), attempt %d of %d", error, attempt, ATTEMPTS)
                    if attempt == ATTEMPTS:
                        raise EngineUnavailable("The espeak-ng worker keeps dying.", retry_after_s=5) from error
                    retries.tried_again("tts", "worker-died")
        raise AssertionError("unreachable")

    def close(self) -> None:
        with self._lock:
            if self._worker is not None:
                self._worker.close()
                self._worker = None


NOTICE = "espeak-ng speaks with a synthetic, robotic voice."


class EspeakEngine:
    """``SpeechEngine`` over a pool of ``workers`` voices."""

    slow = False
    openai_voices: Mapping[str, str] = OPENAI_VOICES

    def __init__(self, config: EspeakConfig, *, workers: int = 1, stands_in: str = "") -> None:
        """``stands_in``: why it serves instead of the preferred natural voice."""
        self._config = config
        self.stands_in = stands_in
        self.notice: str | None = NOTICE if not stands_in else f"{NOTICE} {stands_in}"
        self._pool = [EspeakVoice(config) for _ in range(max(1, workers))]
        self._idle: asyncio.LifoQueue[EspeakVoice] = asyncio.LifoQueue()
        for voice in self._pool:
            self._idle.put_nowait(voice)
        self._threads = ThreadPoolExecutor(max_workers=len(self._pool), thread_name_prefix="espeak")
        self._hello = self._pool[0].hello
        self._codes = {code.lower(): code for code in self._hello.voices}
        self.name = f"espeak-ng {self._hello.version}"

    @property
    def restarts(self) -> int:
        return sum(voice.restarts for voice in self._pool)

    def worker_pids(self) -> tuple[int, ...]:
        return tuple(voice.pid for voice in self._pool if voice.pid is not None)

    def voices(self) -> tuple[str, ...]:
        return tuple(sorted(self._hello.voices))

    def resolve(self, voice: str | None, language: str) -> str | None:
        """``voice`` may carry one of espeak's timbres, as in ``en-us+f3``."""
        if voice is None:
            default = self._config.default_voice
            same_language = default.split("-")[0] == language.lower().split("-")[0]
            return default if same_language else self._codes.get(language.lower())
        base, plus, variant = voice.partition("+")
        known = self._codes.get(base.lower())
        if known is None or (plus and variant not in self._hello.variants):
            return None
        return f"{known}{plus}{variant}"

    def version(self, voice: str) -> str:
        return f"{self.name} {self._config.rate_wpm} {self._config.pitch}"

    def speaker(self, voice: str) -> str:
        return self.name

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        worker = await self._idle.get()
        future: asyncio.Future[Pcm] = asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: worker.speak(text, voice=voice, speed=speed)
        )

        def give_back(done: asyncio.Future[Any]) -> None:
            self._idle.put_nowait(worker)
            if not done.cancelled():
                done.exception()  # retrieved here too, so that a disconnected caller leaves no warning

        # The worker is returned when its thread is done, not when a cancelled caller leaves.
        future.add_done_callback(give_back)
        return await asyncio.shield(future)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        for voice in self._pool:
            voice.close()
