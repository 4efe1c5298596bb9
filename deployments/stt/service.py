"""The speech-to-text service: decode, find speech, cut, transcribe in shared batches, guard, assemble. No Ray."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

import msgspec

from deployments.stt.audio.decode import SAMPLE_RATE, Samples, decode_audio
from deployments.stt.audio.recording import Recording
from deployments.stt.audio.vad import Span, cut_into_pieces, find_speech
from deployments.stt.confidence import ConfidenceModel, words_in
from deployments.stt.config import SttConfig
from deployments.stt.contract import EngineInfo, Guard, Segment, TranscribeRequest, Transcript, Word
from deployments.stt.engines.port import AudioPiece, Part, PieceOptions, PieceText, Recognizer, Transcriber
from deployments.stt.engines.window_policy import FRAMES_PER_S
from deployments.stt.guards import check_segment, repeats_itself, restarts, silence_guards, stops_early
from interview.errors import DeadlineExceeded, Overloaded, SilentAudio, UnsupportedRequest

T = TypeVar("T")


class SttService:
    """``SpeechToText`` over an engine and a way to batch its pieces.

    ``transcriber`` takes one piece and returns its text; in a replica that is ``ray.serve.batch``.
    """

    def __init__(self, config: SttConfig, engine: Recognizer, transcriber: Transcriber) -> None:
        self._config = config
        self._engine = engine
        self._transcribe_piece = transcriber
        self._decoders = ThreadPoolExecutor(max_workers=config.decode_workers, thread_name_prefix="stt-decode")
        #: Seconds of audio admitted and not yet answered; the autoscaler's input.
        self.queued_audio_s = 0.0

    async def info(self) -> EngineInfo:
        return self._engine.info

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        started = time.monotonic()
        async with _deadline(self._config.deadline_s):
            recording = await self._recording(request.audio)
        decoded = time.monotonic()
        duration_s = recording.audio.duration_s
        budget_s = self._config.deadline_s + self._config.deadline_per_audio_s * duration_s
        with self._admitted(duration_s):
            async with _deadline(budget_s - (decoded - started)):
                if request.language is None:
                    language = await self._off_loop(self._detect_language, recording)
                else:
                    language = self._accepted_language(request.language)
                options = PieceOptions(
                    language=language,
                    prompt=None if repeats_itself(request.prompt or "") else request.prompt,
                    hotwords=request.hotwords,
                    word_timestamps=request.word_timestamps,
                    segment_timestamps=self._config.segment_timestamps,
                    temperature=request.temperature,
                )
                spans = cut_into_pieces(recording.speech, self._engine.profile.segmentation)
                texts = await self._transcribe_spans(recording, spans, options, expires_at=started + budget_s)
        stage_ms = {
            "decode": round((decoded - started) * 1000, 1),
            "transcribe": round((time.monotonic() - decoded) * 1000, 1),
        }
        return self._assemble(request, recording, language, list(zip(spans, texts, strict=True)), stage_ms)

    def close(self) -> None:
        self._decoders.shutdown(wait=False, cancel_futures=True)

    async def _recording(self, data: bytes) -> Recording:
        """Decode and find speech.

        Raises:

            AudioRejected: as ``decode_audio``; also when there is no speech.
        """
        abandoned = threading.Event()
        try:
            recording = await self._off_loop(self._decode, data, abandoned)
        finally:
            # A disconnected caller must not hold one of two decode workers.
            abandoned.set()
        if recording.speech_s < self._config.min_speech_s:
            raise SilentAudio(
                "No speech was heard in the recording. Please check your microphone and answer again.",
                detail={"duration_s": round(recording.audio.duration_s, 2)},
            )
        return recording

    def _decode(self, data: bytes, abandoned: threading.Event) -> Recording:
        rules = self._engine.profile.segmentation

        def speech_s(samples: Samples) -> float:
            return sum(span.duration_s for span in find_speech(samples, rules, self._config.vad_threshold))

        audio = decode_audio(data, self._config, abandoned, track_merit=speech_s)
        return Recording(audio, find_speech(audio.samples, rules, self._config.vad_threshold))

    def _accepted_language(self, asked: str) -> str:
        """The ISO 639-1 code of a language tag (``pt-BR``).

        Raises:

            UnsupportedRequest: the model gets most words of this language wrong.
        """
        language = asked.lower().partition("-")[0]
        if self._engine.profile.is_useless_in(language):
            raise UnsupportedRequest(
                f"The speech model {self._engine.info.model} cannot transcribe the language '{language}' usefully; "
                "please type the answer.",
                detail={"fields": {"language": "the loaded speech model gets most of its words wrong"}},
            )
        return language

    def _detect_language(self, recording: Recording) -> str:
        start = recording.speech[0].start
        return self._engine.detect_language(recording.audio.samples[start : start + 30 * SAMPLE_RATE])

    async def _transcribe_spans(
        self, recording: Recording, spans: tuple[Span, ...], options: PieceOptions, expires_at: float
    ) -> list[PieceText]:
        submitted: list[AudioPiece] = []

        async def one(span: Span) -> PieceText:
            samples = recording.audio.samples[span.start : span.end]
            piece = await self._off_loop(self._engine.prepare, samples, options)
            piece.expires_at = expires_at
            piece.speech_s = sum(
                found.duration_s for found in recording.speech if span.start <= found.start < found.end <= span.end
            )
            submitted.append(piece)
            return await self._decode_fully(piece, submitted)

        tasks = [asyncio.ensure_future(one(span)) for span in spans]
        try:
            return await asyncio.gather(*tasks)
        finally:
            # Pieces still queued when the caller disconnects, or when a sibling failed, are not worth computing.
            for piece in submitted:
                piece.dropped = True
            for task in tasks:
                task.cancel()

    async def _decode_fully(self, piece: AudioPiece, submitted: list[AudioPiece]) -> PieceText:
        """Decode one piece completely: again in the full window if it is improbable, restarts or stops early, at
        higher temperatures if improbable, and on from where a segment was cut off.

        Appends every submitted piece to ``submitted``.
        """
        text = await self._transcribe_piece(piece)
        # In a window shorter than the training window the decoder sometimes loses its place.
        lost = self._improbable(text) or restarts(text.text)
        if lost or stops_early(text.text, piece.speech_s):
            full = self._engine.full_window(piece)
            if full is not None:
                submitted.append(full)
                again = await self._transcribe_piece(full)
                # People also speak slowly and pause.
                if lost or (len(again.text) > len(text.text) and not self._improbable(again)):
                    piece, text = full, again
        for temperature in self._config.temperature_fallback:
            if not self._improbable(text):
                break
            hotter = replace(piece, key=msgspec.structs.replace(piece.key, temperature=temperature))
            submitted.append(hotter)
            text = max(text, await self._transcribe_piece(hotter), key=self._merit)
        if text.resume_frame is None:
            return text
        rest = self._engine.remainder(piece, text.resume_frame)
        if rest is None:
            return text
        submitted.append(rest)
        return _joined(text, await self._decode_fully(rest, submitted), text.resume_frame / FRAMES_PER_S)

    def _improbable(self, text: PieceText) -> bool:
        silent = text.no_speech_prob > self._config.no_speech_threshold
        if text.avg_logprob < self._config.log_prob_threshold:
            return not silent
        return text.compression_ratio > self._config.compression_ratio_threshold

    def _merit(self, text: PieceText) -> tuple[bool, float]:
        return text.compression_ratio <= self._config.compression_ratio_threshold, text.avg_logprob

    def _assemble(
        self,
        request: TranscribeRequest,
        recording: Recording,
        language: str,
        heard: list[tuple[Span, PieceText]],
        stage_ms: dict[str, float],
    ) -> Transcript:
        duration_s = recording.audio.duration_s
        guards = list(silence_guards(recording.speech, duration_s, self._config.reported_silence_s))
        profile = self._engine.profile
        useless = profile.is_useless_in(language)
        if useless:
            guards.append(Guard("language", "flagged", 0.0, round(duration_s, 3)))
        unused = (request.prompt or request.hotwords) and not profile.accepts_prompts
        if unused or repeats_itself(request.prompt or ""):
            guards.append(Guard("hotwords", "ignored", 0.0, round(duration_s, 3)))
        segments: list[Segment] = []
        for span, text in heard:
            if not text.parts:
                guards.append(Guard("no_speech", "dropped", round(span.start_s, 3), round(span.end_s, 3)))
            for segment in _segments(span, text):
                guard = check_segment(segment, self._config)
                if guard is not None:
                    guards.append(guard)
                if guard is None or guard.action != "dropped":
                    segments.append(segment)
        return Transcript(
            text=" ".join(segment.text for segment in segments),
            language=next((text.language for _, text in heard if text.language), language),
            duration_s=round(duration_s, 3),
            segments=tuple(segments),
            confidence=0.0 if useless else _confidence(segments, profile.confidence),
            engine=msgspec.structs.replace(self._engine.info, languages=()),
            guards=tuple(sorted(guards, key=lambda guard: guard.start)),
            speech_s=round(recording.speech_s, 3),
            stage_ms=stage_ms,
        )

    @contextmanager
    def _admitted(self, audio_s: float) -> Iterator[None]:
        """Hold a share of the queue. An idle replica admits any recording that passed the decoder's limits."""
        if self.queued_audio_s and self.queued_audio_s + audio_s > self._config.max_queued_audio_s:
            raise Overloaded(
                "The transcription queue is full; try again shortly.",
                retry_after_s=2,
                detail={"queued_audio_s": round(self.queued_audio_s, 1)},
            )
        self.queued_audio_s += audio_s
        try:
            yield
        finally:
            self.queued_audio_s = max(0.0, self.queued_audio_s - audio_s)

    async def _off_loop(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._decoders, partial(work, *args))


@asynccontextmanager
async def _deadline(seconds: float) -> AsyncIterator[None]:
    """``asyncio.timeout`` that raises the platform's own error."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            yield
    except TimeoutError as error:
        raise DeadlineExceeded(
            f"The recording could not be transcribed within {seconds:.0f} s; try again.", retry_after_s=2
        ) from error


def _joined(first: PieceText, rest: PieceText, rest_starts_s: float) -> PieceText:
    """Join two consecutive texts of one piece; for each score the worse value is kept."""
    return PieceText(
        parts=(*first.parts, *(Part(p.start + rest_starts_s, p.end + rest_starts_s, p.text) for p in rest.parts)),
        avg_logprob=min(first.avg_logprob, rest.avg_logprob),
        no_speech_prob=max(first.no_speech_prob, rest.no_speech_prob),
        compression_ratio=max(first.compression_ratio, rest.compression_ratio),
        language_logprob=min(first.language_logprob, rest.language_logprob),
        words=(*first.words, *(_shifted(word, rest_starts_s) for word in rest.words)),
        batch_size=first.batch_size,
    )


def _shifted(word: Word, by_s: float) -> Word:
    return Word(round(word.start + by_s, 3), round(word.end + by_s, 3), word.text, round(word.probability, 4))


def _segments(span: Span, text: PieceText) -> list[Segment]:
    """The parts of a piece on the recording's clock, each with the words whose midpoint lies in it."""
    offset = span.start_s
    segments: list[Segment] = []
    for part in text.parts:
        words = text.words
        if len(text.parts) > 1:
            words = tuple(word for word in words if part.start <= (word.start + word.end) / 2 < part.end)
        segments.append(
            Segment(
                start=round(offset + part.start, 3),
                end=round(offset + part.end, 3),
                text=part.text,
                avg_logprob=round(text.avg_logprob, 4),
                no_speech_prob=round(text.no_speech_prob, 4),
                compression_ratio=round(text.compression_ratio, 3),
                language_logprob=round(text.language_logprob, 4),
                words=tuple(_shifted(word, offset) for word in words),
            )
        )
    return segments


def _confidence(segments: list[Segment], model: ConfidenceModel) -> float:
    """Duration-weighted confidence of the kept segments, 0 without any."""
    total_s = sum(segment.end - segment.start for segment in segments)
    if total_s <= 0:
        return 0.0
    weighted = sum(
        model.confidence(
            segment.avg_logprob, segment.no_speech_prob, segment.language_logprob, words=words_in(segment.text)
        )
        * (segment.end - segment.start)
        for segment in segments
    )
    return round(weighted / total_s, 4)
