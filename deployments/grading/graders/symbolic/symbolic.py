"""Grades symbolic answers: the sandbox decides whether the expression equals the key as mathematics.

Computer algebra on untrusted text may not terminate, and the time-outs of ``math-verify`` use signals and raise a
``BaseException``, so both run in a killable process with limits, as formulas do.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from deployments.grading.graders import answer_text
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.grading.graders.symbolic.expression_text import Candidate, candidates
from deployments.shell.sandbox import Sandbox, SandboxLimits
from interview.errors import EngineUnavailable, InvalidInput
from interview.grades import Evidence, Grade
from interview.plans.questions import Question, Symbolic

GRADER = "symbolic"
MODULE = "deployments.grading.graders.symbolic.evaluate"

_MAX_CHARS = 300
#: The most characters of an answer: its expression and a few words.
_MAX_ANSWER_CHARS = 2000
_DIGIT_TOWER = re.compile(r"\d{41,}|(?:\^|\*\*)\s*\(?\s*\d{5,}|(?:\^|\*\*)[^+\-]*(?:\^|\*\*)[^+\-]*(?:\^|\*\*)")


class SymbolicJob(Struct, frozen=True):
    """``answers`` are the texts that may be the expression, most likely first."""

    answers: tuple[Candidate, ...]
    expression: str


class SymbolicVerdict(Struct, frozen=True):
    """``broken`` is ``answer`` or ``expression`` when that one cannot be read; ``word`` is what was not understood.

    ``sameness`` is how the answer compares with the key (``equality.Sameness``).
    """

    sameness: str = "different"
    broken: str = ""
    read_as: str = ""
    word: str = ""


#: The texts of verdicts that score 0, which are also the reasons for the review.
_NEARLY = {
    "positive": "equals the key for positive values only",
    "factor": "is a constant multiple of the key",
    "rounded": "is a rounded value of the key",
    "incomparable": "could not be compared with",
    "part": "is only a part of what was said and is not",
}


class SymbolicGrader:
    """1 when the answer equals the key as mathematics, else 0."""

    def __init__(self, limits: SandboxLimits | None = None) -> None:
        self._limits = limits or SandboxLimits()
        self._sandbox = Sandbox(MODULE, self._limits)

    async def start(self) -> None:
        await self._sandbox.start()

    async def stop(self) -> None:
        await self._sandbox.stop()

    async def grade(self, question: Question, answer: str, seed: int = 0, tenant: str = "") -> Grade:
        """Raises InvalidInput (the key is not an expression), EngineUnavailable (the sandbox died)."""
        spec = question.grader
        if not isinstance(spec, Symbolic):
            raise InvalidInput("Not a symbolic question.", detail={"fields": {"grader": "kind"}})
        empty = no_answer(GRADER, answer)
        if empty is not None:
            return empty
        evidence = [answer_text.whole(answer, "the expression")]
        if len(answer) > _MAX_ANSWER_CHARS:
            return _refused(f"The answer is longer than {_MAX_ANSWER_CHARS} characters.", evidence)
        factorial = "!" in spec.expression or "factorial" in spec.expression
        letters = frozenset(re.findall(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])", spec.expression))
        found = candidates(answer, factorial=factorial, letters=letters)
        texts = [one for one in found if not _problem(one.text)]
        problem = next((why for one in found if (why := _problem(one.text))), "")
        if not texts and problem:
            return _refused(problem, evidence)
        job = msgspec.msgpack.encode(SymbolicJob(tuple(texts), spec.expression))
        outcome = await self._sandbox.run(job, tenant)
        if outcome.kind in ("time", "memory"):
            return _refused(f"Comparing the expression was stopped: it ran out of {outcome.kind}.", evidence, 0.3)
        if outcome.kind != "done":
            raise EngineUnavailable("The sandbox gave no result; try again.", retry_after_s=1)
        verdict = msgspec.msgpack.decode(outcome.result, type=SymbolicVerdict)
        if verdict.broken == "expression":
            word = f": {verdict.word!r} is not understood" if verdict.word else ""
            raise InvalidInput(
                f"The key of {question.id!r} is not an expression{word}.",
                detail={"fields": {"expression": "cannot be read; write a*b for a product, x_1 for an index"}},
            )
        return _grade(verdict, spec, answer, evidence)


#: What takes an expression back: "n(n+1)/2? no".
_DOUBTED = re.compile(
    r"\?\W*(?:no|nope|nah|never|not|rather)\b"
    r"|\b(?:i doubt|scratch that|strike that|never ?mind|i take (?:that|it) back)\b",
    re.IGNORECASE,
)


def _grade(verdict: SymbolicVerdict, spec: Symbolic, answer: str, evidence: list[Evidence]) -> Grade:
    if verdict.broken:
        word = f": {verdict.word!r} is not understood" if verdict.word else ""
        return _refused(f"The answer cannot be read as a mathematical expression{word}.", evidence)
    read = f"The answer, read as {verdict.read_as},"
    if verdict.sameness == "same" and _DOUBTED.search(answer):
        why = "The candidate doubts the expression or takes it back."
        return mark(
            GRADER, 1.0, f"{read} is equal to {spec.expression}.", confidence=0.6, evidence=evidence, review=why
        )
    if verdict.sameness == "same":
        return mark(GRADER, 1.0, f"{read} is equal to {spec.expression}.", confidence=0.98, evidence=evidence)
    if verdict.sameness == "grouping":
        why = "Its brackets were not heard or written; set in one way they make it the key."
        return mark(
            GRADER,
            1.0,
            f"{read} equals {spec.expression} if its brackets are set otherwise.",
            confidence=0.9,
            evidence=evidence,
            review=why,
        )
    why = _NEARLY.get(verdict.sameness, "")
    if why:
        return mark(
            GRADER, 0.0, f"{read} {why} {spec.expression}.", confidence=0.6, evidence=evidence, review=f"It {why}."
        )
    return mark(GRADER, 0.0, f"{read} is not equal to {spec.expression}.", confidence=0.94, evidence=evidence)


def _refused(why: str, evidence: list[Evidence], confidence: float = 0.7) -> Grade:
    """A zero grade that needs review: the answer may be right in a form that is not understood."""
    return mark(GRADER, 0.0, why, confidence=confidence, evidence=evidence, review=why)


def _problem(text: str) -> str:
    """The reason to refuse an expression without evaluating it; empty if there is none."""
    if len(text) > _MAX_CHARS:
        return f"The expression is longer than {_MAX_CHARS} characters."
    if "__" in text:
        return "The answer cannot be read as a mathematical expression."
    if _DIGIT_TOWER.search(text.replace(" ", "")):
        return "The expression holds numbers or powers too large to compute."
    return ""
