"""The process of ``QuickGraders``: a ``QuickJob`` in, a ``QuickResult`` out. Runs inside the sandbox only."""

from __future__ import annotations

import msgspec

from deployments.grading.graders.quick import QuickJob, QuickResult, grade_quickly
from interview.errors import InvalidInput
from interview.plans import questions as q

_OPTIONS = (q.Option("a", "A load balancer"), q.Option("b", "A cache"))

#: One question for each grader: its word lists and units are read before the first candidate's answer.
_FIRST: tuple[tuple[q.AnyGrader, str], ...] = (
    (q.Numeric(5.0, unit="m"), "about five metres"),
    (q.Exact(("A cache",)), "a cache"),
    (q.ShortText(("load balancer",)), "I would use a lod balanser"),
    (q.Ordered(("plan", "build", "test")), "first plan, then build and test"),
    (q.MultipleChoice(_OPTIONS, "a"), "the first one"),
    (q.MultiSelect(_OPTIONS, ("a", "b")), "both"),
    (q.RubricGrading(), "A cache keeps what was computed before, so that it is not computed again."),
)
_POINTS = (q.KeyPoint("A cache stores earlier results"),)


def warm_up() -> None:
    for spec, answer in _FIRST:
        question = q.Question("first", "technical", "any", "What would you use?", spec, key_points=_POINTS)
        run(msgspec.msgpack.encode(QuickJob(question, answer)))


def run(payload: bytes) -> bytes:
    job = msgspec.msgpack.decode(payload, type=QuickJob)
    return msgspec.msgpack.encode(_result(job))


def _result(job: QuickJob) -> QuickResult:
    spec = job.question.grader
    match spec:
        case q.Formula() | q.Symbolic() | q.Ungraded():
            return QuickResult(problem=f"{type(spec).__name__} is not graded here.")
        case _:
            pass
    try:
        return QuickResult(grade_quickly(spec, job.question, job.answer))
    except InvalidInput as error:
        return QuickResult(problem=error.message, fields={k: str(v) for k, v in error.detail.get("fields", {}).items()})
