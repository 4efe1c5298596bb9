"""Train the model of whether a passage asserts a key point, and compare its weights with the shipped ones.

    python -m benchmarks.assertion_training [--write]

Needs scikit-learn (extra ``dev``). Trained on half "fix" of ``tests/data/grading/asserted_points.jsonl``, on the strong
reference answers of the questions that no kept answer is about, and on real students' answers: of every second question
of ``tests/data/grading/asag``, those that people graded 4.75 of 5 or better, and 1.5 or worse. Exits with 1 if the
shipped weights differ from the trained ones. ``--write`` replaces
``deployments/grading/graders/coverage/assertion_weights.json``. Then set ``WEIGHTS_SHA256`` in ``assertion.py``.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.trained_weights import compare_or_write
from deployments.grading.graders import answer_text
from deployments.grading.graders.coverage.alignment import load_aligner
from deployments.grading.graders.coverage.assertion import AssertionWeights, features
from deployments.grading.graders.coverage.by_meaning import points_of_reference
from deployments.grading.graders.coverage.coverage import points_found
from deployments.grading.graders.coverage.passages import passages_of
from interview.plans.questions import KeyPoint

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data" / "grading"
ASAG = DATA / "asag" / "mohler-2011-dev.csv"
TARGET = ROOT / "deployments" / "grading" / "graders" / "coverage" / "assertion_weights.json"

_STRENGTH = 0.3
#: The model knows a word that answers to so many questions have, and a feature of so many passages.
_QUESTIONS, _PASSAGES = 6, 8
_SMALLEST = 0.01
#: Mean grades of people, of 5, from which a student's answer is right, and up to which it is wrong.
_RIGHT, _WRONG = 4.75, 1.5


class Answered(Struct, frozen=True):
    """An answer to a question, and of each of its key points whether the answer asserts it."""

    question: str
    kind: str
    prompt: str
    points: tuple[KeyPoint, ...]
    answer: str
    right: tuple[bool, ...]


def questions() -> dict[str, dict[str, Any]]:
    """The questions of the answers by their id, as they were when the answers were written."""
    lines = (DATA / "asserted_points_questions.jsonl").read_text().splitlines()
    return {one["id"]: one for one in map(json.loads, lines)}


def answers(half: str) -> list[Answered]:
    """The answers of half "fix" (which train), "kept" or "formats" (which measure)."""
    asked = questions()
    found = []
    for line in (DATA / "asserted_points.jsonl").read_text().splitlines():
        case = json.loads(line)
        if case["half"] == half:
            question = asked[case["question"]]
            points = msgspec.convert(question["key_points"], tuple[KeyPoint, ...])
            found.append(
                Answered(question["id"], case["kind"], question["prompt"], points, case["answer"], tuple(case["right"]))
            )
    return found


def references() -> Iterator[Answered]:
    """The strong reference answers, which make every point, of questions without kept answers."""
    kept = {one.question for one in answers("kept")}
    for name, question in questions().items():
        if name not in kept and question.get("strong"):
            points = msgspec.convert(question["key_points"], tuple[KeyPoint, ...])
            yield Answered(name, "reference", question["prompt"], points, question["strong"], (True,) * len(points))


def students(*, trains: bool) -> Iterator[tuple[Answered, float]]:
    """The students' answers of every second question (``trains``) or of the others, with people's mean grade of 5."""
    with ASAG.open(newline="") as file:
        rows = list(csv.DictReader(file))
    training = set(sorted({row["id"] for row in rows})[::2])
    for row in rows:
        points = points_of_reference(row["desired_answer"], 1)
        if (row["id"] in training) is trains and points and row["student_answer"].strip():
            grade = float(row["score_avg"])
            right = (grade >= _RIGHT,) * len(points)
            yield Answered(row["id"], "student", row["question"], points, row["student_answer"], right), grade


def trained_on() -> list[Answered]:
    """All answers that train."""
    graded = [one for one, grade in students(trains=True) if grade >= _RIGHT or grade <= _WRONG]
    return [*answers("fix"), *references(), *graded]


def digest(given: Sequence[Answered]) -> str:
    """The SHA-256 of the answers with their questions and labels."""
    return hashlib.sha256(msgspec.json.encode(given)).hexdigest()


def train(given: Sequence[Answered]) -> AssertionWeights:
    asked = defaultdict(set)
    for one in given:
        for token in answer_text.tokens(one.answer) if one.kind not in ("student", "reference") else ():
            asked[token.text].add(one.question)
    common = frozenset(word for word, of in asked.items() if len(of) >= _QUESTIONS)
    aligner = load_aligner()
    named: list[dict[str, float]] = []
    right: list[bool] = []
    for one in given:
        passages = passages_of(one.answer, [(0, len(one.answer))], one.prompt)
        found = points_found(one.prompt, one.points, one.answer, passages, aligner)
        for at, finding in enumerate(found):
            if finding.passage is not None and finding.credit:
                named.append(features(one.prompt, one.answer, found, at, common))
                right.append(one.right[at])
    seen = Counter(name for names in named for name in names)
    vectors = DictVectorizer()
    kept = [{name: names[name] for name in sorted(names) if seen[name] >= _PASSAGES} for names in named]
    model = LogisticRegression(C=_STRENGTH, max_iter=3000, tol=1e-5, class_weight="balanced")
    model.fit(vectors.fit_transform(kept), right)
    columns = vectors.get_feature_names_out()
    print(f"{len(given)} answers, {len(named)} passages ({sum(right)} right), {len(columns)} features")
    weights = {str(name): round(float(value), 2) for name, value in zip(columns, model.coef_[0], strict=True)}
    return AssertionWeights(
        texts=digest(given),
        intercept=round(float(model.intercept_[0]), 2),
        weights={name: value for name, value in weights.items() if abs(value) >= _SMALLEST},
        common=common,
    )


def main() -> None:
    compare_or_write(__doc__, lambda: train(trained_on()), TARGET)


if __name__ == "__main__":
    main()
