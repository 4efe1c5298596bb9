"""``interview doctor`` loads each model that a profile names, so that a damaged file is found before an interview."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from deployments.llm.config import LlmConfig, RemoteConfig
from deployments.llm.engines import weights
from deployments.retrieval.config import RetrievalConfig
from deployments.stt.config import RemoteSttConfig, SttConfig
from deployments.tts.config import KokoroConfig, PiperConfig, TtsConfig
from deployments.turn_detection import service
from deployments.turn_detection.config import TurnDetectionConfig
from serve.local import doctor
from serve.local.diagnosis import Diagnosis
from serve.local.local_platform import free_port
from serve.local.model_diagnoses import (
    remote_language_model,
    search_by_meaning,
    speech_to_text,
    text_to_speech,
    turn_detection,
)


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"not a model")
    (tmp_path / "model.onnx.json").write_text(json.dumps({"audio": {"sample_rate": 22050}}))
    return file


@pytest.mark.parametrize("engine", ["kokoro", "piper"])
def test_a_damaged_voice_is_found(engine: str, damaged: Path) -> None:
    config = TtsConfig(engine=engine, kokoro=KokoroConfig(model=str(damaged)), piper=PiperConfig(model=str(damaged)))  # type: ignore[arg-type]
    found = text_to_speech(config)
    assert found.level == "fail" and str(damaged) in found.found


def test_a_damaged_turn_detector_is_found(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = SimpleNamespace(path=damaged.parent, manifest=SimpleNamespace(files=[SimpleNamespace(name=damaged.name)]))
    monkeypatch.setattr(service, "resolve_weights", lambda _name: weights)
    found = turn_detection(TurnDetectionConfig())
    assert found.level == "fail" and str(damaged) in found.found


def test_the_detector_of_voice_activity_is_loaded() -> None:
    found = turn_detection(TurnDetectionConfig(end_of_turn="silence"))
    assert (found.level, "voice activity: silero-vad" in found.found) == ("ok", True)


def test_a_damaged_encoder_is_found_and_a_missing_one_is_said(damaged: Path) -> None:
    found = search_by_meaning(RetrievalConfig(embeddings=str(damaged.parent)))
    assert found.level == "fail" and str(damaged.parent) in found.found
    assert search_by_meaning(RetrievalConfig(embeddings="no-such-encoder")).level == "warn"
    assert search_by_meaning(RetrievalConfig(embeddings=None)).level == "ok"


class Models(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": "careful", "object": "model"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    listening = HTTPServer(("127.0.0.1", 0), Models)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}/v1"
    listening.shutdown()
    listening.server_close()


def judge(address: str, model: str = "careful") -> LlmConfig:
    return LlmConfig(engine="remote", model=model, remote=RemoteConfig(base_url=address))


def test_a_transcription_server_that_does_not_answer_is_named(server: str) -> None:
    def found(address: str) -> Diagnosis:
        return speech_to_text(SttConfig(engine="remote", remote=RemoteSttConfig(base_url=address)))

    assert found(server).level == "ok"
    nobody = found(f"http://127.0.0.1:{free_port()}/v1")
    assert (nobody.level, "does not answer" in nobody.found) == ("fail", True)
    assert found("http://127.0.0.1:none/v1").level == "fail"


def test_a_server_that_has_the_model_is_fine(server: str) -> None:
    assert remote_language_model("judge", judge(server), "llm.judge").level == "ok"


def test_a_server_that_lacks_the_model_or_does_not_answer_is_named(server: str) -> None:
    other = remote_language_model("judge", judge(server, "larger"), "llm.judge")
    assert (other.level, "does not list the model 'larger'" in other.found) == ("fail", True)
    nobody = remote_language_model("judge", judge(f"http://127.0.0.1:{free_port()}/v1"), "llm.judge")
    assert (nobody.level, "did not answer" in nobody.found) == ("fail", True)
    assert "llm.judge.remote.base_url" in nobody.remedy


def test_what_the_running_platform_has_loaded_is_not_loaded_again(
    damaged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second copy may not fit beside it on a card. The files are damaged, so that loading them would fail."""
    monkeypatch.setattr(weights, "local_model", lambda _name, _dir: damaged.parent)
    monkeypatch.setattr(doctor, "_version", lambda _name: "1.0")
    config = LlmConfig(engine="transformers", model="small")
    assert doctor.language_model(config).level == "fail"
    found = doctor.language_model(config, serves=True)
    assert found.level == "ok" and "not loaded here, because the platform runs" in found.found
    heard = SttConfig(device="cuda")
    assert speech_to_text(heard).level == "fail", "there is no card here"
    assert (found := speech_to_text(heard, serves=True)).level == "ok" and "not loaded here" in found.found
    assert "not loaded here" not in speech_to_text(SttConfig(device="cpu"), serves=True).found
