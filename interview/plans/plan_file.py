"""Writes a plan as a YAML file that ``interview plan check`` accepts: fields in their order, defaults left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from interview.plans.plan import InterviewPlan


def plan_yaml(plan: InterviewPlan, *, comments: tuple[str, ...] = (), head: Mapping[str, Any] | None = None) -> str:
    """The plan with its questions as YAML. ``comments`` stand above it; ``head`` are further fields of the file."""
    above = "".join(f"# {line}\n" for comment in comments for line in comment.splitlines() or [""])
    # `interview plan check` asks for the level, even where it is the default.
    data = {**(head or {}), "level": plan.level, **_plain(plan)}
    return above + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)


def plan_data(plan: InterviewPlan) -> dict[str, Any]:
    """The plan as plain data, defaults left out."""
    return dict(_plain(plan))


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        config = value.__struct_config__
        tagged = {config.tag_field: config.tag} if config.tag_field is not None else {}
        fields = {
            field.encode_name: _plain(getattr(value, field.name))
            for field in msgspec.structs.fields(value)
            if not _is_default(field, getattr(value, field.name))
        }
        return {**tagged, **fields}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(value == field.default_factory())
    return field.default is not msgspec.NODEFAULT and bool(value == field.default)
