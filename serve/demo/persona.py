"""A scripted candidate: its answers per question and follow-up, and its voice."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from interview.errors import ConfigError


class DemoPersona(Struct, frozen=True, forbid_unknown_fields=True):
    """``answers`` maps a question id to the first answer, then one for each further turn on the same question.

    ``fallback`` is said when a question has no answer left. ``natural_voice`` speaks if its weights are installed, else
    ``voice`` (espeak-ng's name).
    """

    name: str
    plan: str
    answers: dict[str, tuple[str, ...]]
    fallback: tuple[str, ...]
    voice: str = "en-us"
    natural_voice: str = "bf_emma"
    speed: float = 1.0
    description: str = ""


class Speaker:
    """Answers for a persona during one interview; the only state is how often each question came up."""

    def __init__(self, persona: DemoPersona) -> None:
        self._persona = persona
        self._turns: dict[str, int] = {}
        self._fallbacks = 0

    def answer(self, question_id: str) -> str:
        turn = self._turns.get(question_id, 0)
        self._turns[question_id] = turn + 1
        answers = self._persona.answers.get(question_id, ())
        if turn < len(answers):
            return answers[turn]
        said = self._persona.fallback[self._fallbacks % len(self._persona.fallback)]
        self._fallbacks += 1
        return said


def load_persona(path: Path) -> DemoPersona:
    """Raises ConfigError when the file is missing or invalid."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        persona = msgspec.convert(raw, DemoPersona)
    except FileNotFoundError as error:
        raise ConfigError.at(str(path), None, "", "no such persona file") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ConfigError.at(str(path), line, "", f"not valid YAML: {error.problem}") from error
    except msgspec.ValidationError as error:
        raise ConfigError.at(str(path), None, "", str(error)) from error
    if not persona.fallback:
        raise ConfigError.at(str(path), None, "fallback", "needs at least one sentence")
    return persona
