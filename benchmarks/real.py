"""``python -m benchmarks.real --json OUT``: how many spoken interviews one machine holds with real models.

Speakers hold whole interviews against one platform at once. Each hears the interviewer's voice to its end, thinks,
speaks an answer in real time and then sends it; the turn's latency is from the sent recording to the reply with its
voice. The answers are clips of a person (``tests/data/speech``) or, with ``--voice en_US-joe-medium``, the plan's
reference answers in that voice of Piper. Speakers are added step by step; a step holds when the p95 of its turns
is at most two seconds and nothing failed. ``--profile gpu-node`` is the same run on a GPU.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import random
import statistics
import sys
import tempfile
import time
import uuid
import wave
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import uvloop
import yaml

from benchmarks.load.histogram import Latency
from benchmarks.load.measure import machine
from benchmarks.load.sampling import Sampler
from benchmarks.load.target import Target, running
from benchmarks.spoken_answers import ANSWER_S, Recording, answers, of_a_person, of_a_voice
from serve.serve_file import profile_path

LIMIT_MS = 2000.0
#: Seconds of the thought before an answer: log-normal, median and sigma.
THINK_S = (5.0, 0.7)


@dataclass
class Seen:
    """What the speakers of one step saw in its measured part."""

    turn: Latency = field(default_factory=Latency)
    stages: dict[str, Latency] = field(default_factory=lambda: defaultdict(Latency))
    failures: Counter[str] = field(default_factory=Counter)
    spoken_s: float = 0.0


def length_s(audio: bytes) -> float:
    """Seconds of a wav file."""
    with wave.open(io.BytesIO(audio)) as file:
        return float(file.getnframes() / file.getframerate())


class Speakers:
    """Candidates that talk with one target until ``stop``; ``add`` brings more."""

    def __init__(self, http: aiohttp.ClientSession, plan: str, seed: int, recordings: list[Recording]) -> None:
        self._http = http
        self._plan = plan
        self._own = random.Random(seed)
        self._answers = recordings
        self._tasks: list[asyncio.Task[None]] = []
        self.seen = Seen()

    def add(self, to: int, within_s: float) -> None:
        """Speakers until there are ``to``, spread over ``within_s``."""
        new = to - len(self._tasks)
        for number in range(new):
            delay_s = within_s * number / new
            self._tasks.append(asyncio.create_task(self._speaker(delay_s, random.Random(self._own.getrandbits(32)))))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _speaker(self, delay_s: float, own: random.Random) -> None:
        await asyncio.sleep(delay_s)
        greeting_s = own.uniform(0, 10)  # the first interview stands for one that is already running
        while True:
            try:
                await self._interview(own, greeting_s)
            except (aiohttp.ClientError, TimeoutError) as error:
                self.seen.failures[type(error).__name__] += 1
            greeting_s = float("inf")

    async def _interview(self, own: random.Random, hears_s: float) -> None:
        """One interview; of its greeting the speaker hears at most ``hears_s``."""
        interview_id = f"real-{uuid.uuid4().hex}"
        body = {"plan": self._plan, "consent": True, "voice": True}
        reply = await self._json(self._http.post(f"/session/start/{interview_id}", json=body), "start")
        while reply is not None and reply["interviewer_response"]["should_continue"]:
            await self._hear(reply["interviewer_response"]["audio_url"], hears_s)
            hears_s = float("inf")
            await asyncio.sleep(own.lognormvariate(np.log(THINK_S[0]), THINK_S[1]))
            answer = own.choice(self._answers)
            await asyncio.sleep(answer.duration_s)
            reply = await self._answer(interview_id, answer)
        await self._json(self._http.delete(f"/session/state/{interview_id}"), "end")

    async def _answer(self, interview_id: str, answer: Recording) -> dict[str, Any] | None:
        form = aiohttp.FormData()
        form.add_field("audio", answer.audio, filename="answer.wav", content_type="audio/wav")
        seen, sent = self.seen, time.perf_counter()
        reply = await self._json(
            self._http.post(f"/session/turn/{interview_id}", data=form, headers={"Idempotency-Key": uuid.uuid4().hex}),
            "turn",
        )
        if reply is not None and seen is self.seen:  # a turn that began in the step before belongs to no step
            seen.turn.record((time.perf_counter() - sent) * 1000)
            seen.spoken_s += answer.duration_s
            for stage, ms in reply["stage_ms"].items():
                seen.stages[stage].record(ms)
        return reply

    async def _hear(self, url: str | None, at_most_s: float) -> None:
        if url is None:
            self.seen.failures["a reply without a voice"] += 1
            return
        async with self._http.get(url) as reply:
            audio = await reply.read()
        if reply.status != 200:
            self.seen.failures[f"voice: HTTP {reply.status}"] += 1
            return
        await asyncio.sleep(min(length_s(audio), at_most_s))

    async def _json(self, request: Any, kind: str) -> dict[str, Any] | None:
        async with request as reply:
            if reply.status == 200:
                found: dict[str, Any] = await reply.json()
                return found
            if not (reply.status == 409 and kind == "turn"):  # 409: the plan's time is over
                self.seen.failures[f"{kind}: HTTP {reply.status}"] += 1
            return None


async def steps(
    target: Target, levels: list[int], step_s: float, plan: str, seed: int, recordings: list[Recording]
) -> list[dict[str, Any]]:
    """One row for each level; ends after the first that does not hold."""
    rows: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {target.api_key}"}
    timeout = aiohttp.ClientTimeout(total=120)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(target.address, headers=headers, timeout=timeout, connector=connector) as http:
        speakers = Speakers(http, plan, seed, recordings)
        try:
            for level in levels:
                speakers.add(level, within_s=step_s / 3)
                await asyncio.sleep(step_s / 3)
                sampler = Sampler(target.root)
                await asyncio.to_thread(sampler.start)
                speakers.seen = Seen()
                await asyncio.sleep(step_s * 2 / 3)
                usage = await asyncio.to_thread(sampler.stop)
                rows.append(row(level, step_s * 2 / 3, speakers.seen, usage.cpu_s))
                print(json.dumps(rows[-1]), flush=True)
                if not rows[-1]["held"]:
                    break
        finally:
            await speakers.stop()
    return rows


def row(speakers: int, seconds: float, seen: Seen, cpu_s: dict[str, float]) -> dict[str, Any]:
    """The figures of one step of ``seconds``."""
    turn = seen.turn.figures()
    p95_ms = round(seen.turn.above(95.0), 1) if turn else None
    return {
        "speakers": speakers,
        "turns": seen.turn.count,
        "turn_ms": {**turn, "p95": p95_ms},
        "held": p95_ms is not None and p95_ms <= LIMIT_MS and not seen.failures,
        "failures": dict(seen.failures),
        "spoken_s_per_s": round(seen.spoken_s / seconds, 2),
        "stages_ms": {
            stage: {"p50": found.figures()["p50"], "p95": round(found.above(95.0), 1)}
            for stage, found in sorted(seen.stages.items())
        },
        "cores": {kind: round(used / seconds, 3) for kind, used in cpu_s.items() if used / seconds >= 0.005},
        "cores_all": round(sum(cpu_s.values()) / seconds, 2),
    }


def lifted(profile: str) -> dict[str, Any]:
    """The Serve config ``profile`` without limits of callers, because all speakers share one key."""
    config: dict[str, Any] = yaml.safe_load(profile_path(profile).read_text())
    http = config["applications"][0]["args"].setdefault("http", {})
    lots = 10_000_000
    http["callers"] = {**http.get("callers", {}), "key_requests_per_minute": lots, "tenant_requests_per_minute": lots}
    return config


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real", description=__doc__)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--profile", default="local")
    parser.add_argument("--speakers", type=int, nargs="+", default=[10, 20, 30, 40], help="rising numbers, one a step")
    parser.add_argument("--step-s", type=float, default=60.0, help="a step; its first third lets speakers arrive")
    parser.add_argument("--plan", default="backend-engineer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--voice", help="a voice of Piper, instead of the clips of a person")
    given = parser.parse_args()
    described = machine()
    sentences = of_a_voice(given.voice, given.plan) if given.voice else of_a_person()
    recordings = answers(64, random.Random(given.seed), sentences)
    with tempfile.TemporaryDirectory(prefix="iv-real-") as directory:
        path = Path(directory) / "real.yaml"
        path.write_text(yaml.safe_dump(lifted(given.profile)))
        with running(str(path)) as target:
            rows = uvloop.run(steps(target, given.speakers, given.step_s, given.plan, given.seed, recordings))
    result = {
        "command": "python -m benchmarks.real " + " ".join(sys.argv[1:]),
        "machine": described,
        "weights": "the profile's own; whisper-tiny.en and espeak-ng under `local`",
        "answers_s": {"median": ANSWER_S[0], "mean": round(statistics.fmean(r.duration_s for r in recordings), 1)},
        "voice_of_the_answers": given.voice or "a person",
        "think_s_median": THINK_S[0],
        "held": max((row["speakers"] for row in rows if row["held"]), default=0),
        "steps": rows,
    }
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{result['held']} speakers held a p95 of at most {LIMIT_MS:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
