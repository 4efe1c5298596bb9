"""Scenarios of a spoken interview in virtual time: a real conversation and agent, and a candidate from a script.

A scenario (``tests/data/realtime``) is a list of steps:

- ``ask``: the candidate's client asks for the interviewer's line and plays so many seconds of it.
- ``say``: so many seconds of speech, whose ``words`` are recognised; ``breaks_off``: and heard to break off.
  ``finished`` is what the end-of-turn model thinks of the pauses from here on.
- ``silence``: so many seconds of it.
- ``cancel``: the client cancels the response.
- ``voice``: from here on the first sound of fresh speech takes so many seconds.
- ``expect``: an event, within ``within_ms`` of silence; ``where`` are parts of it. ``absent`` must not come before it.
- ``absent`` alone: events that do not come ``for_s``.
- ``log`` (events and their number), ``history`` (beginnings of utterances), ``first`` (the first one) and
  ``repeats`` (words of the last one) compare the agent's side. ``comes_back``: whether the last one says that it
  returns to a question.
"""

from __future__ import annotations

import asyncio
import base64
import io
import wave
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from deployments.agent.contract import StartRequest
from deployments.agent.pins.plan_catalogue import InstalledPlans
from deployments.stt.contract import EngineInfo, TranscribeRequest, Transcript
from deployments.tts.contract import (
    Preparation,
    PreparationRequest,
    Speech,
    SpeechPart,
    SynthesisRequest,
    TtsInfo,
)
from deployments.turn_detection.contract import FRAME_SAMPLES, Samples, TurnDetectionInfo
from interview.errors import AudioRejected
from interview.languages.language import language_of
from interview.plans.files import load_plan
from serve.http.interviews.agent_calls import StepCaller
from serve.http.interviews.live_interviews import LiveInterviews
from serve.http.interviews.pauses import Pauses
from serve.http.limits.interviews import InterviewLimits
from serve.http.realtime.client_events import AudioAppend, ResponseCancel, ResponseCreate, SessionUpdate
from serve.http.realtime.conversation import Conversation, ConversationPorts
from serve.http.realtime.outbox import Outbox
from serve.http.realtime.session_config import SessionConfig
from serve.http.settings import CallerLimits
from storage.sessions.port import SessionKey
from tests.support.paths import TESTS
from tests.support.realtime import AT_ONCE, application_ports

KEY = SessionKey("acme", "i-1")
TICK_S = 0.02
HZ = 24_000
CHARS_PER_S = 5.0
LOUD = 8_000
#: One tick of 300 Hz.
TONE = (LOUD * np.sin(2 * np.pi * 300 * np.arange(round(HZ * TICK_S)) / HZ)).astype(np.int16)


class SteadyVoice:
    """Speaks five characters a second, clause by clause, after ``delay_s``."""

    def __init__(self) -> None:
        self.delay_s = 0.0

    async def synthesize(self, request: SynthesisRequest) -> Speech:
        seconds = len(request.text) / CHARS_PER_S
        return Speech(_wav(seconds), "audio/wav", seconds, "steady", "plain")

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        yield SpeechPart(_wav(0.0))
        await asyncio.sleep(self.delay_s)
        for clause in request.text.replace(", ", ",\n").replace(". ", ".\n").split("\n"):
            seconds = len(clause) / CHARS_PER_S
            yield SpeechPart(bytes(2 * round(seconds * HZ)), seconds, caption=clause)
        if request.whole:
            yield SpeechPart(b"", speech=await self.synthesize(request))

    async def prepare(self, request: PreparationRequest) -> Preparation:
        return Preparation(kept=0, queued=0)

    async def info(self) -> TtsInfo:
        return TtsInfo(name="steady")


class Loudness:
    """``VoiceActivity``: loud frames are speech."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.int16)

    def feed(self, samples: Samples) -> list[float]:
        audio = np.concatenate([self._rest, samples])
        whole = len(audio) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = audio[whole:]
        return [float(np.abs(frame).max() > LOUD // 4) for frame in audio[:whole].reshape(-1, FRAME_SAMPLES)]


class ScriptedEars:
    """``SpeechToText``: every recording has the ``words``; ``breaks_off``: a prompt makes it write that."""

    def __init__(self) -> None:
        self.words = ""
        self.breaks_off = False

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        if not self.words:
            raise AudioRejected("No speech was heard.")
        words = f"{self.words.rstrip('.')}..." if self.breaks_off and request.prompt else self.words
        return Transcript(words, "en", 1.0, (), 0.95, await self.info(), speech_s=1.0)

    async def info(self) -> EngineInfo:
        return EngineInfo("scripted", "scenario")


class ScriptedModel:
    """``TurnDetection``; the scenario says what it thinks."""

    def __init__(self) -> None:
        self.likelihood: float | None = None

    def info(self) -> TurnDetectionInfo:
        return TurnDetectionInfo("loudness", "scripted")

    def voice_activity(self) -> Loudness:
        return Loudness()

    async def finished(self, turn: Samples) -> float | None:
        return self.likelihood


class NotedOutbox(Outbox):
    """Keeps the events with their times."""

    def __init__(self) -> None:
        super().__init__(1 << 40)
        self.seen: list[tuple[float, dict[str, Any]]] = []

    def put(self, event: dict[str, Any]) -> None:
        self.seen.append((asyncio.get_running_loop().time(), event))


class Stage:
    """The interview begins with ``question``. ``only``: and ends after it."""

    def __init__(self, directory: Path, question: str, *, only: bool = False) -> None:
        plan = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
        first, *others = plan.phases
        others = [] if only else others
        others = [replace(phase, core=tuple(name for name in phase.core if name != question)) for phase in others]
        plans = InstalledPlans({plan.id: replace(plan, phases=(replace(first, core=(question,)), *others))})
        self.model = ScriptedModel()
        self.ears = ScriptedEars()
        self.voice = SteadyVoice()
        self.ports = application_ports(directory, stt=self.ears, tts=self.voice, plans=plans)
        self.settings = replace(AT_ONCE, lead_s=0.5)
        self.outbox = NotedOutbox()
        self._loud: list[bool] = []

    async def play(self, steps: list[dict[str, Any]]) -> None:
        loop = asyncio.get_running_loop()
        await self.ports.agent.start(StartRequest("acme", "i-1", "short-plan", consent=True))
        agent = StepCaller(self.ports.agent, max_in_flight=8)
        limits = InterviewLimits(self.ports.slots, self.ports.rates, CallerLimits(), self.ports.session_ttl_s)
        live = LiveInterviews(agent, self.ports.sessions, limits)
        ports = ConversationPorts(
            agent=agent,
            pauses=Pauses(live, None),
            live=live,
            sessions=self.ports.sessions,
            blobs=self.ports.blobs,
            tts=self.ports.tts,
            detection=self.model,
            settings=self.settings,
            clock=loop.time,
        )
        self.conversation = Conversation(ports, KEY, SessionConfig())
        await self.conversation.attach(self.outbox, 0, resumed=False)
        self.mark = 0
        for number, step in enumerate(steps, start=1):
            try:
                await self.step(dict(step))
            except AssertionError as error:
                raise AssertionError(f"step {number}, {step}: {error}") from error
        await self.conversation.stop()

    async def step(self, step: dict[str, Any]) -> None:
        kind, value = next(iter(step.items()))
        match kind:
            case "ask":
                self.conversation.handle(ResponseCreate())
                await self.pass_time(value)
                self.mark = len(self.outbox.seen)
            case "set":
                self.conversation.handle(SessionUpdate(session=value))
            case "say":
                self.mark = len(self.outbox.seen)
                self.ears.words = step.get("words", "")
                self.ears.breaks_off = step.get("breaks_off", False)
                self.model.likelihood = step.get("finished", self.model.likelihood)
                await self.pass_time(value, loud=True)
            case "silence":
                await self.pass_time(value)
            case "cancel":
                self.conversation.handle(ResponseCancel())
            case "voice":
                self.voice.delay_s = value
            case "expect":
                await self.expect(value, step.get("where", {}), step["within_ms"], step.get("absent", []))
            case "absent":
                await self.pass_time(step["for_s"])
                kinds = {event["type"] for _, event in self.outbox.seen[self.mark :]}
                assert not kinds & set(value), kinds
            case "log":
                kinds_of_log = [event.type for event in await self.ports.sessions.events(KEY)]
                found = {name: kinds_of_log.count(name) for name in value}
                assert found == value, kinds_of_log
            case "history":
                state = await self.ports.sessions.load(KEY)
                assert state is not None
                said = [f"{turn.role}: {turn.content}" for turn in state.conversation_history]
                assert len(said) == len(value), said
                for one, start in zip(said, value, strict=True):
                    assert one.startswith(start), (one, start)
            case "first":
                state = await self.ports.sessions.load(KEY)
                assert state is not None
                assert state.conversation_history[0].content == value
            case "repeats":
                state = await self.ports.sessions.load(KEY)
                assert state is not None
                assert value in state.conversation_history[-1].content
            case "comes_back":
                state = await self.ports.sessions.load(KEY)
                assert state is not None
                last = state.conversation_history[-1].content
                assert any(lead in last for lead in language_of(state.language).script.back_to) is value, last
            case _:
                raise ValueError(f"there is no step {kind!r}")

    async def pass_time(self, seconds: float, *, loud: bool = False) -> None:
        for _ in range(round(seconds / TICK_S)):
            await self.tick(loud)

    async def tick(self, loud: bool) -> None:
        samples = TONE if loud else np.zeros_like(TONE)
        self.conversation.handle(AudioAppend(audio=base64.b64encode(samples.tobytes()).decode()))
        self._loud.append(loud)
        if len(self._loud) % round(1 / TICK_S) == 0:
            self.conversation.tick()
        await asyncio.sleep(TICK_S)

    async def expect(self, kind: str, where: dict[str, Any], within_ms: int, absent: list[str]) -> None:
        for _ in range(round(within_ms / 1000 / TICK_S) + 1):
            for place, (_, event) in enumerate(self.outbox.seen[self.mark :], start=self.mark):
                assert event["type"] not in absent, event
                if event["type"] == kind and _holds(event, where):
                    self.mark = place + 1
                    return
            await self.tick(False)
        kinds = [event["type"] for _, event in self.outbox.seen[self.mark :]]
        raise AssertionError(f"{kind} {where} did not come within {within_ms} ms, only {kinds}")


def _holds(event: Any, where: Any) -> bool:
    if isinstance(where, dict):
        return isinstance(event, dict) and all(_holds(event.get(name), part) for name, part in where.items())
    return bool(event == where)


def _wav(seconds: float) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(HZ)
        wav.writeframes(bytes(2 * round(seconds * HZ)))
    return file.getvalue()
