"""One interview as a realtime conversation: client events in, server events out, the agent behind it.

A conversation outlives its connections: while no client is attached, a turn under way is finished, and what the next
connection has not seen it reads from the event log. Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from deployments.agent.contract import (
    Done,
    EndRequest,
    HearRequest,
    HintRequest,
    TurnBody,
    TurnPart,
    TurnRequest,
)
from deployments.stt.contract import Transcript
from deployments.tts.contract import TextToSpeech
from deployments.turn_detection.contract import TurnDetection
from interview import retries
from interview.errors import AudioRejected, InterviewError, NotFound, TurnInFlight
from interview.plans.questions import QuestionCard
from interview.sessions.events import Event, ResponseSent
from interview.sessions.session import SessionState
from interview.turn_taking.silence import SilenceLadder
from interview.turn_taking.turns import Interrupted, Outcome, Paused, SpeechStarted, TurnEnded, TurnResumed
from serve.http.auth import NO_SUCH_INTERVIEW
from serve.http.interviews.agent_calls import StepCaller
from serve.http.realtime import client_events as ev
from serve.http.realtime.audio_formats import HEARD_HZ, Samples, wav_of
from serve.http.realtime.faults import Fault
from serve.http.realtime.intake import Intake
from serve.http.realtime.items import (
    KEY_PREFIX,
    Items,
    LoggedItem,
    logged_items,
    user_item,
)
from serve.http.realtime.listening import Listening, heard_or_none
from serve.http.realtime.outbox import Outbox
from serve.http.realtime.pending_answer import PendingAnswer
from serve.http.realtime.session_config import SessionConfig, changed
from serve.http.realtime.speaking import Line, Source, Speaking, SpeechSources
from serve.http.realtime.wire import ResponseWire
from serve.http.settings import RealtimeSettings
from storage.blobs.layout import path_of_url
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore

#: Shorter audio is no answer (the rule of the Realtime API).
MIN_COMMIT_MS = 100
#: How long a turn that another worker holds is waited for: longer than a lease.
WAIT_FOR_TURN_S = 60.0

#: The requests in words that the agent understands as such.
_SPOKEN_ACTIONS = {"repeat": "Please repeat the question.", "skip": "Please skip this question."}


@dataclass(frozen=True)
class ConversationPorts:
    agent: StepCaller
    sessions: SessionStore
    blobs: BlobStore
    tts: TextToSpeech | None
    detection: TurnDetection | None
    settings: RealtimeSettings


class Conversation:
    """Events of the attached client go to ``handle``; ``emit`` sends to it."""

    def __init__(self, ports: ConversationPorts, key: SessionKey, config: SessionConfig) -> None:
        self.session_id = f"sess_{secrets.token_hex(12)}"
        self.key = key
        self.config = config
        self.attached: Outbox | None = None
        self.question: QuestionCard | None = None
        self.items = Items()
        self.ladder = SilenceLadder()
        self._ports = ports
        self._expires_at = int(time.time() + ports.settings.max_session_s)
        self._intake = _intake(ports.settings)
        self._pending = PendingAnswer()
        self._ending: asyncio.Task[None] | None = None
        self._floor: asyncio.Task[None] | None = None
        self._item_id = _new_id()
        self._listening = Listening(ports.detection, self._hear, self._happened, self._captioned)
        self._listening.configure(config.audio.input.format, config.audio.input.turn_detection, None)
        self._speaking = Speaking(
            self.emit,
            SpeechSources(key, ports.blobs, ports.tts, ports.settings.lead_s),
            self._noted,
            self._step_failed,
            self._response_finished,
        )

    # --- connections ---------------------------------------------------------------------------------------------
    def emit(self, event: dict[str, Any]) -> None:
        """Send to the client; without one the event is dropped, as the log has what matters."""
        if self.attached is not None:
            self.attached.put(event)

    async def attach(self, outbox: Outbox, after: int, *, resumed: bool) -> None:
        """Serve another connection: the session, then the items of the log after ``after``; then what is unfinished.

        Raises:

            NotFound: there is no such interview, or it has not started.
        """
        self.question = _open_question(await self._events())
        self._configure()
        self.attached = outbox
        self._intake = _intake(self._ports.settings)
        self.emit({"type": "session.created", "session": self._shown_session(resumed)})
        await self._speaking.settled()
        events = await self._events()
        state = await self._state()
        self.question = _open_question(events)
        missed = None
        for logged in logged_items(events, speaks=self.config.speaks):
            if logged.seq > after:
                self._show(logged)
                missed = logged
            self.items.put(logged.item)
        if state.pending_answer is not None:
            self._finish_pending(state)
        elif resumed and missed is not None and missed.response is not None:
            self._say_again(missed.response, missed)

    def detach(self, outbox: Outbox) -> None:
        """The connection ended. What was being said is said again to the next one; a turn is finished."""
        if self.attached is outbox:
            self.attached = None
            self._speaking.cancel("client_cancelled")
            self.ladder.broken()

    async def stop(self) -> None:
        """Finish the running step of the agent, and forget the rest."""
        for task in (self._ending, self._floor):
            if task is not None:
                task.cancel()
        self._listening.close()
        self._speaking.cancel("client_cancelled")
        await self._speaking.stop()

    def tick(self) -> None:
        """Called about once a second while a client is attached."""
        offer = self.ladder.due(time.monotonic())
        if offer is not None:
            shown = {**self._shown_session(resumed=False), "interview": {"offer": offer}}
            self.emit({"type": "session.updated", "session": shown})

    # --- client events -------------------------------------------------------------------------------------------
    def handle(self, event: ev.AnyClientEvent) -> None:
        """Carry out a client's event.

        Raises:

            Fault: it cannot be carried out; nothing changed.
        """
        self._intake.event()
        match event:
            case ev.SessionUpdate(session=session):
                self._update(session)
            case ev.AudioAppend(audio=audio):
                self._append(audio)
            case ev.AudioCommit():
                self._commit()
            case ev.AudioClear():
                self._clear()
            case ev.ItemCreate():
                self._create_item(event)
            case ev.ItemRetrieve(item_id=item_id):
                item = self.items.get(item_id, "item_retrieve_invalid_item_id")
                self.emit({"type": "conversation.item.retrieved", "item": item})
            case ev.ItemTruncate():
                self._truncate(event)
            case ev.ItemDelete(item_id=item_id):
                self.items.delete(item_id)
                self.emit({"type": "conversation.item.deleted", "item_id": item_id})
            case ev.ResponseCreate(response=options):
                self._create_response(options or ev.ResponseOptions(), event.event_id)
            case ev.ResponseCancel():
                if not self._speaking.cancel("client_cancelled"):
                    raise Fault("response_cancel_not_active", "No response is active.")
                self._floor = asyncio.create_task(self._give_floor(time.monotonic()))
            case ev.OutputClear():
                raise Fault("invalid_value", "Only WebRTC has an output audio buffer.", "type")

    def _update(self, session: dict[str, Any]) -> None:
        self.config = changed(self.config, session)
        self._configure()
        self.ladder.broken()
        self.emit({"type": "session.updated", "session": self._shown_session(resumed=False)})

    def _configure(self) -> None:
        audio = self.config.audio.input
        self._listening.configure(audio.format, audio.turn_detection, self.question)

    def _append(self, audio: str) -> None:
        try:
            data = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Fault("invalid_value", "Audio is sent in base64.", "audio") from error
        samples = self._listening.decoded(data)
        self._intake.audio(len(samples) / HEARD_HZ)
        held_ms = self._pending.audio_ms + self._listening.audio.length_ms + len(samples) * 1000 // HEARD_HZ
        if held_ms > self._ports.settings.max_answer_s * 1000:
            raise Fault("input_audio_buffer_full", "The answer is too long: give it, or clear the buffer.", "audio")
        self._listening.take_in(samples)

    def _commit(self) -> None:
        if self._listening.audio.length_ms < MIN_COMMIT_MS:
            raise Fault("input_audio_buffer_commit_empty", f"An answer has at least {MIN_COMMIT_MS} ms of audio.")
        self._pending.check_speech()
        self._stop_ending()
        self._take_answer()

    def _clear(self) -> None:
        self._stop_ending()
        self._listening.answered()
        self._item_id = _new_id()
        self.emit({"type": "input_audio_buffer.cleared"})

    def _create_item(self, event: ev.ItemCreate) -> None:
        item = event.item
        item_id = item.id or _new_id()
        if item.type != "message" or item.role not in ("user", "system", "assistant"):
            raise Fault("invalid_value", "Only messages can be added to an interview.", "item.type")
        if not ev.ITEM_ID.fullmatch(item_id):
            raise Fault("invalid_value", "1 to 64 letters, digits, '_' and '-'.", "item.id")
        for place, content in enumerate(item.content):
            if content.type not in ("input_text", "output_text", "text") or content.text is None:
                raise Fault("invalid_value", "Only text; speech is sent as audio.", f"item.content[{place}].type")
        text = " ".join(content.text or "" for content in item.content).strip()
        shown = user_item(item_id, text=text)
        if item.role == "user":
            if item_id not in self.items:
                self._pending.type(item_id, text)
        else:
            shown = {**shown, "role": item.role}  # accepted and ignored: the plan decides what is said
        self._added(shown)
        self.ladder.broken()

    def _truncate(self, event: ev.ItemTruncate) -> None:
        item = self.items.get(event.item_id, "item_truncate_invalid_item_id")
        wire, playback = self._speaking.wire, self._speaking.playback
        if item["role"] != "assistant":
            raise Fault("invalid_value", "Only the interviewer's items can be truncated.", "item_id")
        if wire is not None and playback is not None and wire.item_id == event.item_id:
            if not 0 <= event.audio_end_ms <= round(playback.sent_s * 1000):
                raise Fault("invalid_value", "The item's audio is shorter.", "audio_end_ms")
            item["content"] = [{"type": "output_audio", "transcript": playback.heard_words(event.audio_end_ms / 1000)}]
        self.emit(
            {
                "type": "conversation.item.truncated",
                "item_id": event.item_id,
                "content_index": event.content_index,
                "audio_end_ms": event.audio_end_ms,
            }
        )

    # --- responses -----------------------------------------------------------------------------------------------
    def _create_response(self, options: ev.ResponseOptions, event_id: str | None) -> None:
        if self._speaking.active:
            raise Fault("conversation_already_has_active_response", "A response is active; cancel it first.")
        metadata = dict(options.metadata or {})
        action = metadata.get("action")
        key = f"{KEY_PREFIX}{event_id or secrets.token_hex(12)}"
        match action:
            case None if self._pending:
                self._answer(metadata)
            case None:
                self._start(self._current_line, metadata)
            case "hint":
                asked = HintRequest(self.key.tenant, self.key.interview_id, key, voice=self.config.speaks)
                self._start(lambda: self._step(self._ports.agent.hint(asked)), metadata)
            case "repeat" | "skip":
                self._start(lambda: self._turn(self._typed(key, _SPOKEN_ACTIONS[action])), metadata)
            case "end":
                ended = EndRequest(
                    self.key.tenant, self.key.interview_id, by="candidate", reason="The candidate ended the interview."
                )
                self._start(lambda: self._step(self._ports.agent.end(ended)), metadata)
            case _:
                raise Fault("invalid_value", "One of hint, repeat, skip and end.", "response.metadata.action")

    def _answer(self, metadata: dict[str, str]) -> None:
        """Answer with everything that was committed or typed since the last answer."""
        answer, self._pending = self._pending, PendingAnswer()
        request = answer.request(self.key, speaks=self.config.speaks)
        self._start(lambda: self._turn(request), metadata, answer)

    def _start(
        self, source: Source, metadata: dict[str, str] | None = None, answer: PendingAnswer | None = None
    ) -> None:
        self.ladder.broken()
        wire = ResponseWire(
            self.emit,
            response_id=f"resp_{secrets.token_hex(12)}",
            item_id=_new_id(),
            previous_id=self.items.last_id,
            speaks=self.config.speaks,
            metadata=metadata or None,
            audio=msgspec.to_builtins(self.config.audio.output),
        )
        self._speaking.start(wire, self.config.audio.output.format, source, answer)
        turns = self._listening.turns
        if turns is not None and wire.speaks:
            turns.interviewer_began(self._listening.audio.end_ms)
        if self._floor is not None:
            self._floor.cancel()

    def _typed(self, key: str, text: str) -> TurnRequest:
        return TurnRequest(
            self.key.tenant,
            self.key.interview_id,
            key,
            text=text,
            voice=self.config.speaks,
            stream_audio=self.config.speaks,
        )

    async def _turn(self, request: TurnRequest) -> AsyncGenerator[TurnPart | Line, None]:
        """The turn's parts; waits while another worker has it."""
        until = time.monotonic() + WAIT_FOR_TURN_S
        while True:
            try:
                async for part in self._ports.agent.turn_stream(request):
                    yield part
                return
            except TurnInFlight as error:
                if time.monotonic() > until:
                    raise
                retries.tried_again("agent", "turn-in-flight")
                await asyncio.sleep(error.retry_after_s or 1.0)

    async def _step(self, call: Any) -> AsyncGenerator[TurnPart | Line, None]:
        yield Done(await call)

    async def _current_line(self) -> AsyncGenerator[TurnPart | Line, None]:
        """What the interviewer said last: a client that has just come asks for it, or one that did not understand."""
        state = await self._state()
        said = [turn for turn in state.conversation_history if turn.role == "interviewer"]
        yield Line(said[-1].content if said else "", state.language, said[-1].audio_url if said else None)

    def _say_again(self, sent: ResponseSent, logged: LoggedItem) -> None:
        async def line() -> AsyncGenerator[TurnPart | Line, None]:
            state = await self._state()
            yield Line(sent.text, state.language, sent.audio_url, seq=logged.seq)

        self._start(line)

    def _finish_pending(self, state: SessionState) -> None:
        """An accepted answer has no reply yet, because its worker died: resume it."""
        pending = state.pending_answer
        if pending is None:
            return

        async def resumed() -> AsyncGenerator[TurnPart | Line, None]:
            request = self._typed(pending.idempotency_key, pending.text or "")
            if pending.audio is not None:
                path = path_of_url(self.key.tenant, self.key.interview_id, pending.audio.url)
                audio = await self._ports.blobs.get(path)
                request = msgspec.structs.replace(
                    request, text=None, audio=audio, content_type=pending.audio.content_type
                )
            async for part in self._turn(request):
                yield part

        self._start(resumed)

    async def _noted(self, body: TurnBody, answer: PendingAnswer | None) -> int:
        """The agent has replied: the answer is durable, and its transcript is known."""
        if body.transcript is not None and answer is not None and not answer.transcribed:
            self._tell_transcript(answer.item_id, body.transcript.text, body.transcript.duration_s)
        response = body.interviewer_response
        self.question = response.question
        self._listening.asked(self.question)
        state = await self._ports.sessions.load(self.key)
        return state.version if state is not None else 0

    def _step_failed(self, error: InterviewError, answer: PendingAnswer | None) -> None:
        """A retryable failure keeps the answer: ``response.create`` tries it again under the same key."""
        if answer is None:
            return
        if error.retryable:
            answer.at_once = False
            self._pending = answer.later(self._pending)
        elif isinstance(error, AudioRejected):
            self._tell_no_transcript(answer.item_id, error)

    def _response_finished(self) -> None:
        wire = self._speaking.wire
        if wire is not None:
            body = self._speaking.body
            text = body.interviewer_response.text if body is not None else wire.said
            self.items.put({**_assistant(wire), "content": [_spoken_content(wire, text)]})
        self._floor = asyncio.create_task(self._give_floor(self._speaking.audible_until))
        if self._pending and self._pending.at_once:
            self._answer({})

    async def _give_floor(self, at: float) -> None:
        """The candidate has the floor once the last word has been heard."""
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        turns = self._listening.turns
        if turns is not None:
            for outcome in turns.interviewer_ended(self._listening.audio.end_ms):
                self._happened(outcome)
        if turns is None or turns.state == "idle":
            self.ladder.quiet_from(time.monotonic())

    # --- listening -----------------------------------------------------------------------------------------------
    def _happened(self, outcome: Outcome) -> None:
        match outcome:
            case SpeechStarted(at_ms=at_ms) | TurnResumed(at_ms=at_ms):
                self._stop_ending()
                self.ladder.broken()
                self.emit(
                    {"type": "input_audio_buffer.speech_started", "audio_start_ms": at_ms, "item_id": self._item_id}
                )
            case Interrupted():
                self._speaking.cancel("turn_detected")
            case TurnEnded(at_ms=at_ms):
                self.emit(
                    {"type": "input_audio_buffer.speech_stopped", "audio_end_ms": at_ms, "item_id": self._item_id}
                )
                self._ending = asyncio.create_task(self._end_of_turn(at_ms))
            case Paused():
                pass  # listening judges and transcribes

    def _stop_ending(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    async def _end_of_turn(self, at_ms: int) -> None:
        """The tail is transcribed; then the answer is taken. Until then speech resumes it."""
        listening = self._listening
        transcript, failure = await heard_or_none(listening.parts.whole(listening.audio, at_ms))
        self._ending = None
        if transcript is None and failure is None:
            self._take_nothing()
            return
        if failure is not None:
            retries.tried_again("stt", "whole-answer")
        self._take_answer(transcript)
        detection = self.config.audio.input.turn_detection
        if detection is not None and detection.create_response:
            self._pending.at_once = True
            if not self._speaking.active:
                self._answer({})

    def _take_answer(self, transcript: Transcript | None = None) -> None:
        item_id, self._item_id = self._item_id, _new_id()
        previous = self.items.last_id
        self._pending.speak(item_id, self._listening.answered(), transcript)
        self.emit({"type": "input_audio_buffer.committed", "previous_item_id": previous, "item_id": item_id})
        self._added(user_item(item_id, transcript=transcript.text if transcript else None))
        if transcript is not None:
            self._tell_transcript(item_id, transcript.text, transcript.duration_s)

    def _take_nothing(self) -> None:
        """What sounded like speech had no words: it is no answer."""
        item_id, self._item_id = self._item_id, _new_id()
        self._listening.answered()
        self.emit(
            {
                "type": "input_audio_buffer.committed",
                "previous_item_id": self.items.last_id,
                "item_id": item_id,
            }
        )
        self._added(user_item(item_id))
        self._tell_no_transcript(item_id, AudioRejected("No speech was heard."))

    async def _hear(self, samples: Samples) -> Transcript:
        return await self._ports.agent.hear(HearRequest(self.key.tenant, self.key.interview_id, wav_of(samples)))

    def _captioned(self, words: str) -> None:
        self.emit(
            {
                "type": "conversation.item.input_audio_transcription.delta",
                "item_id": self._item_id,
                "content_index": 0,
                "delta": f"{words.strip()} ",
            }
        )

    # --- what clients see ----------------------------------------------------------------------------------------
    def _shown_session(self, resumed: bool) -> dict[str, Any]:
        info = self._ports.detection.info() if self._ports.detection is not None else None
        about = {
            "id": self.key.interview_id,
            "resumed": resumed,
            "audio_ms_held": self._listening.audio.length_ms,
            "question": msgspec.to_builtins(self.question),
            "turn_detection": msgspec.to_builtins(info),
        }
        return {**self.config.shown(self.session_id, self._expires_at), "interview": about}

    def _show(self, logged: LoggedItem) -> None:
        self._added(logged.item, seq=logged.seq)

    def _added(self, item: dict[str, Any], **extra: Any) -> None:
        for kind in ("added", "done"):
            self.emit(
                {
                    "type": f"conversation.item.{kind}",
                    "previous_item_id": self.items.last_id,
                    "item": item,
                    **extra,
                }
            )
        self.items.put(item)

    def _tell_transcript(self, item_id: str | None, text: str, duration_s: float) -> None:
        if item_id is None:
            return
        self.items.put(user_item(item_id, transcript=text))
        self.emit(
            {
                "type": "conversation.item.input_audio_transcription.completed",
                "item_id": item_id,
                "content_index": 0,
                "transcript": text,
                "usage": {"type": "duration", "seconds": round(duration_s, 3)},
            }
        )

    def _tell_no_transcript(self, item_id: str | None, error: InterviewError) -> None:
        self.emit(
            {
                "type": "conversation.item.input_audio_transcription.failed",
                "item_id": item_id or "",
                "content_index": 0,
                "error": {"type": "transcription_error", "code": error.code, "message": error.message, "param": None},
            }
        )

    async def _events(self) -> list[Event]:
        """Raises NotFound: the interview does not exist, or has not started."""
        events = await self._ports.sessions.events(self.key)
        if not events:
            raise NotFound(NO_SUCH_INTERVIEW)
        return events

    async def _state(self) -> SessionState:
        """Raises NotFound."""
        state = await self._ports.sessions.load(self.key)
        if state is None:
            raise NotFound(NO_SUCH_INTERVIEW)
        return state


def _open_question(events: Sequence[Event]) -> QuestionCard | None:
    """The card of the last question that was put."""
    for event in reversed(events):
        if isinstance(event.data, ResponseSent) and event.data.question is not None:
            return event.data.question
    return None


def _new_id() -> str:
    return f"item_{secrets.token_hex(12)}"


def _intake(settings: RealtimeSettings) -> Intake:
    return Intake(
        audio_rate=settings.audio_rate, audio_burst_s=settings.audio_burst_s, events_per_s=settings.events_per_s
    )


def _assistant(wire: ResponseWire) -> dict[str, Any]:
    return {
        "id": wire.item_id,
        "type": "message",
        "object": "realtime.item",
        "status": "completed",
        "role": "assistant",
    }


def _spoken_content(wire: ResponseWire, text: str) -> dict[str, Any]:
    return {"type": "output_audio", "transcript": text} if wire.speaks else {"type": "output_text", "text": text}
