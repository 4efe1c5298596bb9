"""The retention policy: how many days after its end an interview's data is kept, by class of data."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from interview.yaml.schema import misfits
from interview.yaml.source import read_yaml

#: The audit log must outlive the complaints that it answers.
AUDIT_LOG_DAYS_AT_LEAST = 180.0


class RetentionPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days after an interview's end; None keeps for ever.

    ``recordings``: what was said, as sound. ``transcripts``: words, documents, reports, reasons of grades, and all
    recordings. ``decisions``: the whole interview. ``audit_log`` counts from the entry.
    """

    recordings_days: float | None = None
    transcripts_days: float | None = None
    decisions_days: float | None = None
    audit_log_days: float | None = None


def load_retention(path: Path) -> RetentionPolicy:
    """The policy in a YAML file.

    Raises:

        ConfigError: naming file, line and field: an unknown field, a negative time, a class that outlives a greater
            one, or an audit log kept under ``AUDIT_LOG_DAYS_AT_LEAST`` days.
    """
    document = read_yaml(path)
    for where, problem in misfits(document.data, RetentionPolicy):
        raise document.error(where, problem)
    policy = msgspec.convert(document.data, RetentionPolicy)
    for field in RetentionPolicy.__struct_fields__:
        days = getattr(policy, field)
        if days is not None and not 0 <= days < 100_000:
            raise document.error((field,), "must be between 0 and 100000 days, or null to keep for ever")
    if policy.audit_log_days is not None and policy.audit_log_days < AUDIT_LOG_DAYS_AT_LEAST:
        raise document.error(("audit_log_days",), f"must be at least {AUDIT_LOG_DAYS_AT_LEAST:g}, or null")
    classes = ("recordings_days", "transcripts_days", "decisions_days")
    for smaller, greater in pairwise(classes):
        if _days(policy, smaller) > _days(policy, greater) and getattr(policy, smaller) is not None:
            raise document.error((smaller,), f"exceeds {greater}, which includes it")
    return policy


def _days(policy: RetentionPolicy, field: str) -> float:
    days: float | None = getattr(policy, field)
    return float("inf") if days is None else days
