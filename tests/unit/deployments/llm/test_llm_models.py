"""Missing weights say how to get them, and nothing reaches a model host unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployments.llm.config import LlmConfig, RemoteConfig
from deployments.llm.deployment import build, create_language_model
from deployments.llm.engines.weights import local_model, pull_model
from deployments.shell.egress import VARIABLE, require_allowed
from interview.errors import ConfigError, ModelMissing


def test_a_directory_with_a_model_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")

    assert local_model(str(tmp_path)) == tmp_path


@pytest.mark.parametrize("name", ["Qwen/Qwen2.5-7B-Instruct", "/nowhere/model", "./here"])
def test_missing_weights_say_the_three_ways_to_get_a_model(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        local_model(name, str(tmp_path))

    assert f"interview models pull {name}" in caught.value.message
    assert "local directory" in caught.value.message
    assert "remote" in caught.value.message
    assert not caught.value.retryable


def test_a_pulled_model_is_found_without_the_hub(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--acme--tiny" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (tmp_path / "models--acme--tiny" / "refs").mkdir()
    (tmp_path / "models--acme--tiny" / "refs" / "main").write_text("abc")

    assert local_model("acme/tiny", str(tmp_path)) == snapshot


async def test_no_model_configured_is_an_answer_too() -> None:
    model = create_language_model(LlmConfig())
    await model.start()

    assert (await model.info()).engine == "none"
    with pytest.raises(ModelMissing, match="interview models pull"):
        await model.chat({"messages": []})
    with pytest.raises(ModelMissing, match="remote"):
        async for _ in model.stream({"messages": []}):
            pass


def test_vllm_without_its_packages_or_weights_says_so_before_anything_is_deployed() -> None:
    with pytest.raises(ModelMissing, match=r"extra `gpu`|interview models pull"):
        build(LlmConfig(engine="vllm", model="/nowhere/model"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "http://localhost:11434/v1", "http://[::1]:8000/v1"])
def test_tests_may_call_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "forbidden")
    require_allowed(url)


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "http://10.0.0.7/v1", "http://localhost.evil.example/v1"])
def test_tests_may_call_no_other(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "forbidden")
    config = LlmConfig(engine="remote", model="m", remote=RemoteConfig(base_url=url))

    with pytest.raises(ConfigError, match="forbidden"):
        create_language_model(config)


def test_pulling_is_a_call_to_a_model_host_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "forbidden")
    with pytest.raises(ConfigError, match="forbidden"):
        pull_model("acme/tiny")


def test_the_suite_runs_with_the_guard_up() -> None:
    with pytest.raises(ConfigError, match="forbidden"):
        require_allowed("https://api.openai.com/v1")


@pytest.mark.parametrize("change", [{"remote": RemoteConfig()}, {"model": ""}])
def test_a_remote_engine_without_address_or_model_is_a_configuration_error(change: dict[str, object]) -> None:
    fields = {"engine": "remote", "model": "m", "remote": RemoteConfig(base_url="http://127.0.0.1:1/v1"), **change}

    with pytest.raises(ConfigError, match=r"llm\."):
        create_language_model(LlmConfig(**fields))  # type: ignore[arg-type]
