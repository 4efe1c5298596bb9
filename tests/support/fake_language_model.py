"""The fake language-model engine behind the tier's own service, as a ready ``LanguageModel``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from deployments.llm.config import LlmConfig
from deployments.llm.contract import ChatRequest
from deployments.llm.engines.fake import Answer, FakeTextEngine, Responder, Sleep
from deployments.llm.service import ChatService
from interview.errors import InterviewError


class FakeLanguageModel(ChatService):
    """The fake as a ready ``LanguageModel``::

        model = FakeLanguageModel([{"action_type": "new_question", ...}, EngineFailed("down"), "plain text"])
        model = FakeLanguageModel(respond=lambda request: "yes" if ... else None)

    ``model.requests`` are the requests seen, ``model.fail(error, times)`` and ``model.script(...)`` add to the script,
    ``model.running`` counts requests in flight.
    """

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        respond: Responder | None = None,
        config: LlmConfig | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        config = config or LlmConfig(engine="fake")
        self.engine = FakeTextEngine(
            answers, respond=respond, config=config.fake, sleep=sleep, max_model_len=config.max_model_len
        )
        super().__init__(self.engine, config)

    @property
    def requests(self) -> list[ChatRequest]:
        return [call.request for call in self.engine.calls]

    @property
    def running(self) -> int:
        return self.engine.running

    def script(self, *answers: Answer) -> None:
        self.engine.script(*answers)

    def fail(self, error: InterviewError, times: int = 1) -> None:
        self.engine.fail(error, times)
