"""The retention policy's file: what it may say, and how a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from interview.errors import ConfigError
from interview.policies.retention import RetentionPolicy, load_retention
from tests.support.paths import ROOT


def policy(tmp_path: Path, text: str) -> RetentionPolicy:
    path = tmp_path / "retention.yaml"
    path.write_text(text)
    return load_retention(path)


def test_the_shipped_policy_deletes_no_interview_and_keeps_the_audit_log_long_enough() -> None:
    shipped = load_retention(ROOT / "configs" / "retention.yaml")
    assert (shipped.recordings_days, shipped.transcripts_days, shipped.decisions_days) == (None, None, None)
    assert shipped.audit_log_days is not None
    assert shipped.audit_log_days >= 180


def test_classes_are_kept_as_long_as_the_file_says(tmp_path: Path) -> None:
    found = policy(tmp_path, "recordings_days: 30\ntranscripts_days: 180.5\ndecisions_days: null\n")
    assert found == RetentionPolicy(recordings_days=30, transcripts_days=180.5)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("recording_days: 3\n", "retention.yaml:1.*recording_days.*did you mean 'recordings_days'"),
        ("recordings_days: -1\n", "retention.yaml:1: recordings_days: must be between"),
        ("recordings_days: 2\ntranscripts_days: 1\n", "retention.yaml:1: recordings_days: exceeds transcripts_days"),
        ("transcripts_days: 9\ndecisions_days: 8\n", "retention.yaml:1: transcripts_days: exceeds decisions_days"),
        ("audit_log_days: 179\n", "retention.yaml:1: audit_log_days: must be at least 180"),
        ("recordings_days: soon\n", "recordings_days"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        policy(tmp_path, text)
