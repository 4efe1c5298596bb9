"""Answers to judge and the recorded responses of a model, one JSON line an answer, so that a run can be resumed.

Figures are computed from the records by the product's own code. A change of the code that leaves the prompt as it is
needs no new run.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.open_answers import Row
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LanguageModel, LlmInfo
from interview.errors import InterviewError, NotFound
from interview.plans.questions import Question

#: Every fourth question, from the second, was used to choose the prompt; its answers are not measured.
TUNED_ON = slice(1, None, 4)
#: Answers to a question that are judged before the next question's.
_ROUND = 3


class Case(Struct, frozen=True):
    """An answer to judge. ``row``: its grades by people; None for an answer of the injection set."""

    id: str
    question: Question
    answer: str
    row: Row | None = None


class Record(Struct, frozen=True):
    """The response to the request with this digest. ``tokens``: written, as the server counts them."""

    id: str
    request: str
    response: dict[str, Any]
    prompt_tokens: int
    tokens: int
    seconds: float
    error: str = ""


def graded_cases(rows: Sequence[Row], count: int, seed: int = 1) -> list[Case]:
    """``count`` answers, evenly over the questions that the prompt was not chosen on, in rounds over the questions."""
    names = sorted({row.group for row in rows}, key=lambda name: [int(part) for part in name.split(".")])
    tuned_on = set(names[TUNED_ON])
    draw = random.Random(seed)
    cases: dict[str, list[Case]] = {}
    for name in names:
        own = [
            Case(f"{name}/{number}", row.question, row.answer, row)
            for number, row in enumerate(row for row in rows if row.group == name)
        ]
        draw.shuffle(own)
        if name not in tuned_on:
            cases[name] = own
    found: list[Case] = []
    for start in range(0, max(len(own) for own in cases.values()), _ROUND):
        for own in cases.values():
            found += own[start : start + _ROUND]
    return found[:count]


def digest(request: ChatRequest) -> str:
    """Of the messages, the schema and the number of samples."""
    asked = {key: request.get(key) for key in ("messages", "n", "temperature", "seed", "response_format")}
    return hashlib.sha256(msgspec.json.encode(asked, order="sorted")).hexdigest()[:16]


def records_in(path: Path) -> dict[str, Record]:
    """The records of a file by request, the last of each."""
    lines: Iterator[str] = iter(path.read_text(encoding="utf-8").splitlines() if path.is_file() else ())
    found = [msgspec.json.decode(line, type=Record) for line in lines if line.strip()]
    return {record.request: record for record in found}


class RecordedModel:
    """``LanguageModel`` that answers from records and notes the request of the last call."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self.last: Record | None = None
        self.asked: ChatRequest | None = None

    async def chat(self, request: ChatRequest) -> ChatResponse:
        self.asked = request
        self.last = self._records.get(digest(request))
        if self.last is None:
            raise NotFound("This request was not recorded.")
        if self.last.error:
            raise InterviewError(self.last.error)
        return self.last.response

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        raise NotImplementedError

    async def info(self) -> LlmInfo:
        return LlmInfo("recorded", ("recorded",))


def record(name: str, request: ChatRequest, response: ChatResponse, seconds: float) -> Record:
    """What is kept of a response: each choice's text and finish, and the tokens."""
    choices: Sequence[Any] = response["choices"]
    kept = [
        {"message": {"content": choice["message"]["content"]}, "finish_reason": choice["finish_reason"]}
        for choice in choices
    ]
    usage = response.get("usage") or {}
    return Record(
        id=name,
        request=digest(request),
        response={"choices": kept},
        prompt_tokens=int(usage.get("prompt_tokens", 0)),
        tokens=int(usage.get("completion_tokens", 0)),
        seconds=round(seconds, 2),
    )


class RecordingModel:
    """``LanguageModel`` that remembers its last request and response."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.request: ChatRequest = {}
        self.response: ChatResponse = {}

    async def chat(self, request: ChatRequest) -> ChatResponse:
        self.request, self.response = request, {}
        self.response = await self._model.chat(request)
        return self.response

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        return self._model.stream(request)

    async def info(self) -> LlmInfo:
        return await self._model.info()
