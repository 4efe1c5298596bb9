"""A candidate with the unmodified OpenAI Agents SDK: holds the interview at URL by voice and prints what was said.

Runs in .venv-clients. SPEECH is a directory with raw PCM at 24 kHz: ``noise.pcm``, and one file for each answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from agents.realtime import RealtimeAgent, RealtimePlaybackTracker, RealtimeRunner, RealtimeSession
from agents.realtime.model_inputs import RealtimeModelSendRawMessage

SPEECH = Path(os.environ["SPEECH"])
NOISE = (SPEECH / "noise.pcm").read_bytes()
ANSWERS = [path.read_bytes() for path in sorted(SPEECH.glob("answer-*.pcm"))]
TICK = 960  # 20 ms
FASTER = 8.0


class Microphone:
    """Ticks of 20 ms, faster than real time: speech, or noise."""

    def __init__(self, session: RealtimeSession) -> None:
        self._session = session
        self._rest = b""

    def say(self, speech: bytes) -> None:
        self._rest += NOISE * (48_000 // len(NOISE)) + speech

    async def run(self) -> None:
        while True:
            tick, self._rest = self._rest[:TICK], self._rest[TICK:]
            await self._session.send_audio(tick + NOISE[: TICK - len(tick)])
            await asyncio.sleep(0.02 / FASTER)


async def main() -> None:
    runner = RealtimeRunner(RealtimeAgent(name="candidate", instructions="Have no effect here."))
    # Without it the SDK takes audio to be heard in real time, and tells the server that hardly any was.
    played = RealtimePlaybackTracker()
    config: Any = {"url": os.environ["URL"], "api_key": os.environ["KEY"], "playback_tracker": played}
    heard, said, errors, history, answers = [], [], [], 0, iter(ANSWERS)
    async with await runner.run(model_config=config) as session:
        microphone = Microphone(session)
        await session.model.send_event(RealtimeModelSendRawMessage(message={"type": "response.create"}))
        sending = asyncio.create_task(microphone.run())
        async for event in session:
            if event.type == "error":
                errors.append(str(event.error))
            elif event.type == "audio":
                played.on_play_bytes(event.item_id, event.content_index, event.audio.data)
            elif event.type == "history_added":
                history += 1
            elif event.type == "raw_model_event" and event.data.type == "raw_server_event":
                server = event.data.data
                if server["type"] == "conversation.item.input_audio_transcription.completed":
                    heard.append(server["transcript"])
                elif server["type"] == "response.done":
                    said.append(server["response"]["output"][0]["content"][0]["transcript"])
                    if not server["response"].get("interview", {}).get("should_continue", True):
                        break
                    microphone.say(next(answers, ANSWERS[-1]))
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    json.dump({"heard": heard, "said": said, "errors": errors, "history": history}, sys.stdout)


asyncio.run(main())
