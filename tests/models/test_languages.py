"""whisper-base: languages are detected and written in their own words; those it gets wrong never count."""

from __future__ import annotations

import asyncio
import re

import pytest
from rapidfuzz.distance import Levenshtein

from benchmarks.stt.inprocess import speech_service
from deployments.agent.config import AgentConfig
from deployments.stt.config import SttConfig
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.service import SttService
from interview.errors import ModelMissing, UnsupportedRequest
from tests.support.paths import ROOT

pytestmark = pytest.mark.models

CLIPS = ROOT / "tests" / "data" / "speech" / "synthetic"
TEXTS = {
    "fr": "Il fait très beau aujourd'hui et nous allons au parc.",
    "es": "Hoy hace muy buen tiempo y vamos al parque.",
    "de": "Zuerst messe ich die Antwortzeit und dann suche ich nach der langsamsten Abfrage.",
}


@pytest.fixture(scope="module")
def multilingual() -> SttService:
    config = SttConfig(model="whisper-base")
    try:
        resolve_model(config)
    except ModelMissing as missing:
        pytest.skip(missing.message)
    return speech_service(config)


def heard(service: SttService, clip: str, language: str | None) -> Transcript:
    request = TranscribeRequest((CLIPS / f"{clip}.wav").read_bytes(), language=language)
    return asyncio.run(service.transcribe(request))


def character_error_rate(reference: str, text: str) -> float:
    wanted, found = (" ".join(re.findall(r"\w+", line.casefold())) for line in (reference, text))
    return Levenshtein.distance(wanted, found) / len(wanted)


@pytest.mark.parametrize("language", ["fr", "es", "de", "hi"])
def test_the_language_is_detected(multilingual: SttService, language: str) -> None:
    assert heard(multilingual, language, None).language == language


@pytest.mark.parametrize("language", ["fr", "es", "de", "hi"])
def test_another_language_in_an_english_interview_is_unsure(multilingual: SttService, language: str) -> None:
    transcript = heard(multilingual, language, "en")
    assert transcript.segments[0].language_logprob < -1
    assert transcript.confidence < AgentConfig().unsure_below


@pytest.mark.parametrize("asked", ["given", "detected"])
@pytest.mark.parametrize(("language", "most"), [("fr", 0.05), ("es", 0.05), ("de", 0.25)])
def test_speech_is_written_in_its_own_language(
    multilingual: SttService, language: str, most: float, asked: str
) -> None:
    # German is espeak-ng's voice, which is harder to understand than a person.
    text = heard(multilingual, language, language if asked == "given" else None).text
    assert character_error_rate(TEXTS[language], text) <= most, text


def test_hindi_is_beyond_whisper_base_and_never_counts(multilingual: SttService) -> None:
    with pytest.raises(UnsupportedRequest, match="'hi' usefully"):
        heard(multilingual, "hi", "hi")
    detected = heard(multilingual, "hi", None)
    assert detected.confidence == 0
    assert any(guard.guard == "language" for guard in detected.guards)
