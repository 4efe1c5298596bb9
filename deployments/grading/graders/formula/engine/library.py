"""Loads the modules that register functions."""

from __future__ import annotations

import importlib

_MODULES = (
    "logic", "information", "aggregate", "criteria", "maths", "statistics", "ranking", "lookup", "arrays", "reshaping",
    "lambdas", "text", "text_parts", "number_format", "calendar", "working_days", "finance", "database",
    "distributions", "conversion", "regression", "google", "engineering",
)  # fmt: skip


def load() -> None:
    """Fill ``registry.FUNCTIONS``; idempotent."""
    for name in _MODULES:
        importlib.import_module(f"deployments.grading.graders.formula.engine.functions.{name}")
