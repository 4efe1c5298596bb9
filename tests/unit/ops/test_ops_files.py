"""Files for operators are accepted by this release: profiles, manifest, alert rules and the metrics they name."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from typer.main import get_command

from interview import failures, retries
from interview.errors import StorageUnavailable
from serve.cli.main import app
from serve.metrics.process import process_metrics
from serve.metrics.registry import PlatformMetrics, merge
from serve.metrics.store_state import GAUGES
from serve.serve_file import HOME, read_serve_file
from serve.settings import read_settings

PROFILES = sorted((HOME / "configs" / "serve").glob("*.yaml"))


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_profile_is_a_serve_config_with_settings_we_know(path: Path) -> None:
    from ray.serve.schema import ServeDeploySchema

    ServeDeploySchema.model_validate(yaml.safe_load(path.read_text()))
    config = read_serve_file(path)
    read_settings(config.arguments, str(path))


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_event_streams_end_before_the_server_cuts_them(path: Path) -> None:
    config = yaml.safe_load(path.read_text())
    settings = read_settings(config["applications"][0]["args"])
    cut_after_s = config["http_options"].get("request_timeout_s")
    heartbeat_s = 10.0
    assert cut_after_s is None or settings.http.events_max_s + heartbeat_s < cut_after_s
    assert settings.http.callers.replica_event_streams * 2 <= settings.ingress.max_ongoing_requests


def test_the_load_profiles_differ_only_in_the_language_model() -> None:
    """The additional cost of ``load-llm`` is then the model's turn, and nothing else."""
    plain, asking = (
        yaml.safe_load((HOME / "configs" / "serve" / f"{name}.yaml").read_text()) for name in ("load", "load-llm")
    )
    for config in (plain, asking):
        arguments = config["applications"][0]["args"]
        del arguments["profile"], arguments["llm"]
    assert plain == asking


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((HOME / "ops" / "alerts.yml").read_text())["groups"][0]["rules"]
    return found


def test_every_alert_names_metrics_that_exist() -> None:
    families = text_string_to_metric_families(PlatformMetrics().exposition().decode())
    known = {family.name for family in families} | {f"interview_{gauge}" for gauge in GAUGES}
    for rule in rules():
        for name in re.findall(r"interview_\w+", rule["expr"]):
            base = re.sub(r"_(bucket|count|sum|total)$", "", name)
            assert base in known, f"{rule['alert']} asks for {name}"


def test_every_alert_has_a_runbook_and_a_remedy_whose_commands_exist() -> None:
    sections = set(re.findall(r"^## (\w+)$", (HOME / "docs" / "runbooks.md").read_text(), re.MULTILINE))
    assert sections == {rule["alert"] for rule in rules()}
    commands = get_command(app)
    for rule in rules():
        notes = rule["annotations"]
        assert notes["runbook_url"] == f"docs/runbooks.md#{rule['alert'].lower()}"
        for words in re.findall(r"`interview ([a-z -]+?)(?: --[^`]*)?`", notes["action"]):
            found: Any = commands
            for word in words.split():
                found = found.commands.get(word)
                assert found is not None, f"{rule['alert']} names `interview {words}`"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")
def test_promtool_accepts_configuration_and_rules() -> None:
    for command in (
        ["check", "config", "--syntax-only", "ops/prometheus.yml"],
        ["check", "rules", "ops/alerts.yml"],
        ["test", "rules", "ops/alerts.test.yml"],
    ):
        done = subprocess.run(["promtool", *command], cwd=HOME, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_counts_and_buckets_of_several_replicas_add_up_in_one_exposition() -> None:
    first, second = PlatformMetrics(), PlatformMetrics()
    for metrics, seconds in ((first, 0.05), (first, 0.095), (second, 0.3)):
        metrics.turn.labels("ok").observe(seconds)
    text = merge({"a": first.exposition(), "b": second.exposition()}).decode()
    turn = next(family for family in text_string_to_metric_families(text) if family.name == "interview_turn_seconds")

    def total(suffix: str, **labels: str) -> float:
        return sum(
            sample.value
            for sample in turn.samples
            if sample.name.endswith(suffix) and labels.items() <= sample.labels.items()
        )

    assert total("_count") == 3
    assert total("_bucket", le="0.1") == 2
    assert total("_count", replica="b") == 1


def test_a_replica_whose_metrics_cannot_be_read_hides_no_other(failed_items: list[tuple[str, str]]) -> None:
    good = PlatformMetrics()
    good.conflicts.inc(3)
    text = merge({"a": b"interview_x{ 1 broken", "b": good.exposition()}).decode()
    assert 'interview_commit_conflicts_total{replica="b"} 3.0' in text
    assert failed_items == [("metrics", "ValueError")]


def test_an_item_that_a_batch_goes_on_without_is_counted_by_batch_and_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "_listener", None)
    monkeypatch.setattr(retries, "_listener", None)
    metrics = process_metrics.__wrapped__()
    for error in (StorageUnavailable("full"), StorageUnavailable("full"), ValueError("a defect")):
        failures.item_failed("archive", error)
    text = metrics.exposition().decode()
    assert 'interview_item_failures_total{batch="archive",reason="storage-unavailable"} 2.0' in text
    assert 'interview_item_failures_total{batch="archive",reason="ValueError"} 1.0' in text
