"""What every caller of the text-to-speech tier may rely on, shown on espeak-ng and on the shipped fake."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import aclosing

import av
import numpy as np
import pytest

from deployments.tts.audio.encode import FORMATS, encode_audio
from deployments.tts.audio.loudness import integrated_loudness
from deployments.tts.config import FakeConfig, KokoroConfig, TtsConfig
from deployments.tts.contract import AudioFormat, SynthesisRequest
from deployments.tts.engines.fake import FakeSpeechEngine
from deployments.tts.service import TtsService, build_engine
from interview.errors import DeadlineExceeded, InvalidInput, ModelMissing, Overloaded

FORMATS_OFFERED: tuple[AudioFormat, ...] = ("wav", "mp3", "opus")
MAGIC = {"wav": b"RIFF", "mp3": (b"ID3", b"\xff\xf3", b"\xff\xfb"), "opus": b"OggS"}
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


def decoded(audio: bytes) -> tuple[np.ndarray, int]:
    with av.open(io.BytesIO(audio)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono")
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]), frames[0].sample_rate


@pytest.mark.parametrize("format", FORMATS_OFFERED)
async def test_speech_is_a_file_of_the_format_asked_for(service: TtsService, format: AudioFormat) -> None:
    speech = await service.synthesize(SynthesisRequest(TEXT, format=format))
    assert speech.audio.startswith(MAGIC[format])
    samples, rate = decoded(speech.audio)
    assert len(samples) / rate == pytest.approx(speech.duration_s, abs=0.1)


@pytest.mark.parametrize("format", FORMATS_OFFERED)
async def test_a_stream_is_the_same_speech_sentence_by_sentence(service: TtsService, format: AudioFormat) -> None:
    pieces = [piece async for piece in service.stream(SynthesisRequest(TEXT, format=format))]
    assert len(pieces) >= 3
    streamed, rate = decoded(b"".join(pieces))
    whole, _ = decoded((await TtsService(TtsConfig(), service._engine).synthesize(SynthesisRequest(TEXT))).audio)
    seconds = len(whole) / service._engine.sample_rate
    assert len(streamed) / rate == pytest.approx(seconds, abs=0.15)


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
    engine = FakeSpeechEngine(FakeConfig(median_s=60))
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
        resolved = espeak._voice(voice, "en")
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
    engine = FakeSpeechEngine(FakeConfig(median_s=60))
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


def test_a_voice_that_is_not_installed_says_how_to_get_it(tmp_path: object) -> None:
    with pytest.raises(ModelMissing, match="pip install kokoro-onnx"):
        build_engine(TtsConfig(engine="kokoro", kokoro=KokoroConfig(model=f"{tmp_path}/absent.onnx")))


@pytest.mark.parametrize("format", FORMATS)
def test_every_encoding_decodes_to_the_same_length(format: str) -> None:
    samples = (np.sin(np.arange(33_000) / 20) * 8000).astype(np.int16)
    heard, rate = decoded(encode_audio(samples, 22_050, format))
    assert len(heard) / rate == pytest.approx(33_000 / 22_050, abs=0.08)


def test_an_encoding_nobody_offers_is_refused_with_the_choices() -> None:
    with pytest.raises(InvalidInput, match=r"'xm'.*wav, mp3"):
        encode_audio(np.zeros(10, np.int16), 22_050, "xm")
