"""What both clients share: requests from calls, errors from replies, parts from frames."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

import httpx
import msgspec

from interview_client.calls import Call
from interview_client.errors import ApiError, ClientError, ConnectionFailed, RateLimited, UnexpectedReply, error_of
from interview_client.results import AudioPart, Event, Sentence, Step
from interview_client.retries import Retries
from interview_client.sse import Frame

T = TypeVar("T")

#: Longer than the server's own deadlines, and than the pause between the heartbeats of a stream.
TIMEOUT_S = 120.0

#: A part of a streamed reply; ``Step`` is the last.
TurnPart = Sentence | AudioPart | Step


def options(call: Call[Any]) -> dict[str, Any]:
    """The arguments of ``httpx.Client.request``."""
    chosen: dict[str, Any] = {"method": call.method, "url": call.path, "headers": call.headers, "params": call.query}
    if call.files:
        chosen |= {"files": call.files, "data": call.form}
    elif call.json is not None:
        chosen |= {"content": msgspec.json.encode(call.json)}
        chosen["headers"] = {**call.headers, "Content-Type": "application/json"}
    return chosen


def client_options(url: str, key: str, timeout_s: float, trust_env: bool) -> dict[str, Any]:
    """The arguments of an ``httpx`` client for one server. Redirects are not followed: they would carry the key on."""
    headers = {"Authorization": f"Bearer {key}"}
    return {"base_url": url, "headers": headers, "timeout": timeout_s, "trust_env": trust_env}


def pause_s(retries: Retries, call: Call[Any], tried: int, error: ClientError) -> float | None:
    """The pause before the next try; None: the error stands.

    A call that must not be sent twice is repeated only if the server says that it did nothing.
    """
    if not call.repeatable and not isinstance(error, RateLimited):
        return None
    return retries.pause_s(tried, error)


def lost(error: httpx.TransportError) -> ConnectionFailed:
    return ConnectionFailed(f"The server was not reached: {error}" if str(error) else "The connection failed.")


def checked(response: httpx.Response) -> bytes:
    """The body of a success. Raises ApiError."""
    if not response.is_success:
        raise error_of(response.status_code, response.content)
    return response.content


def turn_part(frame: Frame) -> TurnPart | None:
    """The part of a streamed turn; None for an event that this release does not know. Raises ApiError."""
    match frame.event:
        case "sentence":
            return _decoded(frame, Sentence)
        case "audio":
            sent = _decoded(frame, _Audio)
            return AudioPart(sent.index, sent.caption, sent.content_type, sent.duration_s, base64.b64decode(sent.audio))
        case "reply":
            return _decoded(frame, Step)
        case "error":
            raise _failure(frame)
        case _:
            return None


def logged(frame: Frame) -> Event:
    """The event of the log. Raises ApiError: the store failed during the stream."""
    if frame.event == "error":
        raise _failure(frame)
    return _decoded(frame, Event)


class _Audio(msgspec.Struct, frozen=True):
    index: int
    caption: str
    content_type: str
    duration_s: float
    audio: str


def _decoded(frame: Frame, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(frame.data, type=kind)
    except msgspec.DecodeError as error:
        raise UnexpectedReply(f"The event {frame.event} is none of this API: {error}") from error


def _failure(frame: Frame) -> ApiError:
    body = frame.data.encode()
    return error_of(int(_decoded(frame, dict[str, Any]).get("status", 500)), body)
