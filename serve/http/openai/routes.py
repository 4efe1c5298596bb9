"""The inference tier for any OpenAI client: models, chat completions, transcriptions, speech.

One router over injected ports, the same under Ray Serve, uvicorn and tests. Each route checks in order: authentication,
limits, request, then calls the engine.
"""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Protocol

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from deployments.llm.contract import ChatChunk, LanguageModel
from deployments.shell.antivirus import UploadScanner
from deployments.stt.contract import SpeechToText
from deployments.tts.contract import CONTENT_TYPES, SpeechPart, TextToSpeech
from serve.http.openai.bodies import SpeechCall, chat_body, speech_body, transcription_form
from serve.http.openai.docs import CHAT, MODEL, MODELS, SPEECH, TRANSCRIPTION
from serve.http.openai.errors import PREFIX
from serve.http.openai.models import Catalogue, no_model_served
from serve.http.openai.stream import (
    SSE_DONE,
    SSE_HEADERS,
    EngineStream,
    audio_error_event,
    chat_error_event,
    sse_data,
    sse_event,
    while_connected,
)
from serve.http.openai.tenant_limits import Lease, TenantLimiter
from serve.http.openai.transcripts import MEDIA_TYPES, events, rendered

#: The header with the serving engine, whatever name the client used for it.
ENGINE_HEADER = "X-Interview-Engine"


class Caller(Protocol):
    """The authenticated caller, for limits per tenant."""

    @property
    def tenant(self) -> str: ...


def openai_router(
    stt: SpeechToText | None,
    llm: LanguageModel | None,
    tts: TextToSpeech | None,
    authorize: Callable[..., Awaitable[Caller]],
    limiter: TenantLimiter | None = None,
    scanner: UploadScanner | None = None,
) -> APIRouter:
    """The routes under ``/v1``.

    ``authorize`` is a FastAPI dependency that yields the caller or raises 401 or 403. An application that includes
    this router also calls ``openai_errors.install``, or failures come as problem+json.
    """
    router = APIRouter(prefix=PREFIX, tags=["inference"])
    limits = limiter or TenantLimiter()
    catalogue = Catalogue(stt, llm, tts)
    created = int(time.time())
    authorized = Depends(authorize)

    @router.get("/models", **MODELS)
    async def list_models(caller: Caller = authorized) -> Response:
        with limits.admit(caller.tenant):
            models, unavailable = await catalogue.models()
            listed: dict[str, Any] = {"object": "list", "data": [model.listed(created) for model in models]}
            if unavailable:
                listed["unavailable"] = [
                    {"tier": tier, "code": error.code, "message": error.message} for tier, error in unavailable.items()
                ]
            return _json(listed)

    @router.get("/models/{model_id:path}", **MODEL)
    async def retrieve_model(model_id: str, caller: Caller = authorized) -> Response:
        with limits.admit(caller.tenant):
            return _json((await catalogue.find(model_id)).listed(created))

    @router.post("/chat/completions", **CHAT)
    async def chat_completions(request: Request, caller: Caller = authorized) -> Response:
        with limits.admit(caller.tenant) as lease:
            body = await chat_body(request)
            if llm is None:
                raise no_model_served("llm")
            if not body.get("stream"):
                return _json(await while_connected(request.receive, llm.chat(body)))
            return await EngineStream.open(
                request, _chat_events(llm.stream(body)), lease, headers=SSE_HEADERS, error_event=chat_error_event
            )

    @router.post("/audio/transcriptions", **TRANSCRIPTION)
    async def transcriptions(request: Request, caller: Caller = authorized) -> Response:
        with limits.admit(caller.tenant):
            call = await transcription_form(request)
            await catalogue.check("stt", call.model)
            assert stt is not None  # noqa: S101 - its catalogue would have refused
            if scanner is not None:
                await scanner.scan(call.request.audio, "file")
            transcript = await while_connected(request.receive, stt.transcribe(call.request))
            engine = {ENGINE_HEADER: f"{transcript.engine.name}/{transcript.engine.model}"}
            if call.stream:
                body = b"".join(sse_event(event) for event in events(transcript))
                return Response(body, media_type="text/event-stream", headers={**SSE_HEADERS, **engine})
            content = rendered(transcript, call.form, call.granularities, call.request.temperature)
            return Response(content, media_type=MEDIA_TYPES[call.form], headers=engine)

    @router.post("/audio/speech", **SPEECH)
    async def speech(request: Request, caller: Caller = authorized) -> Response:
        with limits.admit(caller.tenant) as lease:
            call = await speech_body(request)
            engine = {ENGINE_HEADER: (await catalogue.check("tts", call.model)).engine}
            assert tts is not None  # noqa: S101 - its catalogue would have refused
            if call.stream_format is None and call.request.format == "wav":
                # A streamed wav cannot state its length, and many players and libraries rely on that field.
                spoken = await while_connected(request.receive, tts.synthesize(call.request))
                return Response(spoken.audio, media_type=spoken.content_type, headers=engine)
            return await _speech_stream(request, tts, call, lease, engine)

    return router


async def _chat_events(chunks: AsyncGenerator[ChatChunk, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(chunks):
        async for chunk in chunks:
            yield sse_data(chunk)
    yield SSE_DONE


async def _speech_stream(
    request: Request, tts: TextToSpeech, call: SpeechCall, lease: Lease, engine: dict[str, str]
) -> Response:
    audio = _audio(tts.stream(call.request))
    if call.stream_format == "sse":
        return await EngineStream.open(
            request, _speech_events(audio), lease, headers={**SSE_HEADERS, **engine}, error_event=audio_error_event
        )
    media_type = CONTENT_TYPES[call.request.format]
    return await EngineStream.open(request, audio, lease, media_type=media_type, headers=engine)


async def _audio(parts: AsyncGenerator[SpeechPart, None]) -> AsyncGenerator[bytes, None]:
    """A stream's bytes as they arrive; a part may be empty while the encoder waits for more samples."""
    async with aclosing(parts):
        async for part in parts:
            if part.audio:
                yield part.audio


async def _speech_events(audio: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(audio):
        async for piece in audio:
            yield sse_event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    yield sse_event({"type": "speech.audio.done", "usage": usage})


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
