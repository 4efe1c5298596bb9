"""Item parameters by judgement: the medians of three passes, and how far the passes agree.

    python -m benchmarks.item_judgements [--json benchmarks/results/DATE-item-judgements.json]

``benchmarks/data/item_judgements.tsv`` holds b and a of every scored English question, from three passes of
different methods: ``experience`` (the years of practice at which half of the candidates reach level 2 of the rubric),
``anchors`` (what the rubric asks for beyond what the prompt names) and ``ranking`` (the order within the skill). One
author judged all three on one day, so that their agreement shows consistency and not accuracy. The banks hold the
medians; a question differs from them only once its parameters are estimated from answers (``provisional: false``).
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import statistics
from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec import Struct

from interview.plans.files import load_plans
from interview.plans.questions import Question

ROOT = Path(__file__).parents[1]
DATA = ROOT / "benchmarks" / "data" / "item_judgements.tsv"
PASSES = ("experience", "anchors", "ranking")


class Judgement(Struct, frozen=True):
    """The three passes' b and a of one question."""

    question_id: str
    b: tuple[float, ...]
    a: tuple[float, ...]

    @property
    def median(self) -> tuple[float, float]:
        """(a, b)"""
        return statistics.median(self.a), statistics.median(self.b)


def read() -> dict[str, Judgement]:
    lines = (line for line in DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {
        row["id"]: Judgement(
            row["id"],
            tuple(float(row[f"b_{name}"]) for name in PASSES),
            tuple(float(row[f"a_{name}"]) for name in PASSES),
        )
        for row in csv.DictReader(lines, delimiter="\t")
    }


def installed() -> dict[str, Question]:
    plans = [plan for plan in load_plans(ROOT / "configs" / "interviews").values() if plan.language.startswith("en")]
    return {question.id: question for plan in plans for question in plan.questions if question.is_scored}


def apart(judged: dict[str, Judgement], questions: dict[str, Question]) -> list[str]:
    """Questions without a judgement, or with provisional parameters other than the medians."""
    return sorted(
        question_id
        for question_id, question in questions.items()
        if question.difficulty.provisional
        and (question_id not in judged or (question.difficulty.a, question.difficulty.b) != judged[question_id].median)
    )


def measure() -> dict[str, Any]:
    judged = read()
    values = list(judged.values())
    pairs = {
        f"{PASSES[one]}, {PASSES[other]}": {
            "correlation_b": round(
                statistics.correlation([found.b[one] for found in values], [found.b[other] for found in values]), 3
            ),
            "mean_difference_b": round(statistics.fmean(found.b[other] - found.b[one] for found in values), 3),
        }
        for one, other in combinations(range(len(PASSES)), 2)
    }
    return {
        "command": "python -m benchmarks.item_judgements",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "questions": len(values),
        "passes": pairs,
        "mean_spread_b": round(statistics.fmean(max(found.b) - min(found.b) for found in values), 3),
        "largest_spread_b": max((round(max(found.b) - min(found.b), 2), found.question_id) for found in values),
        "median_b_quartiles": [round(cut, 2) for cut in statistics.quantiles([found.median[1] for found in values])],
        "differ_from_banks": apart(judged, installed()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here as well")
    arguments = parser.parse_args()
    text = json.dumps(measure(), indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
