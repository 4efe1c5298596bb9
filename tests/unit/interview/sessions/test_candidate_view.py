"""The candidate's view: of every field of the session and of every event, exactly the listed ones pass."""

from __future__ import annotations

import re
import types
import typing
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from interview.sessions.candidate_view import candidate_event, candidate_state
from interview.sessions.events import AnyPayload, Event, encode_event
from interview.sessions.session import SessionState

CARD = {
    "question." + field
    for field in ("question_id", "prompt", "skill", "options[].id", "options[].text", "columns[]", "items[]")
}  # fmt: skip

#: The texts of each event that a candidate may see. An event type that is not here is not shown.
SHOWN: dict[str, set[str]] = {
    "session.started": {
        "interview_id", "language", "candidate.name", "candidate.reference", "consent.text_sha256",
    },
    "answer.received": {
        "question_id", "text", "audio.url", "audio.content_type", "recording.url", "recording.content_type",
    },
    "answer.transcribed": {"text", "language"},
    "response.sent": {"text", "audio_url", "follow_up", *CARD},
    "candidate.asked": {"text"},
    "question.reopened": {"question_id"},
    "session.paused": set(),  # by whom, and until when
    "session.resumed": set(),
    "time.granted": set(),
    "session.concluded": {"by"},
}  # fmt: skip

STATE = {
    "interview_id",
    "language",
    "candidate.name",
    "candidate.reference",
    "consent.text_sha256",
    "questions_asked[].question_id",
    "conversation_history[].content",
    "conversation_history[].audio_url",
    "conversation_history[].question_id",
}


def filled(kind: Any, path: str = "") -> Any:
    """A value of a type with its own path in every text that it can hold."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind is str or kind is Any:
        return f"«{path}»"
    if origin is typing.Literal:
        return arguments[0]
    if origin in (typing.Union, types.UnionType):
        return filled(next(one for one in arguments if one is not type(None)), path)
    if origin is tuple:
        return (filled(arguments[0], f"{path}[]"),)
    if origin is dict:
        return {f"«{path}{{key}}»": filled(arguments[1], f"{path}{{}}")}
    if kind is datetime:
        return datetime(2026, 1, 5, tzinfo=UTC)
    if kind in (int, float, bool):
        return kind(1)
    hints = typing.get_type_hints(kind)
    return kind(**{name: filled(hints[name], f"{path}.{name}" if path else name) for name in kind.__struct_fields__})


def texts(encoded: bytes) -> set[str]:
    return set(re.findall("«(.*?)»", encoded.decode()))


@pytest.mark.parametrize("kind", typing.get_args(AnyPayload), ids=lambda kind: kind.__struct_config__.tag)
def test_of_an_event_only_the_listed_texts_are_shown(kind: type) -> None:
    event = Event(seq=7, time=datetime(2026, 1, 5, tzinfo=UTC), data=filled(kind))
    shown = candidate_event(encode_event(event))
    if event.type not in SHOWN:
        assert shown is None
        return
    assert shown is not None
    assert texts(shown) == SHOWN[event.type]
    record = msgspec.json.decode(shown)
    assert (record["seq"], record["type"]) == (7, event.type)
    assert "idempotency_key" not in record["data"] and "reasoning" not in str(record)


def test_every_type_of_event_was_considered() -> None:
    known = {kind.__struct_config__.tag for kind in typing.get_args(AnyPayload)}
    assert set(SHOWN) <= known


def test_an_event_of_a_later_release_is_not_shown() -> None:
    later = b'{"seq":9,"time":"2026-01-05T00:00:00Z","type":"verdict.reached","data":{"turn":1,"text":"fail"}}'
    assert candidate_event(later) is None


def test_a_field_of_a_later_release_is_not_shown() -> None:
    later = b'{"seq":9,"time":"2026-01-05T00:00:00Z","type":"session.paused","data":{"turn":1,"verdict":"fail"}}'
    shown = candidate_event(later)
    assert shown is not None and b"fail" not in shown


def test_of_the_session_only_the_listed_texts_are_shown() -> None:
    shown = msgspec.json.encode(candidate_state(filled(SessionState)))
    assert texts(shown) == STATE
    assert not {"grades", "abilities", "insights", "settings", "plan", "summary", "guardrails"} & set(
        msgspec.json.decode(shown)
    )
