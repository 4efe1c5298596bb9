"""Decides whether an answer gets a follow-up question, and which one.

Only spoken, open answers are probed, because probing a wrong choice or number would reveal the key.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from deployments.agent.config import AgentConfig
from interview.grades import Grade
from interview.measurement.star import analyse_story
from interview.plans.questions import Question
from interview.text.dont_know import says_dont_know
from interview.text.experience_claims import mismatches


class Probe(Struct, frozen=True):
    """``because`` empty: the answer needs no probe; ``question`` is then a possible probe, or None.

    ``for_all``: every candidate is asked it, so that nothing is scored that was not asked.
    """

    question: str | None
    because: str = ""
    for_all: bool = False


def probe_for(
    question: Question,
    follow_ups: int,
    answer: str,
    grade: Grade | None,
    *,
    resume_years: Mapping[str, int],
    language: str,
    config: AgentConfig,
) -> Probe:
    """The probe of ``question`` after ``follow_ups`` of them, and why ``answer`` (all of it so far) needs it. Pure."""
    planned = question.planned_follow_ups
    own = planned[follow_ups] if follow_ups < len(planned) else None
    if question.answer_mode != "spoken" or not answer or says_dont_know(answer, language):
        return Probe(question=None)
    if follow_ups < len(question.probes):
        return Probe(question=own, because="Every candidate is asked this.", for_all=True)
    words = len(answer.split())
    if words < config.short_answer_words:
        return Probe(question=own, because=f"The answer has only {words} word{'' if words == 1 else 's'}.")
    apart = mismatches(resume_years, answer) if resume_years else ()
    if apart:
        return Probe(question=apart[0].question, because=f"{apart[0].note}.")
    if question.type in ("behavioral", "experience"):
        story = analyse_story(answer, language)
        if story.follow_up is not None and ("action" in story.missing or "result" in story.missing):
            missing = " and no ".join(story.missing)
            return Probe(question=story.follow_up, because=f"The story tells no {missing}.")
    judged = grade is not None and grade.is_judgement and question.is_open
    if judged and grade is not None and grade.score < config.off_topic_below:
        return Probe(question=own, because="The answer touches none of the points asked about.")
    return Probe(question=own)
