"""Symbolic answers: is the expression mathematically equal to the key's? Decided in the sandbox, never here.

Computer algebra on a stranger's text can run for ever, and ``math-verify``'s own time-outs use signals and raise a
``BaseException``: so both live in a killable process with limits, like the formulas.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.errors import EngineUnavailable, InvalidInput
from interview.grades import Grade
from interview.plans.questions import Question, Symbolic
from interview.text.number_vocabulary import ONES, TENS
from interview.text.number_words import canonical_numbers

GRADER = "symbolic"
MODULE = "deployments.grading.graders.symbolic.evaluate"

_MAX_CHARS = 300
#: What an expression may hold: letters of short names, digits, operators, LaTeX's commands.
_EXPRESSION = re.compile(r"[\w\s+\-*/^().,=<>!|\\{}\[\]√π∞°×·÷²³⁰¹⁴-⁹⁻]*")
_DIGIT_TOWER = re.compile(r"\d{30,}|(?:\^|\*\*)\s*\(?\s*\d{4,}|(?:\^|\*\*)[^+\-]*(?:\^|\*\*)[^+\-]*(?:\^|\*\*)")
_LEAD = re.compile(
    r"^(?:\s*(?:um|uh|so|well|i think|i believe|the answer is|the answer|it is|it's|that is|that's|we get"
    r"|which is|equals)\b[\s,:=]*)+",
    re.IGNORECASE,
)
_SPOKEN: tuple[tuple[str, str], ...] = (
    (r"open (?:parenthes[ie]s|paren|bracket)", "("),
    (r"close[d]? (?:parenthes[ie]s|paren|bracket)", ")"),
    (r"(?:the )?square root of ([\w.]+)", r"sqrt(\1)"),
    (r"(?:the )?(sine?|cosine|tangent|log|natural log|logarithm) of ([\w.]+)", r"\1(\2)"),
    (r"\bsine\b", "sin"),
    (r"\bcosine\b", "cos"),
    (r"\btangent\b", "tan"),
    (r"\bnatural log\b", "ln"),
    (r"\blogarithm\b", "log"),
    (r"squared", "^2"),
    (r"cubed", "^3"),
    (r"(?:raised )?to the power (?:of )?(?=\S)", "^"),
    (r"divided by|over", "/"),
    (r"multiplied by|times", "*"),
    (r"plus", "+"),
    (r"minus|negative", "-"),
    (r"equals", "="),
)


_NUMBER_WORDS = "|".join((*ONES, *TENS, "hundred", "thousand"))


class SymbolicJob(Struct, frozen=True):
    answer: str
    expression: str


class SymbolicVerdict(Struct, frozen=True):
    """``broken`` is ``answer`` or ``expression`` when that one cannot be read as mathematics."""

    equal: bool = False
    broken: str = ""
    read_as: str = ""


class SymbolicGrader:
    """1 when the answer equals the key as mathematics, else 0."""

    def __init__(self, limits: SandboxLimits | None = None) -> None:
        self._limits = limits or SandboxLimits()
        self._sandbox = Sandbox(MODULE, self._limits)

    async def start(self) -> None:
        await self._sandbox.start()

    async def stop(self) -> None:
        await self._sandbox.stop()

    async def grade(self, question: Question, answer: str, seed: int = 0) -> Grade:
        """Raises InvalidInput (the key is no expression), EngineUnavailable (the sandbox died)."""
        spec = question.grader
        if not isinstance(spec, Symbolic):
            raise InvalidInput("Not a symbolic question.", detail={"fields": {"grader": "kind"}})
        empty = no_answer(GRADER, answer)
        if empty is not None:
            return empty
        evidence = [answer_text.whole(answer, "the expression")]
        text = expression_in(answer)
        problem = _problem(text)
        if problem:
            return mark(GRADER, 0.0, problem, confidence=0.8, evidence=evidence, review=problem)
        outcome = await self._sandbox.run(msgspec.msgpack.encode(SymbolicJob(text, spec.expression)))
        if outcome.kind in ("time", "memory"):
            why = f"Comparing the expression was stopped: it ran out of {outcome.kind}."
            return mark(GRADER, 0.0, why, confidence=0.3, evidence=evidence, review=why)
        if outcome.kind != "done":
            raise EngineUnavailable("The sandbox gave no result; try again.", retry_after_s=1)
        verdict = msgspec.msgpack.decode(outcome.result, type=SymbolicVerdict)
        if verdict.broken == "expression":
            raise InvalidInput(
                f"The key of {question.id!r} is no expression.", detail={"fields": {"expression": "cannot be read"}}
            )
        if verdict.broken:
            why = "The answer cannot be read as a mathematical expression."
            return mark(GRADER, 0.0, why, confidence=0.6, evidence=evidence, review=why)
        how = "is equal to" if verdict.equal else "is not equal to"
        return mark(
            GRADER,
            1.0 if verdict.equal else 0.0,
            f"The answer, read as {verdict.read_as}, {how} {spec.expression}.",
            confidence=0.95 if verdict.equal else 0.85,
            evidence=evidence,
        )


def expression_in(answer: str) -> str:
    """The expression in an answer, spoken operators written as signs."""
    text = answer[answer_text.after_correction(answer) :].strip().rstrip(".!?")
    found = re.search(r"\$+([^$]+)\$+|`([^`]+)`", text)
    if found is not None:
        return (found.group(1) or found.group(2)).strip()
    text = _LEAD.sub("", text)
    for pattern, sign in _SPOKEN:
        text = re.sub(pattern, sign, text, flags=re.IGNORECASE)
    text = re.sub(
        rf"\b(?:{_NUMBER_WORDS})\b(?:[ -](?:{_NUMBER_WORDS})\b)*", lambda said: canonical_numbers(said[0]), text
    )
    return re.sub(r"(?<=[\w)])\s+(?=\^)|(?<=\^)\s+", "", text).strip()


def _problem(text: str) -> str:
    """Why an expression is not even tried; empty when it may be."""
    if len(text) > _MAX_CHARS:
        return f"The expression is longer than {_MAX_CHARS} characters."
    if not _EXPRESSION.fullmatch(text) or "__" in text or re.search(r"\b[A-Za-z]{13,}\b", text):
        return "The answer cannot be read as a mathematical expression."
    if _DIGIT_TOWER.search(text.replace(" ", "")):
        return "The expression holds numbers or powers too large to compute."
    return ""
