"""A candidate with the unmodified OpenAI plugin of LiveKit Agents: as agents_sdk.py, in .venv-livekit."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
from livekit import rtc
from livekit.plugins.openai.realtime import RealtimeModel

SPEECH = Path(os.environ["SPEECH"])
NOISE = (SPEECH / "noise.pcm").read_bytes()
ANSWERS = [path.read_bytes() for path in sorted(SPEECH.glob("answer-*.pcm"))]
TICK = 960  # 20 ms
FASTER = 4.0


class Microphone:
    """Ticks of 20 ms, faster than real time: speech, or noise."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._rest = b""

    def say(self, speech: bytes) -> None:
        self._rest += NOISE * (48_000 // len(NOISE)) + speech

    async def run(self) -> None:
        while True:
            tick, self._rest = self._rest[:TICK], self._rest[TICK:]
            tick += NOISE[: TICK - len(tick)]
            self._session.push_audio(rtc.AudioFrame(tick, 24_000, 1, TICK // 2))
            await asyncio.sleep(0.02 / FASTER)


async def main() -> None:
    heard: list[str] = []
    said: list[str] = []
    errors: list[str] = []
    over, answers, tasks = asyncio.Event(), iter(ANSWERS), set[Any]()
    async with aiohttp.ClientSession() as http:
        model = RealtimeModel(base_url=os.environ["URL"], api_key=os.environ["KEY"], http_session=http)
        session = model.session()
        microphone = Microphone(session)

        async def listen(generation: Any) -> None:
            async for message in generation.message_stream:
                words = "".join([str(text) async for text in message.text_stream])
                spoken = sum([frame.samples_per_channel async for frame in message.audio_stream])
                if not spoken:
                    errors.append("a reply without audio")
                said.append(words)

        def began(generation: Any) -> None:
            task = asyncio.create_task(listen(generation))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        def transcribed(event: Any) -> None:
            if event.is_final:
                heard.append(event.transcript)

        async def next_answer(interview: dict[str, Any]) -> None:
            while tasks - {asyncio.current_task()}:
                await asyncio.sleep(0.01)
            if interview.get("should_continue", True):
                microphone.say(next(answers, ANSWERS[-1]))
            else:
                over.set()

        done: set[Any] = set()

        def raw(event: Any) -> None:
            if event["type"] == "response.done":
                done.add(asyncio.create_task(next_answer(event["response"].get("interview") or {})))

        session.on("generation_created", began)
        session.on("input_audio_transcription_completed", transcribed)
        session.on("error", lambda event: errors.append(str(event.error)))
        session.on("openai_server_event_received", raw)
        await session.generate_reply()
        sending = asyncio.create_task(microphone.run())
        await over.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await session.aclose()
        await model.aclose()
    json.dump({"heard": heard, "said": said, "errors": errors}, sys.stdout)


asyncio.run(main())
