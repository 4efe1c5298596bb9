"""The model of a benchmark whose responses are recorded: shared options, engine and output of such a benchmark."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.judge.records import Record, RecordedModel, digest, record, records_in
from deployments.llm.config import LlmConfig, RemoteConfig
from deployments.llm.contract import ChatChunk, ChatRequest, ChatResponse, LlmInfo
from deployments.llm.engines.remote import RemoteLanguageModel
from interview.errors import NotFound

#: Of one request: a CPU takes minutes.
_DEADLINE_S = 1800.0


class ResumedModel:
    """``LanguageModel`` that answers from the records in ``path`` and asks ``server``, if named, for what they lack.

    ``used``: the records of the answers so far. ``name``: the id of the next records.
    """

    def __init__(self, path: Path, server: str = "", model: str = "") -> None:
        self._path = path
        self._records = records_in(path)
        self._engine: RemoteLanguageModel | None = None
        if server:
            remote = RemoteConfig(base_url=server, attempts=2)
            config = LlmConfig(engine="remote", model=model, deadline_s=_DEADLINE_S, remote=remote)
            self._engine = RemoteLanguageModel(config)
        self.name = ""
        self.used: list[Record] = []

    async def chat(self, request: ChatRequest) -> ChatResponse:
        """Raises NotFound: the response is not recorded, and there is no server."""
        if digest(request) not in self._records and self._engine is not None:
            started = time.monotonic()
            response = await self._engine.chat({**request, "deadline_s": _DEADLINE_S})
            made = record(self.name, request, response, time.monotonic() - started)
            self._records[made.request] = made
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(made) + b"\n")
        recorded = RecordedModel(self._records)
        response = await recorded.chat(request)
        self.used += [recorded.last] if recorded.last is not None else []
        return response

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        raise NotImplementedError

    async def info(self) -> LlmInfo:
        return LlmInfo("recorded", ("recorded",))

    async def stop(self) -> None:
        if self._engine is not None:
            await self._engine.stop()


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", type=Path, required=True, help="JSON lines of recorded responses")
    parser.add_argument("--server", default="", help="an OpenAI-compatible server, e.g. http://127.0.0.1:9000/v1")
    parser.add_argument("--model", default="", help="the server's name of the model")
    parser.add_argument("--show", action="store_true", help="print what the model wrote")
    parser.add_argument("--json", type=Path, help="write the figures to this file")


def run(given: argparse.Namespace, measure: Callable[[ResumedModel], Awaitable[dict[str, Any]]]) -> int:
    """Print the figures of ``measure``; the exit status."""

    async def measured() -> dict[str, Any]:
        model = ResumedModel(given.records, given.server, given.model)
        try:
            return await measure(model)
        finally:
            await model.stop()

    try:
        found = asyncio.run(measured())
    except NotFound:
        print(f"{given.records} lacks a response for today's prompt: name a --server.", file=sys.stderr)
        return 1
    text = json.dumps(found, indent=1)
    print(text)
    if given.json:
        given.json.write_text(f"{text}\n", encoding="utf-8")
    return 0
