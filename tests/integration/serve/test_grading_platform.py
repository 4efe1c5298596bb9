"""On the running platform, as a person meets it: an interview ends, and its report is announced on the event stream."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.integration.conftest import RunningPlatform

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]


def test_a_concluded_interview_announces_its_report_on_the_event_stream(platform: RunningPlatform) -> None:
    interview_id = f"gr-{uuid.uuid4().hex[:10]}"
    with platform.client() as client:
        started = client.post(f"/session/start/{interview_id}", json={"plan": "backend-engineer", "consent": True})
        assert started.status_code == 200, started.text
        assert client.delete(f"/session/state/{interview_id}").status_code == 200
        headers = {"Accept": "text/event-stream"}
        with client.stream("GET", f"/session/events/{interview_id}", headers=headers) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:") and '"report.ready"' in line:
                    event = json.loads(line.removeprefix("data:"))
                    break
            else:
                raise AssertionError("the stream ended without report.ready")
        assert event["data"]["url"] == f"/session/report/{interview_id}"
        report = client.get(event["data"]["url"], headers={"Accept": "application/json"})
        assert report.status_code == 200
        assert report.json()["interview_id"] == interview_id
