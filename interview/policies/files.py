"""Policy sets from ``configs/policies/*.yaml``, or an error naming file, line and field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from interview.errors import ConfigError
from interview.policies.rules import (
    AnswerRate,
    AnyRule,
    ConversationLength,
    EmptyWords,
    GradingVariance,
    HintBudget,
    Injection,
    Language,
    NoLeak,
    OffLimits,
    OneQuestion,
    PastedText,
    PolicySet,
    Promises,
    RepeatedQuestions,
    TimeLimit,
    Tone,
    UtteranceLength,
)
from interview.text.visible_text import searchable
from interview.yaml.schema import misfits
from interview.yaml.source import PathKey, YamlDocument, parse_yaml, read_yaml

#: The policy set for plans that name none.
DEFAULT = "default"


def load_policies(directory: Path | str) -> dict[str, PolicySet]:
    """The policy sets of a directory by id.

    Raises:
        ConfigError: naming ``file:line: field: problem`` of the first problem found; or there is no ``default.yaml``.
    """
    directory = Path(directory)
    found: dict[str, PolicySet] = {}
    for path in sorted(directory.glob("*.yaml")):
        document = read_yaml(path)
        policies = policies_from(document)
        if policies.id != path.stem:
            raise document.error(("id",), f"{policies.id!r} must be the file's name, {path.stem!r}")
        found[policies.id] = policies
    if DEFAULT not in found:
        raise ConfigError.at(str(directory), None, "", f"holds no {DEFAULT}.yaml, the default for plans that name none")
    return found


def policies_from_text(text: str, name: str = "policies") -> PolicySet:
    """Raises ConfigError."""
    return policies_from(parse_yaml(text, name))


def policies_from(document: YamlDocument) -> PolicySet:
    """Raises ConfigError."""
    for path, problem in misfits(document.data, PolicySet):
        raise document.error(path, problem)
    policies = msgspec.convert(document.data, PolicySet)
    for path, problem in _findings(policies):
        raise document.error(path, problem)
    return policies


def _findings(policies: PolicySet) -> Iterator[tuple[PathKey, str]]:
    if not policies.id:
        yield ("id",), "must not be empty"
    if not policies.rules:
        yield ("rules",), "has no rules"
    seen: set[str] = set()
    for index, rule in enumerate(policies.rules):
        at: PathKey = ("rules", index)
        if rule.name in seen:
            yield (*at, "rule"), f"{rule.name!r} is given twice"
        seen.add(rule.name)
        if rule.action not in rule.allowed:
            yield (
                (*at, "action"),
                f"{rule.action!r} is not allowed for {rule.name}: one of {', '.join(sorted(rule.allowed))}",
            )
        yield from (((*at, *path), problem) for path, problem in _values(rule))


def _values(rule: AnyRule) -> Iterator[tuple[PathKey, str]]:
    match rule:
        case ConversationLength(max_turns=limit):
            yield from _positive("max_turns", limit)
        case TimeLimit(grace_s=grace_s):
            if grace_s < 0:
                yield ("grace_s",), "must not be negative"
        case HintBudget(words=size) | NoLeak(words=size):
            if not 2 <= size <= 20:
                yield ("words",), f"{size} must be between 2 and 20"
        case RepeatedQuestions(similarity=similarity):
            if not 0.5 <= similarity <= 1:
                yield ("similarity",), f"{similarity:g} must be between 0.5 and 1"
        case OffLimits(topics=topics):
            if not topics:
                yield ("topics",), "has no topics"
            for topic, phrases in topics.items():
                yield from _phrases(("topics", topic), phrases)
            yield from _terms(rule.unless)
        case UtteranceLength(max_words=limit):
            if limit < 10:
                yield ("max_words",), f"{limit} words are too few for a question; allow at least 10"
        case Tone(phrases=phrases):
            yield from _phrases(("phrases",), phrases)
            yield from _terms(rule.unless)
        case Injection(phrases=phrases) | Promises(phrases=phrases):
            yield from _phrases(("phrases",), phrases)
        case GradingVariance(max_spread=spread):
            if not 0 < spread <= 1:
                yield ("max_spread",), f"{spread:g} must be between 0 and 1"
        case AnswerRate(max_answers=limit, window_s=window_s):
            yield from _positive("max_answers", limit - 1)
            yield from _positive("window_s", window_s)
        case PastedText(min_chars=least, max_chars_per_s=rate):
            yield from _positive("min_chars", least)
            yield from _positive("max_chars_per_s", rate)
        case EmptyWords(share=share):
            if not 0 <= share <= 1:
                yield ("share",), f"{share:g} must be between 0 and 1"
        case Language() | OneQuestion():
            pass


def _positive(field: str, value: float) -> Iterator[tuple[PathKey, str]]:
    if value <= 0:
        yield (field,), "is too small"


def _terms(terms: tuple[str, ...]) -> Iterator[tuple[PathKey, str]]:
    if terms:
        yield from _phrases(("unless",), terms)


def _phrases(at: PathKey, phrases: Iterable[str]) -> Iterator[tuple[PathKey, str]]:
    count = 0
    for index, phrase in enumerate(phrases):
        count += 1
        if len(searchable(phrase).rstrip("*").strip()) < 3:
            yield (*at, index), f"{phrase!r} is too short to search for"
    if not count:
        yield at, "has no phrases"
