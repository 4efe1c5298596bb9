"""The output of vLLM, passed on by ``ray.serve.llm``, becomes plain dicts and typed errors; no vLLM needed."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from deployments.llm.config import LlmConfig
from deployments.llm.engines.vllm_chat import responses, vllm_request, whole
from deployments.llm.openai_chat import ChatCall, read_call
from interview.errors import ContextTooLong, EngineFailed, InterviewError, InvalidInput

CONFIG = LlmConfig(engine="vllm", model="/models/tiny")


def call(**more: Any) -> ChatCall:
    return read_call({"messages": [{"role": "user", "content": "Hi"}], **more}, CONFIG)


class Dumped:
    """Stands for vLLM's pydantic objects."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def model_dump(self, mode: str) -> dict[str, Any]:
        assert mode == "json"
        return dict(self._fields)


async def yields(*items: Any) -> AsyncGenerator[Any, None]:
    for item in items:
        yield item


def sse(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


async def test_server_sent_strings_alone_or_in_lists_become_chunks() -> None:
    chunks = [{"id": "a", "choices": [{"delta": {"content": text}}]} for text in ("x", "y", "z")]
    items = yields([sse(chunks[0]) + sse(chunks[1])], sse(chunks[2]), "data: [DONE]\n\n")

    assert [chunk async for chunk in responses(items, call())] == chunks


async def test_an_error_yielded_in_place_of_the_answer_is_raised() -> None:
    error = {"message": "The maximum context length is 512 tokens.", "type": "BadRequestError", "code": 400}

    with pytest.raises(ContextTooLong):
        await whole(yields(Dumped(error=error)), call())


async def test_an_error_yielded_within_a_stream_is_raised_after_the_chunks_before_it() -> None:
    chunk = {"id": "a", "choices": [{"delta": {"content": "x"}}]}
    items = responses(yields([sse(chunk)], [sse({"error": {"message": "boom", "code": 500}})]), call())

    assert await anext(items) == chunk
    with pytest.raises(EngineFailed) as caught:
        await anext(items)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("code", "retryable"), [(400, False), (404, False), (422, False), (429, True), (500, True), (503, True)]
)
async def test_errors_are_retryable_exactly_when_the_engine_may_recover(code: int, retryable: bool) -> None:
    with pytest.raises(InterviewError) as caught:
        await whole(yields(Dumped(error={"message": "no", "code": code})), call())

    assert caught.value.retryable is retryable


async def test_an_answer_loses_vllms_own_fields_but_keeps_its_tool_calls() -> None:
    tool_calls = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    message = {"role": "assistant", "content": "x", "reasoning": None, "tool_calls": []}
    answer = Dumped(
        choices=[{"message": message, "stop_reason": None}], prompt_logprobs=None, usage={"total_tokens": 1}
    )
    calling = Dumped(choices=[{"message": {**message, "tool_calls": tool_calls}}])

    assert await whole(yields(answer), call()) == {
        "choices": [{"message": {"role": "assistant", "content": "x"}}],
        "usage": {"total_tokens": 1},
    }
    assert (await whole(yields(calling), call()))["choices"][0]["message"]["tool_calls"] == tool_calls


async def test_no_answer_at_all_is_an_engine_failure() -> None:
    with pytest.raises(EngineFailed):
        await whole(yields(), call())


def test_every_request_has_an_id_of_its_own() -> None:
    assert vllm_request(call(), stream=False)["request_id"] != vllm_request(call(), stream=False)["request_id"]


def test_the_request_carries_priority_and_no_field_of_ours() -> None:
    body = vllm_request(call(priority=10, deadline_s=3, seed=5), stream=True)

    assert body["priority"] == 10
    assert body["seed"] == 5
    assert body["stream"] is True
    assert "deadline_s" not in body
    assert "max_tokens" not in body


def test_choices_travel_to_the_engine_in_one_request_up_to_a_limit() -> None:
    assert vllm_request(call(n=3), stream=False)["n"] == 3
    for wrong in (0, -1, 17):
        with pytest.raises(InvalidInput):
            call(n=wrong)
