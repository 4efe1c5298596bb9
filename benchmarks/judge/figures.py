"""Figures of recorded judgements: agreement with people, calibration, reviews, invalid output and cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from scipy.optimize import minimize
from scipy.stats import pearsonr

from benchmarks.judge.records import Case, Record, RecordedModel
from benchmarks.open_answers import (
    TOLERANCE,
    Row,
    aligner_for_many,
    expected_calibration_error,
    leave_one_question_out,
)
from deployments.grading.config import GradingConfig, JudgeConfig
from deployments.grading.graders.coverage.alignment import Aligner
from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.graders.grade_builder import with_deductions
from deployments.grading.judge.rubric import Coverage, RubricJudge
from deployments.grading.studies.calibration import weighted_kappa
from interview.errors import InvalidModelOutput, NotFound
from interview.grades import Grade, level_of
from interview.plans.questions import Question

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Shares of coverage in the combination that are compared.
SHARES = tuple(round(0.05 * step, 2) for step in range(20))


class Judged(Struct, frozen=True):
    """A recorded answer with its grades: by the judge alone, by coverage (shipped, and with the curve fitted to other
    questions), and as the platform records it. ``alone`` is None when no sample was usable."""

    case: Case
    record: Record
    alone: Grade | None
    coverage: float
    held_out_coverage: float
    grade: Grade | None


def coverage_by_meaning(aligner: Aligner | None = None) -> Coverage:
    used = aligner or aligner_for_many()

    async def coverage(question: Question, answer: str, language: str) -> Grade:
        return grade_coverage(question, answer, used)

    return coverage


async def judged_cases(cases: Sequence[Case], records: Mapping[str, Record], rows: Sequence[Row]) -> list[Judged]:
    """The recorded ones of ``cases``, graded by the product's code. ``rows``: all answers of the set."""
    aligner = aligner_for_many()
    coverage = coverage_by_meaning(aligner)
    unseen = dict(zip(map(id, rows), leave_one_question_out(rows, aligner), strict=True))
    found: list[Judged] = []
    for case in cases:
        model = RecordedModel(records)
        alone = grade = None
        try:
            alone = await RubricJudge(model, JudgeConfig(coverage_share=0.0), coverage).grade(
                case.question, case.answer
            )
            grade = await RubricJudge(model, JudgeConfig(), coverage).grade(case.question, case.answer)
        except NotFound:
            continue
        except InvalidModelOutput:
            pass
        if model.last is None:
            continue  # silence and "I don't know" never reach the model
        by_meaning = (await coverage(case.question, case.answer, "en")).score
        held_out = float(unseen[id(case.row)]) if case.row is not None else by_meaning
        if grade is not None:
            below = GradingConfig().review_below
            grade = with_deductions(grade, hint_cost=0.0, transcript_confidence=None, review_below=below)
        found.append(Judged(case, model.last, alone, by_meaning, held_out, grade))
    return found


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """The figures of graded answers."""
    usable = [one for one in judged if one.alone is not None and one.grade is not None]
    grades = people(usable)
    alone, coverage = scores_alone(usable), np.array([one.held_out_coverage for one in usable])
    final = np.array([one.grade.score for one in usable if one.grade])
    confidence = np.array([one.grade.confidence for one in usable if one.grade])
    share = JudgeConfig().coverage_share
    right = np.abs(final - grades) <= TOLERANCE + 1e-9
    rows = [one.case.row for one in usable if one.case.row is not None]
    samples = [choice for one in judged for choice in one.record.response["choices"]]
    return {
        "answers": len(judged),
        "questions": len({row.group for row in rows}),
        "pearson": {
            "judge alone": _round(pearsonr(alone, grades)[0]),
            "coverage by meaning, curve fitted to other questions": _round(pearsonr(coverage, grades)[0]),
            f"mean with share {share:g}, that curve": _round(
                pearsonr((1 - share) * alone + share * coverage, grades)[0]
            ),
            "mean, share fitted to other questions": _round(pearsonr(combined_held_out(usable), grades)[0]),
            "as shipped": _round(pearsonr(final, grades)[0]),
            "people with each other": _round(pearsonr([row.one for row in rows], [row.other for row in rows])[0]),
        },
        "kappa": {
            "judge alone": _kappa(alone, grades),
            "coverage": _kappa(coverage, grades),
            "as shipped": _kappa(final, grades),
        },
        "mean_absolute_error": {
            "judge alone": _round(float(np.mean(np.abs(alone - grades)))),
            "coverage": _round(float(np.mean(np.abs(coverage - grades)))),
            "as shipped": _round(float(np.mean(np.abs(final - grades)))),
        },
        "confidence": {
            "right": _round(float(right.mean())),
            "ece as shipped": _round(expected_calibration_error(confidence, right)),
            "ece fitted to other questions": _round(
                expected_calibration_error(confidence_held_out(usable, final, grades), right)
            ),
        },
        "review": {
            "share": _round(float(np.mean([one.grade is None or one.grade.needs_review for one in judged]))),
            "right without review": _round(
                _rate([ok for one, ok in zip(usable, right, strict=True) if not _reviewed(one)])
            ),
            "right with review": _round(_rate([ok for one, ok in zip(usable, right, strict=True) if _reviewed(one)])),
        },
        "invalid": {
            "samples": len(samples),
            "not json": sum(not _is_json(choice) for choice in samples),
            "answers without a usable sample": len(judged) - len(usable),
            "quotes not in the answer": sum(not _verbatim(one) for one in usable),
        },
        "written": {
            "characters a sample": _round(float(np.mean([len(one["message"]["content"]) for one in samples]))),
            "tokens an answer, as the server counts": _round(float(np.mean([one.record.tokens for one in judged]))),
        },
        "prompt_tokens": _round(float(np.mean([one.record.prompt_tokens for one in judged]))),
        "seconds_median": _round(float(np.median([one.record.seconds for one in judged]))),
    }


def fitted(judged: Sequence[Judged]) -> dict[str, Any]:
    """The share of coverage, and the coefficients of the confidence at the shipped share, fitted to all answers."""
    usable = [one for one in judged if one.alone is not None and one.grade is not None]
    alone, grades = scores_alone(usable), people(usable)
    coverage = np.array([one.held_out_coverage for one in usable])
    final = np.array([one.grade.score for one in usable if one.grade])
    right = np.abs(final - grades) <= TOLERANCE + 1e-9
    names = ("bias", "score", "gap", "spread")
    coefficients = logistic(confidence_features(usable, final), right)
    by_share = {
        str(share): _round(pearsonr((1 - share) * alone + share * coverage, grades)[0]) for share in SHARES[::2]
    }
    return {
        "coverage_share": best_share(alone, coverage, grades),
        "pearson by share": by_share,
        "confidence": {name: round(float(one), 2) for name, one in zip(names, coefficients, strict=True)},
    }


def people(judged: Sequence[Judged]) -> NDArray[np.float64]:
    return np.array([one.case.row.grade for one in judged if one.case.row is not None])


def scores_alone(judged: Sequence[Judged]) -> NDArray[np.float64]:
    return np.array([one.alone.score for one in judged if one.alone is not None])


def combined_held_out(judged: Sequence[Judged]) -> NDArray[np.float64]:
    """The mean of judge and coverage, with the share of least squared error on the answers to the other questions."""
    alone, grades = scores_alone(judged), people(judged)
    coverage = np.array([one.held_out_coverage for one in judged])

    def score(others: NDArray[np.bool_], own: NDArray[np.bool_]) -> NDArray[np.float64]:
        share = best_share(alone[others], coverage[others], grades[others])
        return np.asarray((1 - share) * alone[own] + share * coverage[own])

    return _held_out(judged, score)


def best_share(alone: NDArray[np.float64], coverage: NDArray[np.float64], grades: NDArray[np.float64]) -> float:
    """The share of coverage whose mean with the judge correlates best with the grades."""
    return max(SHARES, key=lambda share: float(np.corrcoef((1 - share) * alone + share * coverage, grades)[0, 1]))


def confidence_held_out(
    judged: Sequence[Judged], final: NDArray[np.float64], grades: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probability of a right score, by the regression fitted to the other questions."""
    features = confidence_features(judged, final)
    right = np.abs(final - grades) <= TOLERANCE + 1e-9

    def score(others: NDArray[np.bool_], own: NDArray[np.bool_]) -> NDArray[np.float64]:
        return _sigmoid(features[own] @ logistic(features[others], right[others]))

    return _held_out(judged, score)


def confidence_features(judged: Sequence[Judged], final: NDArray[np.float64]) -> NDArray[np.float64]:
    """One row an answer: 1, score, gap between judge and coverage, spread of the samples."""
    gaps = [abs(one.alone.score - one.coverage) for one in judged if one.alone is not None]
    return np.column_stack([np.ones(len(final)), final, gaps, [spread_of(one) for one in judged]])


def spread_of(one: Judged) -> float:
    parts = one.alone.criteria if one.alone is not None else ()
    weight = sum(part.weight or 0.0 for part in parts) or 1.0
    return sum((part.weight or 0.0) * part.spread for part in parts) / weight


def logistic(features: NDArray[np.float64], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The coefficients of a logistic regression with a weak ridge; neither gap nor spread may raise the probability."""

    def loss(coefficients: NDArray[np.float64]) -> float:
        logits = features @ coefficients
        return float(np.sum(np.logaddexp(0, logits) - right * logits) + 0.5 * np.sum(coefficients[1:] ** 2))

    bounds = [(None, None), (None, None), (None, 0.0), (None, 0.0)]
    return np.asarray(minimize(loss, np.zeros(features.shape[1]), bounds=bounds).x)


def _held_out(
    judged: Sequence[Judged], score: Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """``score`` of the answers to each question, made with those to the others."""
    groups = np.array([one.case.row.group for one in judged if one.case.row is not None])
    found = np.zeros(len(groups))
    for group in sorted(set(groups)):
        own = groups == group
        found[own] = score(~own, own)
    return found


def _kappa(scores: NDArray[np.float64], grades: NDArray[np.float64]) -> float | None:
    """Quadratic weighted κ over the report's five levels."""
    found = weighted_kappa((level_of(one), level_of(other)) for one, other in zip(grades, scores, strict=True))
    return None if found is None else _round(found)


def _reviewed(one: Judged) -> bool:
    return one.grade is None or one.grade.needs_review


def _verbatim(one: Judged) -> bool:
    evidence = one.grade.evidence if one.grade is not None else ()
    return all(one.case.answer[quoted.start : quoted.end] == quoted.quote for quoted in evidence)


def _is_json(choice: Mapping[str, Any]) -> bool:
    try:
        json.loads(choice["message"]["content"])
    except (TypeError, ValueError):
        return False
    return True


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _rate(found: Sequence[bool]) -> float:
    return float(np.mean(found)) if found else 0.0


def _round(value: float) -> float:
    return round(float(value), 3)
