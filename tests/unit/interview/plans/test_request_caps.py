"""Every field of a plan that comes in a request is bounded; the installed plans fit the bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import Struct

from interview.errors import ConfigError
from interview.plans.files import load_plans, plan_from_data
from interview.plans.plan import InterviewPlan
from interview.plans.request_caps import MAX_PLAN_BYTES, oversize
from interview.yaml.source import PathKey
from tests.support.paths import TESTS

LONG = "x" * 20_000


def shapes(kind: Any, path: PathKey = ()) -> Iterator[tuple[PathKey, Any]]:
    """Data with one oversized leaf for each text, list and mapping that a plan's type can hold."""
    if kind is str:
        yield path, LONG
    elif isinstance(kind, type) and issubclass(kind, Struct):
        for name, hint in get_type_hints(kind).items():
            for found, value in shapes(hint, (*path, name)):
                yield found, {name: value}
    elif get_origin(kind) is tuple:
        yield path, ["x"] * 1000
        for found, value in shapes(get_args(kind)[0], (*path, 0)):
            yield found, [value]
    elif get_origin(kind) is dict:
        yield path, {f"key {number}": "x" for number in range(1000)}
        yield path, {LONG: "x"}
        yield (*path, "key"), {"key": LONG}
    else:
        for option in get_args(kind):
            if isinstance(option, type) or get_origin(option) is not None:
                yield from shapes(option, path)


CASES = list(shapes(InterviewPlan))


def test_the_cases_reach_every_kind_of_grader() -> None:
    fields = {path[-1] for path, _ in CASES}
    assert {"accepted", "unit", "expression", "options", "cells", "variants", "prompt", "anchor", "choices"} <= fields
    assert len(CASES) > 70


@pytest.mark.parametrize(("path", "data"), CASES, ids=[".".join(map(str, path)) for path, _ in CASES])
def test_no_field_of_a_plan_is_without_a_cap(path: PathKey, data: Any) -> None:
    assert [found[: len(path)] for found, _ in oversize(data)] == [path]


@pytest.mark.parametrize("plan", load_plans(TESTS.parent / "configs" / "interviews").values(), ids=lambda plan: plan.id)
def test_the_installed_plans_fit(plan: InterviewPlan) -> None:
    assert list(oversize(msgspec.to_builtins(plan))) == []


def test_a_plan_within_every_cap_is_still_bounded_as_a_whole() -> None:
    plan = {"questions": [{"prompt": "x" * 4000} for _ in range(200)]}
    with pytest.raises(ConfigError, match=f"at most {MAX_PLAN_BYTES}"):
        plan_from_data(plan)
