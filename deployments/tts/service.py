"""The text-to-speech tier itself: sentences to one engine, one loudness, one file or stream; no Ray."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from deployments.tts.audio.encode import StreamEncoder, finished_wav
from deployments.tts.audio.loudness import normalise
from deployments.tts.cache import SpeechCache, SpeechKey
from deployments.tts.config import KOKORO_OPENAI_VOICES, OPENAI_VOICES, TtsConfig
from deployments.tts.contract import CONTENT_TYPES, AudioFormat, Speech, SynthesisRequest, TtsInfo
from deployments.tts.engines.port import SpeechEngine
from deployments.tts.sentences import clean, split_sentences
from interview.errors import DeadlineExceeded, EngineFailed, InvalidInput, Overloaded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

STREAM_PIECE_BYTES = 64 * 1024
HEALTH_TEXT = "ok"


class Order(NamedTuple):
    """A request that has been checked: what to say, in whose voice, and where its result is kept."""

    sentences: list[str]
    voice: str
    key: SpeechKey
    format: AudioFormat
    speed: float


def build_engine(config: TtsConfig) -> SpeechEngine:
    """The engine ``config`` names, ready to speak.

    Raises:
        ModelMissing: its library or weights are not here; the message says how to get them.
    """
    if config.engine == "espeak":
        from deployments.tts.engines.espeak import EspeakEngine

        return EspeakEngine(config.espeak, workers=config.workers)
    if config.engine == "kokoro":
        from deployments.tts.engines.kokoro import KokoroEngine

        return KokoroEngine(config.kokoro, workers=config.workers)
    from deployments.tts.engines.fake import FakeSpeechEngine

    return FakeSpeechEngine(config.fake)


def _default_aliases(config: TtsConfig) -> dict[str, str]:
    return KOKORO_OPENAI_VOICES if config.engine == "kokoro" else OPENAI_VOICES


class TtsService:
    """``TextToSpeech`` over an engine. Belongs to one event loop; ``close`` it when done.

    ``running`` counts requests being worked on now, ``queued`` those waiting for a worker.
    """

    def __init__(self, config: TtsConfig | None = None, engine: SpeechEngine | None = None) -> None:
        self._config = config or TtsConfig()
        self._engine = engine or build_engine(self._config)
        aliases = self._config.voice_aliases
        offered = aliases if aliases is not None else _default_aliases(self._config)
        self._aliases = {
            name: voice for name, voice in offered.items() if self._engine.resolve(voice, "en") is not None
        }
        self.cache = SpeechCache(self._config.cache_bytes)
        self._slots = asyncio.Semaphore(self._config.workers)
        # Encoding mp3 or Opus costs more than espeak's speaking does: it must not stand in the event loop either.
        self._encoders = ThreadPoolExecutor(max_workers=max(1, self._config.workers), thread_name_prefix="tts-encode")
        self.running = 0
        self.queued = 0

    async def info(self) -> TtsInfo:
        return TtsInfo(
            name=self._engine.name,
            voices=tuple(sorted({*self._aliases, *self._engine.voices()})),
            notice=self._engine.notice,
        )

    async def check_health(self) -> None:
        """Truly speak one word.

        Raises:
            InterviewError: the engine cannot.
        """
        voice = self._engine.resolve(None, "en") or self._engine.voices()[0]
        try:
            async with asyncio.timeout(self._config.deadline_s):
                pcm = await self._engine.speak(HEALTH_TEXT, voice=voice, speed=1.0)
        except TimeoutError as error:
            raise DeadlineExceeded("The voice's health check did not answer in time.") from error
        if not len(pcm.samples):
            raise EngineFailed(f"{self._engine.name} returned no audio.")

    async def close(self) -> None:
        await self._engine.close()
        await asyncio.to_thread(self._encoders.shutdown)

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        """See ``TextToSpeech.synthesize``."""
        order = self._checked(request)
        found = self.cache.get(order.key)
        if found is not None:
            return found
        async with self._admitted():
            encoder = self._encoder(order, seekable=True)
            try:
                samples = 0
                async for pcm in self._spoken(order):
                    samples += len(pcm)
                    await self._run(partial(encoder.feed, pcm))
                audio = await self._run(encoder.finish)
            except BaseException:
                self._encoders.submit(encoder.abandon)
                raise
        speech = Speech(
            audio=audio,
            content_type=CONTENT_TYPES[order.format],
            duration_s=samples / self._engine.sample_rate,
            engine=self._engine.name,
            voice=order.voice,
        )
        self._keep(order.key, speech)
        return speech

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[bytes, None]:
        """See ``TextToSpeech.stream``. The deadline covers synthesis only: a slow reader costs nothing but memory."""
        order = self._checked(request)
        found = self.cache.get(order.key)
        if found is not None:
            for start in range(0, len(found.audio), STREAM_PIECE_BYTES):
                yield found.audio[start : start + STREAM_PIECE_BYTES]
            return
        chunks: list[bytes] = []
        samples = 0
        encoder = self._encoder(order, seekable=False)
        finished = False
        try:
            async for pcm in self._spoken_in_turn(order):
                samples += len(pcm)
                chunk = await self._run(partial(encoder.feed, pcm))
                if chunk:
                    chunks.append(chunk)
                    yield chunk
            last = await self._run(encoder.finish)
            finished = True
            if last:
                chunks.append(last)
                yield last
        finally:
            if not finished:
                self._encoders.submit(encoder.abandon)
        rate = self._engine.sample_rate
        audio = finished_wav(chunks, rate) if order.format == "wav" else b"".join(chunks)
        duration_s = samples / rate
        self._keep(order.key, Speech(audio, CONTENT_TYPES[order.format], duration_s, self._engine.name, order.voice))

    def _checked(self, request: SynthesisRequest) -> Order:
        config = self._config
        text = clean(request.text)
        if not any(character.isalnum() for character in text):
            raise InvalidInput("There is no text to speak.", detail={"fields": {"input": "holds no words"}})
        if len(text) > config.max_characters:
            raise InvalidInput(
                f"The text has {len(text)} characters; at most {config.max_characters} can be spoken at once.",
                detail={"fields": {"input": f"longer than {config.max_characters} characters"}},
            )
        if not config.min_speed <= request.speed <= config.max_speed:
            raise InvalidInput(
                f"Speed {request.speed:g} is outside {config.min_speed:g} to {config.max_speed:g}.",
                detail={"fields": {"speed": f"not within {config.min_speed:g} to {config.max_speed:g}"}},
            )
        if request.format not in CONTENT_TYPES:
            raise InvalidInput(
                f"Audio format {request.format!r} is not offered; choose one of {', '.join(CONTENT_TYPES)}.",
                detail={"fields": {"response_format": "not offered"}},
            )
        voice = self._voice(request.voice, request.language)
        key = SpeechKey(self._engine.name, voice, request.format, request.speed, text)
        return Order(split_sentences(text), voice, key, request.format, request.speed)

    def _voice(self, name: str | None, language: str) -> str:
        wanted = self._aliases.get(name, name) if name else None
        voice = self._engine.resolve(wanted, language)
        if voice is not None:
            return voice
        if name is None:
            raise InvalidInput(
                f"{self._engine.name} has no voice for the language {language!r}.",
                detail={"fields": {"language": "no voice speaks it"}},
            )
        native = [other for other in self._engine.voices() if other.split("-")[0] == language.split("-")[0].lower()]
        choices = sorted({*self._aliases, *(native or self._engine.voices())})
        raise InvalidInput(
            f"Unknown voice {name!r}. Choose one of: {', '.join(choices)}.",
            detail={"fields": {"voice": "unknown"}, "choices": choices},
        )

    @asynccontextmanager
    async def _admitted(self) -> AsyncIterator[None]:
        """A worker's slot, within the queue's bound and the deadline.

        Raises:
            Overloaded: too many wait already.
            DeadlineExceeded: the time is up.
        """
        deadline_s = self._config.deadline_s
        if self.queued >= self._config.max_queued:
            raise Overloaded("Too many texts are waiting to be spoken; try again shortly.", retry_after_s=1)
        try:
            async with asyncio.timeout(deadline_s):
                self.queued += 1
                try:
                    await self._slots.acquire()
                finally:
                    self.queued -= 1
                self.running += 1
                try:
                    yield
                finally:
                    self.running -= 1
                    self._slots.release()
        except TimeoutError as error:
            raise DeadlineExceeded(f"The voice did not finish within {deadline_s:g} s.", retry_after_s=1) from error

    async def _spoken(self, order: Order) -> AsyncIterator[NDArray[np.int16]]:
        """Each sentence's audio, at one loudness, a pause before all but the first."""
        for index in range(len(order.sentences)):
            yield await self._sentence(order, index)

    async def _spoken_in_turn(self, order: Order) -> AsyncIterator[NDArray[np.int16]]:
        """As ``_spoken``, but giving the worker back between sentences: a slow reader must not hold it."""
        for index in range(len(order.sentences)):
            async with self._admitted():
                pcm = await self._sentence(order, index)
            yield pcm

    async def _sentence(self, order: Order, index: int) -> NDArray[np.int16]:
        pcm = await self._engine.speak(order.sentences[index], voice=order.voice, speed=order.speed)
        samples = await self._run(lambda: normalise(pcm.samples, pcm.sample_rate, self._config.loudness))
        if index == 0:
            return samples
        import numpy as np

        pause = np.zeros(int(self._config.pause_s / order.speed * pcm.sample_rate), dtype=np.int16)
        return np.concatenate((pause, samples))

    def _encoder(self, order: Order, *, seekable: bool) -> StreamEncoder:
        bitrates = {"mp3": self._config.mp3_bitrate, "opus": self._config.opus_bitrate}
        return StreamEncoder(
            order.format, self._engine.sample_rate, bitrate=bitrates.get(order.format), seekable=seekable
        )

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._encoders, work)

    def _keep(self, key: SpeechKey, speech: Speech) -> None:
        self.cache.put(key, msgspec.structs.replace(speech, cached=True))
