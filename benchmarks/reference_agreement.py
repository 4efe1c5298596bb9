"""Agreement of key-point coverage with the reference answers of the English banks.

    python -m benchmarks.reference_agreement [--json benchmarks/results/DATE-reference-agreement.json]

Each open question has a strong, an average and a weak answer, labelled 1, 0.5 and 0 by their author. ``blind``: written
without seeing the question's key points (``benchmarks/data/blind_references.txt``). ``own``: written before the key
points, by the author of both, so that their agreement is circular. ``reader``: the answers of
``benchmarks/data/blind_answers.yaml``, which another reader wrote from prompt and probes alone; each has a list of the
field's terms as well, which ``spoken_above_terms`` compares with the strong answer. Coverage is by words alone, without
an encoder or a model. Order: the share of the pairs strong/average, average/weak and strong/weak of one question that
are graded in that order; a tie counts as wrong.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec import Struct

from deployments.grading.graders.coverage.coverage import grade_coverage
from deployments.grading.studies.calibration import Comparison, agreement
from interview.plans.files import load_plans
from interview.plans.questions import Question, ReferenceAnswers
from interview.yaml.source import read_yaml

ROOT = Path(__file__).parents[1]
PLANS = ROOT / "configs" / "interviews"
BLIND = ROOT / "benchmarks" / "data" / "blind_references.txt"
ANSWERS = ROOT / "benchmarks" / "data" / "blind_answers.yaml"
LABELS = {"strong": 1.0, "average": 0.5, "weak": 0.0}


class Graded(Struct, frozen=True):
    """The coverage scores of one question's references, from strong to weak."""

    question_id: str
    scores: tuple[float, float, float]

    @property
    def out_of_order(self) -> list[str]:
        names = list(LABELS)
        return [
            f"{names[high]} {self.scores[high]:.2f} ≤ {names[low]} {self.scores[low]:.2f}"
            for high, low in combinations(range(3), 2)
            if self.scores[high] <= self.scores[low]
        ]


def blind_ids() -> frozenset[str]:
    lines = BLIND.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def graded(question: Question) -> Graded | None:
    """None for a question without a rubric or references."""
    if not question.is_open or question.reference is None:
        return None
    return graded_answers(question, question.reference)


def graded_answers(question: Question, answers: ReferenceAnswers) -> Graded:
    strong, average, weak = (
        grade_coverage(question, text).score for text in (answers.strong, answers.average, answers.weak)
    )
    return Graded(question.id, (round(strong, 3), round(average, 3), round(weak, 3)))


class BlindAnswers(Struct, frozen=True):
    """Answers to one question, and a list of the field's terms that explains nothing."""

    answers: ReferenceAnswers
    terms: str


def blind_answers() -> dict[str, BlindAnswers]:
    found: dict[str, dict[str, str]] = read_yaml(ANSWERS).data
    return {
        name: BlindAnswers(ReferenceAnswers(given["strong"], given["average"], given["weak"]), given["terms"])
        for name, given in found.items()
    }


def summary(found: Sequence[Graded]) -> dict[str, Any]:
    comparisons = [
        Comparison(one.question_id, "coverage", label, score)
        for one in found
        for label, score in zip(LABELS.values(), one.scores, strict=True)
    ]
    measured = agreement("references", comparisons)
    wrong = {one.question_id: one.out_of_order for one in found if one.out_of_order}
    return {
        "questions": len(found),
        "answers": measured.answers,
        "kappa": None if measured.kappa is None else round(measured.kappa, 3),
        "mean_absolute_error": round(measured.mean_absolute_error, 3),
        "mean_score": {
            name: round(sum(one.scores[place] for one in found) / len(found), 3) for place, name in enumerate(LABELS)
        },
        "pairs_in_order": round(1 - sum(map(len, wrong.values())) / (3 * len(found)), 3),
        "strong_above_weak": round(sum(one.scores[0] > one.scores[2] for one in found) / len(found), 3),
        "out_of_order": wrong,
    }


def spoken_above_terms(questions: Mapping[str, Question]) -> dict[str, Any]:
    """Whether the reader's strong answer is graded above the list of terms."""
    lost = {}
    given = blind_answers()
    for name, one in given.items():
        spoken, terms = (grade_coverage(questions[name], text).score for text in (one.answers.strong, one.terms))
        if spoken <= terms:
            lost[name] = (round(spoken, 3), round(terms, 3))
    return {"pairs": len(given), "share": round(1 - len(lost) / len(given), 3), "lost": lost}


def measure() -> dict[str, Any]:
    plans = [plan for plan in load_plans(PLANS).values() if plan.language.startswith("en")]
    questions = {question.id: question for plan in plans for question in plan.questions}
    found = [one for question in questions.values() if (one := graded(question)) is not None]
    read = [graded_answers(questions[name], one.answers) for name, one in blind_answers().items()]
    blind = blind_ids()
    return {
        "command": "python -m benchmarks.reference_agreement",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "grader": "key-point coverage by words",
        "blind": summary([one for one in found if one.question_id in blind]),
        "own": summary([one for one in found if one.question_id not in blind]),
        "reader": summary(read),
        "spoken_above_terms": spoken_above_terms(questions),
        "scores": {one.question_id: one.scores for one in found},
        "scores_reader": {one.question_id: one.scores for one in read},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here as well")
    arguments = parser.parse_args()
    result = measure()
    for name in ("blind", "own", "reader"):
        shown = {key: value for key, value in result[name].items() if key != "out_of_order"}
        print(name, json.dumps(shown))
        for question_id, wrong in result[name]["out_of_order"].items():
            print(f"  {question_id}: {'; '.join(wrong)}")
    print("spoken above terms", json.dumps(result["spoken_above_terms"]))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
