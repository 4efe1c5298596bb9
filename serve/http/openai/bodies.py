"""Parses OpenAI requests: chat and speech as JSON, recordings as multipart. Errors name each wrong field."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Request
from msgspec import Struct
from starlette.datastructures import FormData, UploadFile

from deployments.llm.contract import PRIORITY_BACKGROUND, PRIORITY_LIVE
from deployments.stt.contract import TranscribeRequest
from deployments.tts.contract import CONTENT_TYPES, SynthesisRequest
from interview.errors import InvalidInput, UnsupportedRequest
from serve.http.multipart import multipart_form
from serve.http.openai.transcripts import MEDIA_TYPES

MAX_HOTWORDS = 100
MAX_FORM_FIELDS = 200


class TranscriptionCall(Struct, frozen=True):
    """A transcription request: the tier's options and the response format."""

    model: str
    request: TranscribeRequest
    form: str
    granularities: frozenset[str]
    stream: bool


class SpeechCall(Struct, frozen=True):
    """A speech request. ``stream_format`` None lets the route choose."""

    model: str
    request: SynthesisRequest
    stream_format: str | None


def wrong(field: str, problem: str) -> InvalidInput:
    return InvalidInput(f"'{field}' {problem}.", detail={"fields": {field: problem}})


def unsupported(field: str, problem: str) -> UnsupportedRequest:
    return UnsupportedRequest(f"'{field}' {problem}.", detail={"fields": {field: problem}})


async def json_object(request: Request) -> dict[str, Any]:
    """The body as plain data that an RPC can carry.

    Raises:

        InvalidInput: not JSON, not an object, or with numbers beyond 64 bits or excessive nesting.
    """
    try:
        body = msgspec.json.decode(await request.body())
        msgspec.msgpack.encode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise wrong("body", "is not valid JSON in UTF-8") from error
    except (OverflowError, RecursionError) as error:
        raise wrong("body", "contains a number or nesting that is too large") from error
    if not isinstance(body, dict):
        raise wrong("body", "must be a JSON object")
    return body


async def chat_body(request: Request) -> dict[str, Any]:
    """A chat-completion body, passed through unchanged; the tier checks the rest.

    Raises:

        InvalidInput: as ``json_object``; or ``stream`` or ``priority`` are wrong.
        UnsupportedRequest: more than one choice, which a tenant's limits on requests would count as one.
    """
    body = await json_object(request)
    if not isinstance(body.get("stream"), bool | None):
        raise wrong("stream", "must be true or false")
    if type(body.get("n")) is int and body["n"] != 1:
        raise unsupported("n", "must be 1: send one request for each choice")
    priority = PRIORITY_LIVE if body.get("priority") is None else body["priority"]
    # A client may lower its priority, but not raise it above live interviews.
    if type(priority) is not int or not PRIORITY_LIVE <= priority <= PRIORITY_BACKGROUND:
        raise wrong("priority", f"must be a whole number from {PRIORITY_LIVE} to {PRIORITY_BACKGROUND}")
    return {**body, "priority": priority}


async def speech_body(request: Request) -> SpeechCall:
    """A speech body.

    Raises:

        InvalidInput: a field is missing or wrong.
        UnsupportedRequest: a format that this tier does not produce.
    """
    body = await json_object(request)
    voice = body.get("voice")
    if isinstance(voice, dict):
        voice = voice.get("id")
    form = body.get("response_format", "mp3")
    speed = body.get("speed", 1.0)
    stream_format = body.get("stream_format")
    language = body.get("language", "en")
    if not isinstance(body.get("input"), str):
        raise wrong("input", "must be the text to speak")
    if not isinstance(voice, str | None):
        raise wrong("voice", "must be the name of a voice")
    if not isinstance(speed, int | float) or isinstance(speed, bool):
        raise wrong("speed", "must be a number")
    if not isinstance(language, str):
        raise wrong("language", "must be a language code")
    if not isinstance(body.get("response_format", ""), str):
        raise wrong("response_format", "must be the name of a format")
    if form not in CONTENT_TYPES:
        raise unsupported("response_format", f"must be one of {', '.join(CONTENT_TYPES)}")
    if stream_format not in (None, "audio", "sse"):
        raise wrong("stream_format", "must be audio or sse")
    spoken = SynthesisRequest(
        text=body["input"], voice=voice or None, format=form, language=language, speed=float(speed)
    )
    return SpeechCall(_model(body.get("model")), spoken, stream_format)


async def transcription_form(request: Request) -> TranscriptionCall:
    """A transcription form.

    Raises:
        InvalidInput: a field is missing or wrong.
        UnsupportedRequest: valid for OpenAI, but not offered here.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise wrong("body", "must be multipart/form-data with the recording in 'file'")
    async with multipart_form(request, max_files=1, max_fields=MAX_FORM_FIELDS) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise wrong("file", "must contain the recording")
        form_name = _one_of(form, "response_format", tuple(MEDIA_TYPES), "json")
        granularities = frozenset(_many(form, "timestamp_granularities")) or frozenset({"segment"})
        if not granularities <= {"word", "segment"}:
            raise wrong("timestamp_granularities", "may contain word and segment")
        if "logprobs" in _many(form, "include"):
            raise unsupported("include", "does not support logprobs; verbose_json has them for each segment")
        if _many(form, "known_speaker_names"):
            raise unsupported("known_speaker_names", "is not supported: there is no speaker diarization")
        hotwords = tuple(_many(form, "keywords"))
        if len(hotwords) > MAX_HOTWORDS:
            raise wrong("keywords", f"may contain at most {MAX_HOTWORDS} words or phrases")
        asked = TranscribeRequest(
            audio=await upload.read(),
            content_type=(upload.content_type or "application/octet-stream")[:100],
            language=_text(form, "language") or None,
            prompt=_text(form, "prompt") or None,
            hotwords=hotwords,
            word_timestamps=form_name == "verbose_json" and "word" in granularities,
            temperature=_number(form, "temperature", 0.0, 1.0),
        )
        stream = _one_of(form, "stream", ("true", "false"), "false") == "true"
        return TranscriptionCall(_model(_text(form, "model")), asked, form_name, granularities, stream)


def _model(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise wrong("model", "must name a model; GET /v1/models lists them")
    return value


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str):
        raise wrong(name, "must be text")
    return value


def _many(form: FormData, name: str) -> list[str]:
    """A list as SDKs send it (``name[]``, repeated) or in the plain form (``name``)."""
    values = [*form.getlist(f"{name}[]"), *form.getlist(name)]
    if not all(isinstance(value, str) for value in values):
        raise wrong(name, "must be text")
    return [value for value in values if isinstance(value, str) and value]


def _one_of(form: FormData, name: str, choices: tuple[str, ...], default: str) -> str:
    value = _text(form, name).lower() or default
    if value not in choices:
        raise wrong(name, f"must be one of {', '.join(choices)}")
    return value


def _number(form: FormData, name: str, low: float, high: float) -> float:
    text = _text(form, name) or "0"
    try:
        value = float(text)
    except ValueError as error:
        raise wrong(name, "must be a number") from error
    if not low <= value <= high:
        raise wrong(name, f"must be between {low:g} and {high:g}")
    return value
