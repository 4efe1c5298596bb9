"""A worker may die anywhere: before and after every single call it makes. The step is then done exactly once."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest

from deployments.agent.config import AgentConfig
from deployments.agent.contract import (
    Agent,
    EndRequest,
    HintRequest,
    PauseRequest,
    ResumeRequest,
    StartRequest,
    StepReply,
    TurnRequest,
)
from deployments.agent.ports import AgentPorts
from deployments.agent.service import AgentService
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.stt.contract import TranscribeRequest, Transcript
from deployments.stt.engines.fake import FakeSpeechToText
from interview.errors import Conflict, EngineUnavailable, ModelMissing, TurnInFlight
from interview.plans.files import load_plan
from interview.plans.plan import PauseRules
from interview.sessions.events import AnswerReceived, Event, GradeRecorded, ResponseSent
from interview.sessions.fold import fold
from interview.sessions.session import AudioRef
from serve.simulation.rehearsal import NotedQueue, Rehearsal, RehearsalStage, WrittenVoice
from storage.sessions.amend import amend
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey, SessionStore
from storage.sessions.redis import RedisSessionStore
from tests.support.paths import TESTS

PLAN = load_plan(TESTS / "data" / "agent" / "short-plan.yaml")
LONG = "I build the billing service of a logistics company together with four other people"
COST = "Every write must also update the index and it takes additional disk space"
#: Four periods of the renewal, and a second.
LEASE_RUNS_OUT_S = 4 * AgentConfig().renew_lease_every_s + 1
RECORDING = b"RIFF: every write must update the index"


class Killed(BaseException):
    """The process is gone; nothing of it runs any more."""


class Process:
    """Dies at its ``die_at``-th call to any port, before or after the call took effect, and stays dead."""

    def __init__(self, die_at: int, *, after: bool) -> None:
        self.calls = 0
        self._die_at = die_at
        self._after = after
        self._dead = False

    def ports(self, ports: AgentPorts) -> AgentPorts:
        wrapped = {name: _Port(getattr(ports, name), self) for name in ("sessions", "blobs", "grading", "stt", "tts")}
        return replace(ports, **wrapped)

    async def call(self, method: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        if self._dead:
            raise Killed
        self.calls += 1
        dies = self.calls == self._die_at
        if dies and not self._after:
            self._dead = True
            raise Killed
        result = await method(*args, **kwargs)
        if dies:
            self._dead = True
            raise Killed
        return result


class _Port:
    def __init__(self, inner: Any, process: Process) -> None:
        self._inner = inner
        self._process = process

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._process.call(method, *args, **kwargs)

        return call


@dataclass
class Stage(RehearsalStage):
    queue: NotedQueue = field(default_factory=NotedQueue)


def new_stage(store: SessionStore, stt: Any = None) -> Stage:
    queue = NotedQueue()
    return Stage(
        sessions=store,
        plan=PLAN,
        grading=GradingService(GradingConfig(), background=queue),
        queue=queue,
        config=AgentConfig(lease_s=30),
        stt=stt or FakeSpeechToText({RECORDING: COST}),
        voice=WrittenVoice(),
    )


async def prepared(stage: Stage, answers: tuple[str, ...]) -> None:
    candidate = stage.rehearsal(voice=True)
    await candidate.start("short-plan")
    for answer in answers:
        await candidate.answer(answer)


TO_THE_LAST_QUESTION = (LONG, COST, "42", "All of its changes happen or none of them does", LONG + " and we agreed")

Step = Callable[[Agent, bool], Awaitable[StepReply]]


def start_step(agent: Agent, _takeover: bool) -> Awaitable[StepReply]:
    return agent.start(
        StartRequest(
            tenant="acme", interview_id="rehearsal", plan="short-plan", consent=True, resume_content="A résumé."
        )
    )


def turn_step(**fields: Any) -> Step:
    request = TurnRequest(tenant="acme", interview_id="rehearsal", idempotency_key="the-one", **fields)
    return lambda agent, takeover: agent.turn(msgspec.structs.replace(request, takeover=takeover))


def hint_step(agent: Agent, _takeover: bool) -> Awaitable[StepReply]:
    return agent.hint(HintRequest(tenant="acme", interview_id="rehearsal", idempotency_key="the-one"))


def end_step(agent: Agent, _takeover: bool) -> Awaitable[StepReply]:
    return agent.end(EndRequest(tenant="acme", interview_id="rehearsal"))


SCENARIOS: dict[str, tuple[tuple[str, ...] | None, Step]] = {
    "start": (None, start_step),
    "typed answer": ((LONG,), turn_step(text=COST)),
    "spoken answer": ((LONG,), turn_step(audio=RECORDING, content_type="audio/wav")),
    "last answer": (TO_THE_LAST_QUESTION, turn_step(text="No, thank you")),
    "hint": ((LONG,), hint_step),
    "end": ((LONG,), end_step),
}


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_step_whose_worker_dies_at_any_call_is_completed_exactly_once(scenario: str) -> None:
    answers, step = SCENARIOS[scenario]
    healthy = new_stage(MemorySessionStore())
    if answers is not None:
        await prepared(healthy, answers)
    counting = Process(0, after=False)
    expected_reply = await step(AgentService(counting.ports(healthy.ports()), healthy.config, healthy.clock), False)
    expected_log = shape(await healthy.log())
    assert counting.calls >= 2
    for die_at in range(1, counting.calls + 1):
        for after in (False, True):
            stage = new_stage(MemorySessionStore())
            if answers is not None:
                await prepared(stage, answers)
            doomed = AgentService(Process(die_at, after=after).ports(stage.ports()), stage.config, stage.clock)
            with pytest.raises(Killed):
                await step(doomed, False)
            where = f"died {'after' if after else 'before'} call {die_at}"
            reply = await step(stage.agent(), True)
            assert shape(await stage.log()) == expected_log, where
            assert without_times(reply.encoded) == without_times(expected_reply.encoded), where
            assert (await step(stage.agent(), False)).encoded == reply.encoded, where
            assert fold(await stage.log()) == await stage.state(), where
            assert bool(stage.queue.evaluated) == bool(healthy.queue.evaluated), where


def shape(log: list[Event]) -> list[tuple[str, int | None]]:
    """The events by turn, without their times."""
    return [(event.type, getattr(event.data, "turn", None)) for event in log]


def without_times(body: bytes) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(body)
    decoded.pop("stage_ms", None)
    return decoded


@pytest.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SessionStore]:
    opened: SessionStore
    if request.param == "memory":
        opened = MemorySessionStore()
    else:
        opened = RedisSessionStore(request.getfixturevalue("redis_url"), prefix=f"crash-{secrets.token_hex(4)}")
    yield opened
    await opened.close()


async def abandoned(stage: Stage, *, key: str = "lost", **answer: Any) -> TurnRequest:
    """An answer that was accepted by a worker that then died."""
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    request = candidate.turn_request(key, **(answer or {"text": COST}))
    # load, commit – and for a recording its note, the plan's vocabulary, speech recognition and the blob in between
    accepting_calls = 2 if request.text is not None else 6
    doomed = AgentService(Process(accepting_calls, after=True).ports(stage.ports()), stage.config, stage.clock)
    with pytest.raises(Killed):
        await doomed.turn(request)
    assert (await stage.state()).pending_answer is not None
    return request


async def test_a_retry_waits_for_the_lease_and_then_resumes(store: SessionStore) -> None:
    stage = new_stage(store)
    request = await abandoned(stage)
    with pytest.raises(TurnInFlight) as caught:
        await stage.agent().turn(request)
    assert caught.value.retry_after_s is not None and caught.value.retry_after_s > 0
    stage.clock.advance(LEASE_RUNS_OUT_S)
    reply = await stage.agent().turn(request)
    assert not reply.replayed
    assert (await stage.state()).turn_number == 2
    assert len([event for event in await stage.log() if isinstance(event.data, AnswerReceived)]) == 2


async def test_a_pause_waits_for_the_lease_of_a_lost_answer_and_no_longer(store: SessionStore) -> None:
    stage = new_stage(store)
    stage.plan = msgspec.structs.replace(PLAN, pauses=PauseRules(at_most=1, days=2))
    await abandoned(stage)
    leave = PauseRequest(tenant="acme", interview_id="rehearsal")
    with pytest.raises(TurnInFlight):
        await stage.agent().pause(leave)
    stage.clock.advance(LEASE_RUNS_OUT_S)
    await stage.agent().pause(leave)
    assert (await stage.state()).status == "paused"
    await stage.agent().resume(ResumeRequest(tenant="acme", interview_id="rehearsal"))
    with pytest.raises(Conflict) as caught:
        await stage.rehearsal().answer("A different answer to that question", key="other")
    assert caught.value.detail["recovered_turn"] == 2, "the lost answer was kept"


async def test_a_spoken_answer_is_resumed_from_its_transcript_and_not_heard_again(store: SessionStore) -> None:
    stt = Recogniser({RECORDING: COST})
    stage = new_stage(store, stt)
    request = await abandoned(stage, audio=RECORDING, content_type="audio/wav")
    reply = await stage.agent().turn(msgspec.structs.replace(request, takeover=True))
    assert msgspec.json.decode(reply.encoded)["transcript"]["text"] == COST
    assert stt.sent == 1


async def test_the_same_answer_under_a_new_key_gets_the_lost_ones_reply(store: SessionStore) -> None:
    stage = new_stage(store)
    request = await abandoned(stage)
    stage.clock.advance(LEASE_RUNS_OUT_S)
    again = msgspec.structs.replace(request, idempotency_key="second")
    reply = await stage.agent().turn(again)
    assert (await stage.state()).turn_number == 2
    for key in ("lost", "second"):
        replay = await stage.agent().turn(msgspec.structs.replace(request, idempotency_key=key))
        assert replay.replayed and replay.encoded == reply.encoded
    assert len([event for event in await stage.log() if isinstance(event.data, GradeRecorded)]) == 1


async def test_another_answer_settles_the_lost_one_and_is_told_to_look_again(store: SessionStore) -> None:
    stage = new_stage(store)
    request = await abandoned(stage)
    other = msgspec.structs.replace(request, idempotency_key="other", text="A different answer to that question")
    with pytest.raises(TurnInFlight):
        await stage.agent().turn(other)
    stage.clock.advance(LEASE_RUNS_OUT_S)
    with pytest.raises(Conflict) as caught:
        await stage.agent().turn(other)
    assert caught.value.detail["recovered_turn"] == 2
    state = await stage.state()
    assert state.turn_number == 2 and state.pending_answer is None
    assert not any(turn.content == other.text for turn in state.conversation_history)
    reply = await stage.agent().turn(msgspec.structs.replace(other, idempotency_key="next", text="42"))
    assert msgspec.json.decode(reply.encoded)["turn_number"] == 3
    assert (await stage.agent().turn(request)).replayed


class Recogniser(FakeSpeechToText):
    """Transcribes only while ``error`` is None, and counts the recordings it was sent."""

    error: EngineUnavailable | None = None
    sent = 0

    async def transcribe(self, request: TranscribeRequest) -> Transcript:
        self.sent += 1
        if self.error is not None:
            raise self.error
        return await super().transcribe(request)


async def test_a_recording_is_sent_to_speech_recognition_once_and_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stt = Recogniser({RECORDING: COST})
    stage = new_stage(MemorySessionStore(), stt)
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    hashed: list[bytes] = []
    real = hashlib.sha256

    def counting(data: bytes = b"") -> Any:
        hashed.append(data)
        return real(data)

    monkeypatch.setattr(hashlib, "sha256", counting)
    monkeypatch.setattr("deployments.stt.engines.fake._sentence", lambda seed: "made up")
    await candidate.speak(RECORDING)
    assert stt.sent == 1
    assert hashed.count(RECORDING) == 1


async def test_an_answer_that_an_earlier_release_accepted_without_its_transcript_is_asked_for_again() -> None:
    stage = new_stage(MemorySessionStore())
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    audio = AudioRef(
        url="/session/audio/rehearsal/1-candidate-00.wav", content_type="audio/wav", size_bytes=1, sha256="0"
    )
    received = AnswerReceived(turn=1, idempotency_key="lost", audio=audio)
    await amend(stage.sessions, SessionKey("acme", "rehearsal"), lambda _: (received,), now=stage.clock.now)
    with pytest.raises(Conflict):
        await candidate.answer(LONG)
    state = await stage.state()
    assert state.pending_answer is None and state.fallbacks == 1
    assert state.conversation_history[-1].question_type == "clarification"


async def test_a_transcription_that_fails_once_can_be_retried_at_once(store: SessionStore) -> None:
    stt = Recogniser({RECORDING: COST})
    stage = new_stage(store, stt)
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    stt.error = EngineUnavailable("A replica was lost.")
    with pytest.raises(EngineUnavailable):
        await candidate.speak(RECORDING, key="spoken")
    stt.error = None
    body = await candidate.speak(RECORDING, key="spoken")
    assert body["transcript"]["text"] == COST
    assert body["turn_number"] == 2


async def test_recognition_that_is_down_accepts_nothing_and_blocks_no_typed_answer(store: SessionStore) -> None:
    stt = Recogniser({RECORDING: COST})
    stage = new_stage(store, stt)
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    stt.error = EngineUnavailable("The tier is away.")
    with pytest.raises(EngineUnavailable):
        await candidate.speak(RECORDING, key="spoken")
    state = await stage.state()
    assert state.pending_answer is None and state.turn_number == 1
    await candidate.answer(COST)
    assert (await stage.state()).grades[-1].question_id == "index-cost"


async def test_a_missing_model_asks_again_instead_of_failing_for_ever(store: SessionStore) -> None:
    class Missing(FakeSpeechToText):
        async def transcribe(self, request: TranscribeRequest) -> Transcript:
            raise ModelMissing("The weights are not here.")

    stage = new_stage(store, Missing())
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    body = await candidate.speak(RECORDING)
    assert body["interviewer_response"]["action"]["action_type"] in ("clarify", "new_question")
    assert body["fallbacks"][0]["tier"] == "stt"


async def test_a_caller_that_goes_away_in_the_middle_can_come_back_at_once(store: SessionStore) -> None:
    reached = asyncio.Event()

    class Endless(GradingService):
        async def grade(self, request: Any) -> Any:
            reached.set()
            await asyncio.Event().wait()

    stage = new_stage(store)
    candidate = stage.rehearsal()
    await candidate.start("short-plan")
    await candidate.answer(LONG)
    request = candidate.turn_request("cut", text=COST)
    healthy, stage.grading = stage.grading, Endless(GradingConfig())
    turn = asyncio.create_task(stage.agent().turn(request))
    await reached.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    stage.grading = healthy
    reply = await stage.agent().turn(request)
    assert msgspec.json.decode(reply.encoded)["turn_number"] == 2


async def test_a_lost_answer_does_not_hold_back_the_end(store: SessionStore) -> None:
    stage = new_stage(store)
    request = await abandoned(stage)
    await Rehearsal(stage.agent()).end()
    state = await stage.state()
    assert state.status == "concluded" and state.pending_answer is None
    with pytest.raises(Conflict):
        await stage.agent().turn(request)
    sent = [event.data.turn for event in await stage.log() if isinstance(event.data, ResponseSent)]
    assert sent == [0, 1]
