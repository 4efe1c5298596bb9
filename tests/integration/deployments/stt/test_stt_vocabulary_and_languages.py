"""Hotwords on the default model; languages on whisper-base, where its weights are on this machine."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.stt.clips import word_error_rate
from benchmarks.stt.inprocess import speech_service
from deployments.stt.config import SttConfig
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.model_resolution import resolve_model
from deployments.stt.service import SttService
from interview.errors import ModelMissing
from tests.support.paths import ROOT

CLIPS = ROOT / "tests" / "data" / "speech" / "synthetic"
TEXTS = {
    "fr": "Il fait très beau aujourd'hui et nous allons au parc.",
    "es": "Hoy hace muy buen tiempo y vamos al parque.",
    "de": "Zuerst messe ich die Antwortzeit und dann suche ich nach der langsamsten Abfrage.",
    "hi": "पहले मैं समय मापता हूँ और फिर सबसे धीमी क्वेरी ढूँढता हूँ।",
}


def heard(service: SttService, clip: str, **options: object) -> Transcript:
    request = TranscribeRequest((CLIPS / f"{clip}.wav").read_bytes(), **options)  # type: ignore[arg-type]
    return asyncio.run(service.transcribe(request))


@pytest.fixture(scope="module")
def english() -> SttService:
    return speech_service(SttConfig())


@pytest.mark.parametrize(
    ("clip", "hotwords"), [("nginx", ("Kubernetes", "Envoy", "Nginx")), ("dagster", ("Dagster", "Parquet"))]
)
def test_hotwords_spell_the_words_of_a_plan(english: SttService, clip: str, hotwords: tuple[str, ...]) -> None:
    rare = next(word for word in hotwords if word.lower() == clip)
    assert rare not in heard(english, clip).text
    assert rare in heard(english, clip, hotwords=hotwords).text


@pytest.fixture(scope="module")
def multilingual() -> SttService:
    config = SttConfig(model="whisper-base")
    try:
        resolve_model(config)
    except ModelMissing as missing:
        pytest.skip(missing.message)
    return speech_service(config)


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_is_detected(multilingual: SttService, language: str) -> None:
    assert heard(multilingual, language, language=None).language == language


@pytest.mark.parametrize("language", ["fr", "es"])
def test_a_natural_voice_is_understood_in_its_own_language(multilingual: SttService, language: str) -> None:
    text = heard(multilingual, language, language=None).text
    assert word_error_rate([TEXTS[language]], [text]) <= 0.1, text


@pytest.mark.parametrize("language", ["fr", "es"])
def test_an_english_only_model_is_unsure_of_other_languages(english: SttService, language: str) -> None:
    from deployments.agent.config import AgentConfig

    assert heard(english, language).confidence < AgentConfig().unsure_below
