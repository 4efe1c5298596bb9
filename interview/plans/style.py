"""Style of questions: how they sound when spoken, and whether their key and rubric can be fair.

Each finding says what to change. ``checks`` finds errors, which a loader refuses; a breach of style loads, and
``interview plan check`` names it. docs/plans.md gives the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interview.plans.checks import Finding
from interview.plans.plan import InterviewPlan
from interview.plans.questions import Question
from interview.text.stop_words import STOP_WORDS
from interview.yaml.source import field_name

MAX_PROMPT_WORDS = 45
MAX_PROBES = 4
MIN_WORDING_WORDS = 2
#: A wording longer than this hardly ever matches: the words must stand close together.
MAX_WORDING_WORDS = 12

_OPTION_IN_PROMPT = re.compile(r"\boption [a-h]\b", re.IGNORECASE)
#: A heading of a story, which no candidate says: "how it ended", "what I learned".
_LABEL = re.compile(
    r"(?:how it (?:ended|went)|what (?:came of it|happened)|what i (?:had to learn|learn\w*|changed|did|do differently)"
    r"|the (?:result|outcome|cause)(?:, named honestly)?$|why i|who they|what (?:the concern|made it))\b.*",
    re.IGNORECASE,
)
_WE_ALONE = re.compile(r"""\bonly ['"“”]?we\b""", re.IGNORECASE)
#: The probe that every story has: a team's success must not hide what the candidate did.
OWN_PART = re.compile(r"\b(?:your own|yourself|you personally)\b", re.IGNORECASE)
_UNSPOKEN = re.compile(r"[*_#`<>{}|]|https?:")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def style_findings(question: Question) -> Iterator[Finding]:
    """Breaches of style in ``question``; a finding's path is relative to it."""
    yield from _spoken(question)
    for index, point in enumerate(question.key_points):
        if _LABEL.fullmatch(point.text.strip()):
            yield ("key_points", index, "text"), "is a heading; write what a candidate would say"
        yield from _wording(("key_points", index, "text"), point.text)
        for place, variant in enumerate(point.variants):
            yield from _wording(("key_points", index, "variants", place), variant)
    for index, criterion in enumerate(question.criteria):
        lowest = criterion.levels[0]
        if _WE_ALONE.search(lowest.anchor):
            yield (
                ("criteria", index, "levels", 0, "anchor"),
                'takes "we" for no contribution; describe what is missing after the follow-up',
            )
        if len(criterion.levels) < 3:
            yield ("criteria", index, "levels"), "has fewer than three levels; give each level its own evidence"
    if len(question.probes) > MAX_PROBES:
        yield ("probes",), f"{len(question.probes)} probes; at most {MAX_PROBES} fit one scenario"


def plan_style(plan: InterviewPlan) -> Iterator[tuple[str, str]]:
    """Breaches of style in a whole plan, as ``(field, problem)``."""
    for index, question in enumerate(plan.questions):
        for path, text in style_findings(question):
            yield field_name(("questions", index, *path)), f"{text} [{question.id}]"


def _spoken(question: Question) -> Iterator[Finding]:
    count = len(question.prompt.split())
    if count > MAX_PROMPT_WORDS:
        yield (
            ("prompt",),
            f"has {count} words; at most {MAX_PROMPT_WORDS} are remembered; ask part of it as a probe",
        )
    if question.options and _OPTION_IN_PROMPT.search(question.prompt):
        yield ("prompt",), "reads its options out, and the script reads them again; leave them out of the prompt"
    said: list[Finding] = [(("prompt",), question.prompt)]
    if question.rephrased:
        said.append((("rephrased",), question.rephrased))
    said += [(("probes", index), text) for index, text in enumerate(question.probes)]
    said += [(("follow_ups", index), text) for index, text in enumerate(question.follow_ups)]
    said += [(("hints", index, "text"), hint.text) for index, hint in enumerate(question.hints)]
    for path, text in said:
        if _UNSPOKEN.search(text):
            yield path, "holds signs that cannot be spoken; write it as an interviewer says it"
        if text.rstrip()[-1:] not in (".", "?"):
            yield path, "must end with a full stop or a question mark"


def _wording(path: tuple[str | int, ...], text: str) -> Iterator[Finding]:
    words = [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]
    if len(words) < MIN_WORDING_WORDS:
        yield (
            path,
            f"{text!r} has {len(words)} content word{'' if len(words) == 1 else 's'}, so a bare term makes the point; "
            "write three to six, as a candidate would say it",
        )
    if len(words) > MAX_WORDING_WORDS:
        yield path, f"{text!r} has {len(words)} content words; three to six can be found in an answer"
