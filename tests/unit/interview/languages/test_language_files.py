"""A language's file is whole or an error that names the line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interview.errors import ConfigError, InvalidInput
from interview.languages import language as module
from interview.languages.language import SUPPORTED, is_supported, language_of, read_language

HERE = Path(module.__file__).parent


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (HERE / "de.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path = tmp_path / "de.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_every_supported_language_has_a_whole_file() -> None:
    assert {path.stem for path in HERE.glob("*.yaml")} == set(SUPPORTED)
    for code in SUPPORTED:
        assert language_of(code).code == code


@pytest.mark.parametrize(("tag", "code"), [("de-AT", "de"), ("FR", "fr"), ("es-MX", "es"), ("en-GB", "en")])
def test_a_region_does_not_matter(tag: str, code: str) -> None:
    assert is_supported(tag)
    assert language_of(tag).code == code


def test_another_language_is_refused_with_the_supported_ones() -> None:
    with pytest.raises(InvalidInput, match="Supported: en, de, fr, es"):
        language_of("it")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  no_hint:\n", "  no_hnt:\n", "no_hint"),
        ("    intro: [Fangen wir an.]\n", "    intro: []\n", "needs at least one line"),
        ("  presence: Ja, ich bin da, und Ihre Worte kommen bei mir an.\n", "  presence: ''\n", "is empty"),
        ("noch {count} Fragen.", "noch {anzahl} Fragen.", "other placeholders than English, which has: count"),
        (
            "  minutes_left: Insgesamt bleiben noch etwa {minutes} Minuten.",
            "  minutes_left: Es bleibt Zeit.",
            "minutes",
        ),
        ("    person: mensch\n", "    person: (mensch\n", "is not a pattern"),
        ("code: de\n", "code: at\n", "the file is 'de'"),
    ],
)
def test_a_gap_in_a_file_is_an_error(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(problem)):
        read_language(changed(tmp_path, old, new), like=language_of("en"))


def test_rules_may_be_left_out_in_english_only(tmp_path: Path) -> None:
    text = (HERE / "de.yaml").read_text(encoding="utf-8")
    path = tmp_path / "de.yaml"
    path.write_text(f"{text[: text.index('gloss:')]}gloss: null\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="must be given, except in English"):
        read_language(path, like=language_of("en"))
