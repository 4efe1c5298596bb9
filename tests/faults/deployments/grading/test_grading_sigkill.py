"""SIGKILL the grading worker again and again while it grades, on a real Redis: every grade is recorded exactly once.

``GRADING_KILLS=50 pytest tests/faults/deployments/grading/test_grading_sigkill.py -s`` is the long run; its figures
are in docs/grading.md.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import random
import secrets
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType

import pytest

from deployments.grading.background.interview_answers import requests_to_judge
from deployments.grading.background.queued_work import QueuedWork
from deployments.grading.contract import GradeRequest
from interview.sessions.events import GradeRecorded, ReportReady
from interview.sessions.fold import fold
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.sessions.port import SessionKey
from storage.sessions.redis import RedisSessionStore
from storage.work_queue.port import QueueCounts
from storage.work_queue.redis import RedisWorkQueue
from tests.support.paths import ROOT

DATA = ROOT / "tests" / "data" / "grading"
KILLS = int(os.environ.get("GRADING_KILLS", "5"))
QUESTIONS = 4
SLOW_MS, QUICK_MS = 1500.0, 25.0


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"grading_{name}", DATA / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


stages = _module("interviews")


class Worker:
    """A worker process that is there until it is killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, url: str, prefix: str, blobs: Path, service_ms: float) -> Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(DATA / "doomed_worker.py"),
            url,
            prefix,
            str(blobs),
            str(service_ms),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert (await process.stdout.readline()).strip() == b"ready"
        return cls(process)

    async def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        assert await self._process.wait() == -signal.SIGKILL


async def until(condition: Callable[[], Awaitable[QueueCounts | None]], seconds: float = 60.0) -> QueueCounts:
    async with asyncio.timeout(seconds):
        while True:
            counts = await condition()
            if counts is not None:
                return counts
            await asyncio.sleep(0.01)


@pytest.mark.timeout(900)
async def test_every_grade_is_recorded_exactly_once_however_often_the_worker_dies(
    redis_url: str, tmp_path: Path
) -> None:
    prefix = f"kill{secrets.token_hex(4)}"
    sessions = RedisSessionStore(redis_url, prefix=prefix)
    blobs = FsspecBlobStore(str(tmp_path / "blobs"))
    queue = RedisWorkQueue(redis_url, "grading", prefix=prefix)
    work = QueuedWork(queue)
    plan = stages.plan_of(QUESTIONS)
    rng = random.Random(5)
    interviews = [f"i{index}" for index in range(max(6, KILLS))]
    expected = 0

    async def add(interview_id: str) -> int:
        state = await stages.stage_interview(sessions, blobs, interview_id, plan)
        requests: list[GradeRequest] = requests_to_judge(state, plan)
        for request in requests:
            await work.judge(request)
        await work.evaluate("acme", interview_id)
        return len(requests) + 1

    async def busy() -> QueueCounts | None:
        counts = await queue.counts()
        return counts if counts.running else None

    async def drained() -> QueueCounts | None:
        counts = await queue.counts()
        return counts if counts.waiting + counts.running + counts.delayed == 0 else None

    landed = 0
    waiting = list(interviews)
    for number in range(KILLS):
        if waiting:
            expected += await add(waiting.pop())
        # a slow model is certain to be met in the middle of a job, a quick one somewhere around its commits
        service_ms = SLOW_MS if number % 2 == 0 else QUICK_MS
        worker = await Worker.start(redis_url, prefix, tmp_path / "blobs", service_ms)
        await until(busy)
        await asyncio.sleep(rng.uniform(0.0, 0.25))  # the moment of death is the thing varied, not waited for
        landed += (await queue.counts()).running > 0
        await worker.kill()
    for interview_id in waiting:
        expected += await add(interview_id)
    worker = await Worker.start(redis_url, prefix, tmp_path / "blobs", 1.0)
    counts = await until(drained, 300.0)
    await worker.kill()

    assert (counts.dead, counts.done) == (0, expected)
    for interview_id in interviews:
        key = SessionKey("acme", interview_id)
        log = await sessions.events(key)
        grades = Counter(
            (event.data.question_id, event.data.turn)
            for event in log
            if isinstance(event.data, GradeRecorded) and event.data.source == "background"
        )
        assert grades == {(f"open-{number}", number): 1 for number in range(1, QUESTIONS + 1)}
        assert sum(isinstance(event.data, ReportReady) for event in log) == 1
        assert fold(log) == await sessions.load(key)
    print(
        f"\n{KILLS} SIGKILLs ({landed} while a job ran), {len(interviews)} interviews,"
        f" {len(interviews) * QUESTIONS} background grades, each exactly once; {counts.done} jobs done, 0 dead"
    )
    assert landed >= KILLS // 2
    await queue.close()
    await sessions.close()
