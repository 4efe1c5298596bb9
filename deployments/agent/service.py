"""The agent without Ray: steps composed over ports. Its only state is a cache of decoded plans."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Coroutine
from typing import Any

from deployments.agent.config import AgentConfig
from deployments.agent.contract import (
    EndRequest,
    HearRequest,
    HintRequest,
    Notice,
    PauseRequest,
    PreparedReply,
    ResumeRequest,
    StartRequest,
    StepReply,
    ThinkAheadRequest,
    ToolRequest,
    TurnPart,
    TurnRequest,
)
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.ports import AgentPorts, Clock
from deployments.agent.steps.end import EndStep
from deployments.agent.steps.hint import HintStep
from deployments.agent.steps.pause import PauseStep, ResumeStep
from deployments.agent.steps.start import StartStep
from deployments.agent.streaming.heard_so_far import HeardSoFar
from deployments.agent.streaming.streamed_turn import streamed
from deployments.agent.tools.registry import TOOLS
from deployments.agent.tools.tool_context import ToolContext
from deployments.agent.turn.hear import hear_part
from deployments.agent.turn.runtime import Runtime
from deployments.agent.turn.think_ahead import think_ahead
from deployments.agent.turn.turn import TurnStep
from deployments.stt.contract import Transcript
from deployments.tts.contract import CONTENT_TYPES
from interview.errors import InterviewError


class AgentService:
    """``contract.Agent`` over ``ports``. Any instance can serve any step of any interview."""

    def __init__(self, ports: AgentPorts, config: AgentConfig | None = None, clock: Clock | None = None) -> None:
        self._runtime = Runtime.over(ports, config, clock)
        self._start = StartStep(self._runtime)
        self._turn = TurnStep(self._runtime)
        self._hint = HintStep(self._runtime)
        self._pause = PauseStep(self._runtime)
        self._resume = ResumeStep(self._runtime)
        self._end = EndStep(self._runtime)
        self._unheard: set[asyncio.Task[StepReply]] = set()

    async def start(self, request: StartRequest) -> StepReply:
        times = StageTimes()
        return await self._observed("start", self._start.run(request, times), times)

    async def notice(self, request: StartRequest) -> Notice:
        return await self._start.notice(request)

    async def turn(self, request: TurnRequest) -> StepReply:
        times = StageTimes()
        return await self._observed("turn", self._turn.run(request, times), times)

    def turn_stream(self, request: TurnRequest) -> AsyncGenerator[TurnPart, None]:
        times = StageTimes()

        def step(heard_so_far: HeardSoFar) -> Coroutine[Any, Any, StepReply]:
            return self._observed("turn", self._turn.run(request, times, heard_so_far), times)

        streams_audio = request.stream_audio and request.voice
        audio_type = CONTENT_TYPES[self._runtime.config.reply_audio_format] if streams_audio else ""
        return streamed(step, self._unheard, audio_type=audio_type)

    async def hear(self, request: HearRequest) -> Transcript:
        return await hear_part(self._runtime, request)

    async def think_ahead(self, request: ThinkAheadRequest) -> PreparedReply | None:
        return await think_ahead(self._runtime, request)

    async def hint(self, request: HintRequest) -> StepReply:
        times = StageTimes()
        return await self._observed("hint", self._hint.run(request, times), times)

    async def pause(self, request: PauseRequest) -> StepReply:
        times = StageTimes()
        return await self._observed("pause", self._pause.run(request, times), times)

    async def resume(self, request: ResumeRequest) -> StepReply:
        times = StageTimes()
        return await self._observed("resume", self._resume.run(request, times), times)

    async def end(self, request: EndRequest) -> StepReply:
        times = StageTimes()
        return await self._observed("end", self._end.run(request, times), times)

    def prepare_voice(self) -> None:
        """Synthesize the installed plans' lines in the background; repeats only after a failure."""
        plans = self._runtime.ports.plans
        for plan_id in plans.ids():
            plan = plans.get(plan_id)
            if plan is not None:
                self._runtime.speaker.prepare(plan, plan.language, begun=False)

    async def tools(self) -> list[dict[str, Any]]:
        return TOOLS.described()

    async def call_tool(self, request: ToolRequest) -> dict[str, Any]:
        tool = TOOLS.get(request.name)
        desk = ToolContext(tenant=request.tenant, runtime=self._runtime, steps=self)
        return await tool.call(desk, request.arguments)

    async def ready(self) -> None:
        """Raises StorageUnavailable when no step could run now."""
        await self._runtime.ports.sessions.ping()

    async def _observed(self, step: str, work: Awaitable[StepReply], times: StageTimes) -> StepReply:
        try:
            reply = await work
        except InterviewError as error:
            self._runtime.ports.observer.step_finished(step, error.code, times.snapshot())
            raise
        self._runtime.ports.observer.step_finished(
            step, "replayed" if reply.replayed else times.outcome, reply.stage_ms
        )
        return reply
