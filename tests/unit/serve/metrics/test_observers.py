"""A client cannot choose the metrics' labels."""

from __future__ import annotations

from interview.plans.plan import PlanRef
from serve.metrics.observers import AgentObserver, RequestMetrics
from serve.metrics.registry import PlatformMetrics


def test_plans_of_requests_share_one_label() -> None:
    metrics = PlatformMetrics()
    observer = AgentObserver(metrics)
    for number in range(100):
        plan = PlanRef(f"made-up-{number}", "1", "digest", from_request=True)
        observer.session_started(plan)
        observer.session_concluded(plan, "candidate")
    observer.session_started(PlanRef("backend-engineer", "1", "digest"))
    labels = {sample.labels["plan"] for family in metrics.sessions.collect() for sample in family.samples}
    assert labels == {"inline", "backend-engineer"}


def test_invented_methods_share_one_label() -> None:
    metrics = PlatformMetrics()
    observer = RequestMetrics(metrics)
    for number in range(100):
        observer.observe(route="unmatched", method=f"METHOD{number}", status=405, seconds=0.1)
    observer.observe(route="/tools", method="GET", status=200, seconds=0.1)
    labels = {sample.labels["method"] for family in metrics.requests.collect() for sample in family.samples}
    assert labels == {"OTHER", "GET"}
