"""The language-model tier without Ray: validation, deadline and OpenAI's format around an in-process engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from msgspec.structs import replace

from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from deployments.llm.deadline import bounded
from deployments.llm.engines.port import TextEngine, TextPiece
from deployments.llm.gathered import gathered
from deployments.llm.openai_chat import ChatCall, Choice, Completion, FinishReason, read_call, require_one_choice
from interview.errors import DeadlineExceeded, EngineFailed

_WARM_UP = {"messages": [{"role": "user", "content": "Say ready."}], "max_tokens": 4, "temperature": 0}


class ChatService:
    """``LanguageModel`` over a ``TextEngine``."""

    def __init__(self, engine: TextEngine, config: LlmConfig) -> None:
        self._engine = engine
        self._config = config

    async def start(self) -> None:
        """Load the engine and complete one tiny request, so that the first candidate does not wait for the warm-up.

        Raises:

            ModelMissing: the weights are not on this machine.
            EngineFailed, DeadlineExceeded: the warm-up failed.
        """
        await self._engine.start()
        call = read_call({**_WARM_UP}, self._config)
        async with aclosing(bounded(self._engine.generate(call), self._config.warm_up_deadline_s)) as pieces:
            async for _piece in pieces:
                continue

    async def stop(self) -> None:
        await self._engine.stop()

    async def check_health(self) -> None:
        """Raises when the engine cannot serve."""
        try:
            async with asyncio.timeout(self._config.health_deadline_s):
                await self._engine.check_health()
        except TimeoutError as error:
            raise DeadlineExceeded("The language model's health check did not answer in time.") from error

    async def info(self) -> LlmInfo:
        return LlmInfo(
            engine=self._engine.name,
            models=(self._config.name,),
            running=self._engine.running,
            max_model_len=self._engine.max_model_len,
            notice=self._engine.notice,
        )

    async def chat(self, request: ChatRequest) -> ChatResponse:
        """Several choices are decoded at the same time, each with a seed of its own."""
        call = read_call(request, self._config)
        seeds = [None if call.seed is None else call.seed + index for index in range(call.choices)]
        made = await gathered([self._complete(replace(call, seed=seed)) for seed in seeds])
        choices = [Choice(text, _finish(last), last.tool_calls) for text, last in made]
        prompt_tokens = max(last.prompt_tokens for _, last in made)
        return Completion(call).response(choices, prompt_tokens, sum(last.completion_tokens for _, last in made))

    async def _complete(self, call: ChatCall) -> tuple[str, TextPiece]:
        """The text of one completion and its last piece."""
        texts: list[str] = []
        last = TextPiece()
        async with aclosing(self._pieces(call)) as pieces:
            async for piece in pieces:
                texts.append(piece.text)
                last = piece
        return "".join(texts), last

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        call = read_call(request, self._config)
        require_one_choice(call)
        completion = Completion(call)
        last = TextPiece()
        async with aclosing(self._pieces(call)) as pieces:
            opened = False
            async for piece in pieces:
                last = piece
                if not opened:
                    opened = True
                    yield completion.first()
                if piece.text:
                    yield completion.text(piece.text)
                if piece.tool_calls:
                    yield completion.tools(list(piece.tool_calls))
        yield completion.last(_finish(last))
        if call.include_usage:
            yield completion.usage(last.prompt_tokens, last.completion_tokens)

    def _pieces(self, call: ChatCall) -> AsyncGenerator[TextPiece, None]:
        return bounded(self._engine.generate(call), call.deadline_s)


def _finish(last: TextPiece) -> FinishReason:
    if last.finish is None:
        raise EngineFailed("The engine ended a completion without a finish reason.")
    return last.finish
