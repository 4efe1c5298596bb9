"""Protected topics in a text, by the rule ``off_limits``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interview.plans.plan import InterviewPlan
from interview.policies.rules import OffLimits, PolicySet
from interview.text.visible_text import first_phrase, searchable, without_phrases
from interview.yaml.source import field_name


def topic_in(rule: OffLimits, words: str) -> str:
    """The first protected topic that the words touch, or an empty text."""
    text = without_phrases(searchable(words), rule.unless)
    return next((topic for topic, phrases in rule.topics.items() if first_phrase(text, phrases)), "")


def topic_by_rules(policies: PolicySet, texts: Sequence[str]) -> str:
    """The first protected topic that one of the texts touches by a rule of the set, or an empty text."""
    rules = [rule for rule in policies.rules if isinstance(rule, OffLimits)]
    return next((topic for text in texts for rule in rules if (topic := topic_in(rule, text))), "")


def topics_of_plan(policies: PolicySet, plan: InterviewPlan) -> Iterator[tuple[str, str]]:
    """Questions of the plan that touch a protected topic when they are asked, as ``(field, problem)``."""
    for index, question in enumerate(plan.questions):
        said = (question.prompt, *question.planned_follow_ups, *(hint.text for hint in question.hints))
        if topic := topic_by_rules(policies, said):
            yield field_name(("questions", index)), f"touches a protected topic: {topic} [{question.id}]"
