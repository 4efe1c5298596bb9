"""Step 5, reflect: what this turn taught, each insight with the turn it rests on."""

from __future__ import annotations

from deployments.agent.interviewer import TurnBrief
from interview.events import ReflectionNoted
from interview.session import Insight

MAX_QUOTE_CHARS = 240


def reflection(brief: TurnBrief) -> ReflectionNoted | None:
    """Topics covered and insights of this turn; None when it taught nothing. Pure."""
    if brief.observation.heard != "answer":
        return None
    question = brief.question
    topics = tuple(topic for topic in question.topics or (question.skill,) if topic not in brief.state.topics_covered)
    insights = _insights(brief)
    if not topics and not insights:
        return None
    return ReflectionNoted(turn=brief.turn, topics=topics, insights=insights)


def _insights(brief: TurnBrief) -> tuple[Insight, ...]:
    grade = brief.grade
    if grade is None or not grade.evidence:
        return ()
    best = grade.evidence[0]
    about = best.supports or brief.question.skill
    known = {insight.text for insight in brief.state.insights}
    text = f"Spoke to: {about}"
    if text in known:
        return ()
    return (Insight(text=text, turn=brief.turn, kind="evidence", quote=best.quote[:MAX_QUOTE_CHARS]),)
