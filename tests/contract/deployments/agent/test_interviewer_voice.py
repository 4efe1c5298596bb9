"""The interviewer's voice: parts while it speaks, the complete file as a blob, plans spoken ahead, stand-ins noted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from deployments.agent.contract import Done, Sentence, SpokenPart, TurnPart
from deployments.agent.ports import SilentObserver
from deployments.agent.script.openings import openings
from deployments.agent.script.planned_lines import planned_lines
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.tts.config import TtsConfig
from deployments.tts.contract import CONTENT_TYPES, PreparationRequest, SpeechPart, SynthesisRequest
from deployments.tts.engines.fake import FakeSpeechEngine
from deployments.tts.service import TtsService
from interview.errors import EngineUnavailable
from interview.plans.files import load_plan
from interview.sessions.events import FallbackEntered
from serve.simulation.rehearsal import MemoryBlobs, NotedQueue, RehearsalStage, WrittenVoice
from storage.blobs.layout import path_of_url
from storage.sessions.memory import MemorySessionStore
from tests.support.paths import ROOT

PLAN = load_plan(ROOT / "tests" / "data" / "agent" / "short-plan.yaml")
LONG = "I build the billing service of a logistics company together with four other people"


class SlowFake(FakeSpeechEngine):
    """A fake that says it is slow, as neural voices are."""

    slow = True


@pytest.fixture
async def voice(tmp_path: Path) -> AsyncIterator[TtsService]:
    service = TtsService(TtsConfig(engine="fake", kept_directory=str(tmp_path)), SlowFake())
    yield service
    await service.close()


def stage_with(voice: object) -> RehearsalStage:
    return RehearsalStage(
        sessions=MemorySessionStore(),
        plan=PLAN,
        grading=GradingService(GradingConfig(), background=NotedQueue()),
        blobs=MemoryBlobs(),
        voice=voice,  # type: ignore[arg-type]
    )


async def told(stage: RehearsalStage, **fields: object) -> list[TurnPart]:
    candidate = stage.rehearsal(voice=True)
    await candidate.start("short-plan")
    request = candidate.turn_request(text=LONG, **fields)
    return [part async for part in candidate.agent.turn_stream(request)]


async def test_a_listener_hears_each_sentence_and_the_complete_file_is_kept(voice: TtsService) -> None:
    stage = stage_with(voice)
    parts = await told(stage, stream_audio=True)
    assert isinstance(parts[-1], Done)
    state = await stage.state()
    reply = state.conversation_history[-1]
    heard = [part for part in parts if isinstance(part, SpokenPart)]
    assert [part.index for part in heard] == list(range(len(heard)))
    assert len(heard) >= 2
    assert " ".join(part.caption for part in heard) == reply.content
    assert {part.content_type for part in heard} == {CONTENT_TYPES["wav"]}
    assert reply.audio_url is not None
    kept = await stage.blobs.get(path_of_url("acme", "rehearsal", reply.audio_url))
    assert kept[44:] == b"".join(part.audio for part in heard)[44:]
    assert int.from_bytes(kept[40:44], "little") == len(kept) - 44


async def test_who_did_not_ask_for_parts_gets_none(voice: TtsService) -> None:
    parts = await told(stage_with(voice))
    assert all(isinstance(part, Sentence | Done) for part in parts)
    silent = await told(stage_with(voice), stream_audio=True, voice=False)
    assert all(isinstance(part, Sentence | Done) for part in silent)


class BreakingVoice(WrittenVoice):
    """Fails after the first word of a stream."""

    async def stream(self, request: SynthesisRequest) -> AsyncGenerator[SpeechPart, None]:
        yield SpeechPart(b"one", 0.1, caption="one")
        raise EngineUnavailable("The voice is down.")


async def test_a_voice_that_breaks_off_leaves_the_reply_in_text() -> None:
    stage = stage_with(BreakingVoice())
    parts = await told(stage, stream_audio=True)
    assert [part.caption for part in parts if isinstance(part, SpokenPart)] == ["one"]
    assert isinstance(parts[-1], Done)
    fallbacks = [event.data for event in await stage.log() if isinstance(event.data, FallbackEntered)]
    assert [(found.tier, found.to) for found in fallbacks] == [("tts", "text only")]


async def test_the_plans_words_are_spoken_ahead_once(voice: TtsService) -> None:
    stage = stage_with(voice)
    agent = stage.agent()
    for name in ("first", "second"):
        candidate = replace(stage.rehearsal(voice=True), agent=agent, interview_id=name)
        await candidate.start("short-plan", candidate_name="Ada")
    while not voice.ahead.queued:
        await asyncio.sleep(0)
    await voice.ahead.drained()
    found = await voice.prepare(PreparationRequest(planned_lines(PLAN)))
    assert found.queued == 0
    assert found.kept > len(PLAN.questions)


async def test_a_voice_that_was_away_is_asked_again_for_the_installed_plans() -> None:
    voice = WrittenVoice()
    voice.down = True
    agent = stage_with(voice).agent()
    agent.prepare_voice()
    while agent._runtime.speaker._asking:
        await asyncio.sleep(0)
    assert voice.prepared == ()
    voice.down = False
    for _ in range(2):
        agent.prepare_voice()
        while agent._runtime.speaker._asking:
            await asyncio.sleep(0)
    assert voice.prepared == (*openings("en"), *planned_lines(PLAN))


def test_planned_words_hold_every_question_and_nothing_of_a_candidate() -> None:
    lines = planned_lines(PLAN)
    assert all(any(question.prompt in line for line in lines) for question in PLAN.questions)
    assert PLAN.closing.strip() in lines
    assert not any("{" in line for line in lines)


class Failures(SilentObserver):
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def fallback_entered(self, tier: str, to: str) -> None:
        self.seen.append((tier, to))


class StandInEngine(FakeSpeechEngine):
    stands_in = "The weights of kokoro-82m-int8 are not on this machine. Get them."


async def test_an_interview_notes_once_that_another_voice_speaks() -> None:
    voice = TtsService(TtsConfig(engine="fake"), StandInEngine())
    stage = stage_with(voice)
    failures = stage.observer = Failures()
    candidate = stage.rehearsal(voice=True)
    body = await candidate.start("short-plan")
    assert body["fallbacks"] == [{"tier": "tts", "to": "fake"}]
    (noted,) = [event.data for event in await stage.log() if isinstance(event.data, FallbackEntered)]
    assert noted.reason == "model-missing: The weights of kokoro-82m-int8 are not on this machine."
    assert not (await candidate.answer(LONG)).get("fallbacks")
    assert (await stage.state()).fallbacks == 1
    assert failures.seen == [], "no call failed"
    await voice.close()


async def test_a_voice_that_fails_is_counted() -> None:
    voice = WrittenVoice()
    stage = stage_with(voice)
    failures = stage.observer = Failures()
    candidate = stage.rehearsal(voice=True)
    voice.down = True
    assert (await candidate.start("short-plan"))["fallbacks"] == [{"tier": "tts", "to": "text only"}]
    await candidate.answer(LONG)
    assert failures.seen == [("tts", "text only")] * 2


async def test_a_voice_that_is_replaced_during_the_interview_is_noted_once() -> None:
    engine = FakeSpeechEngine()
    voice = TtsService(TtsConfig(engine="fake", kept_bytes=0), engine)
    stage = stage_with(voice)
    candidate = stage.rehearsal(voice=True)
    assert not (await candidate.start("short-plan")).get("fallbacks")
    engine.stands_in = StandInEngine.stands_in
    body = await candidate.answer(LONG)
    assert body["fallbacks"] == [{"tier": "tts", "to": "fake"}]
    assert not (await candidate.answer(LONG)).get("fallbacks")
    state = await stage.state()
    assert (state.fallbacks, state.substitute_voice) == (1, "fake")
    await voice.close()
