"""The candidate's side of a conversation: audio and typed text become one pending answer."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from deployments.stt.contract import Transcript
from deployments.turn_detection.contract import TurnDetection
from interview import retries
from interview.errors import AudioRejected
from interview.plans.questions import QuestionCard
from interview.turn_taking.turns import Interrupted, MayEnd, Outcome, Paused, SpeechStarted, TurnEnded, TurnResumed
from serve.http.realtime.announcements import Announcer
from serve.http.realtime.audio_formats import Samples
from serve.http.realtime.client_items import new_item_id
from serve.http.realtime.faults import Fault
from serve.http.realtime.intake import Intake
from serve.http.realtime.items import user_item
from serve.http.realtime.listening import Listening, heard_or_none
from serve.http.realtime.pending_answer import PendingAnswer
from serve.http.realtime.session_config import InputAudio
from serve.http.realtime.thinking_ahead import ThinkingAhead
from serve.http.settings import RealtimeSettings

#: Shorter audio is no answer (the rule of the Realtime API).
MIN_COMMIT_MS = 100


@dataclass(frozen=True)
class AnsweringEvents:
    """What happens on the candidate's side.

    ``spoke``: speech began; ``interrupted``: it cuts the interviewer's, true if it goes on with the answer before;
    ``ready``: an ended answer is to be given at once; ``nothing``: what sounded like speech had no words.
    """

    spoke: Callable[[], None]
    interrupted: Callable[[bool], None]
    ready: Callable[[], None]
    nothing: Callable[[], None]


class Answering:
    """Collects one answer at a time; ``taken`` hands it over."""

    def __init__(
        self,
        settings: RealtimeSettings,
        detection: TurnDetection | None,
        hear: Callable[[Samples], Awaitable[Transcript]],
        hear_end: Callable[[Samples], Awaitable[Transcript]],
        ahead: ThinkingAhead,
        emit: Callable[[dict[str, Any]], None],
        shown: Announcer,
        events: AnsweringEvents,
    ) -> None:
        self.pending = PendingAnswer()
        self._settings = settings
        self._emit = emit
        self._shown = shown
        self._events = events
        self._ending: asyncio.Task[None] | None = None
        self._creates_response = False
        self._item_id = new_item_id()
        self._listening = Listening(
            detection, hear, hear_end, self._happened, lambda words: shown.caption(self._item_id, words), ahead
        )
        self.intake = self._new_intake()

    @property
    def audio_ms(self) -> int:
        """The audio that is held and not committed."""
        return self._listening.audio.length_ms

    @property
    def received_ms(self) -> int:
        """All audio since the session began: a client that comes back sends what follows."""
        return self._listening.audio.end_ms

    @property
    def listens(self) -> bool:
        """Whether voice activity decides when an answer begins and ends."""
        return self._listening.turns is not None

    def connected(self) -> None:
        """Another connection has a budget of its own."""
        self.intake = self._new_intake()

    def configure(self, audio: InputAudio, question: QuestionCard | None) -> None:
        self._creates_response = audio.turn_detection is not None and audio.turn_detection.create_response
        self._listening.configure(audio.format, audio.turn_detection, question)

    def asked(self, question: QuestionCard | None) -> None:
        self._listening.asked(question)

    def end(self) -> None:
        """The interview is over. An answer that was being spoken is dropped, and the client told."""
        self._stop_ending()
        turns = self._listening.turns
        self._listening.end()
        if turns is not None and turns.state != "idle":
            stopped = {"audio_end_ms": self._listening.audio.end_ms, "item_id": self._item_id}
            self._emit({"type": "input_audio_buffer.speech_stopped", **stopped})
            self.clear()

    def stop(self) -> None:
        self._stop_ending()
        self._listening.close()

    # --- client events -------------------------------------------------------------------------------------------
    def append(self, audio: str) -> None:
        """Raises Fault: not base64, too fast, or too long an answer; nothing of it is taken."""
        try:
            data = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Fault("invalid_value", "Audio is sent in base64.", "audio") from error
        seconds = self._listening.seconds(data)
        if (self.pending.audio_ms + self.audio_ms) / 1000 + seconds > self._settings.max_answer_s:
            raise Fault("input_audio_buffer_full", "The answer is too long: give it, or clear the buffer.", "audio")
        self.intake.audio(seconds)
        self._listening.take_in(data)

    def commit(self) -> None:
        """Raises Fault: there is no audio, or the answer was begun in writing."""
        if self.audio_ms < MIN_COMMIT_MS:
            raise Fault("input_audio_buffer_commit_empty", f"An answer has at least {MIN_COMMIT_MS} ms of audio.")
        self.pending.check_speech()
        self._stop_ending()
        self._take_answer()

    def clear(self, item_id: str | None = None) -> None:
        """Drop the audio. With ``item_id`` the next spoken item has this id, so that a repeated answer has its key."""
        self._stop_ending()
        self._listening.ahead.stop()
        self._listening.answered()
        self._item_id = item_id or new_item_id()
        self._emit({"type": "input_audio_buffer.cleared"})

    # --- the interviewer's side ----------------------------------------------------------------------------------
    def taken(self) -> PendingAnswer:
        """Everything that was committed or typed since the last answer."""
        answer, self.pending = self.pending, PendingAnswer()
        return answer

    def give_back(self, answer: PendingAnswer) -> None:
        """An answer that could not be given: it is given with the next one."""
        answer.at_once = False
        self.pending = answer.later(self.pending)

    def interviewer_began(self) -> None:
        if self._listening.turns is not None:
            self._listening.turns.interviewer_began(self._listening.audio.end_ms)

    def interviewer_audible(self) -> None:
        """The first sound of the interviewer's utterance is sent."""
        if self._listening.turns is not None:
            self._listening.turns.interviewer_audible(self._listening.audio.end_ms)

    def interviewer_ended(self) -> bool:
        """Whether it is quiet now: the candidate does not speak already."""
        turns = self._listening.turns
        if turns is None:
            return True
        for outcome in turns.interviewer_ended(self._listening.audio.end_ms):
            self._happened(outcome)
        return turns.state == "idle"

    # --- listening -----------------------------------------------------------------------------------------------
    def _happened(self, outcome: Outcome) -> None:
        match outcome:
            case SpeechStarted(at_ms=at_ms) | TurnResumed(at_ms=at_ms):
                self._stop_ending()
                self._events.spoke()
                self._emit(
                    {"type": "input_audio_buffer.speech_started", "audio_start_ms": at_ms, "item_id": self._item_id}
                )
            case Interrupted(goes_on=goes_on):
                self._events.interrupted(goes_on)
            case TurnEnded(at_ms=at_ms):
                self._emit(
                    {"type": "input_audio_buffer.speech_stopped", "audio_end_ms": at_ms, "item_id": self._item_id}
                )
                self._ending = asyncio.create_task(self._end_of_turn(at_ms))
            case Paused() | MayEnd():
                pass  # listening judges, transcribes and prepares

    def _stop_ending(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    async def _end_of_turn(self, at_ms: int) -> None:
        """The tail is transcribed; then the answer is taken. Until then speech resumes it."""
        transcript, failure = await heard_or_none(self._listening.parts.whole(self._listening.audio, at_ms))
        self._ending = None
        if transcript is None and failure is None:
            self._take_nothing()
            return
        if failure is not None:
            retries.tried_again("stt", "whole-answer")
        self._take_answer(transcript)
        if self._creates_response:
            self.pending.at_once = True
            self._events.ready()

    def _take_answer(self, transcript: Transcript | None = None) -> None:
        item_id, self._item_id = self._item_id, new_item_id()
        prepared = self._listening.ahead.taken()
        self.pending.speak(item_id, self._listening.answered(), transcript, prepared)
        self._shown.committed(item_id)
        self._shown.added(user_item(item_id, transcript=transcript.text if transcript else None))
        if transcript is not None:
            self._shown.transcript(item_id, transcript.text, transcript.duration_s)

    def _take_nothing(self) -> None:
        """What sounded like speech had no words: it is no answer."""
        item_id, self._item_id = self._item_id, new_item_id()
        self._listening.ahead.stop()
        self._listening.answered()
        self._shown.committed(item_id)
        self._shown.added(user_item(item_id))
        self._shown.no_transcript(item_id, AudioRejected("No speech was heard."))
        self._events.nothing()

    def _new_intake(self) -> Intake:
        settings = self._settings
        return Intake(
            audio_rate=settings.audio_rate, audio_burst_s=settings.audio_burst_s, events_per_s=settings.events_per_s
        )
