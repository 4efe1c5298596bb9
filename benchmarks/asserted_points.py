"""How well key-point coverage tells answers that assert the points from answers that only have their words.

    python -m benchmarks.asserted_points [--plain]

Grades halves "kept" and "formats" (lists, notes, transcripts, stories) of ``tests/data/grading/asserted_points.jsonl``
by key points, without a language model. Neither their answers nor their questions train the model of
``deployments/grading/graders/coverage/assertion.py``. Prints, for each kind of answer, the mean score and the mean of
what is true; for half "kept" the correlation of both; the mean scores of the shipped reference answers to the same
questions; and the correlation with people's grades of the students' answers that do not train.
``--plain``: without that model. ``--json FILE``: to a file, too.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import correlation, fmean

from msgspec import Struct

from benchmarks.assertion_training import Answered, answers, students
from deployments.grading.graders.coverage.alignment import Aligner, load_aligner
from deployments.grading.graders.coverage.assertion import COUNTED
from deployments.grading.graders.coverage.coverage import grade_coverage, points_found
from deployments.grading.graders.coverage.passages import passages_of
from interview.plans.files import load_plans
from interview.plans.questions import Question, RubricGrading

INTERVIEWS = Path(__file__).resolve().parent.parent / "configs" / "interviews"


class Judged(Struct, frozen=True):
    """``credits``: of each point, in [0, 1]. ``score`` and ``truth``: their weighted mean, and that of what is true."""

    kind: str
    score: float
    truth: float
    credits: tuple[float, ...]
    right: tuple[bool, ...]


def judged(given: Iterable[Answered], aligner: Aligner, *, plainly: bool = False) -> Iterator[Judged]:
    """Raises EngineFailed and ConfigError as ``grade_coverage``."""
    for one in given:
        weights = [point.weight for point in one.points]
        if plainly:
            passages = passages_of(one.answer, [(0, len(one.answer))], one.prompt)
            credits = [found.credit for found in points_found(one.prompt, one.points, one.answer, passages, aligner)]
        else:
            grade = grade_coverage(_question(one), one.answer, aligner)
            credits = [part.score for part in grade.criteria] or [0.0] * len(one.points)
        yield Judged(one.kind, _mean(credits, weights), _mean(one.right, weights), tuple(credits), one.right)


def _question(one: Answered) -> Question:
    return Question(
        id=one.question, type="technical", skill="s", prompt=one.prompt, grader=RubricGrading(), key_points=one.points
    )


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def figures(*, plainly: bool = False) -> dict[str, object]:
    """Raises EngineFailed and ConfigError as ``grade_coverage``."""
    aligner = load_aligner()
    kept = [*judged(answers("kept"), aligner, plainly=plainly)]
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    formats = [*judged(answers("formats"), aligner, plainly=plainly)]
    for one in (*kept, *formats):
        by_kind[one.kind].append(one)
    points = [pair for one in kept for pair in zip(one.credits, one.right, strict=True)]
    credited = {
        right: fmean(credit >= COUNTED for credit, is_right in points if is_right is right) for right in (True, False)
    }
    graded = [*students(trains=False)]
    of_students = [one.score for one in judged((one for one, _ in graded), aligner, plainly=plainly)]
    return {
        "kinds": {
            kind: {"answers": len(some), "score": fmean(x.score for x in some), "true": fmean(x.truth for x in some)}
            for kind, some in by_kind.items()
        },
        "correlation with the truth": correlation([one.score for one in kept], [one.truth for one in kept]),
        "true points credited": credited[True],
        "other points credited": credited[False],
        "references": dict(_references({one.question for one in answers("kept")}, aligner, plainly=plainly)),
        "correlation with people, students' answers": correlation(of_students, [grade for _, grade in graded]),
    }


def _references(ids: set[str], aligner: Aligner, *, plainly: bool) -> Iterator[tuple[str, float]]:
    plans = load_plans(INTERVIEWS).values()
    asked = {one.id: one for plan in plans if plan.language == "en" for one in plan.questions if one.id in ids}
    for kind in ("strong", "average", "weak"):
        given = [
            Answered(one.id, kind, one.prompt, one.key_points, text, (True,) * len(one.key_points))
            for one in asked.values()
            if one.reference is not None and (text := getattr(one.reference, kind))
        ]
        yield kind, fmean(one.score for one in judged(given, aligner, plainly=plainly))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    found = json.dumps(figures(plainly=arguments.plain), indent=2)
    print(found)
    if arguments.json:
        arguments.json.write_text(found + "\n")


if __name__ == "__main__":
    main()
