"""The model-backed interviewer: one structured call per turn, within a deadline, behind a circuit breaker.

It raises a typed error whenever it cannot decide, and the script speaks in that turn. After repeated failures the
breaker lets no call through, so that candidates do not wait for a model that is down; a trial turn after a while hands
the interview back to the model.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from deployments.agent.config import AgentConfig
from deployments.agent.context import Asked, assemble
from deployments.agent.context_documents import DocumentShelf
from deployments.agent.interviewer import Decision, TurnBrief
from deployments.agent.model_turn import ModelTurn, actions_for, decision_of, read_turn, schema_for
from deployments.agent.prompt_book import PromptBook
from deployments.agent.prompt_template import Prompt, specialised
from deployments.breaker import BreakerConfig, CircuitBreaker
from deployments.llm.contract import PRIORITY_LIVE, ChatRequest, ChatResponse, LanguageModel
from interview.errors import DeadlineExceeded, InterviewError, InvalidInput, InvalidModelOutput
from interview.session import ActionType
from storage.blobs import BlobStore

#: The model's share of the time to decide: what is left is for building the prompt and for the script.
MODEL_SHARE = 0.9

#: Where a session's settings keep its prompt versions.
PINNED = "prompts"


class ModelInterviewer:
    """``Interviewer`` over a language model. Keeps nothing of a session but cut-up documents."""

    def __init__(
        self,
        model: LanguageModel,
        prompts: PromptBook,
        blobs: BlobStore,
        config: AgentConfig,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._model = model
        self._prompts = prompts
        self._documents = DocumentShelf(blobs)
        self._config = config
        self._breaker = breaker or CircuitBreaker(
            BreakerConfig(failures=config.breaker_failures, open_s=config.breaker_open_s),
            guarded="The interviewer's model",
        )

    async def decide(self, brief: TurnBrief) -> Decision:
        """Raises CircuitOpen, DeadlineExceeded, InvalidModelOutput, ContextTooLong, ConfigError (a pinned prompt is
        gone), StorageUnavailable (the documents), and what ``LanguageModel.chat`` raises."""
        give_up_at = asyncio.get_running_loop().time() + self._deadline_s
        actions = actions_for(brief)
        head, special = await self._pinned_prompts(brief)
        asked = assemble(
            brief,
            head,
            special,
            await self._documents.of(brief.state),
            actions,
            budget=self._config.model_window_tokens - self._config.reply_tokens,
        )
        turn, output = await self._guarded(self._request(brief, asked, actions), actions, give_up_at)
        return decision_of(turn, brief, prompt=f"{head.label} {special.label}", output=output)

    async def _pinned_prompts(self, brief: TurnBrief) -> tuple[Prompt, Prompt]:
        state = brief.state
        pins = state.settings.get(PINNED)
        pins = pins if isinstance(pins, dict) else {}
        who = {"tenant": state.tenant, "interview_id": state.interview_id}
        head = await self._prompts.get("interviewer", pins, **who)
        return head, await self._prompts.get(specialised(brief.question.type), pins, **who)

    def _request(self, brief: TurnBrief, asked: Asked, actions: tuple[ActionType, ...]) -> ChatRequest:
        return {
            "messages": list(asked.messages),
            "max_tokens": self._config.reply_tokens,
            "temperature": self._config.temperature,
            "seed": (brief.seed + brief.turn) % 2**31,
            "priority": PRIORITY_LIVE,
            "deadline_s": self._deadline_s,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "interviewer_turn", "strict": True, "schema": schema_for(brief, actions)},
            },
        }

    @property
    def _deadline_s(self) -> float:
        return self._config.decide_deadline_s * MODEL_SHARE

    async def _guarded(
        self, request: ChatRequest, actions: tuple[ActionType, ...], give_up_at: float
    ) -> tuple[ModelTurn, dict[str, Any]]:
        self._breaker.admit()
        deadline = asyncio.timeout_at(give_up_at)
        try:
            async with deadline:
                response = await self._model.chat(request)
            turn = read_turn(_content(response), actions)
        except TimeoutError as error:
            self._breaker.failed()
            raise DeadlineExceeded(f"The model did not decide within {self._deadline_s:g} s.") from error
        except InvalidInput:
            # The request's own fault, such as a prompt that is too long, says nothing about the model's health.
            self._breaker.withdrawn()
            raise
        except InterviewError:
            self._breaker.failed()
            raise
        except BaseException:
            # On a busy machine the caller's own deadline may end this call in the same moment as ours.
            if deadline.expired():
                self._breaker.failed()
            else:
                self._breaker.withdrawn()
            raise
        self._breaker.succeeded()
        return turn, _recorded(response, turn)


def _content(response: ChatResponse) -> object:
    """Raises InvalidModelOutput when the response has no first choice."""
    try:
        return response["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise InvalidModelOutput("The model's response holds no message.") from error


def _recorded(response: ChatResponse, turn: ModelTurn) -> dict[str, Any]:
    """What the event log keeps of a model's answer."""
    kept: dict[str, Any] = msgspec.to_builtins(turn)
    if response.get("model"):
        kept["model"] = str(response["model"])
    usage = response.get("usage")
    if isinstance(usage, dict):
        kept["usage"] = {name: count for name, count in usage.items() if isinstance(count, int)}
    return kept
