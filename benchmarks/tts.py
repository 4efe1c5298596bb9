"""Text to speech: the time to first audio and the speed of each voice, with one and several sessions.

    python -m benchmarks.tts --json OUT [--engines auto piper espeak] [--sessions 1 2 4] [--replies 8]

Closed loop on the tier without Ray: each session requests its next reply when the last was heard to its end. ``fresh``
replies are synthesized on demand; of ``opened`` ones only the opening was synthesized ahead, as of a model
interviewer's replies; ``kept`` ones were synthesized ahead whole and lie on disk, like an interview's planned lines. A
voice whose weights are not installed is skipped, with a line on stderr.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from deployments.agent.script.openings import openings
from deployments.agent.script.scripted import spoken_prompt
from deployments.tts.config import TtsConfig
from deployments.tts.contract import PreparationRequest, SynthesisRequest
from deployments.tts.service import TtsService
from interview.errors import ModelMissing
from interview.plans.files import load_plans
from serve.serve_file import HOME

ACKNOWLEDGEMENT = "Understood, and the numbers help."

Words = Literal["fresh", "opened", "kept"]
WORDS: tuple[Words, ...] = ("fresh", "opened", "kept")


class Heard(msgspec.Struct, frozen=True):
    """One reply: ms until its first bytes and until its last, and seconds of speech."""

    first_ms: float
    whole_ms: float
    audio_s: float


class Run(msgspec.Struct, frozen=True):
    """One voice, one number of sessions. ``rtf``: wall seconds per second of speech, over all sessions; ``cpu``: this
    process's processor seconds per second of speech, which other work on the machine changes little (espeak-ng speaks
    in a process of its own, which is not in it)."""

    engine: str
    voice: str
    words: str
    sessions: int
    replies: int
    first_p50_ms: float
    first_max_ms: float
    whole_p50_ms: float
    audio_s: float
    rtf: float
    cpu: float


def replies(count: int, session: int) -> list[str]:
    """Replies as an interview has them: an acknowledgement and a question, which no two sessions share."""
    prompts = [spoken_prompt(question, plan.language) for plan in load_plans(HOME / "configs" / "interviews").values()
               for question in plan.questions]  # fmt: skip
    start = session * count
    return [f"{ACKNOWLEDGEMENT} {prompts[(start + index) % len(prompts)]}" for index in range(count)]


async def listened(service: TtsService, text: str) -> Heard:
    started = time.perf_counter()
    first_ms = 0.0
    audio_s = 0.0
    async for part in service.stream(SynthesisRequest(text, format="opus")):
        if part.audio and not first_ms:
            first_ms = (time.perf_counter() - started) * 1000
        audio_s += part.duration_s
    return Heard(first_ms, (time.perf_counter() - started) * 1000, audio_s)


async def measure(config: TtsConfig, sessions: int, count: int, *, words: Words) -> Run:
    """``sessions`` sessions of ``count`` replies each on one replica."""
    service = TtsService(config)
    await service.check_health()
    texts = [replies(count, session) for session in range(sessions)]
    if words != "fresh":
        opening = tuple(one for one in openings("en") if ACKNOWLEDGEMENT.startswith(one))
        ahead = opening if words == "opened" else tuple(text for one in texts for text in one)
        await service.prepare(PreparationRequest(ahead))
        await service.ahead.drained()
    heard: list[Heard] = []

    async def session(own: list[str]) -> None:
        for text in own:
            heard.append(await listened(service, text))  # noqa: PERF401 - one after the other is the point

    started, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(session(own) for own in texts))
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
    voice = service._orders.voice(None, "en")
    name = service._engine.speaker(voice)
    await service.close()
    audio_s = sum(one.audio_s for one in heard)
    first = [one.first_ms for one in heard]
    return Run(
        engine=name,
        voice=voice,
        words=words,
        sessions=sessions,
        replies=len(heard),
        first_p50_ms=round(statistics.median(first), 1),
        first_max_ms=round(max(first), 1),
        whole_p50_ms=round(statistics.median(one.whole_ms for one in heard), 1),
        audio_s=round(audio_s, 1),
        rtf=round(wall_s / audio_s, 3),
        cpu=round(cpu_s / audio_s, 3),
    )


async def measured(asked: argparse.Namespace, runs: list[Run], after_each: Callable[[], None]) -> None:
    """Append each run to ``runs`` as it ends: on a slow machine the later ones may never be reached."""
    for engine in asked.engines:
        for sessions in asked.sessions:
            # espeak-ng is fast, so nothing of it is stored
            for words in WORDS if engine != "espeak" else WORDS[:1]:
                with tempfile.TemporaryDirectory() as directory:
                    config = TtsConfig(
                        engine=engine,
                        kept_directory=directory if words != "fresh" else "",
                        kept_bytes=1 << 30 if words != "fresh" else 0,
                        cache_bytes=0,
                        sentence_cache_bytes=0,
                        workers=asked.workers,
                        deadline_s=600.0,
                    )
                    try:
                        run = await measure(config, sessions, asked.replies, words=words)
                    except ModelMissing as error:
                        sys.stderr.write(f"{engine} is skipped: {error.message}\n")
                        break
                runs.append(run)
                sys.stderr.write(f"{run}\n")
                after_each()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="output file (default: stdout)")
    parser.add_argument("--engines", nargs="+", default=["kokoro", "piper", "espeak"])
    parser.add_argument("--sessions", nargs="+", type=int, default=[1, 2, 4])
    parser.add_argument("--replies", type=int, default=8, help="of each session")
    parser.add_argument("--workers", type=int, default=1, help="sentences spoken at once")
    asked = parser.parse_args()
    before = os.getloadavg()
    runs: list[Run] = []

    def write() -> None:
        report: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": f"python -m benchmarks.tts {' '.join(sys.argv[1:])}",
            "machine": {"cores": os.cpu_count(), "processor": platform.processor() or platform.machine(), "gpu": None},
            "load_average_before": [round(one, 2) for one in before],
            "runs": msgspec.to_builtins(runs),
        }
        text = msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
        if asked.json is None:
            sys.stdout.write(text)
        else:
            asked.json.write_text(text, encoding="utf-8")

    asyncio.run(measured(asked, runs, write if asked.json is not None else lambda: None))
    if asked.json is None:
        write()


if __name__ == "__main__":
    main()
