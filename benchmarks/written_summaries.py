"""The written summary on real weights: ``python -m benchmarks.written_summaries --records FILE [--show]``.

Holds the interviews of ``interview simulate`` with the scripted interviewer, grades them without a model, and has each
summarised once. With ``--server`` the summaries that FILE lacks are written, and their responses appended to it; the
figures are computed from FILE. ``--resume``: a text file that stands for every candidate's résumé. ``--show`` prints
each kept sentence with its quote.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.recorded_model import ResumedModel, add_options, run
from deployments.agent.config import AgentConfig
from deployments.agent.pins.policy_catalogue import PolicyCatalogue
from deployments.grading.background.interview_answers import topics_of
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from deployments.grading.synthesis.topic import Topic
from deployments.grading.synthesis.writer import SynthesisWriter
from interview.plans.files import load_plan
from interview.policies.files import load_policies
from serve.simulation.canaries import Planted
from serve.simulation.candidate import Candidate
from serve.simulation.personas import load_personas
from serve.simulation.rehearsal import NotedQueue
from serve.simulation.stage import HeldInterview, Troupe, UnmarkedGrading, hold

CONFIGS = Path(__file__).parents[1] / "configs"
PLANS = CONFIGS / "interviews"

_PLANS = ("backend-engineer", "customer-success-manager", "data-analyst", "machine-learning-engineer")
_SEED = "summaries"
#: Of a simulation's plans, behind each key point.
_CANARY = re.compile(r" zqx\w+")


async def interviews(plans: list[str], personas: list[str]) -> dict[str, list[Topic]]:
    """What the candidates said, with its grades, by plan and persona. Raises RuntimeError: an interview did not end."""
    grading = GradingService(GradingConfig(), background=NotedQueue())
    policies = PolicyCatalogue(load_policies(CONFIGS / "policies"))
    found: dict[str, list[Topic]] = {}
    try:
        for plan_id, persona in product(plans, personas):
            plan = load_plan(PLANS / f"{plan_id}.yaml")
            troupe = Troupe(UnmarkedGrading([plan], grading), policies, AgentConfig())
            held = HeldInterview(plan, Planted(plan, _SEED), persona, 1)
            await hold(troupe, Candidate(load_personas(PLANS)[persona], _SEED), held)
            if held.state is None or not held.over or held.errors:
                raise RuntimeError(f"The interview {plan_id} with {persona} did not end: {held.errors}")
            found[f"{plan_id}/{persona}"] = [
                replace(topic, missed=tuple(_CANARY.sub("", text) for text in topic.missed))
                for topic in topics_of(held.state, held.planted.plan)
            ]
    finally:
        await grading.stop()
    return found


async def figures(
    model: ResumedModel, plans: list[str], personas: list[str], resume: str = "", *, show: bool = False
) -> dict[str, Any]:
    """The figures. Raises NotFound: a response is not recorded, and there is no server."""
    held = await interviews(plans, personas)
    kinds: Counter[str] = Counter()
    kept = dropped = 0
    for name, topics in held.items():
        model.name = name
        summary = await SynthesisWriter(model).write(topics, resume)
        if summary.failure is not None:
            raise summary.failure
        kept += len(summary.sentences)
        dropped += summary.dropped
        kinds.update(one.kind for one in summary.sentences)
        for one in summary.sentences if show else ():
            print(f"{name}\t{one.kind}\t{one.text}\t“{one.quote}”\t{one.resume_quote}", flush=True)
    requests, count = len(model.used), max(1, len(held))
    return {
        "interviews": len(held),
        "requests an interview": round(requests / count, 1),
        "sentences kept": kept,
        "sentences dropped": dropped,
        "kinds": dict(kinds),
        "prompt tokens an interview": round(sum(one.prompt_tokens for one in model.used) / count),
        "written tokens an interview": round(sum(one.tokens for one in model.used) / count),
        "seconds an interview": round(sum(one.seconds for one in model.used) / count, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--plan", default=",".join(_PLANS))
    parser.add_argument("--persona", default="strong,average,weak")
    parser.add_argument("--resume", type=Path, help="a text file")
    add_options(parser)
    given = parser.parse_args(arguments)
    resume = given.resume.read_text(encoding="utf-8") if given.resume else ""
    plans, personas = given.plan.split(","), given.persona.split(",")
    return run(given, lambda model: figures(model, plans, personas, resume, show=given.show))


if __name__ == "__main__":
    raise SystemExit(main())
