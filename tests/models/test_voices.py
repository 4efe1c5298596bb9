"""Real neural voices: their words are heard, a stream begins with the first clause, other languages are espeak-ng's."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from faster_whisper import WhisperModel

from deployments.tts.config import TtsConfig
from deployments.tts.contract import SynthesisRequest
from deployments.tts.service import TtsService
from interview.errors import ModelMissing
from serve.demo.word_errors import word_errors
from storage.weights.resolve import resolve_weights

pytestmark = pytest.mark.models

TEXT = (
    "Thank you, that was clear. How would you find out whether an index makes a slow page faster? "
    "Take the numbers before and after, and compare them with a report of the database."
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
    return TtsConfig(engine=engine, deadline_s=120)


async def test_what_a_neural_voice_says_is_heard(config: TtsConfig, tmp_path: object) -> None:
    service = TtsService(config)
    speech = await service.synthesize(SynthesisRequest(TEXT, format="wav"))
    await service.close()
    assert speech.engine.startswith(NAMES[config.engine][0])  # type: ignore[index]
    file = f"{tmp_path}/speech.wav"
    with open(file, "wb") as out:  # noqa: PTH123 - a path as text is what the library takes
        out.write(speech.audio)
    ears = WhisperModel(str(resolve_weights("whisper-tiny.en").path), device="cpu", compute_type="int8")
    heard = " ".join(segment.text for segment in ears.transcribe(file, language="en")[0])
    errors, words = word_errors(TEXT, heard)
    assert errors / words <= 0.03, heard


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
