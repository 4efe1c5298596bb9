"""The report's view model: the text and numbers shared by HTML and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from interview.grades import Grade
from interview.reports.report import (
    CompositeReport,
    EngineUse,
    Finding,
    GradeVersion,
    QuestionReport,
    Quote,
    Report,
    ReviewItem,
    SkillReport,
)

#: The ability axis of the plots, in θ units; values beyond it are drawn at its end.
AXIS_LOW, AXIS_HIGH = -3.0, 3.0

_FIRST_PAGE_CHARS = 110

#: Candidates' requests that a person must handle.
_ASKED = {
    "objection": "Objects to the recording or the use of their data",
    "deletion": "Asks for deletion",
    "person": "Asks for a human interviewer",
    "accommodation": "Asks for an accommodation",
}

_TIERS = {"stt": "Speech to text", "interviewer": "Interviewer", "grading": "Grading"}
_STATUS = {"active": "Still running", "paused": "Paused", "concluded": "Concluded", "expired": "Expired"}
_SOURCES = {"inline": "at once", "background": "in the background", "override": "by a person"}


def view_of(report: Report, *, audio_base: str = "") -> dict[str, Any]:
    """The report as plain strings, numbers and lists for a template. All text is untrusted: templates escape it."""
    return {
        "title": report.plan.title or report.plan.id,
        "candidate": report.candidate.name or "Candidate",
        "reference": report.candidate.reference,
        "interview_id": report.interview_id,
        "facts": _facts(report),
        "final": report.final,
        "notices": list(report.notices),
        "score": "–" if report.weighted_score is None else f"{report.weighted_score:.2f}",
        "skills": [_skill(skill) for skill in report.skills],
        "composites": [_composite(found) for found in report.composites],
        "precision": report.precision,
        "strengths": [_finding(found, audio_base) for found in report.strengths],
        "gaps": [_finding(found, audio_base) for found in report.gaps],
        "summary_sentences": _summary(report, audio_base),
        "ask_next": [{"skill": item.skill, "text": item.text} for item in report.ask_next],
        "needs_review": _by_reason(report.needs_review),
        "candidate_asks": [
            {"turn": item.turn, "what": _ASKED.get(item.topic, "Question"), "text": _first_page_text(item.text)}
            for item in report.candidate_questions
            if item.waits
        ],
        "questions": [_question(question, audio_base) for question in report.questions],
        "insights": [{"kind": item.kind, "text": item.text, "turn": item.turn} for item in report.insights],
        "topics": list(report.topics),
        "summary": report.summary,
        "rules": [
            {"turn": item.turn, "at": _clock(item.at), "rule": item.rule, "action": item.action, "detail": item.detail}
            for item in report.rules
        ],
        "fallbacks": [
            {"turn": item.turn, "at": _clock(item.at), "tier": item.tier, "to": item.to, "reason": item.reason}
            for item in report.fallbacks
        ],
        "signals": [
            {"turn": item.turn, "at": _clock(item.at), "signal": item.signal, "data": _flat(item.data)}
            for item in report.signals
        ],
        "engines": [_engine(engine) for engine in report.engines],
        "made": f"Made {_day(report.generated_at)} {_clock(report.generated_at)} UTC from event {report.version} of "
        f"interview {report.interview_id}, plan {report.plan.id} {report.plan.version} ({report.plan.digest[:12]}).",
    }


def _summary(report: Report, audio_base: str) -> list[dict[str, Any]]:
    if report.written_summary is None:
        return []
    return [
        {
            "kind": one.kind,
            "text": one.text,
            "quote": _shortened(_quote(one.quote, audio_base)),
            "resume_quote": _first_page_text(one.resume_quote),
            "turn": one.quote.turn,
        }
        for one in report.written_summary.sentences
    ]


def _first_page_text(text: str) -> str:
    return text if len(text) <= _FIRST_PAGE_CHARS else text[:_FIRST_PAGE_CHARS].rstrip() + " …"


def _facts(report: Report) -> list[str]:
    facts = [
        _STATUS[report.status] + (f": {report.concluded_because}" if report.concluded_because else ""),
        f"{_day(report.started_at)}, {_clock(report.started_at)} UTC, {_minutes(report.duration_s)}",
        f"{len(report.questions)} questions, {report.hints_used} hints",
        f"Language: {report.language}",
        _consent(report),
    ]
    if report.plan.chosen_because:
        facts.append(f"Plan chosen: {report.plan.chosen_because}")
    return facts


def _consent(report: Report) -> str:
    """The consent given at the start, and the candidate's first objection since."""
    given = "Consent given" if report.consent.given else "No consent recorded"
    objections = [item.at for item in report.candidate_questions if item.topic == "objection"]
    if not objections:
        return given
    return f"{given} at the start; the candidate objected at {_clock(min(objections))} UTC"


def _skill(skill: SkillReport) -> dict[str, Any]:
    plot = None
    if skill.theta is not None and skill.low is not None and skill.high is not None:
        plot = {"low": _on_axis(skill.low), "at": _on_axis(skill.theta), "high": _on_axis(skill.high)}
    return {
        "name": skill.skill,
        "weight": f"{skill.weight:.0%}",
        "mean": "–" if skill.mean_score is None else f"{skill.mean_score:.2f}",
        "ability": "–" if skill.theta is None else f"{skill.theta:+.2f} ± {skill.standard_error:.2f}",
        "questions": skill.questions,
        "graded": skill.items,
        "note": skill.note,
        "plot": plot,
    }


def _composite(found: CompositeReport) -> dict[str, Any]:
    return {
        "name": found.name,
        "skills": ", ".join(found.skills),
        "ability": "–" if found.theta is None else f"{found.theta:+.2f} ± {found.standard_error:.2f}",
        "interval": "–" if found.low is None else f"{found.low:+.1f} to {found.high:+.1f}",
        "graded": found.items,
    }


def _on_axis(theta: float) -> float:
    """The position on the axis, in [0, 1]."""
    return round((min(max(theta, AXIS_LOW), AXIS_HIGH) - AXIS_LOW) / (AXIS_HIGH - AXIS_LOW), 4)


def _finding(found: Finding, audio_base: str) -> dict[str, Any]:
    return {
        "number": found.number,
        "skill": found.skill,
        "score": f"{found.score:.2f}",
        "text": found.text,
        "tentative": found.tentative,
        "quote": None if found.quote is None else _shortened(_quote(found.quote, audio_base)),
    }


def _shortened(quote: dict[str, Any]) -> dict[str, Any]:
    """A quote shortened for the first page; the question's own section has it whole."""
    text: str = quote["text"]
    return quote if len(text) <= _FIRST_PAGE_CHARS else {**quote, "text": text[:_FIRST_PAGE_CHARS].rstrip() + " …"}


def _by_reason(items: Sequence[ReviewItem]) -> list[dict[str, Any]]:
    """One line per reason, because without a language model most answers share one."""
    numbers: dict[str, list[int]] = {}
    for item in items:
        numbers.setdefault(item.reason, []).append(item.number)
    return [{"numbers": found, "reason": reason} for reason, found in numbers.items()]


def _quote(quote: Quote, audio_base: str) -> dict[str, Any]:
    return {
        "text": quote.text,
        "supports": quote.supports,
        "found": quote.found,
        "at": "" if quote.at_s is None else _seconds(quote.at_s),
        "link": _link(quote.audio_url, audio_base, quote.at_s),
    }


def _question(question: QuestionReport, audio_base: str) -> dict[str, Any]:
    standing = question.standing
    return {
        "number": question.number,
        "prompt": question.prompt,
        "wording": question.wording if question.prompt not in question.wording else "",
        "about": _about(question),
        "answers": [
            {
                "turn": answer.turn,
                "asked": answer.asked,
                "text": answer.text,
                "at": _clock(answer.received_at),
                "how": "typed"
                if answer.confidence is None
                else f"spoken, transcript confidence {answer.confidence:.2f}",
                "length": "" if not answer.duration_s else _seconds(answer.duration_s),
                "link": _link(answer.audio_url, audio_base, None),
            }
            for answer in question.answers
        ],
        "grade": None if standing is None else _grade(standing),
        "ungraded": "" if standing else _why_ungraded(question),
        "quotes": [_quote(quote, audio_base) for quote in question.quotes],
        "original": None if question.original is None else _grade(question.original),
        "earlier": [_grade(version) for version in question.grades[:-1] if version is not question.original],
    }


def _about(question: QuestionReport) -> str:
    parts = [question.question_type.replace("_", " "), question.skill, question.phase]
    parts.append("core question" if question.core else "adaptive question")
    for count, name in (
        (question.follow_ups, "follow-up"),
        (question.clarifications, "clarification"),
        (question.hints_used, "hint"),
    ):
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if question.skipped:
        parts.append("skipped")
    parts.append(f"interviewer's prompt {question.prompt_version}" if question.prompt_version else "put by the script")
    parts.append(f"id {question.question_id}")
    return " · ".join(parts)


def _why_ungraded(question: QuestionReport) -> str:
    if question.skipped:
        return "Skipped."
    if not question.answers:
        return "Not answered."
    return "Not graded yet." if question.graded else "Not scored by design."


def _grade(version: GradeVersion) -> dict[str, Any]:
    grade = version.grade
    return {
        "score": "–" if not grade.is_judgement else f"{grade.score:.2f}",
        "share": grade.score,
        "level": grade.level,
        "confidence": f"{grade.confidence:.2f}",
        "rationale": grade.rationale,
        "grader": grade.grader,
        "provisional": grade.provisional,
        "review": (grade.review_reason or "The grader asks for a human review.") if grade.needs_review else "",
        "criteria": [
            {"name": item.criterion, "level": item.level, "score": f"{item.score:.2f}", "rationale": item.rationale}
            for item in grade.criteria
            if item.rationale
        ],
        "working": _working(grade),
        "when": f"{_day(version.recorded_at)} {_clock(version.recorded_at)} UTC",
        "source": _SOURCES.get(version.source, version.source),
        "override": version.source == "override",
        "author": version.author,
        "reason": version.reason,
    }


def _working(grade: Grade) -> str:
    """The computation of a score that is a weighted mean of parts; empty for any other."""
    parts = [(item, item.weight) for item in grade.criteria if item.weight is not None]
    total = sum(weight for _, weight in parts)
    if not parts or len(parts) < len(grade.criteria) or total <= 0:
        return ""
    terms = "; ".join(f"{item.criterion}: {item.score:.2f} (weight {weight:g})" for item, weight in parts)
    mean = sum(item.score * weight for item, weight in parts) / total
    less = f", less {grade.hint_cost:.2f} for hints" if grade.hint_cost else ""
    return f"{terms}. Weighted mean {mean:.2f}{less}."


def _engine(engine: EngineUse) -> dict[str, Any]:
    return {
        "tier": _TIERS.get(engine.tier, engine.tier),
        "name": engine.name,
        "uses": engine.uses,
        "notice": engine.notice,
    }


def _link(audio_url: str | None, audio_base: str, at_s: float | None) -> str:
    """The URL of a recording at a moment (media fragment); only the platform's own URLs become links."""
    if audio_url is None or not audio_url.startswith("/"):
        return ""
    return audio_base.rstrip("/") + audio_url + ("" if at_s is None else f"#t={at_s:.1f}")


def _flat(data: dict[str, Any]) -> str:
    values: Sequence[str] = [
        f"{name}: {value if isinstance(value, str) else msgspec.json.encode(value).decode()}"
        for name, value in data.items()
    ]
    return ", ".join(values)


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _seconds(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
