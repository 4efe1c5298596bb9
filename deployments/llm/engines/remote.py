"""An OpenAI-compatible server (vLLM, Ollama, llama.cpp, a hosted API) as the tier's engine."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

from msgspec.structs import replace

from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from deployments.llm.deadline import bounded
from deployments.llm.engines.remote_connection import RemoteConnection
from deployments.llm.gathered import gathered
from deployments.llm.openai_chat import ChatCall, read_call, require_one_choice
from deployments.shell.circuit_breaker import CircuitBreaker
from deployments.shell.egress import require_allowed
from deployments.shell.remote_errors import RemoteServer
from interview import retries
from interview.errors import (
    ConfigError,
    DeadlineExceeded,
    EngineFailed,
    InterviewError,
    InvalidInput,
    InvalidModelOutput,
    Overloaded,
    Unavailable,
)

logger = logging.getLogger(__name__)

#: Keys of a request that belong to this tier and are not sent to the server.
_OWN_KEYS = frozenset(
    {
        "priority",
        "deadline_s",
        "session_id",
        "model",
        "messages",
        "stream",
        "stream_options",
        "max_tokens",
        "n",
        "seed",
    }
)
#: ``LlmInfo.notice`` and the reason in the metric of retries, for a server that ignores or refuses ``n``.
_ONE_CHOICE = "The server returns one choice per request: each further sample is a request of its own."
_ONE_CHOICE_REASON = "one-choice"

Sleep = Callable[[float], Awaitable[None]]


class RemoteLanguageModel:
    """``LanguageModel`` over HTTP, with retries before the first byte, a circuit breaker and typed errors."""

    def __init__(
        self,
        config: LlmConfig,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``jitter`` returns a number in [0, 1) that scales every back-off.

        Raises:

            ConfigError: no base_url or model, or a host that this process may not reach.
        """
        remote = config.remote
        if not remote.base_url:
            raise ConfigError("llm.remote.base_url: set the server's URL, e.g. http://127.0.0.1:11434/v1")
        if not config.model:
            raise ConfigError("llm.model: set the server's name of the model")
        require_allowed(remote.base_url)
        self._config = config
        self._server = RemoteServer("language-model server", config.model, "llm.model", remote.api_key_env)
        self._remote = remote
        self._sleep = sleep
        self._jitter = jitter
        self._breaker = CircuitBreaker(remote.breaker, clock)
        self._running = 0
        self._notice: str | None = None
        self._has_one_choice = False
        api_key = os.environ.get(remote.api_key_env, "")
        self._connection = RemoteConnection(
            remote.base_url, api_key, self._server, connect_timeout_s=remote.connect_timeout_s
        )

    async def start(self) -> None:
        """Query the server's models. A server that is down does not prevent the replica's start: the breaker and the
        caller's fallback cover it, and ``info().notice`` reports it until a call succeeds."""
        try:
            models = await self._connection.models()
        except InterviewError as failure:
            self._notice = f"The server did not answer at start-up: {failure.message}"
            logger.warning("the remote language model did not answer at start-up: %s", failure.code)
            return
        if self._config.model not in models:
            self._notice = f"The server does not list the model {self._config.model!r}."
            logger.warning("the remote server does not list the model %s", self._config.model)

    async def stop(self) -> None:
        await self._connection.close()

    async def check_health(self) -> None:
        """Always healthy: restarting the replica would not restore the server."""

    async def info(self) -> LlmInfo:
        state = self._breaker.state
        notice = self._notice or (_ONE_CHOICE if self._has_one_choice else None)
        if state != "closed":
            notice = f"The circuit to the server is {state}."
        return LlmInfo(engine="remote", models=(self._config.name,), running=self._running, notice=notice)

    async def chat(self, request: ChatRequest) -> ChatResponse:
        """Several choices are one request (``n``), or one each if the server ignores or refuses ``n``. The server's
        choice is remembered, logged, counted and shown in ``info().notice``."""
        call = self._read(request)
        if call.choices == 1:
            return await self._complete(call)
        parts: list[ChatResponse] = []
        if not self._has_one_choice:
            try:
                parts = [await self._complete(call)]
            except InvalidInput as error:
                logger.info("the remote server refused a request for %d choices: %s", call.choices, error.code)
        made = sum(len(_choices(part)) for part in parts)
        if made < call.choices:
            parts += await gathered([self._complete(_single(call, index)) for index in range(made, call.choices)])
            for _ in range(made, call.choices):
                retries.tried_again("llm", _ONE_CHOICE_REASON)
            if not self._has_one_choice:
                self._has_one_choice = True
                logger.warning("the remote server returns one choice per request; each sample is a request of its own")
        return _merged(parts, call.choices)

    async def _complete(self, call: ChatCall) -> ChatResponse:
        async with aclosing(bounded(self._attempts(call, stream=False), call.deadline_s)) as responses:
            async for response in responses:
                return response
        raise EngineFailed("The server ended without an answer.")

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        call = self._read(request)
        require_one_choice(call)
        async with aclosing(bounded(self._attempts(call, stream=True), call.deadline_s)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _read(self, request: ChatRequest) -> ChatCall:
        return read_call(request, self._config)

    async def _attempts(self, call: ChatCall, *, stream: bool) -> AsyncGenerator[dict[str, Any], None]:
        """Retry until an attempt has yielded an item; later errors go to the caller."""
        self._running += 1
        try:
            for attempt in range(1, self._remote.attempts + 1):
                begun = False
                try:
                    async with aclosing(self._attempt(call, stream=stream)) as items:
                        async for item in items:
                            begun = True
                            yield item
                    return
                except InterviewError as error:
                    if begun or not error.retryable or attempt == self._remote.attempts:
                        raise
                    pause_s = self._backoff_s(attempt, error)
                    logger.info("language-model attempt %d failed (%s); next in %.2f s", attempt, error.code, pause_s)
                    await self._sleep(pause_s)
                    retries.tried_again("llm", error.code)
        finally:
            self._running -= 1

    def _backoff_s(self, attempt: int, error: InterviewError) -> float:
        """Exponential with full jitter, never sooner than the server's Retry-After.

        Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        """
        ceiling = min(self._remote.backoff_max_s, self._remote.backoff_s * 2.0 ** (attempt - 1))
        return max(self._jitter() * ceiling, error.retry_after_s or 0.0)

    async def _attempt(self, call: ChatCall, *, stream: bool) -> AsyncGenerator[dict[str, Any], None]:
        self._breaker.admit()
        verdict = self._breaker.withdrawn
        try:
            source = self._streamed(call) if stream else self._whole(call)
            async with aclosing(source) as items:
                async for item in items:
                    verdict = self._breaker.succeeded
                    self._notice = None
                    yield item
        except InterviewError as error:
            if isinstance(error, InvalidModelOutput | Overloaded):
                verdict = self._breaker.succeeded  # it answered, so it is up
            elif isinstance(error, Unavailable | EngineFailed | DeadlineExceeded) and error.retryable:
                verdict = self._breaker.failed
            raise
        finally:
            verdict()

    async def _whole(self, call: ChatCall) -> AsyncGenerator[dict[str, Any], None]:
        completion = await self._connection.complete(self._body(call), timeout_s=call.deadline_s)
        response: ChatResponse = {**completion, "model": call.model}
        _check(response, call)
        yield response

    async def _streamed(self, call: ChatCall) -> AsyncGenerator[dict[str, Any], None]:
        body = {**self._body(call), "stream": True}
        if call.include_usage:
            body["stream_options"] = {"include_usage": True}
        finished = False
        async with aclosing(self._connection.stream(body, timeout_s=call.deadline_s)) as chunks:
            async for chunk in chunks:
                item: ChatChunk = {**chunk, "model": call.model}
                finished = finished or any(choice.get("finish_reason") for choice in _choices(item))
                yield item
        if not finished:
            raise EngineFailed("The server's stream ended prematurely.")

    def _body(self, call: ChatCall) -> dict[str, Any]:
        extra = {key: value for key, value in call.request.items() if key not in _OWN_KEYS}
        if self._remote.forward_priority:
            extra["priority"] = call.priority
        if call.seed is not None:
            extra["seed"] = call.seed
        if call.choices > 1:
            extra["n"] = call.choices
        # A server's default limit is unknown, so the tier's limit is always sent, under the name that the caller used.
        limit = {} if "max_completion_tokens" in extra else {"max_tokens": call.max_tokens}
        return {
            "model": self._config.model,
            "messages": list(call.messages),
            **limit,
            **extra,
            **self._remote.extra_body,
        }


def _choices(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer's choices. Raises EngineFailed when they are not as OpenAI's API defines them."""
    choices = answer.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise EngineFailed("The server's answer is not a chat completion.")
    return choices


def _single(call: ChatCall, index: int) -> ChatCall:
    """The request for one choice of several, with its own seed."""
    return replace(call, choices=1, seed=None if call.seed is None else call.seed + index)


def _merged(parts: Sequence[ChatResponse], wanted: int) -> ChatResponse:
    """One response with the choices of all, at most ``wanted``, and the tokens of all."""
    if len(parts) == 1:
        return {**parts[0], "choices": _choices(parts[0])[:wanted]}
    choices = [choice for part in parts for choice in _choices(part)][:wanted]
    merged = {**parts[0], "choices": [{**choice, "index": index} for index, choice in enumerate(choices)]}
    counts = [part.get("usage") for part in parts]
    if all(isinstance(one, dict) for one in counts):
        names = ("prompt_tokens", "completion_tokens", "total_tokens")
        merged["usage"] = {name: sum(int(one.get(name) or 0) for one in counts if one) for name in names}
    return merged


def _check(response: ChatResponse, call: ChatCall) -> None:
    """Raises when the answer is unusable: no choice, or invalid JSON for a schema in every choice that was not
    truncated."""
    choices = _choices(response)
    if not choices:
        raise InvalidModelOutput("The server's answer has no choices.")
    if not all(isinstance(choice.get("message"), dict) for choice in choices):
        raise EngineFailed("The server's answer is not a chat completion.")
    if call.schema is not None and not any(_is_json_or_cut(choice) for choice in choices):
        raise InvalidModelOutput("The server ignored the JSON schema: its answer is not JSON.")


def _is_json_or_cut(choice: dict[str, Any]) -> bool:
    if choice.get("finish_reason") != "stop":
        return True
    try:
        json.loads(choice["message"].get("content") or "")
    except (TypeError, ValueError):
        return False
    return True
