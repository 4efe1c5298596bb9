"""Which weights serve, and that the reason is always told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deployments.stt.config import SttConfig
from deployments.stt.engines.model_resolution import BUILTIN_NOTICE, builtin_model_dir, resolve_model
from interview.errors import ModelMissing

HUB_ID = "Systran/faster-whisper-tiny.en"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The hub's address is a closed port and its cache an empty folder."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


def offline(tmp_path: Path, **fields: object) -> SttConfig:
    return SttConfig(model=HUB_ID, download_dir=str(tmp_path / "cache"), **fields)  # type: ignore[arg-type]


def test_the_builtin_model_says_that_it_is_no_model_for_people() -> None:
    resolved = resolve_model(SttConfig())
    assert (resolved.source, resolved.builtin) == ("builtin", True)
    assert resolved.notice == BUILTIN_NOTICE
    assert "not for people's voices" in BUILTIN_NOTICE


def test_an_explicit_directory_wins(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    resolved = resolve_model(SttConfig(model=str(tmp_path)))
    assert (resolved.source, resolved.path, resolved.builtin) == ("path", str(tmp_path), False)


def test_the_builtin_model_by_its_path_is_still_the_builtin_model() -> None:
    assert resolve_model(SttConfig(model=str(builtin_model_dir()))).builtin


def test_a_mistyped_path_is_an_error_and_never_the_demo_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"model\.bin"):
        resolve_model(SttConfig(model=str(tmp_path / "nowhere")))


def test_without_hub_and_cache_the_builtin_model_serves_and_every_step_is_told(tmp_path: Path) -> None:
    resolved = resolve_model(offline(tmp_path))
    assert resolved.builtin
    assert [attempt.step for attempt in resolved.tried] == ["path", "cache", "hub", "builtin"]
    assert "not reachable" in resolved.reason


def test_the_local_cache_serves_without_asking_the_hub(tmp_path: Path) -> None:
    snapshot = tmp_path / "cache" / "models--Systran--faster-whisper-tiny.en" / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").write_bytes(b"weights")
    references = snapshot.parents[1] / "refs"
    references.mkdir()
    (references / "main").write_text("a" * 40)

    resolved = resolve_model(offline(tmp_path))

    assert resolved.source == "cache"
    assert Path(resolved.path).samefile(snapshot)


def test_an_operator_may_forbid_the_fallback_and_is_told_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="interview models pull"):
        resolve_model(offline(tmp_path, builtin_fallback=False))


def test_forbidden_downloads_are_not_tried(tmp_path: Path) -> None:
    resolved = resolve_model(offline(tmp_path, allow_download=False))
    assert "switched off" in resolved.reason


def test_no_address_of_a_hub_is_asked_for_the_builtin_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HF_ENDPOINT", "http://must-not-be-asked.invalid")
    assert [attempt.step for attempt in resolve_model(SttConfig()).tried] == ["builtin"]
