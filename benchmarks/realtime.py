"""Measures a spoken turn of ``/v1/realtime``: from the candidate's last sound to the interviewer's first.

    python -m benchmarks.realtime --answers 20

One candidate reads sentences of "A Tale of Two Cities" (human speech, ``tests/data/speech``) in real time, in pieces
of 20 ms, over a loopback WebSocket. The whole application runs in another process, without Ray: Whisper tiny.en,
espeak-ng, the scripted interviewer, Silero, and smart-turn if its weights are installed. Delays are the client's: the
decision is from the last sound sent to ``committed``, the response from there to the first audio.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.realtime_application import KEY

CLIPS = Path(__file__).parents[1] / "tests" / "data" / "speech"
PIECE_MS = 20
#: Quieter samples at the end of a clip are the room.
SOUND = 500
HZ = 24_000


class Caller:
    """A candidate with a microphone that runs in real time."""

    def __init__(self, socket_: ClientConnection) -> None:
        self._socket = socket_
        self._rest = np.zeros(0, np.int16)
        self.last_sound = 0.0

    def say(self, samples: np.ndarray[Any, Any]) -> None:
        self._rest = samples

    async def run(self) -> None:
        count, due = HZ * PIECE_MS // 1000, time.monotonic()
        while True:
            piece, self._rest = self._rest[:count], self._rest[count:]
            if len(piece):
                self.last_sound = time.monotonic()
            audio = base64.b64encode(np.pad(piece, (0, count - len(piece))).astype("<i2").tobytes()).decode()
            await self._socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
            due += PIECE_MS / 1000
            await asyncio.sleep(max(0.0, due - time.monotonic()))


async def measured(address: str, answers: int, sounds: list[np.ndarray[Any, Any]]) -> list[tuple[float, float]]:
    """(decision, response) of each answer, in seconds."""
    found: list[tuple[float, float]] = []
    url, headers = f"ws://{address}/v1/realtime?interview=bench", {"Authorization": f"Bearer {KEY}"}
    async with connect(url, additional_headers=headers, max_size=None) as socket_:
        caller = Caller(socket_)
        sending = asyncio.create_task(caller.run())
        committed, playing_until = 0.0, time.monotonic()
        await socket_.send(json.dumps({"type": "response.create"}))
        async for raw in socket_:
            event, now = json.loads(raw), time.monotonic()
            match event["type"]:
                case "input_audio_buffer.committed":
                    committed = now
                case "response.output_audio.delta":
                    if committed:
                        found.append((committed - caller.last_sound, now - committed))
                        committed = 0.0
                    seconds = len(event["delta"]) * 3 / 4 / 2 / HZ
                    playing_until = max(playing_until, now) + seconds
                case "response.done":
                    if len(found) >= answers or not event["response"].get("interview", {}).get("should_continue", True):
                        break
                    await asyncio.sleep(max(0.0, playing_until - now) + 0.5)
                    caller.say(sounds[len(found) % len(sounds)])
                case "error":
                    raise SystemExit(event["error"]["message"])
                case _:
                    pass
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return found


def clips() -> list[np.ndarray[Any, Any]]:
    """The sentences at 24 kHz, each to its last sound."""
    found = []
    for path in sorted(CLIPS.glob("two_cities_[1-7].wav")):
        with wave.open(str(path)) as file:
            samples, rate = np.frombuffer(file.readframes(file.getnframes()), "<i2"), file.getframerate()
        samples = samples[: np.nonzero(np.abs(samples) > SOUND)[0][-1]]
        at = np.arange(0, len(samples) - 1, rate / HZ)
        found.append(np.interp(at, np.arange(len(samples)), samples).astype(np.int16))
    return found


async def run(answers: int) -> dict[str, Any]:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.realtime_application", stdout=asyncio.subprocess.PIPE
    )
    try:
        if server.stdout is None:
            raise SystemExit("the application has no output")
        ready = json.loads(await server.stdout.readline())
        found = await measured(ready["address"], answers, clips())
    finally:
        server.terminate()
        await server.wait()
    decision, response = (np.array([pair[place] for pair in found]) for place in (0, 1))
    return {
        "end_of_turn": ready["end_of_turn"],
        "answers": len(found),
        "decision_s": _percentiles(decision),
        "response_s": _percentiles(response),
        "whole_s": _percentiles(decision + response),
    }


def _percentiles(values: np.ndarray[Any, Any]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(values, share)), 3) for share in (50, 95)} if len(values) else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--answers", type=int, default=20)
    print(json.dumps(asyncio.run(run(parser.parse_args().answers)), indent=1))


if __name__ == "__main__":
    main()
