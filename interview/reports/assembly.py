"""Assembles a report from a session's log and its pinned plan. Pure, so the same log always gives the same report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from interview.plans.plan import InterviewPlan
from interview.plans.questions import Ungraded
from interview.reports.findings import gaps, skill_reports, strengths, suggestions, weighted_score
from interview.reports.precision import composite_reports, precision_note
from interview.reports.report import (
    AnswerReport,
    EngineUse,
    FallbackNoted,
    GradeVersion,
    QuestionOfCandidate,
    QuestionReport,
    Quote,
    Report,
    ReviewItem,
    RuleTripped,
    SignalNoted,
    Summary,
    SummarySentence,
)
from interview.sessions import events as ev
from interview.sessions.hearing import as_heard
from interview.sessions.session import SessionState

_SCRIPTED = "scripted interviewer"


#: Evidence that is the answer itself, quoted because no part of it stands out: it supports nothing in particular.
_WHOLE = frozenset({"the answer", "no answer"})

#: The fewest words of a piece of a quote that is told from a coincidence.
_PIECE_WORDS = 3


def assemble(state: SessionState, events: Sequence[ev.Event], plan: InterviewPlan, *, generated_at: datetime) -> Report:
    """The report of a session, from its ``events``, the folded ``state`` and the pinned plan."""
    questions = _questions(state, events, plan)
    skills = skill_reports(state, questions, events, plan)
    ended_at = next((event.time for event in reversed(events) if isinstance(event.data, ev.SessionConcluded)), None)
    engines = _engines(events)
    composites = composite_reports(state, plan)
    return Report(
        interview_id=state.interview_id,
        version=state.version,
        generated_at=generated_at,
        final=ended_at is not None and not any(q.standing and q.standing.grade.provisional for q in questions),
        status=state.status,
        candidate=state.candidate,
        consent=state.consent,
        plan=state.plan,
        language=state.language,
        started_at=state.started_at,
        ended_at=ended_at,
        duration_s=((ended_at or state.last_updated) - state.started_at).total_seconds(),
        concluded_because=state.concluded_because,
        weighted_score=weighted_score(skills),
        skills=skills,
        strengths=strengths(questions),
        gaps=gaps(questions),
        composites=composites,
        precision=precision_note(state, plan, composites),
        ask_next=suggestions(skills, composites, questions, plan),
        needs_review=_needs_review(questions),
        questions=questions,
        rules=_rules(events),
        fallbacks=_fallbacks(events),
        signals=_signals(events),
        engines=engines,
        notices=tuple(dict.fromkeys(engine.notice for engine in engines if engine.notice)),
        topics=state.topics_covered,
        insights=state.insights,
        summary=state.summary,
        hints_used=state.hints_used,
        candidate_questions=_candidate_questions(events),
        written_summary=_written_summary(events, questions),
    )


def locate_quote(quote: str, answers: Sequence[AnswerReport], heard: dict[int, ev.AnswerTranscribed]) -> Quote:
    """The turn of a quote, and the start of its utterance in the recording."""
    wanted = " ".join(quote.split()).casefold()
    for answer in answers:
        text = " ".join(answer.text.split()).casefold()
        offset = text.find(wanted) if wanted else -1
        if offset < 0:
            continue
        transcribed = heard.get(answer.turn)
        at_s = _utterance_start(offset, text, transcribed.segments) if transcribed else None
        return Quote(text=quote, turn=answer.turn, audio_url=answer.audio_url, at_s=at_s)
    return Quote(text=quote, found=False)


def locate_quotes(
    quote: str, answers: Sequence[AnswerReport], heard: dict[int, ev.AnswerTranscribed]
) -> tuple[Quote, ...]:
    """The places of a quote. A grader reads the answers to a question as one text, so a quote may go from one answer
    into the next; then each part is a quote of its own."""
    whole = locate_quote(quote, answers, heard)
    if whole.found:
        return (whole,)
    texts = [" ".join(answer.text.split()) for answer in answers]
    parts = _parts_by_answer(" ".join(quote.split()), texts) or _parts_with_gaps(quote.split(), texts)
    return tuple(locate_quote(part, answers, heard) for part in parts) or (whole,)


def _parts_by_answer(quote: str, answers: Sequence[str]) -> list[str]:
    """The pieces of ``quote`` by answer, or nothing when the joined answers do not contain it."""
    joined = " ".join(answers)
    folded = joined.casefold()
    offset = folded.find(quote.casefold())
    if offset < 0 or len(folded) != len(joined):  # folding changed lengths: offsets do not carry over
        return []
    parts, begins = [], 0
    for answer in answers:
        ends = begins + len(answer)
        parts.append(joined[max(begins, offset) : min(ends, offset + len(quote))].strip())
        begins = ends + 1
    return [part for part in parts if part]


def _parts_with_gaps(words: Sequence[str], answers: Sequence[str]) -> list[str]:
    """The pieces of a quote in the order of the answers, where a grader left out what was no answer, as a question to
    the interviewer; nothing when a piece is missing or has fewer than ``_PIECE_WORDS`` words."""
    parts: list[str] = []
    at, from_answer = 0, 0
    folded = [answer.casefold() for answer in answers]
    while at < len(words):
        reach = [
            (end, -number)
            for number in range(from_answer, len(folded))
            if (end := _reach(words, at, folded[number])) >= at + _PIECE_WORDS
        ]
        if not reach:
            return []
        end, negative = max(reach)
        parts.append(" ".join(words[at:end]))
        at, from_answer = end, -negative
    return parts


def _reach(words: Sequence[str], at: int, folded: str) -> int:
    """The end of the longest run of words from ``at`` that the folded answer holds."""
    end = at
    while end < len(words) and " ".join(words[at : end + 1]).casefold() in folded:
        end += 1
    return end


def _utterance_start(offset: int, text: str, segments: Iterable[dict[str, Any]]) -> float | None:
    """The start, in seconds, of the segment that holds the character at ``offset`` of ``text``."""
    cursor, start = 0, None
    for segment in segments:
        piece = " ".join(str(segment.get("text", "")).split()).casefold()
        begins = text.find(piece, cursor) if piece else -1
        if begins < 0:
            continue
        if begins > offset:
            break
        start, cursor = float(segment.get("start", 0.0)), begins + len(piece)
    return start


def _questions(state: SessionState, events: Sequence[ev.Event], plan: InterviewPlan) -> tuple[QuestionReport, ...]:
    heard = {event.data.turn: event.data for event in events if isinstance(event.data, ev.AnswerTranscribed)}
    grades = _grades(events)
    reports = []
    for opened in _opened(state, events, heard, plan):
        versions = grades.get(opened.question_id, ())
        reports.append(replace(opened, grades=versions, quotes=_quotes(opened.answers, versions, heard)))
    return tuple(reports)


def _opened(
    state: SessionState, events: Sequence[ev.Event], heard: dict[int, ev.AnswerTranscribed], plan: InterviewPlan
) -> list[QuestionReport]:
    """Every question asked, in order, with the utterances that answer it."""
    opened: list[QuestionReport] = []
    current = -1
    asked_of = {asked.question_id: asked for asked in state.questions_asked}
    prompt_version = said = ""
    for event in as_heard(events):
        match event.data:
            case ev.PlanMade(prompt=prompt):
                prompt_version = prompt
            case ev.ResponseSent(question=card, text=text) if card is not None and card.question_id in _ids(opened):
                current, said = _ids(opened).index(card.question_id), text
                if card.prompt not in opened[current].wording:  # it was interrupted
                    opened[current] = replace(opened[current], wording=text)
            case ev.ResponseSent(question=card, text=text) if card is not None:
                asked, item = asked_of[card.question_id], plan.by_id.get(card.question_id)
                opened.append(
                    QuestionReport(
                        number=len(opened) + 1,
                        question_id=card.question_id,
                        question_type=card.question_type,
                        skill=card.skill,
                        phase=event.data.phase,
                        prompt=card.prompt,
                        wording=text,
                        core=asked.core,
                        skipped=asked.skipped,
                        graded=item is None or not isinstance(item.grader, Ungraded),
                        hints_used=asked.hints,
                        follow_ups=asked.follow_ups,
                        clarifications=asked.clarifications,
                        prompt_version=prompt_version,
                    )
                )
                current, said = len(opened) - 1, ""
            case ev.ResponseSent(text=text):
                said = text
            case ev.AnswerReceived() as received if opened:
                answer = _answer(received, event.time, heard.get(received.turn), asked=said)
                opened[current] = replace(opened[current], answers=(*opened[current].answers, answer))
            case ev.QuestionReopened(question_id=question_id, turn=turn) if question_id in _ids(opened):
                left, current = current, _ids(opened).index(question_id)
                moved = tuple(answer for answer in opened[left].answers if answer.turn == turn)
                kept = tuple(answer for answer in opened[left].answers if answer.turn != turn)
                opened[left] = replace(opened[left], answers=kept)
                opened[current] = replace(opened[current], answers=(*opened[current].answers, *moved))
    return opened


def _ids(opened: Sequence[QuestionReport]) -> list[str]:
    return [question.question_id for question in opened]


def _answer(
    received: ev.AnswerReceived, at: datetime, transcribed: ev.AnswerTranscribed | None, *, asked: str
) -> AnswerReport:
    recorded = received.audio or received.recording
    return AnswerReport(
        turn=received.turn,
        text=received.text if received.text is not None else (transcribed.text if transcribed else ""),
        received_at=at,
        asked=asked,
        confidence=transcribed.confidence if transcribed else None,
        audio_url=recorded.url if recorded else None,
        duration_s=transcribed.duration_s if transcribed else None,
    )


def _grades(events: Sequence[ev.Event]) -> dict[str, tuple[GradeVersion, ...]]:
    grades: dict[str, tuple[GradeVersion, ...]] = {}
    for event in events:
        if isinstance(event.data, ev.GradeRecorded):
            data = event.data
            version = GradeVersion(
                recorded_at=event.time,
                source=data.source,
                grade=data.grade,
                author=data.author,
                reason=data.reason,
                seq=event.seq,
            )
            grades[data.question_id] = (*grades.get(data.question_id, ()), version)
    return grades


def _quotes(
    answers: Sequence[AnswerReport], versions: Sequence[GradeVersion], heard: dict[int, ev.AnswerTranscribed]
) -> tuple[Quote, ...]:
    """The standing grade's evidence, then quotes of its criteria that the evidence lacks."""
    if not versions:
        return ()
    grade = versions[-1].grade
    wanted = {quoted.quote: "" if quoted.supports in _WHOLE else quoted.supports for quoted in grade.evidence}
    for criterion in grade.criteria:
        if criterion.quote:
            wanted.setdefault(criterion.quote, criterion.criterion)
    return tuple(
        replace(quote, supports=supports)
        for text, supports in wanted.items()
        if text
        for quote in locate_quotes(text, answers, heard)
    )


def _needs_review(questions: Sequence[QuestionReport]) -> tuple[ReviewItem, ...]:
    items = []
    for question in questions:
        standing = question.standing
        if standing is not None and standing.grade.needs_review:
            reason = standing.grade.review_reason or "The grader asks for a human review."
            items.append(ReviewItem(question.question_id, question.number, reason))
        elif standing is None and question.graded and question.answers and not question.skipped:
            items.append(ReviewItem(question.question_id, question.number, "Answered, but not graded yet."))
    return tuple(items)


def _candidate_questions(events: Sequence[ev.Event]) -> tuple[QuestionOfCandidate, ...]:
    """The candidate's questions; those that require a person come first."""
    found = [
        QuestionOfCandidate(
            turn=data.turn,
            at=event.time,
            topic=data.topic,
            text=data.text,
            answered_from=data.answered_from,
            for_a_person=data.for_a_person,
        )
        for event in events
        if isinstance(data := event.data, ev.CandidateAsked)
    ]
    return tuple(sorted(found, key=lambda asked: (not asked.for_a_person, asked.turn)))


def _written_summary(events: Sequence[ev.Event], questions: Sequence[QuestionReport]) -> Summary | None:
    """The latest summary that a model wrote, with the place of each quote in the recordings."""
    written = next((event.data for event in reversed(events) if isinstance(event.data, ev.SynthesisWritten)), None)
    if written is None:
        return None
    heard = {event.data.turn: event.data for event in events if isinstance(event.data, ev.AnswerTranscribed)}
    answers = [answer for question in questions for answer in question.answers]
    sentences = []
    for one in written.sentences:
        own = [answer for answer in answers if answer.turn == one.turn]
        sentences.append(SummarySentence(one.kind, one.text, locate_quote(one.quote, own, heard), one.resume_quote))
    return Summary(tuple(sentences), written.dropped, written.prompt)


def _rules(events: Sequence[ev.Event]) -> tuple[RuleTripped, ...]:
    return tuple(
        RuleTripped(data.turn, event.time, data.rule, data.action, data.detail)
        for event in events
        if isinstance(data := event.data, ev.GuardrailTripped)
    )


def _fallbacks(events: Sequence[ev.Event]) -> tuple[FallbackNoted, ...]:
    return tuple(
        FallbackNoted(data.turn, event.time, data.tier, data.to, data.reason)
        for event in events
        if isinstance(data := event.data, ev.FallbackEntered)
    )


def _signals(events: Sequence[ev.Event]) -> tuple[SignalNoted, ...]:
    """Signals sent between answers, and signals sent with one."""
    noted = []
    for event in events:
        match event.data:
            case ev.IntegrityNoted(turn=turn, signal=signal, data=data):
                noted.append(SignalNoted(turn, event.time, signal, data))
            case ev.AnswerReceived(turn=turn, signals=signals):
                noted += [SignalNoted(turn, event.time, name, {"value": value}) for name, value in signals.items()]
            case _:
                pass
    return tuple(noted)


def _engines(events: Sequence[ev.Event]) -> tuple[EngineUse, ...]:
    """The engines that transcribed, decided and graded, with call counts and notices."""
    uses: Counter[tuple[str, str]] = Counter()
    notices: dict[tuple[str, str], str] = {}
    for event in events:
        match event.data:
            case ev.AnswerTranscribed(engine=engine):
                name = " ".join(str(part) for part in (engine.get("name", ""), engine.get("model", "")) if part)
                use = ("stt", name or "unknown")
                notices.setdefault(use, str(engine.get("notice") or ""))
            case ev.PlanMade(source=source, prompt=prompt):
                use = ("interviewer", f"model, prompt {prompt}" if source == "model" else _SCRIPTED)
            case ev.GradeRecorded(grade=grade, source=source) if source != "override":
                use = ("grading", grade.grader)
            case _:
                continue
        uses[use] += 1
    return tuple(EngineUse(tier, name, count, notices.get((tier, name), "")) for (tier, name), count in uses.items())
