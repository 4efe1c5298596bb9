"""Real neural voices: their words are heard, a stream begins with the first clause, other languages are espeak-ng's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import pytest
from faster_whisper import WhisperModel
from msgspec.structs import replace

from deployments.tts.config import TtsConfig
from deployments.tts.contract import SynthesisRequest
from deployments.tts.service import TtsService
from interview.errors import ModelMissing
from serve.demo.word_errors import word_errors
from storage.weights.resolve import resolve_weights

pytestmark = pytest.mark.models

SENTENCE = "Thank you, that was clear."
TEXT = f"{SENTENCE} How would you find out whether an index makes a slow page faster?"

#: Long enough that a rate of 0.03 is three words and not one.
PASSAGE = (
    f"{TEXT} Take the numbers before and after, and compare them with a report of the database. "
    "The first question is about the code that your team wrote last year. Tell me which part of it was difficult, and "
    "what you would change today. Most people say that they would write more tests, but only a few explain which "
    "mistakes those tests would have found. Please describe one mistake in detail: what happened, when it was noticed, "
    "who was affected, and how long the repair took. After that we will talk about a small service which stores "
    "messages for many customers on several machines."
)

Engine = Literal["auto", "piper"]
NAMES: dict[Engine, tuple[str, str]] = {
    "auto": ("kokoro-82m", "kokoro-82m-int8"),
    "piper": ("piper", "piper-en-us-joe"),
}


@pytest.fixture(params=["auto", "piper"])
def config(request: pytest.FixtureRequest) -> TtsConfig:
    engine: Engine = request.param
    try:
        resolve_weights(NAMES[engine][1])
    except ModelMissing as error:
        pytest.skip(error.message)
    return TtsConfig(engine=engine, deadline_s=300)


async def test_what_a_neural_voice_says_is_heard(config: TtsConfig, tmp_path: Path) -> None:
    service = TtsService(config)
    speech = await service.synthesize(SynthesisRequest(PASSAGE, format="wav"))
    await service.close()
    assert speech.engine.startswith(NAMES[config.engine][0])  # type: ignore[index]
    file = tmp_path / "speech.wav"
    file.write_bytes(speech.audio)
    ears = WhisperModel(str(resolve_weights("whisper-tiny.en").path), device="cpu", compute_type="int8")
    heard = " ".join(segment.text for segment in ears.transcribe(str(file), language="en", temperature=0.0)[0])
    errors, words = word_errors(PASSAGE, heard)
    assert words >= 100
    assert errors / words <= 0.03, heard


async def test_a_text_always_sounds_the_same(config: TtsConfig) -> None:
    without_memory = replace(config, cache_bytes=0, sentence_cache_bytes=0)
    spoken = []
    for service in (TtsService(without_memory), TtsService(without_memory)):
        spoken += [(await service.synthesize(SynthesisRequest(SENTENCE, format="pcm"))).audio for _ in range(2)]
        await service.close()
    assert len(set(spoken)) == 1


async def test_a_stream_begins_with_the_first_clause(config: TtsConfig) -> None:
    service = TtsService(config)
    parts = [part async for part in service.stream(SynthesisRequest(TEXT, format="pcm"))]
    await service.close()
    assert parts[0].caption == "Thank you,"
    assert all(part.audio for part in parts)


async def test_other_languages_are_spoken_by_espeak(config: TtsConfig) -> None:
    service = TtsService(config)
    speech = await service.synthesize(SynthesisRequest("Guten Tag.", language="de"))
    await service.close()
    assert speech.engine.startswith("espeak-ng")
    assert speech.voice == "de"


async def test_a_request_that_leaves_gives_the_processor_back(config: TtsConfig) -> None:
    service = TtsService(config)
    long = " and ".join(["the numbers of the report are compared with those of the database"] * 4)
    leaving = asyncio.create_task(service.synthesize(SynthesisRequest(long)))
    while not service.running:
        await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert service.running == 0
    assert (await service.synthesize(SynthesisRequest("Hello."))).duration_s > 0.2
    await service.close()
