"""The interviewer's side of a conversation: one response at a time, cut when it is interrupted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from deployments.agent.contract import Done, Sentence, SpokenPart, TurnBody, TurnPart
from deployments.tts.contract import SynthesisRequest, TextToSpeech
from interview.errors import InternalError, InterviewError
from interview.text.sentences import sentences_of
from serve.http.realtime.audio_formats import SPOKEN_HZ, AudioFormat, Encoder, Samples, SpeechReader, decoded
from serve.http.realtime.faults import fault_of
from serve.http.realtime.pending_answer import PendingAnswer
from serve.http.realtime.playback import Playback
from serve.http.realtime.wire import CancelReason, ResponseWire
from storage.blobs.layout import path_of_url
from storage.blobs.port import BlobStore
from storage.sessions.port import SessionKey

logger = logging.getLogger(__name__)


class Line(Struct, frozen=True):
    """An utterance of the interviewer that is in the log already, to be said again."""

    text: str
    language: str
    audio_url: str | None = None
    seq: int | None = None


#: The parts of a response, in order; ``Done`` or ``Line`` is the last one.
Source = Callable[[], AsyncGenerator[TurnPart | Line, None]]


@dataclass(frozen=True)
class SpeechSources:
    """Where speech comes from that does not come with a response."""

    key: SessionKey
    blobs: BlobStore
    tts: TextToSpeech | None
    lead_s: float

    async def speech(self, text: str, audio_url: str | None, language: str) -> Samples | None:
        """The stored or a new recording of ``text``; None when there is no voice."""
        try:
            if audio_url:
                data = await self.blobs.get(path_of_url(self.key.tenant, self.key.interview_id, audio_url))
                return await asyncio.to_thread(decoded, data)
            if self.tts is None:
                return None
            speech = await self.tts.synthesize(SynthesisRequest(text, format="wav", language=language))
            return await asyncio.to_thread(decoded, speech.audio)
        except InterviewError as error:
            logger.warning("a response of the interviewer is text only: %s", error.code)
            return None


class Finished(Struct, frozen=True):
    """A step's reply."""

    body: TurnBody


Part = Sentence | SpokenPart | Finished | Line | InterviewError


class Speaking:
    """At most one active response.

    ``noted`` is told of each reply and its answer before the response ends, also when it was cancelled, and returns
    the reply's ``seq``; ``late`` gets a response that was cancelled before its turn was committed, the reply and its
    ``seq``; ``failed`` is told of each failure; ``audible`` that the first sound of a response is sent.
    ``heard`` gets an utterance, its captions that were heard, and whether that is certain also of a candidate who can
    read the rest.
    """

    def __init__(
        self,
        emit: Callable[[dict[str, Any]], None],
        sources: SpeechSources,
        noted: Callable[[TurnBody, PendingAnswer | None], Awaitable[int]],
        late: Callable[[ResponseWire, dict[str, Any], int], None],
        failed: Callable[[InterviewError, PendingAnswer | None], None],
        finished: Callable[[], None],
        audible: Callable[[], None],
        heard: Callable[[str, str, bool], None],
        received_ms: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        self._emit = emit
        self._sources = sources
        self._noted = noted
        self._late = late
        self._failed = failed
        self._finished = finished
        self._audible = audible
        self._heard = heard
        self._received_ms = received_ms
        self._clock = clock
        self._one_step = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.wire: ResponseWire | None = None
        self.playback: Playback | None = None
        self.body: TurnBody | None = None

    @property
    def active(self) -> bool:
        return self.wire is not None and not self.wire.ended

    @property
    def audible_until(self) -> float:
        """When, on the clock, the last word sent will have been heard."""
        return self.playback.ends_at if self.playback is not None and self.playback.sent_s else self._clock()

    def start(
        self,
        wire: ResponseWire,
        form: AudioFormat,
        source: Source,
        answer: PendingAnswer | None,
        event_id: str | None = None,
    ) -> None:
        """Begin a response, to ``answer`` or to the client's event ``event_id`` if it is one; none may be active."""
        self.wire = wire
        self.body = None
        self.playback = Playback(
            wire,
            Encoder(form),
            lead_s=self._sources.lead_s,
            clock=self._clock,
            received_ms=self._received_ms,
            began=self._audible,
        )
        wire.begin()
        self._task = self._kept(self._respond(wire, self.playback, source, answer, event_id))

    def cancel(self, reason: CancelReason) -> bool:
        """End the active response here and now; its turn is committed all the same. False when none is active."""
        if self.wire is None or self.playback is None or self.wire.ended:
            return False
        self.wire.cut_by = reason
        self.wire.end(
            "cancelled",
            text=self.playback.heard_words(self.playback.heard_s) if self.wire.speaks else None,
            details={"reason": reason},
        )
        if self._task is not None:
            self._task.cancel()
        return True

    def interrupted(self, heard_s: float | None = None, *, goes_on: bool = False) -> str | None:
        """The candidate heard the first ``heard_s`` seconds of the latest response (None: what was played by now) and
        no more. ``goes_on``: with the answer to which it replies. Returns the captions of it; None when the response is
        not spoken, or was sent to its end and either heard to its end or sent to no live microphone."""
        wire, playback = self.wire, self.playback
        if wire is None or playback is None or not wire.speaks:
            return None
        played = playback.heard_s >= playback.sent_s or not playback.is_live
        if heard_s is None and wire.ended and wire.heard is None and played:
            return None
        wire.heard = playback.heard_words(playback.heard_s if heard_s is None else heard_s)
        wire.withdrawn = wire.withdrawn or goes_on
        self._note_heard(wire)
        return wire.heard

    def _note_heard(self, wire: ResponseWire) -> None:
        if wire.whole is not None and wire.heard is not None:
            self._heard(wire.whole, wire.heard, wire.withdrawn)

    async def settled(self) -> None:
        """Wait until no step of the agent runs."""
        async with self._one_step:
            pass

    async def stop(self) -> None:
        """Let running steps of the agent finish."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _kept(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _respond(
        self,
        wire: ResponseWire,
        playback: Playback,
        source: Source,
        answer: PendingAnswer | None,
        event_id: str | None,
    ) -> None:
        parts: asyncio.Queue[Part] = asyncio.Queue()
        self._kept(self._read(wire, source, parts, answer, event_id))
        reader = SpeechReader()
        while True:
            part = await parts.get()
            match part:
                case Sentence(text=text):
                    if not wire.speaks:
                        wire.words(text)
                case SpokenPart():
                    playback.caption(part.caption, part.duration_s)
                    await playback.play(reader.feed(part.audio, part.content_type))
                case Finished():
                    await self._end(wire, playback, reader, part.body)
                    break
                case Line():
                    wire.whole = part.text
                    await self._say(wire, playback, part.text, part.audio_url, part.language)
                    if wire.end("completed", text=part.text, seq=part.seq) is not None and wire.speaks:
                        self._heard(part.text, part.text, True)  # an interruption of the first time is made good
                    break
                case InterviewError():
                    self._broken(wire, part)
                    break
        self._finished()

    async def _read(
        self,
        wire: ResponseWire,
        source: Source,
        parts: asyncio.Queue[Part],
        answer: PendingAnswer | None,
        event_id: str | None,
    ) -> None:
        """Reads a step to its end, also when its response was cancelled."""
        async with self._one_step:
            try:
                async with aclosing(source()) as items:
                    async for item in items:
                        if isinstance(item, Done):
                            body = item.reply.body
                            seq = await self._noted(body, answer)
                            wire.replied(_shown(body), seq)
                            wire.whole = body.interviewer_response.text
                            self._note_heard(wire)
                            if wire.ended:
                                self._late(wire, _shown(body), seq)
                            parts.put_nowait(Finished(body))
                        else:
                            parts.put_nowait(item)
            except InterviewError as error:
                self._step_failed(wire, parts, error, answer, event_id)
            except Exception:
                logger.exception("a response of a realtime session failed unexpectedly")
                failure = InternalError("Internal error. The operator's log has details.")
                self._step_failed(wire, parts, failure, answer, event_id)

    def _step_failed(
        self,
        wire: ResponseWire,
        parts: asyncio.Queue[Part],
        error: InterviewError,
        answer: PendingAnswer | None,
        event_id: str | None,
    ) -> None:
        parts.put_nowait(error)
        self._failed(error, answer)
        if wire.ended:  # cancelled: its ``response.done`` could not tell
            asked_by = answer.item_id if answer is not None else event_id
            self._emit({"type": "error", "error": fault_of(error, asked_by)})

    async def _end(self, wire: ResponseWire, playback: Playback, reader: SpeechReader, body: TurnBody) -> None:
        self.body = body
        response = body.interviewer_response
        if wire.speaks:
            await playback.play(await asyncio.to_thread(reader.finish))
            if not playback.sent_s:
                language = body.session_state.language if body.session_state is not None else "en"
                await self._say(wire, playback, response.text, response.audio_url, language)
            playback.finish()
        elif len(wire.said) < len(response.text):
            wire.words(response.text[len(wire.said) :].strip())
        wire.end("completed", text=response.text)

    async def _say(
        self, wire: ResponseWire, playback: Playback, text: str, audio_url: str | None, language: str
    ) -> None:
        samples = await self._sources.speech(text, audio_url, language) if wire.speaks else None
        if samples is None:
            wire.words(text)
            return
        for sentence, share in _shares(text):
            count = round(share * len(samples))
            playback.caption(sentence, count / SPOKEN_HZ)
            await playback.play(samples[:count])
            samples = samples[count:]
        await playback.play(samples)
        playback.finish()

    def _broken(self, wire: ResponseWire, error: InterviewError) -> None:
        fault = fault_of(error)
        kind = {"type": str(fault["type"]), "code": str(fault["code"]), "message": error.message}
        wire.end("failed", details={"error": kind})
        self._emit({"type": "error", "error": fault})


def _shown(body: TurnBody) -> dict[str, Any]:
    """The reply as clients see it: the fields of the HTTP reply."""
    shown: dict[str, Any] = msgspec.to_builtins(body.interviewer_response)
    return {**shown, "turn_number": body.turn_number, "fallbacks": msgspec.to_builtins(body.fallbacks)}


def _shares(text: str) -> list[tuple[str, float]]:
    """Each sentence, and its share of what is left of a recording, by length: a whole file has no captions."""
    sentences = [sentence for sentence in sentences_of(text) if sentence.strip()]
    left = sum(map(len, sentences))
    shares = []
    for sentence in sentences:
        shares.append((sentence, len(sentence) / left))
        left -= len(sentence)
    return shares
