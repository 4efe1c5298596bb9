"""Load up, replicas follow; load down, they leave; no request fails meanwhile. All tiers at once, on a real cluster."""

from __future__ import annotations

import signal
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest
import yaml

from serve.local.local_platform import free_port
from tests.integration.conftest import RunningPlatform, key_in, profile_with, run_up
from tests.support.paths import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(420)]

QUICK = {"min_replicas": 1, "max_replicas": 2, "upscale_delay_s": 1.0, "downscale_delay_s": 3.0}
CLIP = ROOT / "deployments" / "stt" / "health_clip.wav"
TIERS = ("agent", "stt", "tts", "LanguageModel", "grading")


@pytest.fixture
def platform(tmp_path: Path) -> RunningPlatform:
    """Fakes that take their time (speech is the real engine, which has work enough), tiers that may grow to two."""
    port = free_port()
    profile = profile_with(
        tmp_path / "scaling.yaml",
        port,
        agent={"replicas": {**QUICK, "target_ongoing_requests": 2.0, "num_cpus": 0.2}, "interviewer": "scripted"},
        stt={"replicas": {**QUICK, "num_cpus": 1}, "target_queued_audio_s": 2.0},
        tts={
            "engine": "fake",
            "fake": {"median_s": 0.3},
            "replicas": {**QUICK, "target_ongoing_requests": 1.0, "num_cpus": 0.1},
        },
        grading={
            "engine": "fake",
            "fake": {"service_time": "fixed", "service_ms": 300},
            "replicas": {**QUICK, "target_ongoing_requests": 1.0, "num_cpus": 0.1},
        },
        llm={
            "engine": "fake",
            "fake": {"service_time": "fixed", "service_ms": 300},
            "replicas": {**QUICK, "target_ongoing_requests": 1.0, "num_cpus": 0.1},
        },
    )
    config = yaml.safe_load(profile.read_text())
    # Serve looks every 10 s at what replicas report; a test has less patience than an operator
    config["applications"][0]["runtime_env"]["env_vars"] |= {
        "RAY_SERVE_HANDLE_AUTOSCALING_METRIC_PUSH_INTERVAL_S": "1",
        "RAY_SERVE_REPLICA_AUTOSCALING_METRIC_PUSH_INTERVAL_S": "1",
    }
    profile.write_text(yaml.safe_dump(config))
    run, printed = run_up(profile, tmp_path / "data")
    yield RunningPlatform(f"http://127.0.0.1:{port}", key_in(printed), psutil.Process(run.pid), tmp_path, printed)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)


def wait_until_all(counts: Callable[[], dict[str, int]], wanted: int, within_s: float = 150.0) -> None:
    """Poll outside processes; there is no event to wait for."""
    deadline = time.monotonic() + within_s
    reached: set[str] = set()
    while len(reached) < len(TIERS):
        now = counts()
        reached |= {tier for tier, count in now.items() if count == wanted}
        assert time.monotonic() < deadline, f"only {sorted(reached)} came to {wanted}; now {now}"
        time.sleep(0.5)


def test_every_tier_follows_its_load_and_no_request_fails(platform: RunningPlatform) -> None:
    stop = threading.Event()
    failed: list[str] = []
    clip = CLIP.read_bytes()

    def candidate() -> None:
        with platform.client() as client:
            while not stop.is_set():
                interview_id = f"as-{uuid.uuid4().hex[:10]}"
                check(client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True}))
                for _ in range(6):
                    if stop.is_set():
                        return
                    files = {"audio": ("a.wav", clip, "audio/wav")}
                    check(client.post(f"/session/turn/{interview_id}", files=files, data={"voice": "false"}))

    def chatter() -> None:
        with platform.client() as client:
            while not stop.is_set():
                body = {"model": "fake", "messages": [{"role": "user", "content": "Say ready."}]}
                check(client.post("/v1/chat/completions", json=body))

    def reader() -> None:
        with platform.client() as client:
            while not stop.is_set():
                # each text is new, because a known one is not spoken again
                check(client.post("/v1/audio/speech", json={"model": "tts-1", "input": f"Read {uuid.uuid4().hex}."}))

    def check(reply: httpx.Response) -> None:
        if reply.status_code != 200:
            failed.append(f"{reply.request.url.path} {reply.status_code} {reply.text[:200]}")

    def counts() -> dict[str, int]:
        return {tier: len(platform.replicas(tier)) for tier in TIERS}

    wait_until_all(counts, 1)  # the voice may still be growing back after the plans' openings
    workers = [threading.Thread(target=work) for work in [candidate] * 10 + [chatter] * 4 + [reader] * 4]
    for worker in workers:
        worker.start()
    try:
        wait_until_all(counts, 2)
    finally:
        stop.set()
        for worker in workers:
            worker.join(timeout=60)
    wait_until_all(counts, 1)
    with platform.client() as client:
        check(client.post("/session/start/after", json={"plan": "backend-engineer", "consent": True}))
    assert failed == []
