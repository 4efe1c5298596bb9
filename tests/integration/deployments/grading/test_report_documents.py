"""The report of a 20-question interview: what it says, how it looks as HTML and PDF, what hostile text does to it."""

import html.parser
import json
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pypdfium2
import pytest
from msgspec.structs import replace

from deployments.grading.reports.html import render_html
from deployments.grading.reports.pdf import render_pdf
from deployments.grading.reports.stored_report import build_report, render_report
from interview.errors import NotFound
from interview.grades import CriterionGrade, Evidence, Grade, level_of
from interview.plans.files import load_plan
from interview.plans.plan import encode_plan, reference
from interview.plans.questions import Ungraded, card_of
from interview.reports.assembly import assemble
from interview.reports.report import Report
from interview.sessions import events as ev
from interview.sessions.fold import fold
from interview.sessions.session import AgentAction, AudioRef, Candidate, Consent, Insight
from storage.archive.transfer import archive_session
from storage.blobs.fsspec_blobs import FsspecBlobStore
from storage.blobs.layout import plan_path
from storage.sessions.memory import MemorySessionStore
from storage.sessions.port import SessionKey
from tests.support.archives import memory_archive
from tests.support.paths import ROOT

INSTALLED = load_plan(ROOT / "configs" / "interviews" / "backend-engineer.yaml")
FIRST = INSTALLED.questions[:14]
PLAN = replace(INSTALLED, questions=(*FIRST, *(replace(question, id=f"{question.id}-again") for question in FIRST)))
START = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
NOTICE = "The built-in model serves: trained on synthetic speech, for demos and tests only."

HOSTILE = (
    '<script>alert(1)</script> "><img src=x onerror=alert(1)> {{ 7*7 }} #panic("typst") $x^2$ \\ `code` _a_ *b* '
    '#import "/etc/passwd" @ref </svg> javascript:alert(1) \u202e\u0000\ufffe emoji 🙂 中文 '
)


class Log:
    """Writes an event log with a steady clock."""

    def __init__(self):
        self.events = []

    def add(self, *payloads):
        for payload in payloads:
            number = len(self.events) + 1
            self.events.append(ev.Event(seq=number, time=START + timedelta(seconds=12 * number), data=payload))


def reply(turn, text, kind="new_question", question=None, **more):
    action = AgentAction(action_type=kind, reasoning="As planned.", next_phase="technical")
    return ev.ResponseSent(
        turn=turn, text=text, action=action, phase="technical", should_continue=kind != "conclude",
        question=card_of(question) if question else None, **more,
    )  # fmt: skip


def grade_of(score, quote, *, confidence=0.9, grader="short_text", **more):
    return Grade(
        score=score, level=level_of(score), confidence=confidence, grader=grader,
        rationale=f"The answer makes {score:.0%} of the points that matter.",
        evidence=(Evidence(quote, supports="the main point"),), **more,
    )  # fmt: skip


def interview(questions=20, text="", name="Ada Lovelace", end=True):
    """An interview by voice and text with everything a report can show. ``text`` is added to all free text."""
    log = Log()
    log.add(
        ev.SessionStarted(
            interview_id="i-20",
            tenant="acme",
            plan=reference(PLAN, chosen_because=f"Named by the caller. {text}"),
            phase="intro",
            candidate=Candidate(name=name + text, reference="c-7"),
            consent=Consent(given=True),
        )
    )
    asked = PLAN.questions[:questions]
    log.add(reply(0, f"Welcome. {asked[0].prompt}", question=asked[0], core=True))
    for number, question in enumerate(asked):
        turn = number + 1
        words = (
            f"First I would measure it. The answer to {question.id} is a hash index, {text}and then I would test it."
        )
        if number % 3 == 2:
            log.add(ev.AnswerReceived(turn, f"k{turn}", question.id, text=words, signals={"pasted": True}))
        else:
            audio = AudioRef(f"/session/audio/i-20/{turn}-candidate-0123456789abcdef.wav", "audio/wav", 9, "0" * 64)
            log.add(ev.AnswerReceived(turn, f"k{turn}", question.id, audio=audio))
            segments = (
                {"start": 0.4, "end": 2.1, "text": " First I would measure it."},
                {"start": 2.9, "end": 7.0, "text": words.removeprefix("First I would measure it.")},
            )
            engine = {"name": "faster-whisper", "model": "whisper-tiny.en", "notice": NOTICE}
            log.add(ev.AnswerTranscribed(turn, words, 0.83, 7.4, "en", engine, segments))
        if not isinstance(question.grader, Ungraded):
            score = (0.95, 0.7, 0.5, 0.2)[number % 4]
            log.add(ev.GradeRecorded(turn, question.id, grade_of(score, "is a hash index")))
            log.add(ev.DifficultyUpdated(turn, question.skill, 0.3 + 0.02 * number, 0.6, 1 + number // 4))
        log.add(ev.PlanMade(turn, AgentAction("new_question", "Next.", "technical"), "scripted"))
        if number + 1 < len(asked):
            log.add(reply(turn, f"Thank you. {asked[number + 1].prompt}", question=asked[number + 1]))
    log.add(
        ev.GuardrailTripped(len(asked), "injection-pattern", "warn", f"Instructions in the answer. {text}"),
        ev.FallbackEntered(len(asked), "llm", "script", f"The model did not answer in time. {text}"),
        ev.IntegrityNoted(len(asked), "tab_hidden", {"seconds": 4, "note": text}),
        ev.ReflectionNoted(len(asked), ("indexes", text or "queues"), (Insight(f"Measures first. {text}", 2),)),
    )
    if end:
        log.add(
            reply(len(asked), "Goodbye.", "conclude"),
            ev.SessionConcluded(len(asked), "plan", "All questions are asked."),
        )
    return log


def report_of(log):
    return assemble(fold(log.events), log.events, PLAN, generated_at=START + timedelta(hours=1))


def pdf_text(document):
    pdf = pypdfium2.PdfDocument(document)
    return [page.get_textpage().get_text_range().replace("\r\n", " ") for page in pdf]


class Page(html.parser.HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.links, self.text = set(), [], ""
        self.feed(document.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name in ("href", "src")]
        assert not [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        self.text += data


def test_every_question_comes_with_answer_grade_and_located_evidence():
    report = report_of(interview())
    assert [question.number for question in report.questions] == list(range(1, 21))
    spoken, typed = report.questions[0], report.questions[2]
    assert spoken.answers[0].confidence == 0.83
    assert typed.answers[0].confidence is None
    for question in report.questions:
        if question.standing is None:
            assert not question.graded
            continue
        (quote,) = question.quotes
        assert quote.found
        assert quote.at_s == (2.9 if question.answers[0].audio_url else None)
        assert quote.audio_url == question.answers[0].audio_url
    assert report.final
    assert report.notices == (NOTICE,)
    assert report.fallbacks[0].to == "script"
    assert report.rules[0].rule == "injection-pattern"
    assert {signal.signal for signal in report.signals} == {"pasted", "tab_hidden"}


def test_an_answer_quoted_as_a_whole_is_said_to_support_nothing():
    log = interview(1, end=False)
    for supports, shown in (("the answer", ""), ("no answer", ""), ("the main point", "the main point")):
        grade = msgspec.structs.replace(
            grade_of(0.0, "is a hash index"), evidence=(Evidence("is a hash index", supports=supports),)
        )
        log.add(ev.GradeRecorded(1, PLAN.questions[0].id, grade))
        (quote,) = report_of(log).questions[0].quotes
        assert (quote.found, quote.supports) == (True, shown)


def test_an_ability_that_rounds_to_zero_has_no_minus():
    log = interview(2, end=False)
    skill = PLAN.questions[1].skill
    log.add(ev.DifficultyUpdated(2, skill, -0.001, 0.6, 1))
    html = render_html(report_of(log)).decode()
    assert "+0.00 ± 0.60" in html and "-0.00" not in html


def test_a_quote_that_was_never_said_is_shown_as_such():
    log = interview(3)
    log.add(ev.GradeRecorded(2, PLAN.questions[1].id, grade_of(1.0, "give me full marks"), source="background"))
    report = report_of(log)
    assert not report.questions[1].quotes[0].found
    assert "not found in the answer" in render_html(report).decode()
    assert "not found in the answer" in " ".join(pdf_text(render_pdf(report)))


@pytest.mark.parametrize(
    ("language", "heading", "scale", "status"),
    [
        ("de-AT", "Fragen und Antworten", "gewichtete Punktzahl, 0 bis 1", "Abgeschlossen"),
        ("fr", "Questions et réponses", "note pondérée, de 0 à 1", "Terminé"),
        ("es", "Preguntas y respuestas", "puntuación ponderada, de 0 a 1", "Terminada"),
    ],
)
def test_the_words_of_the_page_are_in_the_language_of_the_interview(language, heading, scale, status):
    report = replace(report_of(interview(6)), language=language)
    html = render_html(report).decode()
    assert f'<html lang="{language}">' in html
    for text in (Page(html.encode()).text, " ".join(pdf_text(render_pdf(report)))):
        text = re.sub(r"\s+", " ", text)
        assert heading in text
        assert scale in text
        assert status in text
        for label in ("Questions and answers", "weighted score", "Ask next", "mean score", "Turn ", "core question"):
            assert label not in text


def test_an_override_stands_and_the_original_stays_visible():
    log = interview(4)
    question = next(found for found in PLAN.questions[:4] if not isinstance(found.grader, Ungraded))
    human = Grade(0.33, level_of(0.33), 1.0, "Saw the recording.", "human")
    log.add(ev.GradeRecorded(1, question.id, human, source="override", author="key-9", reason="Misheard the unit."))
    report = report_of(log)
    shown = next(found for found in report.questions if found.question_id == question.id)
    assert shown.standing.grade.score == 0.33
    assert shown.original.grade.grader == "short_text"
    skill = next(found for found in report.skills if found.skill == question.skill)
    assert "later grade" in skill.note
    for text in (Page(render_html(report)).text, " ".join(pdf_text(render_pdf(report)))):
        text = re.sub(r"\s+", " ", text)
        assert "Overridden by key-9: Misheard the unit." in text
        assert f"{shown.original.grade.score:.2f}" in text
        assert "before the override" in text


def test_a_provisional_grade_keeps_the_report_provisional_and_asks_for_a_person():
    log = interview(3)
    coverage = grade_of(
        0.5, "hash index", confidence=0.3, grader="coverage", needs_review=True, review_reason="No model judged it.",
        provisional=True, criteria=(CriterionGrade("depth", 2, 0.5, "I would test it", "Names no trade-off."),),
    )  # fmt: skip
    log.add(ev.GradeRecorded(2, PLAN.questions[1].id, coverage))
    report = report_of(log)
    assert not report.final
    assert [(item.number, item.reason) for item in report.needs_review] == [(2, "No model judged it.")]
    assert [quote.text for quote in report.questions[1].quotes] == ["hash index", "I would test it"]
    assert "Names no trade-off." in render_html(report).decode()


def test_a_score_can_be_computed_again_from_the_page():
    log = interview(3)
    parts = (CriterionGrade("names a hash index", 2, 0.8, weight=1), CriterionGrade("names its cost", 0, 0.0, weight=3))
    coverage = grade_of(0.1, "hash index", confidence=0.3, grader="coverage", criteria=parts, hint_cost=0.1)
    log.add(ev.GradeRecorded(2, PLAN.questions[1].id, coverage))
    report = report_of(log)
    working = (
        "names a hash index: 0.80 (weight 1); names its cost: 0.00 (weight 3). Weighted mean 0.20, less 0.10 for hints."
    )
    for text in (Page(render_html(report)).text, " ".join(pdf_text(render_pdf(report)))):
        text = re.sub(r"\s+", " ", text)
        assert working in text
        assert f"id {PLAN.questions[1].id}" in text


def test_the_weighted_score_is_the_mean_over_graded_skills():
    report = report_of(interview())
    graded = [skill for skill in report.skills if skill.mean_score is not None and skill.weight > 0]
    expected = sum(s.weight * s.mean_score for s in graded) / sum(s.weight for s in graded)
    assert report.weighted_score == pytest.approx(expected)
    for skill in graded:
        assert skill.low < skill.theta < skill.high


def test_what_to_ask_next_was_not_asked_and_fits_the_skill():
    report = report_of(interview(6))
    asked = {question.question_id for question in report.questions}
    assert report.ask_next
    for suggestion in report.ask_next:
        if suggestion.question_id:
            assert suggestion.question_id not in asked
            assert PLAN.by_id[suggestion.question_id].skill == suggestion.skill


def test_json_carries_the_whole_report_and_reads_back():
    report = report_of(interview())
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_the_first_page_holds_the_summary_and_the_pdf_is_small():
    document = render_pdf(report_of(interview()))
    pages = pdf_text(document)
    for words in ("Ada Lovelace", "Skills", "Strengths", "Gaps", "Ask next", "Needs a person's look"):
        assert words.replace("'", "’") in pages[0] or words in pages[0]
    assert "Questions and answers" in pages[1]
    assert len(document) <= 1024 * 1024


def test_the_pages_are_not_blank_and_nothing_runs_off_the_paper():
    for page in pypdfium2.PdfDocument(render_pdf(report_of(interview()))):
        picture = page.render(scale=1).to_pil().convert("L")
        dark = [(x, y) for y in range(picture.height) for x in range(picture.width) if picture.getpixel((x, y)) < 128]
        assert len(dark) > 300
        margin = 20  # of about 595 points
        assert min(x for x, _ in dark) >= margin and max(x for x, _ in dark) <= picture.width - margin


def test_the_same_report_gives_the_same_bytes():
    report = report_of(interview(5))
    assert render_pdf(report) == render_pdf(report)
    assert render_html(report) == render_html(report)


def test_the_page_needs_no_network_and_runs_no_script():
    page = Page(render_html(report_of(interview())))
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert all(link.startswith(("#", "/session/audio/")) for link in page.links)
    assert any(link.endswith("#t=2.9") for link in page.links)


def test_hostile_text_stays_text_in_every_form():
    report = report_of(interview(4, text=HOSTILE, name=HOSTILE))
    page = Page(render_html(report))
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not page.tags & {"script", "img"}
    assert all(link.startswith(("#", "/session/audio/")) for link in page.links)
    text = " ".join(pdf_text(render_pdf(report)))
    assert "#panic(" in text
    assert "$x^2$" in text
    json.loads(msgspec.json.encode(report))


def test_an_interview_without_answers_still_has_a_report():
    log = Log()
    log.add(
        ev.SessionStarted("i-0", "acme", reference(PLAN), "intro"),
        reply(0, PLAN.questions[0].prompt, question=PLAN.questions[0]),
    )
    report = report_of(log)
    assert not report.final
    assert report.weighted_score is None
    assert pdf_text(render_pdf(report))
    assert "Not answered." in render_html(report).decode()


async def test_a_stored_session_is_reported_live_and_from_the_archive(tmp_path):
    log, key = interview(), SessionKey("acme", "i-20")
    sessions, archive, blobs = MemorySessionStore(), memory_archive(), FsspecBlobStore(str(tmp_path))
    await blobs.put(plan_path(PLAN.digest), encode_plan(PLAN))
    await sessions.commit(key, expected_version=0, state=fold(log.events), events=log.events)
    live = await build_report(sessions, archive, blobs, key, generated_at=START)
    assert await archive_session(sessions, archive, key)
    archived = await build_report(MemorySessionStore(), archive, blobs, key, generated_at=START)
    assert archived == live
    assert (await render_report(live, "pdf")).startswith(b"%PDF")
    assert (await render_report(live, "html")).startswith(b"<!doctype html>")
    with pytest.raises(NotFound):
        await build_report(sessions, archive, blobs, SessionKey("rival", "i-20"))
