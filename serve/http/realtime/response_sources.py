"""Where responses come from: a turn or another step of the agent, or what the interviewer said last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Mapping
from typing import TypeVar

import msgspec

from deployments.agent.contract import (
    Done,
    EndRequest,
    HintRequest,
    PauseRequest,
    ResumeRequest,
    StepReply,
    TurnPart,
    TurnRequest,
)
from interview import retries
from interview.errors import NotFound, SessionEnded, TurnInFlight
from interview.languages.language import language_of
from interview.sessions.events import Event, HelpOffered, ResponseSent
from interview.sessions.hearing import last_said
from interview.sessions.session import PendingAnswer as AcceptedAnswer
from interview.sessions.session import SessionState
from interview.turn_taking.silence import Offer
from serve.http.auth import NO_SUCH_INTERVIEW
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses
from serve.http.realtime.faults import Fault
from serve.http.realtime.speaking import Line
from storage.blobs.layout import path_of_url
from storage.blobs.port import BlobStore
from storage.sessions.amend import amend
from storage.sessions.port import SessionKey, SessionStore

#: How long a turn that another worker holds is waited for: longer than a lease.
WAIT_FOR_TURN_S = 60.0

#: The requests in words that the agent understands as such.
SPOKEN_ACTIONS = {"repeat": "Please repeat the question.", "skip": "Please skip this question."}

Parts = AsyncGenerator[TurnPart | Line, None]

Names = TypeVar("Names", TurnRequest, HintRequest)


class Seen(msgspec.Struct, frozen=True):
    """The question that the client's candidate has seen; None is not compared with the current one."""

    turn_number: int | None = None
    question_id: str | None = None

    @classmethod
    def of_metadata(cls, metadata: Mapping[str, str]) -> Seen:
        """``question_id`` and ``turn_number`` of a ``response.create``. Raises Fault: not a number."""
        turn = metadata.get("turn_number")
        if turn is not None and not (turn.isascii() and turn.isdecimal() and len(turn) <= 15):
            raise Fault("invalid_value", "The number of a turn.", "response.metadata.turn_number")
        return cls(None if turn is None else int(turn), metadata.get("question_id"))

    def named_in(self, request: Names) -> Names:
        return msgspec.structs.replace(request, turn_number=self.turn_number, question_id=self.question_id)


class ResponseSources:
    """One interview over the agent and the stores. ``speaks``: with the reply's audio."""

    def __init__(
        self,
        key: SessionKey,
        agent: StepCaller,
        pauses: Pauses,
        live: LiveInterviews,
        sessions: SessionStore,
        blobs: BlobStore,
    ) -> None:
        self._key = key
        self._agent = agent
        self._pauses = pauses
        self._live = live
        self._sessions = sessions
        self._blobs = blobs

    async def events(self) -> list[Event]:
        """Raises NotFound: the interview does not exist, or has not started."""
        events = await self._sessions.events(self._key)
        if not events:
            raise NotFound(NO_SUCH_INTERVIEW)
        return events

    async def state(self) -> SessionState:
        """Raises NotFound."""
        state = await self._sessions.load(self._key)
        if state is None:
            raise NotFound(NO_SUCH_INTERVIEW)
        return state

    async def turn(self, request: TurnRequest) -> Parts:
        """The turn's parts; waits while another worker has it."""
        until = time.monotonic() + WAIT_FOR_TURN_S
        while True:
            try:
                async for part in self._agent.turn_stream(request):
                    yield part
                return
            except TurnInFlight as error:
                if time.monotonic() > until:
                    raise
                retries.tried_again("agent", "turn-in-flight")
                await asyncio.sleep(error.retry_after_s or 1.0)

    def asked(self, idempotency_key: str, action: str, seen: Seen, *, speaks: bool) -> Parts:
        """The turn of ``repeat`` or ``skip``."""
        return self.turn(seen.named_in(self._typed(idempotency_key, SPOKEN_ACTIONS[action], speaks=speaks)))

    def hint(self, idempotency_key: str, seen: Seen, *, speaks: bool) -> Parts:
        asked = seen.named_in(HintRequest(self._key.tenant, self._key.interview_id, idempotency_key, voice=speaks))
        return self._step(self._agent.hint(asked))

    def pause(self, seen: Seen) -> Parts:
        asked = PauseRequest(self._key.tenant, self._key.interview_id, seen.question_id, seen.turn_number)
        return self._step(self._pauses.pause(asked))

    def resume(self, *, speaks: bool) -> Parts:
        return self._step(self._pauses.resume(ResumeRequest(self._key.tenant, self._key.interview_id, speaks)))

    def end(self) -> Parts:
        ended = EndRequest(
            self._key.tenant, self._key.interview_id, by="candidate", reason="The candidate ended the interview."
        )
        return self._step(self._live.end(ended))

    async def current_line(self) -> Parts:
        """What the interviewer said last: a client that has just come asks for it, or one that did not understand.

        Of an interview that was ended without a reply, the closing words.
        """
        state = await self.state()
        if state.has_ended and not await self._has_said_farewell():
            ended = await self._live.end(EndRequest(self._key.tenant, self._key.interview_id))  # once only: it replays
            yield Line(ended.body.interviewer_response.text, state.language)
            return
        said = last_said(state)
        yield Line(said.whole if said else "", state.language, said.audio_url if said else None)

    async def _has_said_farewell(self) -> bool:
        replies = [one.data for one in await self._sessions.events(self._key) if isinstance(one.data, ResponseSent)]
        return bool(replies) and not replies[-1].should_continue

    async def offered(self, offer: Offer) -> Parts:
        """Words into the candidate's silence. They are in the log before they are said, and are no turn."""
        state = await self.state()
        if state.status != "active":
            raise SessionEnded("This interview does not go on now.")
        script = language_of(state.language).script
        lines = script.offer_help if offer == "nudge" else script.offer_repeat_or_skip
        text = lines[(state.settings.seed + state.turn_number) % len(lines)]
        await amend(self._sessions, self._key, lambda now: (HelpOffered(turn=now.turn_number, offer=offer, text=text),))
        yield Line(text, state.language)

    async def again(self, sent: ResponseSent, seq: int) -> Parts:
        """An utterance of the log, whose number is ``seq``."""
        state = await self.state()
        yield Line(sent.text, state.language, sent.audio_url, seq=seq)

    async def accepted(self, pending: AcceptedAnswer, *, speaks: bool) -> Parts:
        """The turn of an answer that was accepted and has no reply yet, because its worker died."""
        request = self._typed(pending.idempotency_key, pending.text or "", speaks=speaks)
        if pending.audio is not None:
            path = path_of_url(self._key.tenant, self._key.interview_id, pending.audio.url)
            audio = await self._blobs.get(path)
            request = msgspec.structs.replace(request, text=None, audio=audio, content_type=pending.audio.content_type)
        async for part in self.turn(request):
            yield part

    async def _step(self, call: Awaitable[StepReply]) -> Parts:
        yield Done(await call)

    def _typed(self, idempotency_key: str, text: str, *, speaks: bool) -> TurnRequest:
        return TurnRequest(
            self._key.tenant,
            self._key.interview_id,
            idempotency_key,
            text=text,
            voice=speaks,
            stream_audio=speaks,
        )
