"""``interview doctor`` loads the language model of a profile, so that damaged weights are found before an interview."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import psutil
import pytest

from deployments.llm.config import LlmConfig, TransformersConfig
from serve.local import doctor

pytestmark = [pytest.mark.models]

_SPEC = importlib.util.spec_from_file_location("engines", Path(__file__).with_name("engines.py"))
assert _SPEC is not None and _SPEC.loader is not None
engines = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(engines)


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> LlmConfig:
    shutil.copytree(engines.tiny_model(tmp_path_factory), tmp_path / "tiny")
    settings = TransformersConfig(device="cpu", num_threads=1, kv_cache_gib=0.5)
    return LlmConfig(engine="transformers", model=str(tmp_path / "tiny"), max_model_len=512, transformers=settings)


def test_weights_that_load_and_answer_are_fine(config: LlmConfig) -> None:
    found = doctor.language_model(config)
    assert (found.level, "loaded from" in found.found) == ("ok", True)


def test_truncated_weights_are_found(config: LlmConfig) -> None:
    (weights,) = Path(config.model).glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1000])
    found = doctor.language_model(config)
    assert (found.level, "cannot be loaded" in found.found, "fetch the weights again" in found.remedy) == (
        "fail",
        True,
        True,
    )


def test_weights_that_the_memory_cannot_hold_are_not_loaded(config: LlmConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = psutil.virtual_memory()._replace(available=2**20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    found = doctor.language_model(config)
    assert (found.level, "was not loaded" in found.found) == ("warn", True)
