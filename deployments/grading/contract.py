"""The contract of the grading tier: requests, grades, and the client."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from deployments.shell.handle_rpc import Caller, encode, unwrap
from interview.grades import Grade
from interview.plans.questions import Question


class GradeRequest(Struct, frozen=True):
    """One answer to grade.

    ``answer`` is everything the candidate said to this question (follow-ups joined by newlines), untrusted data.
    ``transcript_confidence`` in [0, 1] is None for typed text; it bounds the grade's confidence. ``hint_cost`` in [0,
    1] is deducted from the score. ``interview_id``/``tenant``/``turn`` tie a background grade to its session; empty in
    bulk grading.
    """

    question: Question
    answer: str
    transcript_confidence: float | None = None
    hint_cost: float = 0.0
    language: str = "en"
    tenant: str = ""
    interview_id: str = ""
    turn: int = 0
    seed: int = 0


class CalculateRequest(Struct, frozen=True):
    """A candidate's ``formula`` (untrusted) to try on the example sheet of a formula question. Empty: the sheet."""

    question: Question
    formula: str = ""
    tenant: str = ""


class Calculation(Struct, frozen=True):
    """``rows`` of the example sheet as shown, the header first; ``cells`` are further cells by address. ``result``:
    rows of the formula's values as shown. ``problem`` is the reason where there is none. Nothing depends on the
    question's reference."""

    rows: tuple[tuple[str, ...], ...]
    cells: dict[str, str] = {}
    result: tuple[tuple[str, ...], ...] = ()
    problem: str = ""


class Calculating(Protocol):
    async def calculate(self, request: CalculateRequest) -> Calculation:
        """Calculate a formula on the question's example sheet, in the sandbox of the formula grader.

        Raises:

            InvalidInput: not a formula question.
            Overloaded, DeadlineExceeded, EngineUnavailable: the tier cannot serve it now.
        """
        ...


class Grading(Calculating, Protocol):
    async def grade(self, request: GradeRequest) -> Grade:
        """Grade now, without a language model: deterministic graders, or for open answers a provisional key-point
        coverage grade (``provisional`` and ``needs_review`` set).

        Raises:

            InvalidInput: the question's key does not fit its grader.
            Overloaded, DeadlineExceeded, EngineUnavailable: the tier cannot serve it now.
        """
        ...

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        """Queue the final evaluation of a concluded interview (background, at least once, idempotent)."""
        ...

    async def judge(self, request: GradeRequest) -> None:
        """Queue the rubric grading of one open answer (background, at least once, idempotent)."""
        ...


class EvaluateRequest(Struct, frozen=True):
    tenant: str
    interview_id: str


class GradingClient:
    """``Grading`` and ``Calculating`` over a handle."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    async def grade(self, request: GradeRequest) -> Grade:
        return unwrap(await self._call("grade", encode(request)), Grade)

    async def calculate(self, request: CalculateRequest) -> Calculation:
        return unwrap(await self._call("calculate", encode(request)), Calculation)

    async def evaluate(self, tenant: str, interview_id: str) -> None:
        unwrap(await self._call("evaluate", encode(EvaluateRequest(tenant, interview_id))), type(None))

    async def judge(self, request: GradeRequest) -> None:
        unwrap(await self._call("judge", encode(request)), type(None))
