"""How well a draft plan tells which needs of a role the shipped questions ask for, on needs judged by hand.

``python -m benchmarks.plan_coverage [--json FILE]``. ``precision``: of the needs said to have a question, those whose
nearest question was judged to ask for them. ``recall``: of the needs that have a question, those said so and rightly.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import time
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

import msgspec
from msgspec import Struct

from deployments.drafting.bank_search import COVERED_FROM, BankSearch
from deployments.retrieval.contract import Retrieval
from deployments.retrieval.service import RetrievalService
from interview.plans.files import load_bank
from interview.plans.questions import Question

DATA = Path("benchmarks/data/retrieval/needs.yaml")
BANKS = Path("configs/interviews/banks")
ENCODER = "minilm-l6-v2-int8"


class Coverage(Struct, frozen=True):
    """``wrong``: needs whose nearest question, said to ask for them, does not; ``missed``: needs said to have none."""

    needs: int
    precision: float
    recall: float
    wrong: dict[str, str]
    missed: tuple[str, ...]


def shipped_questions() -> list[Question]:
    return [question for path in sorted(BANKS.glob("*.yaml")) for question in load_bank(path)]


def read_needs() -> dict[str, dict[str, list[str]]]:
    """For each set, its needs with the names of the questions that ask for them."""
    return msgspec.yaml.decode(DATA.read_bytes(), type=dict[str, dict[str, list[str]]])


async def measure(needs: dict[str, list[str]], questions: Sequence[Question], retrieval: Retrieval) -> Coverage:
    found = await BankSearch(retrieval, questions).near(list(needs))
    claimed = {need: row[0] for need, row in zip(needs, found, strict=True) if row[0].score >= COVERED_FROM}
    right = {need for need, match in claimed.items() if any(fnmatch(match.question.id, one) for one in needs[need])}
    covered = {need for need, names in needs.items() if names}
    return Coverage(
        needs=len(needs),
        precision=round(len(right) / len(claimed), 3),
        recall=round(len(right) / len(covered), 3),
        wrong={need: match.question.id for need, match in claimed.items() if need not in right},
        missed=tuple(need for need in needs if need in covered and need not in claimed),
    )


async def _report(sets: dict[str, dict[str, list[str]]], questions: Sequence[Question]) -> str:
    retrieval = RetrievalService(ENCODER)
    results = {name: await measure(needs, questions, retrieval) for name, needs in sets.items()}
    report = {
        "command": "python -m benchmarks.plan_coverage",
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "date": time.strftime("%Y-%m-%d"),
        "weights": ENCODER,
        "covered_from": COVERED_FROM,
        "results": msgspec.to_builtins(results),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    target = parser.parse_args().json
    text = asyncio.run(_report(read_needs(), shipped_questions()))
    print(text)
    if target is not None:
        target.write_text(text + "\n")
