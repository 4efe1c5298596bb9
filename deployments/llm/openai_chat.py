"""OpenAI's chat-completion format: request bodies parsed and validated once, responses and chunks built."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from deployments.llm.config import LlmConfig
from deployments.llm.contract import PRIORITY_LIVE, ChatChunk, ChatRequest, ChatResponse
from interview.errors import ContextTooLong, InvalidInput, NotFound, UnsupportedRequest

FinishReason = Literal["stop", "length", "tool_calls"]

MAX_STOP_SEQUENCES = 4
#: The most choices of one request.
MAX_CHOICES = 16


class _JsonSchemaFormat(Struct, frozen=True):
    name: str = "response"
    schema: dict[str, Any] = {}
    strict: bool | None = None


class _ResponseFormat(Struct, frozen=True):
    type: Literal["text", "json_object", "json_schema"] = "text"
    json_schema: _JsonSchemaFormat | None = None


class _StreamOptions(Struct, frozen=True):
    include_usage: bool | None = None


class _Body(Struct, frozen=True):
    """The fields that this tier reads; others are ignored, as OpenAI's own servers and clients add to them."""

    messages: list[dict[str, Any]]
    model: str | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    n: int | None = None
    stream_options: _StreamOptions | None = None
    response_format: _ResponseFormat | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    logprobs: bool | None = None
    priority: int = PRIORITY_LIVE
    deadline_s: float | None = None
    session_id: str | None = None
    prompt_cache_key: str | None = None


class ChatCall(Struct, frozen=True, kw_only=True):
    """A validated request; ``request`` is the original body.

    ``schema`` is a JSON Schema that the answer must satisfy, ``{"type": "object"}`` for ``json_object``. ``deadline_s``
    is the smaller of the request's and the tier's. ``choices`` is OpenAI's ``n``: how many completions of the prompt
    the caller wants, each with a seed of its own.
    """

    request: ChatRequest

    model: str
    messages: tuple[dict[str, Any], ...]
    max_tokens: int
    deadline_s: float
    temperature: float = 1.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int | None = None
    choices: int = 1
    schema: dict[str, Any] | None = None
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str | dict[str, Any] | None = None
    include_usage: bool = False
    priority: int = PRIORITY_LIVE

    @property
    def tools_wanted(self) -> bool:
        return bool(self.tools) and self.tool_choice != "none"


def _wrong(field: str, problem: str) -> InvalidInput:
    return InvalidInput(f"{field}: {problem}", detail={"fields": {field: problem}})


def require_one_choice(call: ChatCall) -> None:
    """Raises UnsupportedRequest: a stream carries one completion."""
    if call.choices != 1:
        raise UnsupportedRequest(
            "A stream carries one choice; ask for several without `stream`.", detail={"fields": {"n": "must be 1"}}
        )


def read_call(request: ChatRequest, config: LlmConfig, models: tuple[str, ...] = ()) -> ChatCall:
    """Parse and validate a request body against the tier's limits. ``models`` are the served names (default: the one).

    Raises:

        InvalidInput: a field is missing, of the wrong type or out of range; ``detail["fields"]`` names it.
        NotFound: no such model.
        ContextTooLong: the messages exceed ``config.max_prompt_chars``.
        UnsupportedRequest: valid for OpenAI, but not supported.
    """
    try:
        body = msgspec.convert(request, _Body)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at ")
        raise _wrong(path.strip("`$.") or "body", text) from error
    if not body.messages:
        raise _wrong("messages", "at least one message is needed")
    prompt_chars = 0
    for index, message in enumerate(body.messages):
        if not isinstance(message.get("role"), str):
            raise _wrong(f"messages[{index}].role", "a role is needed")
        prompt_chars += len(message_text(message, f"messages[{index}].content"))
    if prompt_chars > config.max_prompt_chars:
        raise ContextTooLong(
            f"The messages have {prompt_chars} characters; this tier takes {config.max_prompt_chars}.",
            detail={"limit_chars": config.max_prompt_chars, "chars": prompt_chars},
        )
    served = models or (config.name,)
    if body.model is not None and body.model not in (*served, config.model):
        raise NotFound(f"No model {body.model!r} is served here; models: {', '.join(served)}.")
    max_tokens = body.max_completion_tokens or body.max_tokens
    if max_tokens is None:
        max_tokens = min(config.max_tokens_default, config.max_tokens_limit)
    if not 1 <= max_tokens <= config.max_tokens_limit:
        raise _wrong("max_tokens", f"must be between 1 and {config.max_tokens_limit}")
    temperature = 1.0 if body.temperature is None else body.temperature
    if not 0.0 <= temperature <= 2.0:
        raise _wrong("temperature", "must be between 0 and 2")
    top_p = 1.0 if body.top_p is None else body.top_p
    if not 0.0 < top_p <= 1.0:
        raise _wrong("top_p", "must be greater than 0 and at most 1")
    stop = (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())
    if len(stop) > MAX_STOP_SEQUENCES or not all(stop):
        raise _wrong("stop", f"at most {MAX_STOP_SEQUENCES} sequences, none of them empty")
    choices = 1 if body.n is None else body.n
    if not 1 <= choices <= MAX_CHOICES:
        raise _wrong("n", f"must be between 1 and {MAX_CHOICES}")
    if body.logprobs:
        raise UnsupportedRequest("This tier does not return logprobs.", detail={"fields": {"logprobs": "unsupported"}})
    if body.deadline_s is not None and body.deadline_s <= 0:
        raise _wrong("deadline_s", "must be positive")
    return ChatCall(
        request=request,
        model=body.model or served[0],
        messages=tuple(body.messages),
        max_tokens=max_tokens,
        deadline_s=min(body.deadline_s or config.deadline_s, config.deadline_s),
        temperature=temperature,
        top_p=top_p,
        stop=stop,
        seed=body.seed,
        choices=choices,
        schema=_schema(body.response_format),
        tools=tuple(body.tools or ()),
        tool_choice=body.tool_choice,
        include_usage=bool(body.stream_options and body.stream_options.include_usage),
        priority=body.priority,
    )


def _schema(response_format: _ResponseFormat | None) -> dict[str, Any] | None:
    if response_format is None or response_format.type == "text":
        return None
    if response_format.type == "json_object":
        return {"type": "object"}
    if response_format.json_schema is None or not response_format.json_schema.schema:
        raise _wrong("response_format.json_schema.schema", "a JSON Schema is needed")
    return response_format.json_schema.schema


def message_text(message: Mapping[str, Any], where: str = "content") -> str:
    """The text of a message whose content is a string or a list of text parts.

    Raises:
        UnsupportedRequest: a part is not text.
    """
    content = message.get("content")
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise _wrong(where, "must be a string or a list of parts")
    texts = []
    for part in content:
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise UnsupportedRequest("Only text parts are supported.", detail={"fields": {where: "not text"}})
        texts.append(part["text"])
    return "".join(texts)


def usage(prompt_tokens: int, completion_tokens: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


class Choice(Struct, frozen=True):
    """One finished completion."""

    text: str
    finish: FinishReason
    tool_calls: tuple[dict[str, Any], ...] = ()

    def to_wire(self, index: int) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.text, "refusal": None}
        if self.tool_calls:
            message["content"] = self.text or None
            message["tool_calls"] = list(self.tool_calls)
        return {"index": index, "message": message, "logprobs": None, "finish_reason": self.finish}


class Completion:
    """Builds the response or the chunks of one call; all carry the same id and time."""

    def __init__(self, call: ChatCall) -> None:
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self._call = call
        self._created = int(time.time())
        self._tool_index = itertools.count()

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self._created, "model": self._call.model}

    def response(self, choices: Sequence[Choice], prompt_tokens: int, completion_tokens: int) -> ChatResponse:
        """``completion_tokens``: of all choices together."""
        return {
            **self._head("chat.completion"),
            "choices": [choice.to_wire(index) for index, choice in enumerate(choices)],
            "usage": usage(prompt_tokens, completion_tokens),
        }

    def _chunk(self, delta: dict[str, Any], finish: FinishReason | None) -> ChatChunk:
        return {
            **self._head("chat.completion.chunk"),
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        }

    def first(self) -> ChatChunk:
        return self._chunk({"role": "assistant", "content": ""}, None)

    def text(self, text: str) -> ChatChunk:
        return self._chunk({"content": text}, None)

    def tools(self, tool_calls: list[dict[str, Any]]) -> ChatChunk:
        return self._chunk({"tool_calls": [{"index": next(self._tool_index), **call} for call in tool_calls]}, None)

    def last(self, finish: FinishReason) -> ChatChunk:
        return self._chunk({}, finish)

    def usage(self, prompt_tokens: int, completion_tokens: int) -> ChatChunk:
        """The additional chunk of ``stream_options.include_usage``: no choices, only the counts."""
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": usage(prompt_tokens, completion_tokens)}


def tool_call(name: str, arguments: object) -> dict[str, Any]:
    """An OpenAI tool call; ``arguments`` become a JSON string, as the API defines."""
    encoded = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": {"name": name, "arguments": encoded}}
