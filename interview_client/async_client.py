"""The asynchronous client: the same methods as ``Client``, with ``await`` and ``async for``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
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
    from openai.resources.realtime.realtime import AsyncRealtimeConnectionManager

T = TypeVar("T")


class AsyncClient:
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
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._url, self._key = url.rstrip("/"), key
        self._retries = retries or Retries()
        self._sleep = sleep
        self._http = httpx.AsyncClient(**client_options(self._url, key, timeout_s, trust_env), transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # --- interviews ----------------------------------------------------------------------------------------------
    async def start(
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
        return await self._send(calls.start(interview_id, how))

    async def answer(
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
        return await self._send(
            calls.answer(interview_id, text, recording, key=key, voice=voice, signals=signals, to=to)
        )

    async def stream_answer(
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
    ) -> AsyncIterator[TurnPart]:
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
                async with aclosing(self._frames(call)) as frames:
                    async for frame in frames:
                        part = None if frame is None else turn_part(frame)
                        if isinstance(part, Step):
                            yield part
                            return
                        if part is not None and part.index > seen[type(part)]:
                            seen[type(part)] = part.index
                            yield part
                raise ConnectionFailed("The stream ended before the reply.")
            except (ApiError, ConnectionFailed) as error:
                await self._wait(call, tried, error)

    async def hint(
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
        return await self._send(calls.hint(interview_id, key=key, voice=voice, to=to))

    async def pause(self, interview_id: str, *, question_id: str | None = None, turn_number: int | None = None) -> Step:
        """The candidate leaves until another day, where the plan allows it: ``state.return_by`` says until when."""
        return await self._send(calls.pause(interview_id, calls.Answered(question_id, turn_number)))

    async def resume(self, interview_id: str, *, voice: bool = True) -> Step:
        """The candidate returns from a pause; the open question is asked again."""
        return await self._send(calls.resume(interview_id, voice=voice))

    async def state(self, interview_id: str) -> State:
        return await self._send(calls.state(interview_id))

    async def end(self, interview_id: str) -> Step:
        """End the interview and start its evaluation. Idempotent."""
        return await self._send(calls.end(interview_id))

    async def signal(self, interview_id: str, name: str, **data: Any) -> None:
        """Record an integrity signal, which is never scored."""
        await self._send(calls.signal(interview_id, name, data))

    async def log(self, interview_id: str, after: int = 0) -> list[Event]:
        """The events so far with a greater ``seq`` than ``after``."""
        lines = (await self.log_lines(interview_id, after)).splitlines()
        try:
            return [msgspec.json.decode(line, type=Event) for line in lines]
        except msgspec.DecodeError as error:
            raise UnexpectedReply(f"A line of the log is no event: {error}") from error

    async def log_lines(self, interview_id: str, after: int = 0) -> bytes:
        """The events so far as they are stored: one JSON object a line."""
        return await self._send(calls.events_so_far(interview_id, after))

    async def events(self, interview_id: str, after: int = 0) -> AsyncIterator[Event]:
        """Follow the log, over reconnections, without a gap or a repetition.

        It ends by itself only for an interview that has left the live store; break out when you have what you need.
        """
        tried = 0
        while True:
            alive = False
            call = calls.follow(interview_id, after)
            try:
                async with aclosing(self._frames(call)) as frames:
                    async for frame in frames:
                        alive, tried = True, 0
                        if frame is not None:
                            event = logged(frame)
                            after = event.seq
                            yield event
            except (ApiError, ConnectionFailed) as error:
                tried += 1
                await self._wait(call, tried, error)
                continue
            if not alive:
                return

    async def recording(self, audio_url: str) -> bytes:
        """The audio that an ``audio_url`` names."""
        return await self._send(calls.recording(audio_url))

    def realtime(self, interview_id: str) -> AsyncRealtimeConnectionManager:
        """The interview as a spoken conversation: a connection of the ``openai`` SDK (docs/realtime.md)."""
        from openai import AsyncOpenAI

        sdk = AsyncOpenAI(base_url=f"{self._url}/v1", api_key=self._key)
        return sdk.realtime.connect(model="interview", extra_query={"interview": interview_id})

    # --- reports -------------------------------------------------------------------------------------------------
    async def report(self, interview_id: str) -> Report:
        return await self._send(calls.report(interview_id))

    async def report_document(self, interview_id: str, form: Document) -> bytes:
        """The whole report as ``html``, ``pdf`` or ``json``."""
        return await self._send(calls.report_document(interview_id, form))

    async def override(
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
        return await self._send(call)

    async def grant_extra_time(
        self, interview_id: str, minutes: float, reason: str, *, author: str = "", key: str | None = None
    ) -> ExtraTime:
        """A person grants time while the interview runs; before the start it belongs to ``invite``."""
        return await self._send(calls.grant_extra_time(interview_id, minutes, reason, author=author, key=key))

    async def compare(self, plan: str, *, interviews: Sequence[str] | None = None, limit: int = 20) -> Comparison:
        """The ended interviews of a plan, or some of them, with abilities and standard errors."""
        return await self._send(calls.compare(plan, interviews, limit))

    async def interviews(self, **filters: object) -> AsyncIterator[InterviewRow]:
        """The tenant's interviews, newest first, page by page. Filters as in docs/api.md: ``plan``, ``status``,
        ``candidate``, ``needs_review``, ``score_min``, ``score_max``, ``since``, ``until``, ``limit`` (of a page)."""
        cursor: str | None = None
        while True:
            page = await self._send(calls.interviews(filters, cursor))
            for row in page.sessions:
                yield row
            cursor = page.next
            if cursor is None:
                return

    # --- candidates and operations -------------------------------------------------------------------------------
    async def invite(
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
        return await self._send(calls.invite(interview_id, how, expires_in_s, extra_time))

    async def invitations(self) -> InvitationList:
        """The interviews that were prepared and have not started."""
        return await self._send(calls.invitations())

    async def revoke_link(self, interview_id: str) -> None:
        await self._send(calls.revoke_link(interview_id))

    async def export_data(self, reference: str) -> bytes:
        """A ZIP file with every interview of the candidate."""
        return await self._send(calls.export_data(reference))

    async def erase_data(self, reference: str) -> ErasedData:
        """Erase every interview of the candidate, for ever. Not repeated after a lost reply."""
        return await self._send(calls.erase_data(reference))

    # --- plans ---------------------------------------------------------------------------------------------------
    async def plans(self) -> PlanList:
        """The installed plans and the tenant's own."""
        return await self._send(calls.plans())

    async def plan_consent(self, plan_id: str) -> PlanConsent:
        return await self._send(calls.plan_consent(plan_id))

    async def draft_plan(
        self, role_description: str = "", *, role_url: str = "", resume: str = "", minutes: int | None = None
    ) -> PlanView:
        """Draft a plan for a role. Not repeated after a lost reply."""
        role: dict[str, Any] = {"role_description": role_description, "role_url": role_url, "resume_content": resume}
        role["minutes"] = minutes
        return await self._send(calls.draft_plan({name: value for name, value in role.items() if value}))

    async def check_plan(self, plan: Mapping[str, Any]) -> PlanProblems:
        return await self._send(calls.check_plan(plan))

    async def plan(self, plan_id: str) -> PlanView:
        """A plan of the tenant."""
        return await self._send(calls.plan(plan_id))

    async def change_plan(self, plan_id: str, plan: Mapping[str, Any], *, replaces: str) -> PlanView:
        """Store a draft in place of the one whose digest is ``replaces``."""
        return await self._send(calls.change_plan(plan_id, plan, replaces))

    async def approve_plan(self, plan_id: str, digest: str) -> PlanView:
        """By a person who read the plan with this digest."""
        return await self._send(calls.approve_plan(plan_id, digest))

    async def delete_plan(self, plan_id: str) -> None:
        await self._send(calls.delete_plan(plan_id))

    # --- keys and operations -------------------------------------------------------------------------------------
    async def keys(self) -> KeyList:
        return await self._send(calls.keys())

    async def create_key(
        self, label: str, scopes: Sequence[str], *, expires_in_days: float | None = None
    ) -> CreatedKey:
        """A new key; this reply alone has its secret. Not repeated after a lost reply."""
        return await self._send(calls.create_key(label, scopes, expires_in_days))

    async def revoke_key(self, key_id: str) -> None:
        await self._send(calls.revoke_key(key_id))

    async def platform(self) -> Platform:
        """Engines, load and latencies in one document."""
        return await self._send(calls.platform())

    async def status(self) -> dict[str, Any]:
        """The engine behind each tier, and the load."""
        return await self._send(calls.status())

    async def ready(self) -> None:
        """Raises ServerFailed when the platform cannot serve."""
        await self._send(calls.ready())

    # --- sending -------------------------------------------------------------------------------------------------
    async def _send(self, call: Call[T]) -> T:
        tried = 0
        while True:
            tried += 1
            try:
                return call.read(await self._once(call))
            except (ApiError, ConnectionFailed) as error:
                await self._wait(call, tried, error)

    async def _once(self, call: Call[Any]) -> bytes:
        try:
            return checked(await self._http.request(**options(call)))
        except httpx.TransportError as error:
            raise lost(error) from error

    async def _frames(self, call: Call[Any]) -> AsyncGenerator[Frame | None, None]:
        """The frames of a stream; None for a line that completes none, as a sign of life."""
        frames = Frames()
        try:
            async with self._http.stream(**options(call)) as response:
                if not response.is_success:
                    await response.aread()
                    checked(response)
                async for line in response.aiter_lines():
                    yield frames.line(line)
        except httpx.TransportError as error:
            raise lost(error) from error

    async def _wait(self, call: Call[Any], tried: int, error: ApiError | ConnectionFailed) -> None:
        """Pause before the next try; raises ``error`` if there is none."""
        pause = pause_s(self._retries, call, tried, error)
        if pause is None:
            raise error
        await self._sleep(pause)
