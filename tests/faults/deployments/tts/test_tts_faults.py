"""A voice worker that dies or hangs costs one retry, never the service."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import psutil
import pytest

from deployments.tts.config import EspeakConfig, TtsConfig
from deployments.tts.contract import SynthesisRequest
from deployments.tts.direct import synthesize_wav
from deployments.tts.engines.espeak import WORKER_PROGRAM, EspeakEngine, EspeakVoice
from deployments.tts.service import TtsService
from interview.errors import EngineUnavailable, InvalidInput, ModelMissing


@pytest.fixture
async def engine() -> AsyncIterator[EspeakEngine]:
    built = EspeakEngine(EspeakConfig(), workers=2)
    yield built
    await built.close()


async def test_killed_workers_are_replaced_and_the_sentence_is_still_spoken(
    engine: EspeakEngine, retried: list[tuple[str, str]]
) -> None:
    service = TtsService(TtsConfig(workers=2), engine)
    before = engine.worker_pids()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    speech = await service.synthesize(SynthesisRequest("Still here. And here."))
    assert speech.duration_s > 0.5
    assert engine.restarts == 1, "the idle worker is not restarted before it is needed"
    assert retried == [("tts", "worker-died")]
    assert len(set(engine.worker_pids()) - set(before)) == 1


def test_a_hanging_worker_is_ended_and_replaced() -> None:
    voice = EspeakVoice()
    hanging = voice.pid
    assert hanging is not None
    os.kill(hanging, signal.SIGSTOP)
    assert voice.speak("Hello again.", voice="en-us", speed=1.0, timeout_s=1.0).duration_s > 0.3
    assert voice.restarts == 1
    with pytest.raises(ProcessLookupError):
        os.kill(hanging, 0)
    voice.close()


def test_a_worker_that_cannot_start_is_an_unavailable_engine(tmp_path: object) -> None:
    with pytest.raises(EngineUnavailable):
        EspeakVoice(EspeakConfig(library=os.devnull, data=str(tmp_path)))
    with pytest.raises(ModelMissing, match=r"espeak-ng's library is not at /absent"):
        EspeakVoice(EspeakConfig(library="/absent", data=str(tmp_path)))


def test_a_worker_ends_when_its_parent_is_gone() -> None:
    parent = (
        "import os, sys; from deployments.tts.engines.espeak import EspeakVoice; "
        "print(EspeakVoice().pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", parent], stdout=subprocess.PIPE, check=False, timeout=30)
    pid = int(done.stdout)
    worker = psutil.Process(pid) if psutil.pid_exists(pid) else None
    if worker is not None and worker.status() != psutil.STATUS_ZOMBIE:
        psutil.wait_procs([worker], timeout=20)
        assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def test_the_worker_program_imports_nothing_of_the_platform() -> None:
    source = WORKER_PROGRAM.read_text()
    for package in ("interview", "deployments", "numpy", "msgspec"):
        assert f"import {package}" not in source
        assert f"from {package}" not in source


def test_scripts_speak_without_ray_or_an_event_loop() -> None:
    samples, rate = synthesize_wav("I would use a queue. Then I would measure it.", "en-gb-x-rp+f3", 1.1)
    assert rate == 22_050
    assert 1.5 < len(samples) / rate < 5.0
    with pytest.raises(InvalidInput, match="Unknown voice"):
        synthesize_wav("Hello.", "xx")
