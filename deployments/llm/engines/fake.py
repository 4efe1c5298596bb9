"""The fake language model: deterministic, scripted or generated answers, with a service time for load runs."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import random
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import Any

import msgspec

from deployments.llm.config import FakeModelConfig
from deployments.llm.contract import ChatRequest
from deployments.llm.engines.port import TextPiece
from deployments.llm.engines.schema_instance import minimal_instance
from deployments.llm.engines.text_stream import tool_choice_schema
from deployments.llm.openai_chat import ChatCall, message_text, tool_call
from interview.errors import ContextTooLong, EngineFailed

#: One scripted answer: text, JSON (sent as its text; ``{"tool_calls": [{"name", "arguments"}]}`` calls tools), or an
#: error to raise.
Answer = str | dict[str, Any] | list[Any] | Exception

#: Computes the answer to a request; None selects the generated answer.
Responder = Callable[[ChatRequest], Answer | None]

Sleep = Callable[[float], Awaitable[None]]

_OPENINGS = ("Thank you.", "I see.", "Good.", "All right.", "Understood.")
_SUBJECTS = ("that design", "your last project", "the failure you described", "that trade-off", "the approach")
_QUESTIONS = ("What would you change about {}?", "How did you verify {}?", "Why did you choose {}?")
_TOKEN = re.compile(r"\s*\S+|\s+$")

_FIRST_TOKEN_SHARE = 0.3


def tokens_of(text: str) -> list[str]:
    """The fake's tokens: words with their leading space. ``"".join`` restores the text."""
    return _TOKEN.findall(text)


class FakeTextEngine:
    """A ``TextEngine`` without weights.

    Answers come, in this order, from injected failures, from ``answers`` (each used once), from ``respond``, and else
    from the request itself: a minimal instance of its schema, or a sentence chosen by a hash of the messages and the
    seed. Equal requests with equal seeds get equal answers.
    """

    name = "fake"
    notice: str | None = "A scripted stand-in answers; no language model is running."

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        respond: Responder | None = None,
        config: FakeModelConfig | None = None,
        sleep: Sleep = asyncio.sleep,
        record: bool = True,
        max_model_len: int | None = None,
    ) -> None:
        """``record`` keeps every call in ``calls``; a deployment under load disables it."""
        self._config = config or FakeModelConfig()
        self.max_model_len = max_model_len
        self._answers = deque(answers)
        self._respond = respond
        self._failures: deque[Exception] = deque()
        self._sleep = sleep
        self._random = random.Random(self._config.seed)  # noqa: S311 - reproducible load, not secrecy
        self.running = 0
        self.calls: list[ChatCall] = []
        self._record = record

    def script(self, *answers: Answer) -> None:
        """Append answers to the script."""
        self._answers.extend(answers)

    def fail(self, error: Exception, times: int = 1) -> None:
        """Make the next ``times`` calls raise ``error``."""
        self._failures.extend([error] * times)

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def check_health(self) -> None:
        return

    def generate(self, call: ChatCall) -> AsyncGenerator[TextPiece, None]:
        return self._generate(call)

    async def _generate(self, call: ChatCall) -> AsyncGenerator[TextPiece, None]:
        if self._record:
            self.calls.append(call)
        self.running += 1
        try:
            service_s = self._service_time_s()
            prompt_tokens = sum(len(tokens_of(message_text(message))) for message in call.messages)
            if self.max_model_len is not None and prompt_tokens >= self.max_model_len:
                raise ContextTooLong(
                    f"The prompt has {prompt_tokens} tokens; the model takes {self.max_model_len}.",
                    detail={"limit_tokens": self.max_model_len, "tokens": prompt_tokens},
                )
            answer = self._answer(call)
            if isinstance(answer, Exception):
                await self._pause(service_s * _FIRST_TOKEN_SHARE)
                raise answer
            if isinstance(answer, dict) and "tool_calls" in answer and call.schema is None:
                await self._pause(service_s)
                made = tuple(tool_call(one["name"], one.get("arguments", {})) for one in answer["tool_calls"])
                yield TextPiece(str(answer.get("content", "")), prompt_tokens, len(made), "tool_calls", made)
                return
            text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
            tokens, finish = _cut(text, call)
            await self._pause(service_s * _FIRST_TOKEN_SHARE)
            step_s = service_s * (1 - _FIRST_TOKEN_SHARE) / max(1, len(tokens))
            for count, token in enumerate(tokens, 1):
                await self._pause(step_s)
                yield TextPiece(token, prompt_tokens, count)
            yield TextPiece("", prompt_tokens, len(tokens), finish)
        finally:
            self.running -= 1

    def _answer(self, call: ChatCall) -> Answer:
        if self._failures:
            return self._failures.popleft()
        if self._config.failure_rate and self._random.random() < self._config.failure_rate:
            return EngineFailed("The fake language model failed, as configured.")
        if self._answers:
            return self._answers.popleft()
        if self._respond is not None:
            answer = self._respond(call.request)
            if answer is not None:
                return answer
        chooser = self._chooser(call)
        required = tool_choice_schema(call.tools, call.tool_choice) if call.schema is None else None
        if required is not None:
            return {"tool_calls": [minimal_instance(required, lambda _name: _sentence(chooser))]}
        if call.schema is not None:
            instance: Answer = minimal_instance(call.schema, lambda _name: _sentence(chooser))
            return json.dumps(instance, ensure_ascii=False)
        return _sentence(chooser)

    def _chooser(self, call: ChatCall) -> random.Random:
        seed = self._config.seed if call.seed is None else call.seed
        said = [[message["role"], message_text(message)] for message in call.messages]
        digest = hashlib.sha256(msgspec.json.encode([seed, said])).digest()
        return random.Random(digest)  # noqa: S311 - reproducible text, not secrecy

    def _service_time_s(self) -> float:
        match self._config.service_time:
            case "zero":
                return 0.0
            case "fixed":
                return self._config.service_ms / 1000
            case "lognormal":
                mu = math.log(max(self._config.service_ms, 1e-9))
                return self._random.lognormvariate(mu, self._config.service_sigma) / 1000

    async def _pause(self, seconds: float) -> None:
        """Yields to the event loop between tokens even without a service time, so that cancellation works as with a
        real engine."""
        await self._sleep(seconds)


def _sentence(chooser: random.Random) -> str:
    return f"{chooser.choice(_OPENINGS)} {chooser.choice(_QUESTIONS).format(chooser.choice(_SUBJECTS))}"


def _cut(text: str, call: ChatCall) -> tuple[list[str], Any]:
    """The tokens of ``text`` after ``stop`` and ``max_tokens`` are applied, and the finish reason."""
    ends = [at for at in (text.find(stop) for stop in call.stop) if at >= 0]
    tokens = tokens_of(text[: min(ends)] if ends else text)
    if len(tokens) > call.max_tokens:
        return tokens[: call.max_tokens], "length"
    return tokens, "stop"
