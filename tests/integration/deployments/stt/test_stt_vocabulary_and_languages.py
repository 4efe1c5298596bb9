"""Hotwords and other languages on the default model, which is English only."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.stt.inprocess import speech_service
from deployments.stt.config import SttConfig
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.service import SttService
from tests.support.paths import ROOT

CLIPS = ROOT / "tests" / "data" / "speech" / "synthetic"


def heard(service: SttService, clip: str, **options: object) -> Transcript:
    request = TranscribeRequest((CLIPS / f"{clip}.wav").read_bytes(), **options)  # type: ignore[arg-type]
    return asyncio.run(service.transcribe(request))


@pytest.fixture(scope="module")
def english() -> SttService:
    return speech_service(SttConfig())


@pytest.mark.parametrize(("clip", "hotwords"), [("tokio", ("Tokio", "Parquet")), ("dagster", ("Dagster", "Parquet"))])
def test_hotwords_spell_the_words_of_a_plan(english: SttService, clip: str, hotwords: tuple[str, ...]) -> None:
    rare = next(word for word in hotwords if word.lower() == clip)
    assert rare not in heard(english, clip).text
    assert rare in heard(english, clip, hotwords=hotwords).text


@pytest.mark.parametrize("language", ["fr", "es"])
def test_an_english_only_model_is_unsure_of_other_languages(english: SttService, language: str) -> None:
    from deployments.agent.config import AgentConfig

    assert heard(english, language).confidence < AgentConfig().unsure_below
