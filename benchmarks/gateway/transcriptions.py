"""``python -m benchmarks.gateway.transcriptions --json OUT``: ``/v1/audio/transcriptions`` against another server.

The recordings of two people of ``tests/data/speech`` go to this platform (profile ``local``) and, with
``--faster-whisper-server PROGRAM``, to the server of that name from the package index, both with the same weights of
Whisper tiny.en. Closed loops of clients; each request is one clip. ``word_error_rate`` is over all answers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from benchmarks.gateway.subjects import Subject, faster_whisper_server, speech_platform
from benchmarks.load.histogram import Latency
from benchmarks.load.measure import machine
from benchmarks.load.sampling import Sampler
from benchmarks.stt.clips import Clip, clips_of_length, word_error_rate
from benchmarks.stt.corpus import people


def measured(subject: Subject, clips: Sequence[Clip], clients: int, requests: int) -> dict[str, Any]:
    """``requests`` clips by ``clients`` in a closed loop, after one request that is not counted."""
    sampler = Sampler(subject.root)
    sampler.start()
    latency, heard, wall_s = uvloop.run(_drive(subject, clips, clients, requests, sampler))
    usage = sampler.stop()
    audio_s = sum(clip.duration_s for clip, _ in heard)
    return {
        "subject": subject.name,
        "clients": clients,
        "requests": len(heard),
        "requests_per_s": round(len(heard) / wall_s, 2),
        "audio_s_per_s": round(audio_s / wall_s, 2),
        "ms": latency.figures(),
        "cpu_s_per_audio_s": round(sum(usage.cpu_s.values()) / audio_s, 3),
        "word_error_rate": round(word_error_rate([clip.text for clip, _ in heard], [text for _, text in heard]), 3),
    }


async def _drive(
    subject: Subject, clips: Sequence[Clip], clients: int, requests: int, sampler: Sampler
) -> tuple[Latency, list[tuple[Clip, str]], float]:
    latency = Latency()
    heard: list[tuple[Clip, str]] = []
    left = iter([clips[place % len(clips)] for place in range(requests)])

    async def ask(http: aiohttp.ClientSession, clip: Clip) -> str:
        form = aiohttp.FormData({"model": subject.model, "response_format": "json", "language": "en"})
        form.add_field("file", clip.audio, filename="clip.wav", content_type="audio/wav")
        async with http.post("/v1/audio/transcriptions", data=form) as reply:
            body = await reply.json()
            if reply.status != 200:
                raise RuntimeError(f"{subject.name} answered {reply.status}: {body}")
            return str(body["text"])

    async def client(http: aiohttp.ClientSession) -> None:
        for clip in left:
            sent = time.perf_counter()
            text = await ask(http, clip)
            latency.record((time.perf_counter() - sent) * 1000)
            heard.append((clip, text))

    timeout = aiohttp.ClientTimeout(total=300)
    headers = {"Authorization": f"Bearer {subject.api_key}"}
    async with aiohttp.ClientSession(subject.address, headers=headers, timeout=timeout) as http:
        await ask(http, clips[0])
        sampler.restart()
        begin = time.perf_counter()
        await asyncio.gather(*(client(http) for _ in range(clients)))
        return latency, heard, time.perf_counter() - begin


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway.transcriptions", description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--faster-whisper-server", type=Path, help="its program, in an environment of its own")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--requests", type=int, default=16, help="for each number of clients")
    parser.add_argument("--length", type=float, default=8.0, help="seconds of a clip")
    given = parser.parse_args()
    clips = clips_of_length(people(), given.length, 8)
    starts: list[Callable[[], AbstractContextManager[Subject]]] = [speech_platform]
    if given.faster_whisper_server:
        starts.append(lambda: faster_whisper_server(given.faster_whisper_server))
    runs: list[dict[str, Any]] = []
    given.json.parent.mkdir(parents=True, exist_ok=True)
    for start in starts:
        with start() as subject:
            for clients in given.clients:
                runs.append(measured(subject, clips, clients, given.requests))
                print(json.dumps(runs[-1]), flush=True)
        command = "python -m benchmarks.gateway.transcriptions " + " ".join(sys.argv[1:])
        given.json.write_text(json.dumps({"command": command, "machine": machine(), "runs": runs}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
