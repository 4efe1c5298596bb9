"""All problems of a plan or bank file for its author: errors that a loader refuses, then breaches of style."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from interview.errors import ConfigError
from interview.languages.language import SUPPORTED
from interview.plans.checks import Finding
from interview.plans.files import load_bank, load_plan, require_file_name
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.plans.style import level_findings, plan_findings, style_findings
from interview.yaml.source import YamlDocument, read_yaml


def problems_in(path: Path) -> tuple[str, ...]:
    """The problems of the plan or bank in ``path``, each as ``file:line: field: problem``; a plan's banks included.

    Style is looked at once the file loads.
    """
    problems: tuple[str, ...] = ()
    # A bank of another language lies in a folder of that name.
    language = path.parent.name if path.parent.name in SUPPORTED else "en"
    try:
        document = read_yaml(path)
        if isinstance(document.data, list):
            load_bank(path, language)
            documents = [document]
        else:
            plan = load_plan(path)
            require_file_name(plan, path)
            language = plan.language
            documents = [document, *_banks(document, path.parent)]
            problems = tuple(document.error(found, text).message for found, text in _plan_style(document, plan))
    except ConfigError as error:
        return tuple(error.detail.get("problems") or (error.message,))
    return (*problems, *(problem for document in documents for problem in _style(document, language)))


def _plan_style(document: YamlDocument, plan: InterviewPlan) -> Iterator[Finding]:
    if "level" not in document.data:
        yield (), "names no level; write level: junior, mid or senior"
    if plan.adaptive.model != "gpcm" and any(phase.adaptive for phase in plan.phases):
        yield ("adaptive",), "measures open answers as right or wrong; write model: gpcm"
    # A draft is made of the questions there are, and its comments state their difficulty.
    if not {"draft", "approved"} & document.data.keys():
        yield from level_findings(plan)
    yield from plan_findings(plan)


def _banks(plan: YamlDocument, base: Path) -> list[YamlDocument]:
    named = plan.data.get("bank", [])
    return [read_yaml(base / name) for name in ([named] if isinstance(named, str) else named)]


def _style(document: YamlDocument, language: str) -> Iterator[str]:
    whole = isinstance(document.data, list)
    for index, item in enumerate(document.data if whole else document.data.get("questions", [])):
        question = msgspec.convert(item, Question)
        for found, text in style_findings(question, language):
            path = (index, *found) if whole else ("questions", index, *found)
            yield f"{document.error(path, text).message} [{question.id}]"
