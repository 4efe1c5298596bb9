"""A candidate with the unmodified OpenAI realtime service of Pipecat: as agents_sdk.py, in .venv-clients.

Pipecat's events leave out the fields that this server adds, so the program asks STATE, the interview's state over
HTTP, with the key API_KEY whether the interview is over.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import aiohttp
from loguru import logger
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InputAudioRawFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

SPEECH = Path(os.environ["SPEECH"])
NOISE = (SPEECH / "noise.pcm").read_bytes()
ANSWERS = [path.read_bytes() for path in sorted(SPEECH.glob("answer-*.pcm"))]
HZ = 24_000
TICK = 4_800  # 100 ms: each frame passes every processor of the pipeline
FASTER = 8.0

logger.remove()
logger.add(sys.stderr, level="WARNING")


class Told:
    """What both sides said, and the errors; ``replied`` has one entry for each reply."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.said: list[str] = []
        self.errors: list[str] = []
        self.replied: asyncio.Queue[None] = asyncio.Queue()


class Ear(FrameProcessor):
    """Before the service: the transcripts of the candidate's answers travel upstream."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            self._told.heard.append(frame.text)
        await self.push_frame(frame, direction)


class Speaker(FrameProcessor):
    """In place of a transport's output: plays at once, and says so as a transport does."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self._words = ""
        self._audio = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        match frame:
            case TTSAudioRawFrame():
                if not self._audio:
                    await self.push_frame(BotStartedSpeakingFrame(), FrameDirection.UPSTREAM)
                self._audio += len(frame.audio)
            case TTSTextFrame():
                self._words += frame.text
            case TTSStoppedFrame():
                await self.push_frame(BotStoppedSpeakingFrame(), FrameDirection.UPSTREAM)
            case LLMFullResponseEndFrame() if self._words:
                if not self._audio:
                    self._told.errors.append("a reply without audio")
                self._told.said.append(self._words)
                self._words, self._audio = "", 0
                self._told.replied.put_nowait(None)
            case _:
                pass
        await self.push_frame(frame, direction)


async def speak(worker: PipelineWorker, told: Told) -> None:
    """Ticks of 100 ms, faster than real time: noise, and an answer after each reply until the interview is over."""
    rest, answers = b"", iter(ANSWERS)
    headers = {"Authorization": f"Bearer {os.environ['API_KEY']}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        while True:
            if not told.replied.empty():
                told.replied.get_nowait()
                async with http.get(os.environ["STATE"]) as reply:
                    if (await reply.json())["status"] != "active":
                        break
                rest += NOISE * (2 * HZ // len(NOISE)) + next(answers, ANSWERS[-1])
            tick, rest = rest[:TICK], rest[TICK:]
            tick += (NOISE * (TICK // len(NOISE)))[: TICK - len(tick)]
            await worker.queue_frame(InputAudioRawFrame(audio=tick, sample_rate=HZ, num_channels=1))
            await asyncio.sleep(0.1 / FASTER)
    await worker.cancel()


async def main() -> None:
    told, context = Told(), LLMContext()
    service = OpenAIRealtimeLLMService(api_key=os.environ["KEY"], base_url=os.environ["URL"])
    aggregators = LLMContextAggregatorPair(context)
    pipeline = Pipeline([aggregators.user(), Ear(told), service, Speaker(told), aggregators.assistant()])
    worker = PipelineWorker(
        pipeline, params=PipelineParams(audio_in_sample_rate=HZ, audio_out_sample_rate=HZ), enable_rtvi=False
    )

    @worker.event_handler("on_pipeline_error")
    async def failed(_: PipelineWorker, frame: Frame) -> None:
        told.errors.append(str(frame))
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await worker.queue_frame(LLMContextFrame(context))  # the service asks for the first reply
    speaking = asyncio.create_task(speak(worker, told))
    await runner.run()
    speaking.cancel()
    await asyncio.gather(speaking, return_exceptions=True)
    json.dump({"heard": told.heard, "said": told.said, "errors": told.errors}, sys.stdout)


asyncio.run(main())
