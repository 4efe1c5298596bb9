"""``llm.judge``: a language model of its own for the rubric judge, from the profile to the grading tier."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from ray import serve as ray_serve

from deployments.llm.config import LlmConfig
from interview.errors import ConfigError
from serve.compose import compose
from serve.local.doctor import examine
from serve.serve_file import profile_path, read_serve_file
from serve.settings import Settings, read_settings

INTERVIEWER = {"engine": "fake", "model": "talker"}
JUDGE = {"engine": "remote", "model": "careful", "remote": {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "K"}}


def settings(llm: dict[str, Any]) -> Settings:
    return read_settings({"profile": "local", "llm": llm})


def test_the_judge_has_every_field_of_an_engine_and_the_interviewer_keeps_its_own() -> None:
    llm = settings({**INTERVIEWER, "judge": JUDGE}).llm
    judge = llm.of_judge
    assert judge is not None
    assert (llm.engine, llm.name) == ("fake", "talker")
    assert (judge.engine, judge.name, judge.remote.api_key_env) == ("remote", "careful", "K")
    assert judge.judge is None
    assert settings(INTERVIEWER).llm.of_judge is None


@pytest.mark.parametrize(
    ("judge", "named"),
    [
        ({"engine": "remot"}, "llm.judge.engine"),
        ({"engine": "fake", "modle": "x"}, "llm.judge.modle"),
        ({"engine": "fake", "judge": {"engine": "fake"}}, "llm.judge.judge"),
        ({"model": "x"}, "judge.engine must name an engine"),
    ],
)
def test_a_wrong_judge_is_named_by_its_field(judge: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        settings({**INTERVIEWER, "judge": judge})


@pytest.mark.parametrize("share", [60, 1.0, -0.1, float("nan")])
def test_a_share_of_coverage_that_would_mean_the_judge_alone_is_refused(share: float) -> None:
    with pytest.raises(ConfigError, match=r"coverage_share is .* at least 0 and below 1"):
        read_settings({"profile": "local", "grading": {"judge": {"coverage_share": share}}})
    alone = read_settings({"profile": "local", "grading": {"judge": {"coverage_share": 0}}})
    assert alone.grading.judge.coverage_share == 0


def bound(app: ray_serve.Application, name: str) -> ray_serve.Application | None:
    """The application that a composed one passes on under ``name``."""
    found: ray_serve.Application | None = app._bound_deployment.init_kwargs.get(name)
    return found


def test_the_composition_deploys_the_judge_and_hands_it_to_grading_alone() -> None:
    app = compose(replace(settings({"engine": "none", "judge": {"engine": "fake", "model": "careful"}})))
    judge, grading, agent = (bound(app, name) for name in ("judge", "grading", "agent"))
    assert judge is not None and grading is not None and agent is not None
    assert judge._bound_deployment.name == "JudgeModel"
    assert judge in grading._bound_deployment.init_args
    assert "judge" not in agent._bound_deployment.init_kwargs
    # the judge works without a model that interviews
    assert agent._bound_deployment.init_args[0].judge_open_answers
    bare = bound(compose(settings({"engine": "none"})), "agent")
    assert bare is not None and not bare._bound_deployment.init_args[0].judge_open_answers


def test_doctor_checks_the_judge_and_names_its_section(tmp_path: Any) -> None:
    file = read_serve_file(profile_path("local"))
    file.arguments["llm"] = {"engine": "none", "judge": {"engine": "remote", "model": "careful"}}
    found = {one.area: one for one in examine(file, tmp_path)}
    assert found["judge"].level == "fail"
    assert "llm.judge.remote.base_url" in found["judge"].found
    file.arguments["llm"] = {"engine": "none", "judge": JUDGE}
    judge = {one.area: one for one in examine(file, tmp_path)}["judge"]
    assert judge.level == "fail" and "careful at http://127.0.0.1:9/v1" in judge.found
    assert "llm.judge.remote.base_url" in judge.remedy


def test_of_judge_copies_what_differs() -> None:
    llm = LlmConfig(engine="fake", judge=LlmConfig(engine="fake", max_tokens_limit=77, deadline_s=9))
    assert llm.of_judge is not None
    assert (llm.of_judge.max_tokens_limit, llm.of_judge.deadline_s) == (77, 9)
