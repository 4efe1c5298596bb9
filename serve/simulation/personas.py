"""Personas of simulated candidates: their knowledge, and how they behave instead of answering."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from interview.errors import ConfigError, InvalidInput
from interview.languages.language import SUPPORTED, is_supported
from interview.shipped import shipped_root
from interview.yaml.source import read_yaml

Level = Literal["strong", "average", "weak"]

#: The personas' directory, below the directory of the plans.
FOLDER = Path("personas") / "simulation"

ALL = "all"

#: In a line of ``more``: some words of the question that is discussed.
PART = "{part}"


class Persona(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A simulated candidate. Shares are probabilities in [0, 1], drawn per question unless stated otherwise.

    Knowledge:

        ``levels`` weights the reference answers for open questions; ``right`` is the probability of a right answer to a
        question with a key.

    Manners:

        ``instead``, ``instead_share``: lines said in place of an answer.
        ``gibberish_share``: random letters in place of an answer; ``silent_share``: a silent recording.
        ``before``, ``after``: lines around an answer, ``lines_around`` of each.
        ``asks``, ``asks_share``, ``asks_per_question``: requests made before the question is answered.
        ``keeps_back``: sentences of an open answer, half of them at most, that are told one by one when follow-ups ask.
        ``more``: answers to follow-ups after that, in turn; ``{part}`` stands for some words of the question.
        ``injections``: orders to the machine, one after each answer that is not typed into a sheet.

    ``language``: of the plans that it answers. ``nothing_more``: said when an unscored question is put again after its
    own question was answered. ``must_not_hear``: words the interviewer would say if it obeyed. ``words_per_s``:
    speaking rate.
    """

    name: str
    about: str
    levels: dict[Level, float]
    right: float
    more: tuple[str, ...]
    keeps_back: int = 0
    instead: tuple[str, ...] = ()
    instead_share: float = 0.0
    gibberish_share: float = 0.0
    silent_share: float = 0.0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    lines_around: int = 1
    asks: tuple[str, ...] = ()
    asks_share: float = 0.0
    asks_per_question: int = 1
    injections: tuple[str, ...] = ()
    must_not_hear: tuple[str, ...] = ()
    words_per_s: float = 2.4
    language: str = "en"
    nothing_more: str = "No, that is all, thank you."

    @property
    def kind(self) -> str:
        """The name without the language."""
        return self.name.removeprefix(f"{self.language}-")


def load_personas(plans_directory: Path) -> dict[str, Persona]:
    """By name, in the order of their files' names; the shipped personas where the directory has none.

    A persona of another language than English lies in a folder of the language's code and is named after both:
    ``de-strong``.

    Raises:
        ConfigError: names file and field.
    """
    found: dict[str, Persona] = {}
    own = sorted((plans_directory / FOLDER).glob("**/*.yaml"))
    for path in own or sorted((shipped_root() / "configs" / "interviews" / FOLDER).glob("**/*.yaml")):
        persona = _read(path)
        name = path.stem if persona.language == "en" else f"{persona.language}-{path.stem}"
        if persona.name != name:
            raise ConfigError.at(str(path), None, "name", f"is {persona.name!r}, the file makes it {name!r}")
        found[persona.name] = persona
    if not found:
        raise ConfigError.at(str(plans_directory / FOLDER), None, "", "has no personas")
    return found


def chosen(wanted: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names in ``wanted``: ``all``, one, or several with commas.

    Raises:

        InvalidInput: an unknown name; the message lists the known ones.
    """
    if wanted == ALL:
        return known
    names = tuple(dict.fromkeys(name.strip() for name in wanted.split(",") if name.strip()))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        missing = ", ".join(unknown) or "nothing"
        raise InvalidInput(
            f"There is no {what} {missing}. There are: {', '.join(known)}.", detail={"fields": {what: "unknown"}}
        )
    return names


def chosen_personas(wanted: str, personas: Mapping[str, Persona]) -> dict[str, Persona]:
    """The personas in ``wanted`` (as in ``chosen``). ``strong`` means the strong ones of all languages.

    Raises:

        InvalidInput: an unknown name.
    """
    kinds = tuple(dict.fromkeys((*personas, *(persona.kind for persona in personas.values()))))
    names = chosen(wanted, kinds, "persona")
    return {
        persona.name: persona for name in names for persona in personas.values() if name in (persona.name, persona.kind)
    }


def _read(path: Path) -> Persona:
    document = read_yaml(path)
    try:
        persona = msgspec.convert(document.data, Persona)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `$")
        raise ConfigError.at(str(path), None, where.rstrip("`").lstrip("."), problem) from error
    for field, problem in _problems(persona):
        raise document.error((field,), problem)
    return persona


def _problems(persona: Persona) -> list[tuple[str, str]]:
    shares = ("right", "instead_share", "gibberish_share", "silent_share", "asks_share")
    found = [(name, "must lie in [0, 1]") for name in shares if not 0 <= getattr(persona, name) <= 1]
    if sum(persona.levels.values()) <= 0 or min(persona.levels.values()) < 0:
        found.append(("levels", "must hold weights that are not all zero"))
    if not persona.more:
        found.append(("more", "needs at least one line"))
    if any("{" in line.replace(PART, "") for line in persona.more):
        found.append(("more", f"may hold {PART} and no other braces"))
    if persona.keeps_back < 0:
        found.append(("keeps_back", "must not be negative"))
    if not is_supported(persona.language):
        found.append(("language", f"is not one of {', '.join(SUPPORTED)}"))
    if persona.words_per_s <= 0:
        found.append(("words_per_s", "must be positive"))
    for share, lines in (("instead_share", "instead"), ("asks_share", "asks")):
        if getattr(persona, share) > 0 and not getattr(persona, lines):
            found.append((lines, f"needs lines, because {share} is not 0"))
    return found
