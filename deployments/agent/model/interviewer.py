"""The model-backed interviewer: one structured call per turn, within a deadline, behind a circuit breaker.

It raises a typed error whenever it cannot decide, and the script speaks in that turn. After repeated failures the
breaker rejects calls, so that candidates do not wait for a model that is down; a later trial turn restores the model.

With a listener the answer is parsed while it streams, and ``overheard`` is called for every finished sentence. A
response that was prepared ahead is used for an equal request, whole.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

import msgspec

from deployments.agent.brief.follow_up_target import asks_for_a_gap
from deployments.agent.brief.interviewer import AHEAD, Decision, Overheard, TurnBrief
from deployments.agent.config import AgentConfig
from deployments.agent.contract import PreparedReply
from deployments.agent.model.answer import ModelTurn, actions_for, decision_of, read_turn, schema_for, settled
from deployments.agent.model.answer_parts import parts_of
from deployments.agent.model.documents import DocumentShelf, Passage
from deployments.agent.model.partial_answer import GrowingTurn
from deployments.agent.model.passage_search import PassageSearch
from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.model.prompt_context import Asked, assemble, opening
from deployments.agent.model.prompt_template import Prompt, specialised
from deployments.llm.contract import (
    PRIORITY_BACKGROUND,
    PRIORITY_LIVE,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    LanguageModel,
)
from deployments.retrieval.contract import Retrieval
from deployments.shell.circuit_breaker import BreakerConfig, CircuitBreaker
from interview.errors import DeadlineExceeded, InterviewError, InvalidInput, InvalidModelOutput
from interview.plans.plan import InterviewPlan
from interview.sessions.session import ActionType, SessionState
from storage.blobs.port import BlobStore

#: The model's share of the decision time; the rest is for building the prompt and for the script.
MODEL_SHARE = 0.9

#: Called with the partial turn as it grows.
_Hear = Callable[[ModelTurn], None]


class ModelInterviewer:
    """``Interviewer`` over a language model. Its only state is a cache of documents."""

    def __init__(
        self,
        model: LanguageModel,
        prompts: PromptCatalogue,
        blobs: BlobStore,
        config: AgentConfig,
        breaker: CircuitBreaker | None = None,
        retrieval: Retrieval | None = None,
    ) -> None:
        """``retrieval`` None: passages of documents are ranked by words."""
        self._model = model
        self._prompts = prompts
        self._documents = DocumentShelf(blobs)
        self._search = PassageSearch(retrieval) if retrieval is not None else None
        self._config = config
        self._breaker = breaker or CircuitBreaker(
            BreakerConfig(failures=config.breaker_failures, open_s=config.breaker_open_s),
            guarded="The interviewer's model",
        )

    async def decide(self, brief: TurnBrief, overheard: Overheard | None = None) -> Decision:
        """Raises CircuitOpen, DeadlineExceeded, InvalidModelOutput, ContextTooLong, ConfigError (a pinned prompt is
        gone), StorageUnavailable (the documents), and the errors of ``LanguageModel.chat``."""
        give_up_at = asyncio.get_running_loop().time() + self._deadline_s
        actions = actions_for(brief)
        request, prompt = await self._asked(brief, actions)
        hear = partial(_overhear, overheard, brief, prompt) if overheard is not None else None
        prepared = brief.prepared
        if prepared is not None and prepared.request_sha256 == _digest(request):
            turn = read_turn(_content(prepared.response), actions)
            output = {**_recorded(prepared.response, turn), AHEAD: True}
        else:
            turn, output = await self._guarded(request, actions, give_up_at, hear)
        final = settled(turn, brief, actions)
        if final != turn:
            own = {"action": turn.action, "utterance": turn.utterance}
            output = {**output, "action": final.action, "utterance": final.utterance, "own": own}
        return decision_of(final, brief, prompt=prompt, output=output)

    async def prepare(self, brief: TurnBrief) -> PreparedReply:
        """Raises CircuitOpen, ContextTooLong, ConfigError, StorageUnavailable, and the errors of
        ``LanguageModel.chat``. The circuit breaker learns nothing of it."""
        self._breaker.admit()
        self._breaker.withdrawn()
        request, _ = await self._asked(brief, actions_for(brief))
        response = await self._model.chat({**request, "priority": PRIORITY_BACKGROUND})
        return PreparedReply(_digest(request), response)

    async def warm(self, state: SessionState, plan: InterviewPlan) -> None:
        """One token after the system message, which an engine with a prefix cache keeps for the first turn.

        Raises CircuitOpen, ConfigError (a pinned prompt is gone), and the errors of ``LanguageModel.chat``.
        """
        self._breaker.admit()
        self._breaker.withdrawn()
        head = await self._head(state)
        # Some chat templates refuse a conversation without a user.
        messages = [{"role": "system", "content": opening(state, plan, head)}, {"role": "user", "content": "Begin."}]
        await self._model.chat(
            {
                "messages": messages,
                "max_tokens": 1,
                "temperature": 0,
                "priority": PRIORITY_BACKGROUND,
                "session_id": _session_id(state),
            }
        )

    async def _asked(self, brief: TurnBrief, actions: tuple[ActionType, ...]) -> tuple[ChatRequest, str]:
        """The request for a decision, and the names of its prompts. Equal briefs make equal requests."""
        head, special = await self._pinned_prompts(brief)
        asked = assemble(
            brief,
            head,
            special,
            await self._passages(brief),
            actions,
            budget=self._config.model_window_tokens - self._config.reply_tokens,
        )
        return self._request(brief, asked, actions), f"{head.label} {special.label}"

    async def _passages(self, brief: TurnBrief) -> Mapping[str, tuple[Passage, ...]]:
        found = await self._documents.of(brief.state)
        return found if self._search is None else await self._search.ranked(brief, found)

    async def _pinned_prompts(self, brief: TurnBrief) -> tuple[Prompt, Prompt]:
        return await self._head(brief.state), await self._pinned(specialised(brief.question.type), brief.state)

    async def _head(self, state: SessionState) -> Prompt:
        return await self._pinned("interviewer", state)

    async def _pinned(self, name: str, state: SessionState) -> Prompt:
        who = {"tenant": state.tenant, "interview_id": state.interview_id}
        return await self._prompts.get(name, state.settings.prompts, **who)

    def _request(self, brief: TurnBrief, asked: Asked, actions: tuple[ActionType, ...]) -> ChatRequest:
        parts = parts_of(brief.observation.text)
        return {
            "messages": list(asked.messages),
            "max_tokens": self._config.reply_tokens,
            "temperature": self._config.temperature,
            "seed": (brief.seed + brief.turn) % 2**31,
            "priority": PRIORITY_LIVE,
            "deadline_s": self._deadline_s,
            "session_id": _session_id(brief.state),
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "interviewer_turn", "strict": True, "schema": schema_for(actions, parts)},
            },
        }

    @property
    def _deadline_s(self) -> float:
        return self._config.decide_deadline_s * MODEL_SHARE

    async def _guarded(
        self, request: ChatRequest, actions: tuple[ActionType, ...], give_up_at: float, hear: _Hear | None
    ) -> tuple[ModelTurn, dict[str, Any]]:
        self._breaker.admit()
        deadline = asyncio.timeout_at(give_up_at)
        try:
            async with deadline:
                if hear is None:
                    response = await self._model.chat(request)
                else:
                    response = await self._followed(request, actions, hear)
            turn = read_turn(_content(response), actions)
        except TimeoutError as error:
            self._breaker.failed()
            raise DeadlineExceeded(f"The model did not decide within {self._deadline_s:g} s.") from error
        except InvalidInput:
            # An error of the request itself, such as a prompt that is too long, does not indicate the model's health.
            self._breaker.withdrawn()
            raise
        except InterviewError:
            self._breaker.failed()
            raise
        except BaseException:
            # On a busy machine the caller's deadline may end this call at the same moment as ours.
            if deadline.expired():
                self._breaker.failed()
            else:
                self._breaker.withdrawn()
            raise
        self._breaker.succeeded()
        return turn, _recorded(response, turn)

    async def _followed(self, request: ChatRequest, actions: tuple[ActionType, ...], hear: _Hear) -> ChatResponse:
        """Assemble the response from its chunks, reporting partial answers."""
        growing = GrowingTurn(actions)
        kept: dict[str, Any] = {}
        asked = {**request, "stream_options": {"include_usage": True}}
        async with aclosing(self._model.stream(asked)) as chunks:
            async for chunk in chunks:
                kept.update({name: chunk[name] for name in ("model", "usage") if chunk.get(name)})
                for turn in growing.add(_written(chunk)):
                    hear(turn)
        return {**kept, "choices": [{"message": {"content": growing.text}}]}


def _digest(request: ChatRequest) -> str:
    return hashlib.sha256(msgspec.json.encode(request, order="deterministic")).hexdigest()


def _session_id(state: SessionState) -> str:
    """What keeps an interview's requests on one replica of the engine."""
    return f"{state.tenant}/{state.interview_id}"


def _overhear(overheard: Overheard, brief: TurnBrief, prompt: str, turn: ModelTurn) -> None:
    if turn.action == "ask_followup" and not asks_for_a_gap(turn.utterance, brief):
        return  # its question may yet be replaced
    try:
        decision = decision_of(turn, brief, prompt=prompt, output=msgspec.to_builtins(turn))
    except InvalidModelOutput:
        return  # no content yet
    overheard(decision)


def _written(chunk: ChatChunk) -> str:
    """The text that a chunk adds to the message; the last chunks carry only the finish reason or the usage."""
    for choice in chunk.get("choices") or ():
        text = (choice.get("delta") or {}).get("content")
        return text if isinstance(text, str) else ""
    return ""


def _content(response: ChatResponse) -> object:
    """Raises InvalidModelOutput when the response has no first choice."""
    try:
        return response["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as error:
        raise InvalidModelOutput("The model's response has no message.") from error


def _recorded(response: ChatResponse, turn: ModelTurn) -> dict[str, Any]:
    """The part of a model's answer that the event log records."""
    kept: dict[str, Any] = msgspec.to_builtins(turn)
    if response.get("model"):
        kept["model"] = str(response["model"])
    usage = response.get("usage")
    if isinstance(usage, dict):
        kept["usage"] = {name: count for name, count in usage.items() if isinstance(count, int)}
        details = usage.get("prompt_tokens_details")
        cached = details.get("cached_tokens") if isinstance(details, dict) else None
        if isinstance(cached, int):
            kept["usage"]["cached_tokens"] = cached
    return kept
