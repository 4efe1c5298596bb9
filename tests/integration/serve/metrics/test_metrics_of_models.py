"""One scrape of a running platform with a language model: tokens and audio seconds, whichever replica used them."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Iterator

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from serve.local.local_platform import free_port
from tests.integration.conftest import RunningPlatform, key_in, profile_with, run_up

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

TOKENS = "interview_llm_tokens_total"
SECONDS = "interview_audio_seconds_total"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The local profile with a fake language model, which interviews and judges."""
    base, port = tmp_path_factory.mktemp("metered"), free_port()
    profile = profile_with(base / "metered.yaml", port, llm={"engine": "fake"}, tts={"engine": "fake"})
    run, printed = run_up(profile, base / "data")
    try:
        yield RunningPlatform(f"http://127.0.0.1:{port}", key_in(printed), psutil.Process(run.pid), base, printed)
    finally:
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=60)


def scrape(client: httpx.Client, sample_name: str, **labels: str) -> dict[str, float]:
    """The samples that carry ``labels``, summed by the kind of replica."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.name == sample_name and labels.items() <= sample.labels.items():
                role = sample.labels["replica"].split("-")[0]
                found[role] = found.get(role, 0.0) + sample.value
    return found


def test_tokens_and_seconds_of_every_replica_are_in_one_scrape(platform: RunningPlatform) -> None:
    interview_id = f"mm-{uuid.uuid4().hex[:10]}"
    with platform.client() as client:
        body = {"model": "fake", "messages": [{"role": "user", "content": "Say ready."}], "max_tokens": 5}
        asked = client.post("/v1/chat/completions", json=body)
        assert asked.status_code == 200, asked.text
        speech = {"model": "tts-1", "voice": "alloy", "input": "Five words of plain tone.", "response_format": "opus"}
        assert client.post("/v1/audio/speech", json=speech).status_code == 200

        started = client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True})
        assert started.status_code == 200, started.text
        answer = "I measured the billing service first, and then I made the slow query faster with an index."
        # Far enough for an open question that is scored: the judge's tokens are grading's.
        for _ in range(8):
            assert client.post(f"/session/turn/{interview_id}", json={"answer": answer}).status_code == 200
        assert client.delete(f"/session/state/{interview_id}").status_code == 200

        wanted = {"ingress", "agent", "grading"}
        deadline = time.monotonic() + 60  # other processes publish every 5 s; there is no event to wait for
        while not wanted <= (used := scrape(client, TOKENS)).keys():
            assert time.monotonic() < deadline, f"only {used}"
            time.sleep(0.5)
        usage = asked.json()["usage"]
        for kind in ("prompt", "completion"):
            assert scrape(client, TOKENS, kind=kind)["ingress"] == usage[f"{kind}_tokens"]
        spoken = scrape(client, SECONDS, direction="spoken")
        assert spoken["ingress"] == pytest.approx(0.25, abs=0.1)
        assert spoken["agent"] > 0
        every_replica = scrape(client, "interview_commit_conflicts_total")
        assert {"ingress", "agent", "grading", "llm", "tts"} <= every_replica.keys(), (
            "retries inside tiers have a way out"
        )
