"""The service over a fake engine: limits, silence, queue, deadline, cancellation, the cache."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from deployments.stt.audio.decode import Samples
from deployments.stt.audio.vad import Segmentation
from deployments.stt.confidence import ConfidenceModel
from deployments.stt.config import SttConfig
from deployments.stt.contract import SpeechToText, TranscribeRequest
from deployments.stt.engines.fake import FakeRecognizer, FakeSpeechToText
from deployments.stt.engines.model_profile import ModelProfile
from deployments.stt.engines.port import AudioPiece, Part, PieceOptions, PieceText
from deployments.stt.service import SttService
from interview.errors import (
    AudioTooLarge,
    DeadlineExceeded,
    EmptyAudio,
    EngineFailed,
    Overloaded,
    SilentAudio,
    UnsupportedRequest,
)
from tests.support.paths import ROOT

SPEECH = (ROOT / "tests" / "data" / "speech" / "two_cities_1.wav").read_bytes()
REQUEST = TranscribeRequest(SPEECH)
SINGLE = ModelProfile(segmentation=Segmentation(max_piece_s=1.5, pack=False), accepts_prompts=False)


def text(words: str = "hello", **figures: object) -> PieceText:
    known = {"avg_logprob": -0.1, "no_speech_prob": 0.0, "compression_ratio": 1.0}
    return PieceText((Part(0.0, 1.0, words),) if words else (), **{**known, **figures})  # type: ignore[arg-type]


async def hears_hello(piece: AudioPiece) -> PieceText:
    return text()


def silence() -> bytes:
    import io
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(32_000, "<i2").tobytes())
    return buffer.getvalue()


async def test_a_transcript_tells_how_long_the_recording_is_and_how_much_of_it_is_speech() -> None:
    transcript = await SttService(SttConfig(), FakeRecognizer(), hears_hello).transcribe(REQUEST)

    assert transcript.duration_s == pytest.approx(3.92, abs=0.01)
    assert 2.5 < transcript.speech_s <= transcript.duration_s


async def test_silence_is_refused_with_a_sentence_and_never_transcribed() -> None:
    async def never(piece: AudioPiece) -> PieceText:
        raise AssertionError("there is nothing to transcribe")

    service = SttService(SttConfig(), FakeRecognizer(), never)
    with pytest.raises(SilentAudio, match="microphone"):
        await service.transcribe(TranscribeRequest(silence()))


#: The text of a decoder that ended after the first of two sentences.
CUT = "I wait until then."
HINDI_IS_BEYOND_IT = ModelProfile(word_error_rates={"en": 0.09, "hi": 1.0})


@pytest.mark.parametrize("language", ["hi", "hi-IN"])
async def test_a_language_that_the_model_gets_wrong_is_refused_and_typing_is_offered(language: str) -> None:
    service = SttService(SttConfig(), FakeRecognizer(profile=HINDI_IS_BEYOND_IT), hears_hello)
    with pytest.raises(UnsupportedRequest, match="'hi' usefully; please type"):
        await service.transcribe(TranscribeRequest(SPEECH, language=language))
    assert (await service.transcribe(TranscribeRequest(SPEECH, language="en-GB"))).text == "hello"


async def test_speech_found_to_be_in_such_a_language_is_flagged_and_never_sure() -> None:
    recognizer = FakeRecognizer(profile=HINDI_IS_BEYOND_IT)
    recognizer.detect_language = lambda samples: "hi"  # type: ignore[method-assign]
    transcript = await SttService(SttConfig(), recognizer, hears_hello).transcribe(
        TranscribeRequest(SPEECH, language=None)
    )
    assert transcript.language == "hi"
    assert transcript.confidence == 0
    assert [(guard.guard, guard.action) for guard in transcript.guards if guard.guard == "language"] == [
        ("language", "flagged")
    ]


async def test_a_text_in_a_language_that_is_probably_not_spoken_is_unsure() -> None:
    calibrated = ConfidenceModel(intercept=3.0, avg_logprob=5.0, language_logprob=1.0)
    recognizer = FakeRecognizer(profile=ModelProfile(confidence=calibrated))

    async def confidence(language_logprob: float) -> float:
        async def hears(piece: AudioPiece) -> PieceText:
            return text("a fluent invention", language_logprob=language_logprob)

        return (await SttService(SttConfig(), recognizer, hears).transcribe(REQUEST)).confidence

    assert await confidence(-0.01) > 0.9
    assert await confidence(-4.0) < 0.2
    assert await confidence(-13.0) == await confidence(-5.0)


async def test_an_upload_over_the_limit_is_refused() -> None:
    with pytest.raises(AudioTooLarge):
        await SttService(SttConfig(max_upload_bytes=100), FakeRecognizer(), hears_hello).transcribe(REQUEST)


async def test_pieces_come_back_in_order_on_the_recordings_clock() -> None:
    async def slower_for_earlier(piece: AudioPiece) -> PieceText:
        # The last piece answers first: order must come from the recording and not from the engine.
        seen.append(piece)
        place = len(seen)
        while len(seen) < 2:
            await asyncio.sleep(0)
        for _ in range(20 - place):
            await asyncio.sleep(0)
        return text(f"words of {piece.content_frames} frames")

    seen: list[AudioPiece] = []
    service = SttService(SttConfig(), FakeRecognizer(profile=SINGLE), slower_for_earlier)
    transcript = await service.transcribe(REQUEST)

    starts = [segment.start for segment in transcript.segments]
    assert len(starts) >= 2
    assert starts == sorted(starts)
    assert transcript.text == " ".join(segment.text for segment in transcript.segments)


async def test_a_full_queue_answers_429_and_an_idle_one_takes_anything() -> None:
    waiting = asyncio.Event()
    entered = asyncio.Event()

    async def waits(piece: AudioPiece) -> PieceText:
        entered.set()
        await waiting.wait()
        return text()

    service = SttService(SttConfig(max_queued_audio_s=1.0), FakeRecognizer(), waits)
    first = asyncio.ensure_future(service.transcribe(REQUEST))
    await entered.wait()
    assert service.queued_audio_s == pytest.approx(3.92, abs=0.01)

    with pytest.raises(Overloaded) as refused:
        await service.transcribe(REQUEST)
    assert refused.value.status == 429
    assert refused.value.retry_after_s

    waiting.set()
    await first
    assert service.queued_audio_s == 0.0


async def test_a_call_ends_at_its_deadline_and_its_pieces_are_dropped() -> None:
    pieces: list[AudioPiece] = []

    async def never_answers(piece: AudioPiece) -> PieceText:
        pieces.append(piece)
        return await asyncio.Event().wait()  # type: ignore[return-value]

    service = SttService(SttConfig(deadline_s=0.5, deadline_per_audio_s=0.0), FakeRecognizer(), never_answers)
    with pytest.raises(DeadlineExceeded):
        await service.transcribe(REQUEST)

    assert pieces
    assert all(piece.dropped for piece in pieces)
    assert service.queued_audio_s == 0.0


async def test_a_caller_who_leaves_takes_its_pieces_along() -> None:
    pieces: list[AudioPiece] = []
    entered = asyncio.Event()

    async def never_answers(piece: AudioPiece) -> PieceText:
        pieces.append(piece)
        entered.set()
        return await asyncio.Event().wait()  # type: ignore[return-value]

    service = SttService(SttConfig(), FakeRecognizer(), never_answers)
    call = asyncio.ensure_future(service.transcribe(REQUEST))
    await entered.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert all(piece.dropped for piece in pieces)


async def test_a_failure_of_one_piece_drops_its_siblings_and_is_told() -> None:
    pieces: list[AudioPiece] = []

    async def second_fails(piece: AudioPiece) -> PieceText:
        pieces.append(piece)
        if len(pieces) == 2:
            raise EngineFailed("The speech model failed on this recording; try again.")
        return await asyncio.Event().wait()  # type: ignore[return-value]

    with pytest.raises(EngineFailed):
        await SttService(SttConfig(), FakeRecognizer(profile=SINGLE), second_fails).transcribe(REQUEST)
    assert all(piece.dropped for piece in pieces)


async def test_dropped_and_flagged_segments_are_told_in_the_transcript() -> None:
    async def invents(piece: AudioPiece) -> PieceText:
        return text("Thanks for watching!")

    transcript = await SttService(SttConfig(), FakeRecognizer(), invents).transcribe(REQUEST)

    assert transcript.text == ""
    assert transcript.confidence == 0.0
    assert [(guard.guard, guard.action, guard.text) for guard in transcript.guards] == [
        ("phrase", "dropped", "Thanks for watching!")
    ]


async def test_hotwords_that_the_model_cannot_use_are_said_to_be_ignored() -> None:
    request = msgspec.structs.replace(REQUEST, hotwords=("Kafka",))
    transcript = await SttService(SttConfig(), FakeRecognizer(profile=SINGLE), hears_hello).transcribe(request)
    assert ("hotwords", "ignored") in [(guard.guard, guard.action) for guard in transcript.guards]


class NotingRecognizer(FakeRecognizer):
    def __init__(self) -> None:
        super().__init__()
        self.prompts: list[str | None] = []

    def prepare(self, samples: Samples, options: PieceOptions) -> AudioPiece:
        self.prompts.append(options.prompt)
        return super().prepare(samples, options)


async def test_a_prompt_that_runs_in_a_loop_does_not_reach_the_model_and_is_said_to_be_ignored() -> None:
    recognizer = NotingRecognizer()
    service = SttService(SttConfig(), recognizer, hears_hello)
    looping = await service.transcribe(msgspec.structs.replace(REQUEST, prompt="x " * 200))
    plain = await service.transcribe(msgspec.structs.replace(REQUEST, prompt="Kafka, Postgres"))
    assert ("hotwords", "ignored") in [(guard.guard, guard.action) for guard in looping.guards]
    assert ("hotwords", "ignored") not in [(guard.guard, guard.action) for guard in plain.guards]
    assert set(recognizer.prompts) == {None, "Kafka, Postgres"}


async def test_an_improbable_piece_is_tried_again_hotter_and_the_better_text_kept() -> None:
    tried: list[float] = []

    async def better_when_hot(piece: AudioPiece) -> PieceText:
        tried.append(piece.key.temperature)
        return text("hot" if piece.key.temperature else "cold", avg_logprob=-0.2 if piece.key.temperature else -2.0)

    config = SttConfig(temperature_fallback=(0.4, 0.8))
    transcript = await SttService(config, FakeRecognizer(), better_when_hot).transcribe(REQUEST)

    assert transcript.text == "hot"
    assert tried == [0.0, 0.4]


@pytest.mark.parametrize("tier", [FakeSpeechToText(), SttService(SttConfig(), FakeRecognizer(), hears_hello)])
async def test_the_fake_and_the_service_keep_one_contract(tier: SpeechToText) -> None:
    assert (await tier.info()).notice
    transcript = await tier.transcribe(REQUEST)
    assert transcript.duration_s > 1
    assert transcript.text
    assert 0 < transcript.confidence <= 1
    with pytest.raises(EmptyAudio):
        await tier.transcribe(TranscribeRequest(b""))


async def test_a_piece_that_loses_its_place_in_a_short_window_is_heard_again_in_the_full_one() -> None:
    class ShortWindows(FakeRecognizer):
        def full_window(self, piece: AudioPiece) -> AudioPiece | None:
            return None if piece.window_s == 77.0 else replace(piece, window_s=77.0)

    async def repeats_in_short_windows(piece: AudioPiece) -> PieceText:
        twice = "It was the best of times. It was the best of times."
        return text("It was the best of times." if piece.window_s == 77.0 else twice)

    transcript = await SttService(SttConfig(), ShortWindows(), repeats_in_short_windows).transcribe(REQUEST)
    assert transcript.text == "It was the best of times."


@pytest.mark.parametrize(
    ("clip", "in_short_window", "in_full_window", "heard"),
    [
        ("two_cities_8", CUT, "I wait until the new one calls me. It names a fixed lock order.", True),
        ("two_cities_8", CUT, "", False),
        ("two_cities_8", CUT, "I wait.", False),
        ("two_cities_1", "It was the best of times", "It was the best of times, it was the worst of times", True),
    ],
)
async def test_a_text_that_is_too_short_for_its_speech_is_heard_again_in_the_full_window(
    clip: str, in_short_window: str, in_full_window: str, heard: bool
) -> None:
    class ShortWindows(FakeRecognizer):
        def full_window(self, piece: AudioPiece) -> AudioPiece | None:
            return None if piece.window_s == 77.0 else replace(piece, window_s=77.0)

    async def stops_after_a_sentence(piece: AudioPiece) -> PieceText:
        return text(in_full_window if piece.window_s == 77.0 else in_short_window)

    request = TranscribeRequest((ROOT / "tests" / "data" / "speech" / f"{clip}.wav").read_bytes())
    transcript = await SttService(SttConfig(), ShortWindows(), stops_after_a_sentence).transcribe(request)
    assert transcript.text == (in_full_window if heard else in_short_window)
