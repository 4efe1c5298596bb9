"""The interviewer's voice: synthesizes the reply and stores it as a blob; without a voice there is only text."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from deployments.agent.config import AgentConfig
from deployments.agent.script.openings import openings
from deployments.agent.script.planned_lines import planned_lines
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.agent.turn.growing_speech import GrowingSpeech
from deployments.agent.turn.slow_work import Spoken, StandIn
from deployments.agent.turn.spoken_lines import SpokenLines
from deployments.tts.contract import PreparationRequest, SynthesisRequest, TextToSpeech
from interview.errors import InterviewError
from interview.plans.plan import InterviewPlan
from interview.sessions.events import TEXT_ONLY, FallbackEntered
from interview.sessions.session import AudioRef, SessionState
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
        growing: GrowingSpeech | None = None,
    ) -> Spoken:
        """The reply's audio, complete; ``growing`` has been speaking it for a listener.

        Never raises for a voice's failure: the result holds the error.
        """
        if self._tts is None:
            return Spoken(audio=None)
        request = SynthesisRequest(text=text, format=self._format, language=language)
        try:
            if growing is None:
                audio = await self._lines.repeated(request, tenant=tenant, interview_id=interview_id, turn=turn)
                if audio is not None:
                    self._on_repeated(audio.duration_s)
                    return Spoken(audio=audio)
            speech = await (self._tts.synthesize(request) if growing is None else growing.finished())
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
        if growing is None:
            self._lines.remember(request, stored.path, audio)
        return Spoken(audio=audio)

    @asynccontextmanager
    async def growing(self, heard_so_far: HeardSoFar | None, language: str) -> AsyncIterator[GrowingSpeech | None]:
        """Speaks each sentence of ``heard_so_far`` from its release on; None if the listener asked for no audio."""
        if self._tts is None or heard_so_far is None or heard_so_far.play is None:
            yield None
            return
        speech = GrowingSpeech(self._tts, self._format, language, heard_so_far.play)
        heard_so_far.speak = speech.say
        try:
            yield speech
        finally:
            heard_so_far.speak = None
            await speech.close()

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


def voice_fallback(turn: int, error: InterviewError) -> FallbackEntered:
    return FallbackEntered(turn=turn, tier="tts", to=TEXT_ONLY, reason=f"{error.code}: {error.message}")


def spoken_fallback(state: SessionState, turn: int, spoken: Spoken) -> FallbackEntered | None:
    """The event of a voice that failed, or of a substitute that has not been recorded as speaking this interview."""
    if spoken.error is not None:
        return voice_fallback(turn, spoken.error)
    if spoken.stand_in is None:
        return None
    engine, _, _ = spoken.stand_in.engine.partition(" ")
    if engine == state.substitute_voice:
        return None
    why = spoken.stand_in.reason.partition(". ")[0].rstrip(".")
    return FallbackEntered(turn=turn, tier="tts", to=engine, reason=f"model-missing: {why}.")
