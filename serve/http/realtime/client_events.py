"""The events that a client sends, decoded and checked."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from serve.http.realtime.faults import Fault


class ClientEvent(Struct, frozen=True, tag_field="type"):
    """Base of the client events; fields that this server does not know are ignored."""

    event_id: str | None = None


class SessionUpdate(ClientEvent, frozen=True, kw_only=True, tag="session.update"):
    session: dict[str, Any]


class AudioAppend(ClientEvent, frozen=True, kw_only=True, tag="input_audio_buffer.append"):
    """``audio``: base64."""

    audio: str


class AudioCommit(ClientEvent, frozen=True, tag="input_audio_buffer.commit"):
    pass


class AudioClear(ClientEvent, frozen=True, tag="input_audio_buffer.clear"):
    """``item_id``: the next spoken item, which was begun on a conversation that was lost."""

    item_id: str | None = None


class NewContent(Struct, frozen=True):
    type: str
    text: str | None = None


class NewItem(Struct, frozen=True):
    type: str
    id: str | None = None
    role: str | None = None
    content: tuple[NewContent, ...] = ()


class ItemCreate(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.create"):
    item: NewItem
    previous_item_id: str | None = None


class ItemRetrieve(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.retrieve"):
    item_id: str


class ItemTruncate(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.truncate"):
    item_id: str
    audio_end_ms: int
    content_index: int = 0


class ItemDelete(ClientEvent, frozen=True, kw_only=True, tag="conversation.item.delete"):
    item_id: str


class ResponseOptions(Struct, frozen=True):
    """``metadata.action`` asks for a hint, a repetition, to skip the question, to pause until another day, to return
    from that pause, or to end the interview."""

    metadata: dict[str, str] | None = None
    output_modalities: tuple[str, ...] | None = None


class ResponseCreate(ClientEvent, frozen=True, tag="response.create"):
    response: ResponseOptions | None = None


class ResponseCancel(ClientEvent, frozen=True, tag="response.cancel"):
    response_id: str | None = None


class OutputClear(ClientEvent, frozen=True, tag="output_audio_buffer.clear"):
    pass


AnyClientEvent = (
    SessionUpdate
    | AudioAppend
    | AudioCommit
    | AudioClear
    | ItemCreate
    | ItemRetrieve
    | ItemTruncate
    | ItemDelete
    | ResponseCreate
    | ResponseCancel
    | OutputClear
)

#: Clients may choose the ids of their items.
ITEM_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

_decoder = msgspec.json.Decoder(AnyClientEvent)


class _Head(Struct, frozen=True):
    event_id: Any = None


def decode_client_event(raw: str) -> AnyClientEvent:
    """Raises Fault: ``invalid_json``, ``invalid_value`` or ``missing_required_parameter`` with the wrong field."""
    try:
        event: AnyClientEvent = _decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Fault("invalid_json", "A client event is one JSON object.") from error
    return event


def event_id_of(raw: str) -> str | None:
    """The id that an event claims, for the answer to a wrong one."""
    try:
        found = msgspec.json.decode(raw, type=_Head).event_id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return found[:64] if isinstance(found, str) else None


def _invalid(told: str) -> Fault:
    problem, _, where = told.partition(" - at `$")
    path = ".".join(re.findall(r"\w+", where))
    missing = re.search(r"missing required field `(\w+)`", problem)
    if missing:
        param = f"{path}.{missing[1]}" if path else missing[1]
        return Fault("missing_required_parameter", f"The field '{param}' is required.", param)
    if path == "type" or (problem.startswith("Invalid value") and not path):
        return Fault("invalid_value", "There is no client event of this type.", "type")
    return Fault("invalid_value", f"{problem}.", path or None)
