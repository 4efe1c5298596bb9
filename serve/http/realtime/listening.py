"""Listens to one candidate: their audio on one clock, voice activity, turns, and transcripts of the parts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from deployments.stt.contract import Transcript
from deployments.turn_detection.contract import FRAME_MS, TurnDetection, VoiceActivity
from interview.errors import InterviewError
from interview.plans.questions import QuestionCard
from interview.turn_taking.brevity import expects_more_than_a_word, is_brief
from interview.turn_taking.completeness import breaks_off, is_unfinished
from interview.turn_taking.profiles import PauseProfile, plain_silence, profile_of, scaled
from interview.turn_taking.stories import expects_a_story, lacks_its_result
from interview.turn_taking.thinking import asks_for_time
from interview.turn_taking.turns import Gate, MayEnd, Outcome, Paused, Turns
from serve.http.realtime.answer_audio import PAD_MS, AnswerAudio, PartTranscripts
from serve.http.realtime.audio_formats import AudioFormat, Decoder, Pcm, Samples
from serve.http.realtime.session_config import SemanticVad, ServerVad
from serve.http.realtime.session_config import TurnDetection as Detection
from serve.http.realtime.thinking_ahead import ThinkingAhead

#: Audio kept before a beginning of speech, so that its first sound is not cut; server_vad may change it.
PREFIX_MS = 300
#: How far below the threshold a frame must be to count as silence (Silero's own hysteresis).
HYSTERESIS = 0.15


class Listening:
    """``happened`` gets what the turns' state machine finds, ``told`` the words of final parts of an answer."""

    def __init__(
        self,
        models: TurnDetection | None,
        hear: Callable[[Samples], Awaitable[Transcript]],
        hear_end: Callable[[Samples], Awaitable[Transcript]],
        happened: Callable[[Outcome], None],
        told: Callable[[str], None],
        ahead: ThinkingAhead,
    ) -> None:
        self._models = models
        self._hear = hear
        self._hear_end = hear_end
        self._happened = happened
        self._told = told
        self.ahead = ahead
        self._decoder = Decoder(Pcm())
        self._clock_ms = 0
        self._judging: set[asyncio.Task[None]] = set()
        self._speech = False
        self._frames = 0
        self._activity: VoiceActivity | None = None
        self.audio = AnswerAudio()
        self.parts = PartTranscripts(hear, told)
        self.turns: Turns | None = None
        self._story = self._open = self._over = False
        self.detection: Detection | None = None

    def configure(self, form: AudioFormat, detection: Detection | None, question: QuestionCard | None) -> None:
        """Begin with these settings, or change to them: what was heard is kept."""
        self._decoder = Decoder(form)
        self.detection = detection
        if detection is None or self._models is None or self._over:
            self.turns = self._activity = None
        elif self.turns is None:
            self.turns = Turns()
            self._activity = self._models.voice_activity()
            self._speech, self._frames = False, 0
            self._clock_ms = self.audio.end_ms
        self.asked(question)

    def asked(self, question: QuestionCard | None) -> None:
        """Another question is open: its type decides how long a pause may be."""
        self._story, self._open = expects_a_story(question), expects_more_than_a_word(question)
        if self.turns is not None and self.detection is not None:
            self.turns.profile = _profile(self.detection, question)
            self.turns.gate = Gate(enabled=self.detection.interrupt_response)

    def seconds(self, data: bytes) -> float:
        """How long a piece of the client's audio is, without taking it."""
        return self._decoder.seconds(data)

    def take_in(self, data: bytes) -> None:
        samples = self._decoder.feed(data)
        self.audio.append(samples)
        if self._over and self.detection is not None:
            self.audio.drop_before(self.audio.end_ms)  # a microphone goes on after the end
        if self.turns is None or self._activity is None:
            return
        for probability in self._activity.feed(samples):
            self._frames += 1
            self._frame(self.turns, probability, self._clock_ms + self._frames * FRAME_MS)
        if self.turns.state == "idle" and self.turns.over_since is None:
            self.audio.drop_before(self.audio.end_ms - self._prefix_ms)

    def answered(self) -> Samples:
        """The audio of the answer that is now taken; listening goes on."""
        self.audio.append(self._decoder.finish())
        taken = self.audio.take()
        self.parts = PartTranscripts(self._hear, self._told)
        if self.turns is not None:
            self.turns.taken()
        return taken

    def end(self) -> None:
        """The interview is over: speech is no answer, and interrupts nothing."""
        self._over = True
        self.turns = self._activity = None
        self.ahead.stop()

    def close(self) -> None:
        self.ahead.stop()
        for task in self._judging:
            task.cancel()

    def _frame(self, turns: Turns, probability: float, at_ms: int) -> None:
        threshold = self.detection.threshold if isinstance(self.detection, ServerVad) else 0.5
        self._speech = probability >= (threshold - HYSTERESIS if self._speech else threshold)
        for outcome in turns.heard(at_ms, FRAME_MS, speech=self._speech):
            if isinstance(outcome, Paused):
                self._pause(turns, outcome)
            elif isinstance(outcome, MayEnd) and self.ahead.enabled:
                self.ahead.begin(partial(self.parts.whole, self.audio, outcome.at_ms))
            self._happened(outcome)
        if turns.state == "speaking":
            self.ahead.stop()

    def _pause(self, turns: Turns, paused: Paused) -> None:
        said = self.audio.between(self.parts.begins_ms(self.audio), paused.at_ms + PAD_MS).copy()
        words = self.parts.paused(self.audio, paused.at_ms)
        if turns.profile.is_plain:
            return  # the client named the silence
        self._kept(self._judge(turns, paused.at_ms))
        if words is not None:
            self._kept(self._read(turns, self.parts, paused.at_ms, words, said))

    def _kept(self, work: Coroutine[Any, Any, None]) -> None:
        judging = asyncio.create_task(work)
        self._judging.add(judging)
        judging.add_done_callback(self._judging.discard)

    async def _read(
        self, turns: Turns, parts: PartTranscripts, at_ms: int, words: asyncio.Task[Transcript | None], said: Samples
    ) -> None:
        await asyncio.wait([words])
        if words.cancelled() or words.exception() is not None:
            return  # the answer's end transcribes again, and says so
        heard = words.result()
        if heard is None:
            whole, failure = await heard_or_none(parts.whole(self.audio, at_ms))
            if whole is None and failure is None:
                turns.read_nothing(at_ms)
            return
        if asks_for_time(heard.text, heard.language):
            turns.thinks(at_ms)
        unfinished, untold, brief = is_unfinished(heard.text, heard.language), False, False
        whole_matters = self._story or (self._open and is_brief(heard.text, heard.language))
        if whole_matters and not unfinished and turns.state == "paused":  # a resumed answer has another tail
            whole, _ = await heard_or_none(parts.whole(self.audio, at_ms))
            if whole is not None:
                untold = self._story and lacks_its_result(whole.text, whole.language)
                brief = unfinished is not None and is_brief(whole.text, whole.language)
        turns.read(at_ms, unfinished=unfinished, untold=untold, brief=brief)
        if unfinished is False and turns.state == "paused" and await self._breaks_off(said):
            turns.read(at_ms, unfinished=True, untold=untold, brief=brief)

    async def _breaks_off(self, said: Samples) -> bool:
        """Whether speech recognition, asked for it, hears the last sentence of ``said`` as broken off."""
        heard, _ = await heard_or_none(self._hear_end(said))
        return heard is not None and breaks_off(heard.text)

    async def _judge(self, turns: Turns, at_ms: int) -> None:
        if self._models is not None:
            likelihood = await self._models.finished(self.audio.samples())
            if likelihood is not None:
                turns.judged(at_ms, likelihood)

    @property
    def _prefix_ms(self) -> int:
        return self.detection.prefix_padding_ms if isinstance(self.detection, ServerVad) else PREFIX_MS


def _profile(detection: Detection, question: QuestionCard | None) -> PauseProfile:
    match detection:
        case ServerVad(silence_duration_ms=None):
            return profile_of(question)
        case ServerVad(silence_duration_ms=silence_ms):
            return plain_silence((silence_ms or 0) / 1000)
        case SemanticVad(eagerness=eagerness):
            return scaled(profile_of(question), eagerness)


async def heard_or_none(whole: Awaitable[Transcript | None]) -> tuple[Transcript | None, InterviewError | None]:
    """The transcript, or the failure for which the turn transcribes the recording itself."""
    try:
        return await whole, None
    except InterviewError as error:
        return None, error
