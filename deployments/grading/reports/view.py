"""The report's view model: the text and numbers shared by HTML and PDF, with the words of the interview's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from interview.grades import Grade
from interview.languages.language import language_of
from interview.languages.report_words import ReportWords
from interview.reports.report import (
    AnswerReport,
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


def view_of(report: Report, *, audio_base: str = "") -> dict[str, Any]:
    """The report as plain strings, numbers and lists for a template. All text is untrusted: templates escape it.

    ``words`` holds the labels. The language is the interview's (docs/report.md).
    """
    words = language_of(report.language).report
    return {
        "language": report.language,
        "words": msgspec.to_builtins(words),
        "title": report.plan.title or report.plan.id,
        "candidate": report.candidate.name or words.candidate,
        "reference": report.candidate.reference,
        "interview_id": report.interview_id,
        "facts": _facts(report, words),
        "final": report.final,
        "notices": list(report.notices),
        "score": "–" if report.weighted_score is None else f"{report.weighted_score:.2f}",
        "skills": [_skill(skill, words) for skill in report.skills],
        "composites": [_composite(found, words) for found in report.composites],
        "precision": report.precision,
        "strengths": [_finding(found, words, audio_base) for found in report.strengths],
        "gaps": [_finding(found, words, audio_base) for found in report.gaps],
        "summary_sentences": _summary(report, words, audio_base),
        "ask_next": [{"skill": item.skill, "text": item.text} for item in report.ask_next],
        "needs_review": _by_reason(report.needs_review, words),
        "candidate_asks": [
            {
                "turn": words.in_turn.format(turn=item.turn),
                "what": getattr(words, f"asks_{item.topic}", words.asks_other),
                "text": _first_page_text(item.text),
            }
            for item in report.candidate_questions
            if item.waits
        ],
        "questions": [_question(question, words, audio_base) for question in report.questions],
        "insights": [
            {"kind": item.kind, "text": item.text, "turn": words.in_turn.format(turn=item.turn)}
            for item in report.insights
        ],
        "topics": words.topics.format(topics=", ".join(report.topics)) if report.topics else "",
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
        "engines": [_engine(engine, words) for engine in report.engines],
        "made": words.made.format(
            day=_day(report.generated_at),
            time=_clock(report.generated_at),
            event=report.version,
            interview=report.interview_id,
            plan=f"{report.plan.id} {report.plan.version} ({report.plan.digest[:12]})",
        ),
    }


def _summary(report: Report, words: ReportWords, audio_base: str) -> list[dict[str, Any]]:
    if report.written_summary is None:
        return []
    return [
        {
            "kind": getattr(words, f"kind_{one.kind}"),
            "text": one.text,
            "quote": _shortened(_quote(one.quote, words, audio_base)),
            "resume_quote": _first_page_text(one.resume_quote),
            "turn": one.quote.turn,
        }
        for one in report.written_summary.sentences
    ]


def _first_page_text(text: str) -> str:
    return text if len(text) <= _FIRST_PAGE_CHARS else text[:_FIRST_PAGE_CHARS].rstrip() + " …"


def _facts(report: Report, words: ReportWords) -> list[str]:
    status: str = getattr(words, f"status_{report.status}")
    questions = _count(len(report.questions), words.one_question, words.questions)
    facts = [
        status + (f": {report.concluded_because}" if report.concluded_because else ""),
        f"{_day(report.started_at)}, {_clock(report.started_at)} UTC, {_minutes(report.duration_s)}",
        f"{questions}, {_count(report.hints_used, words.one_hint, words.hints)}",
        words.language.format(language=report.language),
        _consent(report, words),
    ]
    if report.plan.chosen_because:
        facts.append(words.plan_chosen.format(because=report.plan.chosen_because))
    return facts


def _count(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(count=number)


def _consent(report: Report, words: ReportWords) -> str:
    """The consent given at the start, and the candidate's first objection since."""
    given = words.consent_given if report.consent.given else words.consent_missing
    objections = [item.at for item in report.candidate_questions if item.topic == "objection"]
    if not objections:
        return given
    return words.objected.format(consent=given, time=_clock(min(objections)))


def _skill(skill: SkillReport, words: ReportWords) -> dict[str, Any]:
    plot = None
    if skill.theta is not None and skill.low is not None and skill.high is not None:
        plot = {"low": _on_axis(skill.low), "at": _on_axis(skill.theta), "high": _on_axis(skill.high)}
    return {
        "name": skill.skill,
        "weight": f"{skill.weight:.0%}",
        "mean": "–" if skill.mean_score is None else f"{skill.mean_score:.2f}",
        "ability": "–" if skill.theta is None else f"{skill.theta:+z.2f} ± {skill.standard_error:.2f}",
        "answers": words.of_answers.format(graded=skill.items, all=skill.questions),
        "note": skill.note,
        "plot": plot,
    }


def _composite(found: CompositeReport, words: ReportWords) -> dict[str, Any]:
    return {
        "name": found.name,
        "skills": ", ".join(found.skills),
        "ability": "–" if found.theta is None else f"{found.theta:+z.2f} ± {found.standard_error:.2f}",
        "interval": "–"
        if found.low is None
        else words.low_to_high.format(low=f"{found.low:+.1f}", high=f"{found.high:+.1f}"),
        "answers": _count(found.items, words.one_answer, words.answers),
    }


def _on_axis(theta: float) -> float:
    """The position on the axis, in [0, 1]."""
    return round((min(max(theta, AXIS_LOW), AXIS_HIGH) - AXIS_LOW) / (AXIS_HIGH - AXIS_LOW), 4)


def _finding(found: Finding, words: ReportWords, audio_base: str) -> dict[str, Any]:
    return {
        "number": found.number,
        "question": words.question_number.format(number=found.number),
        "skill": found.skill,
        "score": f"{found.score:.2f}",
        "text": found.text,
        "tentative": found.tentative,
        "quote": None if found.quote is None else _shortened(_quote(found.quote, words, audio_base)),
    }


def _shortened(quote: dict[str, Any]) -> dict[str, Any]:
    """A quote shortened for the first page; the question's own section has it whole."""
    text: str = quote["text"]
    return quote if len(text) <= _FIRST_PAGE_CHARS else {**quote, "text": text[:_FIRST_PAGE_CHARS].rstrip() + " …"}


def _by_reason(items: Sequence[ReviewItem], words: ReportWords) -> list[dict[str, Any]]:
    """One line per reason, because without a language model most answers share one."""
    numbers: dict[str, list[int]] = {}
    for item in items:
        numbers.setdefault(item.reason, []).append(item.number)
    return [
        {"label": words.asks_other if len(found) == 1 else words.question_numbers, "numbers": found, "reason": reason}
        for reason, found in numbers.items()
    ]


def _quote(quote: Quote, words: ReportWords, audio_base: str) -> dict[str, Any]:
    return {
        "text": quote.text,
        "supports": quote.supports,
        "found": quote.found,
        "at": "" if quote.at_s is None else _seconds(quote.at_s),
        "at_time": "" if quote.at_s is None else words.at.format(time=_seconds(quote.at_s)),
        "link": _link(quote.audio_url, audio_base, quote.at_s),
    }


def _question(question: QuestionReport, words: ReportWords, audio_base: str) -> dict[str, Any]:
    standing = question.standing
    return {
        "number": question.number,
        "prompt": question.prompt,
        "wording": words.put_as.format(wording=question.wording) if question.prompt not in question.wording else "",
        "about": _about(question, words),
        "answers": [_answer(answer, words, audio_base) for answer in question.answers],
        "grade": None if standing is None else _grade(standing, words),
        "ungraded": "" if standing else _why_ungraded(question, words),
        "quotes": [_quote(quote, words, audio_base) for quote in question.quotes],
        "original": None if question.original is None else _grade(question.original, words),
        "earlier": [_grade(version, words) for version in question.grades[:-1] if version is not question.original],
    }


def _answer(answer: AnswerReport, words: ReportWords, audio_base: str) -> dict[str, Any]:
    how = words.typed
    if answer.confidence is not None:
        how = words.spoken.format(confidence=f"{answer.confidence:.2f}")
    about = words.answer_line.format(turn=answer.turn, time=_clock(answer.received_at), how=how)
    return {
        "asked": words.interviewer_said.format(asked=answer.asked) if answer.asked else "",
        "text": answer.text,
        "about": about if not answer.duration_s else f"{about}, {_seconds(answer.duration_s)}",
        "link": _link(answer.audio_url, audio_base, None),
    }


def _about(question: QuestionReport, words: ReportWords) -> str:
    kind: str = getattr(words, f"type_{question.question_type}")
    phase: str = getattr(words, f"phase_{question.phase}")
    parts = [kind, question.skill, phase, words.core if question.core else words.adaptive]
    for count, one, many in (
        (question.follow_ups, words.one_follow_up, words.follow_ups),
        (question.clarifications, words.one_clarification, words.clarifications),
        (question.hints_used, words.one_hint, words.hints),
    ):
        if count:
            parts.append(_count(count, one, many))
    if question.skipped:
        parts.append(words.skipped)
    version = question.prompt_version
    parts.append(words.prompt_version.format(version=version) if version else words.put_by_script)
    parts.append(f"id {question.question_id}")
    return " · ".join(parts)


def _why_ungraded(question: QuestionReport, words: ReportWords) -> str:
    if question.skipped:
        return words.was_skipped
    if not question.answers:
        return words.not_answered
    return words.not_graded if question.graded else words.not_scored


def _grade(version: GradeVersion, words: ReportWords) -> dict[str, Any]:
    grade = version.grade
    return {
        "score": "–" if not grade.is_judgement else f"{grade.score:.2f}",
        "share": grade.score,
        "level": getattr(words, f"level_{grade.level}", grade.level),
        "confidence": words.confidence.format(confidence=f"{grade.confidence:.2f}"),
        "rationale": grade.rationale,
        "grader": grade.grader,
        "provisional": grade.provisional,
        "review": (grade.review_reason or words.review_asked) if grade.needs_review else "",
        "criteria": [
            {"name": item.criterion, "level": item.level, "score": f"{item.score:.2f}", "rationale": item.rationale}
            for item in grade.criteria
            if item.rationale
        ],
        "working": _working(grade, words),
        "when": f"{_day(version.recorded_at)} {_clock(version.recorded_at)} UTC",
        "source": getattr(words, f"source_{version.source}", version.source),
        "override": version.source == "override",
        "overridden": words.overridden.format(author=version.author),
        "reason": version.reason,
    }


def _working(grade: Grade, words: ReportWords) -> str:
    """The computation of a score that is a weighted mean of parts; empty for any other."""
    parts = [(item, item.weight) for item in grade.criteria if item.weight is not None]
    total = sum(weight for _, weight in parts)
    if not parts or len(parts) < len(grade.criteria) or total <= 0:
        return ""
    terms = "; ".join(
        words.part.format(name=item.criterion, score=f"{item.score:.2f}", weight=f"{weight:g}")
        for item, weight in parts
    )
    mean = sum(item.score * weight for item, weight in parts) / total
    result = words.weighted_mean.format(mean=f"{mean:.2f}")
    if grade.hint_cost:
        result = words.weighted_mean_less_hints.format(mean=f"{mean:.2f}", cost=f"{grade.hint_cost:.2f}")
    return words.computed_from.format(working=f"{terms}. {result}")


def _engine(engine: EngineUse, words: ReportWords) -> dict[str, Any]:
    return {
        "tier": getattr(words, f"tier_{engine.tier}", engine.tier),
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
