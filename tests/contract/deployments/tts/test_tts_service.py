"""The text-to-speech tier's promises to its callers, shown on espeak-ng and on the shipped fake."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import av
import numpy as np
import pytest

from deployments.tts.audio.encode import FORMATS, encode_audio
from deployments.tts.audio.loudness import integrated_loudness
from deployments.tts.cache import SpeechCache
from deployments.tts.config import FakeVoiceConfig, KokoroConfig, TtsConfig
from deployments.tts.contract import SAMPLE_RATE, AudioFormat, SynthesisRequest
from deployments.tts.engines.fake import FakeSpeechEngine
from deployments.tts.engines.port import Pcm
from deployments.tts.engines.selection import build_engine
from deployments.tts.joined import joined
from deployments.tts.service import TtsService
from interview.errors import DeadlineExceeded, InvalidInput, ModelCorrupt, ModelMissing, Overloaded
from interview.text.sentences import sentences_of

FORMATS_OFFERED: tuple[AudioFormat, ...] = ("wav", "mp3", "opus", "pcm")
MAGIC = {"wav": b"RIFF", "mp3": (b"ID3", b"\xff\xf3", b"\xff\xfb"), "opus": b"OggS", "pcm": b""}
TEXT = "Thanks for joining us today. Could you explain how a hash map works? Take your time."


@pytest.fixture(params=["espeak", "fake"])
async def service(request: pytest.FixtureRequest) -> AsyncIterator[TtsService]:
    built = TtsService(TtsConfig(engine=request.param))
    yield built
    await built.close()


@pytest.fixture
async def espeak() -> AsyncIterator[TtsService]:
    built = TtsService(TtsConfig(engine="espeak"))
    yield built
    await built.close()


def decoded(audio: bytes, format: str = "") -> tuple[np.ndarray, int]:
    if format == "pcm":
        return np.frombuffer(audio, "<i2"), SAMPLE_RATE
    with av.open(io.BytesIO(audio)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono")
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]), frames[0].sample_rate


@pytest.mark.parametrize("format", FORMATS_OFFERED)
async def test_speech_is_a_file_of_the_format_asked_for(service: TtsService, format: AudioFormat) -> None:
    speech = await service.synthesize(SynthesisRequest(TEXT, format=format))
    assert speech.audio.startswith(MAGIC[format])
    samples, rate = decoded(speech.audio, format)
    assert rate == (48_000 if format == "opus" else SAMPLE_RATE)
    assert len(samples) / rate == pytest.approx(speech.duration_s, abs=0.1)


@pytest.mark.parametrize("format", FORMATS_OFFERED)
async def test_a_stream_is_the_same_speech_sentence_by_sentence(service: TtsService, format: AudioFormat) -> None:
    parts = [part async for part in service.stream(SynthesisRequest(TEXT, format=format, whole=True))]
    assert [part.caption for part in parts if part.caption] == sentences_of(TEXT)
    streamed, rate = decoded(b"".join(part.audio for part in parts), format)
    whole = parts[-1].speech
    assert whole is not None
    file, file_rate = decoded(whole.audio, format)
    assert len(streamed) / rate == pytest.approx(whole.duration_s, abs=0.15)
    assert len(file) / file_rate == pytest.approx(whole.duration_s, abs=0.15)
    assert sum(part.duration_s for part in parts) == pytest.approx(whole.duration_s)
    if format == "wav":
        assert whole.audio[4:8] != b"\xff\xff\xff\xff"


@pytest.mark.parametrize("format", FORMATS_OFFERED)
async def test_a_stream_that_continues_another_is_one_file_with_it(service: TtsService, format: AudioFormat) -> None:
    streamed, files = b"", []
    for text, continues in (("Thanks for joining us.", False), ("What is a lock? Take your time.", True)):
        request = SynthesisRequest(text, format=format, whole=True, continues=continues)
        parts = [part async for part in service.stream(request)]
        streamed += b"".join(part.audio for part in parts)
        files += [part.speech for part in parts if part.speech is not None]
    file = joined(files)
    both = await service.synthesize(SynthesisRequest("Thanks for joining us. What is a lock? Take your time."))
    assert file.duration_s == pytest.approx(both.duration_s)
    for audio in (streamed, file.audio):
        samples, rate = decoded(audio, format)
        assert len(samples) / rate == pytest.approx(file.duration_s, abs=0.2)
    if format == "wav":
        assert int.from_bytes(file.audio[40:44], "little") == len(file.audio) - 44


class SlowFake(FakeSpeechEngine):
    """A fake that says it is slow, as neural voices are."""

    slow = True


async def test_a_slow_voice_begins_with_the_first_clause_and_keeps_a_sentence_it_knows_whole() -> None:
    service = TtsService(TtsConfig(), SlowFake())
    text = "That is clear to me, so let us go on. What else?"

    async def captions() -> list[str]:
        request = SynthesisRequest(text, format="pcm", speed=1.0)
        service.cache = SpeechCache(0)
        return [part.caption async for part in service.stream(request) if part.caption]

    assert await captions() == ["That is clear to me,", "so let us go on.", "What else?"]
    await service.synthesize(SynthesisRequest(text))
    assert await captions() == ["That is clear to me, so let us go on.", "What else?"]


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("This is **bold** text.", "This is bold text."),
        ("* first point", "first point"),
        ("See [the docs](https://example.org/a/b).", "See the docs."),
        ("I see. ~~old~~ new", "I see. old new"),
        ("a < b", "a less than b"),
        ("1. First item\n2. Second item", "1. First item\n\n2. Second item"),
    ],
)
async def test_marks_are_not_spoken(espeak: TtsService, marked: str, words: str) -> None:
    one = await espeak.synthesize(SynthesisRequest(marked))
    assert one.audio == (await espeak.synthesize(SynthesisRequest(words))).audio


async def test_a_long_numbered_list_keeps_each_number_with_its_item(service: TtsService) -> None:
    request = SynthesisRequest("1. First item\n2. Second item", format="pcm")
    captions = [part.caption async for part in service.stream(request) if part.caption]
    assert captions == ["1. First item", "2. Second item"]


async def test_a_stream_begins_before_the_last_sentence_is_spoken() -> None:
    engine = FakeSpeechEngine()
    service = TtsService(TtsConfig(), engine)
    async with aclosing(service.stream(SynthesisRequest(TEXT))) as pieces:
        await anext(pieces)
        assert engine.spoken == 1


async def test_leaving_a_stream_stops_the_engine() -> None:
    engine = FakeSpeechEngine()
    service = TtsService(TtsConfig(), engine)
    async with aclosing(service.stream(SynthesisRequest(TEXT, format="opus"))) as pieces:
        async for _ in pieces:
            break
    assert engine.spoken < 3
    assert service.running == engine.running == 0


async def test_a_cancelled_call_leaves_nothing_running() -> None:
    engine = FakeSpeechEngine(FakeVoiceConfig(median_s=60))
    service = TtsService(TtsConfig(), engine)
    task = asyncio.create_task(service.synthesize(SynthesisRequest("Hello there.")))
    while not engine.running:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert service.running == engine.running == 0
    assert not service._slots.locked()


@pytest.mark.parametrize("streamed_first", [False, True])
async def test_the_same_text_and_voice_is_spoken_once(streamed_first: bool) -> None:
    engine = FakeSpeechEngine()
    service = TtsService(TtsConfig(), engine)
    request = SynthesisRequest("Only once.")
    if streamed_first:
        _ = [piece async for piece in service.stream(request)]
    else:
        assert not (await service.synthesize(request)).cached
    again = await service.synthesize(request)
    assert again.cached
    assert engine.spoken == 1
    samples, rate = decoded(again.audio)
    assert len(samples) / rate == pytest.approx(again.duration_s)
    await service.synthesize(SynthesisRequest("Only once.", voice="fake-low"))
    assert engine.spoken == 2


async def test_an_unknown_voice_is_refused_with_the_choices(service: TtsService) -> None:
    with pytest.raises(InvalidInput, match=r"Unknown voice 'nobody'.*alloy") as caught:
        await service.synthesize(SynthesisRequest("Hello.", voice="nobody"))
    assert "nobody" not in caught.value.detail["choices"]
    for voice in caught.value.detail["choices"]:
        assert (await service.synthesize(SynthesisRequest("Hi.", voice=voice))).audio


@pytest.mark.parametrize("voice", ["en-us+nobody", "en-us+", "+f3", "xx"])
async def test_espeak_refuses_a_timbre_it_does_not_have(espeak: TtsService, voice: str) -> None:
    with pytest.raises(InvalidInput, match="Unknown voice"):
        await espeak.synthesize(SynthesisRequest("Hello.", voice=voice))


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (SynthesisRequest(""), "no text"),
        (SynthesisRequest(" ... \n"), "no text"),
        (SynthesisRequest("a" * 4097), "at most 4096"),
        (SynthesisRequest("Hi.", speed=9.0), "outside 0.5 to 2.5"),
        (SynthesisRequest("Hi.", speed=float("nan")), "outside"),
    ],
)
async def test_text_that_cannot_be_spoken_is_refused_in_a_sentence(
    service: TtsService, request_: SynthesisRequest, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        await service.synthesize(request_)
    with pytest.raises(InvalidInput, match=sentence):
        await anext(service.stream(request_))


@pytest.mark.parametrize("voice", ["en-us", "nova", "onyx", "en-gb-scotland+m5"])
async def test_every_voice_speaks_at_one_loudness(espeak: TtsService, voice: str) -> None:
    sentence = "Could you explain how a hash map works, and why it is fast?"
    samples, rate = decoded((await espeak.synthesize(SynthesisRequest(sentence, voice=voice))).audio)
    assert integrated_loudness(samples, rate) == pytest.approx(-20.0, abs=0.1)
    assert np.abs(samples.astype(int)).max() <= 32768 * 10 ** (-1 / 20) + 1


async def test_every_voice_offered_can_be_spoken(espeak: TtsService) -> None:
    for voice in (await espeak.info()).voices:
        resolved = espeak._orders.voice(voice, "en")
        assert (await espeak._engine.speak("1", voice=resolved, speed=1.0)).sample_rate == 22_050


async def test_speed_and_voice_are_heard(espeak: TtsService) -> None:
    async def duration_s(**changes: object) -> float:
        return (await espeak.synthesize(SynthesisRequest(TEXT, **changes))).duration_s  # type: ignore[arg-type]

    normal = await duration_s()
    assert await duration_s(speed=2.0) < 0.6 * normal
    assert await duration_s(speed=0.5) > 1.7 * normal
    one = await espeak.synthesize(SynthesisRequest("Hello.", voice="alloy"))
    other = await espeak.synthesize(SynthesisRequest("Hello.", voice="onyx"))
    assert one.audio != other.audio


async def test_a_language_picks_its_own_voice(espeak: TtsService) -> None:
    speech = await espeak.synthesize(SynthesisRequest("Guten Tag.", language="de"))
    assert speech.voice == "de"
    with pytest.raises(InvalidInput, match="no voice for the language 'zz'"):
        await espeak.synthesize(SynthesisRequest("Hello.", language="zz"))


async def test_a_full_queue_refuses_and_a_late_answer_times_out() -> None:
    engine = FakeSpeechEngine(FakeVoiceConfig(median_s=60))
    service = TtsService(TtsConfig(workers=1, max_queued=1), engine)
    busy = [asyncio.create_task(service.synthesize(SynthesisRequest(f"Number {n}."))) for n in range(2)]
    while not (service.running and service.queued):
        await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await service.synthesize(SynthesisRequest("One too many."))
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)
    hasty = TtsService(TtsConfig(deadline_s=0.01), engine)
    with pytest.raises(DeadlineExceeded):
        await hasty.synthesize(SynthesisRequest("Too slow."))


async def test_health_is_shown_by_speaking(service: TtsService) -> None:
    await service.check_health()
    info = await service.info()
    assert "alloy" in info.voices


@pytest.fixture
def no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERVIEW_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr("storage.weights.resolve.packaged_parts", lambda manifest: None)
    return tmp_path


@pytest.mark.parametrize("engine", ["kokoro", "piper"])
def test_a_voice_that_is_not_installed_says_how_to_get_it(no_weights: Path, engine: str) -> None:
    with pytest.raises(ModelMissing, match="interview models pull"):
        build_engine(TtsConfig(engine=engine))  # type: ignore[arg-type]
    with pytest.raises(ModelMissing, match="interview models list"):
        build_engine(TtsConfig(engine="kokoro", kokoro=KokoroConfig(model=f"{no_weights}/absent.onnx")))


async def test_without_weights_the_automatic_voice_is_espeak_and_says_why(no_weights: Path) -> None:
    service = TtsService(TtsConfig())
    info = await service.info()
    assert info.name.startswith("espeak-ng")
    assert "kokoro-82m-int8" in info.stands_in
    assert "interview models pull kokoro-82m-int8" in (info.notice or "")
    assert (await service.synthesize(SynthesisRequest("Hello."))).stands_in == info.stands_in
    await service.close()


async def test_damaged_weights_are_an_error_and_no_reason_to_speak_otherwise(no_weights: Path) -> None:
    (no_weights / "kokoro-82m-int8").mkdir()
    (no_weights / "kokoro-82m-int8" / "kokoro-v1.0.int8.onnx").write_bytes(b"damaged")
    with pytest.raises(ModelCorrupt):
        build_engine(TtsConfig())


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "pcm"])
def test_every_encoding_decodes_to_the_same_length(format: str) -> None:
    samples = (np.sin(np.arange(33_000) / 20) * 8000).astype(np.int16)
    heard, rate = decoded(encode_audio(samples, 22_050, format))
    assert len(heard) / rate == pytest.approx(33_000 / 22_050, abs=0.08)


def test_an_unknown_encoding_is_refused_with_the_choices() -> None:
    with pytest.raises(InvalidInput, match=r"'xm'.*wav, pcm, mp3"):
        encode_audio(np.zeros(10, np.int16), 22_050, "xm")


class GatedFake(FakeSpeechEngine):
    """Speaks a sentence when the test lets it, and notes the order."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []
        self.gate = asyncio.Semaphore(0)

    async def speak(self, text: str, *, voice: str, speed: float, quiet: bool = False) -> Pcm:
        self.order.append(text)
        await self.gate.acquire()
        return await super().speak(text, voice=voice, speed=speed, quiet=quiet)


async def test_a_new_listener_is_served_before_one_who_has_audio_in_hand() -> None:
    engine = GatedFake()
    service = TtsService(TtsConfig(workers=1), engine)
    much = " ".join(["ah"] * 90) + "."  # nine seconds of the fake's speech at half speed

    async def hear(text: str) -> None:
        _ = [part async for part in service.stream(SynthesisRequest(text, format="pcm", speed=0.5))]

    async def until(spoken: int, queued: int) -> None:
        while (len(engine.order), service.queued) != (spoken, queued):
            await asyncio.sleep(0)

    early = asyncio.create_task(hear(f"{much} Early two. Early three."))
    await until(1, 0)
    engine.gate.release()
    await until(2, 0)
    second = asyncio.create_task(hear("Second."))
    await until(2, 1)
    engine.gate.release()  # "Early two." ends, "Second." begins, "Early three." waits
    await until(3, 1)
    third = asyncio.create_task(hear("Third."))
    await until(3, 2)
    for _ in range(3):
        engine.gate.release()
    await asyncio.gather(early, second, third)
    assert engine.order == [much, "Early two.", "Second.", "Third.", "Early three."]


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("streamed", [False, True])
async def test_identical_texts_requested_at_the_same_time_are_spoken_once(streamed: bool, workers: int) -> None:
    engine = GatedFake()
    # without caches, so that only requests at the same time can share a sentence
    service = TtsService(TtsConfig(workers=workers, cache_bytes=0, sentence_cache_bytes=0), engine)
    request = SynthesisRequest("Good morning. How are you?", format="pcm")
    order = service._orders.checked(request)

    async def heard() -> bytes:
        if not streamed:
            return (await service.synthesize(request)).audio
        return b"".join([part.audio async for part in service.stream(request)])

    def waiting(sentence: int) -> int:
        if streamed:
            return service._sentences_in_flight.waiting(service._key_of(order, order.units[sentence]))
        return service._files_in_flight.waiting(order.key)

    listeners = [asyncio.create_task(heard()) for _ in range(3)]
    for sentence in range(2):
        while len(engine.order) <= sentence or waiting(sentence) < 3:
            await asyncio.sleep(0)
        engine.gate.release()
    one, *others = await asyncio.gather(*listeners)
    assert one and others == [one, one]
    assert engine.order == ["Good morning.", "How are you?"]


async def test_a_speech_that_was_begun_is_not_refused_when_the_queue_fills() -> None:
    engine = GatedFake()
    service = TtsService(TtsConfig(workers=1, max_queued=1), engine)
    begun = asyncio.create_task(service.synthesize(SynthesisRequest("Begun. And ended.")))
    while not engine.order:
        await asyncio.sleep(0)
    others = [asyncio.create_task(service.synthesize(SynthesisRequest(f"Other {n}."))) for n in range(2)]
    while service.queued < 1:
        await asyncio.sleep(0)
    for _ in range(4):
        engine.gate.release()
    refused = await asyncio.gather(*others, return_exceptions=True)
    assert (await begun).duration_s > 0
    assert [type(outcome) for outcome in refused if isinstance(outcome, Exception)] == [Overloaded]
