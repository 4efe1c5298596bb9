"""Step 7 of a turn, reflect: the turn's insights, each with the turn it rests on."""

from __future__ import annotations

from deployments.agent.brief.interviewer import TurnBrief
from deployments.agent.turn.exchange import Exchange
from interview.measurement.star import achievement_line, analyse_story
from interview.sessions.events import ReflectionNoted
from interview.sessions.session import Insight
from interview.text.experience_claims import mismatches

MAX_QUOTE_CHARS = 240


def reflect(exchange: Exchange, brief: TurnBrief) -> None:
    """Record this turn's insights, if any."""
    noted = reflection(brief)
    if noted is not None:
        exchange.record(noted)


def reflection(brief: TurnBrief) -> ReflectionNoted | None:
    """Topics covered and insights of this turn; None when there are none. Pure."""
    if brief.observation.heard != "answer":
        return None
    question = brief.question
    topics = tuple(topic for topic in question.topics or (question.skill,) if topic not in brief.state.topics_covered)
    insights = _insights(brief)
    if not topics and not insights:
        return None
    return ReflectionNoted(turn=brief.turn, topics=topics, insights=insights)


def _insights(brief: TurnBrief) -> tuple[Insight, ...]:
    found = (*_evidence(brief), *_contradictions(brief))
    if brief.question.type == "behavioral":
        found = (*found, *_story(brief))
    known = {(insight.kind, insight.text) for insight in brief.state.insights}
    return tuple(insight for insight in found if (insight.kind, insight.text) not in known)


def _evidence(brief: TurnBrief) -> tuple[Insight, ...]:
    """The first evidence of the answer's grade."""
    if brief.grade is None or not brief.grade.evidence:
        return ()
    best = brief.grade.evidence[0]
    about = best.supports or brief.question.skill
    return (_insight(brief, "evidence", f"Spoke to: {about}", best.quote),)


def _contradictions(brief: TurnBrief) -> tuple[Insight, ...]:
    """Years of experience that differ from the résumé's."""
    claims = brief.state.settings.resume_years
    if not claims:
        return ()
    return tuple(
        _insight(brief, "contradiction", found.note, found.quote) for found in mismatches(claims, brief.answer)
    )


def _story(brief: TurnBrief) -> tuple[Insight, ...]:
    """The missing parts of a behavioural story, and its achievement in the candidate's own words."""
    found: list[Insight] = []
    story = analyse_story(brief.answer, brief.state.language)
    if story.missing:
        found.append(_insight(brief, "story", f"The story of {brief.question.id} lacks: {', '.join(story.missing)}"))
    else:
        found.append(_insight(brief, "story", f"The story of {brief.question.id} is whole"))
    line = achievement_line(brief.answer, brief.state.language)
    if line is not None:
        found.append(_insight(brief, "achievement", line))
    return tuple(found)


def _insight(brief: TurnBrief, kind: str, text: str, quote: str = "") -> Insight:
    return Insight(text=text[:MAX_QUOTE_CHARS], turn=brief.turn, kind=kind, quote=quote[:MAX_QUOTE_CHARS])
