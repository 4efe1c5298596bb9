"""Variants of a prompt: files of the operator, and the prompt without one of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from deployments.agent.model.prompt_template import read_prompt
from interview.errors import ConfigError, InvalidInput

#: A bullet with its continuation lines.
_BULLET = re.compile(r"^- .*(?:\n  .*)*\n", re.MULTILINE)
#: An example: what the candidate said, and the answer.
_EXAMPLE = re.compile(r'^The candidate said: .*\n\{"action".*\}\n\n?', re.MULTILINE)


class Variant(Struct, frozen=True):
    """``name`` tells how the text differs from the version in use."""

    name: str
    text: str


def file_variants(prompt: str, files: Sequence[Path]) -> list[Variant]:
    """The operator's own variants.

    Raises:
        InvalidInput: a file cannot be read, or two have the same name.
        ConfigError: a file is not a valid ``prompt``; names file, line and field.
    """
    found: dict[str, Variant] = {}
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.") from error
        read_prompt(prompt, path.stem, raw, str(path))
        if path.stem in found:
            raise InvalidInput(f"Two variants are called {path.stem}; rename one of the files.")
        found[path.stem] = Variant(path.stem, raw.decode("utf-8"))
    return list(found.values())


def ablations(prompt: str, text: str) -> Iterator[Variant]:
    """``text`` without one bullet or one example at a time; a part that the prompt must have is kept."""
    for kind, pattern in (("rule", _BULLET), ("example", _EXAMPLE)):
        for number, part in enumerate(pattern.finditer(text), start=1):
            shorter = text[: part.start()] + text[part.end() :]
            try:
                read_prompt(prompt, "variant", shorter.encode(), "variant")
            except ConfigError:
                continue
            yield Variant(f"without {kind} {number}", shorter)
