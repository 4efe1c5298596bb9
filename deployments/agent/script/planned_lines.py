"""All lines of a plan and of the script that a candidate may hear, for synthesis ahead of time."""

from __future__ import annotations

from collections.abc import Iterator

from deployments.agent.script.scripted import greeting_to, spoken_prompt
from interview.languages.language import language_of
from interview.plans.plan import InterviewPlan


def planned_lines(plan: InterviewPlan) -> tuple[str, ...]:
    """The greeting, questions, follow-ups and hints in the plan's order, the script's phrases and the closing words.

    None depends on the candidate: the greeting is the one without a name, most sentences of which are in every
    greeting.
    """
    return tuple(dict.fromkeys(line.strip() for line in _lines(plan) if line.strip()))


def _lines(plan: InterviewPlan) -> Iterator[str]:
    script = language_of(plan.language).script
    yield greeting_to(plan.greeting, "")
    yield from script.acknowledge
    for question in plan.questions:
        yield spoken_prompt(question, plan.language)
        yield from question.planned_follow_ups
        yield from question.clarifications.values()
        yield question.rephrased
        yield from (hint.text for hint in question.hints)
    yield from script.everything()
    yield plan.closing
