"""Questions that a model writes for a role's needs: ``python -m benchmarks.written_questions --records FILE``.

The needs are tasks of twelve occupations that others wrote (``benchmarks/data/drafting/tasks.yaml``). With ``--server``
the questions that FILE lacks are written, and their responses appended to it; the figures are computed from FILE by the
checks of the product. ``--show`` prints each accepted question, and why each other one was refused.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.plan_coverage import shipped_questions
from benchmarks.recorded_model import ResumedModel, add_options, run
from deployments.drafting.question_writer import QuestionWriter, Written
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.retrieval.service import RetrievalService
from interview.drafts.draft import RejectedQuestion
from interview.drafts.role import Need, Role
from interview.plans.plan import Level
from interview.policies.files import load_policies
from interview.policies.off_limits import topic_by_rules

TASKS = Path("benchmarks/data/drafting/tasks.yaml")
ENCODER = "minilm-l6-v2-int8"
_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\[\d+\]|\d+|: .*")


class Occupation(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    level: Level
    tasks: tuple[str, ...]


def read_tasks() -> list[Occupation]:
    return msgspec.yaml.decode(TASKS.read_bytes(), type=list[Occupation])


async def measure(model: ResumedModel, *, show: bool = False) -> dict[str, Any]:
    """The figures. Raises NotFound: a response is not recorded, and there is no server."""
    grading, retrieval = GradingService(GradingConfig()), RetrievalService(ENCODER)
    policies = load_policies(Path("configs/policies"))["default"]
    writer = QuestionWriter(model, grading, retrieval, partial(topic_by_rules, policies))
    occupations = read_tasks()
    existing = shipped_questions()
    refused: Counter[str] = Counter()
    accepted = 0
    try:
        for occupation in occupations:
            for number, task in enumerate(occupation.tasks):
                need, model.name = Need(task), occupation.title
                role = Role(occupation.title, occupation.level, (need,))
                found = await writer.write(role, need, number, existing)
                accepted += isinstance(found, Written)
                refused.update({_DETAIL.sub("", one).strip() for one in _problems(found)})
                if show:
                    _print(occupation.title, task, found)
                print(f"{occupation.title}: {'accepted' if isinstance(found, Written) else 'refused'}", file=sys.stderr)
    finally:
        await grading.stop()
        retrieval.close()
    seconds = sorted(one.seconds for one in model.used)
    return {
        "needs": sum(len(one.tasks) for one in occupations),
        "accepted": accepted,
        "written": len(model.used),
        "refused for": dict(refused.most_common()),
        "prompt tokens, mean": round(sum(one.prompt_tokens for one in model.used) / len(model.used)),
        "written tokens, mean": round(sum(one.tokens for one in model.used) / len(model.used)),
        "seconds, median": seconds[len(seconds) // 2],
    }


def _problems(found: Written | RejectedQuestion) -> tuple[str, ...]:
    return found.problems if isinstance(found, RejectedQuestion) else ()


def _print(title: str, task: str, found: Written | RejectedQuestion) -> None:
    print(f"\n{title}: {task}")
    match found:
        case Written(question=question, score=score):
            print(f"  + [{score:.2f}] {question.prompt}")
            for point in question.key_points:
                print(f"      - {point.text} ({'; '.join(point.variants)})")
            if question.reference is not None:
                print(f"      strong: {question.reference.strong}\n      average: {question.reference.average}")
                print(f"      weak: {question.reference.weak}")
            print(f"      hints: {' | '.join(hint.text for hint in question.hints)}")
        case RejectedQuestion(prompt=prompt, problems=problems):
            print(f"  – {prompt}\n      {'; '.join(problems)}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    add_options(parser)
    given = parser.parse_args(arguments)
    return run(given, partial(measure, show=given.show))


if __name__ == "__main__":
    raise SystemExit(main())
