"""One interview as a realtime conversation: client events in, server events out, the agent behind it.

A conversation outlives its connections: while no client is attached, a turn under way is finished, and what the next
connection has not seen it reads from the event log. Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from deployments.agent.contract import HearRequest, PreparedReply, ThinkAheadRequest, TranscriptView, TurnBody
from deployments.stt.contract import Transcript
from deployments.tts.contract import TextToSpeech
from deployments.turn_detection.contract import TurnDetection
from interview.errors import AudioRejected, EngineFailed, InterviewError, QuestionNotCurrent
from interview.plans.questions import QuestionCard
from interview.sessions.session import PendingAnswer as AcceptedAnswer
from interview.sessions.session import Status
from interview.turn_taking.silence import SPOKEN, SilenceLadder, rungs_of
from interview.turn_taking.thinking import asks_for_time
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses
from serve.http.realtime import client_events as ev
from serve.http.realtime.announcements import Announcer
from serve.http.realtime.answering import Answering, AnsweringEvents
from serve.http.realtime.audio_formats import Samples, wav_of
from serve.http.realtime.client_items import created_item, new_item_id
from serve.http.realtime.faults import Fault
from serve.http.realtime.heard_log import HeardLog
from serve.http.realtime.items import (
    KEY_PREFIX,
    Items,
    LoggedItem,
    logged_items,
    open_question,
    reply_item,
)
from serve.http.realtime.outbox import Outbox
from serve.http.realtime.pending_answer import PendingAnswer
from serve.http.realtime.response_sources import Parts, ResponseSources, Seen
from serve.http.realtime.session_config import SessionConfig, changed
from serve.http.realtime.speaking import Source, Speaking, SpeechSources
from serve.http.realtime.thinking_ahead import ThinkingAhead, in_time
from serve.http.realtime.wire import ResponseWire
from serve.http.settings import RealtimeSettings
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey, SessionStore


@dataclass(frozen=True)
class ConversationPorts:
    agent: StepCaller
    pauses: Pauses
    live: LiveInterviews
    sessions: SessionStore
    blobs: BlobStore
    tts: TextToSpeech | None
    detection: TurnDetection | None
    settings: RealtimeSettings
    #: Seconds; never goes back.
    clock: Callable[[], float] = time.monotonic


class Conversation:
    """Events of the attached client go to ``handle``; ``emit`` sends to it."""

    def __init__(self, ports: ConversationPorts, key: SessionKey, config: SessionConfig) -> None:
        self.session_id = f"sess_{secrets.token_hex(12)}"
        self.key = key
        self.config = config
        self.attached: Outbox | None = None
        self.begun = False
        """Whether any connection was served."""
        self.question: QuestionCard | None = None
        self._turn_number: int | None = None
        self.items = Items()
        self.ladder = SilenceLadder()
        self._ports = ports
        self._expires_at = 0
        self._sources = ResponseSources(key, ports.agent, ports.pauses, ports.live, ports.sessions, ports.blobs)
        self._shown = Announcer(self.emit, self.items)
        self._heard = HeardLog(key, ports.sessions)
        self._floor: asyncio.Task[None] | None = None
        self._answering = Answering(
            ports.settings,
            ports.detection,
            self._hear,
            partial(self._hear, for_its_end=True),
            ThinkingAhead(self._think_ahead if ports.settings.think_ahead else None),
            self.emit,
            self._shown,
            AnsweringEvents(self.ladder.broken, self._interrupted, self._ready, self._nothing_was_said),
        )
        self._answering.configure(config.audio.input, None)
        self._speaking = Speaking(
            self.emit,
            SpeechSources(key, ports.blobs, ports.tts, ports.settings.lead_s),
            self._noted,
            self._late,
            self._step_failed,
            self._response_finished,
            self._answering.interviewer_audible,
            self._note_heard,
            lambda: self._answering.received_ms,
            ports.clock,
        )
        self._offers = self._thinks = False
        #: The question that the last answer answers; it is open again while the candidate goes on with that answer.
        self._answered: QuestionCard | None = None
        self._goes_on = False
        self._status: Status = "active"
        #: A response that says a reply again and brings it, once its step is done.
        self._say_again: ResponseWire | None = None

    def _note_heard(self, whole: str, captions: str, certain: bool) -> None:
        if certain or not self.config.interview.shows_text:  # a candidate who reads along knows the rest
            self._heard.note(whole, captions)

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
        self.question = open_question(await self._sources.events())
        self._status = (await self._sources.state()).status
        self._answering.configure(self.config.audio.input, self.question)
        self.attached = outbox
        self.begun = True
        self._expires_at = int(time.time() + self._ports.settings.max_session_s)
        self._answering.connected()
        self.emit({"type": "session.created", "session": self._shown_session(resumed)})
        await self._speaking.settled()
        events = await self._sources.events()
        state = await self._sources.state()
        self._turn_number = state.turn_number
        self._now_is(state.status)
        self.question = open_question(events)
        missed = None
        for logged in logged_items(events, speaks=self.config.speaks):
            if logged.seq > after:
                self._shown.added(logged.item, seq=logged.seq)
                missed = logged
            self.items.put(logged.item)
        self._begin_unfinished(state.pending_answer, missed if resumed else None)

    def _begin_unfinished(self, accepted: AcceptedAnswer | None, missed: LoggedItem | None) -> None:
        """Answer what was accepted and has no reply, or say the reply again that the client missed."""
        if accepted is not None:
            self._start(lambda: self._sources.accepted(accepted, speaks=self.config.speaks))
        elif missed is not None and missed.response is not None:
            sent, seq = missed.response, missed.seq
            self._start(lambda: self._sources.again(sent, seq))

    def detach(self, outbox: Outbox) -> None:
        """The connection ended. What was being said is said again to the next one; a turn is finished."""
        if self.attached is outbox:
            self.attached = None
            self._speaking.cancel("client_cancelled")
            self.ladder.broken()

    async def stop(self) -> None:
        """Finish the running step of the agent, and forget the rest."""
        if self._floor is not None:
            self._floor.cancel()
        self._answering.stop()
        self._speaking.cancel("client_cancelled")
        await self._speaking.stop()
        await self._heard.settled()

    def tick(self) -> None:
        """Called about once a second while a client is attached."""
        offer = self.ladder.due(self._ports.clock())
        if offer is None:
            return
        self._tell({"offer": offer})
        if offer in SPOKEN and self._answers_by_voice and not self._speaking.active:
            self._offers = True
            self._begin(lambda: self._sources.offered(offer), {"offer": offer})

    @property
    def _answers_by_voice(self) -> bool:
        """Whether the candidate is listened to, so that silence is silence."""
        mode = self.question.answer_mode if self.question is not None else "spoken"
        return self.config.speaks and self._answering.listens and mode != "formula"

    # --- client events -------------------------------------------------------------------------------------------
    def handle(self, event: ev.AnyClientEvent) -> None:
        """Carry out a client's event.

        Raises:

            Fault: it cannot be carried out; nothing changed.
        """
        self._answering.intake.event()
        match event:
            case ev.SessionUpdate(session=session):
                self._update(session)
            case ev.AudioAppend(audio=audio):
                if self._speaking.playback is not None:
                    self._speaking.playback.audio_arrives()
                self._answering.append(audio)
            case ev.AudioCommit():
                self._answering.commit()
            case ev.AudioClear(item_id=item_id):
                if item_id is not None and not ev.ITEM_ID.fullmatch(item_id):
                    raise Fault("invalid_value", "1 to 64 letters, digits, '_' and '-'.", "item_id")
                self._answering.clear(item_id)
            case ev.ItemCreate():
                self._create_item(event)
            case ev.ItemRetrieve(item_id=item_id):
                item = self.items.get(item_id, "item_retrieve_invalid_item_id")
                self.emit({"type": "conversation.item.retrieved", "item": item})
            case ev.ItemTruncate():
                self._truncate(event)
            case ev.ItemDelete(item_id=item_id):
                self._shown.deleted(item_id)
            case ev.ResponseCreate(response=options):
                self._create_response(options or ev.ResponseOptions(), event.event_id)
            case ev.ResponseCancel():
                if not self._speaking.cancel("client_cancelled"):
                    raise Fault("response_cancel_not_active", "No response is active.")
                self._floor = asyncio.create_task(self._give_floor(self._ports.clock()))
            case ev.OutputClear():
                raise Fault("invalid_value", "Only WebRTC has an output audio buffer.", "type")

    def _update(self, session: dict[str, Any]) -> None:
        self.config = changed(self.config, session)
        self._answering.configure(self.config.audio.input, self.question)
        self.ladder.broken()
        self.emit({"type": "session.updated", "session": self._shown_session(resumed=False)})

    def _create_item(self, event: ev.ItemCreate) -> None:
        shown, text = created_item(event)
        if shown["role"] == "user" and shown["id"] not in self.items:
            self._answering.pending.type(shown["id"], text)
        self._shown.added(shown)
        self.ladder.broken()

    def _truncate(self, event: ev.ItemTruncate) -> None:
        item = self.items.get(event.item_id, "item_truncate_invalid_item_id")
        wire, playback = self._speaking.wire, self._speaking.playback
        if item["role"] != "assistant":
            raise Fault("invalid_value", "Only the interviewer's items can be truncated.", "item_id")
        if wire is not None and playback is not None and wire.item_id == event.item_id:
            if not 0 <= event.audio_end_ms <= round(playback.sent_s * 1000):
                raise Fault("invalid_value", "The item's audio is shorter.", "audio_end_ms")
            heard = self._speaking.interrupted(event.audio_end_ms / 1000)
            item["content"] = [{"type": "output_audio", "transcript": heard or ""}]
        self._shown.truncated(event.item_id, event.content_index, event.audio_end_ms)

    # --- responses -----------------------------------------------------------------------------------------------
    def _create_response(self, options: ev.ResponseOptions, event_id: str | None) -> None:
        if self._speaking.active:
            raise Fault("conversation_already_has_active_response", "A response is active; cancel it first.")
        metadata = dict(options.metadata or {})
        action = metadata.get("action")
        named = Seen.of_metadata(metadata)
        key = f"{KEY_PREFIX}{event_id or secrets.token_hex(12)}"
        speaks = self.config.speaks
        match action:
            case None if self._answering.pending:
                self._answer(metadata)
            case None:
                self._start(self._sources.current_line, metadata, event_id=event_id)
            case "hint":
                self._start(
                    lambda: self._sources.hint(key, self._seen(named), speaks=speaks), metadata, event_id=event_id
                )
            case "repeat" | "skip":
                self._start(
                    lambda: self._sources.asked(key, action, self._seen(named), speaks=speaks),
                    metadata,
                    event_id=event_id,
                )
            case "pause":
                self._start(lambda: self._sources.pause(self._seen(named)), metadata, event_id=event_id)
            case "resume":
                self._start(lambda: self._sources.resume(speaks=speaks), metadata, event_id=event_id)
            case "end":
                self._start(self._sources.end, metadata, event_id=event_id)
            case _:
                known = "One of hint, repeat, skip, pause, resume and end."
                raise Fault("invalid_value", known, "response.metadata.action")

    def _answer(self, metadata: dict[str, str]) -> None:
        """Answer with everything that was committed or typed since the last answer."""
        answer = self._answering.taken()
        self._answered = self._answered if self._goes_on else self.question
        request = answer.request(self.key, speaks=self.config.speaks)
        named = Seen.of_metadata(metadata)

        async def turn() -> Parts:
            if self._is_over and answer.at_once and answer.item_id is not None:
                self._shown.deleted(answer.item_id)
                async for part in self._sources.current_line():
                    yield part
                return
            asked = msgspec.structs.replace(
                self._seen(named).named_in(request), prepared=await in_time(answer.prepared)
            )
            async for part in self._sources.turn(asked):
                yield part

        self._start(turn, metadata, answer)

    def _seen(self, named: Seen) -> Seen:
        """What the client named, or the last reply that it got. Read when the step begins, after the one before it."""
        return named if named != Seen() else Seen(self._turn_number)

    def _start(
        self,
        source: Source,
        metadata: dict[str, str] | None = None,
        answer: PendingAnswer | None = None,
        *,
        event_id: str | None = None,
    ) -> None:
        self.ladder.broken()
        self._offers = self._thinks = False
        if self._goes_on:
            self._goes_on = False
            self._answering.asked(self.question)
        self._begin(source, metadata, answer, event_id=event_id)

    def _begin(
        self,
        source: Source,
        metadata: dict[str, str] | None = None,
        answer: PendingAnswer | None = None,
        *,
        event_id: str | None = None,
    ) -> None:
        wire = ResponseWire(
            self.emit,
            response_id=f"resp_{secrets.token_hex(12)}",
            item_id=new_item_id(),
            previous_id=self.items.last_id,
            speaks=self.config.speaks,
            metadata=metadata or None,
            audio=msgspec.to_builtins(self.config.audio.output),
        )
        self._speaking.start(wire, self.config.audio.output.format, self._in_order(source), answer, event_id)
        if wire.speaks:
            self._answering.interviewer_began()
        if self._floor is not None:
            self._floor.cancel()

    def _in_order(self, source: Source) -> Source:
        """``source``, which begins when the log has what was heard of the reply before."""

        async def parts() -> Parts:
            await self._heard.settled()
            async with aclosing(source()) as items:
                async for item in items:
                    yield item

        return parts

    async def _noted(self, body: TurnBody, answer: PendingAnswer | None) -> int:
        """The agent has replied: the answer is durable, and its transcript is known."""
        if body.transcript is not None and answer is not None and not answer.transcribed:
            self._transcribed(answer, body.transcript, body)
        response = body.interviewer_response
        self.question = response.question
        self._turn_number = body.turn_number
        if not self._goes_on:
            self._answering.asked(self.question)
        state = await self._ports.sessions.load(self.key)
        if state is not None:
            self._now_is(state.status)
        language = state.language if state is not None else "en"
        self._thinks = body.transcript is not None and asks_for_time(body.transcript.text, language)
        return state.version if state is not None else 0

    def _transcribed(self, answer: PendingAnswer, transcript: TranscriptView, body: TurnBody) -> None:
        """The agent transcribed the recording, or asks again because speech recognition failed for good."""
        if any(fallback.tier == "stt" for fallback in body.fallbacks):
            self._shown.no_transcript(
                answer.item_id, EngineFailed("Speech recognition failed; the answer is asked again.")
            )
        else:
            self._shown.transcript(answer.item_id, transcript.text, transcript.duration_s)

    def _late(self, wire: ResponseWire, reply: dict[str, Any], seq: int) -> None:
        """A response was cancelled before its turn was committed: the client learns of the turn here."""
        if self._is_over and wire.cut_by == "turn_detected":
            # The candidate spoke over a reply that, as is known now, ended the interview. It is said again, by the
            # response to what they said meanwhile if there is one.
            if not self._speaking.active:
                self._start(self._sources.current_line)
            self._say_again = self._speaking.wire
        if self._say_again is not None and self._say_again is self._speaking.wire and not self._say_again.ended:
            self._say_again.replied(reply, seq)
        else:
            self._tell_late(wire, reply, seq)

    def _tell_late(self, wire: ResponseWire, reply: dict[str, Any], seq: int) -> None:
        withdrawn = {"withdrawn": True} if wire.withdrawn else {}
        self._tell({"reply": {**reply, **withdrawn}, "seq": seq})

    def _now_is(self, status: Status) -> None:
        """The interview's status. After its end speech is no answer and interrupts nothing; the client is told."""
        was_over, self._status = self._is_over, status
        if self._is_over and not was_over:
            self._answering.end()
            self._tell({"status": status})

    @property
    def _is_over(self) -> bool:
        return self._status in ("concluded", "expired")

    def _step_failed(self, error: InterviewError, answer: PendingAnswer | None) -> None:
        """A retryable failure keeps the answer: ``response.create`` tries it again under the same key."""
        if isinstance(error, QuestionNotCurrent):
            self._turn_number = error.detail["current"]["turn_number"]  # the error has told the client
        if answer is None:
            return
        if error.retryable:
            self._answering.give_back(answer)
        elif isinstance(error, AudioRejected):
            self._shown.no_transcript(answer.item_id, error)

    def _response_finished(self) -> None:
        wire = self._speaking.wire
        if wire is not None:
            body = self._speaking.body
            text = body.interviewer_response.text if body is not None else wire.said
            self.items.put(reply_item(wire.item_id, text, speaks=wire.speaks))
        self._floor = asyncio.create_task(self._give_floor(self._speaking.audible_until))
        if self._answering.pending and self._answering.pending.at_once and not self._is_over:
            self._answer({})

    async def _give_floor(self, at: float) -> None:
        """The candidate has the floor once the last word has been heard."""
        await asyncio.sleep(max(0.0, at - self._ports.clock()))
        if self._answering.interviewer_ended() and not self._offers:
            self._quiet()

    def _quiet(self) -> None:
        """The candidate has the floor and is silent."""
        if self._status == "active":
            self.ladder.quiet_from(self._ports.clock(), rungs_of(self.question), thinking=self._thinks)

    # --- the candidate's side ------------------------------------------------------------------------------------
    def _interrupted(self, goes_on: bool) -> None:
        """The candidate speaks over the interviewer: only what was heard counts as said."""
        heard, wire = self._speaking.interrupted(goes_on=goes_on), self._speaking.wire
        if goes_on:
            self._goes_on = True
            self._answering.asked(self._answered)
        if not self._speaking.cancel("turn_detected") and heard is not None and wire is not None:
            self.items.put(reply_item(wire.item_id, heard, speaks=True, status="incomplete"))
            if goes_on and wire.reply is not None:
                self._tell_late(wire, *wire.reply)

    def _nothing_was_said(self) -> None:
        """Speech had no words. If it interrupted the interviewer, the interviewer begins again."""
        if self._speaking.active:
            return
        wire = self._speaking.wire
        if wire is not None and wire.heard is not None:
            self._start(self._sources.current_line)
            again = self._speaking.wire
            if wire.withdrawn and wire.reply is not None and again is not None:
                again.replied(*wire.reply)
            elif wire.withdrawn:
                self._say_again = again  # the reply's step still runs
        else:
            self._quiet()

    def _ready(self) -> None:
        if not self._speaking.active:
            self._answer({})

    async def _hear(self, samples: Samples, *, for_its_end: bool = False) -> Transcript:
        key = self.key
        return await self._ports.agent.hear(
            HearRequest(key.tenant, key.interview_id, wav_of(samples), for_its_end=for_its_end)
        )

    async def _think_ahead(self, transcript: Transcript) -> PreparedReply | None:
        key = self.key
        return await self._ports.agent.think_ahead(ThinkAheadRequest(key.tenant, key.interview_id, transcript))

    # --- what clients see ----------------------------------------------------------------------------------------
    def _tell(self, about: dict[str, Any]) -> None:
        shown = {**self._shown_session(resumed=False), "interview": about}
        self.emit({"type": "session.updated", "session": shown})

    def _shown_session(self, resumed: bool) -> dict[str, Any]:
        info = self._ports.detection.info() if self._ports.detection is not None else None
        about = {
            "id": self.key.interview_id,
            "resumed": resumed,
            "status": self._status,
            "shows_text": self.config.interview.shows_text,
            "audio_ms_held": self._answering.audio_ms,
            "audio_ms_received": self._answering.received_ms,
            "question": msgspec.to_builtins(self.question),
            "turn_detection": msgspec.to_builtins(info),
        }
        return {**self.config.shown(self.session_id, self._expires_at), "interview": about}
