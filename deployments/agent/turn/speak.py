"""The interviewer's voice: synthesizes the reply and stores it as a blob; without a voice there is only text."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing

from deployments.agent.config import AgentConfig
from deployments.agent.script.openings import openings
from deployments.agent.script.planned_lines import planned_lines
from deployments.agent.turn.slow_work import Spoken, StandIn
from deployments.agent.turn.spoken_lines import SpokenLines
from deployments.tts.contract import PreparationRequest, Speech, SpeechPart, SynthesisRequest, TextToSpeech
from interview.errors import EngineFailed, InterviewError
from interview.plans.plan import InterviewPlan
from interview.sessions.events import FallbackEntered
from interview.sessions.session import AudioRef
from storage.blobs.layout import stored_audio
from storage.blobs.port import BlobStore

logger = logging.getLogger(__name__)

#: The number of prepared plans that are remembered; the voice keeps more.
MAX_PREPARED_PLANS = 256


class Speaker:
    """``on_repeated`` gets the duration in seconds of each reply whose audio is a copy of an earlier one's."""

    def __init__(
        self,
        tts: TextToSpeech | None,
        blobs: BlobStore,
        config: AgentConfig,
        on_repeated: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._tts = tts
        self._blobs = blobs
        self._lines = SpokenLines(blobs, capacity=config.spoken_lines)
        self._on_repeated = on_repeated
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
        """The reply's audio, complete; ``play`` gets its parts as they are spoken.

        Never raises for a voice's failure: the result holds the error.
        """
        if self._tts is None:
            return Spoken(audio=None)
        request = SynthesisRequest(text=text, format=self._format, language=language, whole=play is not None)
        try:
            if play is None:
                audio = await self._lines.repeated(request, tenant=tenant, interview_id=interview_id, turn=turn)
                if audio is not None:
                    self._on_repeated(audio.duration_s)
                    return Spoken(audio=audio)
            speech = await (self._tts.synthesize(request) if play is None else _played(self._tts, request, play))
            sha256 = hashlib.sha256(speech.audio).hexdigest()
            content_type = speech.content_type
            stored = stored_audio(tenant, interview_id, turn, "interviewer", sha256=sha256, content_type=content_type)
            # Not durable: the text is recorded and can be spoken again, and a durable write costs more CPU.
            await self._blobs.put(stored.path, speech.audio, durable=False)
        except InterviewError as error:
            return Spoken(audio=None, error=error)
        audio = AudioRef(
            url=stored.url,
            content_type=content_type,
            size_bytes=len(speech.audio),
            sha256=sha256,
            duration_s=speech.duration_s,
        )
        if speech.stands_in:
            # Not remembered, so that the preferred voice speaks as soon as it is back.
            return Spoken(audio=audio, stand_in=StandIn(speech.engine, speech.stands_in))
        if play is None:
            self._lines.remember(request, stored.path, audio)
        return Spoken(audio=audio)

    def prepare(self, plan: InterviewPlan, language: str, *, begun: bool) -> None:
        """Synthesize common openings and the plan's lines in the background; otherwise they are spoken when needed.

        Called once for an installed plan, and once more when an interview has ``begun`` with it, which gives its lines
        priority over all other plans'.
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
            found = await tts.prepare(PreparationRequest((*openings(wanted[1]), *planned_lines(plan)), wanted[1]))
        except InterviewError as error:
            logger.warning("the lines of the plan %s are not synthesized ahead: %s", plan.id, error.code)
            self._prepared.pop(wanted, None)
        else:
            logger.info("plan %s: %d sentences are cached, %d are being synthesized", plan.id, found.kept, found.queued)


async def _played(tts: TextToSpeech, request: SynthesisRequest, play: Callable[[SpeechPart], None]) -> Speech:
    """The complete file at the end of a stream; ``play`` gets its parts."""
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
    """The event of an interview that a substitute voice speaks."""
    engine, _, _ = stand_in.engine.partition(" ")
    why = stand_in.reason.partition(". ")[0].rstrip(".")
    return FallbackEntered(turn=turn, tier="tts", to=engine, reason=f"model-missing: {why}.")
