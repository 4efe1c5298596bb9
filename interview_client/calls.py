"""The calls of the API as data: what is sent, how the reply is read, whether it may be repeated."""

from __future__ import annotations

import mimetypes
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from interview_client.errors import UnexpectedReply
from interview_client.results import (
    Comparison,
    CreatedKey,
    ErasedData,
    ExtraTime,
    InterviewPage,
    InvitationList,
    KeyList,
    Link,
    PlanConsent,
    PlanList,
    PlanProblems,
    PlanView,
    Platform,
    Report,
    State,
    Step,
)

T = TypeVar("T")

#: A recording: the path of a file, or its bytes.
Recording = Path | str | bytes

Document = Literal["html", "pdf", "json"]

_DOCUMENTS: Mapping[Document, str] = {"html": "text/html", "pdf": "application/pdf", "json": "application/json"}


class Call(Struct, Generic[T], frozen=True):
    """``repeatable``: sending it twice has the effect of once, so that it is repeated after a lost reply too."""

    method: str
    path: str
    read: Callable[[bytes], T]
    json: Any = None
    files: dict[str, tuple[str, bytes, str]] = {}
    form: dict[str, str] = {}
    query: Mapping[str, str | list[str]] = {}
    headers: dict[str, str] = {}
    repeatable: bool = True


class Start(Struct, frozen=True, omit_defaults=True):
    """How to conduct an interview: ``plan`` (an id, or a whole plan) or ``role_description``."""

    plan: str | dict[str, Any] | None = None
    role_description: str = ""
    resume_content: str = ""
    candidate: dict[str, str] = {}
    language: str | None = None
    voice: bool = True
    consent: bool = False


class Answered(Struct, frozen=True):
    """The question that an answer or a hint is for; None is not compared with the current one."""

    question_id: str | None = None
    turn_number: int | None = None

    def fields(self) -> dict[str, Any]:
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}


def start(interview_id: str, how: Start) -> Call[Step]:
    return Call("POST", f"/session/start/{_part(interview_id)}", _reader(Step), json=msgspec.to_builtins(how))


def answer(
    interview_id: str,
    text: str | None,
    recording: Recording | None,
    *,
    key: str | None,
    voice: bool,
    signals: Mapping[str, Any] | None,
    to: Answered,
    stream_audio: bool = False,
    streamed: bool = False,
) -> Call[Step]:
    """With both, ``text`` counts: it corrects the recording's transcript. Raises ValueError: neither is given."""
    if text is None and recording is None:
        raise ValueError("give text, a recording, or a recording with its corrected text")
    headers = _keyed(key) | ({"Accept": "text/event-stream"} if streamed else {})
    path = f"/session/turn/{_part(interview_id)}"
    if recording is None:
        body = {"answer": text, "voice": voice, "signals": dict(signals or {}), **to.fields()}
        if stream_audio:
            body["stream_audio"] = True
        return Call("POST", path, _reader(Step), json=body, headers=headers)
    form = {"voice": "true" if voice else "false", "signals": msgspec.json.encode(dict(signals or {})).decode()}
    if text is not None:
        form["answer"] = text
    form |= {name: str(value) for name, value in to.fields().items()}
    if stream_audio:
        form["stream_audio"] = "true"
    return Call("POST", path, _reader(Step), files={"audio": _file(recording)}, form=form, headers=headers)


def hint(interview_id: str, *, key: str | None, voice: bool, to: Answered) -> Call[Step]:
    path = f"/session/hint/{_part(interview_id)}"
    return Call("POST", path, _reader(Step), json={"voice": voice, **to.fields()}, headers=_keyed(key))


def pause(interview_id: str, to: Answered) -> Call[Step]:
    return Call("POST", f"/session/pause/{_part(interview_id)}", _reader(Step), json=to.fields())


def resume(interview_id: str, *, voice: bool) -> Call[Step]:
    return Call("POST", f"/session/resume/{_part(interview_id)}", _reader(Step), json={"voice": voice})


def state(interview_id: str) -> Call[State]:
    return Call("GET", f"/session/state/{_part(interview_id)}", _reader(State))


def end(interview_id: str) -> Call[Step]:
    return Call("DELETE", f"/session/state/{_part(interview_id)}", _reader(Step))


def signal(interview_id: str, name: str, data: Mapping[str, Any]) -> Call[None]:
    body = {"signal": name, "data": dict(data)}
    return Call("POST", f"/session/signal/{_part(interview_id)}", _nothing, json=body, repeatable=False)


def events_so_far(interview_id: str, after: int) -> Call[bytes]:
    headers = {"Accept": "application/x-ndjson"}
    return Call("GET", f"/session/events/{_part(interview_id)}", bytes, query={"after": str(after)}, headers=headers)


def follow(interview_id: str, after: int) -> Call[bytes]:
    headers = {"Accept": "text/event-stream"}
    return Call("GET", f"/session/events/{_part(interview_id)}", bytes, query={"after": str(after)}, headers=headers)


def report(interview_id: str) -> Call[Report]:
    headers = {"Accept": "application/json"}
    return Call("GET", f"/session/report/{_part(interview_id)}", _reader(Report), headers=headers)


def report_document(interview_id: str, form: Document) -> Call[bytes]:
    headers = {"Accept": _DOCUMENTS[form]}
    return Call("GET", f"/session/report/{_part(interview_id)}", bytes, headers=headers)


def override(
    interview_id: str,
    question_id: str,
    score: float,
    reason: str,
    *,
    author: str,
    replaces: int | None,
    key: str | None,
) -> Call[dict[str, Any]]:
    body: dict[str, Any] = {"question_id": question_id, "score": score, "reason": reason, "author": author}
    if replaces is not None:
        body["replaces"] = replaces
    path = f"/session/report/{_part(interview_id)}/override"
    return Call("POST", path, _reader(dict[str, Any]), json=body, headers=_keyed(key))


def grant_extra_time(
    interview_id: str, minutes: float, reason: str, *, author: str, key: str | None
) -> Call[ExtraTime]:
    body = {"minutes": minutes, "reason": reason, "author": author}
    path = f"/session/extra-time/{_part(interview_id)}"
    return Call("POST", path, _reader(ExtraTime), json=body, headers=_keyed(key))


def compare(plan: str, interviews: Sequence[str] | None, limit: int) -> Call[Comparison]:
    query: dict[str, str | list[str]] = {"plan": plan, "limit": str(limit)}
    if interviews is not None:
        query["interview"] = list(interviews)
    return Call("GET", "/comparison", _reader(Comparison), query=query)


def plans() -> Call[PlanList]:
    return Call("GET", "/plans", _reader(PlanList))


def plan_consent(plan_id: str) -> Call[PlanConsent]:
    return Call("GET", f"/plans/{_part(plan_id)}/consent", _reader(PlanConsent))


def draft_plan(role: Mapping[str, Any]) -> Call[PlanView]:
    # sent again it drafts another plan
    return Call("POST", "/plans", _reader(PlanView), json=dict(role), repeatable=False)


def check_plan(plan: Mapping[str, Any]) -> Call[PlanProblems]:
    return Call("POST", "/plans/check", _reader(PlanProblems), json={"plan": dict(plan)})


def plan(plan_id: str) -> Call[PlanView]:
    return Call("GET", f"/plans/{_part(plan_id)}", _reader(PlanView))


def change_plan(plan_id: str, plan: Mapping[str, Any], replaces: str) -> Call[PlanView]:
    # sent again it replaces what the first try stored, which has another digest
    body = {"plan": dict(plan), "replaces": replaces}
    return Call("PUT", f"/plans/{_part(plan_id)}", _reader(PlanView), json=body, repeatable=False)


def approve_plan(plan_id: str, digest: str) -> Call[PlanView]:
    path = f"/plans/{_part(plan_id)}/approval"
    return Call("POST", path, _reader(PlanView), json={"digest": digest}, repeatable=False)


def delete_plan(plan_id: str) -> Call[None]:
    return Call("DELETE", f"/plans/{_part(plan_id)}", _nothing, repeatable=False)


def keys() -> Call[KeyList]:
    return Call("GET", "/keys", _reader(KeyList))


def create_key(label: str, scopes: Sequence[str], expires_in_days: float | None) -> Call[CreatedKey]:
    body: dict[str, Any] = {"label": label, "scopes": list(scopes)}
    if expires_in_days is not None:
        body["expires_in_days"] = expires_in_days
    # sent again it creates another key, and the lost one would stay
    return Call("POST", "/keys", _reader(CreatedKey), json=body, repeatable=False)


def revoke_key(key_id: str) -> Call[None]:
    return Call("DELETE", f"/keys/{_part(key_id)}", _nothing)


def platform() -> Call[Platform]:
    return Call("GET", "/platform", _reader(Platform))


def export_data(reference: str) -> Call[bytes]:
    return Call("GET", f"/candidates/{quote(reference)}/data", bytes)


def erase_data(reference: str) -> Call[ErasedData]:
    # a second one is a 404, so a lost reply is not repeated
    return Call("DELETE", f"/candidates/{quote(reference)}/data", _reader(ErasedData), repeatable=False)


def interviews(filters: Mapping[str, object], cursor: str | None) -> Call[InterviewPage]:
    query: dict[str, str | list[str]] = {
        name: _query_value(value) for name, value in filters.items() if value is not None
    }
    if cursor is not None:
        query["cursor"] = cursor
    return Call("GET", "/sessions", _reader(InterviewPage), query=query)


def recording(audio_url: str) -> Call[bytes]:
    """Raises ValueError: not an ``audio_url`` of this API; the key would go to wherever it points."""
    if not audio_url.startswith("/session/audio/"):
        raise ValueError("not an audio_url of this API")
    return Call("GET", audio_url, bytes)


def invite(
    interview_id: str, how: Start | None, expires_in_s: float | None, extra_time: Mapping[str, Any] | None
) -> Call[Link]:
    body = {} if how is None else msgspec.to_builtins(how)
    body.pop("consent", None)
    if expires_in_s is not None:
        body["expires_in_s"] = expires_in_s
    if extra_time is not None:
        body["extra_time"] = dict(extra_time)
    # sent again it makes another link, so a lost reply is not repeated
    return Call("POST", f"/interviews/{_part(interview_id)}/link", _reader(Link), json=body, repeatable=False)


def invitations() -> Call[InvitationList]:
    return Call("GET", "/interviews", _reader(InvitationList))


def revoke_link(interview_id: str) -> Call[None]:
    return Call("DELETE", f"/interviews/{_part(interview_id)}/link", _nothing)


def status() -> Call[dict[str, Any]]:
    return Call("GET", "/status", _reader(dict[str, Any]))


def ready() -> Call[None]:
    return Call("GET", "/readyz", _nothing)


def _reader(kind: type[T]) -> Callable[[bytes], T]:
    def read(body: bytes) -> T:
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError as error:
            raise UnexpectedReply(f"The reply is no {kind.__name__} of this API: {error}") from error

    return read


def _nothing(_body: bytes) -> None:
    return None


def _part(interview_id: str) -> str:
    return quote(interview_id, safe="")


def _keyed(key: str | None) -> dict[str, str]:
    """One key for all tries of a call: the server carries it out once."""
    return {"Idempotency-Key": key or uuid.uuid4().hex}


def _file(recording: Recording) -> tuple[str, bytes, str]:
    if isinstance(recording, bytes):
        return "answer", recording, "application/octet-stream"
    path = Path(recording)
    return path.name, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _query_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)
