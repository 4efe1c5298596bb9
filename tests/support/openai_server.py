"""An HTTP server with OpenAI's chat API over any ``LanguageModel``, for tests of the remote engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from deployments.llm.contract import LanguageModel
from interview.errors import InterviewError
from tests.support import http_server


def application(model: LanguageModel, failures: list[Response] | None = None) -> Starlette:
    """``failures`` are answered first, one for each request."""

    def refused(error: InterviewError) -> JSONResponse:
        headers = {} if error.retry_after_s is None else {"retry-after": str(error.retry_after_s)}
        body = {"error": {"message": error.message, "type": error.code, "code": error.code}}
        if error.code == "context-too-long":
            body["error"]["code"] = "context_length_exceeded"
            body["error"]["message"] += " This exceeds the model's maximum context length."
        return JSONResponse(body, error.status, headers)

    async def chat(request: Request) -> Response:
        if failures:
            return failures.pop(0)
        body: dict[str, Any] = await request.json()
        stream = body.pop("stream", False)
        if not stream:
            return await whole(request, body)
        chunks = model.stream(body)
        try:
            first = await anext(chunks)
        except InterviewError as error:
            return refused(error)

        async def events() -> AsyncIterator[str]:
            async with aclosing(chunks):
                yield f"data: {json.dumps(first)}\n\n"
                try:
                    async for chunk in chunks:
                        yield f"data: {json.dumps(chunk)}\n\n"
                except InterviewError as error:
                    yield f"data: {json.dumps({'error': {'message': error.message, 'code': error.status}})}\n\n"
                yield "data: [DONE]\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    async def whole(request: Request, body: dict[str, Any]) -> Response:
        """Like the servers it stands for: a client that hangs up aborts its request."""
        answer = asyncio.create_task(model.chat(body))
        gone = asyncio.create_task(_disconnected(request))
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not answer.done():
            answer.cancel()
            return Response(status_code=499)
        try:
            return JSONResponse(await answer)
        except InterviewError as error:
            return refused(error)

    async def models(request: Request) -> Response:
        names = (await model.info()).models
        listed = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in names]
        return JSONResponse({"object": "list", "data": listed})

    return Starlette(
        routes=[Route("/v1/chat/completions", chat, methods=["POST"]), Route("/v1/models", models, methods=["GET"])]
    )


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def serving(model: LanguageModel, failures: list[Response] | None = None) -> AbstractAsyncContextManager[str]:
    """The base URL of a running server on a free loopback port."""
    return http_server.serving(application(model, failures))
