"""The configured weights serve the speech tier; a missing model is never replaced by another."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployments.stt.config import SttConfig
from deployments.stt.engines.model_resolution import resolve_model
from interview.errors import ConfigError, ModelMissing
from storage.weights.manifest import catalogue

HUB_ID = "Systran/faster-whisper-small"


@pytest.fixture(autouse=True)
def empty_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty models directory and hub cache; the hub's address is a closed port."""
    monkeypatch.setenv("INTERVIEW_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def test_the_default_is_a_model_for_people_from_the_installed_package() -> None:
    resolved = resolve_model(SttConfig())
    assert (resolved.name, resolved.source) == ("whisper-tiny.en", "package")
    assert resolved.profile.windows_s == (10.0, 12.0, 14.0, 16.0, 20.0)


@pytest.mark.parametrize("alias", ["tiny.en", "Systran/faster-whisper-tiny.en"])
def test_the_fields_other_names_of_a_model_mean_the_same_weights(alias: str) -> None:
    assert resolve_model(SttConfig(model=alias)) == resolve_model(SttConfig())


def test_a_directory_serves_with_the_profile_next_to_its_weights(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    (tmp_path / "serving.json").write_text('{"windows_s": [15]}')
    resolved = resolve_model(SttConfig(model=str(tmp_path)))
    assert (resolved.source, resolved.path, resolved.profile.windows_s) == ("path", str(tmp_path), (15.0,))


def test_a_mistyped_path_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"nowhere.*model\.bin"):
        resolve_model(SttConfig(model=str(tmp_path / "nowhere")))


def test_the_local_hub_cache_serves(tmp_path: Path) -> None:
    snapshot = tmp_path / "cache" / "models--Systran--faster-whisper-small" / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "model.bin").write_bytes(b"weights")
    references = snapshot.parents[1] / "refs"
    references.mkdir()
    (references / "main").write_text("a" * 40)

    resolved = resolve_model(SttConfig(model=HUB_ID, download_dir=str(tmp_path / "cache")))

    assert resolved.source == "cache"
    assert Path(resolved.path).samefile(snapshot)


@pytest.mark.parametrize("model", [HUB_ID, "whisper-enormous", "not a model's name!"])
def test_a_model_that_is_not_here_is_an_error_and_no_weaker_model_stands_in(model: str, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="interview models pull"):
        resolve_model(SttConfig(model=model, download_dir=str(tmp_path / "cache")))


def test_weights_of_another_kind_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    voice = msgspec.structs.replace(catalogue()["whisper-tiny.en"], name="a-voice", kind="text-to-speech", aliases=())
    monkeypatch.setitem(catalogue(), "a-voice", voice)
    with pytest.raises(ConfigError, match="text-to-speech"):
        resolve_model(SttConfig(model="a-voice"))
