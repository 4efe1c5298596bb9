"""A completion's span counts tokens and holds no text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from deployments.llm.config import LlmConfig
from deployments.llm.gen_ai_span import chat_in_span
from interview.errors import EngineFailed
from tests.support.exported_spans import exported_spans
from tests.support.fake_language_model import FakeLanguageModel

SAID = {"messages": [{"role": "user", "content": "zanzibar"}]}


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    with exported_spans(monkeypatch) as exporter:
        yield exporter


async def test_a_completion_is_a_span_with_its_model_and_tokens(exported: InMemorySpanExporter) -> None:
    config = LlmConfig(engine="fake")
    await chat_in_span(FakeLanguageModel(["pineapple juice"]).chat, SAID, config)
    (span,) = exported.get_finished_spans()
    attributes = dict(span.attributes or {})
    assert span.name == f"chat {config.name}"
    assert attributes["gen_ai.operation.name"] == "chat"
    assert attributes["gen_ai.request.model"] == config.name
    assert attributes["gen_ai.usage.input_tokens"] > 0
    assert attributes["gen_ai.usage.output_tokens"] > 0
    assert "zanzibar" not in span.to_json() and "pineapple" not in span.to_json()


async def test_a_failure_names_its_type_and_not_its_text(exported: InMemorySpanExporter) -> None:
    model = FakeLanguageModel([EngineFailed("zanzibar")])
    with pytest.raises(EngineFailed):
        await chat_in_span(model.chat, SAID, LlmConfig(engine="fake"))
    (span,) = exported.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.attributes or {})["error.type"] == "EngineFailed"
    assert "zanzibar" not in span.to_json()
