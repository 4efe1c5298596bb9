"""Questions that a model writes for a role's needs: ``python -m benchmarks.written_questions --records FILE``.

The needs are tasks of twelve occupations that others wrote (``benchmarks/data/drafting/tasks.yaml``). With ``--server``
the questions that FILE lacks are written, and their responses appended to it; the figures are computed from FILE by the
checks of the product. ``--show`` prints each accepted question, and why each other one was refused.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks.judge.records import ResumedModel
from benchmarks.plan_coverage import shipped_questions
from deployments.drafting.question_writer import QuestionWriter, Written
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.llm.config import LlmConfig, RemoteConfig
from deployments.llm.engines.remote import RemoteLanguageModel
from deployments.retrieval.service import RetrievalService
from interview.drafts.draft import RejectedQuestion
from interview.drafts.role import Need, Role
from interview.errors import NotFound
from interview.plans.plan import Level
from interview.policies.files import load_policies
from interview.policies.off_limits import topic_by_rules

TASKS = Path("benchmarks/data/drafting/tasks.yaml")
ENCODER = "minilm-l6-v2-int8"
_DEADLINE_S = 1800.0
_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\[\d+\]|\d+|: .*")


class Occupation(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    level: Level
    tasks: tuple[str, ...]


def read_tasks() -> list[Occupation]:
    return msgspec.yaml.decode(TASKS.read_bytes(), type=list[Occupation])


async def measure(path: Path, server: str, model_name: str, *, show: bool = False) -> dict[str, Any]:
    """The figures. Raises NotFound: a response is not recorded, and there is no server."""
    engine = None
    if server:
        remote = RemoteConfig(base_url=server, attempts=2)
        engine = RemoteLanguageModel(
            LlmConfig(engine="remote", model=model_name, deadline_s=_DEADLINE_S, remote=remote)
        )
    model = ResumedModel(path, engine, deadline_s=_DEADLINE_S)
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
                need = Need(task)
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
        if engine is not None:
            await engine.stop()
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
    parser.add_argument("--records", type=Path, required=True, help="JSON lines of recorded responses")
    parser.add_argument("--server", default="", help="an OpenAI-compatible server, e.g. http://127.0.0.1:9000/v1")
    parser.add_argument("--model", default="", help="the server's name of the model")
    parser.add_argument("--show", action="store_true", help="print each question")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args(arguments)
    try:
        found = asyncio.run(measure(given.records, given.server, given.model, show=given.show))
    except NotFound:
        print(f"{given.records} lacks a response for today's prompt: name a --server.", file=sys.stderr)
        return 1
    text = json.dumps(found, indent=1)
    print(text)
    if given.json:
        given.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
