"""Converts between this tier's dicts and vLLM's OpenAI layer: requests, SSE strings, objects and errors.

This module does not import vLLM, so that callers and tests need not install it.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from typing import Any

import msgspec

from deployments.llm.contract import ChatChunk, ChatResponse
from deployments.llm.engines.text_stream import escape_control_characters
from deployments.llm.openai_chat import ChatCall
from deployments.shell.remote_errors import RemoteServer, from_status
from interview.errors import EngineFailed, InterviewError

_DATA = "data: "
_DONE = "[DONE]"

#: vLLM's own response fields that are null or empty by default and are not OpenAI's.
_OWN_FIELDS = (
    "prompt_logprobs",
    "prompt_token_ids",
    "prompt_text",
    "prompt_routed_experts",
    "kv_transfer_params",
    "ec_transfer_params",
    "metrics",
)
_OWN_CHOICE_FIELDS = ("stop_reason", "token_ids", "routed_experts")
_OWN_MESSAGE_FIELDS = ("reasoning", "reasoning_content")

#: Keys of a request that belong to this tier, or that ``vllm_request`` sets.
_OWN_KEYS = frozenset({"deadline_s", "session_id", "stream"})


def vllm_request(call: ChatCall, *, stream: bool) -> dict[str, Any]:
    """The body of vLLM's ``ChatCompletionRequest``.

    The request id is always set: Ray would set Serve's, which every call of one turn shares, and vLLM rejects a second
    request under the same id. ``max_tokens`` is sent only if the caller set it: the engine's default adapts to the
    remaining context window, while an explicit number beyond it is an error.
    """
    body = {key: value for key, value in call.request.items() if key not in _OWN_KEYS}
    if body.get("max_tokens") is None:
        body.pop("max_tokens", None)
    return {**body, "model": call.model, "stream": stream, "priority": call.priority, "request_id": uuid.uuid4().hex}


async def responses(items: AsyncIterator[Any], call: ChatCall) -> AsyncGenerator[dict[str, Any], None]:
    """``LLMServer``'s output for one call, as OpenAI's dicts: the response, or the chunks.

    Raises:

        InterviewError: an error that the engine yielded, mapped to its type.
    """
    async for item in items:
        for part in item if isinstance(item, list) else [item]:
            if isinstance(part, str):
                for event in _events(part):
                    yield _cleaned(event, call)
            else:
                yield _cleaned(part.model_dump(mode="json"), call)


async def whole(items: AsyncIterator[Any], call: ChatCall) -> ChatResponse:
    """The one response of a call that does not stream."""
    async with aclosing(responses(items, call)) as found:
        async for response in found:
            return response
    raise EngineFailed("The engine ended without an answer.")


def _events(text: str) -> Iterable[dict[str, Any]]:
    """The JSON of every ``data:`` line of server-sent events."""
    for line in text.splitlines():
        if line.startswith(_DATA) and not line.endswith(_DONE):
            event: dict[str, Any] = msgspec.json.decode(line[len(_DATA) :])
            yield event


def _cleaned(item: dict[str, Any], call: ChatCall) -> ChatChunk | ChatResponse:
    """One response or chunk without vLLM's additions; raises if it is an error."""
    error = item.get("error")
    if error is not None:
        raise yielded_error(error, call.model)
    for field in _OWN_FIELDS:
        item.pop(field, None)
    for choice in item.get("choices", ()):
        for field in _OWN_CHOICE_FIELDS:
            choice.pop(field, None)
        message = choice.get("message") or choice.get("delta") or {}
        for field in _OWN_MESSAGE_FIELDS:
            if message.get(field) is None:
                message.pop(field, None)
        if not message.get("tool_calls"):
            message.pop("tool_calls", None)
        if call.schema is not None and message.get("content"):
            message["content"] = escape_control_characters(message["content"])
    if item.get("usage") is None:
        item.pop("usage", None)
    return item


def yielded_error(error: dict[str, Any], model: str) -> InterviewError:
    """The typed error for the ``error`` object that vLLM yields instead of raising."""
    code = str(error.get("code", ""))
    server = RemoteServer("language-model server", model, "llm.model")
    return from_status(int(code) if code.isdigit() else 500, str(error.get("message", "")), server)
