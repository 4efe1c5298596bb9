"""Reads everything that an operator writes before Ray starts, so that an error names file, line and field at once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.steps.plan_keys import key_problems
from deployments.grading.service import GradingService
from interview.errors import ConfigError
from interview.plans.files import load_plans
from interview.plans.plan import InterviewPlan
from interview.policies.files import load_policies
from interview.policies.retention import load_retention
from serve.composition.local_stores import database_url
from serve.serve_file import plans_dir, policies_dir, prompts_url, retention_file
from serve.settings import Settings
from serve.webhooks.delivery import check_secrets
from storage.archive.database import parsed_url
from storage.keys.signing_keys import keys_in_environment
from storage.redis.endpoint import cluster_nodes, sentinel_service


def check_operator_files(settings: Settings) -> tuple[str, ...]:
    """Read plans, banks, policies, retention and, if a model interviews, prompts; return the ids of the plans.

    Raises:

        ConfigError: a file is wrong. The message names ``file:line: field:``; ``detail["problems"]`` lists all
            problems of a plan.
    """
    plans = load_plans(plans_dir())
    load_policies(policies_dir())
    load_retention(retention_file())
    if settings.llm.engine != "none" and settings.agent.interviewer != "scripted":
        PromptCatalogue(prompts_url())
    return tuple(sorted(plans))


def check_installed_keys(settings: Settings) -> None:
    """Grade the formula and expression keys of the installed plans in this process (about 0.1 s each).

    Raises:

        ConfigError: a key cannot be graded by. The message names plan, question and field; ``detail["problems"]`` lists
            all of them.
    """
    problems = asyncio.run(_key_problems(settings, list(load_plans(plans_dir()).values())))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ConfigError(f"{problems[0]}{more}", detail={"problems": problems})


def check_environment(data: Path, settings: Settings) -> None:
    """Read the addresses of the stores, the signing keys and the webhooks' secrets in the environment; nothing is
    connected to or created.

    Raises:

        ConfigError: one cannot be used. The message names the variable.
    """
    keys_in_environment()
    parsed_url(database_url(data))
    redis_url = os.environ.get("REDIS_URL", "")
    if redis_url and cluster_nodes(redis_url) is None:
        sentinel_service(redis_url)
    check_secrets(settings.webhooks)


async def _key_problems(settings: Settings, plans: list[InterviewPlan]) -> list[str]:
    grading = GradingService(settings.grading)
    try:
        return [
            f"{plan.id}: {one.question_id}: grader.{one.field}: {one.problem}"
            for plan in plans
            for one in await key_problems(plan, grading)
        ]
    finally:
        await grading.stop()
