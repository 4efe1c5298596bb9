"""What a running platform with a language model reports: spans to an OTLP collector, metrics of every replica."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from serve.local.local_platform import free_port
from tests.integration.conftest import key_in, profile_with, run_up

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

TURN = "POST /session/turn/{interview_id}"
TOKENS = "interview_llm_tokens_total"
SECONDS = "interview_audio_seconds_total"


class Collector:
    """An OTLP/HTTP receiver on loopback."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.arrived = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    import gzip

                    body = gzip.decompress(body)
                request = ExportTraceServiceRequest.FromString(body)
                with collector.arrived:
                    for resource in request.resource_spans:
                        for scope in resource.scope_spans:
                            collector.spans.extend(scope.spans)
                    collector.arrived.notify_all()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, trace_id: str) -> list[Span]:
        return [span for span in self.spans if span.trace_id.hex() == trace_id]

    def wait_for(self, trace_id: str, *names: str) -> list[Span]:
        def complete() -> bool:
            return set(names) <= {span.name for span in self.of(trace_id)}

        with self.arrived:
            assert self.arrived.wait_for(complete, timeout=60), sorted(span.name for span in self.of(trace_id))
        return self.of(trace_id)


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Collector, httpx.Client]]:
    """The local profile with a fake language model, which interviews and judges, and a collector of its spans."""
    collector = Collector()
    base = tmp_path_factory.mktemp("observed")
    port = free_port()
    profile = profile_with(base / "observed.yaml", port, llm={"engine": "fake"}, tts={"engine": "fake"})
    config = yaml.safe_load(profile.read_text())
    config["applications"][0]["runtime_env"]["env_vars"]["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.endpoint
    profile.write_text(yaml.safe_dump(config))
    run, printed = run_up(profile, Path(base / "data"))
    headers = {"Authorization": f"Bearer {key_in(printed)}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=90, trust_env=False) as client:
        yield collector, client
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    collector.server.shutdown()


def attributes(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


def test_a_turn_is_one_trace_from_the_callers_span_to_redis(observed: tuple[Collector, httpx.Client]) -> None:
    collector, client = observed
    interview_id = f"tr-{uuid.uuid4().hex[:8]}"
    client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True})
    trace_id, caller = os.urandom(16).hex(), os.urandom(8).hex()
    reply = client.post(
        f"/session/turn/{interview_id}",
        json={"answer": "I build services in Python and Go, and I run them."},
        headers={"traceparent": f"00-{trace_id}-{caller}-01"},
    )
    assert reply.status_code == 200, reply.text

    wanted = (TURN, "agent.turn", "AgentService.turn", "tts.synthesize", "TtsService.synthesize")
    spans = collector.wait_for(trace_id, *wanted)
    by_id = {span.span_id.hex(): span for span in spans}

    def ancestors(span: Span) -> list[str]:
        parent = by_id.get(span.parent_span_id.hex())
        return [] if parent is None else [parent.name, *ancestors(parent)]

    named = {span.name: span for span in spans}
    assert named[TURN].parent_span_id.hex() == caller
    assert ancestors(named["agent.turn"]) == [TURN]
    assert ancestors(named["AgentService.turn"])[:1] == ["agent.turn"]
    assert ancestors(named["tts.synthesize"])[:1] == ["AgentService.turn"]
    assert ancestors(named["TtsService.synthesize"])[:1] == ["tts.synthesize"]
    commits = [span for span in spans if span.name.startswith("redis") and "AgentService.turn" in ancestors(span)]
    assert len(commits) >= 2, sorted(span.name for span in spans)
    route = {"http.request.method": "POST", "http.route": "/session/turn/{interview_id}"}
    assert attributes(named[TURN]).items() >= route.items()
    assert all(attributes(span)["db.system.name"] == "redis" for span in commits)
    assert all(f"redis {attributes(span)['db.operation.name']}" == span.name for span in commits)


def test_no_span_carries_what_was_said_or_who_said_it(observed: tuple[Collector, httpx.Client]) -> None:
    collector, client = observed
    interview_id = f"secret-{uuid.uuid4().hex[:8]}"
    trace_id = os.urandom(16).hex()
    parent = {"traceparent": f"00-{trace_id}-{os.urandom(8).hex()}-01"}
    body = {"plan": "backend-engineer", "consent": True, "candidate": {"name": "Ada Byron"}}
    client.post(f"/session/start/{interview_id}", json=body, headers=parent)
    client.post(f"/session/turn/{interview_id}", json={"answer": "zanzibar pineapple"}, headers=parent)
    spans = collector.wait_for(trace_id, "POST /session/start/{interview_id}", TURN)
    shown = " ".join(str(span) for span in spans)
    assert "zanzibar" not in shown
    assert "Ada Byron" not in shown
    assert interview_id not in shown


def scrape(client: httpx.Client, sample_name: str, **labels: str) -> dict[str, float]:
    """The samples that carry ``labels``, summed by the kind of replica."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.name == sample_name and labels.items() <= sample.labels.items():
                role = sample.labels["replica"].split("-")[0]
                found[role] = found.get(role, 0.0) + sample.value
    return found


def test_tokens_and_seconds_of_every_replica_are_in_one_scrape(observed: tuple[Collector, httpx.Client]) -> None:
    _, client = observed
    interview_id = f"mm-{uuid.uuid4().hex[:10]}"
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
    assert {"ingress", "agent", "grading", "llm", "tts"} <= every_replica.keys(), "retries inside tiers have a way out"
