"""The synchronous client."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx
import msgspec

from interview_client import calls
from interview_client.calls import Call, Document, Recording, Start
from interview_client.errors import ApiError, ConnectionFailed, UnexpectedReply
from interview_client.results import (
    AudioPart,
    Comparison,
    CreatedKey,
    ErasedData,
    Event,
    ExtraTime,
    InterviewRow,
    InvitationList,
    KeyList,
    Link,
    PlanConsent,
    PlanList,
    PlanProblems,
    PlanView,
    Platform,
    Report,
    Sentence,
    State,
    Step,
)
from interview_client.retries import Retries
from interview_client.sse import Frame, Frames
from interview_client.transport import (
    TIMEOUT_S,
    TurnPart,
    checked,
    client_options,
    logged,
    lost,
    options,
    pause_s,
    turn_part,
)

if TYPE_CHECKING:
    from openai.resources.realtime.realtime import RealtimeConnectionManager

T = TypeVar("T")


class Client:
    """The interview API. Every method raises ``ClientError``: ``ApiError`` with the server's problem, else
    ``ConnectionFailed`` or ``UnexpectedReply``. Calls are repeated as ``retries`` says, each under one idempotency key.

    ``key`` is an API key or a candidate's access token. ``trust_env`` false ignores the proxies of the environment.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_s: float = TIMEOUT_S,
        retries: Retries | None = None,
        trust_env: bool = True,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._retries = retries or Retries()
        self._sleep = sleep
        self._http = httpx.Client(**client_options(self._url, key, timeout_s, trust_env), transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # --- interviews ----------------------------------------------------------------------------------------------
    def start(
        self,
        interview_id: str,
        plan: str | dict[str, Any] | None = None,
        *,
        consent: bool,
        role_description: str = "",
        resume: str = "",
        name: str = "",
        reference: str = "",
        language: str | None = None,
        voice: bool = True,
    ) -> Step:
        """Start an interview, or return the running one. ``name`` and ``reference`` are the candidate's."""
        candidate = {field: value for field, value in (("name", name), ("reference", reference)) if value}
        how = Start(plan, role_description, resume, candidate, language, voice, consent)
        return self._send(calls.start(interview_id, how))

    def answer(
        self,
        interview_id: str,
        text: str | None = None,
        *,
        recording: Recording | None = None,
        key: str | None = None,
        voice: bool = True,
        signals: Mapping[str, Any] | None = None,
        question_id: str | None = None,
        turn_number: int | None = None,
    ) -> Step:
        """Give one answer: ``text``, or a ``recording`` (a path or bytes; wav, mp3, m4a, ogg, webm, flac). With
        both, the text counts as the corrected transcript, and the recording is kept beside it.

        ``key`` is the idempotency key (default: a new one), for an application that repeats calls itself.
        ``question_id`` and ``turn_number``, of the last ``Step`` that the candidate saw, name the question that is
        answered; if another window has changed it, nothing is recorded: ``QuestionNotCurrent``.
        """
        to = calls.Answered(question_id, turn_number)
        return self._send(calls.answer(interview_id, text, recording, key=key, voice=voice, signals=signals, to=to))

    def stream_answer(
        self,
        interview_id: str,
        text: str | None = None,
        *,
        recording: Recording | None = None,
        key: str | None = None,
        voice: bool = True,
        audio: bool = False,
        signals: Mapping[str, Any] | None = None,
        question_id: str | None = None,
        turn_number: int | None = None,
    ) -> Iterator[TurnPart]:
        """Give one answer and receive the reply as it is made: ``Sentence``s, with ``audio`` also ``AudioPart``s, and
        last the ``Step``, which counts. After a lost connection the turn is resumed and no part comes twice."""
        call = calls.answer(
            interview_id,
            text,
            recording,
            key=key,
            voice=voice,
            signals=signals,
            to=calls.Answered(question_id, turn_number),
            stream_audio=audio,
            streamed=True,
        )
        tried, seen = 0, {Sentence: -1, AudioPart: -1}
        while True:
            tried += 1
            try:
                with closing(self._frames(call)) as frames:
                    for frame in frames:
                        part = None if frame is None else turn_part(frame)
                        if isinstance(part, Step):
                            yield part
                            return
                        if part is not None and part.index > seen[type(part)]:
                            seen[type(part)] = part.index
                            yield part
                raise ConnectionFailed("The stream ended before the reply.")
            except (ApiError, ConnectionFailed) as error:
                self._wait(call, tried, error)

    def hint(
        self,
        interview_id: str,
        *,
        key: str | None = None,
        voice: bool = True,
        question_id: str | None = None,
        turn_number: int | None = None,
    ) -> Step:
        """The next hint to the open question; it reduces that answer's score. Names the question as ``answer`` does."""
        to = calls.Answered(question_id, turn_number)
        return self._send(calls.hint(interview_id, key=key, voice=voice, to=to))

    def pause(self, interview_id: str, *, question_id: str | None = None, turn_number: int | None = None) -> Step:
        """The candidate leaves until another day, where the plan allows it: ``state.return_by`` says until when."""
        return self._send(calls.pause(interview_id, calls.Answered(question_id, turn_number)))

    def resume(self, interview_id: str, *, voice: bool = True) -> Step:
        """The candidate returns from a pause; the open question is asked again."""
        return self._send(calls.resume(interview_id, voice=voice))

    def state(self, interview_id: str) -> State:
        return self._send(calls.state(interview_id))

    def end(self, interview_id: str) -> Step:
        """End the interview and start its evaluation. Idempotent."""
        return self._send(calls.end(interview_id))

    def signal(self, interview_id: str, name: str, **data: Any) -> None:
        """Record an integrity signal, which is never scored."""
        self._send(calls.signal(interview_id, name, data))

    def log(self, interview_id: str, after: int = 0) -> list[Event]:
        """The events so far with a greater ``seq`` than ``after``."""
        lines = self.log_lines(interview_id, after).splitlines()
        try:
            return [msgspec.json.decode(line, type=Event) for line in lines]
        except msgspec.DecodeError as error:
            raise UnexpectedReply(f"A line of the log is no event: {error}") from error

    def log_lines(self, interview_id: str, after: int = 0) -> bytes:
        """The events so far as they are stored: one JSON object a line."""
        return self._send(calls.events_so_far(interview_id, after))

    def events(self, interview_id: str, after: int = 0) -> Iterator[Event]:
        """Follow the log, over reconnections, without a gap or a repetition.

        It ends by itself only for an interview that has left the live store; break out when you have what you need.
        """
        tried = 0
        while True:
            alive = False
            call = calls.follow(interview_id, after)
            try:
                with closing(self._frames(call)) as frames:
                    for frame in frames:
                        alive, tried = True, 0
                        if frame is not None:
                            event = logged(frame)
                            after = event.seq
                            yield event
            except (ApiError, ConnectionFailed) as error:
                tried += 1
                self._wait(call, tried, error)
                continue
            if not alive:
                return

    def recording(self, audio_url: str) -> bytes:
        """The audio that an ``audio_url`` names."""
        return self._send(calls.recording(audio_url))

    def realtime(self, interview_id: str) -> RealtimeConnectionManager:
        """The interview as a spoken conversation: a connection of the ``openai`` SDK (docs/realtime.md)."""
        from openai import OpenAI

        sdk = OpenAI(base_url=f"{self._url}/v1", api_key=self._key)
        return sdk.realtime.connect(model="interview", extra_query={"interview": interview_id})

    # --- reports -------------------------------------------------------------------------------------------------
    def report(self, interview_id: str) -> Report:
        return self._send(calls.report(interview_id))

    def report_document(self, interview_id: str, form: Document) -> bytes:
        """The whole report as ``html``, ``pdf`` or ``json``."""
        return self._send(calls.report_document(interview_id, form))

    def override(
        self,
        interview_id: str,
        question_id: str,
        score: float,
        reason: str,
        *,
        author: str = "",
        replaces: int | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """A person's grade replaces the standing one. ``replaces`` is the ``seq`` of the grade that the person saw."""
        call = calls.override(interview_id, question_id, score, reason, author=author, replaces=replaces, key=key)
        return self._send(call)

    def grant_extra_time(
        self, interview_id: str, minutes: float, reason: str, *, author: str = "", key: str | None = None
    ) -> ExtraTime:
        """A person grants time while the interview runs; before the start it belongs to ``invite``."""
        return self._send(calls.grant_extra_time(interview_id, minutes, reason, author=author, key=key))

    def compare(self, plan: str, *, interviews: Sequence[str] | None = None, limit: int = 20) -> Comparison:
        """The ended interviews of a plan, or some of them, with abilities and standard errors."""
        return self._send(calls.compare(plan, interviews, limit))

    def interviews(self, **filters: object) -> Iterator[InterviewRow]:
        """The tenant's interviews, newest first, page by page. Filters as in docs/api.md: ``plan``, ``status``,
        ``candidate``, ``needs_review``, ``score_min``, ``score_max``, ``since``, ``until``, ``limit`` (of a page)."""
        cursor: str | None = None
        while True:
            page = self._send(calls.interviews(filters, cursor))
            yield from page.sessions
            cursor = page.next
            if cursor is None:
                return

    # --- candidates and operations -------------------------------------------------------------------------------
    def invite(
        self,
        interview_id: str,
        plan: str | dict[str, Any] | None = None,
        *,
        role_description: str = "",
        resume: str = "",
        name: str = "",
        reference: str = "",
        language: str | None = None,
        voice: bool = True,
        expires_in_s: float | None = None,
        extra_time: Mapping[str, Any] | None = None,
    ) -> Link:
        """A link for the candidate; the earlier one stops working. Without a plan or a role what was prepared stays.

        ``extra_time`` is granted before the start: ``minutes``, ``reason`` and ``author``.
        """
        candidate = {field: value for field, value in (("name", name), ("reference", reference)) if value}
        prepared = plan is not None or bool(role_description)
        how = Start(plan, role_description, resume, candidate, language, voice) if prepared else None
        return self._send(calls.invite(interview_id, how, expires_in_s, extra_time))

    def invitations(self) -> InvitationList:
        """The interviews that were prepared and have not started."""
        return self._send(calls.invitations())

    def revoke_link(self, interview_id: str) -> None:
        self._send(calls.revoke_link(interview_id))

    def export_data(self, reference: str) -> bytes:
        """A ZIP file with every interview of the candidate."""
        return self._send(calls.export_data(reference))

    def erase_data(self, reference: str) -> ErasedData:
        """Erase every interview of the candidate, for ever. Not repeated after a lost reply."""
        return self._send(calls.erase_data(reference))

    # --- plans ---------------------------------------------------------------------------------------------------
    def plans(self) -> PlanList:
        """The installed plans and the tenant's own."""
        return self._send(calls.plans())

    def plan_consent(self, plan_id: str) -> PlanConsent:
        return self._send(calls.plan_consent(plan_id))

    def draft_plan(
        self, role_description: str = "", *, role_url: str = "", resume: str = "", minutes: int | None = None
    ) -> PlanView:
        """Draft a plan for a role. Not repeated after a lost reply."""
        role: dict[str, Any] = {"role_description": role_description, "role_url": role_url, "resume_content": resume}
        role["minutes"] = minutes
        return self._send(calls.draft_plan({name: value for name, value in role.items() if value}))

    def check_plan(self, plan: Mapping[str, Any]) -> PlanProblems:
        return self._send(calls.check_plan(plan))

    def plan(self, plan_id: str) -> PlanView:
        """A plan of the tenant."""
        return self._send(calls.plan(plan_id))

    def change_plan(self, plan_id: str, plan: Mapping[str, Any], *, replaces: str) -> PlanView:
        """Store a draft in place of the one whose digest is ``replaces``."""
        return self._send(calls.change_plan(plan_id, plan, replaces))

    def approve_plan(self, plan_id: str, digest: str) -> PlanView:
        """By a person who read the plan with this digest."""
        return self._send(calls.approve_plan(plan_id, digest))

    def delete_plan(self, plan_id: str) -> None:
        self._send(calls.delete_plan(plan_id))

    # --- keys and operations -------------------------------------------------------------------------------------
    def keys(self) -> KeyList:
        return self._send(calls.keys())

    def create_key(self, label: str, scopes: Sequence[str], *, expires_in_days: float | None = None) -> CreatedKey:
        """A new key; this reply alone has its secret. Not repeated after a lost reply."""
        return self._send(calls.create_key(label, scopes, expires_in_days))

    def revoke_key(self, key_id: str) -> None:
        self._send(calls.revoke_key(key_id))

    def platform(self) -> Platform:
        """Engines, load and latencies in one document."""
        return self._send(calls.platform())

    def status(self) -> dict[str, Any]:
        """The engine behind each tier, and the load."""
        return self._send(calls.status())

    def ready(self) -> None:
        """Raises ServerFailed when the platform cannot serve."""
        self._send(calls.ready())

    # --- sending -------------------------------------------------------------------------------------------------
    def _send(self, call: Call[T]) -> T:
        tried = 0
        while True:
            tried += 1
            try:
                return call.read(self._once(call))
            except (ApiError, ConnectionFailed) as error:
                self._wait(call, tried, error)

    def _once(self, call: Call[Any]) -> bytes:
        try:
            return checked(self._http.request(**options(call)))
        except httpx.TransportError as error:
            raise lost(error) from error

    def _frames(self, call: Call[Any]) -> Generator[Frame | None, None, None]:
        """The frames of a stream; None for a line that completes none, as a sign of life."""
        frames = Frames()
        try:
            with self._http.stream(**options(call)) as response:
                if not response.is_success:
                    response.read()
                    checked(response)
                for line in response.iter_lines():
                    yield frames.line(line)
        except httpx.TransportError as error:
            raise lost(error) from error

    def _wait(self, call: Call[Any], tried: int, error: ApiError | ConnectionFailed) -> None:
        """Pause before the next try; raises ``error`` if there is none."""
        pause = pause_s(self._retries, call, tried, error)
        if pause is None:
            raise error
        self._sleep(pause)
