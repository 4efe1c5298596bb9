"""Reads everything that an operator writes before Ray starts, so that an error names file, line and field at once."""

from __future__ import annotations

from deployments.agent.model.prompt_catalogue import PromptCatalogue
from interview.plans.files import load_plans
from interview.policies.files import load_policies
from serve.serve_file import plans_dir, policies_dir, prompts_url
from serve.settings import Settings


def check_operator_files(settings: Settings) -> tuple[str, ...]:
    """Read plans, banks, policies and, if a model interviews, prompts; return the ids of the plans.

    Raises:

        ConfigError: a file is wrong. The message names ``file:line: field:``; ``detail["problems"]`` lists all
            problems of a plan.
    """
    plans = load_plans(plans_dir())
    load_policies(policies_dir())
    if settings.llm.engine != "none" and settings.agent.interviewer != "scripted":
        PromptCatalogue(prompts_url())
    return tuple(sorted(plans))
