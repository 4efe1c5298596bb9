"""One trace a turn: what an OTLP collector receives from a running platform."""

from __future__ import annotations

import os
import signal
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import yaml
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from serve.local.local_platform import free_port
from tests.integration.conftest import key_in, profile_with, run_up

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


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
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Collector, httpx.Client]]:
    collector = Collector()
    base = tmp_path_factory.mktemp("traced")
    port = free_port()
    profile = profile_with(base / "traced.yaml", port)
    config = yaml.safe_load(profile.read_text())
    config["applications"][0]["runtime_env"] = {"env_vars": {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}}
    profile.write_text(yaml.safe_dump(config))
    run, printed = run_up(profile, Path(base / "data"))
    headers = {"Authorization": f"Bearer {key_in(printed)}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60, trust_env=False) as client:
        yield collector, client
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    collector.server.shutdown()


def test_a_turn_is_one_trace_from_the_callers_span_to_redis(traced: tuple[Collector, httpx.Client]) -> None:
    collector, client = traced
    interview_id = f"tr-{uuid.uuid4().hex[:8]}"
    client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True})
    trace_id, caller = os.urandom(16).hex(), os.urandom(8).hex()
    reply = client.post(
        f"/session/turn/{interview_id}",
        json={"answer": "I build services in Python and Go, and I run them."},
        headers={"traceparent": f"00-{trace_id}-{caller}-01"},
    )
    assert reply.status_code == 200, reply.text

    wanted = ("POST /session/turn", "agent.turn", "AgentService.turn", "tts.synthesize", "TtsService.synthesize")
    spans = collector.wait_for(trace_id, *wanted)
    by_id = {span.span_id.hex(): span for span in spans}

    def ancestors(span: Span) -> list[str]:
        parent = by_id.get(span.parent_span_id.hex())
        return [] if parent is None else [parent.name, *ancestors(parent)]

    named = {span.name: span for span in spans}
    assert named["POST /session/turn"].parent_span_id.hex() == caller
    assert ancestors(named["agent.turn"]) == ["POST /session/turn"]
    assert ancestors(named["AgentService.turn"])[:1] == ["agent.turn"]
    assert ancestors(named["tts.synthesize"])[:1] == ["AgentService.turn"]
    assert ancestors(named["TtsService.synthesize"])[:1] == ["tts.synthesize"]
    commits = [span for span in spans if span.name.startswith("redis") and "AgentService.turn" in ancestors(span)]
    assert len(commits) >= 2, sorted(span.name for span in spans)


def test_no_span_carries_what_was_said_or_who_said_it(traced: tuple[Collector, httpx.Client]) -> None:
    collector, client = traced
    interview_id = f"secret-{uuid.uuid4().hex[:8]}"
    trace_id = os.urandom(16).hex()
    parent = {"traceparent": f"00-{trace_id}-{os.urandom(8).hex()}-01"}
    body = {"plan": "backend-engineer", "consent": True, "candidate": {"name": "Ada Byron"}}
    client.post(f"/session/start/{interview_id}", json=body, headers=parent)
    client.post(f"/session/turn/{interview_id}", json={"answer": "zanzibar pineapple"}, headers=parent)
    spans = collector.wait_for(trace_id, "POST /session/start", "POST /session/turn")
    shown = " ".join(str(span) for span in spans)
    assert "zanzibar" not in shown
    assert "Ada Byron" not in shown
    assert interview_id not in shown
