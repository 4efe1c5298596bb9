"""The interviewer's voice: synthesise the reply and keep it as a blob; without a voice the text stands alone."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing

from deployments.agent.config import AgentConfig
from deployments.agent.script.planned_lines import planned_lines
from deployments.agent.turn.slow_work import Spoken, StandIn
from deployments.tts.contract import PreparationRequest, Speech, SpeechPart, SynthesisRequest, TextToSpeech
from interview.errors import EngineFailed, InterviewError
from interview.plans.plan import InterviewPlan
from interview.sessions.events import FallbackEntered
from interview.sessions.session import AudioRef
from storage.blobs.layout import stored_audio
from storage.blobs.port import BlobStore

logger = logging.getLogger(__name__)

#: The voice keeps more; a plan asked for again after these is only looked up.
MAX_PREPARED_PLANS = 256


class Speaker:
    def __init__(self, tts: TextToSpeech | None, blobs: BlobStore, config: AgentConfig) -> None:
        self._tts = tts
        self._blobs = blobs
        self._format = config.reply_audio_format
        self._prepared: OrderedDict[tuple[str, str, bool], None] = OrderedDict()
        self._asking: set[asyncio.Task[None]] = set()

    async def speak(
        self,
        text: str,
        *,
        tenant: str,
        interview_id: str,
        turn: int,
        language: str,
        play: Callable[[SpeechPart], None] | None = None,
    ) -> Spoken:
        """The reply's audio, complete; ``play`` hears its parts as they are spoken.

        Never raises for a voice's failure: the result says what went wrong.
        """
        if self._tts is None:
            return Spoken(audio=None)
        request = SynthesisRequest(text=text, format=self._format, language=language, whole=play is not None)
        try:
            speech = await (self._tts.synthesize(request) if play is None else _played(self._tts, request, play))
            sha256 = hashlib.sha256(speech.audio).hexdigest()
            content_type = speech.content_type
            stored = stored_audio(tenant, interview_id, turn, "interviewer", sha256=sha256, content_type=content_type)
            # The text is on record and can be spoken again: half a millisecond of CPU less than a durable write.
            await self._blobs.put(stored.path, speech.audio, durable=False)
        except InterviewError as error:
            return Spoken(audio=None, error=error)
        return Spoken(
            audio=AudioRef(
                url=stored.url,
                content_type=content_type,
                size_bytes=len(speech.audio),
                sha256=sha256,
                duration_s=speech.duration_s,
            ),
            stand_in=StandIn(speech.engine, speech.stands_in) if speech.stands_in else None,
        )

    def prepare(self, plan: InterviewPlan, language: str, *, begun: bool) -> None:
        """Have the plan's words spoken ahead, in the background; without it they are spoken when needed.

        Asked once for an installed plan, and once more when an interview has ``begun`` with it, which puts its words
        before those of all other plans.
        """
        wanted = (plan.digest, language, begun)
        if self._tts is None or wanted in self._prepared:
            return
        self._prepared[wanted] = None
        while len(self._prepared) > MAX_PREPARED_PLANS:
            self._prepared.popitem(last=False)
        asking = asyncio.create_task(self._prepare(self._tts, plan, wanted))
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    async def _prepare(self, tts: TextToSpeech, plan: InterviewPlan, wanted: tuple[str, str, bool]) -> None:
        try:
            found = await tts.prepare(PreparationRequest(planned_lines(plan), wanted[1]))
        except InterviewError as error:
            logger.warning("the words of the plan %s are not spoken ahead: %s", plan.id, error.code)
            self._prepared.pop(wanted, None)
        else:
            logger.info("plan %s: %d sentences are kept, %d are spoken ahead", plan.id, found.kept, found.queued)


async def _played(tts: TextToSpeech, request: SynthesisRequest, play: Callable[[SpeechPart], None]) -> Speech:
    """The complete file at the end of a stream whose parts ``play`` hears."""
    async with aclosing(tts.stream(request)) as parts:
        async for part in parts:
            if part.speech is not None:
                return part.speech
            if part.audio:
                play(part)
    raise EngineFailed("The voice's stream ended without its file.")


def voice_fallback(turn: int, error: InterviewError) -> FallbackEntered:
    return FallbackEntered(turn=turn, tier="tts", to="text only", reason=f"{error.code}: {error.message}")


def stand_in_noted(turn: int, stand_in: StandIn) -> FallbackEntered:
    """The event of an interview that another voice speaks than the one that was wanted."""
    engine, _, _ = stand_in.engine.partition(" ")
    why = stand_in.reason.partition(". ")[0].rstrip(".")
    return FallbackEntered(turn=turn, tier="tts", to=engine, reason=f"model-missing: {why}.")
