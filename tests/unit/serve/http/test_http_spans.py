"""A request's span has the name of its route, so that a trace holds no id and no reference of a candidate."""

from __future__ import annotations

import pytest

from tests.support.exported_spans import exported_spans
from tests.support.http_ports import stub_ports
from tests.unit.serve.http.test_http_edge import client_of

REQUESTS = (
    ("GET", "/candidates/jane.doe@example.org/data", "/candidates/{reference:path}/data"),
    ("GET", "/session/state/jane-doe", "/session/state/{interview_id}"),
    ("POST", "/interviews/jane-doe/link", "/interviews/{interview_id}/link"),
)


@pytest.mark.parametrize(("method", "path", "route"), REQUESTS)
async def test_a_span_names_the_route_and_not_the_path(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, route: str
) -> None:
    with exported_spans(monkeypatch) as exporter:
        async with client_of(stub_ports()) as client:
            await client.request(method, path)
    (span,) = [span for span in exporter.get_finished_spans() if span.parent is None]
    assert span.name == f"{method} {route}"
    assert dict(span.attributes or {})["http.route"] == route
    assert "jane" not in span.to_json()


async def test_an_unknown_path_names_only_the_method(monkeypatch: pytest.MonkeyPatch) -> None:
    with exported_spans(monkeypatch) as exporter:
        async with client_of(stub_ports()) as client:
            assert (await client.get("/candidate/jane-doe")).status_code == 404
    (span,) = exporter.get_finished_spans()
    assert span.name == "GET"
    assert "jane" not in span.to_json()
