"""The fake answers as told, the same way every time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployments.llm.config import FakeModelConfig, LlmConfig
from deployments.llm.engines.fake import tokens_of
from interview.errors import EngineFailed, Overloaded
from tests.support.fake_language_model import FakeLanguageModel

ASK: dict[str, Any] = {"messages": [{"role": "user", "content": "Why?"}]}


def content(response: dict[str, Any]) -> str:
    return str(response["choices"][0]["message"]["content"])


async def test_scripted_answers_come_in_order_and_then_generated_ones() -> None:
    model = FakeLanguageModel(["first", {"action_type": "clarify"}, EngineFailed("down")])

    assert content(await model.chat(ASK)) == "first"
    assert json.loads(content(await model.chat(ASK))) == {"action_type": "clarify"}
    with pytest.raises(EngineFailed, match="down"):
        await model.chat(ASK)
    assert content(await model.chat(ASK)).endswith("?")


async def test_a_responder_sees_the_request_as_it_was_sent() -> None:
    model = FakeLanguageModel(respond=lambda request: request["messages"][-1]["content"][::-1])

    assert content(await model.chat(ASK)) == "?yhW"
    assert model.requests == [ASK]


async def test_equal_requests_get_equal_answers_in_another_process_too() -> None:
    assert content(await FakeLanguageModel().chat(ASK)) == content(await FakeLanguageModel().chat(ASK))
    assert content(await FakeLanguageModel().chat({**ASK, "seed": 3})) == "Good. How did you verify that trade-off?"


async def test_injected_failures_come_first_and_count_down() -> None:
    model = FakeLanguageModel(["answer"])
    model.fail(Overloaded("busy", retry_after_s=2), times=2)
    for _ in range(2):
        with pytest.raises(Overloaded):
            await model.chat(ASK)

    assert content(await model.chat(ASK)) == "answer"


async def test_a_scripted_tool_call_has_openais_shape() -> None:
    model = FakeLanguageModel([{"tool_calls": [{"name": "grade_answer", "arguments": {"id": 1}}]}])
    choice = (await model.chat(ASK))["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "grade_answer", "arguments": '{"id": 1}'}


@pytest.mark.parametrize(("kind", "expected_s"), [("zero", 0.0), ("fixed", 0.2)])
async def test_the_service_time_is_spent_as_configured(kind: Any, expected_s: float) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    config = LlmConfig(engine="fake", fake=FakeModelConfig(service_time=kind, service_ms=200))
    await FakeLanguageModel(["one two three four"], config=config, sleep=sleep).chat(ASK)

    assert sum(slept) == pytest.approx(expected_s)
    assert len(slept) == 1 + len(tokens_of("one two three four"))


async def test_lognormal_service_times_are_seeded_and_have_the_configured_median() -> None:
    async def times(seed: int) -> list[float]:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        fake = FakeModelConfig(seed=seed, service_time="lognormal", service_ms=100, service_sigma=0.5)
        model = FakeLanguageModel(config=LlmConfig(engine="fake", fake=fake), sleep=sleep)
        totals = []
        for _ in range(201):
            slept.clear()
            await model.chat(ASK)
            totals.append(sum(slept))
        return totals

    first = await times(1)
    assert first == await times(1)
    assert sorted(first)[100] == pytest.approx(0.1, rel=0.15)


async def test_failures_at_a_rate_are_retryable_and_seeded() -> None:
    async def outcomes() -> list[bool]:
        model = FakeLanguageModel(config=LlmConfig(engine="fake", fake=FakeModelConfig(seed=7, failure_rate=0.3)))
        failed = []
        for _ in range(50):
            try:
                await model.chat(ASK)
            except EngineFailed as error:
                assert error.retryable
                failed.append(True)
            else:
                failed.append(False)
        return failed

    first = await outcomes()
    assert first == await outcomes()
    assert 5 <= sum(first) <= 25
