"""The text-to-speech service: sentences to one engine, one loudness, one file or stream; no Ray."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from deployments.tts.audio.encode import StreamEncoder, finished_wav
from deployments.tts.audio.loudness import normalise
from deployments.tts.audio.resample import resampled
from deployments.tts.cache import SpeechCache, SpeechKey
from deployments.tts.config import TtsConfig
from deployments.tts.contract import (
    CONTENT_TYPES,
    SAMPLE_RATE,
    Preparation,
    PreparationRequest,
    Speech,
    SpeechPart,
    SynthesisRequest,
    TtsInfo,
)
from deployments.tts.engines.port import VoiceEngine
from deployments.tts.engines.selection import build_engine
from deployments.tts.order import Order, Orders
from deployments.tts.preparation import SpeakAhead
from deployments.tts.sentence_store import SentenceKey, SentenceStore
from deployments.tts.single_flight import SingleFlight
from deployments.tts.slots import Slots
from deployments.tts.utterance import SpokenUnit, units_of, with_first_clause
from interview.errors import DeadlineExceeded, EngineFailed, Overloaded
from interview.text.spoken import VERSION as SPOKEN_VERSION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

STREAM_PIECE_BYTES = 64 * 1024
HEALTH_TEXT = "ok"


logger = logging.getLogger(__name__)


class TtsService:
    """``TextToSpeech`` over an engine. Belongs to one event loop; ``close`` it when done.

    ``running`` counts requests in progress, ``queued`` those waiting for a worker.
    """

    def __init__(self, config: TtsConfig | None = None, engine: VoiceEngine | None = None) -> None:
        self._config = config or TtsConfig()
        self._engine = engine or _built(self._config)
        self._orders = Orders(self._config, self._engine)
        self.cache = SpeechCache(self._config.cache_bytes)
        self.sentences = SentenceStore(
            self._config.sentence_cache_bytes, _kept_directory(self._config), self._config.kept_bytes
        )
        self.ahead = SpeakAhead(self.sentences, partial(self._spoken, quiet=True))
        self._slots = Slots(self._config.workers)
        self._files_in_flight: SingleFlight[SpeechKey, Speech] = SingleFlight()
        self._sentences_in_flight: SingleFlight[SentenceKey, NDArray[np.int16]] = SingleFlight()
        # Encoding mp3 or Opus costs more than espeak's synthesis, so it must not run in the event loop either.
        self._encoders = ThreadPoolExecutor(max_workers=max(1, self._config.workers), thread_name_prefix="tts-encode")
        self.running = 0
        self.queued = 0
        self._sentences_spoken = 0

    async def info(self) -> TtsInfo:
        return TtsInfo(
            name=self._engine.name,
            voices=tuple(sorted({*self._orders.aliases, *self._engine.voices()})),
            notice=self._engine.notice,
            stands_in=self._engine.stands_in,
        )

    async def check_health(self) -> None:
        """Speak one word, unless a sentence was spoken since the last check.

        Raises:

            InterviewError: the engine cannot.
        """
        spoken, self._sentences_spoken = self._sentences_spoken, 0
        if spoken:
            return
        voice = self._engine.resolve(None, "en") or self._engine.voices()[0]
        try:
            async with asyncio.timeout(self._config.deadline_s):
                pcm = await self._engine.speak(HEALTH_TEXT, voice=voice, speed=1.0)
        except TimeoutError as error:
            raise DeadlineExceeded("The voice's health check did not answer in time.") from error
        if not len(pcm.samples):
            raise EngineFailed(f"{self._engine.name} returned no audio.")

    async def close(self) -> None:
        await self.ahead.close()
        await self._engine.close()
        await asyncio.to_thread(self._encoders.shutdown)

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        """See ``TextToSpeech.synthesize``."""
        order = self._orders.checked(request)
        found = self.cache.get(order.key)
        if found is not None:
            return found
        return await self._files_in_flight.run(order.key, lambda: self._file(order))

    async def _file(self, order: Order) -> Speech:
        """The complete file, within the deadline."""
        arrived = asyncio.get_running_loop().time()
        async with self._deadline():
            encoder = self._encoder(order, seekable=True)
            try:
                samples = 0
                for index, unit in enumerate(order.units):
                    pcm = await self._audio(order, unit, due=arrived, begun=index > 0)
                    samples += len(pcm)
                    await self._run(partial(encoder.feed, pcm))
                audio = await self._run(encoder.finish)
            except BaseException:
                self._encoders.submit(encoder.abandon)
                raise
        return self._kept(order, audio, samples)

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        """See ``TextToSpeech.stream``. The deadline covers synthesis only; a slow reader costs only memory."""
        order = self._orders.checked(request)
        found = self.cache.get(order.key)
        if found is not None:
            for part in _parts_of(found, order):
                yield part
        else:
            chunks: list[bytes] = []
            samples = 0
            encoder = self._encoder(order, seekable=False)
            finished = False
            try:
                async for unit, pcm in self._in_turn(order):
                    samples += len(pcm)
                    chunk = await self._run(partial(encoder.feed, pcm))
                    chunks.append(chunk)
                    yield SpeechPart(chunk, len(pcm) / SAMPLE_RATE, unit.caption)
                last = await self._run(encoder.finish)
                finished = True
                if last:
                    chunks.append(last)
                    yield SpeechPart(last)
            finally:
                if not finished:
                    self._encoders.submit(encoder.abandon)
            begins_wav = order.format == "wav" and not order.continues
            audio = finished_wav(chunks, SAMPLE_RATE) if begins_wav else b"".join(chunks)
            found = self._kept(order, audio, samples)
        if request.whole:
            yield SpeechPart(b"", speech=found)

    async def prepare(self, request: PreparationRequest) -> Preparation:
        """See ``TextToSpeech.prepare``."""
        voice = self._orders.voice(None, request.language)
        if not self.sentences.keeps or not self._engine.slow:
            return Preparation(kept=0, queued=0)
        keys, kept = await asyncio.to_thread(self._planned, request, voice)
        self.ahead.add([key for key in keys if key not in kept])
        return Preparation(kept=len(kept), queued=len(keys) - len(kept))

    def _planned(self, request: PreparationRequest, voice: str) -> tuple[list[SentenceKey], set[SentenceKey]]:
        """The sentences of ``request``, and those already stored. Blocking."""
        longest = self._config.max_characters
        units = [unit for text in request.texts for unit in units_of(text[:longest], request.language, pause_s=0.0)]
        keys = list(dict.fromkeys(self._sentence_key(voice, 1.0, unit.spoken) for unit in units))
        return keys, {key for key in keys if self.sentences.is_kept(key)}

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        """Raises DeadlineExceeded when it has passed."""
        deadline_s = self._config.deadline_s
        try:
            async with asyncio.timeout(deadline_s):
                yield
        except TimeoutError as error:
            raise DeadlineExceeded(f"The voice did not finish within {deadline_s:g} s.", retry_after_s=1) from error

    @asynccontextmanager
    async def _admitted(self, due: float, *, begun: bool) -> AsyncIterator[None]:
        """Hold a worker's slot, within the queue's bound and the deadline.

        Args:

            due: the event loop's time at which a listener needs the audio.
            begun: an earlier sentence of the request was spoken, so it is not refused any more.

        Raises:

            Overloaded: too many requests are waiting.
            DeadlineExceeded: the deadline has passed.
        """
        if not begun and self.queued >= self._config.max_queued:
            raise Overloaded("Too many texts are waiting to be spoken; try again shortly.", retry_after_s=1)
        async with self._deadline():
            with self.ahead.held_off():
                self.queued += 1
                try:
                    await self._slots.acquire(due)
                finally:
                    self.queued -= 1
                self.running += 1
                try:
                    yield
                finally:
                    self.running -= 1
                    self._slots.release()

    async def _in_turn(self, order: Order) -> AsyncIterator[tuple[SpokenUnit, NDArray[np.int16]]]:
        """Each unit with its audio. The worker is released between units, so that a slow reader does not hold it."""
        units = order.units
        if self._engine.slow and await self._known(self._key_of(order, units[0])) is None:
            pause_s = self._config.clause_pause_s / order.speed
            units = with_first_clause(units, order.language, pause_s=pause_s)
        time = asyncio.get_running_loop().time
        heard_until: float | None = None
        for unit in units:
            due = time() if heard_until is None else heard_until
            pcm = await self._audio(order, unit, due=due, begun=heard_until is not None)
            heard_until = (time() if heard_until is None else heard_until) + len(pcm) / SAMPLE_RATE
            yield unit, pcm

    async def _audio(self, order: Order, unit: SpokenUnit, *, due: float, begun: bool) -> NDArray[np.int16]:
        """The unit's audio, including the pause before it. Requests that need it at the same time share it."""
        import numpy as np

        key = self._key_of(order, unit)
        samples = await self._sentences_in_flight.run(key, lambda: self._sentence(key, due, begun))
        if not unit.pause_s:
            return samples
        return np.concatenate((np.zeros(int(unit.pause_s * SAMPLE_RATE), dtype=np.int16), samples))

    async def _sentence(self, key: SentenceKey, due: float, begun: bool) -> NDArray[np.int16]:
        """A sentence as it is stored, or spoken on a worker."""
        samples = await self._known(key)
        if samples is None:
            async with self._admitted(due, begun=begun):
                samples = await self._spoken(key)
            self.sentences.put(key, samples)
        return samples

    async def _known(self, key: SentenceKey) -> NDArray[np.int16] | None:
        """A sentence from memory or from disk."""
        samples = self.sentences.get(key)
        if samples is None and self.sentences.keeps:
            samples = await self._run(lambda: self.sentences.load(key))
            if samples is not None:
                self.sentences.put(key, samples)
        return samples

    async def _spoken(self, key: SentenceKey, *, quiet: bool = False) -> NDArray[np.int16]:
        """A sentence by the engine, at the tier's rate and loudness."""
        pcm = await self._engine.speak(key.spoken, voice=key.voice, speed=key.speed, quiet=quiet)
        self._sentences_spoken += 1
        return await self._run(
            lambda: normalise(resampled(pcm.samples, pcm.sample_rate, SAMPLE_RATE), SAMPLE_RATE, self._config.loudness)
        )

    def _key_of(self, order: Order, unit: SpokenUnit) -> SentenceKey:
        return self._sentence_key(order.voice, order.speed, unit.spoken)

    def _sentence_key(self, voice: str, speed: float, spoken: str) -> SentenceKey:
        loudness = msgspec.structs.astuple(self._config.loudness)
        return SentenceKey(f"{self._engine.version(voice)} {SPOKEN_VERSION} {loudness}", voice, speed, spoken)

    def _encoder(self, order: Order, *, seekable: bool) -> StreamEncoder:
        bitrates = {"mp3": self._config.mp3_bitrate, "opus": self._config.opus_bitrate}
        format = "pcm" if order.continues and order.format == "wav" else order.format
        return StreamEncoder(format, SAMPLE_RATE, bitrate=bitrates.get(format), seekable=seekable)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._encoders, work)

    def _kept(self, order: Order, audio: bytes, samples: int) -> Speech:
        speech = Speech(
            audio=audio,
            content_type=CONTENT_TYPES[order.format],
            duration_s=samples / SAMPLE_RATE,
            engine=self._engine.speaker(order.voice),
            voice=order.voice,
            stands_in=self._engine.stands_in,
        )
        self._keep(order.key, speech)
        return speech

    def _keep(self, key: SpeechKey, speech: Speech) -> None:
        self.cache.put(key, msgspec.structs.replace(speech, cached=True))


def _parts_of(speech: Speech, order: Order) -> list[SpeechPart]:
    """A cached file in parts sized for an RPC; the first one carries the whole caption."""
    pieces = [
        speech.audio[start : start + STREAM_PIECE_BYTES] for start in range(0, len(speech.audio), STREAM_PIECE_BYTES)
    ]
    caption = " ".join(unit.caption for unit in order.units)
    return [
        SpeechPart(piece, speech.duration_s if index == 0 else 0.0, caption if index == 0 else "")
        for index, piece in enumerate(pieces)
    ]


def _kept_directory(config: TtsConfig) -> Path | None:
    """The directory of stored sentences; None when none is configured."""
    if config.kept_directory:
        return Path(config.kept_directory).expanduser()
    data = os.environ.get("INTERVIEW_DATA_DIR")
    return Path(data) / "speech" if data else None


def _built(config: TtsConfig) -> VoiceEngine:
    engine = build_engine(config)
    if engine.stands_in:
        logger.warning("%s speaks instead of a natural voice: %s", engine.name, engine.stands_in)
    return engine
