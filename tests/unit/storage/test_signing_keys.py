"""The keys that sign candidates' tokens: made once, private, replaceable through the environment."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest

from interview.errors import ConfigError
from storage.keys.signing_keys import VARIABLE, signing_keys


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def test_the_key_of_a_data_directory_is_made_once_and_private(tmp_path: Path) -> None:
    (key,) = signing_keys(tmp_path)
    assert signing_keys(tmp_path) == (key,)
    assert len(key.secret) >= 32
    assert stat.S_IMODE((tmp_path / "token-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["token-key"]
    assert key.secret.decode() not in repr(key)


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(signing_keys, [tmp_path / "data"] * 8)
    assert len({keys[0].secret for keys in found}) == 1


def test_the_environment_replaces_the_file_and_names_the_signing_key_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"{'n' * 32}, {'o' * 40}")
    new, old = signing_keys(tmp_path)
    assert (new.secret, old.secret) == (b"n" * 32, b"o" * 40)
    assert not list(tmp_path.iterdir())


def test_a_short_key_is_refused_without_repeating_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "too-short-a-secret")
    with pytest.raises(ConfigError, match=VARIABLE) as refused:
        signing_keys(tmp_path)
    assert "too-short" not in str(refused.value)
