"""A prompt version: Markdown with ``{{variables}}``, validated before use."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from msgspec import Struct

from interview.errors import ConfigError
from interview.yaml.schema import nearest

MAX_BYTES = 16_384

#: Hex digits of a version's digest in a session's pin.
PIN_DIGITS = 12

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_][\w-]*)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


class PromptKind(Struct, frozen=True):
    """The variables that a prompt of this name may use, and those it must use."""

    variables: frozenset[str]
    required: frozenset[str]


_ABOUT_INTERVIEW = frozenset({"persona", "title", "role", "language", "plan", "facts", "max_words"})
_ABOUT_QUESTION = frozenset({"question", "rubric", "skill"})

#: All prompt names. ``interviewer`` is the stable head of every request; a specialised prompt for the answered
#: question's type follows it.
KINDS: dict[str, PromptKind] = {
    "interviewer": PromptKind(_ABOUT_INTERVIEW, frozenset({"persona", "role", "plan", "language"})),
    "technical": PromptKind(_ABOUT_QUESTION, frozenset({"question"})),
    "behavioral": PromptKind(_ABOUT_QUESTION, frozenset({"question"})),
    "conversation": PromptKind(_ABOUT_QUESTION, frozenset({"question"})),
}

#: The specialised prompt for each question type.
BY_QUESTION_TYPE = {
    "technical": "technical",
    "problem_solving": "technical",
    "behavioral": "behavioral",
    "experience": "behavioral",
}


class Prompt(Struct, frozen=True):
    """One immutable version; ``digest`` is the SHA-256 of its file, hex."""

    name: str
    version: str
    digest: str
    text: str

    @property
    def pin(self) -> str:
        """The form in a session's pins: ``2@3f9a0c1b5d7e``."""
        return f"{self.version}@{self.digest[:PIN_DIGITS]}"

    @property
    def label(self) -> str:
        """The form in the event log: ``interviewer/2@3f9a0c1b5d7e``."""
        return f"{self.name}/{self.pin}"

    def render(self, values: Mapping[str, str]) -> str:
        """Fill in the variables; the values are not expanded again."""
        return _VARIABLE.sub(lambda found: values[found[1]], self.text)


def specialised(question_type: str) -> str:
    return BY_QUESTION_TYPE.get(question_type, "conversation")


def read_prompt(name: str, version: str, raw: bytes, file: str, *, expected_digest: str | None = None) -> Prompt:
    """Parse and validate a version.

    Raises:

        ConfigError: too large, empty, not UTF-8, other content than ``expected_digest``, or a variable that is
            unknown, missing or malformed; with file, line and field.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if expected_digest is not None and not digest.startswith(expected_digest):
        problem = f"its content is {digest[:12]}…, published was {expected_digest[:12]}…: a version never changes"
        raise ConfigError.at(file, None, f"versions.{version}", problem)
    if len(raw) > MAX_BYTES:
        raise ConfigError.at(file, None, "", f"is larger than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError.at(file, raw[: error.start].count(b"\n") + 1, "", "is not valid UTF-8") from error
    if not text.strip():
        raise ConfigError.at(file, 1, "", "is empty")
    _check_variables(name, text, file)
    return Prompt(name=name, version=version, digest=digest, text=text.strip())


def _check_variables(name: str, text: str, file: str) -> None:
    kind = KINDS[name]
    used = set()
    for found in _VARIABLE.finditer(text):
        if found[1] not in kind.variables:
            problem = f"unknown variable; {name} may use {', '.join(sorted(kind.variables))}"
            raise ConfigError.at(
                file, _line(text, found.start()), found[0], problem + nearest(found[1], kind.variables)
            )
        used.add(found[1])
    stray = _BRACES.search(_VARIABLE.sub(lambda found: " " * len(found[0]), text))
    if stray is not None:
        raise ConfigError.at(file, _line(text, stray.start()), stray[0], "a variable is written {{name}}")
    missing = sorted(kind.required - used)
    if missing:
        raise ConfigError.at(file, None, f"{{{{{missing[0]}}}}}", "this variable must occur in the prompt")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
