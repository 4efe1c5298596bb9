"""Measures many spoken sessions of ``/v1/realtime`` at once, with fakes for the models.

    python -m benchmarks.realtime_load --sessions 50 --seconds 180 --json FILE

Each candidate sends audio in real time, in pieces of 100 ms over a loopback WebSocket: a sentence of human speech
(``tests/data/speech``) after each reply has been played, silence otherwise. Speech-to-text and the voice are fakes that
answer at once; Silero is real; 700 ms of silence end a turn. The response delay is from ``committed`` to the first
audio of the reply, as the client receives them. CPU is the server process's, the client is another process on the same
cores. ``client_lag_s`` is how late the client's own timer fires, which every delay includes.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import platform
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.realtime import HZ, clips
from benchmarks.realtime_application import KEY

PIECE_S = 0.1
#: Between the end of a reply and the candidate's answer.
THINK_S = 0.5
RULE = {"type": "server_vad", "silence_duration_ms": 700}
#: Interviews that each candidate may hold, one after the other.
INTERVIEWS = 4
#: The sessions open one after the other within this time, which is not measured.
RAMP_S = 10.0


def _message(samples: np.ndarray[Any, Any]) -> str:
    audio = base64.b64encode(samples.astype("<i2").tobytes()).decode()
    return json.dumps({"type": "input_audio_buffer.append", "audio": audio})


def _pieces(clip: np.ndarray[Any, Any]) -> list[str]:
    count = round(PIECE_S * HZ)
    padded = np.pad(clip, (0, -len(clip) % count))
    return [_message(padded[start : start + count]) for start in range(0, len(padded), count)]


SILENCE = _message(np.zeros(round(PIECE_S * HZ), np.int16))


@dataclass
class Measured:
    """Delays in seconds of the turns that ended after ``since`` (monotonic clock)."""

    since: float
    decisions: list[float] = field(default_factory=list)
    responses: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Candidate:
    """Holds one interview after the other until it is cancelled."""

    def __init__(self, address: str, number: int, sentences: list[list[str]], measured: Measured) -> None:
        self._address = address
        self._number = number
        self._sentences = sentences
        self._measured = measured
        self._rest: list[str] = []
        self._last_sound = 0.0

    async def run(self) -> None:
        await asyncio.sleep(RAMP_S * self._number / 50 % RAMP_S)
        for place in range(INTERVIEWS):
            url = f"ws://{self._address}/v1/realtime?interview={_name(self._number, place)}"
            async with connect(url, additional_headers={"Authorization": f"Bearer {KEY}"}, max_size=None) as socket:
                sending = asyncio.create_task(self._microphone(socket))
                try:
                    await self._interview(socket)
                finally:
                    sending.cancel()
                    await asyncio.gather(sending, return_exceptions=True)
        raise RuntimeError("a candidate ran out of interviews; measure for a shorter time")

    async def _microphone(self, socket: ClientConnection) -> None:
        due = time.monotonic()
        while True:
            self._rest, piece = self._rest[1:], self._rest[0] if self._rest else SILENCE
            if piece is not SILENCE:
                self._last_sound = time.monotonic()
            await socket.send(piece)
            due += PIECE_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _interview(self, socket: ClientConnection) -> None:
        await socket.send(
            json.dumps({"type": "session.update", "session": {"audio": {"input": {"turn_detection": RULE}}}})
        )
        await socket.send(json.dumps({"type": "response.create"}))
        committed, playing_until, spoken = 0.0, time.monotonic(), self._number
        async for raw in socket:
            now, event = time.monotonic(), json.loads(raw)
            match event["type"]:
                case "input_audio_buffer.committed":
                    committed = now
                    self._note(self._measured.decisions, now, now - self._last_sound)
                case "response.output_audio.delta":
                    if committed:
                        self._note(self._measured.responses, now, now - committed)
                        committed = 0.0
                    playing_until = max(playing_until, now) + len(event["delta"]) * 3 / 4 / 2 / HZ
                case "response.done":
                    if not event["response"].get("interview", {}).get("should_continue", True):
                        return
                    await asyncio.sleep(max(0.0, playing_until - now) + THINK_S)
                    self._rest = list(self._sentences[spoken % len(self._sentences)])
                    spoken += 1
                case "error":
                    self._measured.errors.append(f"{event['error']['code']}: {event['error']['message']}")
                case _:
                    pass

    def _note(self, delays: list[float], now: float, delay_s: float) -> None:
        if now >= self._measured.since:
            delays.append(delay_s)


def _name(number: int, place: int) -> str:
    return f"bench-{number}-{place}"


async def _watch_lag(measured: Measured) -> None:
    while True:
        due = time.monotonic() + 0.05
        await asyncio.sleep(0.05)
        if due >= measured.since:
            measured.lags.append(time.monotonic() - due)


async def run(sessions: int, seconds: float) -> dict[str, Any]:
    interviews = [_name(number, place) for number in range(sessions) for place in range(INTERVIEWS)]
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.realtime_application", "--fakes", "--interviews", *interviews,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        if server.stdout is None:
            raise SystemExit("the application has no output")
        address = json.loads(await server.stdout.readline())["address"]
        sentences = [_pieces(clip) for clip in clips()]
        measured = Measured(time.monotonic() + RAMP_S)
        candidates = [
            asyncio.create_task(Candidate(address, number, sentences, measured).run()) for number in range(sessions)
        ]
        lag = asyncio.create_task(_watch_lag(measured))
        await _unless_one_ends(candidates, RAMP_S)
        process, own = psutil.Process(server.pid), psutil.Process()
        before, own_before = _cpu_s(process), _cpu_s(own)
        await _unless_one_ends(candidates, seconds)
        used, own_used = _cpu_s(process) - before, _cpu_s(own) - own_before
        for task in (*candidates, lag):
            task.cancel()
        await asyncio.gather(*candidates, lag, return_exceptions=True)
    finally:
        server.terminate()
        await server.wait()
    return {
        "sessions": sessions,
        "seconds": seconds,
        "responses": len(measured.responses),
        "response_s": _percentiles(measured.responses),
        "decision_s": _percentiles(measured.decisions),
        "client_lag_s": _percentiles(measured.lags),
        "server_cpu_cores": round(used / seconds, 3),
        "server_cpu_ms_per_stream_second": round(1000 * used / seconds / sessions, 2),
        "client_cpu_cores": round(own_used / seconds, 3),
        "errors": measured.errors,
    }


async def _unless_one_ends(candidates: list[asyncio.Task[None]], seconds: float) -> None:
    """Raises what ended a candidate."""
    done, _ = await asyncio.wait(candidates, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _percentiles(values: list[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(values, share)), 4) for share in (50, 95, 99)} if values else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    document = {
        "command": f"python -m benchmarks.realtime_load --sessions {options.sessions} --seconds {options.seconds:g}",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "weights": "silero-vad; fakes for speech-to-text and the voice, the scripted interviewer",
        **asyncio.run(run(options.sessions, options.seconds)),
    }
    print(json.dumps(document, indent=1))
    if options.json:
        options.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
