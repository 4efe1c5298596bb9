"""Agreement of open-answer grades without a language model with people's, on a public set of graded answers.

``python -m benchmarks.open_answers [--data CSV] [--json FILE] [--fit]``. The set is the development half (41 questions)
of Mohler, Bunescu and Mihalcea, "Learning to Grade Short Answer Questions using Semantic Similarity Measures and
Dependency Graph Alignments", ACL 2011 (CC BY 4.0): each answer has a reference answer and two human grades from 0 to 5.

It prints the correlation of the shipped grader with the mean human grade, the same with the curve fitted to the other
questions only (leave one question out), the grades of answers to other questions, and the confidence's calibration.
``--fit`` prints the curve fitted to all questions, which ``deployments/grading/graders/coverage/alignment.py`` holds.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from scipy.optimize import lsq_linear
from scipy.stats import pearsonr, spearmanr

from deployments.grading.graders.coverage.alignment import SHIPPED_ENCODER, Aligner
from deployments.grading.graders.coverage.coverage import grade_coverage, reference_alignment
from deployments.retrieval.engines.token_encoder import EncodedText, TokenEncoder
from interview.plans.questions import Question, ReferenceAnswers, RubricGrading
from storage.weights.resolve import resolve_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path("tests/data/grading/asag/mohler-2011-dev.csv")
#: An answer to another question counts half as much as a graded answer, with grade 0.
FOREIGN_WEIGHT = 0.5
#: Alignments at which the curve may bend.
KNOTS = (0.15, 0.21, 0.27, 0.33, 0.39, 0.45, 0.51, 0.6, 0.7)
#: A grade is right when it is at most this far from the mean human grade, on the scale from 0 to 1.
TOLERANCE = 0.2


class Row(Struct, frozen=True):
    """One graded answer. ``grade``: the mean of two people, in [0, 1]."""

    group: str
    question: Question
    answer: str
    grade: float
    one: float
    other: float


class RememberingEncoder(TokenEncoder):
    """Encodes each text once, because the same answers are graded in several ways."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._known: dict[str, EncodedText] = {}

    def encode(self, text: str) -> EncodedText:
        if text not in self._known:
            self._known[text] = super().encode(text)
        return self._known[text]


def aligner_for_many() -> Aligner:
    return Aligner(RememberingEncoder(resolve_weights(SHIPPED_ENCODER).path), is_shipped=True)


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                group=row["id"],
                question=_question(row["question"], row["desired_answer"]),
                answer=row["student_answer"],
                grade=float(row["score_avg"]) / 5,
                one=float(row["score_me"]),
                other=float(row["score_other"]),
            )
            for row in csv.DictReader(file)
        ]


def _question(prompt: str, strong: str) -> Question:
    reference = ReferenceAnswers(strong=strong, average="-", weak="-")
    return Question("q", "technical", "computer-science", prompt, RubricGrading(), reference=reference)


def foreign_answers(rows: Sequence[Row], seed: int = 1) -> list[str]:
    """For each row an answer to another question with another reference answer."""
    draw = random.Random(seed)
    found = []
    for row in rows:
        other = draw.choice(rows)
        while other.question.prompt == row.question.prompt or other.question.reference == row.question.reference:
            other = draw.choice(rows)
        found.append(other.answer)
    return found


def fit(alignments: Sequence[float], grades: Sequence[float], weights: Sequence[float]) -> Callable[[float], float]:
    """The non-decreasing piecewise-linear curve with knots ``KNOTS`` of least squared error; 0 below the first."""
    basis = _hinges(np.asarray(alignments))
    root = np.sqrt(np.asarray(weights))
    rises = lsq_linear(basis * root[:, None], np.asarray(grades) * root, bounds=(0, np.inf)).x
    heights = np.minimum(1.0, np.concatenate([[0.0], np.cumsum(rises)]))
    return lambda value: float(np.interp(value, (0.0, *KNOTS), heights))


def _hinges(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value is up each stretch between knots, in [0, 1], shape (values, knots)."""
    starts, ends = np.array((0.0, *KNOTS[:-1])), np.array(KNOTS)
    shares: NDArray[np.float64] = np.clip((values[:, None] - starts) / (ends - starts), 0.0, 1.0)
    return shares


def measure(path: Path) -> dict[str, Any]:
    rows = read(path)
    aligner = aligner_for_many()
    started = time.process_time()
    shipped = [grade_coverage(row.question, row.answer, aligner) for row in rows]
    seconds = time.process_time() - started
    scores = np.array([one.score for one in shipped])
    grades = np.array([row.grade for row in rows])
    words = np.array([grade_coverage(row.question, row.answer).score for row in rows])
    foreign = [
        grade_coverage(row.question, text, aligner).score for row, text in zip(rows, foreign_answers(rows), strict=True)
    ]
    unseen = leave_one_question_out(rows, aligner)
    right = np.abs(scores - grades) <= TOLERANCE + 1e-9
    confidences = np.array([one.confidence for one in shipped])
    return {
        "data": path.name,
        "answers": len(rows),
        "questions": len({row.group for row in rows}),
        "machine": f"{platform.machine()}, {platform.processor() or 'unknown processor'}",
        "pearson": {
            "shipped": _round(pearsonr(scores, grades)[0]),
            "curve fitted to other questions": _round(pearsonr(unseen, grades)[0]),
            "words only": _round(pearsonr(words, grades)[0]),
            "people with each other": _round(pearsonr([row.one for row in rows], [row.other for row in rows])[0]),
        },
        "spearman": _round(spearmanr(scores, grades)[0]),
        "rmse": _round(float(np.sqrt(np.mean((scores - grades) ** 2)))),
        "answers to other questions": {
            "mean score": _round(float(np.mean(foreign))),
            "share above 0.4": _round(float(np.mean(np.array(foreign) > 0.4))),
        },
        "confidence": {
            "ece": _round(expected_calibration_error(confidences, right)),
            "right": _round(float(right.mean())),
        },
        "cpu_ms_per_answer": round(1000 * seconds / len(rows), 1),
    }


def leave_one_question_out(rows: Sequence[Row], aligner: Aligner) -> NDArray[np.float64]:
    """The score of each answer by a curve that was fitted without the answers to its question."""
    own, foreign = _alignments(rows, aligner)
    grades = np.array([row.grade for row in rows])
    groups = np.array([row.group for row in rows])
    found = np.zeros(len(rows))
    for group in sorted(set(groups)):
        others = groups != group
        curve = _fitted(own[others], grades[others], foreign[others])
        found[~others] = [curve(value) for value in own[~others]]
    return found


def fit_all(path: Path) -> tuple[tuple[float, float], ...]:
    rows = read(path)
    own, foreign = _alignments(rows, aligner_for_many())
    curve = _fitted(own, np.array([row.grade for row in rows]), foreign)
    return tuple((knot, round(curve(knot), 2)) for knot in (0.0, *KNOTS, 1.0))


def _alignments(rows: Sequence[Row], aligner: Aligner) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    own = [reference_alignment(row.question, row.answer, aligner) for row in rows]
    texts = foreign_answers(rows)
    foreign = [reference_alignment(row.question, text, aligner) for row, text in zip(rows, texts, strict=True)]
    return np.array(own), np.array(foreign)


def _fitted(
    own: NDArray[np.float64], grades: NDArray[np.float64], foreign: NDArray[np.float64]
) -> Callable[[float], float]:
    return fit(
        np.concatenate([own, foreign]).tolist(),
        np.concatenate([grades, np.zeros(len(foreign))]).tolist(),
        [1.0] * len(own) + [FOREIGN_WEIGHT] * len(foreign),
    )


def expected_calibration_error(confidences: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015) over bins of equal width."""
    of = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [abs(confidences[of == one].mean() - right[of == one].mean()) * (of == one).mean() for one in set(of)]
    return float(sum(gaps))


def _round(value: float) -> float:
    return round(float(value), 3)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=DATA, help="a CSV with the columns of the shipped set")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--fit", action="store_true", help="print the curve fitted to all questions")
    given = parser.parse_args(arguments)
    if given.fit:
        for knot, height in fit_all(given.data):
            print(f"{knot:.2f}  {height:.2f}")
        return 0
    found = measure(given.data)
    print(json.dumps(found, indent=2))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
