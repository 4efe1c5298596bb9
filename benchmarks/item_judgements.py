"""Item parameters by judgement: the median of the readers, and how far they agree.

    python -m benchmarks.item_judgements [--json benchmarks/results/DATE-item-judgements.json] [--write]

``benchmarks/data/item_judgements.tsv`` holds b and a of every scored English question. The questions' author judged
in three passes of different methods: ``experience`` (the years of practice at which half of the candidates reach
level 2 of the rubric), ``anchors`` (what the rubric asks for beyond what the prompt names) and ``ranking`` (the order
within the skill); their agreement shows consistency, and their median counts as one reader. Each column ``b_reader_N``
is a reader who saw the question, its rubric and the scale's definition, and no other judgement; ``-`` where that reader
has not seen the question. The banks hold the median of the readers (``--write`` puts it there); a question differs from
it only once its parameters are estimated from answers (``provisional: false``).
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import re
import statistics
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from msgspec import Struct

from interview.plans.files import load_plans
from interview.plans.questions import Question

ROOT = Path(__file__).parents[1]
DATA = ROOT / "benchmarks" / "data" / "item_judgements.tsv"
BANKS = ROOT / "configs" / "interviews" / "banks"
#: The author's passes, together one reader.
PASSES = ("experience", "anchors", "ranking")
AUTHOR = "author"
_READER = re.compile(r"b_(reader_\d+)")
_DIFFICULTY = re.compile(r"^  difficulty: \{a: [\d.]+, b: -?[\d.]+", re.MULTILINE)


class Judgement(Struct, frozen=True):
    """b and a of one question: the author's passes, and the other readers who have seen it."""

    question_id: str
    b: tuple[float, ...]
    a: tuple[float, ...]
    readers: dict[str, tuple[float, float]] = {}

    @property
    def by_reader(self) -> dict[str, tuple[float, float]]:
        """(a, b) of each reader, the author's median among them."""
        return {AUTHOR: (statistics.median(self.a), statistics.median(self.b)), **self.readers}

    @property
    def median(self) -> tuple[float, float]:
        """(a, b) over the readers."""
        values = self.by_reader.values()
        return round(statistics.median(a for a, _ in values), 2), round(statistics.median(b for _, b in values), 2)


def read() -> dict[str, Judgement]:
    lines = (line for line in DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    rows = csv.DictReader(lines, delimiter="\t")
    names = [match[1] for column in rows.fieldnames or () if (match := _READER.fullmatch(column))]
    return {
        row["id"]: Judgement(
            row["id"],
            tuple(float(row[f"b_{name}"]) for name in PASSES),
            tuple(float(row[f"a_{name}"]) for name in PASSES),
            {name: (float(row[f"a_{name}"]), float(row[f"b_{name}"])) for name in names if row[f"b_{name}"] != "-"},
        )
        for row in rows
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


def agreement(judged: Sequence[Judgement]) -> dict[str, Any]:
    """How far each two readers agree on the questions that both have seen."""
    names = list(dict.fromkeys(name for found in judged for name in found.by_reader))
    pairs: dict[str, Any] = {}
    for one, other in combinations(names, 2):
        both = [found.by_reader for found in judged if {one, other} <= found.by_reader.keys()]
        first_a, first_b = zip(*(found[one] for found in both), strict=True)
        second_a, second_b = zip(*(found[other] for found in both), strict=True)
        pairs[f"{one}, {other}"] = {
            "questions": len(both),
            "correlation_b": round(statistics.correlation(first_b, second_b), 3),
            "correlation_a": round(statistics.correlation(first_a, second_a), 3),
            "mean_difference_b": round(statistics.fmean(y - x for x, y in zip(first_b, second_b, strict=True)), 3),
            "mean_distance_b": round(statistics.fmean(abs(y - x) for x, y in zip(first_b, second_b, strict=True)), 3),
        }
    return pairs


def write(judged: dict[str, Judgement], questions: dict[str, Question]) -> list[str]:
    """Put the medians into the banks, the translated questions' too; the English questions that changed."""
    changed = apart(judged, questions)
    for path in sorted(BANKS.rglob("*.yaml")):
        parts = re.split(r"^(?=- id: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for place, part in enumerate(parts):
            name = re.match(r"- id: (\S+)", part)
            # "cs-de-nrr" in banks/de is the translation of "cs-nrr".
            english = name[1].replace(f"-{path.parent.name}-", "-", 1) if name else ""
            if english in changed or (path.parent != BANKS and english in judged):
                a, b = judged[english].median
                parts[place] = _DIFFICULTY.sub(f"  difficulty: {{a: {a:g}, b: {b:g}", part, count=1)
        path.write_text("".join(parts), encoding="utf-8")
    return changed


def measure() -> dict[str, Any]:
    judged = read()
    values = list(judged.values())
    passes = {
        f"{PASSES[one]}, {PASSES[other]}": round(
            statistics.correlation([found.b[one] for found in values], [found.b[other] for found in values]), 3
        )
        for one, other in combinations(range(len(PASSES)), 2)
    }
    spread = {
        found.question_id: max(b for _, b in found.by_reader.values()) - min(b for _, b in found.by_reader.values())
        for found in values
        if found.readers
    }
    widest = max(spread, key=lambda name: spread[name])
    return {
        "command": "python -m benchmarks.item_judgements",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "questions": len(values),
        "readers": agreement(values),
        "correlation_b_of_the_authors_passes": passes,
        "mean_spread_b_of_readers": round(statistics.fmean(spread.values()), 3),
        "largest_spread_b_of_readers": (widest, round(spread[widest], 2)),
        "median_b_quartiles": [round(cut, 2) for cut in statistics.quantiles([found.median[1] for found in values])],
        "differ_from_banks": apart(judged, installed()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here as well")
    parser.add_argument("--write", action="store_true", help="put the medians into the banks first")
    arguments = parser.parse_args()
    if arguments.write:
        print("changed:", *write(read(), installed()))
    text = json.dumps(measure(), indent=1)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
